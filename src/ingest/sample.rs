//! The beginning of a file, as ingesters look at it to recognise their own.

use std::borrow::Cow;

use serde_json::{Map, Value};

use super::Settings;
use super::error::printable;
use super::json_items::GUARD;
use super::rows;

/// The beginning of a file.
pub(super) struct Sample<'a> {
    pub(super) settings: &'a Settings,
    bytes: &'a [u8],
    /// Whether the sample is the whole file.
    whole: bool,
    values: Vec<Value>,
    /// Whether the values are all that stands in it.
    sound: bool,
}

/// Members in which services put the records of a page.
const PAGES: &[&str] = &[
    "Events", "Records", "data", "hits", "issues", "items", "records", "result", "results",
    "value", "values",
];

/// As many records as are looked at.
const LOOKED_AT: usize = 20;

impl<'a> Sample<'a> {
    pub(super) fn new(bytes: &'a [u8], whole: bool, settings: &'a Settings) -> Self {
        let bytes = bytes.strip_prefix(GUARD).unwrap_or(bytes);
        let (values, sound) = values(bytes);
        Self { settings, bytes, whole, values, sound }
    }

    /// Whether the source is configured as `format`: then less evidence is needed.
    pub(super) fn configured_as(&self, format: &str) -> bool {
        self.settings.format.as_deref() == Some(format)
    }

    /// Whether it begins as JSON does.
    pub(super) fn is_json(&self) -> bool {
        matches!(self.bytes.trim_ascii_start(), [b'{' | b'[', ..])
    }

    /// The text, as far as it is UTF-8.
    pub(super) fn text(&self) -> Cow<'_, str> {
        String::from_utf8_lossy(self.bytes)
    }

    /// The first line that is not blank, without its line break.
    pub(super) fn header(&self) -> Option<&str> {
        let line = self.bytes.split(|&byte| byte == b'\n').find(|l| !l.trim_ascii().is_empty())?;
        std::str::from_utf8(line).ok().map(|line| line.trim_end_matches('\r'))
    }

    /// The first objects that stand at `path` as records do: in arrays or one after another.
    pub(super) fn objects(&self, path: &[&str]) -> Vec<&Map<String, Value>> {
        let mut found = Vec::new();
        for value in &self.values {
            collect(value, path, 2, &mut found);
        }
        found
    }

    /// Whether there is an array at `path`, empty or not.
    pub(super) fn array_at(&self, path: &[&str]) -> bool {
        let mut envelopes = Vec::new();
        for value in &self.values {
            collect(value, &[], 1, &mut envelopes);
        }
        envelopes.iter().any(|envelope| {
            let (Some((last, outer)), first) = (path.split_last(), *envelope) else { return false };
            let inner = outer.iter().try_fold(first, |object, key| object.get(*key)?.as_object());
            inner.and_then(|object| object.get(*last)).is_some_and(Value::is_array)
        })
    }

    /// Whether there is no text in the file.
    pub(super) fn blank(&self) -> bool {
        self.whole && self.bytes.trim_ascii().is_empty()
    }

    /// The member of its pages that holds their records, where all of them have none: what a service
    /// answers in a quiet month. A reply that tells of an error is no page.
    pub(super) fn empty_page(&self) -> Option<&'static str> {
        let empty = |value: &Value, name: &str| {
            value.as_object().is_some_and(|page| {
                let records = page.get(name).and_then(Value::as_array);
                let others = page.iter().filter(|(key, _)| *key != name);
                records.is_some_and(Vec::is_empty)
                    && others.into_iter().all(|(key, value)| {
                        !key.to_lowercase().contains("error")
                            && (!value.is_array() || hollow(value))
                    })
            })
        };
        let all = |name: &&&str| self.values.iter().all(|value| empty(value, name));
        let pages = self.whole && self.sound && !self.values.is_empty();
        PAGES.iter().find(all).copied().filter(|_| pages)
    }

    /// Whether the file holds no record at all: no text, or empty arrays only.
    pub(super) fn empty(&self) -> bool {
        self.sound && self.nothing_known()
    }

    /// Whether nothing in the file speaks against the format that it is said to have: it is empty,
    /// or what it holds is damaged from the first record on and will be rejected.
    pub(super) fn nothing_known(&self) -> bool {
        let hollow = !self.values.is_empty() && self.values.iter().all(hollow);
        self.blank() || (self.whole && hollow)
    }

    /// What the file looks like, for people.
    pub(super) fn looks(&self) -> String {
        let start = self.bytes.trim_ascii_start();
        match (self.values.first(), start) {
            (_, [b'P', b'K', 3, 4, ..]) => "a zip archive (unpack it)".to_owned(),
            (_, [b'P', b'A', b'R', b'1', ..]) => "a Parquet file (export JSON or CSV)".to_owned(),
            (_, [b'%', b'P', b'D', b'F', ..]) => "a PDF (export JSON or CSV)".to_owned(),
            // Brackets alone say nothing: `[package]` begins no JSON.
            (Some(_), _) if !self.sound && self.values.iter().all(hollow) => {
                "JSON that cannot be parsed".to_owned()
            }
            (Some(Value::Array(array)), _) => match array.first() {
                Some(Value::Object(first)) => {
                    format!("a JSON array of objects with {}", keys(first))
                }
                _ => "a JSON array".to_owned(),
            },
            (Some(Value::Object(first)), _) if self.values.len() > 1 => {
                format!("JSON objects, one after another, with {}", keys(first))
            }
            (Some(Value::Object(first)), _) => format!("a JSON object with {}", keys(first)),
            (_, [b'<', ..]) => "HTML or XML".to_owned(),
            (_, [b'{' | b'[', ..]) => "JSON that cannot be parsed".to_owned(),
            _ => self.looks_as_text(),
        }
    }

    fn looks_as_text(&self) -> String {
        let control = |byte: &u8| *byte < b' ' && !matches!(byte, b'\t' | b'\n' | b'\r' | 0x1b);
        let Some(header) = self.header().filter(|_| !self.bytes.contains(&0)) else {
            let binary = self.bytes.iter().any(control);
            let encoded = "text that is not UTF-8 (save it as UTF-8; in Excel: `CSV UTF-8`)";
            return if binary { "binary data" } else { encoded }.to_owned();
        };
        let delimiter = rows::delimiter(header);
        let columns = rows::fields(header, delimiter);
        if columns.len() > 1 {
            format!("CSV with the columns {}", list(columns.iter().map(|name| &**name)))
        } else {
            format!("text that begins `{}`", printable(header.as_bytes(), 60))
        }
    }

    /// The names that the file's records use, for finding the nearest format.
    pub(super) fn names(&self) -> Vec<String> {
        let objects = self.objects(&[]);
        if let Some(first) = objects.first() {
            return first.keys().cloned().collect();
        }
        let Some(header) = self.header() else { return Vec::new() };
        let columns = rows::fields(header, rows::delimiter(header));
        columns.iter().map(|name| name.trim().to_lowercase()).collect()
    }
}

/// Whether it is an array with nothing but such arrays in it.
fn hollow(value: &Value) -> bool {
    value.as_array().is_some_and(|array| array.iter().all(hollow))
}

fn keys(object: &Map<String, Value>) -> String {
    format!("the keys {}", list(object.keys().map(String::as_str)))
}

fn list<'s>(names: impl Iterator<Item = &'s str>) -> String {
    let all: Vec<_> = names.map(|name| format!("`{}`", printable(name.as_bytes(), 30))).collect();
    let more = if all.len() > 8 { ", …" } else { "" };
    all.iter().take(8).cloned().collect::<Vec<_>>().join(", ") + more
}

fn collect<'v>(
    value: &'v Value,
    path: &[&str],
    arrays: u8,
    found: &mut Vec<&'v Map<String, Value>>,
) {
    if found.len() >= LOOKED_AT {
        return;
    }
    match (value, path) {
        (Value::Array(array), _) if arrays > 0 => {
            array.iter().for_each(|value| collect(value, path, arrays - 1, found));
        }
        (Value::Object(object), []) => found.push(object),
        (Value::Object(object), [key, rest @ ..]) => {
            if let Some(inner) = object.get(*key) {
                collect(inner, rest, 1, found);
            }
        }
        _ => {}
    }
}

/// The sample's top-level values, the last of them as far as it is sound: one bad record does not
/// hide what the others are. And whether they are all that stands there.
fn values(bytes: &[u8]) -> (Vec<Value>, bool) {
    let text = String::from_utf8_lossy(bytes);
    let mut stream = serde_json::Deserializer::from_str(&text).into_iter::<Value>();
    let mut values: Vec<Value> = Vec::new();
    while values.len() < LOOKED_AT {
        let start = stream.byte_offset();
        match stream.next() {
            Some(Ok(value)) => values.push(value),
            Some(Err(error)) => {
                let fault = if error.is_eof() { text.len() } else { before(&text, &error) };
                values.extend(text.get(start..fault).and_then(mended));
                return (values, false);
            }
            None => break,
        }
    }
    let rest = text.get(stream.byte_offset()..).unwrap_or_default();
    (values, rest.trim().is_empty())
}

/// Where the last byte before a fault ends.
fn before(text: &str, error: &serde_json::Error) -> usize {
    let lines = text.split_inclusive('\n').take(error.line().saturating_sub(1));
    let at = lines.map(str::len).sum::<usize>() + error.column().saturating_sub(1);
    (0..=at).rev().find(|at| text.is_char_boundary(*at)).unwrap_or_default()
}

/// The value at the beginning of `text`, which may be cut off: what follows its last whole member
/// is left out, and everything open is closed.
fn mended(text: &str) -> Option<Value> {
    let (mut closers, mut string, mut escaped) = (Vec::new(), false, false);
    let mut safe = (0, 0);
    for (at, byte) in text.bytes().enumerate() {
        if string {
            (string, escaped) = (escaped || byte != b'"', !escaped && byte == b'\\');
            continue;
        }
        match byte {
            b'"' => string = true,
            b'{' | b'[' => {
                closers.push(byte + 2);
                safe = (at + 1, closers.len());
            }
            b'}' | b']' => {
                closers.pop();
                safe = (at + 1, closers.len());
                if closers.is_empty() {
                    break;
                }
            }
            b',' => safe = (at, closers.len()),
            _ => {}
        }
    }
    let mut mended = text.get(..safe.0)?.to_owned();
    closers.truncate(safe.1);
    mended.extend(closers.iter().rev().map(|&byte| char::from(byte)));
    serde_json::from_str(&mended).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cut_values_are_mended() {
        let whole = r#"{"a":[{"b":"x\"}","c":1},{"d":2}],"e":null}"#;
        for end in 1..=whole.len() {
            let value = mended(&whole[..end]);
            assert!(value.is_some(), "{}", &whole[..end]);
        }
        assert_eq!(mended(&whole[..24]).unwrap().to_string(), r#"{"a":[{"b":"x\"}","c":1}]}"#);
        assert!(mended("nonsense").is_none());
    }

    #[test]
    fn objects_in_every_container() {
        let settings = Settings::default();
        let count = |text: &str, path: &[&str]| {
            Sample::new(text.as_bytes(), true, &settings).objects(path).len()
        };
        assert_eq!(count(r#"[{"a":1},{"a":2}]"#, &[]), 2);
        assert_eq!(count(r#"[[{"a":1}],[{"a":2}]]"#, &[]), 2);
        assert_eq!(count(r#"[{"a":1}][{"a":2}]"#, &[]), 2);
        assert_eq!(count("{\"a\":1}\n{\"a\":2}\n{\"a\":", &[]), 3);
        assert_eq!(count(r#"{"d":{"n":[{"a":1},{"a"#, &["d", "n"]), 2);
        assert_eq!(count(r#"[{"d":{"n":[{"a":1}]}}]"#, &["d", "n"]), 1);
        assert_eq!(count("", &[]), 0);
        let deep = "[".repeat(10_000);
        for bad in [&*deep, "1e400", "tru", "\"\u{1}\"", "é"] {
            let text = format!("[{{\"a\":1}},\n{{\"a\":{{\"b\":1,\"c\":{bad}}}}},{{\"a\":3}}]");
            assert_eq!(count(&text, &[]), 2, "{bad:.9}");
        }
    }

    #[test]
    fn empty_files_and_arrays() {
        let settings = Settings::default();
        for (text, want) in [
            ("", true),
            (" \n", true),
            ("[]", true),
            ("[][]", true),
            ("[[],[]]", true),
            ("{}", false),
            ("[1]", false),
            ("x", false),
            ("[", false),
            ("[] x", false),
            ("[package]\nname = \"x\"", false),
        ] {
            assert_eq!(Sample::new(text.as_bytes(), true, &settings).empty(), want, "{text}");
        }
        assert!(!Sample::new(b"[]", false, &settings).empty());
    }

    #[test]
    fn pages_with_no_records() {
        let settings = Settings::default();
        for (text, want) in [
            (r#"{"@odata.context":"x","value":[]}"#, Some("value")),
            (r#"{"issues":[],"isLast":true}{"issues":[],"isLast":true}"#, Some("issues")),
            (r#"{"kind":"List","metadata":{"resourceVersion":""},"items":[]}"#, Some("items")),
            (r#"{"value":[{"a":1}]}"#, None),
            (r#"{"value":[],"other":[1]}"#, None),
            (r#"{"value":[],"errors":["no permission"]}"#, None),
            (r#"{"value":{}}"#, None),
            (r#"{"value":[]}[]"#, None),
            (r#"{"value":[]} x"#, None),
            ("[]", None),
            ("", None),
        ] {
            assert_eq!(Sample::new(text.as_bytes(), true, &settings).empty_page(), want, "{text}");
        }
        assert_eq!(Sample::new(br#"{"value":[]}"#, false, &settings).empty_page(), None);
    }

    #[test]
    fn descriptions() {
        let settings = Settings::default();
        let looks = |bytes: &[u8]| Sample::new(bytes, true, &settings).looks();
        assert_eq!(looks(b"[{\"a\":1,\"b\":2}]"), "a JSON array of objects with the keys `a`, `b`");
        assert_eq!(looks(b"name;role\nx;y"), "CSV with the columns `name`, `role`");
        assert_eq!(looks(b"[package]\nname = 1"), "JSON that cannot be parsed");
        assert_eq!(looks(b"PK\x03\x04"), "a zip archive (unpack it)");
        assert_eq!(looks(b"hello\x1b[2J"), "text that begins `hello\u{fffd}[2J`");
        assert_eq!(looks(b"\x00\x01"), "binary data");
        assert!(looks(b"Wer;Ger\xe4t\nann;x\n").starts_with("text that is not UTF-8 (save it"));
    }
}
