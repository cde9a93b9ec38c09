//! `collected.csv`: who exported which file, when and with which command.
//!
//! The monthly collection writes it as it goes, so that nobody has to tell the origin of each
//! export in `sodpack.toml` by hand, and a file that was touched since can be told from one that
//! was not.

use std::collections::BTreeMap;

use crate::model::Export;

/// A file as it was collected.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Collected {
    /// How its export was made.
    pub export: Export,
    /// Line of the log.
    pub line: u32,
}

/// Every file that was collected, by its path relative to the configuration's folder, with `/` on
/// every platform. A file collected more than once counts as it was the last time.
#[derive(Clone, Debug, Default)]
pub struct Collection {
    /// The files.
    pub files: BTreeMap<String, Collected>,
}
