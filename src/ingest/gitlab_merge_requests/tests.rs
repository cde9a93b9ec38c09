use crate::ingest::Settings;
use crate::ingest::testing::{Told, told};
use crate::model::SubjectState;

const A: &str = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
const B: &str = "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb";

fn read(text: &str) -> Told {
    told(text, &Settings::default())
}

fn request(iid: u32, more: &str) -> String {
    format!(
        r#"{{"id":90{iid},"iid":{iid},"project_id":7,"title":"T","source_branch":"x",
        "target_branch":"main","author":{{"id":1,"username":"Ann","name":"Ann"}},"sha":"{A}",
        "created_at":"2026-10-01T09:00:00.000Z","updated_at":"2026-10-02T09:00:00.000+02:00",
        "web_url":"https://git.acme.example/Acme/Core/Pay/-/merge_requests/{iid}"{more}}}"#
    )
}

const MERGED: &str = r#","state":"merged","merged_at":"2026-10-02T06:00:00Z",
    "merged_by":{"username":"old"},"merge_user":{"username":"project_7_bot_3f"}"#;

#[test]
fn lists() {
    let squashed = format!(r#"{MERGED},"merge_commit_sha":null,"squash_commit_sha":"{B}""#);
    let forward = format!(r#"{MERGED},"merge_commit_sha":null,"squash_commit_sha":null"#);
    let list = [
        request(1, &squashed),
        request(2, &forward),
        request(3, r#","state":"closed","merged_at":null,"merge_commit_sha":null"#),
    ];
    let told = read(&format!("[{}]", list.join(",")));
    assert_eq!(told.counts(), [3, 3, 0, 0]);
    assert_eq!(
        told.acts()[..2],
        [
            "gitlab:ann author gitlab:acme/core/pay!1 2026-10-01T09:00:00Z",
            "gitlab:project_7_bot_3f merge gitlab:acme/core/pay!1 2026-10-02T06:00:00Z",
        ]
    );
    assert_eq!(
        told.links(),
        [
            format!("gitlab:acme/core/pay!1 head gitlab:acme/core/pay@{A}"),
            format!("gitlab:acme/core/pay!1 merged-as gitlab:acme/core/pay@{B}"),
            format!("gitlab:acme/core/pay!2 head gitlab:acme/core/pay@{A}"),
            format!("gitlab:acme/core/pay!2 merged-as gitlab:acme/core/pay@{A}"),
            format!("gitlab:acme/core/pay!3 head gitlab:acme/core/pay@{A}"),
        ]
    );
    assert_eq!(told.accounts(), ["gitlab:ann unknown - Ann", "gitlab:project_7_bot_3f agent - -"]);
    let states: Vec<_> = told.0.subjects().iter().map(|s| s.record.state).collect();
    assert_eq!(states, [SubjectState::Done, SubjectState::Done, SubjectState::Abandoned]);
}

#[test]
fn approvals() {
    let settings = Settings { repository: Some("Acme/Core/Pay".into()), ..Settings::default() };
    let reply = r#"{"iid":1,"approvals_required":1,"approvals_left":0,
        "approvers":[{"user":{"username":"asked"}}],
        "approved_by":[{"user":{"username":"bob"},"approved_at":"2026-10-01T10:00:00Z"},
        {"user":{"username":"eve"}}]}"#;
    let told = told(reply, &settings);
    assert_eq!(told.counts(), [1, 1, 0, 0]);
    assert_eq!(
        told.acts(),
        [
            "gitlab:eve approve gitlab:acme/core/pay!1 -",
            "gitlab:bob approve gitlab:acme/core/pay!1 2026-10-01T10:00:00Z",
        ]
    );
    assert!(told.0.subjects()[0].record.reviews_listed);
    assert!(read(reply).rejects()[0].contains("set `repository"));
    let other = crate::ingest::testing::told(&reply.replace("\"iid\":1,", ""), &settings);
    assert!(other.rejects()[0].contains("no iid"));
}

#[test]
fn approvals_by_rule_count_once() {
    let settings = Settings { repository: Some("acme/pay".into()), ..Settings::default() };
    let reply = r#"{"iid":1,"approval_rules_overwritten":false,"rules":[
        {"eligible_approvers":[{"username":"asked"}],"approved_by":[{"username":"bob"}]},
        {"approved_by":[{"username":"bob"}]}]}"#;
    assert_eq!(told(reply, &settings).acts(), ["gitlab:bob approve gitlab:acme/pay!1 -"]);
}

#[test]
fn commits_join_their_newest() {
    let commit = |id: &str, parent: &str| {
        format!(
            r#"{{"id":"{id}","short_id":"{}","parent_ids":[{parent}],"title":"m",
            "message":"m\n\nCo-authored-by: Eve <eve@acme.example>","author_name":"Ann",
            "author_email":"Ann@acme.example","authored_date":"2026-10-01T08:00:00.000+00:00",
            "committer_name":"Ann","committer_email":"ann@acme.example",
            "committed_date":"2026-10-01T08:30:00Z",
            "web_url":"https://git.acme.example/acme/pay/-/commit/{id}"}}"#,
            &id[..8]
        )
    };
    let told = read(&format!("[{},{}]", commit(A, &format!("\"{B}\"")), commit(B, "")));
    assert_eq!(told.counts(), [2, 2, 0, 0]);
    assert!(told.links().contains(&format!("gitlab:acme/pay@{A} contains gitlab:acme/pay@{B}")));
    let acts = told.acts();
    let eve = format!("email:eve@acme.example author gitlab:acme/pay@{A} 2026-10-01T08:00:00Z");
    assert!(acts.contains(&eve), "{acts:?}");
    assert!(read(&commit("x2345678", "")).rejects()[0].contains("no commit id"));
}

#[test]
fn damaged_records_are_rejected_alone() {
    let lines = [
        request(1, MERGED),
        request(2, r#","state":"new""#),
        request(3, r#","state":"opened","iid":4"#),
        request(5, r#","state":"opened","merged_at":"soon""#),
        request(6, r#","state":"opened""#).replace(r#""username":"Ann","#, ""),
    ];
    let told = read(&lines.map(|line| line.replace('\n', " ")).join("\n"));
    assert_eq!(told.counts(), [5, 1, 0, 4]);
    let rejects = told.rejects().join("\n");
    for want in ["none that GitLab documents", "duplicate field `iid`", "`soon`", "no username"] {
        assert!(rejects.contains(want), "{rejects}");
    }
}

#[test]
fn a_full_page_is_a_gap() {
    let list: Vec<_> = (1..=20).map(|n| request(n, MERGED)).collect();
    assert!(read(&format!("[{}]", list.join(","))).gaps()[0].contains("20"));
}

#[test]
fn numbers_of_a_project_leave_none_out() {
    let numbered = |told: Told| told.0.sources()[0].tally.numbered;
    assert!(numbered(read(&request(4, MERGED))));
    // Elsewhere they may: GitHub's issues have numbers of the same sequence.
    let pull =
        r#"{"number":1,"title":"x","url":"https://github.com/acme/pay/pull/1","reviews":[]}"#;
    assert!(!numbered(read(pull)));
}
