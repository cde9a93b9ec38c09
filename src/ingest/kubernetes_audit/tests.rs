use crate::ingest::{
    Input, Settings, read,
    testing::{Memory, Told, told},
};

fn event(more: &str) -> String {
    format!(
        r#"{{"kind":"Event","apiVersion":"audit.k8s.io/v1","auditID":"id-1","stage":"ResponseComplete","requestReceivedTimestamp":"2026-10-01T09:00:00.123456Z",{more}}}"#
    )
}

const CREATE: &str = r#""verb":"create","requestURI":"/api/v1/namespaces/prod/pods","objectRef":{"resource":"pods","namespace":"prod","name":"web"}"#;
const CI: &str = r#""user":{"username":"system:serviceaccount:ci:deploy"}"#;

fn one(more: &str) -> Told {
    told(&event(more), &Settings::default())
}

fn status(code: u16, message: &str) -> String {
    format!(r#"{CREATE},{CI},"responseStatus":{{"code":{code},"message":"{message}"}}"#)
}

#[test]
fn refusals_and_who_refused() {
    let who = "kubernetes:system:serviceaccount:ci:deploy denied kubernetes:create pods \
               namespaces/prod/pods/web 403";
    for (message, control) in [
        (
            r#"pods is forbidden: User \"x\" cannot create resource \"pods\" in API group \"\""#,
            "authorization",
        ),
        (
            r#"admission webhook \"deny.acme.example\" denied the request: no"#,
            "admission webhook deny.acme.example",
        ),
        (
            r#"pods \"web\" is forbidden: violates PodSecurity \"restricted:latest\": privileged"#,
            "PodSecurity",
        ),
        (
            r#"pods \"web\" is forbidden: ValidatingAdmissionPolicy 'tags' with binding 'b' denied request"#,
            "ValidatingAdmissionPolicy tags",
        ),
        (
            r#"user \"x\" (groups=[]) is attempting to grant RBAC permissions not currently held:"#,
            "RBAC escalation check",
        ),
        ("no", "-"),
        ("", "-"),
    ] {
        assert_eq!(
            one(&status(403, message)).decisions(),
            [format!("{who} {control}")],
            "{message}"
        );
    }
    let forbid = one(&format!(
        r#"{CREATE},{CI},"annotations":{{"authorization.k8s.io/decision":"forbid","authorization.k8s.io/reason":""}}"#
    ));
    assert!(forbid.decisions()[0].ends_with("forbid authorization"), "{:?}", forbid.decisions());
    assert_eq!(forbid.accounts(), ["kubernetes:system:serviceaccount:ci:deploy service - -"]);
}

#[test]
fn what_is_no_refusal() {
    let reason = |more: &str| {
        let told = one(more);
        assert_eq!(told.counts()[2] + told.counts()[1], 1, "{:?}", told.rejects());
        told.0.sources()[0].tally.irrelevant.keys().next().copied().unwrap_or("kept")
    };
    assert_eq!(reason(&status(401, "Unauthorized")), "failed sign-in");
    assert!(reason(&status(403, "pods is forbidden: exceeded quota: x")).starts_with("failed for"));
    assert!(reason(&status(409, "exists")).starts_with("failed for another reason"));
    assert_eq!(reason(&status(201, "")), "kept");
    for (change, want) in [
        (("\"create\"", "\"list\""), "allowed and only reading"),
        (("\"create\"", "\"get\""), "allowed and only reading"),
        (("/pods\",", "/pods?dryRun=All\","), "allowed, as a dry run"),
        (("\"pods\"", "\"selfsubjectaccessreviews\""), "allowed and only reading"),
        (("\"objectRef\"", "\"stage\":\"RequestReceived\",\"objectRef\""), "kept"),
    ] {
        let text = status(201, "").replace(change.0, change.1);
        if change.1.contains("stage") {
            // Named twice: neither of the two can be believed.
            assert!(one(&text).rejects()[0].contains("duplicate field"));
        } else {
            assert_eq!(reason(&text), want);
        }
    }
    let shell = status(101, "").replace("\"create\"", "\"get\"");
    let shell = shell.replace("\"name\":\"web\"", "\"name\":\"web\",\"subresource\":\"exec\"");
    assert!(one(&shell).decisions()[0].contains("kubernetes:get pods/exec"));
    let early = event(&status(201, "")).replace("ResponseComplete", "ResponseStarted");
    assert_eq!(told(&early, &Settings::default()).counts(), [1, 0, 1, 0]);
}

#[test]
fn impersonation_keeps_both_and_paths_are_named() {
    let text = r#""verb":"delete","requestURI":"/metrics?x=1","user":{"username":"ci"},
        "impersonatedUser":{"username":"ann"},"responseStatus":{"code":403}"#;
    assert_eq!(
        one(text).decisions(),
        ["kubernetes:ci as ann denied kubernetes:delete /metrics /metrics 403 -"]
    );
}

#[test]
fn changes_are_kept_of_watched_accounts_only() {
    let text = event(&status(201, ""));
    let file = Memory { path: "audit", bytes: text.into_bytes() };
    let settings = Settings::default();
    let input = Input { open: &file, settings: &settings };
    let data = read(&[input], &|_: &str| false, &|_| ()).unwrap();
    assert_eq!((data.decisions().len(), data.sources()[0].tally.irrelevant_total()), (0, 1));
}

fn binding(verb: &str, at: u8, subjects: &str) -> String {
    format!(
        r#"{{"kind":"Event","apiVersion":"audit.k8s.io/v1","stage":"ResponseComplete","verb":"{verb}","user":{{"username":"eve"}},"requestReceivedTimestamp":"2026-10-0{at}T00:00:00Z","objectRef":{{"resource":"rolebindings","namespace":"prod","name":"b"}},"responseStatus":{{"code":200}}{subjects}}}"#
    )
}

fn object(subjects: &str) -> String {
    format!(
        r#","responseObject":{{"kind":"RoleBinding","metadata":{{"name":"b","namespace":"prod"}},"roleRef":{{"kind":"ClusterRole","name":"edit"}},"subjects":[{subjects}]}}"#
    )
}

#[test]
fn bindings_are_roles_given_and_taken() {
    let ann = r#"{"kind":"User","name":"ann"}"#;
    let ci = r#"{"kind":"ServiceAccount","name":"ci"}"#;
    let lines = [
        binding("create", 1, &object(&format!("{ann},{ci}"))),
        binding("update", 2, &object(ci)),
        binding("delete", 3, ""),
    ];
    let told = told(&lines.join("\n"), &Settings::default());
    let sa = "kubernetes:system:serviceaccount:prod:ci kubernetes:clusterrole:edit prod";
    let mut grants = told.grants();
    grants.sort();
    assert_eq!(
        grants,
        [
            "kubernetes:ann kubernetes:clusterrole:edit prod - 2026-10-02T00:00:00Z RevokeEvent"
                .to_owned(),
            "kubernetes:ann kubernetes:clusterrole:edit prod 2026-10-01T00:00:00Z - GrantEvent"
                .to_owned(),
            format!("{sa} - 2026-10-03T00:00:00Z RevokeEvent"),
            format!("{sa} 2026-10-01T00:00:00Z - GrantEvent"),
            format!("{sa} 2026-10-02T00:00:00Z - GrantEvent"),
        ]
    );
    assert!(told.gaps().is_empty());
}

#[test]
fn bindings_that_the_log_does_not_hold_are_a_gap() {
    for (text, want) in [
        (binding("create", 1, ""), "does not hold them"),
        (
            binding("patch", 1, r#","requestObject":{"roleRef":{"kind":"Role","name":"x"}}"#),
            "does not hold",
        ),
        (binding("delete", 1, ""), "to whom they belonged"),
        (binding("create", 1, &object(r#"{"kind":"Group","name":"devs"}"#)), "groups"),
    ] {
        let told = told(&text, &Settings::default());
        assert!(told.gaps()[0].contains(want), "{:?}", told.gaps());
    }
}

#[test]
fn containers() {
    let one = event(&status(403, "no"));
    let quoted = serde_json::to_string(&one).unwrap();
    for (text, place) in [
        (format!("{one}\n{one}"), "line 1"),
        (
            format!(
                "{{\"kind\":\"EventList\",\"apiVersion\":\"audit.k8s.io/v1\",\"items\":[{one}]}}"
            ),
            "/items/0",
        ),
        (
            format!(
                "{{\"records\":[{{\"category\":\"kube-audit\",\"properties\":{{\"log\":{quoted}}}}}]}}"
            ),
            "/records/0/properties/log",
        ),
        (format!("{{\"events\":[{{\"message\":{quoted}}}]}}"), "/events/0/message"),
        (format!("{{\"logEvents\":[{{\"message\":{quoted}}}]}}"), "/logEvents/0/message"),
    ] {
        let told = told(&text, &Settings::default());
        let decision = told.0.decisions()[0];
        assert_eq!(told.0.place(decision.origin), format!("file {place}"));
    }
    let more = format!("{{\"events\":[{{\"message\":{quoted}}}],\"nextToken\":\"x\"}}");
    assert_eq!(told(&more, &Settings::default()).gaps().len(), 1);
}

#[test]
fn odd_events_are_rejected() {
    for (more, want) in [
        (CREATE.to_owned() + r#","responseStatus":{"code":403}"#, "its user has no name"),
        (status(403, "x").replace("\"verb\":\"create\",", ""), "no verb"),
    ] {
        assert!(one(&more).rejects()[0].contains(want), "{:?}", one(&more).rejects());
    }
    let timeless = event(&status(403, "no")).replace("requestReceivedTimestamp", "x");
    assert!(told(&timeless, &Settings::default()).rejects()[0].contains("no time"));
}
