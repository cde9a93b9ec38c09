use crate::ingest::{
    Input, Settings, read,
    testing::{Memory, Told, told},
};

const EVE: &str =
    r#"{"id":"00u9","type":"User","alternateId":"Eve@Acme.example","displayName":"Eve"}"#;
const ANN: &str =
    r#"{"id":"00u1","type":"User","alternateId":"ann@acme.example","displayName":"Ann"}"#;

fn event(kind: &str, outcome: &str, more: &str) -> String {
    format!(
        r#"{{"uuid":"u-1","published":"2026-10-01T09:00:00.000Z","eventType":"{kind}","severity":"INFO","actor":{EVE},"outcome":{outcome}{more}}}"#
    )
}

fn one(kind: &str, outcome: &str, more: &str) -> Told {
    told(&event(kind, outcome, more), &Settings::default())
}

const OK: &str = r#"{"result":"SUCCESS"}"#;

#[test]
fn refusals() {
    let targets = r#","target":[{"id":"00p1","type":"PolicyEntity","displayName":"Admin console"},
        {"id":"0pr1","type":"PolicyRule","displayName":"Only from the office"},
        {"id":"0oa1","type":"AppInstance","displayName":"Okta Admin Console"}]"#;
    let deny = r#"{"result":"DENY","reason":"Sign-on policy evaluation resulted in DENY"}"#;
    assert_eq!(
        one("policy.evaluate_sign_on", deny, targets).decisions(),
        [
            "okta:eve@acme.example denied okta:policy.evaluate_sign_on Okta Admin Console DENY policy \
          Admin console, rule Only from the office"
        ]
    );
    let app = r#","target":[{"id":"0oa1","type":"AppInstance","alternateId":"Wiki"}]"#;
    let fail = r#"{"result":"FAILURE"}"#;
    assert_eq!(
        one("app.generic.unauth_app_access_attempt", fail, app).decisions(),
        ["okta:eve@acme.example denied okta:app.generic.unauth_app_access_attempt Wiki FAILURE -"]
    );
    let token = r#"{"result":"FAILURE","reason":"access_denied"}"#;
    assert!(one("app.oauth2.as.token.grant", token, "").decisions()[0].contains(" denied "));
}

#[test]
fn what_is_no_refusal() {
    for (kind, outcome, want) in [
        (
            "user.session.start",
            r#"{"result":"FAILURE","reason":"INVALID_CREDENTIALS"}"#,
            "failed sign-in",
        ),
        (
            "system.operation.rate_limit.violation",
            r#"{"result":"DENY"}"#,
            "refused for its rate or address, not for a permission",
        ),
        (
            "security.threat.detected",
            r#"{"result":"DENY"}"#,
            "refused for its rate or address, not for a permission",
        ),
        ("policy.evaluate_sign_on", r#"{"result":"CHALLENGE"}"#, "asked for another factor"),
        ("policy.evaluate_sign_on", r#"{"result":"ALLOW"}"#, "allowed and only reading"),
        (
            "user.lifecycle.create",
            r#"{"result":"FAILURE"}"#,
            "failed for another reason than a missing permission",
        ),
        (
            "user.lifecycle.create",
            r#"{"result":"SKIPPED"}"#,
            "failed for another reason than a missing permission",
        ),
    ] {
        let told = one(kind, outcome, "");
        let reasons: Vec<_> = told.0.sources()[0].tally.irrelevant.keys().copied().collect();
        assert_eq!(reasons, [want], "{kind}");
    }
}

#[test]
fn roles() {
    let group = format!(
        r#","target":[{ANN},{{"id":"00g1","type":"UserGroup","displayName":"Approvers","alternateId":"unknown"}}]"#
    );
    let app =
        format!(r#","target":[{ANN},{{"id":"0oa1","type":"AppInstance","displayName":"Deploy"}}]"#);
    let admin = format!(
        r#","target":[{ANN}],"debugContext":{{"debugData":{{"privilegeGranted":"Super administrator, Application administrator (all)"}}}}"#
    );
    let to_group = r#","target":[{"id":"00g1","type":"UserGroup","displayName":"Ops"},{"type":"ROLE","displayName":"Vault keeper"}]"#;
    for (kind, targets, want) in [
        (
            "group.user_membership.add",
            &*group,
            "okta:ann@acme.example okta:group:Approvers - 2026-10-01T09:00:00Z - GrantEvent",
        ),
        (
            "group.user_membership.remove",
            &group,
            "okta:ann@acme.example okta:group:Approvers - - 2026-10-01T09:00:00Z RevokeEvent",
        ),
        (
            "application.user_membership.add",
            &app,
            "okta:ann@acme.example okta:app:Deploy - 2026-10-01T09:00:00Z - GrantEvent",
        ),
        (
            "user.account.privilege.grant",
            &admin,
            "okta:ann@acme.example okta:admin:SUPER_ADMIN - 2026-10-01T09:00:00Z - GrantEvent",
        ),
        (
            "group.privilege.grant",
            to_group,
            "okta:group:Ops okta:admin:Vault keeper - 2026-10-01T09:00:00Z - GrantEvent",
        ),
    ] {
        let told = one(kind, OK, targets);
        assert!(told.grants().iter().any(|grant| grant == want), "{:?}", told.grants());
        assert!(told.0.sources()[0].roles.is_some());
    }
    let granted = one("user.account.privilege.grant", OK, &admin);
    assert_eq!(granted.grants().len(), 2);
    let by = granted.0.grants()[0].record.granted_by.unwrap();
    assert_eq!(granted.0.text(by.0), "okta:eve@acme.example");
    let failed = one("group.user_membership.add", r#"{"result":"FAILURE"}"#, &group);
    assert!(failed.grants().is_empty());
}

#[test]
fn role_events_count_whoever_did_them_other_changes_do_not() {
    let group =
        format!(r#","target":[{ANN},{{"id":"00g1","type":"UserGroup","displayName":"A"}}]"#);
    let text =
        [event("group.user_membership.add", OK, &group), event("zone.create", OK, "")].join("\n");
    let file = Memory { path: "okta", bytes: text.into_bytes() };
    let settings = Settings::default();
    let data =
        read(&[Input { open: &file, settings: &settings }], &|_: &str| false, &|_| ()).unwrap();
    let tally = &data.sources()[0].tally;
    assert_eq!((data.grants().len(), data.decisions().len()), (1, 0));
    assert_eq!((tally.lowered, tally.irrelevant_total()), (1, 1));
}

#[test]
fn events_that_cannot_be_read() {
    let line = |text: String| text.replace('\n', " ");
    let lines = [
        line(event("zone.create", OK, "")),
        line(
            event("zone.create", OK, "").replace("2026-10-01T09:00:00.000Z", "2026-10-01 09:00:00"),
        ),
        line(event("zone.create", OK, "").replace(EVE, r#"{"alternateId":"unknown"}"#)),
        line(event("group.user_membership.add", OK, r#","target":null"#)),
        line(event("user.account.privilege.revoke", OK, &format!(r#","target":[{ANN}]"#))),
    ];
    let told = told(&lines.join("\n"), &Settings::default());
    assert_eq!(told.counts(), [5, 1, 0, 4]);
    for (reject, want) in told.rejects().iter().zip([
        "no time zone",
        "nobody",
        "no group",
        "which administrator role",
    ]) {
        assert!(reject.contains(want), "{reject}");
    }
}

#[test]
fn containers() {
    let one = event("zone.create", OK, "");
    for (text, place) in [
        (format!("[{one}]"), "/0"),
        (format!("{one}\n{one}"), "line 1"),
        (format!("{{\"detail-type\":\"SystemLog\",\"detail\":{one}}}"), "line 1 /detail"),
    ] {
        let told = told(&text, &Settings::default());
        assert_eq!(told.0.place(told.0.decisions()[0].origin), format!("file {place}"));
        assert!(told.gaps().is_empty());
    }
    let full = format!("[{}]", vec![one; 1000].join(","));
    assert!(told(&full, &Settings::default()).gaps()[0].contains("exactly 1000"));
}
