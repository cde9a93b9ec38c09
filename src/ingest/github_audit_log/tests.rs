use crate::ingest::{
    Input, Settings, read,
    testing::{Memory, Told, told},
};

fn event(action: &str, more: &str) -> String {
    format!(
        r#"{{"@timestamp":1790845200000,"_document_id":"d-1","action":"{action}","actor":"Eve","org":"Acme"{more}}}"#
    )
}

fn one(action: &str, more: &str) -> Told {
    told(&event(action, more), &Settings::default())
}

const BRANCH: &str = r#","repo":"Acme/pay","branch":"refs/heads/main""#;

#[test]
fn refusals_and_bypasses_are_told_apart() {
    assert_eq!(
        one("protected_branch.rejected_ref_update", BRANCH).decisions(),
        [
            "github:eve denied github:protected_branch.rejected_ref_update acme/pay@main - branch protection"
        ]
    );
    assert_eq!(
        one("protected_branch.policy_override", BRANCH).decisions(),
        [
            "github:eve bypassed github:protected_branch.policy_override acme/pay@main - branch protection"
        ]
    );
    let api = r#","request_method":"PUT","url_path":"/repos/acme/pay/x","status_code":403"#;
    assert_eq!(
        one("api.request", api).decisions(),
        ["github:eve denied github:api.request PUT /repos/acme/pay/x 403 -"]
    );
    for more in [api.replace("403", "401"), format!("{api},\"rate_limit_remaining\":0")] {
        assert_eq!(one("api.request", &more).counts(), [1, 0, 1, 0], "{more}");
    }
}

#[test]
fn changes_of_watched_accounts_are_kept() {
    let lines = [
        event("repo.destroy", r#","repo":"acme/pay","actor_is_bot":true"#),
        event("git.clone", r#","repo":"acme/pay""#),
        event("repo.download_zip", r#","operation_type":"access""#),
        event("git.push", "").replace("\"Eve\"", "\"\""),
        event("protected_branch.policy_override", BRANCH),
    ];
    let text = lines.join("\n");
    let all = told(&text, &Settings::default());
    assert_eq!(all.counts(), [5, 2, 3, 0]);
    assert!(
        all.decisions()
            .iter()
            .any(|d| d.starts_with("github:eve[bot] allowed github:repo.destroy"))
    );
    let file = Memory { path: "audit", bytes: text.into_bytes() };
    let settings = Settings::default();
    let data =
        read(&[Input { open: &file, settings: &settings }], &|_: &str| false, &|_| ()).unwrap();
    assert_eq!(data.decisions().len(), 1);
}

#[test]
fn roles() {
    for (action, more, want) in [
        (
            "org.add_member",
            r#","user":"Ann","permission":"read""#,
            "github:org:acme:member - 2026-10-01T09:00:00Z - GrantEvent",
        ),
        (
            "org.add_member",
            r#","user":"ann","permission":"admin""#,
            "github:org:acme:admin - 2026-10-01T09:00:00Z - GrantEvent",
        ),
        (
            "org.remove_member",
            r#","user":"ann""#,
            "github:org:acme:member - - 2026-10-01T09:00:00Z RevokeEvent",
        ),
        (
            "team.add_member",
            r#","user":"ann","team":"Acme/rev""#,
            "github:team:acme/rev - 2026-10-01T09:00:00Z - GrantEvent",
        ),
        (
            "team.add_member",
            r#","user":"ann","data":{"team":"rev"}"#,
            "github:team:acme/rev - 2026-10-01T09:00:00Z - GrantEvent",
        ),
        (
            "team.demote_maintainer",
            r#","user":"ann","team":"acme/rev""#,
            "github:team-maintainer:acme/rev - - 2026-10-01T09:00:00Z RevokeEvent",
        ),
        (
            "repo.add_member",
            r#","user":"ann","repo":"acme/pay","permission":"push""#,
            "github:repo:write acme/pay 2026-10-01T09:00:00Z - GrantEvent",
        ),
        (
            "business.add_admin",
            r#","user":"ann","business":"ACME""#,
            "github:enterprise:acme:admin - 2026-10-01T09:00:00Z - GrantEvent",
        ),
        (
            "organization_moderators.remove_user",
            r#","user":"ann""#,
            "github:org:acme:moderator - - 2026-10-01T09:00:00Z RevokeEvent",
        ),
    ] {
        assert_eq!(one(action, more).grants(), [format!("github:ann {want}")], "{action}");
    }
    let update = r#","user":"ann","permission":"admin","old_permission":"read""#;
    assert_eq!(one("org.update_member", update).grants().len(), 2);
}

#[test]
fn who_leaves_loses_what_the_file_shows_was_given() {
    let lines = [
        event("org.add_member", r#","user":"ann","permission":"admin""#),
        event("team.add_member", r#","user":"ann","team":"acme/rev""#),
        event("team.promote_maintainer", r#","user":"ann","team":"acme/rev""#),
        event("team.remove_member", r#","user":"ann","team":"acme/rev""#),
        event("repo.add_member", r#","user":"ann","repo":"acme/pay","permission":"admin""#),
        event("repo.remove_member", r#","user":"ann","repo":"acme/pay""#),
        event("org.remove_member", r#","user":"ann""#),
    ];
    let told = told(&lines.join("\n"), &Settings::default());
    let mut taken: Vec<_> =
        told.grants().into_iter().filter(|g| g.ends_with("RevokeEvent")).collect();
    taken.iter_mut().for_each(|grant| *grant = grant.split(' ').nth(1).unwrap().to_owned());
    taken.sort();
    assert_eq!(
        taken,
        [
            "github:org:acme:admin",
            "github:org:acme:member",
            "github:repo:admin",
            "github:team-maintainer:acme/rev",
            "github:team:acme/rev"
        ]
    );
}

#[test]
fn events_that_cannot_be_read() {
    for (action, more, want) in [
        ("org.update_member", r#","user":"ann""#, "which permission"),
        ("team.add_member", r#","user":"ann""#, "does not name its team"),
        ("org.add_member", "", "whose role"),
    ] {
        assert!(one(action, more).rejects()[0].contains(want), "{action}");
    }
    let old = event("repo.destroy", "").replace("1790845200000", "\"2026-10-01 09:00:00.5\"");
    assert!(told(&old, &Settings::default()).rejects()[0].contains("no time zone"));
    let none = event("protected_branch.policy_override", BRANCH).replace("\"Eve\"", "\"\"");
    assert!(told(&none, &Settings::default()).rejects()[0].contains("nobody"));
}

#[test]
fn collaborators_without_a_permission_are_a_gap() {
    let told = one("repo.add_member", r#","user":"ann","repo":"acme/pay""#);
    assert_eq!((told.grants().len(), told.decisions().len(), told.gaps().len()), (0, 1, 1));
}

#[test]
fn a_full_page_may_not_be_the_last() {
    let page = format!("[{}]", vec![event("git.clone", ""); 100].join(","));
    assert_eq!(told(&page, &Settings::default()).gaps().len(), 1);
}
