use crate::ingest::{
    Settings,
    testing::{Told, told},
};

fn one(text: &str) -> Told {
    told(text, &Settings::default())
}

fn wrap(original: &str) -> String {
    let original = serde_json::to_string(original).unwrap();
    format!(
        r#"{{"@timestamp":"2026-10-01T09:00:00Z","ecs":{{"version":"8"}},"event":{{"original":{original},"outcome":"failure"}}}}"#
    )
}

const TRAIL: &str = r#"{"eventSource":"s3.amazonaws.com","eventName":"PutBucketPolicy","eventTime":"2026-10-01T09:00:00Z","userIdentity":{"arn":"arn:r"},"errorCode":"AccessDenied","errorMessage":"x because no identity-based policy allows it"}"#;

#[test]
fn originals_of_every_system() {
    for (original, want) in [
        (TRAIL, "aws:arn:r denied aws:s3:PutBucketPolicy - AccessDenied identity-based policy"),
        (
            r#"{"published":"2026-10-01T09:00:00Z","eventType":"x.y","actor":{"alternateId":"eve"},"outcome":{"result":"DENY"}}"#,
            "okta:eve denied okta:x.y - DENY -",
        ),
        (
            r#"{"@timestamp":1790845200000,"action":"protected_branch.policy_override","actor":"eve","repo":"acme/pay"}"#,
            "github:eve bypassed github:protected_branch.policy_override acme/pay - branch protection",
        ),
        (
            r#"{"timestamp":"2026-10-01T09:00:00Z","protoPayload":{"methodName":"x","authenticationInfo":{"principalEmail":"eve@a.example"},"status":{"code":7}}}"#,
            "gcp:eve@a.example denied gcp:x - PERMISSION_DENIED -",
        ),
        (
            r#"{"kind":"Event","verb":"create","stageTimestamp":"2026-10-01T09:00:00Z","user":{"username":"eve"},"objectRef":{"resource":"pods"},"responseStatus":{"code":403}}"#,
            "kubernetes:eve denied kubernetes:create pods pods 403 -",
        ),
    ] {
        assert_eq!(one(&wrap(original)).decisions(), [want]);
    }
    let broken = one(&wrap("{\"eventSource\":"));
    assert!(broken.rejects()[0].contains("the original in it"), "{:?}", broken.rejects());
}

#[test]
fn containers() {
    let document = wrap(TRAIL);
    let dotted = document
        .replace(r#""event":{"original":"#, r#""event.original":"#)
        .replace(r#","outcome":"failure"}}"#, "}");
    let inner: serde_json::Value = serde_json::from_str(TRAIL).unwrap();
    let fields = serde_json::json!({"_id": "x", "fields": {"@timestamp": ["2026-10-01T09:00:00Z"], "event.original": [inner.to_string()]}});
    for (text, place) in [
        (document.clone(), "line 1 /event/original"),
        (dotted, "line 1 /event.original"),
        (format!("[{document}]"), "/0/event/original"),
        (
            format!(r#"{{"hits":{{"total":1,"hits":[{{"_index":"i","_source":{document}}}]}}}}"#),
            "/hits/hits/0/_source/event/original",
        ),
        (format!(r#"{{"_index":"i","_source":{document}}}"#), "line 1 /_source/event/original"),
        (fields.to_string(), "line 1 /fields/event.original"),
    ] {
        let told = one(&text);
        assert_eq!(told.decisions().len(), 1, "{text}: {:?}", told.rejects());
        assert_eq!(told.0.place(told.0.decisions()[0].origin), format!("file {place}"));
    }
}

fn bare(more: &str) -> String {
    format!(
        r#"{{"@timestamp":"2026-10-01T09:00:00Z","event":{{"action":"DeleteUser","provider":"iam.amazonaws.com","dataset":"aws.cloudtrail","id":"e-1","type":["user","deletion"]{more}"#
    )
}

#[test]
fn documents_without_their_original() {
    let end = r#"},"user":{"name":"eve","id":"u"}"#;
    let denied = bare(&format!(
        r#","outcome":"failure"{end},"aws":{{"cloudtrail":{{"error_code":"AccessDenied","user_identity":{{"arn":"arn:eve"}}}}}}}}"#
    ));
    assert_eq!(
        one(&denied).decisions(),
        ["aws:arn:eve denied aws:iam:DeleteUser - AccessDenied -"]
    );
    let status = bare(&format!(
        r#","outcome":"failure"{end},"http":{{"response":{{"status_code":403}}}}}}"#
    ));
    assert_eq!(one(&status).decisions(), ["aws:eve denied aws:iam:DeleteUser - 403 -"]);
    let failed = bare(&format!(r#","outcome":"failure"{end}}}"#));
    assert_eq!(one(&failed).counts(), [1, 0, 1, 0]);
    let done = bare(&format!(r#","outcome":"success"{end}}}"#));
    assert_eq!(one(&done).decisions(), ["aws:eve allowed aws:iam:DeleteUser - - -"]);
    assert_eq!(one(&done.replace("deletion", "info")).counts(), [1, 0, 1, 0]);
    assert_eq!(one(&done.replace("\"action\"", "\"kind\"")).counts(), [1, 0, 1, 0]);
    let nobody = status.replace("\"name\":\"eve\",\"id\":\"u\"", "");
    assert!(one(&nobody).rejects()[0].contains("no user"));
}
