use crate::ingest::Settings;
use crate::ingest::testing::{Told, told};

fn read(lines: &[String]) -> Told {
    told(&lines.join("\n"), &Settings::default())
}

fn entry(kind: &str, id: &str, operation: &str, path: &str, auth: &str, rest: &str) -> String {
    format!(
        r#"{{"time":"2026-10-05T09:00:00.673898225Z","type":"{kind}","auth":{auth},"request":{{"id":"{id}","operation":"{operation}","path":"{path}","namespace":{{"id":"root"}}}}{rest}}}"#
    )
}

const AGENT: &str = r#"{"display_name":"approle-agent","policies":["default","deploy"],"policy_results":{"allowed":true}}"#;
const REFUSED: &str = r#"{"display_name":"approle-agent","policies":["default","deploy"],"policy_results":{"allowed":false}}"#;

#[test]
fn request_and_response_are_one_refusal() {
    let error = r#","error":"1 error occurred:\n\t* permission denied\n\n""#;
    let told = read(&[
        entry(
            "request",
            "1",
            "update",
            "sys/policies/acl/x",
            REFUSED,
            r#","error":"permission denied""#,
        ),
        entry("response", "1", "update", "sys/policies/acl/x", REFUSED, error),
        entry("response", "2", "delete", "kv/data/pay", r#"{"display_name":"github-ann"}"#, error),
    ]);
    assert_eq!(told.counts(), [3, 2, 1, 0]);
    assert_eq!(
        told.decisions(),
        [
            "vault:approle-agent denied vault:update:sys/policies/acl/x sys/policies/acl/x permission denied policies default, deploy",
            "vault:github-ann denied vault:delete:kv/data/pay kv/data/pay permission denied -",
        ]
    );
    assert!(told.accounts()[0].starts_with("vault:approle-agent service"));
    assert!(told.accounts()[1].starts_with("vault:github-ann unknown"));
}

#[test]
fn changes_and_credentials_are_told_by_their_responses() {
    let told = read(&[
        entry("request", "1", "update", "kv/data/pay", AGENT, ""),
        entry("response", "1", "update", "kv/data/pay", AGENT, r#","response":{}"#),
        entry("response", "2", "read", "kv/data/pay", AGENT, r#","response":{"data":{}}"#),
        entry(
            "response",
            "3",
            "read",
            "aws/creds/admin",
            AGENT,
            r#","response":{"secret":{"lease_id":"aws/creds/admin/x"}}"#,
        ),
        entry("response", "4", "update", "sys/capabilities-self", AGENT, ""),
        entry(
            "response",
            "5",
            "update",
            "kv/data/pay",
            AGENT,
            r#","error":"check-and-set parameter did not match""#,
        ),
    ]);
    assert_eq!(told.counts(), [6, 2, 4, 0]);
    let allowed: Vec<_> =
        told.decisions().iter().map(|d| d.split(' ').nth(2).unwrap().to_owned()).collect();
    assert_eq!(allowed, ["vault:read:aws/creds/admin", "vault:update:kv/data/pay"]);
}

#[test]
fn nobody_is_refused_where_nobody_is_named() {
    let unknown = r#"{"token_type":"default"}"#;
    let told = read(&[entry(
        "request",
        "1",
        "read",
        "kv/data/pay",
        unknown,
        r#","error":"permission denied""#,
    )]);
    assert_eq!(told.counts(), [1, 0, 1, 0]);
    assert!(told.gaps()[0].contains("requests without their responses"));
}

#[test]
fn namespaces_and_damage() {
    let spaced =
        entry("response", "1", "delete", "kv/data/pay", REFUSED, r#","error":"permission denied""#)
            .replace(r#"{"id":"root"}"#, r#"{"id":"ab","path":"team/"}"#);
    let told = read(&[
        spaced,
        entry("event", "2", "read", "x", AGENT, ""),
        entry("response", "3", "update", "x", AGENT, "").replace("2026-10-05T09", "soon"),
    ]);
    assert_eq!(told.counts(), [3, 1, 0, 2]);
    assert!(told.decisions()[0].contains("vault:delete:team/kv/data/pay"));
}
