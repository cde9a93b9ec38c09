use crate::ingest::Settings;
use crate::ingest::testing::{Told, told};
use crate::model::SubjectState;

const A: &str = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
const B: &str = "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb";

fn read(text: &str) -> Told {
    told(text, &Settings::default())
}

/// A change as ssh prints it, on one line.
fn ssh(number: u32, status: &str) -> String {
    let ann = r#"{"name":"Ann","email":"ann@acme.example","username":"ann"}"#;
    let vote = |kind: &str, value: &str, at: u64, by: &str| {
        format!(
            r#"{{"type":"{kind}","value":"{value}","grantedOn":{at},"by":{{"username":"{by}"}}}}"#
        )
    };
    let first = [vote("Code-Review", "-1", 1_790_845_300, "eve")].join(",");
    let second = [
        vote("Verified", "2", 1_790_845_500, "ci"),
        vote("Code-Review", "2", 1_790_845_600, "bob"),
        vote("Code-Review", "1", 1_790_845_600, "joe"),
        vote("SUBM", "1", 1_790_845_700, "bob"),
    ]
    .join(",");
    format!(
        r#"{{"project":"Core/Pay","branch":"main","id":"I1","number":{number},"subject":"S",
        "owner":{ann},"url":"https://review.acme.example/{number}","commitMessage":"S\n\nBody\n",
        "createdOn":1790845200,"lastUpdated":1790845700,"status":"{status}","patchSets":[
        {{"number":2,"revision":"{B}","parents":["{A}"],"uploader":{ann},"createdOn":1790845400,
          "author":{{"name":"Zoe","email":"zoe@home.example"}},"approvals":[{second}]}},
        {{"number":1,"revision":"{A}","parents":[],"uploader":{{"username":"zoe"}},
          "createdOn":1790845200,"approvals":[{first}]}}]}}"#
    )
    .replace('\n', "")
}

#[test]
fn over_ssh() {
    let stats = r#"{"type":"stats","rowCount":1,"runTimeMilliseconds":1,"moreChanges":true}"#;
    let told = read(&format!("{}\n{stats}\n", ssh(7, "MERGED")));
    assert_eq!(told.counts(), [2, 1, 1, 0]);
    let change = "gerrit:core/pay#7";
    let mut acts = told.acts();
    acts.retain(|act| act.contains(change));
    assert_eq!(
        acts,
        [
            format!("gerrit:ann author {change} 2026-10-01T09:00:00Z"),
            format!("gerrit:zoe commit {change} 2026-10-01T09:00:00Z"),
            format!("gerrit:eve reject {change} 2026-10-01T09:01:40Z {A}"),
            format!("gerrit:ann commit {change} 2026-10-01T09:03:20Z"),
            format!("gerrit:bob approve {change} 2026-10-01T09:06:40Z {B}"),
            format!("gerrit:bob merge {change} 2026-10-01T09:08:20Z"),
        ]
    );
    let commit = format!("email:zoe@home.example author gerrit:core/pay@{B} 2026-10-01T09:03:20Z");
    assert!(told.acts().contains(&commit), "{:?}", told.acts());
    for kind in ["head", "contains", "merged-as"] {
        assert!(told.links().contains(&format!("{change} {kind} gerrit:core/pay@{B}")));
    }
    assert!(told.accounts().contains(&"gerrit:ann unknown ann@acme.example Ann".to_owned()));
    let subjects = told.0.subjects().iter().map(|s| s.record);
    let subject = subjects.clone().find(|s| told.0.text(s.id.0) == change).unwrap();
    assert_eq!(subject.state, SubjectState::Done);
    assert_eq!(subject.done.unwrap().to_string(), "2026-10-01T09:08:20Z");
    assert_eq!(told.0.text(subject.revision.unwrap()), B);
    assert!(told.gaps()[0].contains("next page"));
}

#[test]
fn from_rest() {
    let text = format!(
        r#")]}}'
[{{"project":"core/pay","branch":"main","change_id":"I1","_number":9,"subject":"S",
  "status":"MERGED","created":"2026-10-01 09:00:00.000000000",
  "updated":"2026-10-01 10:00:00.000000000","submitted":"2026-10-01 10:00:00.000000000",
  "submitter":{{"_account_id":3,"username":"bob"}},"owner":{{"_account_id":2}},
  "current_revision":"{A}","labels":{{"Code-Review":{{"all":[
    {{"_account_id":3,"username":"bob","value":2,"date":"2026-10-01 09:30:00.000000000"}},
    {{"_account_id":4,"value":0,"tags":["SERVICE_USER"]}}]}},
    "Verified":{{"all":[{{"_account_id":4,"value":1}}]}}}},
  "revisions":{{"{A}":{{"_number":1,"created":"2026-10-01 09:00:00.000000000",
    "uploader":{{"_account_id":2}},"commit":{{"parents":[{{"commit":"{B}"}}],"message":"S",
    "author":{{"name":"Ann","email":"ann@acme.example","date":"2026-10-01 08:00:00.000000000"}},
    "committer":{{"name":"Ann","email":"ann@acme.example",
    "date":"2026-10-01 08:00:00.000000000"}}}}}}}},"_more_changes":true}}]
)]}}'
[]
"#
    );
    let told = read(&text);
    assert_eq!(told.counts(), [1, 1, 0, 0]);
    assert_eq!(
        told.acts()[..4],
        [
            "gerrit:account/2 author gerrit:core/pay#9 2026-10-01T09:00:00Z".to_owned(),
            "gerrit:account/2 commit gerrit:core/pay#9 2026-10-01T09:00:00Z".to_owned(),
            format!("gerrit:bob approve gerrit:core/pay#9 2026-10-01T09:30:00Z {A}"),
            "gerrit:bob merge gerrit:core/pay#9 2026-10-01T10:00:00Z".to_owned(),
        ]
    );
    assert!(
        told.links().contains(&format!("gerrit:core/pay@{A} first-parent gerrit:core/pay@{B}"))
    );
    assert!(told.gaps()[0].contains("more changes"));
}

#[test]
fn votes_without_details_have_no_time() {
    let change = |owner: &str| {
        format!(
            r#"{{"project":"p","branch":"b","change_id":"I","_number":1,"subject":"s",
            "status":"NEW","owner":{owner},
            "labels":{{"Code-Review":{{"approved":{{"_account_id":5}}}}}}}}"#
        )
    };
    let told = read(&change(r#"{"_account_id":2}"#));
    let want = ["gerrit:account/2 author gerrit:p#1 -", "gerrit:account/5 approve gerrit:p#1 -"];
    assert_eq!(told.acts(), want);
    let named = read(&change(r#"{"name":"Ann"}"#));
    assert!(named.rejects()[0].contains("o=DETAILED_ACCOUNTS"));
}

#[test]
fn damaged_records_are_rejected_alone() {
    let lines = [
        ssh(1, "NEW"),
        ssh(2, "ODD"),
        ssh(3, "NEW").replace("1790845600", "99999999999999"),
        ssh(4, "NEW").replace(&format!("[\"{A}\"]"), "[\"x\"]"),
        ssh(5, "NEW").replace("\"number\":5,", ""),
    ];
    let told = read(&lines.join("\n"));
    assert_eq!(told.counts(), [5, 1, 0, 4]);
    let rejects = told.rejects().join("\n");
    for want in ["Gerrit documents", "outside the years", "no commit id", "no number"] {
        assert!(rejects.contains(want), "{rejects}");
    }
}
