//! The same records in every container and encoding that tools print: each must give the same.

use std::io::Write as _;

use flate2::{Compression, write::GzEncoder};
use rayon::prelude::*;
use serde_json::{Value, json};

use super::samples::{Sample, records, samples, told};
use crate::ingest::feed::Container;
use crate::ingest::testing::{Memory, Told};
use crate::ingest::{Input, Settings, extract, open};
use crate::model::Place;

/// The text in other containers, each with what it is called.
fn containers(text: &str, container: &Container) -> Vec<(&'static str, String)> {
    let path: Vec<&str> = match container {
        Container::Json(path) => path.to_vec(),
        Container::JsonAt(path) => path.iter().map(String::as_str).collect(),
        Container::Csv(_) => return vec![("CRLF", with_crlf(text))],
        _ => return Vec::new(),
    };
    let values = serde_json::Deserializer::from_str(text).into_iter();
    let values: Vec<Value> = values.collect::<Result<_, _>>().unwrap();
    let lines = |values: &[Value]| values.iter().map(|value| format!("{value}\n")).collect();
    let pretty = |value: &Value| serde_json::to_string_pretty(value).unwrap();
    let mut all: Vec<(_, String)> = vec![
        ("one a line", lines(&values)),
        ("without line breaks", values.iter().map(Value::to_string).collect()),
        ("pretty", values.iter().map(pretty).collect::<Vec<_>>().join("\r\n")),
        ("guarded", format!(")]}}'\n{}", lines(&values))),
    ];
    if path.is_empty() {
        let items: Vec<Value> = values.into_iter().flat_map(elements).collect();
        let (front, back) = items.split_at(items.len() / 2);
        all.extend([
            ("array", json!(items).to_string()),
            ("NDJSON", lines(&items)),
            ("pages", format!("{}{}", json!(front), json!(back))),
            ("slurped pages", json!([front, back]).to_string()),
        ]);
    } else {
        all.push((
            "pages",
            lines(&values.into_iter().flat_map(|v| halves(v, &path)).collect::<Vec<_>>()),
        ));
    }
    all
}

fn elements(value: Value) -> Vec<Value> {
    match value {
        Value::Array(items) => items,
        other => vec![other],
    }
}

/// A page as two, each with half of the records at `path`.
fn halves(page: Value, path: &[&str]) -> [Value; 2] {
    let pointer = format!("/{}", path.join("/"));
    let items = page.pointer(&pointer).and_then(Value::as_array).unwrap();
    let (front, back) = items.split_at(items.len() / 2);
    [front, back].map(|half| {
        let mut page = page.clone();
        *page.pointer_mut(&pointer).unwrap() = json!(half);
        page
    })
}

/// The rows with the line ends of Windows; those in quotes are content.
fn with_crlf(text: &str) -> String {
    let mut quoted = false;
    let line_end = |c: char| {
        quoted ^= c == '"';
        if c == '\n' && !quoted { "\r\n".to_owned() } else { c.to_string() }
    };
    text.chars().map(line_end).collect()
}

fn encodings(text: &str) -> Vec<(&'static str, Vec<u8>)> {
    let utf16 = |bytes: fn(u16) -> [u8; 2]| -> Vec<u8> {
        format!("\u{feff}{text}").encode_utf16().flat_map(bytes).collect()
    };
    vec![
        ("BOM", format!("\u{feff}{text}").into_bytes()),
        ("UTF-16LE", utf16(u16::to_le_bytes)),
        ("UTF-16BE", utf16(u16::to_be_bytes)),
        ("gzip", gzip(text.as_bytes())),
        ("gzip of UTF-16LE", gzip(&utf16(u16::to_le_bytes))),
    ]
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// The text of every record that gave something, as it stands in the file.
fn evidence(bytes: Vec<u8>, settings: &Settings, told: &Told) -> Vec<String> {
    let data = &told.0;
    let places: Vec<Place> = (data.accounts().iter().map(|r| r.origin.place))
        .chain(data.subjects().iter().map(|r| r.origin.place))
        .chain(data.acts().iter().map(|r| r.origin.place))
        .chain(data.links().iter().map(|r| r.origin.place))
        .chain(data.grants().iter().map(|r| r.origin.place))
        .chain(data.decisions().iter().map(|r| r.origin.place))
        .collect();
    let file = Memory { path: "file", bytes };
    let input = Input { open: &file, settings };
    let copied = extract(input, data.sources()[0].digest, &places, data.symbols()).unwrap();
    copied.into_iter().map(|(_, bytes)| String::from_utf8(bytes).unwrap()).collect()
}

/// The same, in an order and with the blanks that do not depend on how it was laid out.
fn normal(mut evidence: Vec<String>) -> Vec<String> {
    for text in &mut evidence {
        if let Ok(value) = serde_json::from_str::<Value>(text) {
            *text = value.to_string();
        }
    }
    evidence.sort();
    evidence
}

#[test]
fn samples_give_the_same_in_every_container_and_encoding() {
    samples().into_par_iter().for_each(|Sample { id, text, settings }| {
        let file = Memory { path: "file", bytes: text.clone().into_bytes() };
        let container = open(Input { open: &file, settings: &settings }).unwrap().container;
        let whole = told(file.bytes.clone(), &settings).unwrap();
        let proof = evidence(file.bytes, &settings, &whole);
        assert!(!proof.is_empty() && proof.iter().all(|part| text.contains(part.as_str())), "{id}");
        let (want, proof) = (records(&whole), normal(proof));
        let laid_out = containers(&text, &container);
        let laid_out = laid_out.into_iter().map(|(name, text)| (name, text.into_bytes()));
        for (name, bytes) in laid_out.chain(encodings(&text)) {
            let other =
                told(bytes.clone(), &settings).unwrap_or_else(|e| panic!("{id}, {name}: {e}"));
            assert_eq!(other.0.sources()[0].format, id, "{name}");
            assert_eq!(records(&other), want, "{id}, {name}");
            assert_eq!(normal(evidence(bytes, &settings, &other)), proof, "{id}, {name}");
        }
    });
}
