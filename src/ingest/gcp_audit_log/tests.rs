use crate::ingest::{
    Settings,
    testing::{Told, told},
};

fn entry(payload: &str) -> String {
    format!(
        r#"{{"insertId":"i-1","logName":"projects/p/logs/cloudaudit.googleapis.com%2Factivity","timestamp":"2026-10-01T09:00:00.123456789Z","protoPayload":{{"@type":"type.googleapis.com/google.cloud.audit.AuditLog","serviceName":"iam.googleapis.com","resourceName":"projects/p"{payload}}}}}"#
    )
}

const EVE: &str = r#","authenticationInfo":{"principalEmail":"Eve@acme.example","principalSubject":"user:eve@acme.example"}"#;

fn one(method: &str, more: &str) -> Told {
    told(&entry(&format!(r#","methodName":"{method}"{EVE}{more}"#)), &Settings::default())
}

#[test]
fn refusals_and_who_refused() {
    let who = "gcp:eve@acme.example denied gcp:iam:CreateRole projects/p";
    for (more, want) in [
        (
            r#","status":{"code":7,"message":"Permission 'iam.roles.create' denied on resource (or it may not exist)."}"#,
            "PERMISSION_DENIED IAM",
        ),
        (
            r#","status":{"code":7,"message":"PERMISSION_DENIED"},"authorizationInfo":[{"permission":"x"}]"#,
            "PERMISSION_DENIED -",
        ),
        (
            r#","status":{"code":7,"details":[{"reason":"IAM_PERMISSION_DENIED"}]}"#,
            "PERMISSION_DENIED IAM",
        ),
        (
            r#","status":{"code":7,"details":[{"violations":[{"type":"VPC_SERVICE_CONTROLS"}]}]}"#,
            "PERMISSION_DENIED VPC Service Controls",
        ),
        (r#","authorizationInfo":[{"permission":"x","granted":false}]"#, "- IAM"),
        (r#","status":{},"authorizationInfo":[{"permission":"x","granted":false}]"#, "- IAM"),
    ] {
        assert_eq!(one("CreateRole", more).decisions(), [format!("{who} {want}")], "{more}");
    }
    let cluster = entry(&format!(r#","methodName":"io.k8s.core.v1.pods.list"{EVE}"#)).replace(
        "\"insertId\"",
        r#""labels":{"authorization.k8s.io/decision":"forbid"},"insertId""#,
    );
    assert!(told(&cluster, &Settings::default()).decisions()[0].ends_with("authorization"));
}

#[test]
fn what_is_no_refusal() {
    for (method, more, want) in [
        ("x.Create", r#","status":{"code":16}"#, Some("failed sign-in")),
        (
            "x.Create",
            r#","status":{"code":5}"#,
            Some("failed for another reason than a missing permission"),
        ),
        ("v1.compute.instances.aggregatedList", "", Some("allowed and only reading")),
        (
            "x.CreateThing",
            r#","authorizationInfo":[{"permissionType":"DATA_READ","granted":true}]"#,
            Some("allowed and only reading"),
        ),
        (
            "x.GetThing",
            r#","authorizationInfo":[{"permissionType":"ADMIN_WRITE","granted":true}]"#,
            None,
        ),
        ("x.Create", r#","authorizationInfo":[{"granted":false},{"granted":true}]"#, None),
        ("x.Create", "", None),
    ] {
        let told = one(method, more);
        let reasons: Vec<_> = told.0.sources()[0].tally.irrelevant.keys().copied().collect();
        assert_eq!(reasons.first().copied(), want, "{method} {more}");
    }
    let end = entry(&format!(r#","methodName":"x.Create"{EVE}"#))
        .replace("\"insertId\"", r#""operation":{"id":"o","last":true},"insertId""#);
    assert_eq!(told(&end, &Settings::default()).counts(), [1, 0, 1, 0]);
}

#[test]
fn actors() {
    for (who, want) in [
        (
            r#"{"principalEmail":"ci@p.iam.gserviceaccount.com"}"#,
            "gcp:ci@p.iam.gserviceaccount.com service - -",
        ),
        (
            r#"{"principalEmail":"Eve@acme.example","principalSubject":"user:eve@acme.example"}"#,
            "gcp:eve@acme.example human eve@acme.example -",
        ),
        (
            r#"{"principalEmail":"ci@p.iam.gserviceaccount.com","serviceAccountDelegationInfo":[{"firstPartyPrincipal":{"principalEmail":"eve@acme.example"}}]}"#,
            "gcp:eve@acme.example as ci@p.iam.gserviceaccount.com unknown - -",
        ),
        (
            r#"{"principalSubject":"principal://iam.googleapis.com/a/subject/b"}"#,
            "gcp:principal://iam.googleapis.com/a/subject/b unknown - -",
        ),
    ] {
        let text = entry(&format!(r#","methodName":"x.Create","authenticationInfo":{who}"#));
        assert_eq!(told(&text, &Settings::default()).accounts(), [want]);
    }
    let nobody = |more: &str| {
        told(&entry(&format!(r#","methodName":"x.Create"{more}"#)), &Settings::default())
    };
    assert_eq!(nobody("").counts(), [1, 0, 1, 0]);
    assert!(nobody(r#","status":{"code":7}"#).rejects()[0].contains("names nobody"));
}

#[test]
fn roles() {
    let deltas = r#","serviceData":{"policyDelta":{"bindingDeltas":[
        {"action":"ADD","role":"roles/owner","member":"user:ann@acme.example"},
        {"action":"REMOVE","role":"roles/viewer","member":"group:devs@acme.example"},
        {"action":"ADD","role":"roles/viewer","member":"deleted:user:bob@acme.example?uid=1"}]}}"#;
    let told = one("SetIamPolicy", deltas);
    assert_eq!(
        told.grants(),
        [
            "gcp:ann@acme.example gcp:roles/owner projects/p 2026-10-01T09:00:00.123456Z - GrantEvent",
            "gcp:group:devs@acme.example gcp:roles/viewer projects/p - 2026-10-01T09:00:00.123456Z RevokeEvent",
        ]
    );
    assert_eq!(told.gaps().len(), 1);
    let refused = one("SetIamPolicy", &format!(r#"{deltas},"status":{{"code":7}}"#));
    assert!(refused.grants().is_empty());
    let odd = deltas.replace("REMOVE", "REPLACE");
    assert!(one("SetIamPolicy", &odd).rejects()[0].contains("neither adds nor removes"));
}

#[test]
fn containers_and_other_logs() {
    let one = entry(&format!(r#","methodName":"x.Create"{EVE}"#));
    let other =
        one.replace("google.cloud.audit.AuditLog", "google.appengine.logging.v1.RequestLog");
    for (text, place) in [
        (format!("[{one}]"), "/0"),
        (format!("{one}\n{other}"), "line 1"),
        (format!("{{\"entries\":[{one}],\"nextPageToken\":\"x\"}}"), "/entries/0"),
    ] {
        let told = told(&text, &Settings::default());
        assert_eq!(told.0.place(told.0.decisions()[0].origin), format!("file {place}"));
        assert_eq!(told.gaps().len(), usize::from(text.contains("nextPageToken")));
    }
}
