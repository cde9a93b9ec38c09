//! Refusals as proof that boundaries hold: each one, and for each tier what was never tried.

use serde::Serialize;

use super::{
    Many,
    drills::{Drill, drills},
};
use crate::{
    crossref::{self, BoundaryState, Denial, Strength, boundaries, denials as refused},
    model::{Duty, Outcome},
    report::{Report, figure::Tone, hostile, wording},
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
    /// Boundary tests that were planned, with what came of each.
    pub drills: Many<Drill>,
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
    /// What was not refused, by logs or by the records of what was done: each is a breach.
    pub allowed: u64,
    /// Refusals in drills that name their control.
    pub drilled: u64,
    /// Refusals in the wild that name their control.
    pub wild: u64,
    /// Attempts that prove nothing: no control is named, or no outcome.
    pub unexplained: u64,
    /// The last refusal that names its control.
    pub last: Option<String>,
    /// What the evidence shows, in words.
    pub state: &'static str,
    /// What has to be said besides.
    pub note: Option<String>,
    /// What the state means.
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
    /// The drill that it belongs to; none: nobody had planned it.
    pub drill: Option<String>,
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
        self.drills.cut(rows);
        self.refusals.cut(rows);
        self.bypasses.cut(rows);
    }
}

pub(super) fn denials(report: &Report<'_>, limit: usize) -> Denials {
    let all = refused(report.cx());
    let (statement, tone) = statement(&all);
    let make = |denial| move || refusal(report, denial);
    Denials {
        statement,
        tone,
        boundaries: boundaries(report.cx()).iter().map(|b| boundary(report, b)).collect(),
        drills: drills(report, limit),
        refusals: Many::of("tables/denials.csv", limit, all.iter().map(make)),
        bypasses: bypasses(report, limit),
    }
}

fn statement(all: &[Denial<'_>]) -> (String, Tone) {
    let complete = |d: &&Denial<'_>| d.by_agent && d.strength == Strength::Complete;
    let by_agents = all.iter().filter(complete).count() as u64;
    let planned = all.iter().filter(complete).filter(|d| d.drill.is_some()).count() as u64;
    if all.is_empty() {
        let told = "No refusal was recorded: the evidence does not show that the control fires.";
        return (told.to_owned(), Tone::Warn);
    }
    if by_agents == 0 {
        let told = "Refusals were recorded, but none of an agent that names the control which \
                    refused: the evidence does not show that an agent's boundary fires.";
        return (told.to_owned(), Tone::Warn);
    }
    let times = |n| if n == 1 { "once".to_owned() } else { format!("{} times", wording::count(n)) };
    let told = format!(
        "An agent was refused {}, with who, what, when and the control on record: {} in the wild, \
         {} in a drill.",
        times(by_agents),
        wording::count(by_agents - planned),
        wording::count(planned)
    );
    (told, Tone::Good)
}

fn boundary(report: &Report<'_>, b: &crossref::Boundary<'_>) -> Boundary {
    let untouched = b.state == BoundaryState::NeverExercised;
    Boundary {
        tier: hostile::brief(&b.tier.name),
        capability: hostile::brief(b.capability),
        allowed: b.let_through.len() as u64 + b.acted,
        drilled: b.drilled.len() as u64,
        wild: b.wild.len() as u64,
        unexplained: b.unexplained.len() as u64,
        last: b.last.map(|at| report.cx().clock(at)),
        state: b.shows().name(),
        note: match b.acted {
            0 => b.blind.as_deref().filter(|_| untouched).map(hostile::brief),
            n => Some(match b.capability {
                crossref::APPROVE => {
                    wording::counted(n, "approval on record", "approvals on record")
                }
                _ => wording::counted(n, "deployment on record", "deployments on record"),
            }),
        },
        tone: match b.shows() {
            BoundaryState::LetThrough => Tone::Bad,
            BoundaryState::RefusedInDrill | BoundaryState::RefusedInWild => Tone::Good,
            BoundaryState::NobodyInTier => Tone::Neutral,
            BoundaryState::Unexplained
            | BoundaryState::NeverExercised
            | BoundaryState::NotRecognisable => Tone::Warn,
        },
    }
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
        drill: denial.drill.map(|drill| hostile::brief(&drill.id)),
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
            drill: None,
            strength: "bypass",
            tone: Tone::Bad,
            place: hostile::brief(&report.place(origin)),
            record: report.record_path(origin),
        }
    };
    Many::of("tables/bypasses.csv", limit, all.into_iter().map(make))
}
