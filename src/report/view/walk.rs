//! One walk over the merged changes, for every section that asks about them.

use std::collections::BTreeMap;

use super::{AgentChange, Many, agent_changes::agent_change};
use crate::report::{
    Report,
    approvers::{Approvers, note},
};

/// What the walk gathers.
pub(super) struct Walk<'a> {
    /// Merged changes.
    pub(super) merged: u64,
    /// Of these, with an agent's part.
    pub(super) by_agent: u64,
    /// Merged changes by repository.
    pub(super) repositories: BTreeMap<&'a str, u64>,
    /// Changes that an agent took part in, by the time of their merge.
    pub(super) agent_changes: Many<AgentChange>,
    /// Who approved.
    pub(super) approvers: Approvers,
}

impl<'a> Walk<'a> {
    pub(super) fn new(report: &Report<'a>, limit: usize) -> Self {
        let mut this = Self {
            merged: 0,
            by_agent: 0,
            repositories: BTreeMap::new(),
            agent_changes: Many::new("tables/changes.csv"),
            approvers: Approvers::new(),
        };
        report.each_change(&mut |facts| {
            this.merged += 1;
            let repository = report.text(facts.case.change.record.repository);
            *this.repositories.entry(repository).or_default() += 1;
            for approval in &facts.approvals.all {
                note(report, &mut this.approvers, approval);
            }
            if facts.by_agent {
                this.by_agent += 1;
                this.agent_changes.add(limit, || agent_change(report, facts));
            }
        });
        this.agent_changes.tell();
        this
    }
}
