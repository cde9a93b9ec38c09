//! Rows that no reader knows, by what people say they mean.
//!
//! A row is a line of CSV or a JSON value; what differs is only how a column or member is found.

mod lower;
mod take;

use std::{borrow::Cow, collections::BTreeSet};

use self::lower::Lower;
use super::attempt::Lowered;
use super::ingester::Context;
use super::json_tree::Node;
use crate::model::{Batch, HowKnown, Place, RecordMap};

pub(super) use take::names;

/// One row.
pub(super) trait Row {
    /// The texts in a column or at a pointer: none, one, or those of a list.
    fn texts(&self, from: &str) -> Vec<Cow<'_, str>>;
}

impl Row for Node<'_> {
    fn texts(&self, from: &str) -> Vec<Cow<'_, str>> {
        let mut found: Vec<&Node<'_>> = vec![self];
        let path = from.strip_prefix('/').unwrap_or(from);
        for name in path.split('/') {
            let name = name.replace("~1", "/").replace("~0", "~");
            found = found.into_iter().flat_map(|node| step(node, &name)).collect();
        }
        found.into_iter().flat_map(|node| node.one_or_more()).filter_map(as_text).collect()
    }
}

/// The member or element of that name; every element for `*`.
fn step<'n, 'a>(node: &'n Node<'a>, name: &str) -> Vec<&'n Node<'a>> {
    match node {
        Node::Array(items) if name == "*" => items.iter().collect(),
        Node::Array(items) => {
            name.parse().ok().and_then(|at: usize| items.get(at)).into_iter().collect()
        }
        Node::Object(_) => vec![&node[name]],
        _ => Vec::new(),
    }
}

fn as_text<'n>(node: &'n Node<'_>) -> Option<Cow<'n, str>> {
    match node {
        Node::Text(_) => node.text().map(Cow::Borrowed),
        Node::Whole(number) => Some(number.to_string().into()),
        Node::Number(number) => Some(number.to_string().into()),
        Node::Flag(flag) => Some(if *flag { "true" } else { "false" }.into()),
        Node::Null | Node::Array(_) | Node::Object(_) => None,
    }
}

const NO_MAPPING: &str =
    "nobody says what its rows mean (add `[[source.record]]` to its source in sodpack.toml)";

/// Lowers one row. Nothing of it is added unless all of it can be read.
pub(super) fn row(
    row: &dyn Row,
    place: Place,
    context: &Context<'_>,
    out: &mut Batch,
) -> Result<Lowered, String> {
    let records = &context.settings.mapping.records;
    if records.is_empty() {
        return Err(NO_MAPPING.to_owned());
    }
    let mut ready = Vec::new();
    let mut faults = Vec::new();
    for record in records.iter().filter(|record| applies(record, row)) {
        match Lower::new(record, row, context) {
            Ok(lower) => ready.push(lower),
            Err(mut found) => faults.append(&mut found),
        }
    }
    // Two fields, or records, may read one column.
    let mut told = BTreeSet::new();
    faults.retain(|fault| told.insert(fault.clone()));
    if !faults.is_empty() {
        return Err(faults.join("; "));
    }
    if ready.is_empty() {
        return Ok(Lowered::Nothing("row to which no record of its source's mapping applies"));
    }
    let mut kept = None;
    for lower in ready {
        let lowered = lower.write(place, context, out);
        if lowered == Lowered::Records || kept.is_none() {
            kept = Some(lowered);
        }
    }
    Ok(kept.unwrap_or(Lowered::Records))
}

fn applies(record: &RecordMap, row: &dyn Row) -> bool {
    record.when.iter().all(|condition| {
        let texts = row.texts(&condition.from);
        match condition.is.is_empty() {
            true => !texts.is_empty(),
            false => texts.iter().any(|text| condition.is.iter().any(|known| known == text)),
        }
    })
}

/// Notes which roles the mapping's rows prove.
pub(super) fn proves(context: &Context<'_>, out: &mut Batch) {
    let grants = context.settings.mapping.records.iter().filter(|record| lower::is_grant(record));
    let known: Vec<HowKnown> = grants.map(|record| lower::known(record, context)).collect();
    let all_rejected = out.tally().lowered == 0 && out.tally().rejected > 0;
    if let (Some(first), false) = (known.first(), all_rejected) {
        out.proves_roles(*first);
    }
}
