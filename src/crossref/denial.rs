//! Refusals in the logs: proof that a control fires.
//!
//! A refusal is evidence only when it shows who, what, when and which control refused. One that
//! does not name its control is kept as a class of its own. A bypass is never a refusal.

use super::{Context, Who};
use crate::model::{Decision, Located, Outcome};

/// What a refusal proves.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Ord, PartialOrd)]
pub enum Strength {
    /// Who, what, when, and which control refused.
    Complete,
    /// The record does not name the control: it proves a failure, not a control.
    ReasonUnknown,
    /// Nobody knows whose account it was.
    ActorUnknown,
}

impl Strength {
    /// The name in tables.
    pub fn name(self) -> &'static str {
        match self {
            Self::Complete => "complete",
            Self::ReasonUnknown => "reason unknown",
            Self::ActorUnknown => "actor unknown",
        }
    }
}

/// A refused attempt.
#[derive(Debug)]
pub struct Denial<'a> {
    /// The record.
    pub decision: &'a Located<Decision>,
    /// Who tried.
    pub who: Who,
    /// Whether an agent tried.
    pub by_agent: bool,
    /// The tier of who tried.
    pub tier: Option<&'a str>,
    /// The capability that the attempt was a use of, as policy maps it.
    pub capability: Option<&'a str>,
    /// Whether policy forbids that capability to that tier.
    pub forbidden: bool,
    /// What it proves.
    pub strength: Strength,
}

/// Every refusal of the period, by time.
pub fn denials<'a>(cx: &'a Context<'a>) -> Vec<Denial<'a>> {
    cx.dataset
        .decisions()
        .iter()
        .filter(|d| d.record.outcome == Outcome::Denied && cx.period.contains(d.record.at))
        .map(|decision| denial(cx, decision))
        .collect()
}

fn denial<'a>(cx: &'a Context<'a>, decision: &'a Located<Decision>) -> Denial<'a> {
    let actor = decision.record.actor;
    let who = cx.who(actor);
    let tier = match who {
        Who::Principal(principal) => cx.principal(principal).tier.as_deref(),
        Who::Account(_) => None,
    };
    let used = capabilities(cx, &decision.record);
    let forbids = |name: &&str| {
        tier.and_then(|tier| cx.policy.tier(tier))
            .is_some_and(|tier| tier.must_not.iter().any(|forbidden| forbidden == name))
    };
    let forbidden = used.iter().find(|name| forbids(name)).copied();
    let strength = match (who, decision.record.control) {
        (Who::Account(_), _) => Strength::ActorUnknown,
        (_, None) => Strength::ReasonUnknown,
        _ => Strength::Complete,
    };
    Denial {
        decision,
        who,
        by_agent: cx.identities.is_agent(actor),
        tier,
        capability: forbidden.or(used.first().copied()),
        forbidden: forbidden.is_some(),
        strength,
    }
}

/// Names of the capabilities that an attempt was a use of.
pub(super) fn capabilities<'a>(cx: &Context<'a>, decision: &Decision) -> Vec<&'a str> {
    let action = cx.dataset.text(decision.action);
    let resource = decision.resource.map(|resource| cx.dataset.text(resource));
    let policy: &'a crate::policy::Policy = cx.policy;
    policy
        .capabilities
        .iter()
        .filter(|c| c.actions.iter().any(|pattern| pattern.matches(action)))
        .filter(|c| {
            let touches = |r: &str| c.resources.iter().any(|pattern| pattern.matches(r));
            c.resources.is_empty() || resource.is_some_and(touches)
        })
        .map(|c| c.name.as_str())
        .collect()
}
