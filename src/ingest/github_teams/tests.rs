use crate::ingest::{
    Settings,
    testing::{Told, told},
};
use crate::model::Instant;

fn settings(scope: &str, role: Option<&str>) -> Settings {
    Settings {
        scope: Some(scope.into()).filter(|scope: &String| !scope.is_empty()),
        role: role.map(str::to_owned),
        snapshot_at: Some(Instant::parse("2026-10-31T00:00:00Z").unwrap()),
        ..Settings::default()
    }
}

/// Grants without how they are known.
fn grants(told: &Told) -> Vec<String> {
    let cut = |grant: &String| grant.split(" Snapshot").next().unwrap_or_default().to_owned();
    told.grants().iter().map(cut).collect()
}

const MEMBERS: &str = r#"[{"login":"Ann","type":"User","site_admin":false},
    {"login":"ci[bot]","type":"Bot","site_admin":false}]"#;

#[test]
fn member_lists_need_their_scope() {
    let team = told(MEMBERS, &settings("team:Acme/Rev", Some("maintainer")));
    assert_eq!(
        grants(&team),
        [
            "github:ann github:team-maintainer:acme/rev - - -",
            "github:ann github:team:acme/rev - - -",
            "github:ci[bot] github:team-maintainer:acme/rev - - -",
            "github:ci[bot] github:team:acme/rev - - -",
        ]
    );
    assert_eq!(team.counts(), [2, 2, 0, 0]);
    let org = told(MEMBERS, &settings("org:acme", Some("admin")));
    assert_eq!(grants(&org)[0], "github:ann github:org:acme:admin - - -");
    for (scope, role, want) in
        [("", None, "set `scope ="), ("org:acme", None, "set `role ="), ("x", None, "set `scope =")]
    {
        let told = told(MEMBERS, &settings(scope, role));
        assert_eq!(told.counts(), [2, 0, 0, 2]);
        assert!(told.rejects()[1].contains(want), "{:?}", told.rejects());
        assert_eq!(told.0.sources()[0].roles, None);
    }
}

#[test]
fn collaborators() {
    let list = r#"[
        {"login":"ann","type":"User","permissions":{"admin":false,"push":true,"pull":true}},
        {"login":"bob","type":"User","role_name":"maintain","permissions":{"admin":false,
          "maintain":true,"push":true}},
        {"login":"eve","type":"User","permissions":{}}]"#;
    let told = told(list, &settings("repo:acme/pay", None));
    assert_eq!(
        grants(&told),
        [
            "github:ann github:repo:write acme/pay - -",
            "github:bob github:repo:maintain acme/pay - -",
        ]
    );
    assert_eq!(told.counts(), [3, 2, 0, 1]);
}

#[test]
fn single_memberships_and_permissions() {
    let of = |text: &str, scope: &str| told(text, &settings(scope, None));
    let org = r#"{"url":"https://api.github.com/orgs/Acme/memberships/ann","state":"active",
        "role":"admin","organization_url":"https://api.github.com/orgs/Acme",
        "user":{"login":"ann","type":"User"},"organization":{"login":"Acme"}}"#;
    assert_eq!(grants(&of(org, "")), ["github:ann github:org:acme:admin - - -"]);
    assert_eq!(of(&org.replace("active", "pending"), "").counts(), [1, 0, 1, 0]);
    let team = r#"{"url":"https://api.github.com/organizations/1/team/2/memberships/Bob",
        "role":"member","state":"active"}"#;
    assert_eq!(grants(&of(team, "team:acme/rev")), ["github:bob github:team:acme/rev - - -"]);
    assert_eq!(of(team, "").counts(), [1, 0, 0, 1]);
    let permission = r#"{"permission":"write","role_name":"maintain","user":{"login":"joe"}}"#;
    let told = of(permission, "repo:acme/pay");
    assert_eq!(grants(&told), ["github:joe github:repo:maintain acme/pay - -"]);
}

#[test]
fn graphql_teams() {
    let text = r#"{"data":{"organization":{"login":"Acme","teams":{"nodes":[
        {"slug":"rev","members":{"totalCount":2,"edges":[
          {"role":"MAINTAINER","node":{"login":"ann"}},{"role":"MEMBER","node":{"login":"bob"}}]}},
        {"slug":"big","combinedSlug":"Acme/big","members":{"totalCount":101,"nodes":[
          {"login":"eve"}]}},
        {"slug":"none","members":{"edges":[]}},
        {"slug":"odd"}],"pageInfo":{"hasNextPage":false}}}}}"#;
    let told = told(text, &settings("", None));
    assert_eq!(
        grants(&told),
        [
            "github:ann github:team-maintainer:acme/rev - - -",
            "github:ann github:team:acme/rev - - -",
            "github:bob github:team:acme/rev - - -",
            "github:eve github:team:acme/big - - -",
        ]
    );
    assert_eq!(told.counts(), [4, 2, 1, 1]);
    assert_eq!(told.gaps().len(), 1);
}

#[test]
fn webhooks_are_events_at_a_given_time() {
    let hook = |action: &str| {
        format!(
            r#"{{"action":"{action}","scope":"team","member":{{"login":"ann","type":"User"}},
            "sender":{{"login":"eve"}},"team":{{"slug":"rev"}},"organization":{{"login":"acme"}}}}"#
        )
    };
    assert_eq!(
        told(&hook("added"), &settings("", None)).grants(),
        ["github:ann github:team:acme/rev - 2026-10-31T00:00:00Z - GrantEvent"]
    );
    assert_eq!(
        told(&hook("removed"), &settings("", None)).grants(),
        ["github:ann github:team:acme/rev - - 2026-10-31T00:00:00Z RevokeEvent"]
    );
    let timeless = told(&hook("added"), &Settings::default());
    assert!(timeless.rejects()[0].contains("set `snapshot-at`"));
    assert!(timeless.accounts().is_empty());
    let deleted = hook("removed").replace(r#"{"slug":"rev"}"#, r#"{"id":1,"deleted":true}"#);
    assert!(told(&deleted, &settings("", None)).rejects()[0].contains("deleted"));
}

#[test]
fn an_empty_list_proves_that_nobody_is_in_it() {
    let format = Some("github-teams".to_owned());
    let told = told("[]", &Settings { format, ..settings("team:acme/rev", None) });
    assert_eq!(told.counts(), [0, 0, 0, 0]);
    assert!(told.0.sources()[0].roles.is_some());
}
