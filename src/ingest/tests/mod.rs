//! What reading whole files promises, whatever their format.

mod damage;
mod layouts;
mod samples;

use std::sync::Mutex;

use super::testing::Memory;
use super::*;
use crate::model::{Digest, Place};

fn file(path: &'static str, text: &str) -> Memory {
    Memory { path, bytes: text.as_bytes().to_vec() }
}

fn all<'a>(files: &'a [Memory], settings: &'a Settings) -> Result<Dataset, Errors> {
    let inputs: Vec<_> = files.iter().map(|open| Input { open, settings }).collect();
    read(&inputs, &|_: &str| true, &|_| ())
}

const ROLES: &str = "principal,role\nann,dev\nbob,dev\n";
const TRAIL: &str = r#"{"Records":[{"eventSource":"s3.amazonaws.com","eventName":"PutObject","eventTime":"2026-10-01T00:00:00Z","userIdentity":{"arn":"arn:a"}},{"eventSource":"s3.amazonaws.com","eventName":"GetObject"}]}"#;

#[test]
fn the_registry_is_sorted_and_documented() {
    assert!(INGESTERS.is_sorted_by(|a, b| a.id < b.id));
    for ingester in INGESTERS {
        for part in
            ["## How to make it", "## Fields read", "## What it proves", "## What it cannot prove"]
        {
            assert!(ingester.docs.contains(part), "{}: {part}", ingester.id);
        }
    }
}

#[test]
fn the_order_of_files_does_not_matter() {
    let settings = Settings::default();
    let one = all(&[file("a", ROLES), file("b", TRAIL)], &settings).unwrap();
    let two = all(&[file("b", TRAIL), file("a", ROLES)], &settings).unwrap();
    assert_eq!(format!("{:?}", one.grants()), format!("{:?}", two.grants()));
    assert_eq!(format!("{:?}", one.sources()), format!("{:?}", two.sources()));
    assert_eq!(one.source(crate::model::SourceId(0)).digest, Digest::of(ROLES.as_bytes()));
}

#[test]
fn all_errors_at_once_by_path() {
    let settings = Settings::default();
    let files = [
        file("z.json", "[]"),
        file("y.json", r#"[{"a":1}]"#),
        file("x.csv", ROLES),
        file("x.csv", ROLES),
        file("w.zip", "PK\u{3}\u{4}"),
        Memory { path: "v.gz", bytes: vec![0x1f, 0x8b, 8, 0] },
        file("u.json", r#"[{"number":1,"title":"x","author":{},"merged_at":"x"}]"#),
    ];
    let errors = all(&files, &settings).unwrap_err();
    let text = errors.to_string();
    let lines: Vec<_> = text.lines().collect();
    for (line, want) in lines.iter().zip([
        "u.json: no ingester reads this file, which looks like a JSON array of objects with the \
         keys `author`, `merged_at`, `number`, `title` (nearest is github-pulls",
        "v.gz: its gzip data is cut off or damaged",
        "w.zip: no ingester reads this file, which looks like a zip archive",
        "x.csv: is named by two sources",
        "y.json: no ingester reads this file, which looks like a JSON array of objects with the \
         keys `a` (any table or list of objects can be read as events-csv or events-json",
        "z.json: holds no records, so its format cannot be recognised",
    ]) {
        assert!(line.starts_with(want), "{line}");
    }
    assert_eq!(lines.len(), 6, "{text}");
}

#[test]
fn a_configured_format_is_checked() {
    let of = |format: &str, text: &str| {
        let settings = Settings { format: Some(format.into()), ..Settings::default() };
        all(&[file("f", text)], &settings).map_err(|errors| errors.to_string())
    };
    assert_eq!(of("cloudtrail", "[]").unwrap().sources()[0].tally.items, 0);
    assert_eq!(of("cloudtrail", "").unwrap().sources()[0].format, "cloudtrail");
    let other = of("cloudtrail", ROLES).unwrap_err();
    let told =
        "is not cloudtrail, which its source is configured as: it is recognised as roles-csv";
    assert!(other.contains(told), "{other}");
    let neither = of("cloudtrail", "[{\"a\":1}]").unwrap_err();
    assert!(neither.contains("configured as: it looks like a JSON array"), "{neither}");
    let unknown = of("cloudtrial", TRAIL).unwrap_err();
    assert!(unknown.contains("there is no format `cloudtrial`"), "{unknown}");
}

#[test]
fn two_candidates_are_an_error() {
    let both = r#"{"eventSource":"s3.amazonaws.com","eventName":"X"}
{"login":"ann","type":"User","site_admin":false}"#;
    let error = all(&[file("f", both)], &Settings::default()).unwrap_err().to_string();
    assert!(error.contains("could be cloudtrail or github-teams"), "{error}");
}

#[test]
fn progress_counts_every_byte() {
    let settings = Settings::default();
    let files = [file("a", ROLES), file("b", TRAIL)];
    let inputs: Vec<_> = files.iter().map(|open| Input { open, settings: &settings }).collect();
    let seen = Mutex::new((0, 0));
    let progress = |progress: Progress<'_>| {
        let mut seen = seen.lock().unwrap();
        match progress {
            Progress::Bytes(bytes) => seen.0 += bytes,
            Progress::Done(_) => seen.1 += 1,
        }
    };
    read(&inputs, &|_: &str| true, &progress).unwrap();
    assert_eq!(*seen.lock().unwrap(), ((ROLES.len() + TRAIL.len()) as u64, 2));
}

#[test]
fn a_look_tells_what_a_file_holds() {
    let settings = Settings::default();
    let trail = file("t", TRAIL);
    let look = look(Input { open: &trail, settings: &settings }).unwrap();
    assert_eq!((look.format, look.container.as_str()), ("cloudtrail", "JSON array at /Records"));
    assert_eq!((look.items, look.irrelevant.len(), look.encoding.as_str()), (2, 2, "UTF-8"));
    let json = serde_json::to_value(&look).unwrap();
    assert_eq!(json["rejected"], 0);
}

#[test]
fn evidence_is_copied_byte_for_byte() {
    let settings = Settings::default();
    let lines = "principal;role\r\n\r\n\"ann\nlee\";dev\r\nbob;dev";
    let page =
        r#"[ {"login" : "ann","type":"User","site_admin":false}, {"login":"b"} ][{"login":"c"}]"#;
    let log = format!("{0}\u{1f}{0}\u{1f}rest\u{1e}\n", "a".repeat(40));
    for (text, want) in [
        (lines, &["\"ann\nlee\";dev", "bob;dev"][..]),
        (
            page,
            &[
                r#"{"login" : "ann","type":"User","site_admin":false}"#,
                r#"{"login":"b"}"#,
                r#"{"login":"c"}"#,
            ],
        ),
        (&log, &[log.trim_end_matches("\u{1e}\n")]),
    ] {
        let memory = file("f", text);
        let input = Input { open: &memory, settings: &settings };
        let data = all(std::slice::from_ref(&memory), &settings).unwrap();
        let digest = data.sources()[0].digest;
        let mut places: Vec<Place> = data.rejects().iter().map(|(_, r)| r.place).collect();
        places.extend(data.grants().iter().map(|grant| grant.origin.place));
        // A part of a record stands for the whole, and a place given twice comes once.
        places.extend(places.clone());
        let copied = extract(input, digest, &places, data.symbols()).unwrap();
        let mut texts: Vec<_> =
            copied.iter().map(|(_, bytes)| std::str::from_utf8(bytes).unwrap()).collect();
        texts.sort_by_key(|text| want.iter().position(|want| want == text));
        assert_eq!(texts, want);

        let changed = extract(input, Digest::of(b"other"), &places, data.symbols());
        assert!(matches!(changed, Err(Error::Changed { .. })));
        let nowhere = [Place::Line { n: 999, within: None }];
        let missing = extract(input, digest, &nowhere, data.symbols());
        assert!(matches!(missing, Err(Error::NoRecord { .. })));
    }
}

#[test]
fn records_that_are_no_utf8_are_rejected_alone() {
    let mut bytes = b"principal,role\nann,d\xffev\nbob,dev\n".to_vec();
    bytes[18] = 0xff;
    let data = all(&[Memory { path: "f", bytes }], &Settings::default()).unwrap();
    let tally = &data.sources()[0].tally;
    assert_eq!((tally.items, tally.lowered, tally.rejected), (2, 1, 1));
}
