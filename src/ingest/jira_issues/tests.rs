use crate::ingest::Settings;
use crate::ingest::testing::{Told, told};
use crate::model::SubjectState;

fn read(text: &str) -> Told {
    told(text, &Settings::default())
}

fn user(id: &str) -> String {
    format!(
        r#"{{"accountId":"{id}","accountType":"atlassian","displayName":"{id}",
        "emailAddress":"{id}@Acme.example"}}"#
    )
}

fn issue(key: &str, more: &str) -> String {
    format!(
        r#"{{"id":"1","key":"{key}","self":"https://acme.atlassian.net/rest/api/3/issue/1",
        "fields":{{"summary":"Raise limit","created":"2026-10-01T11:00:00.000+0200",
        "updated":"2026-10-03T09:00:00.000+0000","resolutiondate":"2026-10-02T09:00:00.000+0000",
        "status":{{"name":"Done","statusCategory":{{"key":"done"}}}},"project":{{"key":"CHG"}},
        "reporter":{},"creator":{{"name":"Portal","displayName":"P"}}{more}}},
        "changelog":{{"startAt":0,"maxResults":3,"total":3,"histories":[
        {{"id":"9","author":{},"created":"2026-10-01T12:00:00.000+0000","items":[
          {{"field":"assignee","toString":"Approved Ann"}},
          {{"field":"status","fromString":"Open","toString":"CAB Approved"}}]}},
        {{"id":"8","author":null,"created":"2026-10-01T10:00:00.000+0000","items":[
          {{"field":"status","fromString":"Open","toString":"Rejected"}}]}},
        {{"id":"7","author":{},"created":"2026-10-01T09:30:00.000+0000","items":[
          {{"field":"status","fromString":"Open","toString":"In Progress"}}]}}]}}}}"#,
        user("ann"),
        user("bob"),
        user("eve"),
    )
}

#[test]
fn issues() {
    let page =
        format!(r#"{{"startAt":0,"maxResults":1,"total":2,"issues":[{}]}}"#, issue("CHG-7", ""));
    let told = read(&page);
    assert_eq!(told.counts(), [1, 1, 0, 0]);
    assert_eq!(
        told.acts(),
        [
            "jira:ann request jira:CHG-7 2026-10-01T09:00:00Z",
            "jira:portal request jira:CHG-7 2026-10-01T09:00:00Z",
            "jira:anonymous reject jira:CHG-7 2026-10-01T10:00:00Z",
            "jira:bob approve jira:CHG-7 2026-10-01T12:00:00Z",
        ]
    );
    assert!(told.accounts().contains(&"jira:ann human ann@acme.example ann".to_owned()));
    let subject = told.0.subjects()[0].record;
    assert_eq!(subject.state, SubjectState::Done);
    assert_eq!(told.0.text(subject.url.unwrap()), "https://acme.atlassian.net/browse/CHG-7");
    assert_eq!(subject.done.unwrap().to_string(), "2026-10-02T09:00:00Z");
    assert!(told.gaps()[0].contains("more issues"));
}

#[test]
fn approvals_of_service_desks() {
    let approver = |id: &str, decision: &str| {
        format!(r#"{{"approver":{},"approverDecision":"{decision}"}}"#, user(id))
    };
    let field = |approvers: &str| {
        format!(
            r#","customfield_10050":[{{"id":"1","name":"CAB","finalDecision":"approved",
            "approvers":[{approvers}],"completedDate":{{"iso8601":"2026-10-01T13:00:00+0000"}}}}]"#
        )
    };
    let alone = field(&format!("{},{}", approver("joe", "approved"), approver("zoe", "pending")));
    let acts = read(&issue("CHG-1", &alone)).acts();
    assert!(acts.contains(&"jira:joe approve jira:CHG-1 2026-10-01T13:00:00Z".to_owned()));
    assert!(!acts.iter().any(|act| act.contains("zoe")), "{acts:?}");
    let both = field(&format!("{},{}", approver("joe", "approved"), approver("zoe", "declined")));
    let acts = read(&issue("CHG-1", &both)).acts();
    assert!(acts.contains(&"jira:joe approve jira:CHG-1 -".to_owned()), "{acts:?}");
    assert!(acts.contains(&"jira:zoe reject jira:CHG-1 -".to_owned()), "{acts:?}");
}

#[test]
fn links_to_changes() {
    let link = |own: &str, url: &str| {
        format!(
            r#"{{"id":1,"self":"https://a.example/rest/api/3/issue/{own}/remotelink/1",
            "globalId":"g","object":{{"url":"{url}","title":"PR"}}}}"#
        )
    };
    let pull = "https://github.com/acme/pay/pull/3";
    let links = [link("CHG-1", pull), link("CHG-1", "https://wiki.example/x"), link("10001", pull)];
    let told = read(&format!("[{}]", links.join(",")));
    assert_eq!(told.counts(), [3, 1, 1, 1]);
    assert_eq!(told.links(), ["jira:CHG-1 answers github:acme/pay#3"]);
    let panel = r#"{"errors":[],"detail":[{"branches":[],"pullRequests":[
        {"id":"!3","url":"https://gitlab.com/acme/pay/-/merge_requests/3"}]}],"key":"CHG-2"}"#;
    assert_eq!(read(panel).links(), ["jira:CHG-2 answers gitlab:acme/pay!3"]);
    let unnamed = panel.replace(r#","key":"CHG-2""#, "");
    assert!(read(&unnamed).rejects()[0].contains("does not name its issue"));
    // A key in a title is no link.
    assert!(read(&issue("CHG-1", "")).links().is_empty());
}

#[test]
fn incomplete_and_damaged_issues() {
    let whole = issue("CHG-1", "").replace('\n', " ");
    let cut = read(&whole.replace("\"total\":3", "\"total\":30"));
    assert!(cut.gaps()[0].contains("not whole"));
    let bare = whole.split(",         \"changelog\"").next().unwrap().to_owned() + "}";
    assert!(read(&bare).gaps()[0].contains("expand=changelog"));
    let lines = [
        whole.clone(),
        whole.replace("\"CHG-1\"", "\"x\""),
        whole.replace("2026-10-01T12:00:00.000+0000", "yesterday"),
        whole.replace("\"key\":\"CHG-1\"", "\"key\":\"CHG-1\",\"key\":\"CHG-2\""),
    ];
    assert_eq!(read(&lines.join("\n")).counts(), [4, 1, 0, 3]);
}
