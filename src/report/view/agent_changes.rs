//! Every change that an agent took part in, as a chain of duties: who, when, by which account,
//! and where that is written. A missing link is said.

use serde::Serialize;

use crate::{
    crossref::{Approval, ChangeFacts, Tested, Who},
    model::{Act, Duty, Located, SubjectKind},
    policy::PrincipalKind,
    report::{Report, figure::Tone, hostile, wording},
};

/// Deeds of one duty that are shown; the duties table holds all.
const DEEDS: usize = 6;

/// A change that an agent took part in.
#[derive(Clone, Debug, Serialize)]
pub struct AgentChange {
    /// Its id without the system: `acme/pay#12`.
    pub id: String,
    /// What people called it.
    pub title: String,
    /// Where people open it, if that is a web address.
    pub url: Option<String>,
    /// Where it went: branch or environment.
    pub target: String,
    /// When it was merged.
    pub merged: String,
    /// Names of the agents that took part.
    pub agents: Vec<String>,
    /// Whether enough approvals count, in words.
    pub approval: String,
    /// What that means.
    pub tone: Tone,
    /// Request, author, approve, merge, execute.
    pub steps: Vec<Step>,
    /// Ids of the exceptions on it.
    pub exceptions: Vec<String>,
    /// Where the change was read.
    pub place: String,
    /// The record's verbatim copy.
    pub record: String,
}

/// One duty of the chain.
#[derive(Clone, Debug, Serialize)]
pub struct Step {
    /// Its name.
    pub duty: &'static str,
    /// Who did it.
    pub deeds: Vec<Deed>,
    /// What the evidence lacks, or how much is left out here.
    pub note: Option<String>,
    /// What that means.
    pub tone: Tone,
}

/// Somebody did the duty.
#[derive(Clone, Debug, Serialize)]
pub struct Deed {
    /// Their name.
    pub name: String,
    /// What they are: human, agent, service, unknown.
    pub kind: &'static str,
    /// For an agent or service, who answers for it.
    pub sponsor: Option<String>,
    /// The account.
    pub account: String,
    /// When.
    pub at: String,
    /// For an approval, whether and why it counts.
    pub note: Option<String>,
    /// What that means.
    pub tone: Tone,
    /// Where it was read.
    pub place: String,
    /// The record's verbatim copy.
    pub record: String,
}

pub(super) fn agent_change(report: &Report<'_>, facts: &ChangeFacts<'_>) -> AgentChange {
    let change = &facts.case.change.record;
    let origin = facts.case.change.origin;
    let approvals = &facts.approvals;
    let (needed, effective) = (approvals.needed, approvals.effective);
    let (words, tone) = match approvals.enough() {
        Some(true) => ("enough approvals count", Tone::Good),
        Some(false) => ("too few approvals count", Tone::Bad),
        None => ("whether enough approvals count cannot be told", Tone::Warn),
    };
    let tested = Tested::Subject(change.id);
    let on_it = report.assessment.exceptions.iter().filter(|e| e.tested == tested);
    AgentChange {
        id: hostile::brief(local(report.text(Some(change.id.0)))),
        title: hostile::brief(report.text(change.title)),
        url: hostile::link(report.text(change.url)),
        target: hostile::brief(report.text(change.target)),
        merged: report.clock(change.done),
        agents: agents(report, facts),
        approval: format!("{words} ({effective} of {needed} needed)"),
        tone,
        steps: steps(report, facts),
        exceptions: on_it.map(|exception| exception.id.clone()).collect(),
        place: hostile::brief(&report.place(origin)),
        record: report.record_path(origin),
    }
}

/// The part of an id after its system.
pub(in crate::report) fn local(id: &str) -> &str {
    id.split_once(':').map_or(id, |(_, local)| local)
}

fn agents(report: &Report<'_>, facts: &ChangeFacts<'_>) -> Vec<String> {
    let mut names: Vec<_> = facts
        .case
        .contributions()
        .iter()
        .filter(|act| report.cx().identities.is_agent(act.record.by))
        .map(|act| hostile::brief(report.cx().name(act.record.by)))
        .collect();
    names.sort();
    names.dedup();
    names
}

fn steps(report: &Report<'_>, facts: &ChangeFacts<'_>) -> Vec<Step> {
    let case = &facts.case;
    let plain = |duty| case.did(duty).map(|act| deed(report, act)).collect::<Vec<_>>();
    let mut wrote: Vec<_> = case
        .contributions()
        .into_iter()
        .filter(|act| matches!(act.record.duty, Duty::Author | Duty::Commit))
        .map(|act| deed(report, act))
        .collect();
    // Who wrote a commit and recorded it at once did one thing for people who read.
    wrote.dedup_by(|next, kept| (&next.account, &next.at) == (&kept.account, &kept.at));
    let reviews = &facts.approvals.all;
    let approved = reviews.iter().map(|approval| approval_deed(report, approval)).collect();
    let executed = case.did(Duty::Execute).map(|act| part_deed(report, act)).collect();
    let known = case.change.record.reviews_listed || report.cx().reviews_known(&case.change.record);
    let unapproved = if known { "nobody approved it" } else { "no export shows its reviews" };
    vec![
        step("request", requested(report, facts), "no record of a request"),
        step("author", wrote, "no record of who wrote it"),
        step("approve", approved, unapproved),
        step("merge", plain(Duty::Merge), "no record of who merged it"),
        step("execute", executed, "no record of execution"),
    ]
}

/// Who asked for it, and what was decided on its tickets: that is no review of the change, and so
/// stands with the request.
fn requested(report: &Report<'_>, facts: &ChangeFacts<'_>) -> Vec<Deed> {
    let ticket = |act: &&Located<Act>| {
        let subject = report.subject(act.record.to);
        subject.is_some_and(|subject| subject.kind == SubjectKind::Ticket)
    };
    let decided = |duty| facts.case.did(duty).filter(ticket);
    let asked = facts.case.did(Duty::Request);
    let decided = decided(Duty::Approve).chain(decided(Duty::Reject));
    asked.chain(decided).map(|act| part_deed(report, act)).collect()
}

/// A duty done to a part of the change, with the part's name.
fn part_deed(report: &Report<'_>, act: &Located<Act>) -> Deed {
    let part = report.subject(act.record.to).filter(|part| part.kind != SubjectKind::Change);
    let note = part.map(|part| {
        let verb = match act.record.duty {
            Duty::Approve => "approved ",
            Duty::Reject => "refused ",
            _ => "",
        };
        let id = local(report.text(Some(part.id.0)));
        let target = report.text(part.target);
        let into = if target.is_empty() { String::new() } else { format!(" into {target}") };
        hostile::brief(&format!("{verb}{} {id}{into}", part.kind))
    });
    Deed { note, ..deed(report, act) }
}

fn step(duty: &'static str, mut deeds: Vec<Deed>, missing: &str) -> Step {
    let more = deeds.len().saturating_sub(DEEDS);
    deeds.truncate(DEEDS);
    let note = match (deeds.is_empty(), more) {
        (true, _) => Some(missing.to_owned()),
        (false, 0) => None,
        (false, more) => Some(format!("and {more} more in tables/duties.csv")),
    };
    let tone = match (deeds.is_empty(), duty) {
        (true, "approve") => Tone::Bad,
        (true, _) => Tone::Warn,
        (false, "approve") => best(&deeds),
        (false, _) => Tone::Neutral,
    };
    Step { duty, deeds, note, tone }
}

fn best(deeds: &[Deed]) -> Tone {
    let any = |tone| deeds.iter().any(|deed| deed.tone == tone);
    if any(Tone::Good) {
        Tone::Good
    } else if any(Tone::Warn) {
        Tone::Warn
    } else {
        Tone::Bad
    }
}

fn deed(report: &Report<'_>, act: &Located<Act>) -> Deed {
    let (cx, by) = (report.cx(), act.record.by);
    let sponsor = match cx.who(by) {
        Who::Principal(principal) => cx.principal(principal).sponsor,
        Who::Account(_) => None,
    };
    // Systems mark pipelines as bots; that they are none the registry knows.
    let kind = match cx.who(by) {
        Who::Principal(principal) if cx.principal(principal).kind == PrincipalKind::Service => {
            "service"
        }
        _ => report.kind(by),
    };
    Deed {
        name: hostile::brief(local(cx.name(by))),
        kind,
        sponsor: sponsor.map(|sponsor| hostile::brief(&cx.principal(sponsor).name)),
        account: hostile::brief(report.text(Some(by.0))),
        at: report.clock(act.record.at),
        note: None,
        tone: Tone::Neutral,
        place: hostile::brief(&report.place(act.origin)),
        record: report.record_path(act.origin),
    }
}

fn approval_deed(report: &Report<'_>, approval: &Approval<'_>) -> Deed {
    let cx = report.cx();
    let reasons = approval.reasons.iter().map(|reason| wording::reason(cx, *reason));
    let doubts = approval.doubts.iter().map(|doubt| wording::doubt(cx, doubt));
    let (note, tone) = match approval.counts() {
        Some(true) => ("counts".to_owned(), Tone::Good),
        Some(false) => {
            (format!("does not count: {}", reasons.collect::<Vec<_>>().join("; ")), Tone::Bad)
        }
        None => (format!("cannot be told: {}", doubts.collect::<Vec<_>>().join("; ")), Tone::Warn),
    };
    Deed { note: Some(hostile::brief(&note)), tone, ..deed(report, approval.act) }
}
