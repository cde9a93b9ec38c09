use crate::ingest::Settings;
use crate::ingest::testing::{Told, told};

fn read(text: &str) -> Told {
    told(text, &Settings::default())
}

const REFUSED: &str = r#"{"eventVersion":"1.08","userIdentity":{"type":"IAMUser","arn":"arn:aws:iam::1:user/ann","userName":"ann"},"eventTime":"2026-10-05T09:00:00Z","eventSource":"s3.amazonaws.com","eventName":"DeleteBucket","errorCode":"AccessDenied","errorMessage":"x is not authorized to perform: s3:DeleteBucket because no identity-based policy allows the s3:DeleteBucket action","requestID":"q","eventID":"e1"}"#;
const VAULT: &str = r#"{"time":"2026-10-05T09:00:00Z","type":"response","auth":{"display_name":"github-ann"},"request":{"id":"1","operation":"delete","path":"kv/x"},"error":"permission denied"}"#;

fn row(raw: &str, kind: &str) -> String {
    let raw = serde_json::to_string(raw).unwrap();
    format!(r#"{{"_raw":{raw},"sourcetype":"{kind}","_time":"2026-10-05T11:00:00.000+02:00"}}"#)
}

#[test]
fn every_container_gives_the_same() {
    let rows = [
        row(REFUSED, "aws:cloudtrail"),
        row(&format!("Oct  5 09:00:00 host vault[7]: {VAULT}"), "hashicorp"),
    ];
    let lines: Vec<_> = rows
        .iter()
        .enumerate()
        .map(|(n, row)| format!(r#"{{"preview":false,"offset":{n},"result":{row}}}"#))
        .collect();
    let quoted = |text: &str| format!("\"{}\"", text.replace('"', "\"\""));
    let csv = format!(
        "\"_raw\",sourcetype\n{},aws:cloudtrail\n{},hashicorp\n",
        quoted(REFUSED),
        quoted(VAULT)
    );
    for text in [
        lines.join("\n"),
        format!("[{}]", rows.join(",")),
        format!(r#"{{"preview":false,"init_offset":0,"results":[{}]}}"#, rows.join(",")),
        csv,
    ] {
        let told = read(&text);
        assert_eq!(told.counts(), [2, 2, 0, 0], "{:?}", told.rejects());
        let decisions = told.decisions();
        assert!(decisions[0].starts_with("aws:arn:aws:iam::1:user/ann denied aws:s3:DeleteBucket"));
        assert!(decisions[1].starts_with("vault:github-ann denied vault:delete:kv/x"));
        assert!(told.gaps().is_empty());
    }
}

#[test]
fn previews_and_other_sourcetypes_are_counted_and_said() {
    let told = read(
        &[
            format!(r#"{{"preview":true,"offset":0,"result":{}}}"#, row(REFUSED, "aws:cloudtrail")),
            format!(
                r#"{{"preview":false,"offset":0,"result":{}}}"#,
                row("GET / 200", "access_combined")
            ),
            r#"{"preview":false,"lastrow":true}"#.to_owned(),
            r#"{"preview":false,"offset":2,"result":{"count":"3"}}"#.to_owned(),
        ]
        .join("\n"),
    );
    assert_eq!(told.counts(), [4, 0, 3, 1]);
    assert!(told.gaps()[0].contains("`access_combined`"), "{:?}", told.gaps());
    let only = read(&format!(r#"{{"preview":true,"offset":0,"result":{}}}"#, row(REFUSED, "x")));
    assert!(only.gaps()[0].contains("previews only"));
}

#[test]
fn a_reply_with_as_many_rows_as_it_may_hold_is_a_gap() {
    let rows = vec![row(REFUSED, "aws:cloudtrail"); 100].join(",");
    let told = read(&format!(r#"{{"init_offset":0,"results":[{rows}]}}"#));
    assert!(told.gaps()[0].contains("exactly 100"));
}

#[test]
fn damaged_rows_are_rejected_alone() {
    let told = read(
        "_raw,sourcetype\n,x\na,b,c\n\"{\"\"eventSource\"\":\"\"s3.amazonaws.com\"\"}\",aws:cloudtrail\n",
    );
    assert_eq!(told.counts(), [3, 0, 0, 3], "{:?}", told.rejects());
}
