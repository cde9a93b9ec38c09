//! Every record of every source, in an order that does not depend on the order of reading.

use super::{
    Account, AccountId, AccountKind, Act, Batch, Decision, Digest, Export, Grant, HowKnown,
    Instant, Link, Origin, Place, Reject, RoleId, Source, SourceId, Subject, SubjectId,
    SubjectState, Symbol, Symbols,
};

/// A record with where it was read from.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Ord, PartialOrd)]
pub struct Located<T> {
    /// The record. First, so that records sort by what they say.
    pub record: T,
    /// Where it was read from.
    pub origin: Origin,
}

/// All records, sorted and without duplicates.
#[derive(Debug, Default)]
pub struct Dataset {
    symbols: Symbols,
    sources: Vec<Source>,
    accounts: Vec<Located<Account>>,
    subjects: Vec<Located<Subject>>,
    acts: Vec<Located<Act>>,
    links: Vec<Located<Link>>,
    grants: Vec<Located<Grant>>,
    decisions: Vec<Located<Decision>>,
    rejects: Vec<(SourceId, Reject)>,
}

/// What is known of a file besides its records.
#[derive(Debug)]
pub struct FileFacts {
    /// See [`Source::path`].
    pub path: String,
    /// See [`Source::format`].
    pub format: &'static str,
    /// See [`Source::system`].
    pub system: String,
    /// See [`Source::digest`].
    pub digest: Digest,
    /// See [`Source::bytes`].
    pub bytes: u64,
    /// See [`Source::export`].
    pub export: Export,
}

impl Dataset {
    /// Puts the records of all files together. The result is the same whatever the files' order.
    pub fn seal(mut files: Vec<(FileFacts, Batch)>) -> Self {
        files.sort_by(|(a, _), (b, _)| a.path.cmp(&b.path));
        let mut all = Self::default();
        for (facts, batch) in files {
            all.add(facts, batch);
        }
        let (symbols, ranks) = all.symbols.ranked();
        all.symbols = symbols;
        all.map(&|old| ranks[old.index()]);
        all.sort();
        all
    }

    fn add(&mut self, facts: FileFacts, batch: Batch) {
        let source = SourceId(self.sources.len() as u32);
        let map = self.symbols.absorb(&batch.symbols);
        let to = |old: Symbol| map[old.index()];
        let origin = |place: Place| Origin { source, place: place.map(&to) };
        fn moved<T: Mapped>(
            from: Vec<(Place, T)>,
            into: &mut Vec<Located<T>>,
            to: &dyn Fn(Symbol) -> Symbol,
            origin: &dyn Fn(Place) -> Origin,
        ) {
            into.extend(
                from.into_iter().map(|(place, record)| Located {
                    record: record.map(to),
                    origin: origin(place),
                }),
            );
        }
        moved(batch.accounts, &mut self.accounts, &to, &origin);
        moved(batch.subjects, &mut self.subjects, &to, &origin);
        moved(batch.acts, &mut self.acts, &to, &origin);
        moved(batch.links, &mut self.links, &to, &origin);
        moved(batch.grants, &mut self.grants, &to, &origin);
        moved(batch.decisions, &mut self.decisions, &to, &origin);
        self.rejects.extend(batch.rejects.into_iter().map(|reject| {
            (source, Reject { place: reject.place.map(&to), reason: reject.reason })
        }));
        let FileFacts { path, format, system, digest, bytes, export } = facts;
        let (tally, gaps, roles) = (batch.tally, batch.gaps, batch.roles);
        let logs_edits = batch.logs_edits;
        self.sources.push(Source {
            path,
            format,
            system,
            digest,
            bytes,
            export,
            tally,
            gaps,
            roles,
            logs_edits,
        });
    }

    fn map(&mut self, to: &dyn Fn(Symbol) -> Symbol) {
        fn each<T: Mapped>(all: &mut [Located<T>], to: &dyn Fn(Symbol) -> Symbol) {
            for located in all {
                located.record = located.record.map(to);
                located.origin.place = located.origin.place.map(to);
            }
        }
        each(&mut self.accounts, to);
        each(&mut self.subjects, to);
        each(&mut self.acts, to);
        each(&mut self.links, to);
        each(&mut self.grants, to);
        each(&mut self.decisions, to);
        for (_, reject) in &mut self.rejects {
            reject.place = reject.place.map(to);
        }
    }

    fn sort(&mut self) {
        let sources = &mut self.sources;
        let mut twin = |origin: Origin| sources[origin.source.0 as usize].tally.duplicates += 1;
        self.accounts.sort_unstable();
        self.accounts.dedup_by(|next, kept| next.record == kept.record);
        self.subjects.sort_unstable();
        merge_subjects(&mut self.subjects, &mut twin);
        drop_twins(&mut self.acts, &mut twin);
        // Two sources may both know of one link; that is no duplicate of a thing done.
        drop_twins(&mut self.links, &mut |_| {});
        drop_twins(&mut self.grants, &mut twin);
        self.decisions.sort_unstable();
        self.decisions.dedup_by(|next, kept| {
            let same = next.record == kept.record;
            if same {
                twin(next.origin);
            }
            same
        });
        self.rejects.sort();
    }

    /// The interned texts.
    pub fn symbols(&self) -> &Symbols {
        &self.symbols
    }

    /// The text of a symbol.
    pub fn text(&self, symbol: Symbol) -> &str {
        self.symbols.text(symbol)
    }

    /// The input files, by path.
    pub fn sources(&self) -> &[Source] {
        &self.sources
    }

    /// The file that a record was read from.
    pub fn source(&self, id: SourceId) -> &Source {
        &self.sources[id.0 as usize]
    }

    /// Where a record was read from, as people read it: `github/pulls.json /3/reviews/0`.
    pub fn place(&self, origin: Origin) -> String {
        format!("{} {}", self.source(origin.source).path, origin.place.text(&self.symbols))
    }

    /// The accounts, by id; one account may be described several times.
    pub fn accounts(&self) -> &[Located<Account>] {
        &self.accounts
    }

    /// The subjects, by id, each once.
    pub fn subjects(&self) -> &[Located<Subject>] {
        &self.subjects
    }

    /// The subject with this id, if some source describes it.
    pub fn subject(&self, id: SubjectId) -> Option<&Located<Subject>> {
        let index = self.subjects.binary_search_by_key(&id, |s| s.record.id).ok()?;
        self.subjects.get(index)
    }

    /// The acts, by subject and then by time.
    pub fn acts(&self) -> &[Located<Act>] {
        &self.acts
    }

    /// The acts done to one subject, by time.
    pub fn acts_on(&self, subject: SubjectId) -> &[Located<Act>] {
        range(&self.acts, |act| act.record.to, subject)
    }

    /// The links, by the subject they start from.
    pub fn links(&self) -> &[Located<Link>] {
        &self.links
    }

    /// The links that start from one subject.
    pub fn links_from(&self, subject: SubjectId) -> &[Located<Link>] {
        range(&self.links, |link| link.record.from, subject)
    }

    /// The grants, by holder.
    pub fn grants(&self) -> &[Located<Grant>] {
        &self.grants
    }

    /// The grants of one account.
    pub fn grants_of(&self, holder: AccountId) -> &[Located<Grant>] {
        range(&self.grants, |grant| grant.record.holder, holder)
    }

    /// The decisions, by time.
    pub fn decisions(&self) -> &[Located<Decision>] {
        &self.decisions
    }

    /// The times of all records that have one, in no order.
    pub fn times(&self) -> impl Iterator<Item = Instant> {
        let subjects = self.subjects.iter().map(|subject| &subject.record);
        let subjects = subjects.flat_map(|s| [s.created, s.done]);
        let grants = self.grants.iter().map(|grant| &grant.record);
        let grants = grants.flat_map(|grant| {
            let snapshot = match grant.known {
                HowKnown::Snapshot(at) => at,
                _ => None,
            };
            [grant.from, grant.until, snapshot]
        });
        let acts = self.acts.iter().map(|act| act.record.at);
        let decisions = self.decisions.iter().map(|decision| Some(decision.record.at));
        subjects.chain(grants).chain(acts).chain(decisions).flatten()
    }

    /// The items that could not be read, by source and place.
    pub fn rejects(&self) -> &[(SourceId, Reject)] {
        &self.rejects
    }

    /// What the system of an account says it is; the most specific where descriptions differ.
    pub fn kind_of(&self, account: AccountId) -> AccountKind {
        let described = range(&self.accounts, |a| a.record.id, account);
        described
            .iter()
            .map(|a| a.record.kind)
            .min_by_key(|kind| match kind {
                AccountKind::Agent => 0,
                AccountKind::Service => 1,
                AccountKind::Human => 2,
                AccountKind::Unknown => 3,
            })
            .unwrap_or(AccountKind::Unknown)
    }

    /// The descriptions of one account.
    pub fn descriptions(&self, account: AccountId) -> &[Located<Account>] {
        range(&self.accounts, |a| a.record.id, account)
    }
}

fn range<T, K: Ord + Copy>(all: &[T], key: impl Fn(&T) -> K, wanted: K) -> &[T] {
    let start = all.partition_point(|item| key(item) < wanted);
    let len = all[start..].partition_point(|item| key(item) == wanted);
    &all[start..start + len]
}

fn drop_twins<T: Ord + Copy + PartialEq>(all: &mut Vec<Located<T>>, twin: &mut dyn FnMut(Origin)) {
    all.sort_unstable();
    all.dedup_by(|next, kept| {
        let same = next.record == kept.record;
        if same {
            twin(next.origin);
        }
        same
    });
}

/// One subject for each id: the description that its system changed last, completed from the
/// others.
fn merge_subjects(subjects: &mut Vec<Located<Subject>>, twin: &mut dyn FnMut(Origin)) {
    subjects.dedup_by(|next, kept| {
        if next.record.id != kept.record.id {
            return false;
        }
        let (a, b) = (kept.record, next.record);
        if a == b {
            twin(next.origin);
        }
        let newer = (b.updated, rank(b.state)) > (a.updated, rank(a.state));
        let (new, old) = if newer { (b, a) } else { (a, b) };
        kept.record = Subject {
            id: a.id,
            kind: new.kind,
            state: if new.state == SubjectState::Unknown { old.state } else { new.state },
            title: new.title.or(old.title),
            url: new.url.or(old.url),
            repository: new.repository.or(old.repository),
            target: new.target.or(old.target),
            revision: new.revision.or(old.revision),
            created: new.created.or(old.created),
            done: new.done.or(old.done),
            updated: new.updated.or(old.updated),
            reviews_listed: new.reviews_listed || old.reviews_listed,
        };
        if newer {
            kept.origin = next.origin;
        }
        true
    });
}

fn rank(state: SubjectState) -> u8 {
    match state {
        SubjectState::Unknown => 0,
        SubjectState::Open => 1,
        SubjectState::Abandoned => 2,
        SubjectState::Done => 3,
    }
}

/// A record whose symbols can be replaced.
trait Mapped: Copy {
    fn map(self, to: &dyn Fn(Symbol) -> Symbol) -> Self;
}

impl Mapped for Account {
    fn map(self, to: &dyn Fn(Symbol) -> Symbol) -> Self {
        let (email, name) = (self.email.map(to), self.name.map(to));
        Self { id: AccountId(to(self.id.0)), email, name, ..self }
    }
}

impl Mapped for Subject {
    fn map(self, to: &dyn Fn(Symbol) -> Symbol) -> Self {
        Self {
            id: SubjectId(to(self.id.0)),
            title: self.title.map(to),
            url: self.url.map(to),
            repository: self.repository.map(to),
            target: self.target.map(to),
            revision: self.revision.map(to),
            ..self
        }
    }
}

impl Mapped for Act {
    fn map(self, to: &dyn Fn(Symbol) -> Symbol) -> Self {
        let (by, on) = (AccountId(to(self.by.0)), SubjectId(to(self.to.0)));
        Self { by, to: on, revision: self.revision.map(to), ..self }
    }
}

impl Mapped for Link {
    fn map(self, to: &dyn Fn(Symbol) -> Symbol) -> Self {
        Self { from: SubjectId(to(self.from.0)), to: SubjectId(to(self.to.0)), ..self }
    }
}

impl Mapped for Grant {
    fn map(self, to: &dyn Fn(Symbol) -> Symbol) -> Self {
        Self {
            holder: AccountId(to(self.holder.0)),
            role: RoleId(to(self.role.0)),
            scope: self.scope.map(to),
            granted_by: self.granted_by.map(|by| AccountId(to(by.0))),
            known: match self.known {
                HowKnown::Snapshot(at) => HowKnown::Snapshot(at),
                other => other,
            },
            ..self
        }
    }
}

impl Mapped for Decision {
    fn map(self, to: &dyn Fn(Symbol) -> Symbol) -> Self {
        Self {
            actor: AccountId(to(self.actor.0)),
            action: to(self.action),
            resource: self.resource.map(to),
            code: self.code.map(to),
            control: self.control.map(to),
            message: self.message.map(to),
            request: self.request.map(to),
            ..self
        }
    }
}
