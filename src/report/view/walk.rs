//! One walk over the merged changes, for every section that asks about them.

use std::collections::BTreeMap;

use super::{AgentChange, Many, agent_changes::agent_change};
use crate::{
    crossref::ChangeFacts,
    model::{Instant, SubjectId},
    report::{
        Report,
        approvers::{Approvers, note},
    },
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
        let mut by_agents: Vec<(Option<Instant>, SubjectId)> = Vec::new();
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
                let change = &facts.case.change.record;
                by_agents.push((change.done, change.id));
            }
        });
        // Only now is it known which are the first.
        by_agents.sort_unstable();
        this.agent_changes.total = this.by_agent;
        let first = by_agents.iter().take(limit);
        let changes = first.filter_map(|(_, id)| report.cx().dataset.subject(*id));
        let facts = changes.filter_map(|change| ChangeFacts::gather(report.cx(), change));
        this.agent_changes.rows = facts.map(|facts| agent_change(report, &facts)).collect();
        this.agent_changes.tell();
        this
    }
}
