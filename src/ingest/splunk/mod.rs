//! What Splunk exports: events of any system inside its own envelope.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::attempt::{Lowered, full_reply};
use super::decode::Trouble;
use super::error::printable;
use super::feed::{Container, Feed, Item};
use super::ingester::{Context, ingester};
use super::json_tree::Node;
use super::rows;
use super::sample::Sample;
use super::wrapped_events::Wrapped;
use crate::model::{Batch, Place};

ingester! {
    /// Events of any system that Splunk collected, each read as its own format reads it.
    ///
    /// ## How to make it
    ///
    /// ```text
    /// curl -u USER "https://SPLUNK:8089/services/search/v2/jobs/export" -d output_mode=json -d earliest_time=2026-10-01T00:00:00Z -d latest_time=2026-11-01T00:00:00Z --data-urlencode 'search=search index=audit sourcetype IN (aws:cloudtrail, OktaIM2:log) | fields _time, _raw, sourcetype' > splunk.json
    /// ```
    ///
    /// Export JSON or CSV, with `_raw`: what a search has made of the events is not read. Replies of
    /// `search/v2/jobs/ID/results` hold 100 rows unless `count=0` is given, and the console's export
    /// may be limited too.
    ///
    /// ## Fields read
    ///
    /// `_raw`, if it holds an event of CloudTrail, Okta, GitHub, Google Cloud, Azure, Entra, Kubernetes,
    /// Vault, GitLab, Bitbucket, Jira or Teleport, also behind a line's own head as syslog writes it;
    /// `sourcetype`, to say what could not be read; `preview`. Rows of a preview are superseded by those
    /// after them, and are counted only.
    ///
    /// ## What it proves
    ///
    /// What the format of the original proves.
    ///
    /// ## What it cannot prove
    ///
    /// That the index holds every event, or that the search found them all. Who may delete from the
    /// index.
    pub(super) static SPLUNK = "splunk" {
        title: "Splunk search results",
        system: "splunk",
        since: "0.1.0",
        names: &[
            "preview", "result", "results", "_raw", "_time", "_indextime", "sourcetype", "source", "index",
            "host", "splunk_server", "linecount",
        ],
        recognise: recognise,
        read: read,
    }
}

const RESULTS: &[&str] = &["results"];
/// Rows of a reply unasked, and the most that a server gives.
const REPLIES: &[u64] = &[100, 50_000];
/// So many kinds of unread events are named.
const NAMED: usize = 20;

fn recognise(sample: &Sample<'_>) -> Option<Container> {
    let raw = |object: &&Map<String, Value>| object.contains_key("_raw");
    if sample.objects(RESULTS).iter().any(raw) {
        return Some(Container::Json(RESULTS));
    }
    let row = |object: &&Map<String, Value>| {
        let inner = object.get("result").and_then(Value::as_object);
        raw(object) || inner.is_some_and(|inner| object.contains_key("preview") && raw(&inner))
    };
    if sample.objects(&[]).iter().any(row) {
        return Some(Container::Json(&[]));
    }
    let header = sample.header().filter(|header| !header.trim_start().starts_with(['{', '[']))?;
    let delimiter = rows::delimiter(header);
    let columns = rows::fields(header, delimiter);
    columns.iter().any(|name| name.trim() == "_raw").then_some(Container::Csv(delimiter))
}

/// What the rows of one file have shown so far.
#[derive(Default)]
struct Rows {
    wrapped: Wrapped,
    /// Kinds of events that no format reads.
    unread: BTreeSet<String>,
    /// Rows of previews, and others.
    previews: bool,
    finals: bool,
}

fn read(feed: &mut Feed<'_>, context: &Context<'_>, out: &mut Batch) -> Result<(), Trouble> {
    let mut rows = Rows::default();
    let mut columns: Option<Columns> = None;
    let csv = feed.delimiter();
    while let Some(item) = feed.next(out)? {
        let place = item.place;
        let lowered = match (csv, &columns) {
            (Some(delimiter), None) => {
                columns = Some(Columns::of(item.text, delimiter));
                continue;
            }
            (Some(delimiter), Some(columns)) => columns
                .row(&item, delimiter)
                .and_then(|(raw, kind)| rows.event(&raw, kind.as_deref(), place, context, out)),
            (None, _) => rows.object(&item, context, out),
        };
        match lowered {
            Ok(Lowered::Records) => out.lowered(),
            Ok(Lowered::Nothing(reason)) => out.irrelevant(reason),
            Err(reason) => out.reject(place, reason),
        }
    }
    rows.finish(out);
    // An export is a stream without a limit of its own.
    if feed.beside("/init_offset").is_some() {
        full_reply(REPLIES, context, out);
    }
    Ok(())
}

impl Rows {
    /// A row as JSON: the fields themselves, or an envelope around them.
    fn object(
        &mut self,
        item: &Item<'_>,
        context: &Context<'_>,
        out: &mut Batch,
    ) -> Result<Lowered, String> {
        let node = Node::parse(item.text)?;
        let (row, outer) = match &node["result"] {
            result if result.is_object() => (result, "/result"),
            _ => (&node, ""),
        };
        if node["preview"].flag() == Some(true) {
            self.previews = true;
            return Ok(Lowered::Nothing("row of a preview, which later rows supersede"));
        }
        self.finals = true;
        let raw = row["_raw"].one_or_more().first().and_then(Node::text);
        let Some(raw) = raw else {
            // The last line of an export may have no row at all.
            if node["lastrow"].is_some() && outer.is_empty() {
                return Ok(Lowered::Nothing("end of the rows"));
            }
            return Err("it has no `_raw` (add `| fields _raw` to the search)".to_owned());
        };
        let place = item.place.inside(out.text(&format!("{outer}/_raw")));
        self.event(raw, row["sourcetype"].text(), place, context, out)
    }

    /// Reads the original, which may stand behind a head of its line.
    fn event(
        &mut self,
        raw: &str,
        kind: Option<&str>,
        place: Place,
        context: &Context<'_>,
        out: &mut Batch,
    ) -> Result<Lowered, String> {
        let raw = raw.trim();
        let start = if raw.ends_with('}') { raw.find('{') } else { None };
        let read = start.and_then(|at| self.wrapped.text(&raw[at..], place, context, out));
        if let Some(lowered) = read {
            return lowered;
        }
        if self.unread.len() < NAMED {
            let kind = kind.unwrap_or("unknown");
            self.unread.insert(printable(kind.as_bytes(), 60));
        }
        Ok(Lowered::Nothing("event of a system whose format is not read"))
    }

    fn finish(&self, out: &mut Batch) {
        self.wrapped.finish(out);
        if !self.unread.is_empty() {
            let kinds: Vec<_> = self.unread.iter().map(|kind| format!("`{kind}`")).collect();
            out.gap(format!(
                "events of these sourcetypes are in no format that is read: {} (leave them out of \
                 the search if they are not needed)",
                kinds.join(", ")
            ));
        }
        if self.previews && !self.finals {
            out.gap("it holds previews only (let the search finish)".to_owned());
        }
    }
}

/// Where the columns are that are read.
struct Columns {
    width: usize,
    raw: Option<usize>,
    kind: Option<usize>,
}

impl Columns {
    fn of(header: &str, delimiter: u8) -> Self {
        let names = rows::fields(header, delimiter);
        let at = |name: &str| names.iter().position(|known| known.trim() == name);
        Self { width: names.len(), raw: at("_raw"), kind: at("sourcetype") }
    }

    fn row(&self, item: &Item<'_>, delimiter: u8) -> Result<(String, Option<String>), String> {
        let cells = rows::fields(item.text, delimiter);
        if cells.len() != self.width {
            return Err(format!("it has {} fields, the header has {}", cells.len(), self.width));
        }
        let cell = |at: Option<usize>| at.and_then(|at| cells.get(at)).map(|c| c.trim().to_owned());
        let raw = cell(self.raw).filter(|raw| !raw.is_empty()).ok_or("its `_raw` is empty")?;
        Ok((raw, cell(self.kind)))
    }
}

#[cfg(test)]
mod tests;
