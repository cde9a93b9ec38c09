//! Which records belong to a story, in the order of time.

use std::cmp::Reverse;

use super::{Index, Report};
use crate::{
    crossref::{ChangeFacts, Context, Exception, Tested, Who},
    model::{
        AccountId, Act, Decision, Duty, Grant, HowKnown, Instant, LinkKind, Located, Origin,
        SourceId, Subject, SubjectId, SubjectKind,
    },
    policy::{Drill, Justification},
};

/// Something that happened, before it is put into words.
#[derive(Clone, Debug)]
pub(super) struct Moment<'a> {
    pub(super) at: Option<Instant>,
    pub(super) what: What<'a>,
    /// Where it was read; none for what people wrote themselves.
    pub(super) origin: Option<Origin>,
    /// Other records that tell of the same, with the account as they name it.
    pub(super) also: Vec<(AccountId, Origin)>,
}

/// What happened.
#[derive(Clone, Copy, Debug)]
pub(super) enum What<'a> {
    /// An account did a duty.
    Did(&'a Act),
    /// Somebody wrote a commit and recorded it at once.
    WroteAndRecorded(&'a Act),
    /// A role began.
    Given(&'a Grant),
    /// A role ended.
    Ended(&'a Grant),
    /// A list showed a role as held.
    Listed(&'a Grant),
    /// A control decided.
    Decided(&'a Decision),
    /// A change came into effect, and whether no record says by whose hand.
    CameIntoEffect(&'a Subject, bool),
    /// The window of a drill began.
    Planned(&'a Drill),
    /// The window of a drill ended.
    Over(&'a Drill),
    /// The first record of a file.
    FileBegins(SourceId),
    /// The last record of a file.
    FileEnds(SourceId),
    /// A file was exported.
    Exported(SourceId),
    /// A justification was approved.
    Justified(&'a Justification),
}

impl Moment<'_> {
    /// The account that the moment is about.
    pub(super) fn account(&self) -> Option<AccountId> {
        match self.what {
            What::Did(act) | What::WroteAndRecorded(act) => Some(act.by),
            What::Given(grant) | What::Ended(grant) | What::Listed(grant) => Some(grant.holder),
            What::Decided(decision) => Some(decision.actor),
            _ => None,
        }
    }

    /// Every account that the moment names.
    pub(super) fn accounts(&self) -> impl Iterator<Item = AccountId> {
        let giver = match self.what {
            What::Given(grant) => grant.granted_by,
            _ => None,
        };
        giver.into_iter().chain(self.account()).chain(self.also.iter().map(|(by, _)| *by))
    }

    /// Of things at one moment, which is told first: causes before effects.
    fn rank(&self) -> u8 {
        match self.what {
            What::FileBegins(_) | What::Planned(_) => 0,
            What::Given(_) => 1,
            What::Listed(_) => 2,
            What::Did(_) | What::WroteAndRecorded(_) => 3,
            What::Decided(_) => 4,
            What::CameIntoEffect(..) => 5,
            What::Ended(_) => 6,
            What::FileEnds(_) | What::Over(_) => 7,
            What::Exported(_) => 8,
            What::Justified(_) => 9,
        }
    }

    /// Of acts at one moment: a commit (`acme/pay@…`) before the change (`acme/pay#…`) that
    /// proposes it, and who wrote it before who recorded it.
    fn done(&self) -> Option<(Reverse<SubjectId>, AccountId, Duty)> {
        match self.what {
            What::Did(act) | What::WroteAndRecorded(act) => {
                Some((Reverse(act.to), act.by, act.duty))
            }
            _ => None,
        }
    }
}

/// Every moment of an exception's story.
pub(super) fn gather<'a>(
    report: &Report<'a>,
    index: &Index<'a>,
    exception: &Exception,
    facts: Option<&ChangeFacts<'a>>,
) -> Vec<Moment<'a>> {
    let cx = report.cx();
    let mut all = Vec::new();
    if let Some(facts) = facts {
        facts.case.acts.iter().for_each(|act| all.push(did(act)));
        if facts.case.did(Duty::Merge).next().is_none() {
            all.extend(came_into_effect(cx, facts.case.change));
        }
    }
    match exception.tested {
        Tested::Subject(id) if facts.is_none() => {
            all.extend(cx.dataset.acts_on(id).iter().map(did));
            let done = cx.dataset.subject(id).filter(|subject| subject.record.done.is_some());
            all.extend(done.and_then(|subject| came_into_effect(cx, subject)));
            let proposed = cx.linked_by(id, &[LinkKind::Contains, LinkKind::MergedAs]);
            proposed.for_each(|change| all.extend(cx.dataset.acts_on(change).iter().map(did)));
        }
        Tested::Account(account) => {
            if let Some(deeds) = index.by_account.get(&account) {
                all.extend(deeds.acts.iter().map(|act| did(act)));
                all.extend(deeds.decisions.iter().map(|decision| decided(decision)));
            }
        }
        Tested::Attempt(at) => all.extend(cx.dataset.decisions().get(at as usize).map(decided)),
        Tested::Grant(at) => {
            if let Some(grant) = cx.dataset.grants().get(at as usize) {
                all.extend(granted(grant));
            }
        }
        Tested::Drill(at) => {
            all.extend(cx.drills.all.get(at as usize).map(planned).unwrap_or_default())
        }
        Tested::Source(source) => all.extend(file(report, source)),
        Tested::Justification(line) => {
            let one = cx.justifications.all.iter().find(|j| j.line == line);
            all.extend(one.map(justified));
        }
        _ => {}
    }
    for evidence in &exception.evidence {
        let at = evidence.origin;
        all.extend(index.acts.get(&at).into_iter().flatten().map(|act| did(act)));
        all.extend(index.grants.get(&at).into_iter().flatten().flat_map(|grant| granted(grant)));
        all.extend(index.decisions.get(&at).into_iter().flatten().map(|one| decided(one)));
    }
    let answers = exception.answers.iter().filter_map(|a| cx.justifications.all.get(a.index));
    all.extend(answers.map(justified));
    ordered(cx, all)
}

/// In the order of time, each once; what has no time comes first, for nothing can be said to come
/// before it.
fn ordered<'a>(cx: &Context<'_>, mut all: Vec<Moment<'a>>) -> Vec<Moment<'a>> {
    all.sort_by_key(|m| (m.at, m.rank(), m.done(), m.account(), m.origin));
    all.dedup_by(|next, kept| same(next.what, kept.what));
    let mut told: Vec<Moment<'a>> = Vec::new();
    for moment in all {
        let then = told.iter_mut().rev().take_while(|kept| kept.at == moment.at);
        let one_deed = then.filter_map(|kept| Some((one_deed(cx, kept.what, moment.what)?, kept)));
        match one_deed.last() {
            None => told.push(moment),
            Some((what, kept)) => {
                kept.what = what;
                // One record that names an author and a committer is no second record.
                let (by, at) = (moment.account(), moment.origin);
                kept.also.extend(by.zip(at).filter(|(_, at)| Some(*at) != kept.origin));
            }
        }
    }
    told
}

/// What two records come to that tell of one commit by one person: its history names who wrote it
/// and who recorded it, and a change's record names them by another account.
fn one_deed<'a>(cx: &Context<'_>, kept: What<'a>, next: What<'a>) -> Option<What<'a>> {
    let act = |what| match what {
        What::Did(act) if matches!(act.duty, Duty::Author | Duty::Commit) => Some((act, false)),
        What::WroteAndRecorded(act) => Some((act, true)),
        _ => None,
    };
    let ((one, whole), (other, other_whole)) = (act(kept)?, act(next)?);
    let person = |act: &Act| match cx.who(act.by) {
        Who::Principal(id) => Some(id),
        Who::Account(_) => None,
    };
    let same_person = one.by == other.by || person(one).is_some_and(|p| person(other) == Some(p));
    let commit = cx.dataset.subject(one.to).is_none_or(|s| s.record.kind == SubjectKind::Commit);
    if !commit || one.to != other.to || one.at != other.at || !same_person {
        return None;
    }
    let wrote = if one.duty == Duty::Author { one } else { other };
    let both = whole || other_whole || one.duty != other.duty;
    Some(if both { What::WroteAndRecorded(wrote) } else { kept })
}

/// Tells whether two are one record, found in two ways.
fn same(one: What<'_>, other: What<'_>) -> bool {
    match (one, other) {
        (What::Did(a), What::Did(b)) => a == b,
        (What::Given(a), What::Given(b)) | (What::Ended(a), What::Ended(b)) => a == b,
        (What::Listed(a), What::Listed(b)) => a == b,
        (What::Decided(a), What::Decided(b)) => a == b,
        (What::Justified(a), What::Justified(b)) => a.line == b.line,
        _ => false,
    }
}

fn moment<'a>(at: Option<Instant>, what: What<'a>, origin: Option<Origin>) -> Moment<'a> {
    Moment { at, what, origin, also: Vec::new() }
}

fn did<'a>(act: &'a Located<Act>) -> Moment<'a> {
    moment(act.record.at, What::Did(&act.record), Some(act.origin))
}

/// That something came into effect, unless an act tells of the same moment.
fn came_into_effect<'a>(cx: &Context<'a>, subject: &'a Located<Subject>) -> Option<Moment<'a>> {
    let done = subject.record.done;
    let hands = || {
        let acts = cx.dataset.acts_on(subject.record.id);
        acts.iter().filter(|act| matches!(act.record.duty, Duty::Merge | Duty::Execute))
    };
    // Who moves a ticket to its end is nobody's duty, and not read.
    let unseen = hands().next().is_none() && subject.record.kind != SubjectKind::Ticket;
    let told = hands().any(|act| act.record.at == done);
    let what = What::CameIntoEffect(&subject.record, unseen);
    (!told).then(|| moment(done, what, Some(subject.origin)))
}

fn decided(one: &Located<Decision>) -> Moment<'_> {
    moment(Some(one.record.at), What::Decided(&one.record), Some(one.origin))
}

fn justified(justification: &Justification) -> Moment<'_> {
    moment(Some(justification.at), What::Justified(justification), None)
}

fn planned(drill: &Drill) -> Vec<Moment<'_>> {
    let (from, until) = (Some(drill.from), Some(drill.until));
    vec![moment(from, What::Planned(drill), None), moment(until, What::Over(drill), None)]
}

/// A role's beginning and end, as far as the record tells of them; a list tells of neither.
fn granted(grant: &Located<Grant>) -> Vec<Moment<'_>> {
    let (record, origin) = (&grant.record, Some(grant.origin));
    let one = |at, what| moment(at, what, origin);
    if let HowKnown::Snapshot(at) = record.known {
        return vec![one(at, What::Listed(record))];
    }
    let begins = record.known != HowKnown::RevokeEvent;
    let given = begins.then(|| one(record.from, What::Given(record)));
    let ended = record.until.map(|until| one(Some(until), What::Ended(record)));
    given.into_iter().chain(ended).collect()
}

fn file<'a>(report: &Report<'a>, id: SourceId) -> Vec<Moment<'a>> {
    let source = report.cx().dataset.source(id);
    let one = |at, what| moment(Some(at), what, None);
    let mut all = Vec::new();
    if let Some((first, last)) = source.tally.times {
        all.extend([one(first, What::FileBegins(id)), one(last, What::FileEnds(id))]);
    }
    all.extend(source.export.at.map(|at| one(at, What::Exported(id))));
    all
}
