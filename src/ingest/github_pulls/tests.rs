use crate::ingest::{
    Settings,
    testing::{Told, told},
};
use crate::model::SubjectState;

const A: &str = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
const B: &str = "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb";
const C: &str = "cccccccccccccccccccccccccccccccccccccccc";

fn read(text: &str) -> Told {
    told(text, &Settings::default())
}

fn rest(number: u32, more: &str) -> String {
    format!(
        r#"{{"number":{number},"html_url":"https://github.com/Acme/Pay/pull/{number}",
        "title":"Change <b>","state":"closed","user":{{"login":"Ann","type":"User"}},
        "created_at":"2026-10-01T09:00:00Z","updated_at":"2026-10-02T09:00:00Z",
        "merge_commit_sha":"{B}","head":{{"sha":"{A}","ref":"x"}},
        "base":{{"ref":"main","repo":{{"full_name":"Acme/Pay"}}}},"commits":3,"comments":0{more}}}"#
    )
}

const MERGED: &str = r#","merged_at":"2026-10-02T08:00:00Z",
    "merged_by":{"login":"dependabot[bot]","type":"Bot"}"#;

#[test]
fn rest_pull_requests() {
    let pages = format!("[{}][{}]", rest(1, MERGED), rest(2, r#","merged_at":null"#));
    let told = read(&pages);
    assert_eq!(told.counts(), [2, 2, 0, 0]);
    assert_eq!(
        told.acts(),
        [
            "github:ann author github:acme/pay#1 2026-10-01T09:00:00Z",
            "github:dependabot[bot] merge github:acme/pay#1 2026-10-02T08:00:00Z",
            "github:ann author github:acme/pay#2 2026-10-01T09:00:00Z",
        ]
    );
    assert_eq!(
        told.links(),
        [
            format!("github:acme/pay#1 head github:acme/pay@{A}"),
            format!("github:acme/pay#1 merged-as github:acme/pay@{B}"),
            // Not merged: GitHub's commit that tests the merge is no result.
            format!("github:acme/pay#2 head github:acme/pay@{A}"),
        ]
    );
    assert_eq!(told.accounts(), ["github:ann human - -", "github:dependabot[bot] agent - -"]);
    let [one, two] = [0, 1].map(|index| told.0.subjects()[index].record);
    assert_eq!((one.state, two.state), (SubjectState::Done, SubjectState::Abandoned));
    let text = |symbol: Option<_>| symbol.map(|symbol| told.0.text(symbol));
    assert_eq!(text(one.repository), Some("acme/pay"));
    assert_eq!((text(one.target), text(one.revision)), (Some("main"), Some(A)));
    assert_eq!(text(one.title), Some("Change <b>"));
    assert!(told.gaps().is_empty(), "{:?}", told.gaps());
}

#[test]
fn deleted_accounts_are_ghosts() {
    let pull = rest(1, MERGED).replace(r#"{"login":"Ann","type":"User"}"#, "null");
    let told = read(&pull);
    assert!(told.acts()[0].starts_with("github:ghost author"));
    assert_eq!(told.accounts()[1], "github:ghost unknown - -");
}

#[test]
fn rest_reviews() {
    let review = |login: &str, state: &str, at: &str| {
        format!(
            r#"{{"id":1,"user":{{"login":"{login}","type":"User"}},"state":"{state}",
            "pull_request_url":"https://api.github.com/repos/acme/pay/pulls/7",
            "commit_id":"{A}"{at}}}"#
        )
    };
    let at = r#","submitted_at":"2026-10-01T10:00:00Z""#;
    let all: Vec<_> = [
        review("bob", "APPROVED", at),
        review("eve", "DISMISSED", at),
        review("joe", "CHANGES_REQUESTED", at),
        review("amy", "COMMENTED", at),
        review("amy", "PENDING", ""),
        review("amy", "WEIRD", at),
        review("amy", "APPROVED", r#","submitted_at":"soon""#),
    ]
    .into();
    let told = read(&format!("[{}]", all.join(",")));
    assert_eq!(told.counts(), [7, 3, 2, 2]);
    assert_eq!(
        told.acts(),
        [
            format!("github:bob approve github:acme/pay#7 2026-10-01T10:00:00Z {A}"),
            format!("github:joe reject github:acme/pay#7 2026-10-01T10:00:00Z {A}"),
            format!("github:eve review github:acme/pay#7 2026-10-01T10:00:00Z {A} dismissed"),
        ]
    );
    assert!(told.rejects()[0].contains("does not document"));
    assert!(told.rejects()[1].contains("`soon` is not a time"));
}

#[test]
fn gh_pull_requests() {
    let text = format!(
        r#"[{{"number":3,"title":"T","url":"https://github.com/acme/pay/pull/3","state":"MERGED",
        "author":{{"login":"app/dev-agent","is_bot":true}},"createdAt":"2026-10-01T09:00:00Z",
        "mergedAt":"2026-10-01T12:00:00Z","mergedBy":{{"login":"bob","is_bot":false,"id":"x"}},
        "mergeCommit":{{"oid":"{B}"}},"headRefOid":"{A}","baseRefName":"main",
        "reviews":[{{"author":{{"login":"Bob"}},"state":"APPROVED",
          "submittedAt":"2026-10-01T11:00:00Z","commit":{{"oid":"{A}"}}}}],
        "latestReviews":[{{"author":{{"login":"Bob"}},"state":"APPROVED",
          "submittedAt":"2026-10-01T11:00:00Z"}}],
        "commits":[{{"oid":"{A}","messageHeadline":"m","authoredDate":"2026-10-01T08:00:00Z",
          "committedDate":"2026-10-01T08:30:00Z",
          "messageBody":"Co-authored-by: Eve <eve@acme.example>",
          "authors":[{{"login":"ann","email":"ann@home.example","name":"Ann"}},
                     {{"login":"","email":"Joe@Acme.example","name":"Joe"}}]}}]}}]"#
    );
    let told = read(&text);
    assert_eq!(told.counts(), [1, 1, 0, 0]);
    assert_eq!(
        told.acts(),
        [
            "github:dev-agent[bot] author github:acme/pay#3 2026-10-01T09:00:00Z".to_owned(),
            format!("github:bob approve github:acme/pay#3 2026-10-01T11:00:00Z {A}"),
            "github:bob merge github:acme/pay#3 2026-10-01T12:00:00Z".to_owned(),
            format!("email:eve@acme.example author github:acme/pay@{A} 2026-10-01T08:00:00Z"),
            format!("email:joe@acme.example author github:acme/pay@{A} 2026-10-01T08:00:00Z"),
            format!("github:ann author github:acme/pay@{A} 2026-10-01T08:00:00Z"),
        ]
    );
    assert!(told.links().contains(&format!("github:acme/pay#3 contains github:acme/pay@{A}")));
    assert!(told.links().contains(&format!("github:acme/pay#3 merged-as github:acme/pay@{B}")));
    // An address in a commit is a claim.
    assert!(told.accounts().iter().all(|account| account.contains(" - ")), "{:?}", told.accounts());
    assert!(told.gaps().is_empty(), "{:?}", told.gaps());
}

#[test]
fn fields_that_were_not_exported_are_gaps() {
    let told = read(r#"[{"number":1,"url":"https://github.com/acme/pay/pull/1","mergedAt":null}]"#);
    assert_eq!(told.counts(), [1, 1, 0, 0]);
    let gaps = told.gaps().join("\n");
    for want in ["authors were not", "reviews were not", "commits were not"] {
        assert!(gaps.contains(want), "{gaps}");
    }
    assert!(!gaps.contains("who merged"), "{gaps}");
}

#[test]
fn the_repository_comes_from_the_record_or_the_settings() {
    let bare = r#"[{"number":1,"headRefName":"x"}]"#;
    assert!(read(bare).rejects()[0].contains("set `repository"));
    let settings = Settings { repository: Some("Acme/Pay".into()), ..Settings::default() };
    let told = told(bare, &settings);
    assert_eq!(told.0.text(told.0.subjects()[0].record.id.0), "github:acme/pay#1");
}

#[test]
fn graphql_replies() {
    let node = r#"{"number":1,"title":"T","url":"https://github.com/acme/pay/pull/1",
        "state":"OPEN","author":{"login":"renovate","__typename":"Bot"},
        "reviews":{"nodes":[{"author":null,"state":"APPROVED","submittedAt":null}],"totalCount":9},
        "commits":{"totalCount":4}}"#;
    let list = format!(
        r#"{{"data":{{"repository":{{"pullRequests":{{"nodes":[{node}],
        "pageInfo":{{"hasNextPage":true}}}}}}}}}}"#
    );
    let told = read(&list);
    assert_eq!(told.counts(), [1, 1, 0, 0]);
    assert_eq!(
        told.acts(),
        [
            "github:renovate[bot] author github:acme/pay#1 -",
            "github:ghost approve github:acme/pay#1 -",
        ]
    );
    assert!(told.gaps().iter().any(|gap| gap.contains("last page")), "{:?}", told.gaps());
    assert!(told.gaps().iter().any(|gap| gap.contains("not whole")), "{:?}", told.gaps());
    let single = format!(r#"{{"data":{{"repository":{{"pullRequest":{node}}}}}}}"#);
    assert_eq!(read(&single).counts(), [1, 1, 0, 0]);
    let status = r#"{"data":{"repository":{"pullRequests":{"edges":[]}},"viewerCreated":{}}}"#;
    assert!(read(status).rejects()[0].contains("no pull request"));
}

#[test]
fn lists_of_commits_join_their_newest() {
    let commit = |sha: &str, parent: &str, user: &str| {
        format!(
            r#"{{"sha":"{sha}","html_url":"https://github.com/acme/pay/commit/{sha}",
            "commit":{{"author":{{"name":"Ann","email":"Ann@Acme.example",
            "date":"2026-10-01T08:00:00Z"}},"committer":{{"name":"GitHub",
            "email":"noreply@github.com","date":"2026-10-01T08:30:00Z"}},"message":"m"}},
            "author":{user},"committer":{{"login":"web-flow","type":"User"}},
            "parents":[{{"sha":"{parent}"}}]}}"#
        )
    };
    let told = read(&format!(
        "[{},{}]",
        commit(A, C, r#"{"login":"ann","type":"User"}"#),
        commit(B, A, "null")
    ));
    assert_eq!(told.counts(), [2, 2, 0, 0]);
    assert_eq!(
        told.links(),
        [
            format!("github:acme/pay@{A} first-parent github:acme/pay@{C}"),
            format!("github:acme/pay@{B} first-parent github:acme/pay@{A}"),
            format!("github:acme/pay@{B} contains github:acme/pay@{A}"),
            format!("github:acme/pay@{B} contains github:acme/pay@{B}"),
        ]
    );
    assert_eq!(
        told.acts(),
        [
            format!("github:ann author github:acme/pay@{A} 2026-10-01T08:00:00Z"),
            format!("github:web-flow commit github:acme/pay@{A} 2026-10-01T08:30:00Z"),
            format!("email:ann@acme.example author github:acme/pay@{B} 2026-10-01T08:00:00Z"),
            format!("github:web-flow commit github:acme/pay@{B} 2026-10-01T08:30:00Z"),
        ]
    );
    assert!(told.accounts().contains(&"github:web-flow service - -".to_owned()));
}

#[test]
fn webhooks_say_who_dismissed() {
    let hook = format!(
        r#"{{"action":"dismissed","pull_request":{},"sender":{{"login":"eve","type":"User"}},
        "review":{{"user":{{"login":"bob","type":"User"}},"state":"dismissed",
        "submitted_at":"2026-10-01T10:00:00Z","commit_id":"{A}"}}}}"#,
        rest(1, "")
    );
    let acts = read(&hook).acts();
    assert!(acts.contains(&format!("github:eve dismiss github:acme/pay#1 - {A}")), "{acts:?}");
    let bob = format!("github:bob review github:acme/pay#1 2026-10-01T10:00:00Z {A} dismissed");
    assert!(acts.contains(&bob), "{acts:?}");
}

#[test]
fn damaged_records_are_rejected_alone() {
    let deep = format!("{}{}", "[".repeat(400), "]".repeat(400));
    let lines = [
        rest(1, "").replace('\n', " "),
        rest(2, r#","number":3"#).replace('\n', " "),
        rest(4, r#","title":5"#).replace('\n', " "),
        format!(r#"{{"number":5,"url":"https://github.com/acme/pay/pull/5","reviews":{deep}}}"#),
        r#"{"number":6,"url":"https://github.com/acme/pay/pull/6""#.to_owned(),
    ];
    let told = read(&lines.join("\n"));
    assert_eq!(told.counts(), [5, 1, 0, 4]);
    let rejects = told.rejects();
    assert!(rejects[0].starts_with("line 2: unexpected content: duplicate field `number`"));
    assert!(rejects[1].starts_with("line 3: unexpected content: duplicate field `title`"));
    assert!(rejects[2].starts_with("line 4: "), "{rejects:?}");
    assert!(rejects[3].starts_with("line 5: not JSON"), "{rejects:?}");
}
