//! Refusals in the logs: proof that a control fires.
//!
//! A refusal is evidence only when it shows who, what, when and which control refused. One that
//! does not name its control is kept as a class of its own. A bypass is never a refusal.

use super::{Context, Who};
use crate::{
    model::{AccountId, Decision, Located, Outcome},
    policy::Drill,
};

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
    /// The drill that it belongs to; `None`: nobody had planned it.
    pub drill: Option<&'a Drill>,
}

/// Every refusal of the period, by time.
pub fn denials<'a>(cx: &'a Context<'a>) -> Vec<Denial<'a>> {
    (0..)
        .zip(cx.dataset.decisions())
        .filter(|(_, d)| d.record.outcome == Outcome::Denied && cx.period.contains(d.record.at))
        .map(|(index, decision)| denial(cx, index, decision))
        .collect()
}

fn denial<'a>(cx: &'a Context<'a>, index: u32, decision: &'a Located<Decision>) -> Denial<'a> {
    let actor = decision.record.actor;
    let forbidden = forbidden(cx, &decision.record).first().copied();
    let used = || capabilities(cx, &decision.record).first().copied();
    Denial {
        decision,
        who: cx.who(actor),
        by_agent: cx.identities.is_agent(actor),
        tier: tier_of(cx, actor),
        capability: forbidden.or_else(used),
        forbidden: forbidden.is_some(),
        strength: strength(cx, &decision.record),
        drill: cx.drill_of(index),
    }
}

/// What a refusal proves.
pub(super) fn strength(cx: &Context<'_>, decision: &Decision) -> Strength {
    match (cx.who(decision.actor), decision.control) {
        (Who::Account(_), _) => Strength::ActorUnknown,
        (_, None) => Strength::ReasonUnknown,
        _ => Strength::Complete,
    }
}

/// The tier of whoever an account belongs to.
pub(super) fn tier_of<'a>(cx: &Context<'a>, account: AccountId) -> Option<&'a str> {
    match cx.who(account) {
        Who::Principal(principal) => cx.principal(principal).tier.as_deref(),
        Who::Account(_) => None,
    }
}

/// Names of the capabilities that an attempt was a use of and that policy forbids to the tier of
/// who tried.
pub(super) fn forbidden<'a>(cx: &Context<'a>, decision: &Decision) -> Vec<&'a str> {
    let Some(tier) = tier_of(cx, decision.actor).and_then(|name| cx.policy.tier(name)) else {
        return Vec::new();
    };
    let mut used = capabilities(cx, decision);
    used.retain(|name| tier.must_not.iter().any(|forbidden| forbidden == name));
    used
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crossref::scene::Scene;

    #[test]
    fn a_refusal_proves_as_much_as_it_tells() {
        let found = |who: &str, control: Option<&str>| {
            let mut scene = Scene::new();
            scene.allowed("bot", "iam:CreateUser", 9.0, "arn:user/x");
            scene.refused(who, "iam:CreateUser", 10.0, [None, None, control]);
            scene.refused(who, "iam:CreateUser", 33.0, [None, None, control]);
            scene.assess(|assessment| {
                let all = denials(assessment.cx);
                let [only] = all.as_slice() else { panic!("{all:#?}") };
                (only.strength, only.strength.name(), only.forbidden, only.by_agent)
            })
        };
        let policy = Some("service control policy");
        assert_eq!(found("bot", policy), (Strength::Complete, "complete", true, true));
        assert_eq!(found("bot", None), (Strength::ReasonUnknown, "reason unknown", true, true));
        let stranger = (Strength::ActorUnknown, "actor unknown", false, false);
        assert_eq!(found("stranger", policy), stranger);
        assert_eq!(found("stranger", None), stranger);
    }
}
