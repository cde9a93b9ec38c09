//! Refusals as proof that boundaries hold: each one, and for each tier what was never tried.

use serde::Serialize;

use super::Many;
use crate::{
    crossref::{Denial, Strength, Tested, Who, denials as refused},
    model::{Duty, Outcome},
    policy::Tier,
    report::{Report, figure::Tone, hostile},
};

/// Refusals and bypasses.
#[derive(Clone, Debug, Serialize)]
pub struct Denials {
    /// What the refusals show as a whole, in a sentence or two.
    pub statement: String,
    /// What that means.
    pub tone: Tone,
    /// Capabilities that policy forbids to a tier, with what the logs show of each.
    pub boundaries: Vec<Boundary>,
    /// Every refusal, by time.
    pub refusals: Many<Attempt>,
    /// Every override of a control, by time. A bypass is never a refusal.
    pub bypasses: Many<Attempt>,
}

/// A capability that policy forbids to a tier.
#[derive(Clone, Debug, Serialize)]
pub struct Boundary {
    /// The tier.
    pub tier: String,
    /// The capability.
    pub capability: String,
    /// Attempts that were not refused: each is an exception.
    pub allowed: u64,
    /// Refusals that name their control.
    pub refused: u64,
    /// Refusals that do not: they prove no control.
    pub unexplained: u64,
    /// The last refusal that names its control.
    pub last: Option<String>,
    /// What the evidence shows, in words.
    pub state: String,
    /// What that means.
    pub tone: Tone,
}

/// Somebody tried.
#[derive(Clone, Debug, Serialize)]
pub struct Attempt {
    /// When.
    pub at: String,
    /// Who.
    pub name: String,
    /// What they are: human, agent, service, unknown.
    pub kind: &'static str,
    /// Their account.
    pub account: String,
    /// Their tier.
    pub tier: Option<String>,
    /// What.
    pub action: String,
    /// On what.
    pub resource: Option<String>,
    /// The capability that it was a use of, and whether policy forbids that to the tier.
    pub capability: Option<String>,
    /// Whether policy forbids it.
    pub forbidden: bool,
    /// Which control decided.
    pub control: Option<String>,
    /// The system's own code.
    pub code: Option<String>,
    /// What it proves.
    pub strength: &'static str,
    /// What that means.
    pub tone: Tone,
    /// Where it was read.
    pub place: String,
    /// The record's verbatim copy.
    pub record: String,
}

impl Denials {
    pub(super) fn cut(&mut self, rows: usize) {
        self.refusals.cut(rows);
        self.bypasses.cut(rows);
    }
}

pub(super) fn denials(report: &Report<'_>, limit: usize) -> Denials {
    let all = refused(report.cx());
    let make = |denial| move || refusal(report, denial);
    let by_agents = all.iter().filter(|d| d.by_agent && d.strength == Strength::Complete).count();
    let (statement, tone) = match (all.is_empty(), by_agents) {
        (true, _) => (
            "No refusal was recorded: the evidence does not show that the control fires."
                .to_owned(),
            Tone::Warn,
        ),
        (false, 0) => (
            "Refusals were recorded, but none of an agent that names the control which refused: \
             the evidence does not show that an agent's boundary fires."
                .to_owned(),
            Tone::Warn,
        ),
        (false, times) => (
            format!(
                "An agent was refused {}, with who, what, when and the control on record.",
                match times {
                    1 => "once".to_owned(),
                    times => format!("{times} times"),
                }
            ),
            Tone::Good,
        ),
    };
    Denials {
        statement,
        tone,
        boundaries: boundaries(report, &all),
        refusals: Many::of("tables/denials.csv", limit, all.iter().map(make)),
        bypasses: bypasses(report, limit),
    }
}

fn boundaries(report: &Report<'_>, all: &[Denial<'_>]) -> Vec<Boundary> {
    let mut boundaries = Vec::new();
    for tier in &report.cx().policy.tiers {
        for capability in &tier.must_not {
            let hits = all.iter().filter(|denial| {
                denial.tier == Some(tier.name.as_str())
                    && denial.capability == Some(capability.as_str())
            });
            let (proven, other): (Vec<_>, Vec<_>) =
                hits.partition(|denial| denial.strength == Strength::Complete);
            let last = proven.last().map(|d| report.cx().clock(d.decision.record.at));
            let allowed = allowed(report, tier, capability);
            let (state, tone) = match (&last, other.len()) {
                _ if allowed > 0 => ("let through: a breach".to_owned(), Tone::Bad),
                (Some(last), _) => (format!("refused, last {last}"), Tone::Good),
                (None, 0) => ("no refusal on record".to_owned(), Tone::Neutral),
                (None, _) => ("refused, control not named".to_owned(), Tone::Warn),
            };
            boundaries.push(Boundary {
                tier: hostile::brief(&tier.name),
                capability: hostile::brief(capability),
                allowed,
                refused: proven.len() as u64,
                unexplained: other.len() as u64,
                last,
                state,
                tone,
            });
        }
    }
    boundaries
}

/// How often the tier used a capability that it must not use, by the exceptions.
fn allowed(report: &Report<'_>, tier: &Tier, name: &str) -> u64 {
    let cx = report.cx();
    let used = |exception: &&crate::crossref::Exception| {
        let Tested::Attempt(index) = exception.tested else { return false };
        let Some(attempt) = cx.dataset.decisions().get(index as usize) else { return false };
        let Who::Principal(actor) = cx.who(attempt.record.actor) else { return false };
        let action = report.text(Some(attempt.record.action));
        let resource = attempt.record.resource.map(|resource| report.text(Some(resource)));
        cx.principal(actor).tier.as_deref() == Some(tier.name.as_str())
            && cx.policy.capability(name).is_some_and(|c| {
                let touches = |r: &str| c.resources.iter().any(|pattern| pattern.matches(r));
                c.actions.iter().any(|pattern| pattern.matches(action))
                    && (c.resources.is_empty() || resource.is_some_and(touches))
            })
    };
    report.assessment.exceptions.iter().filter(used).count() as u64
}

fn refusal(report: &Report<'_>, denial: &Denial<'_>) -> Attempt {
    let (record, origin) = (denial.decision.record, denial.decision.origin);
    let some = |text: &str| (!text.is_empty()).then(|| hostile::brief(text));
    Attempt {
        at: report.cx().clock(record.at),
        name: hostile::brief(report.cx().name(record.actor)),
        kind: report.kind(record.actor),
        account: hostile::brief(report.text(Some(record.actor.0))),
        tier: denial.tier.map(hostile::brief),
        action: hostile::brief(report.text(Some(record.action))),
        resource: some(report.text(record.resource)),
        capability: denial.capability.map(hostile::brief),
        forbidden: denial.forbidden,
        control: some(report.text(record.control)),
        code: some(report.text(record.code)),
        strength: denial.strength.name(),
        tone: if denial.strength == Strength::Complete { Tone::Good } else { Tone::Warn },
        place: hostile::brief(&report.place(origin)),
        record: report.record_path(origin),
    }
}

fn bypasses(report: &Report<'_>, limit: usize) -> Many<Attempt> {
    let dataset = report.cx().dataset;
    let inside = |at: crate::model::Instant| report.cx().period.contains(at);
    let bypassed = dataset.decisions().iter().filter(|d| d.record.outcome == Outcome::Bypassed);
    let decided = bypassed.map(|d| {
        let r = d.record;
        (r.at, r.actor, d.origin, report.text(Some(r.action)), r.resource, r.control)
    });
    let acts = dataset.acts().iter().filter(|act| act.record.duty == Duty::Bypass);
    let acted = acts.filter_map(|act| {
        let r = act.record;
        Some((r.at?, r.by, act.origin, "bypass", Some(r.to.0), None))
    });
    let mut all: Vec<_> = decided.chain(acted).filter(|(at, ..)| inside(*at)).collect();
    all.sort_by_key(|(at, by, origin, ..)| (*at, *by, *origin));
    let some = |text: &str| (!text.is_empty()).then(|| hostile::brief(text));
    let make = |(at, by, origin, action, resource, control)| {
        move || Attempt {
            at: report.cx().clock(at),
            name: hostile::brief(report.cx().name(by)),
            kind: report.kind(by),
            account: hostile::brief(report.text(Some(by.0))),
            tier: None,
            action: hostile::brief(action),
            resource: some(report.text(resource)),
            capability: None,
            forbidden: false,
            control: some(report.text(control)),
            code: None,
            strength: "bypass",
            tone: Tone::Bad,
            place: hostile::brief(&report.place(origin)),
            record: report.record_path(origin),
        }
    };
    Many::of("tables/bypasses.csv", limit, all.into_iter().map(make))
}
