use crate::ingest::Settings;
use crate::ingest::testing::{Told, told};
use crate::model::SubjectState;

const A: &str = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";

fn read(text: &str) -> Told {
    told(text, &Settings::default())
}

fn run(id: u32, more: &str) -> String {
    format!(
        r#"{{"id":{id},"name":"Deploy","display_title":"Pay faster","head_branch":"main",
        "head_sha":"{A}","run_number":3,"workflow_id":9,"pull_requests":[],
        "html_url":"https://github.com/Acme/Pay/actions/runs/{id}",
        "url":"https://api.github.com/repos/Acme/Pay/actions/runs/{id}",
        "created_at":"2026-10-01T09:00:00Z","updated_at":"2026-10-01T09:05:00Z"{more}}}"#
    )
}

const PUSHED: &str = r#","event":"push","status":"completed","conclusion":"success",
    "run_attempt":1,"actor":{"login":"Ann","type":"User"},
    "triggering_actor":{"login":"Ann","type":"User"},"run_started_at":"2026-10-01T09:00:01Z""#;

#[test]
fn runs() {
    let again = PUSHED
        .replace("\"run_attempt\":1", "\"run_attempt\":2")
        .replace(r#""triggering_actor":{"login":"Ann"#, r#""triggering_actor":{"login":"bob"#)
        .replace("09:00:01", "10:00:00");
    let timed = PUSHED.replace("push", "schedule");
    let list = [run(1, PUSHED), run(2, &again), run(3, &timed)].join(",");
    let told = read(&format!(r#"{{"total_count":4,"workflow_runs":[{list}]}}"#));
    assert_eq!(told.counts(), [3, 3, 0, 0]);
    assert_eq!(
        told.acts(),
        [
            "github:ann execute github:acme/pay/actions/runs/1 2026-10-01T09:00:01Z",
            "github:ann execute github:acme/pay/actions/runs/2 2026-10-01T09:00:00Z",
            "github:bob execute github:acme/pay/actions/runs/2 2026-10-01T10:00:00Z",
        ]
    );
    let link = format!("github:acme/pay/actions/runs/1 executes github:acme/pay@{A}");
    assert_eq!(told.links()[0], link);
    let subject = told.0.subjects()[0].record;
    assert_eq!(subject.state, SubjectState::Done);
    assert_eq!(subject.done.unwrap().to_string(), "2026-10-01T09:05:00Z");
    assert_eq!(told.0.text(subject.title.unwrap()), "Pay faster");
    assert_eq!(told.gaps(), ["it holds 3 of 4 runs (export with --paginate)"]);
}

#[test]
fn unfinished_and_failed_runs_are_not_done() {
    let state = |status: &str, conclusion: &str| {
        let more = format!(r#","status":"{status}","conclusion":{conclusion}"#);
        let told = read(&run(1, &more));
        told.0.subjects().first().map(|subject| (subject.record.state, subject.record.done))
    };
    assert_eq!(state("in_progress", "null"), Some((SubjectState::Open, None)));
    assert_eq!(state("completed", "\"failure\""), Some((SubjectState::Abandoned, None)));
    assert_eq!(state("completed", "\"action_required\""), Some((SubjectState::Abandoned, None)));
    assert_eq!(state("completed", "\"odd\""), None);
}

#[test]
fn approvals() {
    let approval = |state: &str, environments: &str| {
        format!(
            r#"{{"state":"{state}","comment":"ok","user":{{"login":"Bob","type":"User"}},
            "environments":[{environments}],"run_id":7}}"#
        )
    };
    let url = r#"{"name":"prod","url":"https://api.github.com/repos/acme/pay/environments/prod"}"#;
    let told = read(&format!("{}\n{}", approval("approved", url), approval("rejected", url)));
    assert_eq!(
        told.acts(),
        [
            "github:bob approve github:acme/pay/actions/runs/7 -",
            "github:bob reject github:acme/pay/actions/runs/7 -",
        ]
    );
    assert!(read(&approval("approved", "")).rejects()[0].contains("set `repository"));
    assert!(read(&approval("maybe", url)).rejects()[0].contains("documents"));
}

#[test]
fn runs_as_gh_lists_them() {
    let told = read(&format!(
        r#"[{{"databaseId":5,"headSha":"{A}","workflowName":"Deploy","status":"completed",
        "conclusion":"success","createdAt":"2026-10-01T09:00:00Z",
        "url":"https://github.com/acme/pay/actions/runs/5"}}]"#
    ));
    assert_eq!(told.counts(), [1, 1, 0, 0]);
    assert!(told.acts().is_empty());
    assert!(told.gaps()[0].contains("who started"), "{:?}", told.gaps());
}

#[test]
fn webhooks_and_damage() {
    let hook = format!(r#"{{"action":"completed","workflow_run":{}}}"#, run(8, PUSHED));
    assert_eq!(read(&hook).acts().len(), 1);
    let lines = [
        run(1, PUSHED),
        run(2, PUSHED).replace("\"id\":2,", "\"id\":2,\"id\":3,"),
        run(4, PUSHED).replace("2026-10-01T09:00:00Z", "soon"),
        run(5, PUSHED).replace("github.com", "").replace("/actions/runs/", "/"),
    ];
    let told = read(&lines.map(|line| line.replace('\n', " ")).join("\n"));
    assert_eq!(told.counts(), [4, 1, 0, 3]);
}
