//! A list that may be shorter than what it lists, and says so.

use serde::Serialize;

use crate::report::wording;

/// The first rows of a list, and how many there are.
#[derive(Clone, Debug, Serialize)]
pub struct Many<T> {
    /// The rows that are shown.
    pub rows: Vec<T>,
    /// How many there are.
    pub total: u64,
    /// What is left out and where it is; none if nothing is.
    pub note: Option<String>,
    /// The table that holds all, as a path in the pack's data folder.
    pub table: String,
}

impl<T> Many<T> {
    /// An empty list, of which `table` holds all.
    pub(super) fn new(table: impl Into<String>) -> Self {
        Self { rows: Vec::new(), total: 0, note: None, table: table.into() }
    }

    /// The first `limit` of `all`.
    pub(super) fn of(
        table: &'static str,
        limit: usize,
        all: impl IntoIterator<Item = impl FnOnce() -> T>,
    ) -> Self {
        let mut this = Self::new(table);
        all.into_iter().for_each(|make| this.add(limit, make));
        this.tell();
        this
    }

    /// Counts a row, and makes it if it is among the first `limit`.
    pub(super) fn add(&mut self, limit: usize, make: impl FnOnce() -> T) {
        self.total += 1;
        if self.rows.len() < limit {
            self.rows.push(make());
        }
    }

    /// Shows at most `rows` rows.
    pub(super) fn cut(&mut self, rows: usize) {
        self.rows.truncate(rows);
        self.tell();
    }

    /// Words what is left out.
    pub(super) fn tell(&mut self) {
        let shown = self.rows.len() as u64;
        self.note = (shown < self.total).then(|| {
            let (shown, total) = (wording::count(shown), wording::count(self.total));
            format!("The first {shown} of {total}; all are in {}.", self.table)
        });
    }
}
