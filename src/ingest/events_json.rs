//! Any JSON, by what people say its members mean.

use super::attempt::each_record;
use super::decode::Trouble;
use super::feed::{Container, Feed};
use super::ingester::{Context, ingester};
use super::mapped_events::{self, proves};
use super::sample::Sample;
use crate::model::Batch;

ingester! {
    /// Any JSON, whose source says what its members mean.
    ///
    /// ## How to make it
    ///
    /// From any tool that no other format covers: an array, one value a line, or the array at `rows`;
    /// with a mapping in `sodpack.toml`:
    ///
    /// ```toml
    /// [[source]]
    /// path = "exports/gate/*.json"
    /// format = "events-json"
    /// system = "gate"
    /// rows = "/data/items"
    ///
    /// [[source.record]]
    /// gives = "decision"
    /// who = "/subject/login"
    /// action = "/request/verb"
    /// resource = "/request/path"
    /// outcome = { from = "/verdict", values = { "permit" = "allowed", "deny" = "denied" } }
    /// control = "/policy/name"
    /// at = { from = "/ts", time = "milliseconds" }
    /// ```
    ///
    /// `format` is always needed: such a file is never recognised. Try a mapping out with
    /// `sodpack check --show 5`. [Your own exports](../guide/own-exports.md) tells of every field.
    ///
    /// ## Fields read
    ///
    /// The members that the mapping names by JSON pointer (RFC 6901), in which `*` stands for every
    /// element of an array. A pointer to an array of texts gives each of them. Accounts are in lower
    /// case, except where `:` or `/` stands in them. Times without a zone need the source's `timezone`;
    /// the organisation's is never taken for it.
    ///
    /// ## What it proves
    ///
    /// What the mapping says, so far as the tool that wrote the file can be trusted. The mapping is
    /// part of the configuration, whose digest stands in the pack.
    ///
    /// ## What it cannot prove
    ///
    /// That the file is complete, or that the mapping means what the tool meant.
    pub(super) static EVENTS_JSON = "events-json" {
        title: "Any other JSON, with a mapping",
        system: "events",
        since: "0.1.0",
        names: &[],
        recognise: recognise,
        read: read,
    }
}

fn recognise(sample: &Sample<'_>) -> Option<Container> {
    if !sample.configured_as(EVENTS_JSON.id) || !sample.is_json() {
        return None;
    }
    Some(Container::JsonAt(sample.settings.mapping.rows.clone()))
}

fn read(feed: &mut Feed<'_>, context: &Context<'_>, out: &mut Batch) -> Result<(), Trouble> {
    each_record(feed, out, |node, place, out| mapped_events::row(node, place, context, out))?;
    proves(context, out);
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::ingest::testing::{Told, told};
    use crate::model::{Field, Gives, Mapping, RecordMap, Settings, TimeFormat};

    fn from(name: &str) -> Field {
        Field { from: vec![name.to_owned()], ..Field::default() }
    }

    fn read(text: &str, rows: &[&str]) -> Told {
        let fields = [
            ("who", from("/by/*/login")),
            ("duty", Field { is: Some("approve".into()), ..Field::default() }),
            ("to", Field { prefix: "acme/pay#".into(), ..from("/pull") }),
            ("to-system", Field { is: Some("github".into()), ..Field::default() }),
            ("kind", Field { is: Some("change".into()), ..Field::default() }),
            ("at", Field { time: Some(TimeFormat::Milliseconds), ..from("/a~1t") }),
        ];
        let record = RecordMap { gives: Gives::Act, when: Vec::new(), fields: fields.into() };
        let rows = rows.iter().map(|&name| name.to_owned()).collect();
        let settings = Settings {
            format: Some("events-json".to_owned()),
            mapping: Mapping { rows, records: vec![record] },
            ..Settings::default()
        };
        told(text, &settings)
    }

    const ROW: &str = r#"{"by":[{"login":"Ann"},{"login":"bob"}],"pull":12,"a/t":1791190800000}"#;

    #[test]
    fn pointers_in_every_container() {
        let want = [
            "events:ann approve github:acme/pay#12 2026-10-05T09:00:00Z",
            "events:bob approve github:acme/pay#12 2026-10-05T09:00:00Z",
        ];
        assert_eq!(read(ROW, &[]).acts(), want);
        assert_eq!(read(&format!("[{ROW}]"), &[]).acts(), want);
        assert_eq!(read(&format!(r#"{{"d":{{"r":[{ROW}]}}}}"#), &["d", "r"]).acts(), want);
    }

    #[test]
    fn pages_that_go_on_and_limits_that_were_reached_are_gaps() {
        let more = format!(r#"{{"rows":[{ROW}],"paging":{{"next":"https://x/2"}}}}"#);
        assert!(read(&more, &["rows"]).gaps()[0].contains("as its `next` says"));
        let last = format!(r#"{{"rows":[{ROW}],"paging":{{"next":null}}}}"#);
        assert!(read(&last, &["rows"]).gaps().is_empty());
        // Pages one after another: the last one counts.
        assert!(read(&format!("{more}{last}"), &["rows"]).gaps().is_empty());
        let mut limited = Settings { format: Some("events-json".into()), ..Settings::default() };
        limited.export.command = Some("curl https://x/api?limit=1".to_owned());
        assert!(told(ROW, &limited).gaps()[0].contains("asked for at most"));
    }

    #[test]
    fn rows_that_do_not_fit_are_rejected_alone() {
        let bad = ROW.replace("1791190800000", "\"soon\"");
        let none = ROW.replace("pull", "issue");
        let told = read(&format!("{ROW}\n{bad}\n{none}\n[1]\n"), &[]);
        assert_eq!(told.counts()[1..], [1, 0, 3], "{:?}", told.rejects());
        assert!(told.rejects()[1].contains("its `to` is empty (from `/pull`)"));
        assert_eq!(read(r#"{"x":[]}"#, &["rows"]).counts(), [1, 0, 0, 1]);
    }
}
