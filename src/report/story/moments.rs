//! Which records belong to a story, in the order of time.

use std::cmp::Reverse;

use super::{Index, Report};
use crate::{
    crossref::{ChangeFacts, Exception, Tested},
    model::{
        AccountId, Act, Decision, Duty, Grant, HowKnown, Instant, LinkKind, Located, Origin,
        SourceId, Subject, SubjectId,
    },
    policy::Justification,
};

/// Something that happened, before it is put into words.
#[derive(Clone, Copy, Debug)]
pub(super) struct Moment<'a> {
    pub(super) at: Option<Instant>,
    pub(super) what: What<'a>,
    /// Where it was read; none for what people wrote themselves.
    pub(super) origin: Option<Origin>,
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
    /// A change came into effect, and no record says by whose hand.
    CameIntoEffect(&'a Subject),
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

    /// Of things at one moment, which is told first: causes before effects.
    fn rank(&self) -> u8 {
        match self.what {
            What::FileBegins(_) => 0,
            What::Given(_) => 1,
            What::Listed(_) => 2,
            What::Did(_) | What::WroteAndRecorded(_) => 3,
            What::Decided(_) => 4,
            What::CameIntoEffect(_) => 5,
            What::Ended(_) => 6,
            What::FileEnds(_) => 7,
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
            all.push(came_into_effect(facts.case.change));
        }
    }
    match exception.tested {
        Tested::Subject(id) if facts.is_none() => {
            all.extend(cx.dataset.acts_on(id).iter().map(did));
            let done = cx.dataset.subject(id).filter(|subject| subject.record.done.is_some());
            all.extend(done.map(came_into_effect));
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
    ordered(all)
}

/// In the order of time, each once; what has no time comes first, for nothing can be said to come
/// before it.
fn ordered(mut all: Vec<Moment<'_>>) -> Vec<Moment<'_>> {
    all.sort_by_key(|m| (m.at, m.rank(), m.done(), m.account(), m.origin));
    all.dedup_by(|next, kept| same(next.what, kept.what));
    all.dedup_by(|next, kept| match (next.what, kept.what) {
        (What::Did(recorded), What::Did(wrote)) => {
            let same = (wrote.duty, recorded.duty) == (Duty::Author, Duty::Commit)
                && (wrote.to, wrote.by, wrote.at) == (recorded.to, recorded.by, recorded.at);
            if same {
                kept.what = What::WroteAndRecorded(wrote);
            }
            same
        }
        _ => false,
    });
    all
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

fn did<'a>(act: &'a Located<Act>) -> Moment<'a> {
    Moment { at: act.record.at, what: What::Did(&act.record), origin: Some(act.origin) }
}

fn came_into_effect(subject: &Located<Subject>) -> Moment<'_> {
    let what = What::CameIntoEffect(&subject.record);
    Moment { at: subject.record.done, what, origin: Some(subject.origin) }
}

fn decided(one: &Located<Decision>) -> Moment<'_> {
    Moment { at: Some(one.record.at), what: What::Decided(&one.record), origin: Some(one.origin) }
}

fn justified(justification: &Justification) -> Moment<'_> {
    Moment { at: Some(justification.at), what: What::Justified(justification), origin: None }
}

/// A role's beginning and end, as far as the record tells of them; a list tells of neither.
fn granted(grant: &Located<Grant>) -> Vec<Moment<'_>> {
    let (record, origin) = (&grant.record, Some(grant.origin));
    let one = |at, what| Moment { at, what, origin };
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
    let one = |at, what| Moment { at: Some(at), what, origin: None };
    let mut all = Vec::new();
    if let Some((first, last)) = source.tally.times {
        all.extend([one(first, What::FileBegins(id)), one(last, What::FileEnds(id))]);
    }
    all.extend(source.export.at.map(|at| one(at, What::Exported(id))));
    all
}
