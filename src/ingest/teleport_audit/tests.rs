use crate::ingest::{
    Input, Settings, read,
    testing::{Memory, Told, told},
};

fn event(name: &str, code: &str, more: &str) -> String {
    format!(
        r#"{{"event":"{name}","code":"{code}","time":"2026-10-01T09:00:00Z","uid":"u-1","ei":2147483646,"cluster_name":"c"{more}}}"#
    )
}

fn one(name: &str, code: &str, more: &str) -> Told {
    told(&event(name, code, more), &Settings::default())
}

#[test]
fn refusals() {
    for (name, code, more, want) in [
        (
            "auth",
            "T3007W",
            r#","user":"ann","success":false,"error":"ssh: principal \"root\" not in the set of valid principals for given certificate""#,
            "teleport:ann denied teleport:auth - T3007W certificate principals",
        ),
        (
            "db.session.start",
            "TDB00W",
            r#","user":"ann","success":false,"error":"access to db denied","db_service":"pay""#,
            "teleport:ann denied teleport:db.session.start pay TDB00W Teleport RBAC",
        ),
        (
            "kube.request",
            "T3009I",
            r#","user":"ann","verb":"DELETE","response_code":403,"request_path":"/api/v1/pods""#,
            "teleport:ann denied teleport:kube.request /api/v1/pods T3009I -",
        ),
        (
            "session.start",
            "T2000W",
            r#","user":"ann","impersonator":"bot-ci","success":false,"error":"lock targeting User:\"ann\" is in force","server_hostname":"db1""#,
            "teleport:bot-ci as ann denied teleport:session.start db1 T2000W lock",
        ),
    ] {
        assert_eq!(one(name, code, more).decisions(), [want]);
    }
    assert!(
        one("auth", "T3007W", r#","success":false,"error":"access denied""#).rejects()[0]
            .contains("no user")
    );
}

#[test]
fn what_is_no_refusal() {
    for (name, code, more, want) in [
        (
            "user.login",
            "T1000W",
            r#","user":"ann","success":false,"error":"invalid password""#,
            "failed sign-in",
        ),
        (
            "exec",
            "T3002E",
            r#","user":"ann","error":"no such file""#,
            "failed for another reason than a missing permission",
        ),
        ("session.command", "T4000I", r#","user":"ann""#, "part of a session"),
        ("user.login", "T1000I", r#","user":"ann","success":true"#, "allowed and only reading"),
        (
            "kube.request",
            "T3009I",
            r#","user":"ann","verb":"GET","response_code":200"#,
            "allowed and only reading",
        ),
        ("exec", "T3002I", "", "allowed, and by nobody that the event names"),
    ] {
        let told = one(name, code, more);
        let reasons: Vec<_> = told.0.sources()[0].tally.irrelevant.keys().copied().collect();
        assert_eq!(reasons, [want], "{name}");
    }
    let kept = one("role.created", "T9000I", r#","user":"bot-ci","name":"ops""#);
    assert_eq!(kept.decisions(), ["teleport:bot-ci allowed teleport:role.created ops - -"]);
}

fn requests() -> String {
    let at = |text: String, minute: u8| text.replace("09:00:00Z", &format!("09:0{minute}:00Z"));
    [
        at(event("access_request.create", "T5000I", r#","id":"r-1","user":"ann","roles":["dba"],"state":"PENDING","reason":"incident","expires":"2026-10-01T12:00:00Z""#), 1),
        at(event("access_request.review", "T5002I", r#","id":"r-1","reviewer":"eve","proposed_state":"APPROVED","state":"PENDING""#), 2),
        at(event("access_request.review", "T5002I", r#","id":"r-1","reviewer":"bob","proposed_state":"APPROVED","state":"APPROVED""#), 3),
        at(event("access_request.update", "T5001I", r#","id":"r-2","updated_by":"eve","state":"DENIED","expires":"0001-01-01T00:00:00Z""#), 4),
    ]
    .join("\n")
}

#[test]
fn access_requests() {
    // They count although nobody is watched.
    let file = Memory { path: "teleport", bytes: requests().into_bytes() };
    let settings = Settings::default();
    let data =
        read(&[Input { open: &file, settings: &settings }], &|_: &str| false, &|_| ()).unwrap();
    let told = Told(data);
    assert_eq!(told.counts(), [4, 4, 0, 0]);
    let mut acts = told.acts();
    acts.sort();
    assert_eq!(
        acts,
        [
            "teleport:ann request teleport:access-request/r-1 2026-10-01T09:01:00Z",
            "teleport:bob approve teleport:access-request/r-1 2026-10-01T09:03:00Z",
            "teleport:eve approve teleport:access-request/r-1 2026-10-01T09:02:00Z",
            "teleport:eve reject teleport:access-request/r-2 2026-10-01T09:04:00Z",
        ]
    );
    let mut grants = told.grants();
    grants.sort();
    assert_eq!(
        grants,
        [
            "teleport:ann teleport:role:dba - - 2026-10-01T12:00:00Z RevokeEvent",
            "teleport:ann teleport:role:dba - 2026-10-01T09:03:00Z - GrantEvent",
        ]
    );
}

#[test]
fn roles_of_users() {
    let lines = [
        event("user.create", "T1002I", r#","user":"eve","name":"ann","roles":["access","dba"]"#),
        event("user.update", "T1003I", r#","user":"eve","name":"ann","roles":["access"]"#),
        event("user.delete", "T1004I", r#","user":"eve","name":"ann""#),
    ];
    let told = told(&lines.join("\n"), &Settings::default());
    let taken: Vec<_> =
        told.grants().into_iter().filter(|grant| grant.ends_with("RevokeEvent")).collect();
    assert_eq!(taken.len(), 2, "{taken:?}");
}

#[test]
fn rows_and_odd_times() {
    let inner = event("role.created", "T9000I", r#","user":"bot-ci","name":"ops""#);
    let row = format!(
        r#"{{"event_type":"role.created","uid":"u","event_data":{}}}"#,
        serde_json::to_string(&inner).unwrap()
    );
    let told_row = told(&row, &Settings::default());
    assert_eq!(told_row.0.place(told_row.0.decisions()[0].origin), "file line 1 /event_data");
    for odd in ["2023-09-20T23:00:000.000000Z", "2023-09-18 00:00:00"] {
        let text = inner.replace("2026-10-01T09:00:00Z", odd);
        assert_eq!(told(&text, &Settings::default()).counts(), [1, 0, 0, 1], "{odd}");
    }
}
