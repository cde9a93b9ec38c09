//! One table of a TOML file, which remembers what was asked of it.
//!
//! The keys that a reader asks for are the keys that exist: what is left over at the end is
//! unknown, and is a problem with the nearest known key as its cure. So a key cannot be read and
//! forgotten in a list of known keys, or the other way round.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::document::{At, Lines};
use super::shape::{self, Shaped, Wrong};
use super::spelling::{listed, nearest, quoted};
use crate::model::Instant;
use crate::policy::Problems;

/// One table of a file, while it is read.
pub(super) struct Table<'d> {
    found: &'d RefCell<Problems>,
    file: &'d str,
    lines: &'d Lines,
    /// As written: `[signing]`. Empty for the whole file.
    name: String,
    line: u32,
    entries: &'d DeTable<'d>,
    asked: Vec<&'static str>,
}

/// What may stand under a key that has a short form.
pub(super) enum TextOrTable<'d> {
    Text(At<String>),
    Table(Table<'d>),
}

impl<'d> Table<'d> {
    /// The table of a whole file.
    pub(super) fn whole(
        found: &'d RefCell<Problems>,
        file: &'d str,
        lines: &'d Lines,
        entries: &'d DeTable<'d>,
    ) -> Self {
        Self { found, file, lines, name: String::new(), line: 0, entries, asked: Vec::new() }
    }

    /// The line of its head; 0 for the whole file.
    pub(super) fn line(&self) -> u32 {
        self.line
    }

    /// Tells whether a key is written.
    pub(super) fn has(&self, key: &str) -> bool {
        self.entries.contains_key(key)
    }

    /// Notes a problem.
    pub(super) fn note(&self, line: u32, fault: impl Into<String>, cure: impl Into<String>) {
        self.found.borrow_mut().note(self.file, line, fault, cure);
    }

    /// A text of the shape that `check` knows, if the key is written.
    pub(super) fn get<T>(
        &mut self,
        key: &'static str,
        check: impl FnOnce(&str) -> Shaped<T>,
    ) -> Option<At<T>> {
        let At { value, line } = self.value(key)?;
        let DeValue::String(text) = value else {
            return self.mistyped(key, line, value, "a text in double quotes");
        };
        if text.trim().is_empty() {
            self.note(line, format!("`{key}` is empty"), "write its value, or remove the line");
            return None;
        }
        let checked = check(text);
        self.keep(checked, line, || format!("`{key}` is {}", quoted(text)))
    }

    /// Like [`get`](Self::get), for a key that must be written; `example` shows how.
    pub(super) fn need<T>(
        &mut self,
        key: &'static str,
        example: &str,
        check: impl FnOnce(&str) -> Shaped<T>,
    ) -> Option<At<T>> {
        if !self.has(key) {
            let place =
                if self.name.is_empty() { String::new() } else { format!(" in {}", self.name) };
            self.note(self.line, format!("no `{key}`{place}"), format!("add `{key} = {example}`"));
        }
        self.get(key, check)
    }

    /// A list of texts; none if the key is not written. A text that stands there twice is a
    /// problem.
    pub(super) fn list<T>(
        &mut self,
        key: &'static str,
        check: impl Fn(&str) -> Shaped<T>,
    ) -> Vec<At<T>> {
        let Some(At { value, line }) = self.value(key) else { return Vec::new() };
        let DeValue::Array(items) = value else {
            self.mistyped::<()>(key, line, value, "a list of texts: `[\"…\", \"…\"]`");
            return Vec::new();
        };
        let mut seen = BTreeSet::new();
        let mut all = Vec::new();
        for item in items.iter() {
            let line = self.lines.at(item.span().start);
            let DeValue::String(text) = item.get_ref() else {
                self.mistyped::<()>(key, line, item.get_ref(), "texts in double quotes");
                continue;
            };
            let holds = || format!("`{key}` holds {}", quoted(text));
            if text.trim().is_empty() {
                self.note(line, format!("`{key}` holds an empty text"), "remove it");
            } else if !seen.insert(text) {
                self.note(line, format!("{} twice", holds()), "remove one");
            } else {
                let checked = check(text);
                all.extend(self.keep(checked, line, holds));
            }
        }
        all
    }

    /// Like [`list`](Self::list), for a list that must hold something.
    pub(super) fn some<T>(
        &mut self,
        key: &'static str,
        example: &str,
        check: impl Fn(&str) -> Shaped<T>,
    ) -> Vec<T> {
        let empty = match self.entries.get(key).map(Spanned::get_ref) {
            None => true,
            Some(DeValue::Array(items)) => items.is_empty(),
            Some(_) => false,
        };
        if empty {
            let line = self.value(key).map_or(self.line, |value| value.line);
            self.note(
                line,
                format!("no `{key}` in {}", self.name),
                format!("add `{key} = {example}`"),
            );
        }
        self.list(key, check).into_iter().map(|at| at.value).collect()
    }

    /// A whole number within a range.
    pub(super) fn number(
        &mut self,
        key: &'static str,
        range: std::ops::RangeInclusive<u32>,
    ) -> Option<u32> {
        let At { value, line } = self.value(key)?;
        let DeValue::Integer(number) = value else {
            return self.mistyped(key, line, value, "a whole number without quotes");
        };
        let value = u32::from_str_radix(number.as_str(), number.radix()).ok();
        let sound = value.filter(|value| range.contains(value));
        if sound.is_none() {
            let (least, most) = (range.start(), range.end());
            let shown = quoted(&number.to_string());
            self.note(
                line,
                format!("`{key}` is {shown}"),
                format!("write a number from {least} to {most}"),
            );
        }
        sound
    }

    /// A truth value.
    pub(super) fn flag(&mut self, key: &'static str) -> Option<bool> {
        let At { value, line } = self.value(key)?;
        match value {
            DeValue::Boolean(flag) => Some(*flag),
            other => self.mistyped(key, line, other, "`true` or `false` without quotes"),
        }
    }

    /// A moment, written as a text or as TOML's own date and time. A date is its first moment.
    pub(super) fn moment(&mut self, key: &'static str, zone: chrono_tz::Tz) -> Option<Instant> {
        self.moment_by(key, |text| shape::start(text, zone))
    }

    /// The same, where a date is the first moment after it.
    pub(super) fn moment_after(
        &mut self,
        key: &'static str,
        zone: chrono_tz::Tz,
    ) -> Option<Instant> {
        self.moment_by(key, |text| shape::end(text, zone))
    }

    fn moment_by(
        &mut self,
        key: &'static str,
        check: impl FnOnce(&str) -> Shaped<Instant>,
    ) -> Option<Instant> {
        let At { value, line } = self.value(key)?;
        let text = match value {
            DeValue::String(text) => text.to_string(),
            DeValue::Datetime(time) => time.to_string(),
            other => {
                return self.mistyped(key, line, other, "a time such as `2026-10-31T09:30:00Z`");
            }
        };
        let checked = check(&text);
        Some(self.keep(checked, line, || format!("`{key}` is {}", quoted(&text)))?.value)
    }

    /// The table under a key.
    pub(super) fn table(&mut self, key: &'static str) -> Option<Self> {
        let At { value, line } = self.value(key)?;
        let outer = self.name.trim_matches(['[', ']']);
        let name = if outer.is_empty() { format!("[{key}]") } else { format!("[{outer}.{key}]") };
        match value {
            DeValue::Table(entries) => Some(self.inner(name, line, entries)),
            other => self.mistyped(key, line, other, &format!("a table that begins with `{name}`")),
        }
    }

    /// The text under a key, or the table that stands in its place.
    pub(super) fn text_or_table(&mut self, key: &'static str) -> Option<TextOrTable<'d>> {
        if let Some(DeValue::Table(_)) = self.entries.get(key).map(Spanned::get_ref) {
            return self.table(key).map(TextOrTable::Table);
        }
        self.get(key, shape::line).map(TextOrTable::Text)
    }

    /// A text, or a list of texts in its place.
    pub(super) fn one_or_more(&mut self, key: &'static str) -> Vec<At<String>> {
        match self.entries.get(key).map(Spanned::get_ref) {
            Some(DeValue::Array(_)) => self.list(key, shape::line),
            _ => self.get(key, shape::line).into_iter().collect(),
        }
    }

    /// The texts of a table whose keys people choose.
    pub(super) fn dictionary(&mut self, key: &'static str) -> BTreeMap<String, At<String>> {
        let Some(At { value, line }) = self.value(key) else { return BTreeMap::new() };
        let DeValue::Table(entries) = value else {
            self.mistyped::<()>(key, line, value, "a table such as `{ \"OK\" = \"allowed\" }`");
            return BTreeMap::new();
        };
        let mut texts = BTreeMap::new();
        for (name, value) in entries {
            let line = self.lines.at(value.span().start);
            match value.get_ref() {
                DeValue::String(text) => {
                    texts.insert(name.get_ref().to_string(), At { value: text.to_string(), line });
                }
                other => {
                    self.mistyped::<()>(name.get_ref(), line, other, "a text in double quotes");
                }
            }
        }
        texts
    }

    /// The tables under a key, each headed `[[key]]`.
    pub(super) fn tables(&mut self, key: &'static str) -> Vec<Self> {
        let Some(At { value, line }) = self.value(key) else { return Vec::new() };
        let outer = self.name.trim_matches(['[', ']']);
        let name = match outer.is_empty() {
            true => format!("[[{key}]]"),
            false => format!("[[{outer}.{key}]]"),
        };
        let want = format!("tables that each begin with `{name}`");
        let DeValue::Array(items) = value else {
            self.mistyped::<()>(key, line, value, &want);
            return Vec::new();
        };
        let mut tables = Vec::new();
        for item in items.iter() {
            let line = self.lines.at(item.span().start);
            match item.get_ref() {
                DeValue::Table(entries) => tables.push(self.inner(name.clone(), line, entries)),
                other => {
                    self.mistyped::<()>(key, line, other, &want);
                }
            }
        }
        tables
    }

    /// The tables under a key, or the one table that stands in their place.
    pub(super) fn tables_or_one(&mut self, key: &'static str) -> Vec<Self> {
        match self.entries.get(key).map(Spanned::get_ref) {
            Some(DeValue::Array(_)) => self.tables(key),
            _ => self.table(key).into_iter().collect(),
        }
    }

    /// Ends the reading: a key that nobody asked for is unknown.
    pub(super) fn close(self) {
        for (key, value) in self.entries {
            if !self.asked.contains(&key.get_ref().as_ref()) {
                let line = self.lines.at(key.span().start.min(value.span().start));
                let place =
                    if self.name.is_empty() { String::new() } else { format!(" in {}", self.name) };
                let cure = match nearest(key.get_ref(), self.asked.iter().copied()) {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => format!("remove it, or write one of {}", listed(&self.asked)),
                };
                self.note(line, format!("unknown key {}{place}", quoted(key.get_ref())), cure);
            }
        }
    }

    fn inner(&self, name: String, line: u32, entries: &'d DeTable<'d>) -> Self {
        Self { name, line, entries, asked: Vec::new(), ..*self }
    }

    fn value(&mut self, key: &'static str) -> Option<At<&'d DeValue<'d>>> {
        self.asked.push(key);
        let value = self.entries.get(key)?;
        Some(At { value: value.get_ref(), line: self.lines.at(value.span().start) })
    }

    fn keep<T>(&self, checked: Shaped<T>, line: u32, what: impl Fn() -> String) -> Option<At<T>> {
        match checked {
            Ok(value) => Some(At { value, line }),
            Err(Wrong { which, cure }) => {
                self.note(line, format!("{}, which {which}", what()), cure);
                None
            }
        }
    }

    fn mistyped<T>(&self, key: &str, line: u32, value: &DeValue<'_>, want: &str) -> Option<T> {
        let is = match value {
            DeValue::String(_) => "a text",
            DeValue::Integer(_) => "a whole number",
            DeValue::Float(_) => "a decimal number",
            DeValue::Boolean(_) => "a truth value",
            DeValue::Datetime(_) => "a date or time",
            DeValue::Array(_) => "a list",
            DeValue::Table(_) => "a table",
        };
        self.note(line, format!("`{key}` holds {is}"), format!("write {want}"));
        None
    }
}
