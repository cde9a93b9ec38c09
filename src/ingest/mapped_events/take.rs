//! From a row to the text, word or time of one field.

use std::borrow::Cow;
use std::collections::BTreeSet;

use chrono::{DateTime, NaiveDate, NaiveDateTime};

use super::Row;
use crate::ingest::error::printable;
use crate::ingest::ingester::Context;
use crate::ingest::times::millis;
use crate::model::{Field, Holds, Instant, Mapping, RecordMap, TimeFormat};

/// Every column or pointer that the mapping names.
pub(in crate::ingest) fn names(mapping: &Mapping) -> BTreeSet<&str> {
    let records = mapping.records.iter();
    records
        .flat_map(|record| {
            let fields = record.fields.values().flat_map(|field| field.from.iter());
            fields.chain(record.when.iter().map(|condition| &condition.from))
        })
        .map(String::as_str)
        .collect()
}

/// Takes the fields of one record from one row, and keeps what is wrong with them.
pub(super) struct Take<'r> {
    record: &'r RecordMap,
    row: &'r dyn Row,
    pub(super) faults: Vec<String>,
}

impl<'r> Take<'r> {
    pub(super) fn new(record: &'r RecordMap, row: &'r dyn Row) -> Self {
        Self { record, row, faults: Vec::new() }
    }

    /// Every value of a field, translated. Faults are noted.
    pub(super) fn all(&mut self, name: &str) -> Vec<String> {
        let Some((shape, field)) = self.field(name) else { return Vec::new() };
        let found = match &field.is {
            Some(text) => vec![text.clone()],
            None => self.raw(field),
        };
        if found.is_empty() && shape.needed {
            self.faults.push(format!("its `{name}` is empty ({})", said(field)));
        }
        let mut values = Vec::new();
        for text in found {
            match translated(&text, field, &shape.holds) {
                Some(value) => values.push(format!("{}{value}", field.prefix)),
                None => self.faults.push(format!(
                    "its `{name}` is `{}`, which is not told what it means (add it to `values`)",
                    printable(text.as_bytes(), 60)
                )),
            }
        }
        values
    }

    /// The first value of a field.
    pub(super) fn one(&mut self, name: &str) -> Option<String> {
        self.all(name).into_iter().next()
    }

    /// A word that is one of the model's.
    pub(super) fn word<T>(&mut self, name: &str, named: fn(&str) -> Option<T>) -> Option<T> {
        self.one(name).as_deref().and_then(named)
    }

    /// A moment.
    pub(super) fn time(&mut self, name: &str, context: &Context<'_>) -> Option<Instant> {
        let text = self.one(name)?;
        let (_, field) = self.field(name)?;
        match moment(&text, field.time.as_ref(), context) {
            Ok(at) => Some(at),
            Err(fault) => {
                self.faults.push(fault);
                None
            }
        }
    }

    fn field(&self, name: &str) -> Option<(&'static crate::model::FieldShape, &'r Field)> {
        let shape = self.record.gives.fields().find(|shape| shape.name == name)?;
        Some((shape, self.record.fields.get(name)?))
    }

    /// The texts of the field's columns. Several columns make one text, which is there if all are.
    fn raw(&self, field: &Field) -> Vec<String> {
        let mut found: Vec<String> = match &*field.from {
            [one] => self.row.texts(one).into_iter().map(Cow::into_owned).collect(),
            several => {
                let parts: Vec<_> = several
                    .iter()
                    .filter_map(|from| self.row.texts(from).into_iter().next())
                    .collect();
                match parts.len() == several.len() {
                    true => vec![parts.join(&field.joined)],
                    false => Vec::new(),
                }
            }
        };
        if let Some(split) = &field.split {
            let parts = found.iter().flat_map(|text| text.split(split.as_str()));
            found = parts.map(|part| part.trim().to_owned()).collect();
        }
        found.retain(|text| !text.is_empty());
        found
    }
}

fn said(field: &Field) -> String {
    let names: Vec<_> = field.from.iter().map(|name| format!("`{name}`")).collect();
    format!("from {}", names.join(" and "))
}

/// What a text means: by the field's own words, or as it is.
fn translated<'t>(text: &'t str, field: &'t Field, holds: &Holds) -> Option<Cow<'t, str>> {
    if let Some(meant) = field.values.get(text) {
        return Some(meant.as_str().into());
    }
    if let Some(otherwise) = &field.otherwise {
        return Some(otherwise.as_str().into());
    }
    match holds {
        Holds::Word(words) => {
            let lower = text.to_lowercase();
            words().contains(&lower.as_str()).then_some(lower.into())
        }
        // Words that are told apart must all be told.
        Holds::Text | Holds::System | Holds::Time if !field.values.is_empty() => None,
        Holds::Text | Holds::System | Holds::Time => Some(text.into()),
    }
}

fn moment(
    text: &str,
    format: Option<&TimeFormat>,
    context: &Context<'_>,
) -> Result<Instant, String> {
    let number =
        || text.parse::<i64>().map_err(|_| format!("`{}` is no whole number", shown(text)));
    match format {
        None => context.time(text).map_err(|error| error.to_string()),
        Some(TimeFormat::Seconds) => {
            let at = Instant::from_seconds(number()?);
            at.ok_or_else(|| format!("`{}` seconds lie outside the years 1 to 9999", shown(text)))
        }
        Some(TimeFormat::Milliseconds) => millis(number()?),
        Some(TimeFormat::Pattern(pattern)) => patterned(text, pattern, context),
    }
}

fn patterned(text: &str, pattern: &str, context: &Context<'_>) -> Result<Instant, String> {
    if let Ok(at) = DateTime::parse_from_str(text, pattern) {
        let at = Instant::from_micros(at.timestamp_micros());
        return at.ok_or_else(|| format!("`{}` lies outside the years 1 to 9999", shown(text)));
    }
    let date = || NaiveDate::parse_from_str(text, pattern).ok()?.and_hms_opt(0, 0, 0);
    let local = NaiveDateTime::parse_from_str(text, pattern).ok().or_else(date);
    let local =
        local.ok_or_else(|| format!("`{}` is not a time as `{pattern}` says", shown(text)))?;
    let zone = context.settings.timezone.ok_or_else(|| {
        format!("`{}` has no time zone (give `timezone` for its source)", shown(text))
    })?;
    let at = Instant::of_local(local, zone);
    Instant::from_micros(at.micros())
        .ok_or_else(|| format!("`{}` lies outside the years 1 to 9999", shown(text)))
}

fn shown(text: &str) -> String {
    printable(text.as_bytes(), 60)
}
