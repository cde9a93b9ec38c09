//! The boundary matrix: what policy forbids to each tier, and what the logs show of it.
//!
//! A boundary that nobody touched is one that nobody tested: it is told apart from one that held.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    APPROVE, Context, Strength,
    denial::{forbidden, strength, tier_of},
};
use crate::{
    model::{Act, Decision, Duty, Instant, Located, Outcome, Source, SubjectKind, Symbol},
    policy::{Capability, Pattern, Principal, PrincipalId, Tier},
};

/// The capability to deploy.
const DEPLOY: &str = "deploy";

/// What the evidence of the period shows of a boundary.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Ord, PartialOrd)]
pub enum BoundaryState {
    /// It let somebody through.
    LetThrough,
    /// It refused in a drill.
    RefusedInDrill,
    /// It refused, and nobody had planned it.
    RefusedInWild,
    /// Something was refused, and no record names the control.
    Unexplained,
    /// Nobody touched it.
    NeverExercised,
    /// Policy maps no action to the capability, so nothing could be recognised.
    NotRecognisable,
    /// Nobody is in the tier.
    NobodyInTier,
}

impl BoundaryState {
    /// The name in tables.
    pub fn name(self) -> &'static str {
        match self {
            Self::LetThrough => "let through",
            Self::RefusedInDrill => "refused in a drill",
            Self::RefusedInWild => "refused in the wild",
            Self::Unexplained => "refused, control not named",
            Self::NeverExercised => "never exercised",
            Self::NotRecognisable => "not recognisable",
            Self::NobodyInTier => "nobody in the tier",
        }
    }
}

/// A capability that policy forbids to a tier. Decisions are named by their index in
/// [`Dataset::decisions`](crate::model::Dataset::decisions); all are of the period.
#[derive(Clone, Debug)]
pub struct Boundary<'a> {
    /// The tier.
    pub tier: &'a Tier,
    /// The capability.
    pub capability: &'a str,
    /// Who was in the tier in the period.
    pub members: Vec<PrincipalId>,
    /// What members did of it, and were not kept from.
    pub let_through: Vec<u32>,
    /// Approvals and deployments by members, by the records of changes and deployments themselves:
    /// nothing kept them from it.
    pub acted: u64,
    /// Complete refusals that nobody had planned.
    pub wild: Vec<u32>,
    /// Complete refusals that belong to a drill.
    pub drilled: Vec<u32>,
    /// Refusals whose record does not name the control, and attempts of which nobody knows what
    /// came of them: they prove nothing.
    pub unexplained: Vec<u32>,
    /// The last complete refusal.
    pub last: Option<Instant>,
    /// Why the logs cannot show that nobody touched it, if they cannot.
    pub blind: Option<String>,
    /// What the logs come to: acts tell of no control, and so neither test nor excuse one.
    pub state: BoundaryState,
}

impl Boundary<'_> {
    /// Its name: `agents must not deploy`.
    pub fn name(&self) -> String {
        format!("{} must not {}", self.tier.name, self.capability)
    }

    /// What logs and records of acts come to together.
    pub fn shows(&self) -> BoundaryState {
        if self.acted > 0 { BoundaryState::LetThrough } else { self.state }
    }
}

/// Every boundary of the policy, in its order.
pub fn boundaries<'a>(cx: &Context<'a>) -> Vec<Boundary<'a>> {
    let mut all: Vec<Boundary<'a>> = Vec::new();
    for tier in &cx.policy.tiers {
        for capability in &tier.must_not {
            all.push(untouched(cx, tier, capability));
        }
    }
    for (index, decision) in (0..).zip(cx.dataset.decisions()) {
        if cx.period.contains(decision.record.at) {
            note(cx, &mut all, index, &decision.record);
        }
    }
    count_acts(cx, &mut all);
    let logs = logs(cx);
    for boundary in &mut all {
        let capability = cx.policy.capability(boundary.capability);
        boundary.blind =
            capability.and_then(|capability| blind(&logs, cx.period.until, capability));
        boundary.state = state(cx, boundary);
    }
    all
}

fn untouched<'a>(cx: &Context<'a>, tier: &'a Tier, capability: &'a str) -> Boundary<'a> {
    let member = |principal: &Principal| {
        principal.tier.as_deref() == Some(tier.name.as_str())
            && principal.valid_from.is_none_or(|from| from < cx.period.until)
            && principal.valid_until.is_none_or(|until| until > cx.period.from)
    };
    let principals = cx.identities.principals().iter();
    Boundary {
        tier,
        capability,
        members: principals.filter(|(_, p)| member(p)).map(|(id, _)| id).collect(),
        let_through: Vec::new(),
        acted: 0,
        wild: Vec::new(),
        drilled: Vec::new(),
        unexplained: Vec::new(),
        last: None,
        blind: None,
        state: BoundaryState::NeverExercised,
    }
}

/// The capability that an act is a use of, where its record is enough to tell: an approval of a
/// change, and a deployment to production.
fn used_by<'p>(cx: &Context<'_>, act: &Act) -> Option<&'p str> {
    if !matches!(act.duty, Duty::Approve | Duty::Execute) {
        return None;
    }
    let subject = cx.dataset.subject(act.to)?.record;
    let text = |symbol: Option<Symbol>| symbol.map(|symbol| cx.dataset.text(symbol));
    match (act.duty, subject.kind) {
        (Duty::Approve, SubjectKind::Change) => Some(APPROVE),
        (Duty::Execute, SubjectKind::Deployment) => text(subject.target)
            .filter(|target| cx.policy.is_production(target, text(subject.repository)))
            .map(|_| DEPLOY),
        _ => None,
    }
}

/// Counts what members did in the period by the records of the things themselves.
fn count_acts(cx: &Context<'_>, all: &mut [Boundary<'_>]) {
    if !all.iter().any(|b| b.capability == APPROVE || b.capability == DEPLOY) {
        return;
    }
    let inside = |act: &&Located<Act>| act.record.at.is_some_and(|at| cx.period.contains(at));
    for act in cx.dataset.acts().iter().filter(inside) {
        let Some(tier) = tier_of(cx, act.record.by) else { continue };
        let mut of_tier = all.iter_mut().filter(|boundary| boundary.tier.name == tier).peekable();
        if of_tier.peek().is_none() {
            continue;
        }
        let used = used_by(cx, &act.record);
        if let Some(boundary) = of_tier.find(|boundary| used == Some(boundary.capability)) {
            boundary.acted += 1;
        }
    }
}

/// Puts a decision down in every boundary that it touches.
fn note(cx: &Context<'_>, all: &mut [Boundary<'_>], index: u32, decision: &Decision) {
    let Some(tier) = tier_of(cx, decision.actor) else { return };
    for name in forbidden(cx, decision) {
        let touched = |b: &&mut Boundary<'_>| b.tier.name == tier && b.capability == name;
        let Some(boundary) = all.iter_mut().find(touched) else { continue };
        match (decision.outcome, strength(cx, decision)) {
            (Outcome::Allowed | Outcome::Bypassed, _) => boundary.let_through.push(index),
            (Outcome::Denied, Strength::Complete) => {
                let planned = cx.drill_of(index).is_some();
                if planned { &mut boundary.drilled } else { &mut boundary.wild }.push(index);
                boundary.last = boundary.last.max(Some(decision.at));
            }
            _ => boundary.unexplained.push(index),
        }
    }
}

fn state(cx: &Context<'_>, boundary: &Boundary<'_>) -> BoundaryState {
    let actions = cx.policy.capability(boundary.capability).map_or(0, |c| c.actions.len());
    if !boundary.let_through.is_empty() {
        BoundaryState::LetThrough
    } else if !boundary.drilled.is_empty() {
        BoundaryState::RefusedInDrill
    } else if !boundary.wild.is_empty() {
        BoundaryState::RefusedInWild
    } else if !boundary.unexplained.is_empty() {
        BoundaryState::Unexplained
    } else if boundary.members.is_empty() {
        BoundaryState::NobodyInTier
    } else if actions == 0 {
        BoundaryState::NotRecognisable
    } else {
        BoundaryState::NeverExercised
    }
}

/// A file that logs decisions, with the systems whose decisions such files hold.
type Log<'a> = (&'a Source, BTreeSet<&'a str>);

/// The files of every kind of export from which a decision of the period was read.
fn logs<'a>(cx: &Context<'a>) -> Vec<Log<'a>> {
    let kind = |source: &'a Source| (source.system.as_str(), source.format);
    let mut systems: BTreeMap<_, BTreeSet<&str>> = BTreeMap::new();
    for decision in cx.dataset.decisions().iter().filter(|d| cx.period.contains(d.record.at)) {
        let kind = kind(cx.dataset.source(decision.origin.source));
        let system = cx.dataset.text(decision.record.action).split(':').next();
        systems.entry(kind).or_default().extend(system);
    }
    let sources = cx.dataset.sources().iter();
    sources.filter_map(|source| Some((source, systems.get(&kind(source))?.clone()))).collect()
}

/// Why the logs cannot show that a capability was never tried, if they cannot: there is none of
/// one of its systems, none that reaches the end of the period, or one that is not whole.
fn blind(logs: &[Log<'_>], until: Instant, capability: &Capability) -> Option<String> {
    let system = |pattern: &Pattern| pattern.text().split(':').next().map(Pattern::new);
    let wanted: Vec<Pattern> = capability.actions.iter().filter_map(system).collect();
    let holds = |log: &Log<'_>, system: &Pattern| log.1.iter().any(|held| system.matches(held));
    let absent = |system: &&Pattern| !logs.iter().any(|log| holds(log, system));
    if let Some(system) = wanted.iter().find(absent) {
        let of = if system.is_literal() { format!(" of {}", system.text()) } else { String::new() };
        return Some(format!("no log of the period holds a decision{of}"));
    }
    // An attempt may have come after the last log was made.
    let ends =
        |system: &&Pattern| !logs.iter().any(|log| holds(log, system) && log.0.reaches(until));
    if let Some(system) = wanted.iter().find(ends) {
        return Some(format!("no log of {} is known to reach the period's end", system.text()));
    }
    let meant = |log: &&Log<'_>| wanted.iter().any(|system| holds(log, system));
    let broken = |(log, _): &&Log<'_>| log.tally.rejected > 0 || !log.gaps.is_empty();
    let (log, _) = logs.iter().filter(meant).find(broken)?;
    Some(format!("{} is not whole, and what it lacks may be an attempt", log.path))
}
