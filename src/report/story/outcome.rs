//! What a story is about, why the verdict follows, and what answers it.

use super::{Report, hostile, words};
use crate::{
    crossref::{Answer, ChangeFacts, Class, Exception, Tested, Who},
    model::Subject,
    report::wording,
};

/// What broke the rule, in a sentence.
pub(super) fn about(report: &Report<'_>, e: &Exception) -> String {
    let what = match e.tested {
        Tested::Subject(id) => {
            let described = report.subject(id).map(|subject| described(report, subject));
            format!("{}{}", words::subject(report, id), described.unwrap_or_default())
        }
        Tested::Principal(id) => {
            let by_roles = e.evidence.iter().any(|evidence| evidence.shows.starts_with("role"));
            let roles = if by_roles { " and the roles held" } else { "" };
            format!("{}{roles}", words::person(report, id))
        }
        Tested::Account(account) => {
            let times = report.cx().activity.get(&account).map_or(0, |activity| activity.times);
            let account = hostile::brief(report.text(Some(account.0)));
            let times = wording::counted(times, "time", "times");
            format!("the account {account}, which acted {times} in the period")
        }
        Tested::Attempt(index) => {
            let action = report.decision(index).map(|decision| decision.record.action);
            let action = hostile::brief(report.text(action));
            format!(
                "the attempt {action}, on record as {}",
                hostile::brief(&e.tested.id(report.cx()))
            )
        }
        Tested::Grant(_) => format!("the grant of {}", hostile::brief(&e.tested.id(report.cx()))),
        Tested::Source(_) => format!("the file {}", hostile::brief(&e.tested.id(report.cx()))),
        Tested::Justification(line) => {
            let all = &report.cx().justifications.all;
            let answers = all.iter().find(|j| j.line == line).map(|j| j.exception.as_str());
            let answered = report.assessment.exceptions.iter().find(|e| Some(&*e.id) == answers);
            let said = answered.map(|e| format!(", {}", answered_for(report, e)));
            let id = hostile::brief(&e.tested.id(report.cx()));
            format!("the {id}{}", said.unwrap_or_default())
        }
        Tested::Drill(_) => format!("drill {}", hostile::brief(&e.tested.id(report.cx()))),
        Tested::Boundary(_) => {
            format!("the boundary “{}”", hostile::brief(&e.tested.id(report.cx())))
        }
        Tested::Control(_) => hostile::brief(&e.tested.id(report.cx())),
        Tested::Repository(_) => {
            format!("the repository {}", hostile::brief(&e.tested.id(report.cx())))
        }
        Tested::Nothing => "the evidence as a whole".to_owned(),
    };
    let kind = match e.rule.class {
        Class::Breach => "a breach",
        Class::Exposure => "an exposure",
        Class::Process => "a finding about how evidence and exceptions are handled",
    };
    format!("This is {kind}: {}. It concerns {what}.", e.rule.summary)
}

/// The exception that a justification answers, in words.
fn answered_for(report: &Report<'_>, e: &Exception) -> String {
    let on = hostile::brief(crate::report::view::local(&e.tested.id(report.cx())));
    let on = if on.is_empty() { on } else { format!(" on {on}") };
    format!("an exception of {}{on}: {}", e.rule.id, hostile::statement(&e.statement))
}

fn described(report: &Report<'_>, subject: &Subject) -> String {
    let mut told = String::new();
    match report.text(subject.title) {
        "" => {}
        title => told += &format!(", “{}”", hostile::brief(title)),
    }
    if let Some(done) = subject.done {
        told += &format!(", in effect since {}", report.cx().clock(done));
    }
    told
}

/// Why the verdict follows.
pub(super) fn because(
    report: &Report<'_>,
    e: &Exception,
    facts: Option<&ChangeFacts<'_>>,
) -> Vec<String> {
    let mut all = vec![sentence(&e.statement)];
    all.push(format!(
        "What {} tests: {}",
        e.rule.id,
        wording::section(e.rule.docs, "What it tests")
    ));
    if let Some(facts) = facts {
        let approvals = &facts.approvals;
        let whose = if facts.by_agent { "an agent took part in" } else { "people wrote" };
        let persons = wording::counted(approvals.needed as u64, "person", "persons");
        let counted = match approvals.effective as u64 {
            0 => "no approval counts".to_owned(),
            n => format!("the approvals of {} count", wording::counted(n, "person", "persons")),
        };
        let told = match approvals.enough() {
            Some(true) => "so enough approved",
            Some(false) => "so too few approved",
            None => "and whether others do cannot be told",
        };
        all.push(format!(
            "Policy wants {persons} to approve a change that {whose}; {counted}, {told}."
        ));
    }
    if let Tested::Source(id) = e.tested {
        all.extend(report.cx().dataset.source(id).gaps.iter().map(|gap| sentence(gap)));
    }
    let also = e.also.iter();
    all.extend(
        also.map(|(rule, said)| format!("{} saw the same fact: {}", rule.id, sentence(said))),
    );
    if !e.also.is_empty() {
        all.push("It is one fact, and one answer is enough.".to_owned());
    }
    all
}

/// A statement with its first letter and its full stop.
fn sentence(statement: &str) -> String {
    let text = hostile::statement(statement);
    // A path or an account keeps its letters.
    let first = text.split(' ').next().unwrap_or_default();
    if first.contains(['/', ':', '@', '#', '.']) {
        return format!("{}.", text.trim_end_matches('.'));
    }
    let mut letters = text.chars();
    let first: String = letters.next().map(|c| c.to_uppercase().collect()).unwrap_or_default();
    format!("{first}{}.", letters.as_str().trim_end_matches('.'))
}

/// What answers it.
pub(super) fn answer(report: &Report<'_>, e: &Exception) -> Vec<String> {
    let mut all: Vec<_> = e.answers.iter().map(|answer| given(report, answer)).collect();
    if all.is_empty() {
        all.push("Nobody has answered it.".to_owned());
    }
    if e.status.is_open() {
        all.push(wanted(report, e));
    } else {
        all.push("The justification answers the exception; it does not remove it.".to_owned());
    }
    all
}

fn given(report: &Report<'_>, answer: &Answer) -> String {
    let cx = report.cx();
    let j = &cx.justifications.all[answer.index];
    let name = |id: &str| match cx.identities.principals().named(id) {
        Some(id) => hostile::brief(&cx.principal(id).name),
        None if id.is_empty() => "nobody".to_owned(),
        None => hostile::brief(id),
    };
    let text = match j.text.trim() {
        "" => "It gives no reason.".to_owned(),
        text => format!("It says: “{}”", hostile::shown(text)),
    };
    let control = match &j.compensating_control {
        Some(control) => format!(" Compensating control: {}.", sentenceless(control)),
        None => " It names no compensating control.".to_owned(),
    };
    let ticket = j.ticket.as_deref().map(|t| format!(" Ticket: {}.", sentenceless(t)));
    let until = j.expires.map(|at| format!(" It holds until {}.", cx.clock(at)));
    let weak: Vec<_> =
        answer.weaknesses.iter().map(|w| wording::weakness(w, &|at| cx.clock(at))).collect();
    let verdict = match weak.is_empty() {
        true => "It is accepted.".to_owned(),
        false => format!("It is not accepted: {}.", weak.join("; ")),
    };
    format!(
        "{} wrote a justification, and {} approved it on {}. {text}{control}{}{} {verdict}",
        name(&j.author),
        name(&j.approver),
        cx.clock(j.at),
        ticket.unwrap_or_default(),
        until.unwrap_or_default(),
    )
}

fn sentenceless(text: &str) -> String {
    hostile::shown(text.trim_end_matches('.'))
}

/// Who may answer, where nobody has.
fn wanted(report: &Report<'_>, e: &Exception) -> String {
    let cx = report.cx();
    let mut barred: Vec<String> = Vec::new();
    for who in &e.parties {
        let name = hostile::brief(cx.who_name(*who));
        let root = match who {
            Who::Principal(id) => Some(cx.identities.root(*id)).filter(|root| root != id),
            Who::Account(_) => None,
        };
        let root = root.map(|root| hostile::brief(&cx.principal(root).name));
        for name in std::iter::once(name).chain(root) {
            if !barred.contains(&name) {
                barred.push(name);
            }
        }
    }
    let wants =
        "It wants a justification that one human of the registry writes and another approves";
    match barred.split_last() {
        None => format!("{wants}."),
        Some((last, [])) => format!("{wants}; neither may be {last}."),
        Some((last, rest)) => format!("{wants}; neither may be {} or {last}.", rest.join(", ")),
    }
}
