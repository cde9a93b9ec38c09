use crate::ingest::Settings;
use crate::ingest::testing::{Told, told};
use crate::model::SubjectState;

const A: &str = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";

fn read(text: &str) -> Told {
    told(text, &Settings::default())
}

fn run(id: &str, status: &str, more: &str) -> String {
    format!(
        r#"{{"id":"{id}","type":"runs","attributes":{{"message":"M","status":"{status}",
        "auto-apply":false,"created-at":"2026-10-01T09:00:00.000Z","status-timestamps":{{
        "applied-at":"2026-10-01T10:00:00+00:00","confirmed-at":"2026-10-01T09:30:00+00:00"}}}},
        "relationships":{{"created-by":{{"data":{{"id":"user-1","type":"users"}}}},
        "workspace":{{"data":{{"id":"ws-1","type":"workspaces"}}}}{more}}}}}"#
    )
}

const CONFIRMED: &str = r#","confirmed-by":{"data":{"id":"user-2","type":"users"}},
    "configuration-version":{"data":{"id":"cv-1","type":"configuration-versions"}}"#;

fn included() -> String {
    format!(
        r#"[{{"id":"user-1","type":"users","attributes":{{"username":"ci",
        "is-service-account":true}}}},{{"id":"user-2","type":"users","attributes":{{
        "username":"bob","is-service-account":false}}}},
        {{"id":"ws-1","type":"workspaces","attributes":{{"name":"prod-network"}}}},
        {{"id":"cv-1","type":"configuration-versions","relationships":{{"ingress-attributes":
        {{"data":{{"id":"ia-1","type":"ingress-attributes"}}}}}}}},
        {{"id":"ia-1","type":"ingress-attributes","attributes":{{"commit-sha":"{A}",
        "clone-url":"https://github.com/Acme/Infra.git"}}}}]"#
    )
}

#[test]
fn runs() {
    let told = read(&format!(
        r#"{{"data":[{},{{}}],"included":{},"meta":{{"pagination":{{"next-page":null}}}}}}"#,
        run("run-1", "applied", CONFIRMED),
        included()
    ));
    assert_eq!(told.counts(), [2, 1, 0, 1]);
    assert!(told.rejects()[0].contains("/data/1: it has no id"), "{:?}", told.rejects());
    assert_eq!(
        told.acts(),
        [
            "terraform:user-1 execute terraform:run-1 2026-10-01T09:00:00Z",
            "terraform:user-2 approve terraform:run-1 2026-10-01T09:30:00Z",
        ]
    );
    assert_eq!(told.links(), [format!("terraform:run-1 executes github:acme/infra@{A}")]);
    assert_eq!(
        told.accounts(),
        ["terraform:user-1 service - ci", "terraform:user-2 unknown - bob"]
    );
    let subject = told.0.subjects()[0].record;
    assert_eq!(subject.state, SubjectState::Done);
    assert_eq!(told.0.text(subject.target.unwrap()), "prod-network");
    assert_eq!(subject.done.unwrap().to_string(), "2026-10-01T10:00:00Z");
    assert!(told.gaps().is_empty(), "{:?}", told.gaps());
}

#[test]
fn what_was_not_included_is_a_gap() {
    let told = read(&format!(
        r#"{{"data":{},"meta":{{"pagination":{{"next-page":2}}}}}}"#,
        run("run-2", "applied", "").replace("user-1", "")
    ));
    assert_eq!(told.counts(), [1, 1, 0, 0]);
    let gaps = told.gaps().join("\n");
    for want in ["who started", "who confirmed", "the commits", "more runs"] {
        assert!(gaps.contains(want), "{gaps}");
    }
    let subject = told.0.subjects()[0].record;
    assert_eq!(told.0.text(subject.target.unwrap()), "ws-1");
}

#[test]
fn states_and_damage() {
    let state = |status: &str| {
        let subject = read(&format!(r#"{{"data":{}}}"#, run("run-1", status, "")));
        let record = subject.0.subjects()[0].record;
        (record.state, record.done.is_some())
    };
    assert_eq!(state("planned"), (SubjectState::Open, false));
    assert_eq!(state("errored"), (SubjectState::Abandoned, false));
    assert_eq!(state("planned_and_finished"), (SubjectState::Unknown, false));
    let late = run("run-1", "applied", "").replace("2026-10-01T10", "2026-10-41T10");
    assert_eq!(read(&format!(r#"{{"data":[{late}]}}"#)).counts(), [1, 0, 0, 1]);
    let broken =
        format!(r#"{{"data":[{}],"included":[],"included":[]}}"#, run("run-1", "applied", ""));
    assert_eq!(read(&broken).counts(), [1, 0, 0, 1]);
}
