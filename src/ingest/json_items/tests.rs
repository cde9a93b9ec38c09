use serde_json::Value;

use super::*;
use crate::ingest::testing;

/// Place and text, or place and `!` with the fault.
fn split(text: &[u8], path: &'static [&'static str], step: usize) -> Vec<(String, String)> {
    split_up_to(text, path, step, MAX_ITEM)
}

fn split_up_to(
    text: &[u8],
    path: &'static [&'static str],
    step: usize,
    limit: usize,
) -> Vec<(String, String)> {
    let mut window = testing::window(text, step);
    let mut items = JsonItems::new(path.iter().map(|&name| name.to_owned()).collect(), text);
    items.limit = limit;
    let mut found = Vec::new();
    while let Some(piece) = items.next(&mut window).unwrap() {
        let place = match piece.spot {
            Spot::Line(n) => format!("line {n}"),
            Spot::Element(n) => format!("{}/{n}", items.array()),
        };
        let text = match piece.len {
            Ok(len) => String::from_utf8_lossy(&window.bytes()[..len]).into_owned(),
            Err(fault) => format!("!{fault}"),
        };
        found.push((place, text));
    }
    found
}

fn assert_split(text: &str, path: &'static [&'static str], want: &[(&str, &str)]) {
    for step in [1, 2, 3, 7, 1 << 20] {
        let found = split(text.as_bytes(), path, step);
        let same = found.len() == want.len()
            && found.iter().zip(want).all(|((place, text), (at, part))| {
                place == at && (text == part || (part.starts_with('!') && text.starts_with(part)))
            });
        assert!(same, "{text} by {step}: {found:?}");
    }
}

const RECORDS: &[&str] = &["Records"];
const NODES: &[&str] = &["data", "nodes"];

#[test]
fn containers() {
    let (one, two) = (r#"{"a":"]},\"["}"#, r#"{"b":{"c":[1,{}]}}"#);
    let list = |prefix: &str, rest: &str| format!("{prefix}{one}{rest}{two}");
    assert_split(&(list("[", " ,\n") + "]"), &[], &[("/0", one), ("/1", two)]);
    assert_split(&(list("[", "]\n[") + "]"), &[], &[("/0", one), ("#2/0", two)]);
    assert_split(&(list("[[", "],[") + "]]"), &[], &[("/0/0", one), ("/1/0", two)]);
    assert_split(&list("", "\n"), &[], &[("line 1", one), ("line 2", two)]);
    assert_split(&list("", "\r\n\r\n"), &[], &[("line 1", one), ("line 3", two)]);
    assert_split(&list("", ""), &[], &[("line 1", one), ("#2/0", two)]);
    assert_split("{\n\"a\":1\n}\n{\n}\n", &[], &[("line 1", "{\n\"a\":1\n}"), ("line 4", "{\n}")]);
    assert_split("[1,\"x\",null]", &[], &[("/0", "1"), ("/1", "\"x\""), ("/2", "null")]);
    for nothing in ["", " \n", "[]", "[ ]", "[][]", "[[],[]]"] {
        assert_split(nothing, &[], &[]);
    }
}

#[test]
fn envelopes() {
    assert_split(r#"{"Records":[{},{}]}"#, RECORDS, &[("/Records/0", "{}"), ("/Records/1", "{}")]);
    assert_split(
        "{\"x\":{\"Records\":[1]},\"Records\":[{}]}\n{\"Records\":[{}]}",
        RECORDS,
        &[("/Records/0", "{}"), ("#2/Records/0", "{}")],
    );
    assert_split(
        r#"[{"Records":[{}]},{"Records":[{}]}]"#,
        RECORDS,
        &[("/0/Records/0", "{}"), ("/1/Records/0", "{}")],
    );
    assert_split(r#"{"data":{"x":1,"nodes":[{}],"y":[]}}"#, NODES, &[("/data/nodes/0", "{}")]);
    assert_split(r#"{"Records":null}"#, RECORDS, &[]);
    assert_split(r#"{"\u0052ecords":[{}]}"#, RECORDS, &[("/Records/0", "{}")]);
    let none = "!it has no array at /Records";
    assert_split(r#"{"Records":{}}"#, RECORDS, &[("line 1", none)]);
    assert_split(
        r#"[{"Records":[{}]},{"message":"Bad"}]"#,
        RECORDS,
        &[
            ("/0/Records/0", "{}"),
            ("/1", "!it has no array at /Records (it says message: \"Bad\")"),
        ],
    );
}

#[test]
fn what_stands_beside_is_kept_of_the_last_page() {
    let text = br#"{"NextToken":"a","Records":[{}]}{"Records":[{}],"n~/":{"x":1}}"#;
    let mut window = testing::window(text, 3);
    let mut items = JsonItems::new(RECORDS.iter().map(|&name| name.to_owned()).collect(), text);
    while items.next(&mut window).unwrap().is_some() {}
    let beside: Vec<_> = items.beside().iter().map(|(k, v)| (&**k, &**v)).collect();
    assert_eq!(beside, [("#2/n~0~1", "{\"x\":1}")]);
}

#[test]
fn faults_cost_no_neighbours() {
    assert_split(
        "{\"a\":1}\n{\"a\":\n{\"a\":2}\n",
        &[],
        &[
            ("line 1", "{\"a\":1}"),
            // Its parser rejects it.
            ("line 2", "{\"a\":"),
            ("line 3", "{\"a\":2}"),
        ],
    );
    assert_split(
        "{}\n<html>\n\u{1b}[2J\n{}\n",
        &[],
        &[
            ("line 1", "{}"),
            ("line 2", "!`<html>` is neither"),
            ("line 3", "!`\u{fffd}[2J` is neither"),
            ("line 4", "{}"),
        ],
    );
    assert_split(
        "[{} {},{}]",
        &[],
        &[("/0", "{}"), ("/1", "!`{},{}]` stands where"), ("/2", "{}")],
    );
    assert_split("[{},oops,{}]", &[], &[("/0", "{}"), ("/1", "oops"), ("/2", "{}")]);
    assert_split(
        "[{}:{},{}]",
        &[],
        &[
            ("/0", "{}"),
            ("/1", "!`:{},{}]` stands where"),
            ("/2", "!`{},{}]` stands where"),
            ("/3", "{}"),
        ],
    );
}

#[test]
fn cut_files_are_one_fault() {
    assert_split("[{},{\"a\":", &[], &[("/0", "{}"), ("/1", "!the record is cut off")]);
    assert_split("[{},", &[], &[("/0", "{}"), ("/1", "!the record is missing: the file")]);
    assert_split(
        "{\"Records\":[{}",
        RECORDS,
        &[("/Records/0", "{}"), ("/Records/1", "!the record is missing: the file")],
    );
    assert_split("{\"Rec", RECORDS, &[("line 1", "!the record has a name")]);
    assert_split("{\"x\":1,", RECORDS, &[("line 1", "!the record is missing: the file")]);
    assert_split("[{\"a\":\"x\n\"},{}]", &[], &[("/0", "!the record has a string")]);
}

#[test]
fn large_records_are_passed() {
    let big = format!("{{\"a\":\"{}\"}}", "x\\\"".repeat(300));
    for step in [1, 7, 1 << 20] {
        let array = format!("[{{}},{big},{{}}]");
        let found = split_up_to(array.as_bytes(), &[], step, 100);
        assert_eq!(found.len(), 3, "{found:?}");
        assert!(found[1].1.starts_with("!the record is larger"), "{found:?}");
        assert_eq!(found[2], ("/2".to_owned(), "{}".to_owned()));
        let lines = format!("{{}}\n{big}\n{{}}\n");
        let found = split_up_to(lines.as_bytes(), &[], step, 100);
        assert!(found[1].1.starts_with("!the record is larger"), "{found:?}");
        assert_eq!(found[2], ("line 3".to_owned(), "{}".to_owned()));
    }
}

#[test]
fn endless_rubbish_ends() {
    let rubbish = format!("[{}]", "{} ".repeat(100_000));
    let found = split(rubbish.as_bytes(), &[], 1 << 20);
    assert!(found.len() < 300, "{}", found.len());
    assert!(found.last().unwrap().1.contains("too many faults"), "{found:?}");
}

/// Numbers that look random and are the same on every run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % limit as u64) as usize
    }

    fn value(&mut self, depth: usize) -> Value {
        match self.below(if depth == 0 { 4 } else { 6 }) {
            0 => Value::Null,
            1 => Value::from(self.below(1000)),
            2 | 3 => {
                let parts =
                    ["a", "\"", "\\", "[", "}", ",", "\n", "ä", "😀", "\u{1}", "{\"Records\":["];
                (0..self.below(6))
                    .map(|_| parts[self.below(parts.len())])
                    .collect::<String>()
                    .into()
            }
            4 => (0..self.below(4)).map(|_| self.value(depth - 1)).collect(),
            _ => self.object(depth),
        }
    }

    fn object(&mut self, depth: usize) -> Value {
        let keys = ["a", "b\"c", "Records", "nodes", "data"];
        (0..self.below(4))
            .map(|_| (keys[self.below(keys.len())].to_owned(), self.value(depth.saturating_sub(1))))
            .collect()
    }
}

#[test]
fn splitting_agrees_with_whole_values_whatever_the_reads() {
    let mut dice = Dice(0x5eed);
    for round in 0..300 {
        let records: Vec<Value> = (0..dice.below(6)).map(|_| dice.object(3)).collect();
        let array = Value::from(records.clone());
        let envelope = serde_json::json!({ "before": dice.value(2), "Records": array });
        let write = |value: &Value| match round % 2 {
            0 => value.to_string(),
            _ => serde_json::to_string_pretty(value).unwrap(),
        };
        let step = [1, 2, 3, 7, 1 << 16][round % 5];
        let lines: String = records.iter().map(|record| format!("{record}\n")).collect();
        for (text, path) in
            [(write(&array), &[][..]), (write(&envelope), RECORDS), (lines, &[][..])]
        {
            let found = split(text.as_bytes(), path, step);
            let values: Vec<Value> =
                found.iter().map(|(_, text)| serde_json::from_str(text).unwrap()).collect();
            assert_eq!(values, records, "{text}");
            for (place, value) in found.iter().filter(|(place, _)| place.starts_with('/')) {
                let whole: Value = serde_json::from_str(&text).unwrap();
                assert_eq!(whole.pointer(place), serde_json::from_str(value).ok().as_ref());
            }
        }
    }
}

#[test]
fn nothing_panics_and_reads_do_not_matter_on_damaged_text() {
    let mut dice = Dice(0xbad);
    for _ in 0..400 {
        let inner = Value::from((0..3).map(|_| dice.object(2)).collect::<Vec<_>>());
        let envelope = serde_json::json!({ "Records": inner, "x": dice.value(1) });
        let mut text = match dice.below(3) {
            0 => inner.to_string(),
            1 => format!("{inner}\n{inner}"),
            _ => envelope.to_string(),
        }
        .into_bytes();
        text.truncate(dice.below(text.len() + 1));
        if !text.is_empty() {
            let at = dice.below(text.len());
            text[at] = b"[]{},:\"\\ \n\xffx"[dice.below(12)];
        }
        for path in [&[][..], RECORDS] {
            let once = split(&text, path, 1 << 16);
            for step in [1, 3] {
                assert_eq!(split(&text, path, step), once, "{}", String::from_utf8_lossy(&text));
            }
        }
    }
}
