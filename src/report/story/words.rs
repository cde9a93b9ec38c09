//! What happened, in a sentence; which roles were held then; what the rules hold of it.

use super::{
    Event, Report, cast, hostile,
    moments::{Moment, What},
};
use crate::{
    crossref::{Approval, ChangeFacts, Held, Person, Proof, Span, Who},
    model::{
        AccountId, Act, Decision, Duty, Grant, HowKnown, Instant, Outcome, SourceId, Subject,
        SubjectId, SubjectKind,
    },
    policy::{Justification, PrincipalId, PrincipalKind},
    report::{figure::Tone, wording},
};

/// Roles of one person at one moment that are named.
const ROLES: usize = 3;
/// Characters of a revision that people read.
const SHORT: usize = 10;

/// One moment in words.
pub(super) fn event(
    report: &Report<'_>,
    facts: Option<&ChangeFacts<'_>>,
    moment: &Moment<'_>,
) -> Event {
    let cx = report.cx();
    let account = moment.account();
    let approval = match moment.what {
        What::Did(act) => facts.and_then(|facts| approval_of(facts, act)),
        _ => None,
    };
    let roles = match (approval, account, moment.at) {
        (Some(approval), ..) => Some(entitled(report, approval)),
        (None, Some(account), Some(at)) if acts(moment) => roles_then(report, account, at),
        _ => None,
    };
    let judged = approval.map(|approval| judged(report, approval));
    let source = moment.origin.map(|origin| cx.dataset.source(origin.source));
    let text = |text: String| hostile::brief(&text);
    Event {
        at: moment.at.map(|at| cx.clock(at)).unwrap_or_default(),
        moment: report.moment(moment.at),
        said: said(report, moment),
        acted: acts(moment),
        account: account.map(|a| hostile::brief(report.text(Some(a.0)))).unwrap_or_default(),
        principal: account.map(|a| hostile::brief(report.principal(a))).unwrap_or_default(),
        basis: account.map(|a| text(cast::basis(report, a))).unwrap_or_default(),
        roles: roles.map(|told| hostile::shown(&told)),
        tone: judged.as_ref().map_or(Tone::Neutral, |(_, tone)| *tone),
        judged: judged.map(|(told, _)| hostile::shown(&told)),
        place: place(report, moment),
        record: moment.origin.map(|origin| report.record_path(origin)).unwrap_or_default(),
        sha256: source.map(|source| source.digest.to_string()).unwrap_or_default(),
    }
}

/// Tells whether somebody does something, rather than being given or shown to have it.
fn acts(moment: &Moment<'_>) -> bool {
    matches!(moment.what, What::Did(_) | What::WroteAndRecorded(_) | What::Decided(_))
}

fn place(report: &Report<'_>, moment: &Moment<'_>) -> String {
    match (moment.origin, moment.what) {
        (Some(origin), _) => hostile::brief(&report.place(origin)),
        (None, What::Justified(j)) => {
            format!("{} line {}", report.input_path("justifications"), j.line)
        }
        (None, What::FileBegins(id) | What::FileEnds(id)) => {
            hostile::brief(&report.cx().dataset.source(id).path)
        }
        // When a file was exported, and by whom, is said in the configuration.
        _ => {
            let mut written = report.inputs.iter().map(|input| input.path.as_str());
            written.find(|path| path.ends_with("sodpack.toml")).unwrap_or_default().to_owned()
        }
    }
}

fn said(report: &Report<'_>, moment: &Moment<'_>) -> String {
    match moment.what {
        What::Did(act) => format!("{} {}", actor(report, act.by), deed(report, act)),
        What::WroteAndRecorded(act) => {
            let commit = subject(report, act.to);
            format!("{} wrote {commit} and recorded it", actor(report, act.by))
        }
        What::Given(grant) => given(report, grant),
        What::Ended(grant) => {
            format!("{}, held by {}, ended", role(report, grant), actor(report, grant.holder))
        }
        What::Listed(grant) => listed(report, grant),
        What::Decided(decision) => decided(report, decision),
        What::CameIntoEffect(subject) => came_into_effect(report, subject),
        What::FileBegins(id) => format!("the first record of {}", path(report, id)),
        What::FileEnds(id) => format!("the last record of {}", path(report, id)),
        What::Exported(id) => exported(report, id),
        What::Justified(justification) => justified(report, justification),
    }
}

/// Who acts through an account.
pub(super) fn actor(report: &Report<'_>, account: AccountId) -> String {
    let cx = report.cx();
    if cx.identities.person(account) == Person::Platform {
        return format!("the platform ({})", hostile::brief(report.text(Some(account.0))));
    }
    match cx.who(account) {
        Who::Account(account) => {
            let account = hostile::brief(report.text(Some(account.0)));
            format!("{account}, an account that belongs to nobody known,")
        }
        Who::Principal(id) => person(report, id),
    }
}

/// A principal's name, and what it is where it is no human.
pub(super) fn person(report: &Report<'_>, id: PrincipalId) -> String {
    let principal = report.cx().principal(id);
    let name = hostile::brief(&principal.name);
    match principal.kind {
        PrincipalKind::Human => name,
        kind => format!("{name} ({})", wording::kind(kind)),
    }
}

/// The part of a sentence that follows the actor.
fn deed(report: &Report<'_>, act: &Act) -> String {
    let it = subject(report, act.to);
    let found = report.subject(act.to);
    let kind = found.map(|subject| subject.kind);
    let revision = match report.text(act.revision) {
        "" => String::new(),
        revision => format!(" at revision {}", short(revision)),
    };
    let into = match found.map(|subject| report.text(subject.target)) {
        None | Some("") => String::new(),
        Some(target) => format!(" into {}", hostile::brief(target)),
    };
    match act.duty {
        Duty::Request => format!("asked for {it}"),
        Duty::Author if kind == Some(SubjectKind::Change) => format!("opened {it}"),
        Duty::Author => format!("wrote {it}"),
        Duty::Commit => format!("recorded {it}"),
        Duty::Approve => {
            let since = if act.dismissed { "; the approval was dismissed since" } else { "" };
            format!("approved {it}{revision}{since}")
        }
        Duty::Reject => format!("asked for changes to {it}, or refused it{revision}"),
        Duty::Dismiss => format!("took an approval of {it} away"),
        Duty::Merge => format!("merged {it}{into}"),
        Duty::Execute => format!("ran {it}{into}"),
        Duty::Grant => format!("granted {it}"),
        Duty::Revoke => format!("revoked {it}"),
        Duty::Bypass => format!("went around a control on {it}"),
        Duty::Review => format!("reviewed {it} after the fact"),
    }
}

/// What something is called in a sentence: `change acme/pay#12`.
pub(super) fn subject(report: &Report<'_>, id: SubjectId) -> String {
    let text = report.text(Some(id.0));
    let local = text.split_once(':').map_or(text, |(_, local)| local);
    match report.subject(id).map(|subject| subject.kind) {
        Some(SubjectKind::Commit) => match local.rsplit_once('@') {
            Some((repository, revision)) => {
                format!("commit {} of {}", short(revision), hostile::brief(repository))
            }
            None => format!("commit {}", hostile::brief(local)),
        },
        Some(SubjectKind::AccessGrant) => format!("the access request {}", hostile::brief(local)),
        Some(kind) => format!("{kind} {}", hostile::brief(local)),
        // Nothing describes it; a revision is known by its looks.
        None => match local.rsplit_once('@') {
            Some((repository, revision)) => {
                format!("commit {} of {}", short(revision), hostile::brief(repository))
            }
            None => hostile::brief(local),
        },
    }
}

fn short(revision: &str) -> String {
    hostile::brief(&revision.chars().take(SHORT).collect::<String>())
}

fn role(report: &Report<'_>, grant: &Grant) -> String {
    let role = hostile::brief(report.text(Some(grant.role.0)));
    match report.text(grant.scope) {
        "" => format!("the role {role}"),
        scope => format!("the role {role} on {}", hostile::brief(scope)),
    }
}

fn given(report: &Report<'_>, grant: &Grant) -> String {
    let (holder, role) = (actor(report, grant.holder), role(report, grant));
    match grant.granted_by {
        Some(by) if by == grant.holder => format!("{holder} took {role} for themselves"),
        Some(by) => format!("{} gave {holder} {role}", actor(report, by)),
        None => format!("{holder} was given {role}; the record does not say by whom"),
    }
}

fn listed(report: &Report<'_>, grant: &Grant) -> String {
    let (holder, role) = (actor(report, grant.holder), role(report, grant));
    match grant.known {
        HowKnown::Snapshot(None) => {
            format!("a list that does not say when it was taken shows {holder} with {role}")
        }
        _ => format!("a list taken then shows {holder} with {role}"),
    }
}

fn decided(report: &Report<'_>, decision: &Decision) -> String {
    let actor = actor(report, decision.actor);
    let action = hostile::brief(report.text(Some(decision.action)));
    let on = match report.text(decision.resource) {
        "" => String::new(),
        resource => format!(" on {}", hostile::brief(resource)),
    };
    let control = match report.text(decision.control) {
        "" => "a control that the record does not name".to_owned(),
        control => hostile::brief(control),
    };
    match decision.outcome {
        Outcome::Allowed => format!("{actor} did {action}{on}, and nothing stopped it"),
        Outcome::Denied => format!("{actor} tried {action}{on}, and was refused by {control}"),
        Outcome::Bypassed => format!("{actor} did {action}{on} past {control}"),
        Outcome::Unknown => {
            format!("{actor} tried {action}{on}; the record does not say with which result")
        }
    }
}

fn came_into_effect(report: &Report<'_>, change: &Subject) -> String {
    let it = subject(report, change.id);
    match report.text(change.target) {
        "" => format!("{it} came into effect; no record says by whose hand"),
        target => format!("{it} reached {}; no record says by whose hand", hostile::brief(target)),
    }
}

fn path(report: &Report<'_>, id: SourceId) -> String {
    hostile::brief(&report.cx().dataset.source(id).path)
}

fn exported(report: &Report<'_>, id: SourceId) -> String {
    let by = match &report.cx().dataset.source(id).export.by {
        Some(by) => format!(" by {}", hostile::brief(by)),
        None => "; nobody says by whom".to_owned(),
    };
    format!("{} was exported{by}", path(report, id))
}

fn justified(report: &Report<'_>, j: &Justification) -> String {
    let name = |id: &str| match report.cx().identities.principals().named(id) {
        Some(id) => person(report, id),
        None if id.is_empty() => "nobody".to_owned(),
        None => format!("{}, whom the registry does not know,", hostile::brief(id)),
    };
    let (author, approver) = (name(&j.author), name(&j.approver));
    let id = hostile::brief(&j.exception);
    format!("{approver} approved the justification of {id} that {author} had written")
}

fn approval_of<'f, 'a>(facts: &'f ChangeFacts<'a>, act: &Act) -> Option<&'f Approval<'a>> {
    facts.approvals.all.iter().find(|approval| approval.act.record == *act)
}

/// The role that entitled an approver, or why none is known to have.
fn entitled(report: &Report<'_>, approval: &Approval<'_>) -> String {
    if let Some(told) = told(report, &approval.entitled_by) {
        return told;
    }
    let (act, cx) = (approval.act.record, report.cx());
    let all = act.at.and_then(|at| roles_then(report, act.by, at));
    let entitling = cx.policy.capability(crate::crossref::APPROVE);
    let held = cx.identities.principal(act.by).zip(act.at).zip(entitling).map(|((who, at), c)| {
        let scope = report.subject(act.to).map(|subject| report.text(subject.repository));
        cx.roles.held(who, &c.roles, scope.filter(|scope| !scope.is_empty()), at)
    });
    match (held, all) {
        (Some(Held::No), Some(all)) => format!("none that entitles to approve; {all}"),
        (Some(Held::No), None) => "none that entitles to approve".to_owned(),
        (Some(Held::Unknown(why)), _) => format!("not known: {why}"),
        (_, all) => all.unwrap_or_else(|| "not known".to_owned()),
    }
}

/// Every role that an account's owner held at a moment, the best known first.
fn roles_then(report: &Report<'_>, account: AccountId, at: Instant) -> Option<String> {
    let cx = report.cx();
    let Who::Principal(id) = cx.who(account) else { return None };
    let mut spans: Vec<_> = cx.roles.of(id).iter().filter(|span| span.holds(at)).copied().collect();
    spans.sort_by_key(|span| (span.role, span.scope, span.proof));
    spans.dedup_by_key(|span| (span.role, span.scope));
    spans.sort_by_key(|span| (span.proof, span.role, span.scope));
    told(report, &spans)
}

fn told(report: &Report<'_>, spans: &[Span]) -> Option<String> {
    let cx = report.cx();
    let one = |span: &Span| {
        let role = report.text(Some(span.role.0));
        let scope = match report.text(span.scope) {
            "" => String::new(),
            scope => format!(" on {scope}"),
        };
        let known = match span.proof {
            Proof::Uncertain(why) => format!("not known for certain: {why}"),
            proof => wording::proof(proof, &|at| cx.clock(at)),
        };
        let place = report.place(span.origin);
        let through = span.through.map(|origin| report.place(origin));
        let through = through.map(|place| format!("; as a member of a group, {place}"));
        format!("{role}{scope} ({known}; {place}{})", through.unwrap_or_default())
    };
    let mut all: Vec<_> = spans.iter().take(ROLES).map(one).collect();
    let more = spans.len().saturating_sub(ROLES);
    if more > 0 {
        all.push(format!("and {more} more"));
    }
    (!all.is_empty()).then(|| all.join(", "))
}

fn judged(report: &Report<'_>, approval: &Approval<'_>) -> (String, Tone) {
    let cx = report.cx();
    let reasons = approval.reasons.iter().map(|reason| wording::reason(cx, *reason));
    let doubts = approval.doubts.iter().map(|doubt| wording::doubt(cx, doubt));
    match approval.counts() {
        Some(true) => ("the approval counts".to_owned(), Tone::Good),
        Some(false) => {
            let why = reasons.collect::<Vec<_>>().join("; ");
            (format!("the approval does not count: {why}"), Tone::Bad)
        }
        None => {
            let why = doubts.collect::<Vec<_>>().join("; ");
            (format!("whether the approval counts cannot be told: {why}"), Tone::Warn)
        }
    }
}
