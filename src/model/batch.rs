//! What an ingester writes to: the records of one file. It can add; it cannot read or change.

use hashbrown::HashSet;

use super::{
    Account, AccountId, AccountKind, Act, Decision, Grant, HowKnown, Instant, Link, Place, Reject,
    RoleId, Subject, SubjectId, Symbol, Symbols, Tally,
};

/// The records of one file, with symbols of its own.
#[derive(Debug, Default)]
pub struct Batch {
    pub(super) symbols: Symbols,
    pub(super) accounts: Vec<(Place, Account)>,
    pub(super) subjects: Vec<(Place, Subject)>,
    pub(super) acts: Vec<(Place, Act)>,
    pub(super) links: Vec<(Place, Link)>,
    pub(super) grants: Vec<(Place, Grant)>,
    pub(super) decisions: Vec<(Place, Decision)>,
    pub(super) rejects: Vec<Reject>,
    pub(super) tally: Tally,
    pub(super) gaps: Vec<String>,
    pub(super) roles: Option<HowKnown>,
    pub(super) logs_edits: bool,
    known: HashSet<Account>,
}

impl Batch {
    /// Interns a text.
    pub fn text(&mut self, text: &str) -> Symbol {
        self.symbols.intern(text)
    }

    /// Interns a text, unless there is none or it is blank.
    pub fn maybe(&mut self, text: Option<&str>) -> Option<Symbol> {
        text.map(str::trim).filter(|text| !text.is_empty()).map(|text| self.symbols.intern(text))
    }

    /// The id of the account `local` in `system`, which says nothing of what it is.
    pub fn account_id(&mut self, system: &str, local: &str) -> AccountId {
        AccountId(self.joined(system, local))
    }

    /// The id of the subject `local` in `system`.
    pub fn subject_id(&mut self, system: &str, local: &str) -> SubjectId {
        SubjectId(self.joined(system, local))
    }

    /// The id of the role `local` in `system`.
    pub fn role_id(&mut self, system: &str, local: &str) -> RoleId {
        RoleId(self.joined(system, local))
    }

    fn joined(&mut self, system: &str, local: &str) -> Symbol {
        self.symbols.intern(&format!("{system}:{local}"))
    }

    /// Adds an account and returns its id. `email` is one that the system vouches for.
    pub fn account(
        &mut self,
        place: Place,
        id: AccountId,
        kind: AccountKind,
        email: Option<&str>,
        name: Option<&str>,
    ) -> AccountId {
        let email = email.map(str::to_lowercase);
        let (email, name) = (self.maybe(email.as_deref()), self.maybe(name));
        let account = Account { id, kind, email, name };
        if self.known.insert(account) {
            self.accounts.push((place, account));
        }
        id
    }

    /// Adds a subject.
    pub fn subject(&mut self, place: Place, subject: Subject) {
        self.subjects.push((place, subject));
    }

    /// Adds an act.
    pub fn act(&mut self, place: Place, act: Act) {
        self.saw(act.at);
        self.acts.push((place, act));
    }

    /// Adds a link.
    pub fn link(&mut self, place: Place, link: Link) {
        self.links.push((place, link));
    }

    /// Adds a grant.
    pub fn grant(&mut self, place: Place, grant: Grant) {
        if let HowKnown::Snapshot(at) = grant.known {
            self.saw(at);
        } else {
            self.saw(grant.from);
        }
        self.grants.push((place, grant));
    }

    /// Adds a decision.
    pub fn decision(&mut self, place: Place, decision: Decision) {
        self.saw(Some(decision.at));
        self.decisions.push((place, decision));
    }

    /// Notes what the file proves roles of, and for which time.
    pub fn proves_roles(&mut self, known: HowKnown) {
        self.roles = Some(known);
    }

    /// Notes that the file is a log of all that was done in its system, as far as policy watches it.
    pub fn logs_edits(&mut self) {
        self.logs_edits = true;
    }

    /// Notes something that makes the file incomplete, once.
    pub fn gap(&mut self, gap: String) {
        if !self.gaps.contains(&gap) {
            self.gaps.push(gap);
        }
    }

    /// Counts an item that gave records.
    pub fn lowered(&mut self) {
        self.tally.items += 1;
        self.tally.lowered += 1;
    }

    /// Counts an item that holds nothing this program judges.
    pub fn irrelevant(&mut self, reason: &'static str) {
        self.tally.items += 1;
        *self.tally.irrelevant.entry(reason).or_default() += 1;
    }

    /// Counts and keeps an item that could not be read.
    pub fn reject(&mut self, place: Place, reason: impl ToString) {
        self.tally.items += 1;
        self.tally.rejected += 1;
        self.rejects.push(Reject { place, reason: reason.to_string() });
    }

    /// Notes that the system numbers the file's subjects without leaving any number out.
    pub fn numbered(&mut self) {
        self.tally.numbered = true;
    }

    /// What became of the items so far.
    pub fn tally(&self) -> &Tally {
        &self.tally
    }

    fn saw(&mut self, at: Option<Instant>) {
        if let Some(at) = at {
            self.tally.saw(at);
        }
    }
}
