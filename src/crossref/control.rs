//! Who edited the controls themselves, and which log would show it.

use std::collections::BTreeMap;

use super::{Context, Tested};
use crate::{
    model::{Decision, Instant, Located, Outcome, Symbol},
    policy::{Control, Pattern},
};

/// What an edit did to a control.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Ord, PartialOrd)]
pub enum Effect {
    /// It is gone.
    Removes,
    /// It is there.
    Restores,
    /// It was changed, for better or worse.
    Edits,
}

/// An edit that a log shows as not refused.
#[derive(Clone, Copy, Debug)]
pub struct Edit<'a> {
    /// The record.
    pub decision: &'a Located<Decision>,
    /// Its index in [`Dataset::decisions`](crate::model::Dataset::decisions).
    pub index: u32,
    /// What it did.
    pub effect: Effect,
}

/// A control of one thing, with every edit of it; or a control as a whole, of what no edit names.
#[derive(Debug)]
pub struct Guarded<'a> {
    /// The control.
    pub control: &'a Control,
    /// Its place in the policy.
    pub number: u32,
    /// What it guards, as the log names it.
    pub resource: Option<Symbol>,
    /// The edits, by time; none for the control as a whole.
    pub edits: Vec<Edit<'a>>,
}

impl Guarded<'_> {
    /// What a judgement on it is about: the first edit in the period, else the first at all.
    pub fn tested(&self, cx: &Context<'_>) -> Tested {
        let inside = |edit: &&Edit<'_>| cx.period.contains(edit.decision.record.at);
        let edit = self.edits.iter().find(inside).or(self.edits.first());
        edit.map_or(Tested::Control(self.number), |edit| Tested::Attempt(edit.index))
    }

    /// Tells whether anything that it guards was edited, which is then judged by itself.
    pub(super) fn is_edited_elsewhere(&self, cx: &Context<'_>) -> bool {
        let of_others =
            |other: &Guarded<'_>| other.number == self.number && !other.edits.is_empty();
        guarded(cx).iter().any(of_others)
    }

    /// What people call it: the control, and what it guards.
    pub fn name(&self, cx: &Context<'_>) -> String {
        match self.resource {
            Some(resource) => format!("{} of {}", self.control.name, cx.dataset.text(resource)),
            None => self.control.name.clone(),
        }
    }

    /// Tells whether it guards a repository: it is named so itself, with a branch, or as its owner.
    pub fn guards(&self, cx: &Context<'_>, repository: Symbol) -> bool {
        let Some(resource) = self.resource else { return false };
        let (resource, repository) = (cx.dataset.text(resource), cx.dataset.text(repository));
        let named = resource.split('@').next().unwrap_or_default();
        let owned = |rest: &str| rest.starts_with('/');
        named == repository || repository.strip_prefix(named).is_some_and(owned)
    }

    /// Tells whether it guards a branch of a repository that it guards. Only a control that names one
    /// branch, and no pattern of several, leaves the others alone.
    pub fn guards_branch(&self, cx: &Context<'_>, branch: Option<Symbol>) -> bool {
        let own = self.resource.and_then(|own| cx.dataset.text(own).split_once('@'));
        match (own, branch) {
            (Some((_, own)), Some(branch)) if !own.contains(['*', '?', '[', '~']) => {
                own == cx.dataset.text(branch)
            }
            _ => true,
        }
    }

    /// Tells whether it is about repositories: changes are proposed in its system, or what it guards
    /// is named as one, though no export shows its changes.
    pub fn is_of_changes(&self, cx: &Context<'_>) -> bool {
        let systems = self.control.systems();
        let named = |text: &str| text.contains('/') && !text.contains([':', '=']);
        cx.change_systems().any(|system| systems.contains(&system))
            || self.resource.is_some_and(|resource| named(cx.dataset.text(resource)))
    }

    /// Tells whether the evidence holds changes of what it guards.
    pub fn has_changes(&self, cx: &Context<'_>) -> bool {
        cx.changed_repositories().any(|repository| self.guards(cx, repository))
    }
}

/// Every control, whole and by what it guards.
pub(super) fn guarded<'a>(cx: &Context<'a>) -> Vec<Guarded<'a>> {
    let controls: &'a [Control] = &cx.policy.controls;
    let mut all = Vec::new();
    for (number, control) in (0..).zip(controls) {
        let mut by_resource: BTreeMap<Option<Symbol>, Vec<Edit<'a>>> = BTreeMap::new();
        let mut effects: BTreeMap<Symbol, Option<Effect>> = BTreeMap::new();
        for (index, decision) in (0..).zip(cx.dataset.decisions()) {
            let Decision { action, at, outcome, resource, .. } = decision.record;
            if outcome == Outcome::Denied || at >= cx.as_of {
                continue;
            }
            let known = effects.entry(action);
            if let Some(effect) = *known.or_insert_with(|| effect(control, cx.dataset.text(action)))
            {
                let edit = Edit { decision, index, effect };
                by_resource.entry(resource).or_default().push(edit);
            }
        }
        all.push(Guarded { control, number, resource: None, edits: Vec::new() });
        let before_end = |edits: &[Edit<'_>]| {
            edits.first().is_some_and(|edit| edit.decision.record.at < cx.period.until)
        };
        let groups = by_resource.into_iter().filter(|(_, edits)| before_end(edits));
        all.extend(groups.map(|(resource, edits)| Guarded { control, number, resource, edits }));
    }
    all
}

fn effect(control: &Control, action: &str) -> Option<Effect> {
    let any = |patterns: &[Pattern]| patterns.iter().any(|pattern| pattern.matches(action));
    if any(&control.removes) {
        Some(Effect::Removes)
    } else if any(&control.restores) {
        Some(Effect::Restores)
    } else {
        any(&control.edits).then_some(Effect::Edits)
    }
}

/// Whether logs would show an edit of a control.
pub(super) enum Coverage {
    /// They would, at any moment of the period.
    Whole,
    /// Nothing of its systems is in the evidence.
    Elsewhere(String),
    /// They might not: why.
    Missing(String),
}

/// Whether the logs of some systems show everything that was done in them to the period's end.
pub(super) fn coverage<'s>(
    cx: &Context<'_>,
    systems: impl IntoIterator<Item = &'s str>,
) -> Coverage {
    coverage_until(cx, systems, cx.period.until, "the period's end")
}

/// The same to another moment, which is called `when`.
pub(super) fn coverage_until<'s>(
    cx: &Context<'_>,
    systems: impl IntoIterator<Item = &'s str>,
    end: Instant,
    when: &str,
) -> Coverage {
    let (mut absent, mut named) = (Vec::new(), Vec::new());
    for system in systems {
        named.push(system);
        let sources = || cx.dataset.sources().iter().filter(|source| source.system == system);
        // Its accounts may stand in the export of another system, such as a collection of logs.
        let named = |text: &str| text.strip_prefix(system).is_some_and(|t| t.starts_with(':'));
        let known = |id: &super::Identity| named(cx.dataset.text(id.account.0));
        if sources().next().is_none() && !cx.identities.all().iter().any(known) {
            absent.push(system);
            continue;
        }
        let logs: Vec<_> = sources().filter(|source| source.logs_edits).collect();
        if logs.is_empty() {
            return Coverage::Missing(format!(
                "no log of what was done in {system} is in the evidence"
            ));
        }
        let broken = |s: &&&crate::model::Source| !s.gaps.is_empty() || s.tally.rejected > 0;
        if let Some(log) = logs.iter().find(broken) {
            return Coverage::Missing(format!("the log {} is not whole", log.path));
        }
        if !logs.iter().any(|log| log.reaches(end)) {
            return Coverage::Missing(format!("no log of {system} reaches {when}"));
        }
    }
    if named.is_empty() {
        Coverage::Missing("policy names no action that edits it".to_owned())
    } else if absent.is_empty() {
        Coverage::Whole
    } else if absent.len() == named.len() {
        Coverage::Elsewhere(named.join(", "))
    } else {
        // What is edited in two systems may have been edited in the one that nobody exported.
        Coverage::Missing(format!("nothing of {} is in the evidence", absent.join(", ")))
    }
}
