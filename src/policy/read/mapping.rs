//! Reads what the rows of an export mean: the `[[source.record]]` of a source.
//!
//! ```toml
//! [[source.record]]
//! gives = "act"
//! who = "Deployed by"
//! duty = "execute"
//! to = { from = ["Service", "Number"], joined = "#" }
//! kind = "deployment"
//! at = { from = "Finished", time = "%d.%m.%Y %H:%M" }
//! ```

use std::collections::BTreeMap;

use chrono::format::{Item, StrftimeItems};

use super::shape::{Shaped, Wrong};
use super::spelling::{did_you_mean, quoted};
use super::table::{Table, TextOrTable};
use crate::model::{Condition, Field, FieldShape, Gives, Holds, Mapping, RecordMap, TimeFormat};

/// Reads the rows' place and meaning. Whether the source's format needs them is for its reader to
/// judge.
pub(super) fn mapping(source: &mut Table<'_>) -> Mapping {
    let rows = source.get("rows", pointer).map(|at| at.value).unwrap_or_default();
    let records = source.tables("record").into_iter().filter_map(record).collect();
    Mapping { rows, records }
}

fn wrong<T>(which: impl Into<String>, cure: impl Into<String>) -> Shaped<T> {
    Err(Wrong { which: which.into(), cure: cure.into() })
}

/// The names in a JSON pointer (RFC 6901).
fn pointer(text: &str) -> Shaped<Vec<String>> {
    let Some(rest) = text.strip_prefix('/') else {
        return wrong("is no JSON pointer", format!("write `/{text}`"));
    };
    Ok(rest.split('/').map(|name| name.replace("~1", "/").replace("~0", "~")).collect())
}

fn record(mut table: Table<'_>) -> Option<RecordMap> {
    let gives = table.need("gives", "\"act\"", |text| {
        let names = Gives::ALL.iter().map(|gives| gives.name());
        let known = Gives::ALL.iter().find(|gives| gives.name() == text).copied();
        known.ok_or_else(|| Wrong {
            which: "is no kind of record".to_owned(),
            cure: did_you_mean(text, names, "write one of these"),
        })
    });
    let when = table.tables_or_one("when").into_iter().filter_map(condition).collect();
    // Nobody can tell which other keys a record of no kind has.
    let gives = gives?.value;
    let mut fields = BTreeMap::new();
    let mut whole = true;
    for shape in gives.fields() {
        if shape.needed && !table.has(shape.name) {
            let fault = format!("no `{}` in a record that gives `{}`", shape.name, gives.name());
            table.note(table.line(), fault, format!("add {}", example(shape)));
            whole = false;
        }
        match table.text_or_table(shape.name) {
            Some(TextOrTable::Text(at)) => {
                whole &= plain(shape, &at.value, at.line, &table, &mut fields);
            }
            Some(TextOrTable::Table(inner)) => match field(shape, inner) {
                Some(field) => {
                    fields.insert(shape.name, field);
                }
                None => whole = false,
            },
            None => {}
        }
    }
    if fields.contains_key("executes") && !fields.contains_key("executes-system") {
        let fault = "`executes` names a commit, and nothing says of which system";
        let cure = "add `executes-system = \"github\"`, or whatever holds the repository";
        table.note(table.line(), fault, cure);
        whole = false;
    }
    table.close();
    whole.then_some(RecordMap { gives, when, fields })
}

fn example(shape: &FieldShape) -> String {
    match shape.holds {
        Holds::Word(words) => {
            let word = words().first().copied().unwrap_or_default();
            format!("`{0} = \"{word}\"`, or `{0} = {{ from = \"COLUMN\" }}`", shape.name)
        }
        Holds::System => format!("`{} = \"SYSTEM\"`", shape.name),
        Holds::Text | Holds::Time => {
            format!("`{0} = \"COLUMN\"`, or `{0} = {{ is = \"TEXT\" }}`", shape.name)
        }
    }
}

/// The short form: a word or system that every row means, or else the column that holds the text.
fn plain(
    shape: &FieldShape,
    text: &str,
    line: u32,
    table: &Table<'_>,
    fields: &mut BTreeMap<&'static str, Field>,
) -> bool {
    let field = match shape.holds {
        Holds::Word(words) if !words().contains(&text) => {
            let fault = format!("`{}` is {}, which is no such word", shape.name, quoted(text));
            let column =
                format!("or write `{} = {{ from = \"{text}\" }}` for a column", shape.name);
            let cure = did_you_mean(text, words(), "write one of these");
            table.note(line, fault, format!("{cure} {column}"));
            return false;
        }
        Holds::Word(_) | Holds::System => Field { is: Some(text.to_owned()), ..Field::default() },
        Holds::Text | Holds::Time => Field { from: vec![text.to_owned()], ..Field::default() },
    };
    fields.insert(shape.name, field);
    true
}

/// The long form: a table of where the text comes from and what is made of it.
fn field(shape: &FieldShape, mut table: Table<'_>) -> Option<Field> {
    let mut text = |key| table.get(key, |text| Ok(text.to_owned())).map(|at| (at.value, at.line));
    let (is, joined, prefix) = (text("is"), text("joined"), text("prefix"));
    let (split, otherwise) = (text("split"), text("otherwise"));
    let from: Vec<_> = table.one_or_more("from").into_iter().map(|at| at.value).collect();
    let values = table.dictionary("values");
    let time = table.get("time", time_format);
    let mut sound = true;
    let mut fault = |line: u32, fault: String, cure: String| {
        table.note(line, fault, cure);
        sound = false;
    };
    if is.is_some() != from.is_empty() {
        let cure = "write `from` with a column or JSON pointer, or `is` with a text".to_owned();
        fault(table.line(), format!("`{}` needs one of `from` and `is`", shape.name), cure);
    }
    if let Holds::Word(words) = shape.holds {
        let said = is.iter().chain(&otherwise).map(|(word, line)| (word, *line));
        for (word, line) in said.chain(values.values().map(|at| (&at.value, at.line))) {
            if !words().contains(&word.as_str()) {
                let cure = did_you_mean(word, words(), "write one of these");
                fault(line, format!("`{}` knows no {}", shape.name, quoted(word)), cure);
            }
        }
    }
    if let Some(at) = &time
        && !matches!(shape.holds, Holds::Time)
    {
        let cure = "remove `time`".to_owned();
        fault(at.line, format!("`{}` is no time", shape.name), cure);
    }
    table.close();
    sound.then(|| Field {
        is: is.map(|(text, _)| text),
        from,
        joined: joined.map(|(text, _)| text).unwrap_or_default(),
        prefix: prefix.map(|(text, _)| text).unwrap_or_default(),
        split: split.map(|(text, _)| text),
        values: values.into_iter().map(|(word, at)| (word, at.value)).collect(),
        otherwise: otherwise.map(|(text, _)| text),
        time: time.map(|at| at.value),
    })
}

fn time_format(text: &str) -> Shaped<TimeFormat> {
    match text {
        "seconds" => return Ok(TimeFormat::Seconds),
        "milliseconds" => return Ok(TimeFormat::Milliseconds),
        _ => {}
    }
    let items: Vec<_> = StrftimeItems::new(text).collect();
    if items.contains(&Item::Error) {
        return wrong("holds a directive that does not exist", TIMES);
    }
    if items.iter().all(|item| matches!(item, Item::Literal(_) | Item::Space(_))) {
        return wrong("holds no directive", TIMES);
    }
    Ok(TimeFormat::Pattern(text.to_owned()))
}

const TIMES: &str = "write `seconds`, `milliseconds`, or a pattern such as `%d.%m.%Y %H:%M:%S`";

fn condition(mut table: Table<'_>) -> Option<Condition> {
    let from = table.need("from", "\"COLUMN\"", super::shape::line);
    let is = table.one_or_more("is").into_iter().map(|at| at.value).collect();
    table.close();
    Some(Condition { from: from?.value, is })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::Problems;
    use crate::policy::read::document::Document;

    fn read(text: &str) -> Result<Mapping, String> {
        let document = Document::new("s.toml", text);
        let parsed = document.parse().unwrap();
        let mut root = document.root(&parsed);
        let mapping = mapping(&mut root);
        root.close();
        let mut problems = Problems::default();
        if document.close(&mut problems) { Ok(mapping) } else { Err(problems.to_string()) }
    }

    #[test]
    fn short_and_long_forms() {
        let mapping = read(
            "rows = \"/data/a~1b\"\n[[record]]\ngives = \"act\"\nwhen = { from = \"Type\", is = [\"deploy\"] }\n\
             who = { from = [\"/user\", \"/host\"], joined = \"@\" }\nduty = \"execute\"\nto = \"Id\"\n\
             kind = { from = \"What\", values = { \"D\" = \"deployment\" }, otherwise = \"run\" }\n\
             executes = { from = \"Commit\", prefix = \"acme/pay@\" }\nexecutes-system = \"github\"\n\
             at = { from = \"Time\", time = \"seconds\" }\n",
        )
        .unwrap();
        assert_eq!(mapping.rows, ["data", "a/b"]);
        let record = &mapping.records[0];
        assert_eq!((record.gives, record.when[0].is.len()), (Gives::Act, 1));
        assert_eq!(record.fields["duty"].is.as_deref(), Some("execute"));
        assert_eq!(record.fields["to"].from, ["Id"]);
        assert_eq!(record.fields["executes-system"].is.as_deref(), Some("github"));
        assert_eq!(record.fields["who"].joined, "@");
        assert_eq!(record.fields["kind"].values["D"], "deployment");
        assert_eq!(record.fields["at"].time, Some(TimeFormat::Seconds));
    }

    #[test]
    fn every_problem_at_once() {
        let text = "rows = \"data\"\n[[record]]\ngives = \"akt\"\n[[record]]\ngives = \"decision\"\n\
            who = { from = \"a\", is = \"b\" }\naction = \"Action\"\noutcome = \"Result\"\n\
            at = { from = \"T\", time = \"%Q\" }\nresource = { from = \"r\", time = \"seconds\" }\ncod = \"x\"\n\
            [[record]]\ngives = \"act\"\nwho = \"u\"\nduty = { from = \"d\", values = { \"A\" = \"aprove\" } }\n\
            kind = \"change\"\nexecutes = \"c\"\n[[record]]\ngives = \"link\"\nwhen = { is = \"x\" }\nfrom = \"a\"\nto = \"b\"\nlink = \"answers\"\n";
        let told = read(text).unwrap_err();
        for want in [
            "s.toml:1: `rows` is `data`, which is no JSON pointer; write `/data`",
            "s.toml:3: `gives` is `akt`, which is no kind of record; did you mean `act`?",
            "s.toml:6: `who` needs one of `from` and `is`",
            "s.toml:8: `outcome` is `Result`, which is no such word",
            "s.toml:9: `time` is `%Q`, which holds a directive that does not exist",
            "s.toml:10: `resource` is no time",
            "s.toml:11: unknown key `cod` in [[record]]",
            "s.toml:12: no `to` in a record that gives `act`",
            "s.toml:15: `duty` knows no `aprove`; did you mean `approve`?",
            "s.toml:12: `executes` names a commit, and nothing says of which system; add `executes-system",
            "s.toml:20: no `from` in [record.when]",
        ] {
            assert!(told.contains(want), "want {want}\nhave {told}");
        }
    }
}
