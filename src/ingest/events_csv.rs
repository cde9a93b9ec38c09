//! Any table, by what people say its columns mean.

use std::borrow::Cow;

use super::attempt::Lowered;
use super::decode::Trouble;
use super::feed::{Container, Feed};
use super::ingester::{Context, ingester};
use super::mapped_events::{self, Row, names, proves};
use super::rows;
use super::sample::Sample;
use crate::model::Batch;

ingester! {
    /// Any table with a header, whose source says what its columns mean.
    ///
    /// ## How to make it
    ///
    /// From any tool that no other format covers, saved as CSV, and with a mapping in `sodpack.toml`:
    ///
    /// ```toml
    /// [[source]]
    /// path = "exports/deploybot/*.csv"
    /// format = "events-csv"
    /// system = "deploybot"
    /// timezone = "Europe/Berlin"
    ///
    /// [[source.record]]
    /// gives = "act"
    /// who = "Released by"
    /// duty = "execute"
    /// to = "Release"
    /// kind = "deployment"
    /// target = "Environment"
    /// executes = { from = "Commit", prefix = "acme/pay@" }
    /// executes-system = "github"
    /// at = { from = "Finished", time = "%d.%m.%Y %H:%M" }
    /// ```
    ///
    /// `format` is always needed: such a file is never recognised. Try a mapping out with
    /// `sodpack check --show 5`. [Your own exports](../guide/own-exports.md) tells of every field.
    ///
    /// ## Fields read
    ///
    /// The columns that the mapping names, upper and lower case as in the header. Commas, semicolons
    /// and tabs separate columns. Accounts are in lower case, except where `:` or `/` stands in them.
    /// Times without a zone need the source's `timezone`; the organisation's is never taken for it.
    ///
    /// ## What it proves
    ///
    /// What the mapping says, so far as the tool that wrote the table can be trusted. The mapping is
    /// part of the configuration, whose digest stands in the pack.
    ///
    /// ## What it cannot prove
    ///
    /// That the table is complete, or that the mapping means what the tool meant.
    pub(super) static EVENTS_CSV = "events-csv" {
        title: "Any other table (CSV), with a mapping",
        system: "events",
        since: "0.1.0",
        names: &[],
        recognise: recognise,
        read: read,
    }
}

fn recognise(sample: &Sample<'_>) -> Option<Container> {
    let header = sample.header().filter(|_| sample.configured_as(EVENTS_CSV.id))?;
    let json = header.trim_start().starts_with(['{', '[']);
    (!json).then(|| Container::Csv(rows::delimiter(header)))
}

/// The columns of the header.
struct Header {
    names: Vec<String>,
    /// What is wrong with it, for every row.
    fault: Option<String>,
}

impl Header {
    fn of(text: &str, delimiter: u8, context: &Context<'_>) -> Self {
        let names: Vec<_> =
            rows::fields(text, delimiter).iter().map(|name| name.trim().to_owned()).collect();
        let wanted = self::names(&context.settings.mapping);
        let missing: Vec<_> =
            wanted.iter().filter(|name| !names.iter().any(|n| n == *name)).collect();
        let twice = wanted.iter().find(|name| names.iter().filter(|n| n == *name).count() > 1);
        let fault = match (missing.is_empty(), twice) {
            (true, None) => None,
            (true, Some(name)) => Some(format!("the header has two columns `{name}`")),
            (false, _) => {
                let missing: Vec<_> = missing.iter().map(|name| format!("`{name}`")).collect();
                Some(format!(
                    "the header has no column {} (correct the mapping of its source)",
                    missing.join(" and ")
                ))
            }
        };
        Self { names, fault }
    }
}

struct Cells<'r> {
    header: &'r Header,
    cells: Vec<Cow<'r, str>>,
}

impl Row for Cells<'_> {
    fn texts(&self, from: &str) -> Vec<Cow<'_, str>> {
        let at = self.header.names.iter().position(|name| name == from);
        let cell = at.and_then(|at| self.cells.get(at)).map(|cell| cell.trim());
        cell.filter(|cell| !cell.is_empty()).map(Cow::Borrowed).into_iter().collect()
    }
}

fn read(feed: &mut Feed<'_>, context: &Context<'_>, out: &mut Batch) -> Result<(), Trouble> {
    let delimiter = feed.delimiter().unwrap_or(b',');
    let Some(first) = feed.next(out)? else { return Ok(()) };
    let header = Header::of(first.text, delimiter, context);
    let mut rows = false;
    while let Some(item) = feed.next(out)? {
        rows = true;
        let place = item.place;
        let cells = rows::fields(item.text, delimiter);
        let lowered = match &header.fault {
            Some(fault) => Err(fault.clone()),
            None if cells.len() != header.names.len() => {
                let (has, wants) = (cells.len(), header.names.len());
                Err(format!("it has {has} fields, the header has {wants}"))
            }
            None => mapped_events::row(&Cells { header: &header, cells }, place, context, out),
        };
        match lowered {
            Ok(Lowered::Records) => out.lowered(),
            Ok(Lowered::Nothing(reason)) => out.irrelevant(reason),
            Err(reason) => out.reject(place, reason),
        }
    }
    if let Some(fault) = header.fault.filter(|_| !rows) {
        out.gap(format!("{fault}, and no row stands below it"));
    }
    proves(context, out);
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::ingest::testing::{Told, told};
    use crate::model::{Condition, Field, Gives, Mapping, RecordMap, Settings, TimeFormat};

    fn from(name: &str) -> Field {
        Field { from: vec![name.to_owned()], ..Field::default() }
    }

    fn is(text: &str) -> Field {
        Field { is: Some(text.to_owned()), ..Field::default() }
    }

    fn record<const N: usize>(gives: Gives, fields: [(&'static str, Field); N]) -> RecordMap {
        RecordMap { gives, when: Vec::new(), fields: fields.into() }
    }

    fn read(text: &str, records: Vec<RecordMap>) -> Told {
        let settings = Settings {
            format: Some("events-csv".to_owned()),
            system: Some("bot".to_owned()),
            timezone: Some(chrono_tz::Europe::Berlin),
            mapping: Mapping { rows: Vec::new(), records },
            ..Settings::default()
        };
        told(text, &settings)
    }

    fn releases() -> Vec<RecordMap> {
        let finished =
            Field { time: Some(TimeFormat::Pattern("%d.%m.%Y %H:%M".into())), ..from("Finished") };
        let to = || Field {
            from: vec!["Service".into(), "No".into()],
            joined: "#".into(),
            ..Field::default()
        };
        let ran = record(
            Gives::Act,
            [
                ("who", from("By")),
                ("duty", is("execute")),
                ("to", to()),
                ("kind", is("deployment")),
                ("at", finished.clone()),
                ("target", from("Env")),
                ("done", finished),
            ],
        );
        let approved = RecordMap {
            when: vec![Condition { from: "Approved by".into(), is: Vec::new() }],
            ..record(
                Gives::Act,
                [
                    ("who", Field { split: Some(";".into()), ..from("Approved by") }),
                    ("duty", is("approve")),
                    ("to", to()),
                    ("kind", is("deployment")),
                ],
            )
        };
        vec![ran, approved]
    }

    #[test]
    fn a_row_gives_several_records() {
        let told = read(
            "Service,No,By,Approved by,Env,Finished\npay,7,Ann,bob; Carl,prod,05.10.2026 11:00\n\
             pay,8,Ann,,prod,05.10.2026 12:00\npay,9,,x,prod,2026-10-05\npay,10,a\n",
            releases(),
        );
        assert_eq!(told.counts(), [4, 2, 0, 2], "{:?}", told.rejects());
        assert_eq!(
            told.acts(),
            [
                "bot:bob approve bot:pay#7 -",
                "bot:carl approve bot:pay#7 -",
                "bot:ann execute bot:pay#7 2026-10-05T09:00:00Z",
                "bot:ann execute bot:pay#8 2026-10-05T10:00:00Z",
            ]
        );
        let reject = &told.rejects()[0];
        assert!(reject.contains("line 4") && reject.contains("its `who` is empty (from `By`)"));
        assert!(reject.contains("is not a time as `%d.%m.%Y %H:%M` says"), "{reject}");
    }

    #[test]
    fn a_deployment_says_which_commit_it_executed() {
        let map = |kind| {
            let commit = Field { prefix: "acme/pay@".into(), ..from("Commit") };
            let fields = [
                ("who", from("By")),
                ("duty", is("execute")),
                ("to", from("No")),
                ("kind", is(kind)),
                ("executes", commit),
                ("executes-system", is("github")),
            ];
            read("No,By,Commit\n7,Ann,0A1B\n8,Ann,\n", vec![record(Gives::Act, fields)])
        };
        let told = map("deployment");
        assert_eq!(told.counts(), [2, 2, 0, 0], "{:?}", told.rejects());
        assert_eq!(told.links(), ["bot:7 executes github:acme/pay@0a1b"]);
        let told = map("change");
        assert_eq!(told.counts(), [2, 1, 0, 1]);
        assert!(told.rejects()[0].contains("neither run nor deployment"));
    }

    #[test]
    fn a_fault_of_a_row_is_told_once_however_many_records_read_the_column() {
        let ran = || releases().swap_remove(0);
        let told = read("Service,No,By,Env,Finished\npay,9,,prod,2026-10-05\n", vec![ran(), ran()]);
        let reject = &told.rejects()[0];
        assert_eq!(reject.matches("its `who` is empty").count(), 1, "{reject}");
        assert_eq!(reject.matches("is not a time as").count(), 1, "{reject}");
    }

    #[test]
    fn decisions_with_words_of_their_own() {
        let outcome = Field {
            values: [("OK", "allowed"), ("NO", "denied")].map(|(a, b)| (a.into(), b.into())).into(),
            ..from("R")
        };
        let map = record(
            Gives::Decision,
            [("who", from("U")), ("action", from("A")), ("outcome", outcome), ("at", from("T"))],
        );
        let row = |result: &str| format!("ann,restart,{result},2026-10-05 11:00\n");
        let text = format!("U,A,R,T\n{}{}{}", row("OK"), row("NO"), row("MAYBE"));
        let told = read(&text, vec![map]);
        assert_eq!(told.counts(), [3, 2, 0, 1]);
        assert_eq!(told.decisions()[1], "bot:ann denied bot:restart - - -");
        assert!(told.rejects()[0].contains("`MAYBE`, which is not told what it means"));
    }

    #[test]
    fn accounts_of_other_systems_keep_their_spelling() {
        let map = record(
            Gives::Grant,
            [("who", from("U")), ("who-system", is("aws")), ("role", from("R"))],
        );
        let told = read("U,R\narn:aws:iam::1:user/Ann,x\n", vec![map]);
        assert!(told.grants()[0].starts_with("aws:arn:aws:iam::1:user/Ann bot:x"));
    }

    #[test]
    fn roles_as_events_intervals_or_at_a_moment() {
        let with = |more: Vec<(&'static str, Field)>| {
            let mut map = record(Gives::Grant, [("who", from("U")), ("role", from("R"))]);
            map.fields.extend(more);
            read("U,R,E,T\nann,admin,given,2026-10-05 11:00\n", vec![map]).grants()[0].clone()
        };
        assert_eq!(with(Vec::new()), "bot:ann bot:admin - - - Snapshot(None)");
        let event = with(vec![("event", from("E")), ("at", from("T"))]);
        assert_eq!(event, "bot:ann bot:admin - 2026-10-05T09:00:00Z - GrantEvent");
        let interval = with(vec![("from", from("T"))]);
        assert_eq!(interval, "bot:ann bot:admin - 2026-10-05T09:00:00Z - Interval");
    }

    #[test]
    fn a_mapping_that_does_not_fit_rejects_every_row_with_the_cure() {
        let told = read("A,B\n1,2\n", releases());
        assert!(told.rejects()[0].contains("no column `Approved by` and `By` and `Env`"));
        let told = read("A,B\n1,2\n", Vec::new());
        assert!(told.rejects()[0].contains("add `[[source.record]]`"));
        let told = read("Service,No,By,Approved by,Env,Finished,By\n1,2,3,4,5,6,7\n", releases());
        assert!(told.rejects()[0].contains("two columns `By`"));
    }

    #[test]
    fn a_file_without_a_header_is_told_even_without_a_row() {
        let told = read("pay,7,Ann,bob,prod,05.10.2026 11:00\n", releases());
        assert!(told.gaps()[0].contains("no column `Approved by`"), "{:?}", told.gaps());
        assert!(told.gaps()[0].ends_with("and no row stands below it"));
        assert!(read("Service,No,By,Approved by,Env,Finished\n", releases()).gaps().is_empty());
        let empty = read("", releases());
        assert!(empty.gaps()[0].starts_with("the file is empty (0 bytes)"), "{:?}", empty.gaps());
    }
}
