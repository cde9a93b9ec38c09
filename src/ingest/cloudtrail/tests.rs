use crate::ingest::{
    Input, Settings, read,
    testing::{Memory, Told, told},
};

fn event(more: &str) -> String {
    format!(
        r#"{{"eventVersion":"1.08","userIdentity":{{"type":"AssumedRole","principalId":"A:s",
        "arn":"arn:aws:sts::1:assumed-role/deploy/agent-7"}},"eventTime":"2026-10-01T09:00:00Z",
        "eventSource":"s3.amazonaws.com","eventName":"PutBucketPolicy","eventID":"e-1",
        "requestParameters":{{"bucketName":"logs"}}{more}}}"#
    )
}

const DENIED: &str = r#","errorCode":"AccessDenied","errorMessage":"User: x is not authorized to perform: s3:PutBucketPolicy on resource: \"arn:aws:s3:::logs\" because no identity-based policy allows the s3:PutBucketPolicy action""#;
const AGENT: &str = "aws:arn:aws:sts::1:assumed-role/deploy/agent-7";

fn read_one(more: &str) -> Told {
    told(&event(more), &Settings::default())
}

#[test]
fn refusals() {
    let told = read_one(DENIED);
    assert_eq!(
        told.decisions(),
        [format!(
            "{AGENT} denied aws:s3:PutBucketPolicy \"arn:aws:s3:::logs\" AccessDenied \
             identity-based policy"
        )]
    );
    let decision = told.0.decisions()[0].record;
    assert_eq!(decision.request.map(|id| told.0.text(id)), Some("e-1"));
    assert!(decision.message.is_some_and(|m| told.0.text(m).starts_with("User: x is not")));
    let bare = read_one(r#","errorCode":"AccessDenied","errorMessage":"Access Denied""#);
    assert_eq!(
        bare.decisions(),
        [format!("{AGENT} denied aws:s3:PutBucketPolicy arn:aws:s3:::logs AccessDenied -")]
    );
}

#[test]
fn every_record_is_counted_under_one_reason() {
    for (more, want) in [
        (r#","readOnly":false"#, None),
        ("", None),
        (r#","readOnly":true"#, Some("allowed and only reading")),
        (r#","readOnly":"true""#, Some("allowed and only reading")),
        (
            r#","errorCode":"ThrottlingException""#,
            Some("failed for another reason than a missing permission"),
        ),
        (r#","eventCategory":"Insight","insightDetails":{}"#, Some("insight event")),
        (r#","digestStartTime":"x""#, Some("digest of log files")),
    ] {
        let told = read_one(more);
        let reasons: Vec<_> = told.0.sources()[0].tally.irrelevant.keys().copied().collect();
        assert_eq!(reasons.first().copied(), want, "{more}");
        assert_eq!(told.decisions().len(), usize::from(want.is_none()), "{more}");
    }
    let named = |name: &str| event("").replace("PutBucketPolicy", name);
    for (name, lowered) in [("DescribeInstances", 0), ("AssumeRole", 0), ("RunInstances", 1)] {
        assert_eq!(told(&named(name), &Settings::default()).counts()[1], lowered, "{name}");
    }
    let login = named("ConsoleLogin").replace("eventVersion", "errorMessage");
    assert_eq!(told(&login, &Settings::default()).counts(), [1, 0, 1, 0]);
}

#[test]
fn changes_are_kept_of_watched_accounts_only_refusals_of_all() {
    let text = format!("[{},{}]", event(""), event(DENIED));
    let file = Memory { path: "trail", bytes: text.into_bytes() };
    let settings = Settings::default();
    let input = Input { open: &file, settings: &settings };
    let nobody = read(&[input], &|_: &str| false, &|_| ()).unwrap();
    assert_eq!(nobody.decisions().len(), 1);
    let watched = read(&[input], &|account: &str| account == AGENT, &|_| ()).unwrap();
    assert_eq!(watched.decisions().len(), 2);
}

#[test]
fn actors() {
    for (identity, want) in [
        (r#"{"type":"Root","arn":"arn:aws:iam::1:root"}"#, "aws:arn:aws:iam::1:root unknown - -"),
        (
            r#"{"type":"AWSService","invokedBy":"ec2.amazonaws.com"}"#,
            "aws:ec2.amazonaws.com service - -",
        ),
        (
            r#"{"type":"AssumedRole","arn":"arn:r","invokedBy":"cloudformation.amazonaws.com"}"#,
            "aws:arn:r unknown - -",
        ),
        (
            r#"{"type":"SAMLUser","principalId":"x:ann","userName":"ann"}"#,
            "aws:x:ann unknown - ann",
        ),
        (
            r#"{"type":"IdentityCenterUser","accountId":"1","onBehalfOf":{"userId":"u-1"}}"#,
            "aws:u-1 human - -",
        ),
        (r#"{"type":"IAMUser","accountId":"1","userName":"ann"}"#, "aws:1/ann unknown - ann"),
        (r#"{"type":"AWSAccount","accountId":"1"}"#, "aws:1 unknown - -"),
    ] {
        let text = event(r#","x":1"#).replace(
            r#"{"type":"AssumedRole","principalId":"A:s",
        "arn":"arn:aws:sts::1:assumed-role/deploy/agent-7"}"#,
            identity,
        );
        assert_eq!(told(&text, &Settings::default()).accounts(), [want], "{identity}");
    }
    let nobody = event("").replace("\"userIdentity\"", "\"x\"");
    assert!(told(&nobody, &Settings::default()).rejects()[0].contains("names nobody"));
}

#[test]
fn resources() {
    for (more, want) in [
        (r#","resources":[{"type":"x"},{"ARN":"arn:x"}]"#, "arn:x"),
        (r#","resources":null"#, "arn:aws:s3:::logs"),
        (r#","resources":"odd""#, "arn:aws:s3:::logs"),
    ] {
        let told = read_one(more);
        assert!(told.decisions()[0].contains(&format!(" {want} ")), "{:?}", told.decisions());
    }
    for (parameters, want) in [
        (r#"{"bucketName":"b","key":"k/1"}"#, "arn:aws:s3:::b/k/1"),
        (r#"{"roleName":"deploy","policyArn":"arn:p"}"#, "arn:p"),
        (r#"{"roleName":"deploy"}"#, "roleName=deploy"),
        (r#"{"roleName":7}"#, "-"),
        ("null", "-"),
        (r#""{roleName=x}""#, "-"),
    ] {
        let text = event("").replace(r#"{"bucketName":"logs"}"#, parameters);
        let told = told(&text, &Settings::default());
        assert!(told.decisions()[0].contains(&format!(" {want} ")), "{:?}", told.decisions());
    }
}

#[test]
fn containers() {
    let one = event(DENIED).replace('\n', " ");
    let quoted = serde_json::to_string(&one).unwrap();
    for (text, place) in [
        (format!("{{\"Records\":[{one}]}}"), "/Records/0"),
        (
            format!("{{\"Events\":[{{\"EventId\":\"e\",\"CloudTrailEvent\":{quoted}}}]}}"),
            "/Events/0/CloudTrailEvent",
        ),
        (format!("[{one}]"), "/0"),
        (format!("{one}\n{one}\n"), "line 1"),
        (
            format!("{{\"detail-type\":\"AWS API Call via CloudTrail\",\"detail\":{one}}}"),
            "line 1 /detail",
        ),
    ] {
        let told = told(&text, &Settings::default());
        assert_eq!(told.decisions().len(), 1, "{text}");
        let origin = told.0.decisions()[0].origin;
        assert_eq!(told.0.place(origin), format!("file {place}"));
    }
    let more = format!("{{\"Events\":[{{\"CloudTrailEvent\":{quoted}}}],\"NextToken\":\"x\"}}");
    assert_eq!(told(&more, &Settings::default()).gaps().len(), 1);
}

#[test]
fn odd_records_are_rejected_and_odd_times_read_as_utc() {
    let time = |text: &str| event("").replace("2026-10-01T09:00:00Z", text);
    let at = told(&time("2026-10-01 09:00:00.000000000"), &Settings::default());
    assert_eq!(at.0.decisions()[0].record.at.to_string(), "2026-10-01T09:00:00Z");
    let lines = [
        event("").replace('\n', " "),
        time("soon").replace('\n', " "),
        event("").replace('\n', " ").replace("eventName", "x"),
        "{\"eventName\":7}".to_owned(),
        event(r#","eventName":"Twice""#).replace('\n', " "),
    ];
    let told = told(&lines.join("\n"), &Settings::default());
    assert_eq!(told.counts(), [5, 1, 0, 4]);
    assert!(told.rejects()[3].contains("duplicate field"), "{:?}", told.rejects());
}

#[test]
fn notifications_of_s3_are_no_trail() {
    let text = r#"{"Records":[{"eventSource":"aws:s3","eventName":"ObjectCreated:Put",
        "userIdentity":{"principalId":"x"},"s3":{}}]}"#;
    let file = Memory { path: "s3.json", bytes: text.into() };
    let settings = Settings::default();
    let errors = read(&[Input { open: &file, settings: &settings }], &|_: &str| true, &|_| ());
    assert!(errors.unwrap_err().to_string().contains("no ingester reads this file"));
}
