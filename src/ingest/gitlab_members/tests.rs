use crate::ingest::{
    Settings,
    testing::{Told, told},
};
use crate::model::Instant;

fn settings(scope: &str) -> Settings {
    Settings {
        scope: Some(scope.to_owned()).filter(|scope| !scope.is_empty()),
        snapshot_at: Some(Instant::parse("2026-10-31T00:00:00Z").unwrap()),
        ..Settings::default()
    }
}

fn grants(told: &Told) -> Vec<String> {
    let cut = |grant: &String| grant.split(" Snapshot").next().unwrap_or_default().to_owned();
    told.grants().iter().map(cut).collect()
}

fn member(more: &str) -> String {
    format!(
        r#"{{"id":1,"username":"Ann","name":"Ann A","state":"active","created_at":"2026-01-01T00:00:00Z"{more}}}"#
    )
}

#[test]
fn members() {
    for (more, want) in [
        (r#","access_level":40"#, "gitlab:ann gitlab:group:acme/ops:maintainer - - -"),
        (r#","access_level":"50""#, "gitlab:ann gitlab:group:acme/ops:owner - - -"),
        (r#","access_level":25"#, "gitlab:ann gitlab:group:acme/ops:level-25 - - -"),
        (
            r#","access_level":30,"expires_at":"2026-12-31T00:00:00Z""#,
            "gitlab:ann gitlab:group:acme/ops:developer - - 2026-12-31T00:00:00Z",
        ),
    ] {
        assert_eq!(
            grants(&told(&format!("[{}]", member(more)), &settings("group:Acme/ops"))),
            [want]
        );
    }
    let custom = member(r#","access_level":30,"member_role":{"name":"Releaser"}"#);
    assert_eq!(
        grants(&told(&custom, &settings("project:acme/pay"))),
        [
            "gitlab:ann gitlab:custom-role:Releaser acme/pay - -",
            "gitlab:ann gitlab:project:developer acme/pay - -",
        ]
    );
    assert_eq!(told(&member(r#","access_level":0"#), &settings("group:a")).counts(), [1, 0, 1, 0]);
}

#[test]
fn users_and_bots() {
    let text = member(
        r#","email":"Ann@acme.example","public_email":"x@y.example","bot":true,"web_url":"w""#,
    );
    let told = told(&text, &settings(""));
    assert_eq!(told.accounts(), ["gitlab:ann service ann@acme.example Ann A"]);
    assert!(told.grants().is_empty());
}

#[test]
fn what_cannot_be_read() {
    for (text, scope, want) in [
        (member(r#","access_level":40"#), "", "set `scope"),
        (member(r#","access_level":40"#), "team:x", "set `scope"),
        (
            member(r#","access_level":40"#).replace("\"username\":\"Ann\",", ""),
            "group:a",
            "no username",
        ),
        (member(r#","access_level":[]"#), "group:a", "neither number nor word"),
        (member(r#","access_level":40,"expires_at":"2026-12-31""#), "group:a", "give `timezone`"),
        (
            r#"{"source_id":1,"source_type":"Project","access_level":20}"#.to_owned(),
            "",
            "whose membership",
        ),
    ] {
        let told = told(&text, &settings(scope));
        assert!(told.rejects()[0].contains(want), "{:?}", told.rejects());
    }
}

fn hook(event: &str, level: &str) -> String {
    format!(
        r#"{{"event_name":"{event}","created_at":"2026-10-01T00:00:00Z","updated_at":"2026-10-02T00:00:00Z","user_id":1,"user_username":"ann","user_name":"Ann","user_email":"ann@acme.example","group_path":"Acme","group_access":"{level}"}}"#
    )
}

#[test]
fn hooks() {
    let lines = [
        hook("user_add_to_group", "Owner"),
        hook("user_update_for_group", "Guest"),
        hook("user_remove_from_group", "Guest"),
        hook("user_failed_login", "Guest"),
    ];
    let text = lines.join("\n");
    let arrived = told(&text, &settings(""));
    assert_eq!(arrived.counts(), [4, 3, 1, 0]);
    let mut all = arrived.grants();
    all.sort();
    assert_eq!(
        all,
        [
            "gitlab:ann gitlab:group:acme:guest - - 2026-10-31T00:00:00Z RevokeEvent",
            "gitlab:ann gitlab:group:acme:guest - 2026-10-02T00:00:00Z - GrantEvent",
            "gitlab:ann gitlab:group:acme:owner - - 2026-10-02T00:00:00Z RevokeEvent",
            "gitlab:ann gitlab:group:acme:owner - 2026-10-01T00:00:00Z - GrantEvent",
        ]
    );
    let timeless = told(&text, &Settings::default());
    assert!(timeless.rejects()[0].contains("set `snapshot-at`"));
}
