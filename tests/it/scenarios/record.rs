//! A scenario's records as texts, so that they can be changed before they are judged, and their way
//! into the library's own model.

use std::collections::BTreeMap;

use sodpack::model::{
    AccountId, AccountKind, Act, Batch, Dataset, Decision, Digest, Duty, Export, FileFacts, Grant,
    HowKnown, Instant, Link, LinkKind, Outcome, Place, RoleId, Subject, SubjectId, SubjectKind,
    SubjectState,
};

/// One export: what is known of the file, and its records in the order of their lines.
#[derive(Clone, Debug)]
pub(crate) struct File {
    pub(crate) path: String,
    pub(crate) system: String,
    pub(crate) exported: Option<Instant>,
    pub(crate) roles: Option<HowKnown>,
    pub(crate) gaps: Vec<String>,
    pub(crate) rejects: u32,
    /// A log of all that was done in its system.
    pub(crate) log: bool,
    /// Who made the export.
    pub(crate) by: Option<String>,
    pub(crate) facts: Vec<Fact>,
}

/// A record with its line in the scenario.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Fact {
    pub(crate) line: u32,
    pub(crate) what: What,
}

/// A record. Ids are written `system:local`.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum What {
    Account { id: String, kind: AccountKind, email: Option<String> },
    Subject(Thing),
    Act(Deed),
    Link { from: String, kind: LinkKind, to: String },
    Grant(Given),
    Decision(Attempt),
}

#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Thing {
    pub(crate) id: String,
    pub(crate) kind: SubjectKind,
    pub(crate) state: SubjectState,
    pub(crate) repository: Option<String>,
    pub(crate) target: Option<String>,
    pub(crate) revision: Option<String>,
    pub(crate) created: Option<Instant>,
    pub(crate) done: Option<Instant>,
    pub(crate) reviews_listed: bool,
}

#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Deed {
    pub(crate) by: String,
    pub(crate) duty: Duty,
    pub(crate) to: String,
    pub(crate) at: Option<Instant>,
    pub(crate) revision: Option<String>,
    pub(crate) dismissed: bool,
}

#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Given {
    pub(crate) holder: String,
    pub(crate) role: String,
    pub(crate) scope: Option<String>,
    pub(crate) from: Option<Instant>,
    pub(crate) until: Option<Instant>,
    pub(crate) by: Option<String>,
    pub(crate) known: HowKnown,
}

#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Attempt {
    pub(crate) at: Instant,
    pub(crate) by: String,
    pub(crate) action: String,
    pub(crate) on: Option<String>,
    pub(crate) outcome: Outcome,
    pub(crate) code: Option<String>,
    pub(crate) control: Option<String>,
}

/// The records of all files as rules see them.
pub(crate) fn sealed(files: &[File]) -> Dataset {
    let lowered = files.iter().map(|file| {
        let facts = FileFacts {
            path: file.path.clone(),
            format: "scenario",
            system: file.system.clone(),
            digest: Digest::of(file.path.as_bytes()),
            bytes: 0,
            export: Export { at: file.exported, by: file.by.clone(), ..Export::default() },
        };
        (facts, batch(file))
    });
    Dataset::seal(lowered.collect())
}

fn batch(file: &File) -> Batch {
    let mut batch = Batch::default();
    if let Some(known) = file.roles {
        batch.proves_roles(known);
    }
    if file.log {
        batch.logs_edits();
    }
    for gap in &file.gaps {
        batch.gap(gap.clone());
    }
    for n in 0..file.rejects {
        batch.reject(Place::Line { n: n + 1, within: None }, "it could not be read");
    }
    // Several records may stand on one line; each needs a place of its own, as in an export.
    let mut parts: BTreeMap<u32, u32> = BTreeMap::new();
    for fact in &file.facts {
        let part = parts.entry(fact.line).or_default();
        *part += 1;
        let within = Some(batch.text(&part.to_string()));
        put(&mut batch, Place::Line { n: fact.line, within }, &fact.what);
    }
    batch
}

fn put(batch: &mut Batch, place: Place, what: &What) {
    match what {
        What::Account { id, kind, email } => {
            let id = AccountId(batch.text(id));
            batch.account(place, id, *kind, email.as_deref(), None);
        }
        What::Subject(thing) => put_subject(batch, place, thing),
        What::Act(deed) => {
            let Deed { at, duty, dismissed, .. } = *deed;
            let (to, by) = (SubjectId(batch.text(&deed.to)), AccountId(batch.text(&deed.by)));
            let revision = batch.maybe(deed.revision.as_deref());
            batch.act(place, Act { to, at, duty, by, revision, dismissed });
        }
        What::Link { from, kind, to } => {
            let (from, to) = (SubjectId(batch.text(from)), SubjectId(batch.text(to)));
            batch.link(place, Link { from, kind: *kind, to });
        }
        What::Grant(given) => {
            let Given { from, until, known, .. } = *given;
            let holder = AccountId(batch.text(&given.holder));
            let granted_by = given.by.as_deref().map(|by| AccountId(batch.text(by)));
            let role = RoleId(batch.text(&given.role));
            let scope = batch.maybe(given.scope.as_deref());
            batch.grant(place, Grant { holder, role, scope, from, until, granted_by, known });
        }
        What::Decision(attempt) => {
            let actor = AccountId(batch.text(&attempt.by));
            let decision = Decision {
                at: attempt.at,
                actor,
                action: batch.text(&attempt.action),
                resource: batch.maybe(attempt.on.as_deref()),
                outcome: attempt.outcome,
                code: batch.maybe(attempt.code.as_deref()),
                control: batch.maybe(attempt.control.as_deref()),
                message: None,
                request: None,
            };
            batch.decision(place, decision);
        }
    }
}

fn put_subject(batch: &mut Batch, place: Place, thing: &Thing) {
    let Thing { kind, state, created, done, reviews_listed, .. } = *thing;
    let id = SubjectId(batch.text(&thing.id));
    let repository = batch.maybe(thing.repository.as_deref());
    let target = batch.maybe(thing.target.as_deref());
    let revision = batch.maybe(thing.revision.as_deref());
    let known = Subject { state, repository, target, revision, ..Subject::new(id, kind) };
    batch.subject(place, Subject { created, done, reviews_listed, ..known });
}
