//! Runs of playbooks and changes of their definitions, as the logs show them.
//!
//! What is a run and what a change is policy's to say: they are uses of two capabilities that rules
//! know by name.

use std::collections::BTreeMap;

use super::{Context, Coverage, coverage};
use crate::{
    model::{Decision, Instant, Located, Outcome, Source, Symbol},
    policy::{Capability, Playbook, PrincipalId},
};

/// Name of the capability that running a playbook uses.
pub const EXECUTE_PLAYBOOK: &str = "execute-playbook";

/// Name of the capability that changing a definition uses.
pub const MODIFY_DEFINITION: &str = "modify-definition";

/// What the logs show of playbooks, refusals left out, by time.
#[derive(Debug, Default)]
pub struct PlaybookUses<'a> {
    /// Runs.
    pub runs: Vec<&'a Located<Decision>>,
    /// Changes of definitions.
    pub changes: Vec<&'a Located<Decision>>,
    by_principal: BTreeMap<PrincipalId, Vec<&'a Located<Decision>>>,
}

impl<'a> PlaybookUses<'a> {
    /// Finds them.
    pub(super) fn new(cx: &Context<'a>) -> Self {
        let mut this = Self::default();
        let named = |name| cx.policy.capability(name);
        let (runs, changes) = (named(EXECUTE_PLAYBOOK), named(MODIFY_DEFINITION));
        for decision in cx.dataset.decisions() {
            if decision.record.outcome == Outcome::Denied {
                continue;
            }
            if is_use(cx, runs, &decision.record) {
                this.runs.push(decision);
                if let Some(principal) = cx.identities.principal(decision.record.actor) {
                    this.by_principal.entry(principal).or_default().push(decision);
                }
            }
            if is_use(cx, changes, &decision.record) {
                this.changes.push(decision);
            }
        }
        this
    }

    /// The runs of one principal.
    pub fn runs_of(&self, principal: PrincipalId) -> &[&'a Located<Decision>] {
        self.by_principal.get(&principal).map_or(&[], Vec::as_slice)
    }
}

fn is_use(cx: &Context<'_>, capability: Option<&Capability>, decision: &Decision) -> bool {
    let resource = decision.resource.map(|resource| cx.dataset.text(resource));
    capability.is_some_and(|c| c.is_used_by(cx.dataset.text(decision.action), resource))
}

/// Tells whether policy says which actions are a use of a capability, so that none goes unseen.
pub(super) fn is_mapped(cx: &Context<'_>, name: &str) -> bool {
    cx.policy.capability(name).is_some_and(|capability| !capability.actions.is_empty())
}

/// The playbooks of policy that a resource belongs to.
pub(super) fn of_resource<'a>(
    cx: &Context<'a>,
    resource: Symbol,
) -> impl Iterator<Item = &'a Playbook> {
    let resource = cx.dataset.text(resource);
    let playbooks: &'a [Playbook] = &cx.policy.playbooks;
    playbooks.iter().filter(move |p| p.resources.iter().any(|pattern| pattern.matches(resource)))
}

/// Tells whether two resources are parts of one playbook: they are one, or policy says so.
pub(super) fn is_one(cx: &Context<'_>, one: Symbol, other: Symbol) -> bool {
    let covers = |playbook: &Playbook| {
        let other = cx.dataset.text(other);
        playbook.resources.iter().any(|pattern| pattern.matches(other))
    };
    one == other || of_resource(cx, one).any(covers)
}

/// Tells whether a change may have been one of this playbook, for the log does not say of which.
pub(super) fn may_be_of(cx: &Context<'_>, run: &Decision, change: &Decision) -> bool {
    let system = |action| cx.dataset.text(action).split(':').next();
    change.resource.is_none() && system(change.action) == system(run.action)
}

/// Why a change of a playbook between its approval and one of its runs might not be in the evidence:
/// the logs must show all that was done from the one to the other.
pub(super) fn unseen_since(cx: &Context<'_>, approved: Instant, run: &Decision) -> Option<String> {
    let system = cx.dataset.text(run.action).split(':').next().unwrap_or_default();
    let begins = |source: &Source| source.tally.times.is_some_and(|(first, _)| first <= approved);
    let mut logs = cx.dataset.sources().iter().filter(|s| s.logs_edits && s.system == system);
    unseen_changes(cx, run).or_else(|| {
        let told = format!(
            "a change of the playbook might not be seen: no log of {system} reaches back to its \
             approval on {}",
            cx.clock(approved)
        );
        (!logs.any(begins)).then_some(told)
    })
}

/// Why a change of a playbook might not be in the evidence, though one of its runs is.
pub(super) fn unseen_changes(cx: &Context<'_>, run: &Decision) -> Option<String> {
    if !is_mapped(cx, MODIFY_DEFINITION) {
        return Some(format!(
            "policy maps no action to {MODIFY_DEFINITION}, so no change of a playbook would be seen"
        ));
    }
    match coverage(cx, cx.dataset.text(run.action).split(':').take(1)) {
        Coverage::Missing(why) => {
            Some(format!("a change of the playbook might not be seen: {why}"))
        }
        Coverage::Elsewhere(system) => Some(format!(
            "a change of the playbook might not be seen: no log of what was done in {system} is in \
             the evidence"
        )),
        Coverage::Whole => None,
    }
}
