//! Statements that become records.

use sodpack::model::{
    AccountKind, Duty, HowKnown, Instant, LinkKind, Outcome, SubjectKind, SubjectState,
};

use super::{
    names::{account, kind, named, repository, revision, thing},
    parse::Reader,
    record::{Attempt, Deed, Fact, Given, Thing, What},
    scenario::{Answer, Answered},
    words::{Fault, Words},
};

/// What people do, as it is written in a scenario.
const DUTIES: &[(&str, Duty)] = &[
    ("requests", Duty::Request),
    ("authors", Duty::Author),
    ("approves", Duty::Approve),
    ("rejects", Duty::Reject),
    ("dismisses", Duty::Dismiss),
    ("executes", Duty::Execute),
    ("grants", Duty::Grant),
    ("revokes", Duty::Revoke),
    ("bypasses", Duty::Bypass),
    ("reviews", Duty::Review),
];

/// When something happened, and the line that says so.
#[derive(Clone, Copy)]
struct When {
    line: u32,
    at: Option<Instant>,
}

/// Reads a statement: one that begins with a time is an event, any other a state.
pub(crate) fn read(reader: &mut Reader, line: u32, mut words: Words) -> Result<(), Fault> {
    let zone = reader.scenario.zone;
    let dated = words.peek().is_some_and(|w| w.starts_with(|c: char| c.is_ascii_digit()));
    if !dated && !words.takes("undated") {
        return state(reader, line, words);
    }
    let at = if dated { Some(words.time(zone)?) } else { None };
    if let Some(at) = at {
        if reader.last.is_some_and(|last| at < last) {
            return Err("it happened before the event above it; put it in order".to_owned());
        }
        reader.last = Some(at);
    }
    event(reader, When { line, at }, words)
}

fn state(reader: &mut Reader, line: u32, mut words: Words) -> Result<(), Fault> {
    let first = words.word("a statement")?;
    match first.as_str() {
        "account" => {
            let id = words.word("an account")?;
            words.must("is")?;
            let kind = words.word("a kind")?;
            let kind = AccountKind::named(&kind).ok_or(format!("`{kind}` is no kind"))?;
            let email = words.clauses(&["email"])?.one("email")?.map(str::to_owned);
            add(reader, line, What::Account { id, kind, email })
        }
        "role" => role(reader, line, words),
        "reviews" => {
            words.must("of")?;
            let id = thing(&words.word("a change")?)?;
            words.must("are")?;
            words.must("not")?;
            words.must("listed")?;
            change(reader, &id)?.reviews_listed = false;
            Ok(())
        }
        _ => {
            let (from, kind) = (thing(&first)?, words.word("a link")?);
            let kind = LinkKind::named(&kind).ok_or(format!("`{kind}` is no link"))?;
            let to = thing(&words.word("a thing")?)?;
            words.end()?;
            add(reader, line, What::Link { from, kind, to })
        }
    }
}

/// `role ann okta:change-approver from 2026-06-01 until … on acme/pay by max`
fn role(reader: &mut Reader, line: u32, mut words: Words) -> Result<(), Fault> {
    let zone = reader.scenario.zone;
    let holder = account(reader, &words.word("a holder")?, "okta")?;
    let role = words.word("a role")?;
    let clauses = words.clauses(&["from", "until", "on", "by"])?;
    let by = clauses.one("by")?.filter(|by| *by != "somebody");
    let by = by.map(|by| account(reader, by, "okta")).transpose()?;
    let (from, until) = (clauses.time("from", zone)?, clauses.time("until", zone)?);
    let scope = clauses.one("on")?.map(str::to_owned);
    let known = HowKnown::Interval;
    add(reader, line, What::Grant(Given { holder, role, scope, from, until, by, known }))
}

fn event(reader: &mut Reader, when: When, mut words: Words) -> Result<(), Fault> {
    let who = words.word("somebody")?;
    if who == "snapshot" {
        return snapshot(reader, when, words);
    }
    let verb = words.word("a verb")?;
    if let Some((_, duty)) = DUTIES.iter().find(|(name, _)| *name == verb) {
        return deed(reader, when, &who, *duty, words);
    }
    match verb.as_str() {
        "opens" => opens(reader, when, &who, words),
        "commits" => commits(reader, when, &who, words),
        "pushes" | "gets" => onto_branch(reader, when, &who, &verb, words),
        "merges" => merges(reader, when, Some(&who), words),
        "is" => is(reader, when, &who, words),
        "tries" => tries(reader, when, &who, words),
        "gives" | "takes" => role_event(reader, when, &who, &verb, words),
        "justifies" => justifies(reader, when, &who, words),
        _ => Err(format!("`{verb}` is not understood")),
    }
}

/// `ann opens #1 onto release`
fn opens(reader: &mut Reader, when: When, who: &str, mut words: Words) -> Result<(), Fault> {
    let id = thing(&words.word("a change")?)?;
    let clauses = words.clauses(&["onto"])?;
    let target = clauses.one("onto")?.unwrap_or("main").to_owned();
    let subject = Thing {
        repository: Some(repository(&id)),
        target: Some(target),
        created: when.at,
        state: SubjectState::Open,
        reviews_listed: true,
        ..named(&id, SubjectKind::Change)
    };
    let by = account(reader, who, "github")?;
    add(reader, when.line, What::Subject(subject))?;
    act(reader, when, by, Duty::Author, id, None)
}

/// `ann commits @a1 to #1 with bob committed-by cat`
fn commits(reader: &mut Reader, when: When, who: &str, mut words: Words) -> Result<(), Fault> {
    let written = words.word("a commit")?;
    let commit = thing(&written)?;
    words.must("to")?;
    let id = thing(&words.word("a change")?)?;
    let clauses = words.clauses(&["with", "committed-by"])?;
    let by = account(reader, who, "github")?;
    let revision = revision(&written)?;
    change(reader, &id)?.revision = Some(revision.clone());
    reader.heads.insert(id.clone(), revision);
    add(reader, when.line, What::Link { from: id, kind: LinkKind::Contains, to: commit.clone() })?;
    act(reader, when, by, Duty::Author, commit.clone(), None)?;
    for other in clauses.list("with") {
        let by = account(reader, other, "github")?;
        act(reader, when, by, Duty::Author, commit.clone(), None)?;
    }
    for other in clauses.list("committed-by") {
        let by = account(reader, other, "github")?;
        act(reader, when, by, Duty::Commit, commit.clone(), None)?;
    }
    Ok(())
}

/// `ann pushes @m1 to main after @m0 @a1`, and `main gets @a1 after @m0` where nobody wrote it anew
fn onto_branch(
    reader: &mut Reader,
    when: When,
    who: &str,
    verb: &str,
    mut words: Words,
) -> Result<(), Fault> {
    let id = thing(&words.word("a commit")?)?;
    let branch = match verb {
        "gets" => who.to_owned(),
        _ => {
            words.must("to")?;
            words.word("a branch")?
        }
    };
    let clauses = words.clauses(&["after", "committed-by"])?;
    let commit = Thing {
        repository: Some(repository(&id)),
        target: Some(branch),
        done: when.at,
        ..named(&id, SubjectKind::Commit)
    };
    add(reader, when.line, What::Subject(commit))?;
    for (index, parent) in clauses.list("after").iter().enumerate() {
        let kind = if index == 0 { LinkKind::FirstParent } else { LinkKind::OtherParent };
        add(reader, when.line, What::Link { from: id.clone(), kind, to: thing(parent)? })?;
    }
    for other in clauses.list("committed-by") {
        let by = account(reader, other, "github")?;
        act(reader, when, by, Duty::Commit, id.clone(), None)?;
    }
    if verb == "gets" {
        return Ok(());
    }
    let by = account(reader, who, "github")?;
    act(reader, when, by, Duty::Author, id, None)
}

/// `cat merges #1 as @m1`
fn merges(
    reader: &mut Reader,
    when: When,
    who: Option<&str>,
    mut words: Words,
) -> Result<(), Fault> {
    let id = thing(&words.word("a change")?)?;
    let clauses = words.clauses(&["as"])?;
    let merged = change(reader, &id)?;
    merged.state = SubjectState::Done;
    merged.done = when.at;
    if let Some(commit) = clauses.one("as")? {
        let link = What::Link { from: id.clone(), kind: LinkKind::MergedAs, to: thing(commit)? };
        add(reader, when.line, link)?;
    }
    let Some(who) = who else { return Ok(()) };
    let by = account(reader, who, "github")?;
    act(reader, when, by, Duty::Merge, id, None)
}

/// `#1 is merged as @m1`, `ticket:7 is done`
fn is(reader: &mut Reader, when: When, what: &str, mut words: Words) -> Result<(), Fault> {
    let state = words.word("a state")?;
    if state == "merged" {
        let mut again = vec![what.to_owned()];
        while words.peek().is_some() {
            again.push(words.word("a word")?);
        }
        return merges(reader, when, None, Words::of(&again.join(" "))?);
    }
    let state = SubjectState::named(&state).ok_or(format!("`{state}` is no state"))?;
    let id = thing(what)?;
    let clauses = words.clauses(&["in", "onto", "at"])?;
    let done = when.at.filter(|_| state == SubjectState::Done);
    let revision = clauses.one("at")?.map(revision).transpose()?;
    let text = |key| clauses.one(key).map(|word| word.map(str::to_owned));
    let (repository, target) = (text("in")?, text("onto")?);
    if let Ok(known) = change(reader, &id) {
        (known.state, known.done) = (state, done);
        return Ok(());
    }
    let created = when.at;
    let subject =
        Thing { state, created, done, revision, repository, target, ..named(&id, kind(&id)?) };
    add(reader, when.line, What::Subject(subject))
}

/// `bob approves #1 at @a1 dismissed`
fn deed(
    reader: &mut Reader,
    when: When,
    who: &str,
    duty: Duty,
    mut words: Words,
) -> Result<(), Fault> {
    let to = thing(&words.word("a thing")?)?;
    let dismissed = words.takes("dismissed");
    let clauses = words.clauses(&["at"])?;
    let by = account(reader, who, "github")?;
    let decides = matches!(duty, Duty::Approve | Duty::Reject);
    let revision = match clauses.one("at")? {
        Some("nothing") => None,
        Some(seen) => Some(revision(seen)?),
        None => reader.heads.get(&to).filter(|_| decides).cloned(),
    };
    let deed = Deed { by, duty, to, at: when.at, revision, dismissed };
    add(reader, when.line, What::Act(deed))
}

/// `bot tries aws:iam:PutRolePolicy on RESOURCE denied by "service control policy" code AccessDenied`
fn tries(reader: &mut Reader, when: When, who: &str, mut words: Words) -> Result<(), Fault> {
    let action = words.word("an action")?;
    let keys = ["on", "allowed", "denied", "bypassed", "unknown", "by", "code"];
    let clauses = words.clauses(&keys)?;
    let outcome = Outcome::ALL.iter().find(|outcome| clauses.has(outcome.name()));
    let text = |key| clauses.one(key).map(|word| word.map(str::to_owned));
    let attempt = Attempt {
        at: when.at.ok_or("an attempt has a time")?,
        by: account(reader, who, "aws")?,
        action,
        on: text("on")?,
        outcome: *outcome.ok_or("what came of it? want allowed, denied, bypassed or unknown")?,
        code: text("code")?,
        control: text("by")?,
    };
    add(reader, when.line, What::Decision(attempt))
}

/// `max gives bob okta:change-approver on acme/pay`, `max takes okta:change-approver from bob`
fn role_event(
    reader: &mut Reader,
    when: When,
    who: &str,
    verb: &str,
    mut words: Words,
) -> Result<(), Fault> {
    let (holder, role) = if verb == "gives" {
        (words.word("a holder")?, words.word("a role")?)
    } else {
        let role = words.word("a role")?;
        words.must("from")?;
        (words.word("a holder")?, role)
    };
    let scope = words.clauses(&["on"])?.one("on")?.map(str::to_owned);
    let holder = account(reader, &holder, "okta")?;
    let by = if who == "somebody" { None } else { Some(account(reader, who, "okta")?) };
    let (from, until, known) = match verb {
        "gives" => (when.at, None, HowKnown::GrantEvent),
        _ => (None, when.at, HowKnown::RevokeEvent),
    };
    add(reader, when.line, What::Grant(Given { holder, role, scope, from, until, by, known }))
}

/// `snapshot github:team:acme/ops lists ann bob`, at that moment or an unknown one
fn snapshot(reader: &mut Reader, when: When, mut words: Words) -> Result<(), Fault> {
    let role = words.word("a role")?;
    let clauses = words.clauses(&["lists", "on"])?;
    let known = HowKnown::Snapshot(when.at);
    let scope = clauses.one("on")?.map(str::to_owned);
    reader.current()?.roles = Some(known);
    for holder in clauses.list("lists") {
        let holder = account(reader, holder, "github")?;
        let (role, scope) = (role.clone(), scope.clone());
        let given = Given { holder, role, scope, from: None, until: None, by: None, known };
        add(reader, when.line, What::Grant(given))?;
    }
    Ok(())
}

/// `bob justifies "self-approval on #1" approved-by cat until 2026-12-01 control "read again"`
fn justifies(reader: &mut Reader, when: When, who: &str, mut words: Words) -> Result<(), Fault> {
    let zone = reader.scenario.zone;
    let exception = words.word("an exception")?;
    let of = match exception.split_once(" on ") {
        Some((rule, on)) => Answered::Rule { rule: rule.to_owned(), on: on.to_owned() },
        None => Answered::Exception(exception),
    };
    let clauses = words.clauses(&["approved-by", "until", "control", "text"])?;
    let approver = clauses.one("approved-by")?.ok_or("nobody approved it; add `approved-by`")?;
    let answer = Answer {
        line: when.line,
        at: when.at.ok_or("a justification has a time")?,
        author: who.to_owned(),
        approver: approver.to_owned(),
        of,
        text: clauses.one("text")?.unwrap_or("an outage, looked at the next day").to_owned(),
        control: clauses.one("control")?.map(str::to_owned),
        expires: clauses.time("until", zone)?,
    };
    reader.scenario.answers.push(answer);
    Ok(())
}

fn add(reader: &mut Reader, line: u32, what: What) -> Result<(), Fault> {
    reader.current()?.facts.push(Fact { line, what });
    Ok(())
}

fn act(
    reader: &mut Reader,
    When { line, at }: When,
    by: String,
    duty: Duty,
    to: String,
    revision: Option<String>,
) -> Result<(), Fault> {
    let deed = Deed { by, duty, to, at, revision, dismissed: false };
    add(reader, line, What::Act(deed))
}

/// A change that was opened, in whichever file.
fn change<'r>(reader: &'r mut Reader, id: &str) -> Result<&'r mut Thing, Fault> {
    let facts = reader.scenario.files.iter_mut().flat_map(|file| &mut file.facts);
    let mut things = facts.filter_map(|fact| match &mut fact.what {
        What::Subject(thing) => Some(thing),
        _ => None,
    });
    let found = things.find(|thing| thing.id == id && thing.kind == SubjectKind::Change);
    found.ok_or_else(|| format!("nobody opened {id}; write that first"))
}
