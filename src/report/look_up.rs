//! What every table and section asks of a report: texts, times, places, parties.

use std::{borrow::Cow, collections::BTreeSet};

use rayon::prelude::*;

use super::{Report, wording};
use crate::{
    crossref::{Assessment, ChangeFacts, Context, Drilled, Person, Tested, Who, drills_of_period},
    model::{AccountId, Decision, Instant, Located, Origin, Subject, SubjectId, Symbol},
    policy::Drill,
};

/// Changes that are gathered at once, in parallel.
const CHUNK: usize = 2048;

impl<'a> Report<'a> {
    /// What the rules could ask.
    pub(super) fn cx(&self) -> &'a Context<'a> {
        self.assessment.cx
    }

    /// A text of the evidence; empty if there is none.
    pub(super) fn text(&self, symbol: Option<Symbol>) -> &'a str {
        symbol.map_or("", |symbol| self.cx().dataset.text(symbol))
    }

    /// A place in the evidence: file, then line or pointer.
    pub(super) fn place(&self, origin: Origin) -> String {
        self.cx().dataset.place(origin)
    }

    /// A decision of the evidence, by its index.
    pub(super) fn decision(&self, index: u32) -> Option<&'a Located<Decision>> {
        self.cx().dataset.decisions().get(index as usize)
    }

    /// The drills of the period, with what came of each.
    pub(super) fn drills(&self) -> impl Iterator<Item = (&'a Drill, &'a Drilled)> {
        drills_of_period(self.cx()).map(|(_, drill, drilled)| (drill, drilled))
    }

    /// The path in the pack of a record's verbatim copy; empty if there is none.
    pub(super) fn record_path(&self, origin: Origin) -> String {
        (self.record)(origin).unwrap_or_default()
    }

    /// A moment as tables write it: RFC 3339 in UTC; empty if it is not known.
    pub(super) fn moment(&self, at: Option<Instant>) -> String {
        at.map(|at| at.to_string()).unwrap_or_default()
    }

    /// A moment as people of the organisation read it.
    pub(super) fn clock(&self, at: Option<Instant>) -> String {
        at.map_or_else(|| "at an unknown time".to_owned(), |at| self.cx().clock(at))
    }

    /// The registry id of an account's principal; empty if it has none.
    pub(super) fn principal(&self, account: AccountId) -> &'a str {
        match self.cx().who(account) {
            Who::Principal(principal) => &self.cx().principal(principal).id,
            Who::Account(_) => "",
        }
    }

    /// Who stands behind an account in every test of separation.
    pub(super) fn person(&self, account: AccountId) -> Cow<'a, str> {
        match self.cx().identities.person(account) {
            Person::Known { root, agents: false } => self.cx().principal(root).id.as_str().into(),
            Person::Known { root, agents: true } => {
                format!("agents of {}", self.cx().principal(root).id).into()
            }
            Person::Unknown(account) => format!("unknown: {}", self.text(Some(account.0))).into(),
            Person::Platform => "the platform".into(),
        }
    }

    /// How an account was joined to its principal, in words.
    pub(super) fn basis(&self, account: AccountId) -> String {
        let basis = self.cx().identities.of(account).map(|identity| &identity.basis);
        basis.map_or_else(|| "not in the evidence".to_owned(), |b| wording::basis(self.cx(), b))
    }

    /// What acts through an account: `human`, `agent`, `service` or `unknown`.
    pub(super) fn kind(&self, account: AccountId) -> &'static str {
        let ids = &self.cx().identities;
        match ids.is_human(account) {
            Some(true) => "human",
            _ if ids.is_agent(account) => "agent",
            Some(false) => "service",
            None => "unknown",
        }
    }

    /// The parties' ids.
    pub(super) fn who_ids(&self, who: &[Who]) -> String {
        who.iter().map(|who| self.cx().who_id(*who)).collect::<Vec<_>>().join("; ")
    }

    /// A subject of the evidence.
    pub(super) fn subject(&self, id: SubjectId) -> Option<&'a Subject> {
        self.cx().dataset.subject(id).map(|located| &located.record)
    }

    /// Path of one of the files that people wrote.
    pub(super) fn input_path(&self, what: &'static str) -> &'a str {
        self.inputs.iter().find(|input| input.what == what).map_or(what, |input| &input.path)
    }

    /// Hands on every change that was merged in the period with all that the rules asked of it.
    pub(super) fn each_change(&self, sink: &mut dyn FnMut(&ChangeFacts<'a>)) {
        let cx = self.cx();
        let all: Vec<_> = cx.merged().collect();
        for chunk in all.chunks(CHUNK) {
            let gathered: Vec<_> =
                chunk.par_iter().filter_map(|change| ChangeFacts::gather(cx, change)).collect();
            gathered.iter().for_each(&mut *sink);
        }
    }
}

/// Files whose reader noticed a gap, or that were exported too early to hold the whole period.
pub fn not_whole(assessment: &Assessment<'_>) -> usize {
    let dataset = assessment.cx.dataset;
    let early = assessment.exceptions.iter().filter(|e| e.rule.id == "source-gap");
    let early = early.filter_map(|e| match e.tested {
        Tested::Source(id) => Some(&dataset.source(id).path),
        _ => None,
    });
    let broken = dataset.sources().iter().filter(|source| !source.gaps.is_empty());
    early.chain(broken.map(|source| &source.path)).collect::<BTreeSet<_>>().len()
}
