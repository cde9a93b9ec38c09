//! The first records of a file as they were understood, in words: for people who set up a source.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::model::{
    Account, Act, Dataset, Decision, Grant, HowKnown, Instant, Link, Located, Place, SourceId,
    Subject, Symbol,
};

/// One item of a file, and the records that it gave.
#[derive(Debug, Serialize)]
pub struct Shown {
    /// Where it lies: `line 2`, `/Records/3`.
    pub place: String,
    /// Its records: what each is, and its fields by name.
    pub records: Vec<(&'static str, Vec<(&'static str, String)>)>,
}

/// The first `most` items of a file that gave records. A record that several items give is shown
/// with the first of them only.
pub fn shown(data: &Dataset, source: SourceId, most: usize) -> Vec<Shown> {
    let mut items = Items { data, source, most, found: BTreeMap::new() };
    items.add("account", data.accounts(), account);
    items.add("subject", data.subjects(), subject);
    items.add("act", data.acts(), act);
    items.add("link", data.links(), link);
    items.add("role", data.grants(), grant);
    items.add("decision", data.decisions(), decision);
    let text = |place: Place| place.text(data.symbols());
    items.found.into_iter().map(|(place, records)| Shown { place: text(place), records }).collect()
}

type Fields = Vec<(&'static str, String)>;

struct Items<'d> {
    data: &'d Dataset,
    source: SourceId,
    most: usize,
    found: BTreeMap<Place, Vec<(&'static str, Fields)>>,
}

impl Items<'_> {
    /// Keeps what the first items gave; never more than those, however large the file.
    fn add<T>(
        &mut self,
        kind: &'static str,
        all: &[Located<T>],
        tell: fn(&Tell<'_>, &T, &mut Fields),
    ) {
        let ours = all.iter().filter(|located| located.origin.source == self.source);
        for located in ours {
            let place = located.origin.place.whole();
            let last = self.found.last_key_value().map(|(place, _)| *place);
            let full = self.found.len() >= self.most;
            if full && last.is_none_or(|last| place > last) {
                continue;
            }
            let mut fields = Vec::new();
            tell(&Tell(self.data), &located.record, &mut fields);
            fields.retain(|(_, text)| !text.is_empty());
            self.found.entry(place).or_default().push((kind, fields));
            if self.found.len() > self.most {
                self.found.pop_last();
            }
        }
    }
}

struct Tell<'d>(&'d Dataset);

impl Tell<'_> {
    fn text(&self, symbol: Symbol) -> String {
        self.0.text(symbol).to_owned()
    }

    fn maybe(&self, symbol: Option<Symbol>) -> String {
        symbol.map_or(String::new(), |symbol| self.text(symbol))
    }
}

fn at(at: Option<Instant>) -> String {
    at.map_or(String::new(), |at| at.to_string())
}

fn account(tell: &Tell<'_>, record: &Account, fields: &mut Fields) {
    fields.extend([
        ("id", tell.text(record.id.0)),
        ("kind", record.kind.to_string()),
        ("email", tell.maybe(record.email)),
        ("name", tell.maybe(record.name)),
    ]);
}

fn subject(tell: &Tell<'_>, record: &Subject, fields: &mut Fields) {
    fields.extend([
        ("id", tell.text(record.id.0)),
        ("kind", record.kind.to_string()),
        ("state", record.state.to_string()),
        ("title", tell.maybe(record.title)),
        ("url", tell.maybe(record.url)),
        ("repository", tell.maybe(record.repository)),
        ("target", tell.maybe(record.target)),
        ("head", tell.maybe(record.revision)),
        ("created", at(record.created)),
        ("done", at(record.done)),
        ("reviews-listed", if record.reviews_listed { "yes" } else { "" }.to_owned()),
    ]);
}

fn act(tell: &Tell<'_>, record: &Act, fields: &mut Fields) {
    fields.extend([
        ("who", tell.text(record.by.0)),
        ("duty", record.duty.to_string()),
        ("to", tell.text(record.to.0)),
        ("at", at(record.at)),
        ("revision", tell.maybe(record.revision)),
        ("dismissed", if record.dismissed { "yes" } else { "" }.to_owned()),
    ]);
}

fn link(tell: &Tell<'_>, record: &Link, fields: &mut Fields) {
    fields.extend([
        ("from", tell.text(record.from.0)),
        ("link", record.kind.to_string()),
        ("to", tell.text(record.to.0)),
    ]);
}

fn grant(tell: &Tell<'_>, record: &Grant, fields: &mut Fields) {
    let known = match record.known {
        HowKnown::Interval => "interval".to_owned(),
        HowKnown::GrantEvent => "given".to_owned(),
        HowKnown::RevokeEvent => "taken".to_owned(),
        HowKnown::Snapshot(Some(at)) => format!("snapshot of {at}"),
        HowKnown::Snapshot(None) => "snapshot of an unknown time".to_owned(),
    };
    fields.extend([
        ("who", tell.text(record.holder.0)),
        ("role", tell.text(record.role.0)),
        ("scope", tell.maybe(record.scope)),
        ("known", known),
        ("from", at(record.from)),
        ("until", at(record.until)),
        ("granted-by", record.granted_by.map_or(String::new(), |by| tell.text(by.0))),
    ]);
}

fn decision(tell: &Tell<'_>, record: &Decision, fields: &mut Fields) {
    fields.extend([
        ("who", tell.text(record.actor.0)),
        ("action", tell.text(record.action)),
        ("outcome", record.outcome.to_string()),
        ("at", record.at.to_string()),
        ("resource", tell.maybe(record.resource)),
        ("code", tell.maybe(record.code)),
        ("control", tell.maybe(record.control)),
        ("message", tell.maybe(record.message)),
        ("request", tell.maybe(record.request)),
    ]);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ingest::Settings;
    use crate::ingest::testing::told;

    #[test]
    fn the_first_items_in_the_files_order() {
        let rows: String = (0..30).map(|n| format!("p{n},r{n},eve\n")).rev().collect();
        let told = told(&format!("principal,role,granted-by\n{rows}"), &Settings::default());
        let items = shown(&told.0, SourceId(0), 2);
        assert_eq!(items.len(), 2);
        assert_eq!(items[0].place, "line 2");
        let kinds: Vec<_> = items[0].records.iter().map(|(kind, _)| *kind).collect();
        assert_eq!(kinds, ["account", "account", "role"]);
        let role = &items[0].records[2].1;
        assert_eq!(role[0], ("who", "roles:p29".to_owned()));
        assert!(role.contains(&("known", "snapshot of an unknown time".to_owned())));
        assert!(role.contains(&("granted-by", "roles:eve".to_owned())));
        assert_eq!(items[1].place, "line 3");
        assert!(shown(&told.0, SourceId(0), 0).is_empty());
    }
}
