//! The same records in every container and encoding: each must give the same.
#![no_main]

use std::io::Write as _;

use arbitrary::Arbitrary;
use flate2::{Compression, write::GzEncoder};
use libfuzzer_sys::fuzz_target;
use serde_json::{Value, json};

mod memory;
use memory::{Memory, read, settings};

#[derive(Arbitrary, Debug)]
struct Member<'a> {
    login: &'a str,
    id: u32,
    extra: &'a str,
    broken: bool,
}

impl Member<'_> {
    fn json(&self) -> Value {
        if self.broken {
            return json!({ "extra": self.extra });
        }
        json!({ "login": self.login, "id": self.id, "type": "User", "extra": self.extra })
    }
}

fn utf16(text: &str, mark: bool, bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
    let marked = if mark { format!("\u{feff}{text}") } else { text.to_owned() };
    marked.encode_utf16().flat_map(bytes).collect()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).expect("memory");
    encoder.finish().expect("memory")
}

/// What was read of a file, without places.
fn told(bytes: Vec<u8>) -> (u64, u64, u64, Vec<String>) {
    let data = read(&Memory(bytes), &settings(Some("github-teams"))).expect("a list of members");
    let tally = &data.sources()[0].tally;
    let grants = data.grants().iter();
    let holders = grants.map(|grant| data.text(grant.record.holder.0).to_owned()).collect();
    (tally.items, tally.lowered, tally.rejected, holders)
}

fuzz_target!(|members: Vec<Member<'_>>| {
    // The first record is what a format is recognised by.
    if members.len() > 50 || members.first().is_none_or(|first| first.broken) {
        return;
    }
    let values: Vec<Value> = members.iter().map(Member::json).collect();
    let array = Value::from(values.clone()).to_string();
    let lines: String = values.iter().map(|value| format!("{value}\n")).collect();
    let (front, back) = values.split_at(values.len() / 2);
    let pages = format!("{}{}", Value::from(front), Value::from(back));
    let want = told(array.clone().into_bytes());
    for other in [
        lines.clone().into_bytes(),
        lines.replace('\n', "\r\n").into_bytes(),
        pages.clone().into_bytes(),
        format!("[{},{}]", Value::from(front), Value::from(back)).into_bytes(),
        format!(")]}}'\n{array}").into_bytes(),
        serde_json::to_vec_pretty(&values).expect("JSON"),
        format!("\u{feff}{array}").into_bytes(),
        utf16(&array, true, u16::to_le_bytes),
        utf16(&pages, true, u16::to_be_bytes),
        gzip(lines.as_bytes()),
        gzip(&utf16(&array, true, u16::to_le_bytes)),
    ] {
        assert_eq!(told(other), want);
    }
});
