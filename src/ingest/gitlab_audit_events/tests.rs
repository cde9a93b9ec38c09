use crate::ingest::Settings;
use crate::ingest::testing::{Told, told};

fn read(text: &str) -> Told {
    told(text, &Settings::default())
}

fn event(kind: &str, details: &str) -> String {
    format!(
        r#"{{"id":7,"author_id":1,"entity_id":6,"entity_type":"{kind}","details":{{{details},"author_name":"Eve","author_email":"eve@acme.example","target_id":51,"target_type":"User","target_details":"Ann","entity_path":"Acme/Pay"}},"created_at":"2026-10-05T09:00:00.885Z"}}"#
    )
}

#[test]
fn memberships_of_groups_and_projects() {
    let told = read(&format!(
        "[{},{},{},{}]",
        event("Project", r#""add":"user_access","as":"Developer""#),
        event(
            "Project",
            r#""change":"access_level","from":"Default role: Developer","to":"Default role: Maintainer""#
        ),
        event("Project", r#""remove":"user_access""#),
        event("Group", r#""add":"user_access","as":"Owner""#),
    ));
    assert_eq!(told.counts(), [4, 4, 0, 0], "{:?}", told.rejects());
    let grants: Vec<_> =
        told.grants().iter().map(|g| g.split(" 2026").next().unwrap().to_owned()).collect();
    assert!(
        grants.contains(&"gitlab:id:51 gitlab:group:acme/pay:owner -".to_owned()),
        "{grants:?}"
    );
    assert!(grants.contains(&"gitlab:id:51 gitlab:project:developer acme/pay".to_owned()));
    assert!(grants.contains(&"gitlab:id:51 gitlab:project:maintainer acme/pay -".to_owned()));
    assert!(told.accounts()[0].starts_with("gitlab:id:1 unknown eve@acme.example Eve"));
    assert!(told.gaps().is_empty(), "{:?}", told.gaps());
    let lost = read(&event("Project", r#""remove":"user_access""#));
    assert!(lost.gaps()[0].contains("which level was lost"));
}

#[test]
fn changes_and_bypasses() {
    let told = read(&[
        event("Project", r#""change":"prevent merge request approval from authors","from":"true","to":"false""#),
        event("Project", r#""event_name":"security_policy_user_push_bypass","custom_message":"pushed""#),
    ]
    .join("\n"));
    assert_eq!(
        told.decisions(),
        [
            "gitlab:id:1 allowed gitlab:change:prevent merge request approval from authors Acme/Pay - -",
            "gitlab:id:1 bypassed gitlab:security_policy_user_push_bypass Acme/Pay - security policy",
        ]
    );
}

#[test]
fn requests() {
    let line = |method: &str, status: u16, user: &str| {
        format!(
            r#"{{"time":"2026-10-05T09:00:00.885Z","method":"{method}","path":"/api/v4/projects/6/merge_requests/1/merge","route":"/api/:version/projects/:id/merge","status":{status},"username":{user},"correlation_id":"c{status}","meta.caller_id":"x"}}"#
        )
    };
    let told = read(
        &[
            line("PUT", 403, "\"Agent\""),
            line("PUT", 401, "null"),
            line("GET", 200, "\"agent\""),
            line("PUT", 200, "\"agent\""),
            line("PUT", 404, "\"agent\""),
            line("PUT", 403, "null"),
        ]
        .join("\n"),
    );
    assert_eq!(told.counts(), [6, 2, 4, 0]);
    let action =
        "gitlab:PUT:/api/:version/projects/:id/merge /api/v4/projects/6/merge_requests/1/merge";
    assert_eq!(
        told.decisions(),
        [
            format!("gitlab:agent allowed {action} 200 -"),
            format!("gitlab:agent denied {action} 403 -")
        ]
    );
}

#[test]
fn damaged_events_are_rejected_alone() {
    let told = read(&format!(
        "[{},{},{}]",
        event("Project", r#""add":"user_access""#),
        event("Project", r#""ip_address":"127.0.0.1""#),
        event("Project", r#""add":"key""#).replace("2026-10-05T09", "soon"),
    ));
    assert_eq!(told.counts(), [3, 0, 0, 3]);
}
