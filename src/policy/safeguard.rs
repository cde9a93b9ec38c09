//! What `policy.toml` says of playbooks, of the controls themselves and of emergencies.

use serde::Serialize;

use super::Pattern;
use crate::model::Instant;

/// A playbook that somebody approved for use in production.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Playbook {
    /// What people call it.
    pub name: String,
    /// Resources that running it, or changing its definition, touches.
    pub resources: Vec<Pattern>,
    /// The version that was approved, as people write it.
    pub version: Option<String>,
    /// The category under which it was approved: a limit that the approver's role may have.
    pub category: Option<String>,
    /// Registry id of who approved it, as written.
    pub approved_by: String,
    /// From when on the approval counts.
    pub approved_at: Instant,
    /// First moment at which it no longer counts, if limited.
    pub until: Option<Instant>,
    /// Line of `policy.toml`.
    pub line: u32,
}

/// A control over changes or records, by the actions of logs that edit it.
#[derive(Clone, Debug, Serialize)]
pub struct Control {
    /// What people call it.
    pub name: String,
    /// Actions after which it is gone: `github:protected_branch.destroy`.
    pub removes: Vec<Pattern>,
    /// Actions after which it is there.
    pub restores: Vec<Pattern>,
    /// Actions that change it, for better or worse.
    pub edits: Vec<Pattern>,
    /// Line of `policy.toml`; 0 for a built-in one.
    pub line: u32,
}

impl Control {
    /// The patterns of all its actions.
    pub fn actions(&self) -> impl Iterator<Item = &Pattern> {
        self.removes.iter().chain(&self.restores).chain(&self.edits)
    }

    /// The systems whose logs show its edits, each once.
    pub fn systems(&self) -> Vec<&str> {
        let system = |pattern: &'_ Pattern| pattern.text().find(':').unwrap_or_default();
        let mut systems: Vec<_> = self.actions().map(|p| &p.text()[..system(p)]).collect();
        systems.sort_unstable();
        systems.dedup();
        systems
    }
}

/// Roles and accounts for emergencies, and how soon their use is to be reviewed.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct BreakGlass {
    /// Roles whose holder may go around a control in an emergency.
    pub roles: Vec<Pattern>,
    /// Accounts that exist for emergencies.
    pub accounts: Vec<Pattern>,
    /// Hours after a use within which somebody else is to review it.
    pub review_within_hours: u32,
}

impl BreakGlass {
    /// Tells whether policy names any role or account.
    pub fn is_named(&self) -> bool {
        !self.roles.is_empty() || !self.accounts.is_empty()
    }
}

/// What giving a role needs.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Grants {
    /// A role that entitles to a duty is given only on an approved request.
    pub request_required: bool,
}

/// What logs tell of reviews besides the review itself.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct ReviewLog {
    /// Actions by which logs record that a review was given.
    pub actions: Vec<Pattern>,
}
