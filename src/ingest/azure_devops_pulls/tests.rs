use crate::ingest::Settings;
use crate::ingest::testing::{Told, told};
use crate::model::SubjectState;

const A: &str = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
const B: &str = "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb";
const API: &str = "https://dev.azure.com/Acme/_apis/git/repositories/7";

fn read(text: &str) -> Told {
    told(text, &Settings::default())
}

fn pull(number: u32, status: &str) -> String {
    format!(
        r#"{{"pullRequestId":{number},"url":"{API}/pullRequests/{number}","title":"T",
        "status":"{status}","createdBy":{{"uniqueName":"Ann@Acme.example","id":"1"}},
        "creationDate":"2026-10-01T09:00:00.8900118Z","closedDate":"2026-10-01T10:00:00Z",
        "closedBy":{{"uniqueName":"Build\\9f","displayName":"Core Build Service"}},
        "targetRefName":"refs/heads/main","repository":{{"name":"Pay","project":{{"name":"Core"}}}},
        "lastMergeSourceCommit":{{"commitId":"{A}"}},"lastMergeCommit":{{"commitId":"{B}"}},
        "reviewers":[{{"uniqueName":"bob@acme.example","vote":5}},
        {{"uniqueName":"vstfs:///x","vote":10,"isContainer":true}},
        {{"uniqueName":"joe@acme.example","vote":0}},{{"id":"E-1","vote":-5}}],
        "commits":[{{"commitId":"{A}","author":{{"name":"Ann","email":"ann@home.example",
        "date":"2026-10-01T08:00:00Z"}},"comment":"m"}}]}}"#
    )
}

#[test]
fn pull_requests() {
    let told =
        read(&format!(r#"{{"value":[{},{}],"count":2}}"#, pull(1, "completed"), pull(2, "active")));
    assert_eq!(told.counts(), [2, 2, 0, 0]);
    let of = |number: u32| {
        let mut acts = told.acts();
        acts.retain(|act| act.contains(&format!("azure-devops:acme#{number} ")));
        acts
    };
    assert_eq!(
        of(1),
        [
            "azure-devops:bob@acme.example approve azure-devops:acme#1 -",
            "azure-devops:e-1 reject azure-devops:acme#1 -",
            "azure-devops:ann@acme.example author azure-devops:acme#1 2026-10-01T09:00:00.890011Z",
            "azure-devops:build\\9f merge azure-devops:acme#1 2026-10-01T10:00:00Z",
        ]
    );
    assert_eq!(of(2).len(), 3);
    let links = told.links();
    for (kind, sha) in [("head", A), ("merged-as", B), ("contains", A)] {
        let link = format!("azure-devops:acme#1 {kind} azure-devops:core/pay@{sha}");
        assert!(links.contains(&link), "{links:?}");
    }
    assert!(!links.iter().any(|link| link.contains("#2 merged-as")));
    let accounts = told.accounts();
    let ann = "azure-devops:ann@acme.example unknown ann@acme.example -".to_owned();
    assert!(accounts.contains(&ann), "{accounts:?}");
    assert!(accounts.contains(&"azure-devops:build\\9f service - Core Build Service".to_owned()));
    let subjects: Vec<_> = told.0.subjects().iter().map(|s| s.record.state).collect();
    assert!(subjects.starts_with(&[SubjectState::Done, SubjectState::Open]));
}

fn thread(kind: &str, result: &str, at: &str) -> String {
    format!(
        r#"{{"id":1,"publishedDate":"{at}","comments":[],"isDeleted":false,"properties":{{
        "CodeReviewThreadType":{{"$type":"System.String","$value":"{kind}"}},
        "CodeReviewVotedByIdentity":{{"$value":"1"}},
        "CodeReviewVoteResult":{{"$value":"{result}"}}}},
        "identities":{{"1":{{"uniqueName":"bob@acme.example"}}}},
        "_links":{{"self":{{"href":"{API}/pullRequests/1/threads/4"}}}}}}"#
    )
}

#[test]
fn threads_tell_when_votes_were_given_and_taken_back() {
    let threads = [
        thread("VoteUpdate", "10", "2026-10-01T09:30:00.1Z"),
        thread("VoteUpdate", "0", "2026-10-01T09:40:00Z"),
        thread("VoteUpdate", "10", "2026-10-01T09:50:00Z"),
        thread("StatusUpdate", "", "2026-10-01T09:51:00Z"),
        thread("VoteUpdate", "7", "2026-10-01T09:52:00Z"),
    ];
    let told = read(&format!(r#"{{"value":[{}],"count":5}}"#, threads.join(",")));
    assert_eq!(told.counts(), [5, 3, 1, 1]);
    let bob = "azure-devops:bob@acme.example approve azure-devops:acme#1";
    assert_eq!(
        told.acts(),
        [
            format!("{bob} 2026-10-01T09:30:00.100Z dismissed"),
            format!("{bob} 2026-10-01T09:50:00Z"),
        ]
    );
}

#[test]
fn recorded_replies_and_damage() {
    let reply = format!(
        r#"{{"parameters":{{}},"responses":{{"200":{{"body":{}}}}}}}"#,
        pull(1, "completed")
    );
    assert_eq!(read(&reply).counts(), [1, 1, 0, 0]);
    let good = pull(1, "active").replace('\n', " ");
    let lines = [
        good.clone(),
        good.replace("\"active\"", "\"odd\""),
        good.replace("\"vote\":5", "\"vote\":3"),
        good.replace(&format!("\"url\":\"{API}/pullRequests/1\","), ""),
        good.replace("\"pullRequestId\":1", "\"pullRequestId\":1,\"pullRequestId\":1"),
    ];
    assert_eq!(read(&lines.join("\n")).counts(), [5, 1, 0, 4]);
}
