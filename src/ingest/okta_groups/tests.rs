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

const USERS: &str = r#"[
    {"id":"00u1","status":"ACTIVE","profile":{"login":"Ann@Acme.example","email":"ann@acme.example",
     "firstName":"Ann","lastName":"A"}},
    {"id":"00u2","status":"DEPROVISIONED","profile":{"login":"bob","email":null}}]"#;

#[test]
fn users_of_a_group_and_users_alone() {
    let group = told(USERS, &settings("group:Change approvers"));
    assert_eq!(grants(&group), ["okta:ann@acme.example okta:group:Change approvers - - -"]);
    assert_eq!(
        group.accounts(),
        [
            "okta:00u1 unknown ann@acme.example Ann A",
            "okta:00u2 unknown - -",
            "okta:ann@acme.example unknown ann@acme.example Ann A",
            "okta:bob unknown - -",
        ]
    );
    assert!(told(USERS, &settings("")).grants().is_empty());
    assert_eq!(told(USERS, &settings("app:Wiki")).grants().len(), 1);
    let odd = told(USERS, &settings("team:x"));
    assert_eq!(odd.counts(), [2, 0, 0, 2]);
    assert!(odd.rejects()[0].contains("set `scope") && odd.0.sources()[0].roles.is_none());
}

#[test]
fn administrators() {
    let role = |more: &str, href: &str| {
        format!(
            r#"{{"id":"r","status":"ACTIVE","created":"2026-01-01T00:00:00Z",{more},
            "_links":{{"assignee":{{"href":"https://acme.okta.com/{href}"}}}}}}"#
        )
    };
    let list = [
        role(
            r#""label":"Super Administrator","type":"SUPER_ADMIN","assignmentType":"USER""#,
            "api/v1/users/00u1",
        ),
        role(
            r#""label":"Vault","type":"CUSTOM","assignmentType":"CLIENT","resource-set":"iam1""#,
            "oauth2/v1/clients/0oa1",
        ),
        role(r#""label":"Ops","type":"ORG_ADMIN","assignmentType":"GROUP""#, "api/v1/groups/00g1"),
        r#"{"id":"r","status":"ACTIVE","created":"x","label":"Ops","type":"ORG_ADMIN"}"#.to_owned(),
        role(r#""label":"Ops","type":"ORG_ADMIN","assignmentType":"USER""#, "api/v1/users/00u3")
            .replace("ACTIVE", "INACTIVE"),
    ];
    let told = told(&format!("[{}]", list.join(",")), &settings(""));
    assert_eq!(told.counts(), [5, 3, 1, 1]);
    assert_eq!(
        grants(&told),
        [
            "okta:00u1 okta:admin:SUPER_ADMIN - 2026-01-01T00:00:00Z -",
            "okta:0oa1 okta:admin:Vault iam1 2026-01-01T00:00:00Z -",
            "okta:group:00g1 okta:admin:ORG_ADMIN - 2026-01-01T00:00:00Z -",
        ]
    );
    assert!(told.rejects()[0].contains("does not name its holder"));
    assert!(told.gaps()[0].contains("groups"));
}

#[test]
fn groups_alone_and_users_of_applications() {
    let group = r#"[{"id":"00g1","objectClass":["okta:user_group"],"type":"OKTA_GROUP","profile":{"name":"x"}}]"#;
    assert_eq!(told(group, &settings("")).counts(), [1, 0, 1, 0]);
    let app = r#"[{"id":"00u1","status":"ACTIVE","syncState":"DISABLED","scope":"USER","credentials":{"userName":"ann"}}]"#;
    assert_eq!(grants(&told(app, &settings("app:Wiki"))), ["okta:00u1 okta:app:Wiki - - -"]);
    assert!(told(app, &settings("")).rejects()[0].contains("set `scope"));
}

#[test]
fn a_full_reply_may_not_be_the_last() {
    let user = r#"{"id":"0","status":"ACTIVE","profile":{"login":"a@b.example"}}"#;
    let full = format!("[{}]", vec![user; 200].join(","));
    assert!(told(&full, &settings("group:x")).gaps()[0].contains("exactly 200"));
}
