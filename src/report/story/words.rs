//! What happened, in a sentence; which roles were held then; what the rules hold of it.

use super::{
    Again, Event, Report, cast, hostile,
    moments::{Moment, What},
};
use crate::{
    crossref::{Approval, ChangeFacts, Held, Person, Proof, Span, Who},
    model::{
        AccountId, Act, Decision, Duty, Grant, HowKnown, Instant, Origin, Outcome, SourceId,
        Subject, SubjectId, SubjectKind,
    },
    policy::{Drill, Justification, PrincipalId, PrincipalKind},
    report::{figure::Tone, wording},
};

/// Characters of a revision that people read.
const SHORT: usize = 10;

/// What the rules hold of the changes of which a story tells.
pub(super) struct Judging<'f, 'a> {
    tested: Option<&'f ChangeFacts<'a>>,
    others: Vec<ChangeFacts<'a>>,
}

impl<'f, 'a> Judging<'f, 'a> {
    /// Gathers them for every change that a moment's approval is of.
    pub(super) fn new(
        report: &Report<'a>,
        tested: Option<&'f ChangeFacts<'a>>,
        moments: &[Moment<'_>],
    ) -> Self {
        let cx = report.cx();
        let mut wanted: Vec<SubjectId> = Vec::new();
        for moment in moments {
            if let What::Did(Act { duty: Duty::Approve, to, .. }) = moment.what
                && tested.is_none_or(|facts| facts.case.change.record.id != *to)
                && !wanted.contains(to)
            {
                wanted.push(*to);
            }
        }
        let change = |id: &SubjectId| cx.dataset.subject(*id).filter(|s| is_change(&s.record));
        let others = wanted.iter().filter_map(change);
        Self { tested, others: others.filter_map(|c| ChangeFacts::gather(cx, c)).collect() }
    }

    fn of(&self, act: &Act) -> Option<&Approval<'a>> {
        let all = self.tested.into_iter().chain(&self.others);
        all.flat_map(|facts| &facts.approvals.all).find(|approval| approval.act.record == *act)
    }
}

fn is_change(subject: &Subject) -> bool {
    subject.kind == SubjectKind::Change
}

/// One moment in words, with at most `limit` roles of who acts.
pub(super) fn event(
    report: &Report<'_>,
    judging: &Judging<'_, '_>,
    moment: &Moment<'_>,
    limit: usize,
) -> Event {
    let cx = report.cx();
    let account = moment.account();
    let approval = match moment.what {
        What::Did(act) if act.duty == Duty::Approve => Some((act, judging.of(act))),
        _ => None,
    };
    let roles = match (approval, account, moment.at) {
        (Some((_, Some(approval))), ..) => Some(entitled(report, approval, limit)),
        (_, Some(account), Some(at)) if acts(moment) => roles_then(report, account, at, &[], limit),
        _ => None,
    };
    let judged = approval.map(|(act, approval)| match approval {
        Some(approval) => judged(report, approval),
        None => (unjudged(report, act), Tone::Neutral),
    });
    let source = moment.origin.map(|origin| cx.dataset.source(origin.source));
    let text = |text: String| hostile::brief(&text);
    let named = |account: AccountId| hostile::brief(report.text(Some(account.0)));
    let again = |(by, at): &(AccountId, Origin)| Again {
        account: named(*by),
        place: hostile::brief(&report.place(*at)),
        record: report.record_path(*at),
    };
    Event {
        at: moment.at.map(|at| at.local_exact(cx.period.zone())).unwrap_or_default(),
        moment: report.moment(moment.at),
        said: said(report, moment),
        acted: acts(moment),
        account: account.map(named).unwrap_or_default(),
        principal: account.map(|a| hostile::brief(report.principal(a))).unwrap_or_default(),
        basis: account.map(|a| text(cast::basis(report, a))).unwrap_or_default(),
        roles: roles.map(|told| hostile::shown(&told)),
        tone: judged.as_ref().map_or(Tone::Neutral, |(_, tone)| *tone),
        judged: judged.map(|(told, _)| hostile::shown(&told)),
        place: place(report, moment),
        record: moment.origin.map(|origin| report.record_path(origin)).unwrap_or_default(),
        sha256: source.map(|source| source.digest.to_string()).unwrap_or_default(),
        also: moment.also.iter().map(again).collect(),
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
        (None, What::Planned(drill) | What::Over(drill)) => {
            format!("{} line {}", report.input_path("drills"), drill.line)
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
        What::CameIntoEffect(subject, unseen) => came_into_effect(report, subject, unseen),
        What::Planned(drill) => planned(report, drill),
        What::Over(drill) => format!("the window of drill {} ended", hostile::brief(&drill.id)),
        What::FileBegins(id) => format!("the first record of {}", path(report, id)),
        What::FileEnds(id) => format!("the last record of {}", path(report, id)),
        What::Exported(id) => exported(report, id),
        What::Justified(justification) => justified(report, justification),
    }
}

/// Who acts through an account that is named beside the sentence.
fn actor(report: &Report<'_>, account: AccountId) -> String {
    if report.cx().identities.person(account) == Person::Platform {
        return "the platform".to_owned();
    }
    match report.cx().who(account) {
        Who::Account(_) => "an account that belongs to nobody known".to_owned(),
        Who::Principal(id) => person(report, id),
    }
}

/// Who acts through an account that nothing else names.
fn other(report: &Report<'_>, account: AccountId) -> String {
    let named = hostile::brief(report.text(Some(account.0)));
    match report.cx().who(account) {
        _ if report.cx().identities.person(account) == Person::Platform => {
            format!("the platform ({named})")
        }
        Who::Account(_) => format!("{named}, an account that belongs to nobody known,"),
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
    // What was run is known by its own revision where the act names none.
    let own = found.filter(|_| act.duty == Duty::Execute).and_then(|subject| subject.revision);
    let revision = match report.text(act.revision.or(own)) {
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
            let since = if act.dismissed { " (dismissed since)" } else { "" };
            format!("approved {it}{revision}{since}")
        }
        Duty::Reject => format!("objected to {it}{revision}"),
        Duty::Dismiss => format!("took an approval of {it} away"),
        Duty::Merge => format!("merged {it}{into}"),
        Duty::Execute => format!("ran {it}{revision}{into}"),
        Duty::Grant => format!("granted {it}"),
        Duty::Revoke => format!("revoked {it}"),
        Duty::Bypass => format!("went around a control on {it}"),
        Duty::Review if act.dismissed => {
            format!(
                "reviewed {it}{revision}; the review was dismissed, and what it said is not on record"
            )
        }
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
        Some(by) => format!("{} gave {holder} {role}", other(report, by)),
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
        // Of what it allowed, the code is the kind of token or application that was used.
        Outcome::Allowed => {
            let through = match report.text(decision.code) {
                "" => String::new(),
                code => format!(" through {}", hostile::brief(code)),
            };
            format!("{actor} did {action}{on}{through}, and nothing stopped it")
        }
        Outcome::Denied => format!("{actor} tried {action}{on}, and was refused by {control}"),
        Outcome::Bypassed => format!("{actor} did {action}{on} past {control}"),
        Outcome::Unknown => {
            format!("{actor} tried {action}{on}; the record does not say with which result")
        }
    }
}

fn came_into_effect(report: &Report<'_>, change: &Subject, unseen: bool) -> String {
    let it = subject(report, change.id);
    let hand = if unseen { "; no record says by whose hand" } else { "" };
    match report.text(change.target) {
        _ if change.kind == SubjectKind::Ticket => format!("{it} was closed"),
        "" => format!("{it} came into effect{hand}"),
        target => format!("{it} reached {}{hand}", hostile::brief(target)),
    }
}

fn planned(report: &Report<'_>, drill: &Drill) -> String {
    let on = drill.target.as_ref().map(|target| format!(" on {}", hostile::brief(target.text())));
    let code = match &drill.code {
        Some(code) => format!(" with {}", hostile::brief(code)),
        None => String::new(),
    };
    format!(
        "the window of drill {} began, in which {} was to try {}{} and to be refused{code}, \
         conducted by {}",
        hostile::brief(&drill.id),
        person(report, drill.who),
        hostile::brief(drill.action.text()),
        on.unwrap_or_default(),
        person(report, drill.conductor),
    )
}

fn path(report: &Report<'_>, id: SourceId) -> String {
    hostile::brief(&report.cx().dataset.source(id).path)
}

fn exported(report: &Report<'_>, id: SourceId) -> String {
    let by = match &report.cx().dataset.source(id).export.by {
        Some(by) => format!(" by {}", named(report, by)),
        None => "; nobody says by whom".to_owned(),
    };
    format!("{} was exported{by}", path(report, id))
}

/// Whom somebody wrote down by a registry id, or else what they wrote.
fn named(report: &Report<'_>, id: &str) -> String {
    let found = report.cx().identities.principals().named(id);
    found.map_or_else(|| hostile::brief(id), |id| person(report, id))
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

/// The roles that an approver held, those that entitle first, or why none is known to have.
fn entitled(report: &Report<'_>, approval: &Approval<'_>, limit: usize) -> String {
    let (act, cx) = (approval.act.record, report.cx());
    let by_what = &approval.entitled_by;
    let all = act.at.and_then(|at| roles_then(report, act.by, at, by_what, limit));
    if !by_what.is_empty() {
        return all.unwrap_or_default();
    }
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

/// Every role that an account's owner held at a moment: those that entitle first, then the best
/// known.
fn roles_then(
    report: &Report<'_>,
    account: AccountId,
    at: Instant,
    entitling: &[Span],
    limit: usize,
) -> Option<String> {
    let cx = report.cx();
    let Who::Principal(id) = cx.who(account) else { return None };
    let mut spans: Vec<_> = cx.roles.of(id).iter().filter(|span| span.holds(at)).copied().collect();
    spans.sort_by_key(|span| (span.role, span.scope, span.proof));
    spans.dedup_by_key(|span| (span.role, span.scope));
    let other = |span: &Span| {
        let same = |by: &Span| (by.role, by.scope) == (span.role, span.scope);
        !entitling.iter().any(same)
    };
    spans.sort_by_key(|span| (other(span), span.proof, span.role, span.scope));
    told(report, &spans, limit)
}

fn told(report: &Report<'_>, spans: &[Span], limit: usize) -> Option<String> {
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
    let mut all: Vec<_> = spans.iter().take(limit).map(one).collect();
    let more = spans.len().saturating_sub(limit);
    if more > 0 {
        all.push(format!("and {more} more"));
    }
    (!all.is_empty()).then(|| all.join(", "))
}

/// Why the rules hold nothing of an approval.
fn unjudged(report: &Report<'_>, act: &Act) -> String {
    match report.subject(act.to).map(|subject| subject.kind) {
        Some(SubjectKind::Ticket) => {
            "an approval of the ticket, which is judged where a change answers it".to_owned()
        }
        Some(SubjectKind::Change) => {
            "not judged: the change was not merged in the evidence".to_owned()
        }
        _ => "not judged: it approves no change".to_owned(),
    }
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
