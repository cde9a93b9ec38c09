//! What people say about an export, because its files do not.

use super::{Export, Instant, Mapping};

/// Which columns of a role export hold what; `None`: the column is found by its usual name.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Columns {
    /// Who holds the role.
    pub principal: Option<String>,
    /// The role.
    pub role: Option<String>,
    /// What it is limited to.
    pub scope: Option<String>,
    /// When it began.
    pub from: Option<String>,
    /// When it ended.
    pub until: Option<String>,
    /// Who gave it.
    pub granted_by: Option<String>,
    /// The holder's address.
    pub email: Option<String>,
}

/// What people say about the files of a source. Written below `[[source]]`, read by ingesters.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// Id of the ingester, where it is not to be recognised.
    pub format: Option<String>,
    /// The system that accounts and roles belong to, where it is not the format's own.
    pub system: Option<String>,
    /// The repository, for a history, which does not name it: `acme/pay`.
    pub repository: Option<String>,
    /// The branch, for a history, which does not name it.
    pub branch: Option<String>,
    /// The team, organisation or repository of a member list: `team:acme/reviewers`, `org:acme`,
    /// `repo:acme/pay`.
    pub scope: Option<String>,
    /// The role that everybody in a member list has, where the list does not say.
    pub role: Option<String>,
    /// The zone of times that have none.
    pub timezone: Option<chrono_tz::Tz>,
    /// When a snapshot was taken.
    pub snapshot_at: Option<Instant>,
    /// How the export was made.
    pub export: Export,
    /// Columns of a role export.
    pub columns: Columns,
    /// What the rows of an export mean that no reader knows.
    pub mapping: Mapping,
}
