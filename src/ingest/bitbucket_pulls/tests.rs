use crate::ingest::Settings;
use crate::ingest::testing::{Told, told};
use crate::model::SubjectState;

const A: &str = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
const B: &str = "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb";

fn read(text: &str) -> Told {
    let settings = Settings { repository: Some("PAY/core".into()), ..Settings::default() };
    told(text, &settings)
}

fn user(uuid: &str) -> String {
    format!(r#"{{"type":"user","uuid":"{{{uuid}}}","nickname":"nick","display_name":"N"}}"#)
}

fn cloud(id: u32, state: &str) -> String {
    format!(
        r#"{{"type":"pullrequest","id":{id},"title":"T","state":"{state}","author":{},
        "closed_by":{},"created_on":"2026-10-01T09:00:00.123456+00:00",
        "updated_on":"2026-10-05T09:00:00+00:00","source":{{"commit":{{"hash":"aaaaaaaaaaaa"}}}},
        "destination":{{"branch":{{"name":"main"}},"repository":{{"full_name":"Acme/Pay"}}}},
        "merge_commit":{{"hash":"bbbbbbbbbbbb"}},"participants":[
        {{"user":{},"approved":true,"state":"approved","participated_on":"2026-10-04T09:00:00Z"}},
        {{"user":{},"approved":false,"state":null}}]}}"#,
        user("ANN"),
        user("bob"),
        user("bob"),
        user("joe"),
    )
}

#[test]
fn pull_requests_of_cloud() {
    let told = read(&format!(r#"{{"values":[{}],"next":"https://x"}}"#, cloud(3, "MERGED")));
    assert_eq!(told.counts(), [1, 1, 0, 0]);
    assert_eq!(
        told.acts(),
        [
            "bitbucket:bob approve bitbucket:acme/pay#3 -",
            "bitbucket:bob merge bitbucket:acme/pay#3 -",
            "bitbucket:ann author bitbucket:acme/pay#3 2026-10-01T09:00:00.123456Z",
        ]
    );
    // Shortened ids are nobody's.
    assert!(told.links().is_empty());
    let subject = told.0.subjects()[0].record;
    assert_eq!((subject.state, subject.done), (SubjectState::Done, None));
    assert!(subject.reviews_listed);
    let gaps = told.gaps().join("\n");
    assert!(gaps.contains("export the activity") && gaps.contains("next page"), "{gaps}");
}

#[test]
fn activity_of_cloud() {
    let of = |what: &str| {
        format!(
            r#"{{"pull_request":{{"type":"pullrequest","id":3,"links":{{"self":{{"href":
            "https://api.bitbucket.org/2.0/repositories/Acme/Pay/pullrequests/3"}}}}}},{what}}}"#
        )
    };
    let entries = [
        of(&format!(
            r#""update":{{"state":"MERGED","date":"2026-10-02T09:00:00Z","author":{}}}"#,
            user("bob")
        )),
        of(&format!(r#""approval":{{"date":"2026-10-02T08:00:00Z","user":{}}}"#, user("bob"))),
        of(&format!(
            r#""changes_requested":{{"date":"2026-10-01T08:00:00Z","user":{}}}"#,
            user("joe")
        )),
        of(&format!(
            r#""update":{{"state":"OPEN","date":"2026-10-01T07:00:00Z","author":{}}}"#,
            user("ann")
        )),
        of(r#""comment":{"id":1}"#),
    ];
    let told = read(&format!(r#"{{"values":[{}]}}"#, entries.join(",")));
    assert_eq!(told.counts(), [5, 3, 2, 0]);
    assert_eq!(
        told.acts(),
        [
            "bitbucket:joe reject bitbucket:acme/pay#3 2026-10-01T08:00:00Z",
            "bitbucket:bob approve bitbucket:acme/pay#3 2026-10-02T08:00:00Z",
            "bitbucket:bob merge bitbucket:acme/pay#3 2026-10-02T09:00:00Z",
        ]
    );
    assert_eq!(told.0.subjects()[0].record.done.unwrap().to_string(), "2026-10-02T09:00:00Z");
}

#[test]
fn pull_requests_of_data_center() {
    let user = |name: &str, kind: &str| {
        format!(r#"{{"name":"{name}","emailAddress":"{name}@acme.example","type":"{kind}"}}"#)
    };
    let pull = format!(
        r#"{{"id":4,"version":1,"title":"T","state":"MERGED","open":false,"closed":true,
        "createdDate":1790845200000,"updatedDate":1790849000000,"closedDate":1790848800000,
        "fromRef":{{"id":"refs/heads/x","latestCommit":"{A}"}},"toRef":{{"id":"refs/heads/main",
        "displayId":"main","repository":{{"slug":"core","project":{{"key":"PAY"}}}}}},
        "author":{{"user":{}}},"reviewers":[{{"user":{},"lastReviewedCommit":"{A}",
        "approved":true,"status":"APPROVED"}},{{"user":{},"status":"UNAPPROVED"}}],
        "participants":[],"properties":{{"mergeCommit":{{"id":"{B}"}}}},
        "links":{{"self":[{{"href":"https://bb.acme.example/x"}}]}}}}"#,
        user("Ann", "NORMAL"),
        user("bob", "NORMAL"),
        user("ci", "SERVICE"),
    );
    let told = read(&format!(r#"{{"values":[{pull}],"isLastPage":true}}"#));
    assert_eq!(
        told.acts(),
        [
            format!("bitbucket:bob approve bitbucket:pay/core#4 - {A}"),
            "bitbucket:ann author bitbucket:pay/core#4 2026-10-01T09:00:00Z".to_owned(),
        ]
    );
    assert_eq!(
        told.links(),
        [
            format!("bitbucket:pay/core#4 head bitbucket:pay/core@{A}"),
            format!("bitbucket:pay/core#4 merged-as bitbucket:pay/core@{B}"),
        ]
    );
    assert_eq!(told.0.subjects()[0].record.done.unwrap().to_string(), "2026-10-01T10:00:00Z");
    assert!(told.accounts()[0].contains("ann@acme.example"));
    assert!(told.gaps().is_empty(), "{:?}", told.gaps());
}

#[test]
fn activities_of_data_center() {
    let step = |action: &str, at: u64| {
        format!(
            r#"{{"id":1,"createdDate":{at},"user":{{"name":"bob"}},"action":"{action}",
            "pullrequest":4}}"#
        )
        .replace('\n', "")
    };
    let lines = [
        step("MERGED", 1_790_848_900_000),
        step("APPROVED", 1_790_848_800_000),
        step("UNAPPROVED", 1_790_847_000_000),
        step("APPROVED", 1_790_845_200_000),
        step("COMMENTED", 1_790_845_200_000),
        step("APPROVED", 1_790_845_200_000).replace(",            \"pullrequest\":4", ""),
    ];
    let told = read(&lines.join("\n"));
    assert_eq!(told.counts(), [6, 4, 1, 1]);
    assert_eq!(
        told.acts(),
        [
            "bitbucket:bob approve bitbucket:pay/core#4 2026-10-01T09:00:00Z dismissed",
            "bitbucket:bob approve bitbucket:pay/core#4 2026-10-01T10:00:00Z",
            "bitbucket:bob merge bitbucket:pay/core#4 2026-10-01T10:01:40Z",
        ]
    );
}

#[test]
fn commits() {
    let one = format!(
        r#"{{"hash":"{A}","date":"2026-10-01T08:00:00+00:00","message":"m",
        "author":{{"raw":"Ann <ann@acme.example>"}},"parents":[{{"hash":"{B}"}}],
        "pullrequest":3}}"#
    );
    let told = read(&one);
    assert_eq!(
        told.acts(),
        [format!("email:ann@acme.example author bitbucket:pay/core@{A} 2026-10-01T08:00:00Z")]
    );
    let link = format!("bitbucket:pay/core#3 contains bitbucket:pay/core@{A}");
    assert!(told.links().contains(&link), "{:?}", told.links());
    let unnumbered = read(&one.replace(",\n        \"pullrequest\":3", ""));
    assert!(
        unnumbered.links().iter().any(|link| link.contains("@aaaa") && link.contains("contains"))
    );
    assert!(read(&one.replace(A, "aaaaaaaaaaaa")).rejects()[0].contains("no whole commit id"));
}

#[test]
fn damaged_records_are_rejected_alone() {
    let good = cloud(1, "OPEN").replace('\n', " ");
    let lines = [
        good.clone(),
        cloud(2, "ODD").replace('\n', " "),
        good.replace("2026-10-01T09", "2026-10-01 9h"),
        good.replace("\"uuid\":\"{ANN}\",", ""),
    ];
    assert_eq!(read(&lines.join("\n")).counts(), [4, 1, 0, 3]);
}
