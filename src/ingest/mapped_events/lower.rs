//! From the fields of a row to a record.

use super::Row;
use super::take::Take;
use crate::ingest::attempt::{Actor, Attempt, Lowered};
use crate::ingest::ingester::Context;
use crate::ingest::role_event::RoleEvent;
use crate::model::{
    AccountId, AccountKind, Act, Batch, Duty, Gives, Grant, HowKnown, Instant, Link, LinkKind,
    Outcome, Place, RecordMap, Subject, SubjectId, SubjectKind, SubjectState,
};

/// A record whose fields were all read, before it is added.
pub(super) struct Lower<'r> {
    map: &'r RecordMap,
    who: Vec<String>,
    who_system: Option<String>,
    who_kind: AccountKind,
    email: Option<String>,
    name: Option<String>,
    made: Made,
}

enum Made {
    Act { to: To, duty: Duty, at: Option<Instant>, revision: Option<String> },
    Decision(Box<Tried>),
    Grant(Box<Held>),
    Link { from: Id, kind: LinkKind, to: Id },
    Subject(To),
}

struct Id {
    system: Option<String>,
    local: String,
}

/// A subject and what the row says of it.
struct To {
    id: Id,
    kind: SubjectKind,
    state: Option<SubjectState>,
    texts: [Option<String>; 5],
    /// The commit whose result it put somewhere.
    executes: Option<Id>,
    created: Option<Instant>,
    done: Option<Instant>,
    reviews_listed: bool,
}

struct Tried {
    at: Instant,
    outcome: Outcome,
    texts: [Option<String>; 6],
}

struct Held {
    role: String,
    scope: Option<String>,
    event: Option<(bool, Instant)>,
    from: Option<Instant>,
    until: Option<Instant>,
    by: Option<String>,
}

/// Whether the rows give roles.
pub(super) fn is_grant(record: &RecordMap) -> bool {
    record.gives == Gives::Grant
}

/// How the rows' roles are known: as events, for an interval, or at the moment of the export.
pub(super) fn known(record: &RecordMap, context: &Context<'_>) -> HowKnown {
    let has = |name: &str| record.fields.contains_key(name);
    if has("event") {
        HowKnown::GrantEvent
    } else if has("from") || has("until") {
        HowKnown::Interval
    } else {
        HowKnown::Snapshot(context.settings.snapshot_at)
    }
}

impl<'r> Lower<'r> {
    /// Takes every field, or tells all that is wrong with them.
    pub(super) fn new(
        map: &'r RecordMap,
        row: &'r dyn Row,
        context: &Context<'_>,
    ) -> Result<Self, Vec<String>> {
        let mut take = Take::new(map, row);
        let who: Vec<_> = take.all("who").into_iter().map(folded).collect();
        let who_kind = take.word("who-kind", AccountKind::named).unwrap_or(AccountKind::Unknown);
        let who_system = take.one("who-system");
        let (email, name) = (take.one("who-email"), take.one("who-name"));
        let made = made(map.gives, &mut take, context);
        match made {
            Some(made) if take.faults.is_empty() => {
                Ok(Self { map, who, who_system, who_kind, email, name, made })
            }
            _ => Err(take.faults),
        }
    }

    /// Adds it.
    pub(super) fn write(self, place: Place, context: &Context<'_>, out: &mut Batch) -> Lowered {
        let system = self.who_system.as_deref().unwrap_or(context.system);
        let (kind, email, name) = (self.who_kind, self.email.as_deref(), self.name.as_deref());
        let account = |local: &str, out: &mut Batch| -> AccountId {
            let id = out.account_id(system, local);
            out.account(place, id, kind, email, name)
        };
        match self.made {
            Made::Act { to, duty, at, revision } => {
                let to = to.write(place, context, out);
                let revision = out.maybe(revision.as_deref());
                for who in &self.who {
                    let by = account(who, out);
                    out.act(place, Act { to, at, duty, by, revision, dismissed: false });
                }
            }
            Made::Decision(tried) => {
                let context = Context { system, ..*context };
                let mut kept = None;
                for who in &self.who {
                    let actor = Actor { email, name, ..Actor::new(who.as_str(), kind) };
                    let lowered = tried.attempt(actor).keep(place, &context, out);
                    kept = kept.filter(|one| *one == Lowered::Records).or(Some(lowered));
                }
                return kept.unwrap_or(Lowered::Records);
            }
            Made::Grant(held) => {
                for who in &self.who {
                    let holder = account(who, out);
                    held.write(holder, self.map, place, context, out);
                }
            }
            Made::Link { from, kind, to } => {
                let (from, to) = (from.id(context, out), to.id(context, out));
                out.link(place, Link { from, kind, to });
            }
            Made::Subject(to) => {
                to.write(place, context, out);
            }
        }
        Lowered::Records
    }
}

/// User names and addresses are the same in upper and lower case; names with parts, such as ARNs, are
/// not.
fn folded(who: String) -> String {
    if who.contains([':', '/']) { who } else { who.to_lowercase() }
}

fn made(gives: Gives, take: &mut Take<'_>, context: &Context<'_>) -> Option<Made> {
    Some(match gives {
        Gives::Act => {
            let (to, duty) = (to(take, context), take.word("duty", Duty::named));
            let (at, revision) = (take.time("at", context), take.one("revision"));
            let revision = revision.map(|revision| revision.to_lowercase());
            Made::Act { to: to?, duty: duty?, at, revision }
        }
        Gives::Decision => {
            let (at, outcome) = (take.time("at", context), take.word("outcome", Outcome::named));
            let texts = ["action", "resource", "code", "control", "message", "request"];
            let texts = texts.map(|name| take.one(name));
            Made::Decision(Box::new(Tried { at: at?, outcome: outcome?, texts }))
        }
        Gives::Grant => Made::Grant(Box::new(held(take, context)?)),
        Gives::Link => {
            let (from, to) = (id(take, "from", "from-system"), id(take, "to", "to-system"));
            let kind = take.word("link", LinkKind::named);
            Made::Link { from: from?, kind: kind?, to: to? }
        }
        Gives::Subject => Made::Subject(to(take, context)?),
    })
}

fn id(take: &mut Take<'_>, name: &str, system: &str) -> Option<Id> {
    let (system, local) = (take.one(system), take.one(name));
    Some(Id { system, local: local? })
}

fn to(take: &mut Take<'_>, context: &Context<'_>) -> Option<To> {
    let id = id(take, "to", "to-system");
    let kind = take.word("kind", SubjectKind::named);
    let state = take.word("state", SubjectState::named);
    let texts = ["title", "url", "repository", "target", "head"].map(|name| take.one(name));
    let executes = executes(take, kind);
    let (created, done) = (take.time("created", context), take.time("done", context));
    let reviews_listed = take.one("reviews-listed").is_some_and(|listed| listed == "yes");
    Some(To { id: id?, kind: kind?, state, texts, executes, created, done, reviews_listed })
}

/// The commit that a run or deployment executed, as `acme/pay@0a1b…`.
fn executes(take: &mut Take<'_>, kind: Option<SubjectKind>) -> Option<Id> {
    let mut commit = id(take, "executes", "executes-system")?;
    let Some((repository, hash)) = commit.local.rsplit_once('@') else {
        let fault =
            "its `executes` is no commit such as `acme/pay@0a1b…` (put `prefix = \"acme/pay@\"`)";
        take.faults.push(fault.to_owned());
        return None;
    };
    if !matches!(kind, Some(SubjectKind::Run | SubjectKind::Deployment)) {
        take.faults.push("it executes a commit, and is neither run nor deployment".to_owned());
    }
    commit.local = format!("{repository}@{}", hash.to_lowercase());
    Some(commit)
}

fn held(take: &mut Take<'_>, context: &Context<'_>) -> Option<Held> {
    let (role, scope, by) = (take.one("role"), take.one("scope"), take.one("granted-by"));
    let at = take.time("at", context);
    let event = take.one("event").map(|event| event == "given");
    if event.is_some() && at.is_none() && take.faults.is_empty() {
        take.faults.push("its `at` is empty, so that nobody knows when the role moved".to_owned());
    }
    let (from, until) = (take.time("from", context), take.time("until", context));
    if let (Some(from), Some(until)) = (from, until)
        && until < from
    {
        take.faults.push(format!("it ends at {until}, before it begins at {from}"));
    }
    Some(Held { role: role?, scope, event: event.zip(at), from, until, by })
}

impl Id {
    fn id(&self, context: &Context<'_>, out: &mut Batch) -> SubjectId {
        out.subject_id(self.system.as_deref().unwrap_or(context.system), &self.local)
    }
}

impl To {
    fn write(&self, place: Place, context: &Context<'_>, out: &mut Batch) -> SubjectId {
        let id = self.id.id(context, out);
        let [title, url, repository, target, head] = &self.texts;
        let head = head.as_deref().map(str::to_lowercase);
        // What has an end has come into effect, unless the row says otherwise.
        let implied = if self.done.is_some() { SubjectState::Done } else { SubjectState::Unknown };
        let subject = Subject {
            state: self.state.unwrap_or(implied),
            title: out.maybe(title.as_deref()),
            url: out.maybe(url.as_deref()),
            repository: out.maybe(repository.as_deref()),
            target: out.maybe(target.as_deref()),
            revision: out.maybe(head.as_deref()),
            created: self.created,
            done: self.done,
            reviews_listed: self.reviews_listed,
            ..Subject::new(id, self.kind)
        };
        out.subject(place, subject);
        if let Some(commit) = &self.executes {
            let to = commit.id(context, out);
            out.link(place, Link { from: id, kind: LinkKind::Executes, to });
        }
        id
    }
}

impl Tried {
    fn attempt<'t>(&'t self, actor: Actor<'t>) -> Attempt<'t> {
        let [action, resource, code, control, message, request] = &self.texts;
        let text = |text: &'t Option<String>| text.as_deref().map(Into::into);
        Attempt {
            at: self.at,
            actor,
            action: action.as_deref().unwrap_or_default().into(),
            resource: text(resource),
            outcome: self.outcome,
            code: text(code),
            control: text(control),
            message: text(message),
            request: text(request),
        }
    }
}

impl Held {
    fn write(
        &self,
        holder: AccountId,
        map: &RecordMap,
        place: Place,
        context: &Context<'_>,
        out: &mut Batch,
    ) {
        let role = out.role_id(context.system, &self.role);
        let scope = out.maybe(self.scope.as_deref());
        let by = self.by.as_deref().map(|by| {
            let id = out.account_id(context.system, &folded(by.to_owned()));
            out.account(place, id, AccountKind::Unknown, None, None)
        });
        if let Some((gives, at)) = self.event {
            RoleEvent { place, at, gives, by }.write(holder, role, scope, out);
            return;
        }
        let known = known(map, context);
        let (from, until) = (self.from, self.until);
        out.grant(place, Grant { holder, role, scope, from, until, granted_by: by, known });
    }
}
