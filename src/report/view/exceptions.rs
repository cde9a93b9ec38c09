//! What people must answer, whether they did or not: breaches, exposure and process apart.

use serde::Serialize;

use super::{CarriedOver, Many, agent_changes::local};
use crate::{
    crossref::{Class, Status, Tested},
    policy::{Justification, Severity},
    report::{FollowUp, FollowUps, Report, figure::Tone, hostile, owned, wording},
};

/// Records of one exception that are shown.
const RECORDS: usize = 40;

/// All exceptions, by the level of separation that they concern.
#[derive(Clone, Debug, Serialize)]
pub struct Exceptions {
    /// Duties used on one object, or a control that failed on it.
    pub breaches: Many<Exception>,
    /// Conflicting roles held, used or not.
    pub exposure: Many<Exception>,
    /// How exceptions and evidence were handled.
    pub process: Many<Exception>,
    /// Exceptions of earlier packs that nobody had answered then.
    pub carried: Many<CarriedOver>,
    /// Justifications that answer no exception of this period, and none of an earlier pack.
    pub unused: Many<Unused>,
}

/// A violation with its answers.
#[derive(Clone, Debug, Serialize)]
pub struct Exception {
    /// Its id, the same in every month.
    pub id: String,
    /// The rule that was broken.
    pub rule: &'static str,
    /// What a violation of it is.
    pub summary: &'static str,
    /// Criteria that the rule is evidence for.
    pub criteria: String,
    /// How bad it is.
    pub severity: &'static str,
    /// What that means.
    pub severity_tone: Tone,
    /// Whether somebody still has to answer.
    pub status: &'static str,
    /// What that means.
    pub status_tone: Tone,
    /// What broke it.
    pub subject: String,
    /// What people called that.
    pub title: String,
    /// Where people open it, if that is a web address.
    pub url: Option<String>,
    /// What happened.
    pub statement: String,
    /// Who broke it.
    pub persons: Vec<String>,
    /// The records that show it.
    pub evidence: Many<Evidence>,
    /// Other rules that saw the same fact, and what they said of it.
    pub also: Vec<(String, String)>,
    /// Who sees to it that it is answered; empty where nobody is named.
    pub owner: String,
    /// How old it is.
    pub age: String,
    /// Whether one of its persons broke the rule more than once.
    pub repeated: String,
    /// The justifications that name it.
    pub answers: Vec<Answer>,
}

/// A record that shows something.
#[derive(Clone, Debug, Serialize)]
pub struct Evidence {
    /// What it shows.
    pub shows: &'static str,
    /// Where it was read.
    pub place: String,
    /// The record's verbatim copy.
    pub record: String,
}

/// A justification, as it answers one exception.
#[derive(Clone, Debug, Serialize)]
pub struct Answer {
    /// Whether it is accepted.
    pub accepted: bool,
    /// Why not.
    pub weaknesses: Vec<String>,
    /// What was written.
    pub text: String,
    /// Who wrote it.
    pub author: String,
    /// Who approved it.
    pub approver: String,
    /// When.
    pub at: String,
    /// What lowered the risk.
    pub compensating_control: Option<String>,
    /// Where it was discussed.
    pub ticket: Option<String>,
    /// That as a link, if it is a web address.
    pub url: Option<String>,
    /// When it ends.
    pub expires: Option<String>,
    /// Where it was read.
    pub place: String,
}

/// A justification that answers nothing.
#[derive(Clone, Debug, Serialize)]
pub struct Unused {
    /// The exception that it names.
    pub exception: String,
    /// Who wrote it.
    pub author: String,
    /// Where it was read.
    pub place: String,
}

impl Exceptions {
    pub(super) fn cut(&mut self, rows: usize) {
        [&mut self.breaches, &mut self.exposure, &mut self.process]
            .into_iter()
            .for_each(|list| list.cut(rows));
        self.carried.cut(rows);
        self.unused.cut(rows);
    }
}

pub(super) fn exceptions(report: &Report<'_>, limit: usize) -> Exceptions {
    let follow_ups = FollowUps::new(report.history, report.assessment);
    let follow_ups = &follow_ups;
    let of = |class: Class| {
        let all = report.assessment.exceptions.iter().filter(move |e| e.rule.class == class);
        Many::of(
            "tables/exceptions.csv",
            limit,
            all.map(|e| move || exception(report, follow_ups, e)),
        )
    };
    let file = report.input_path("justifications");
    let unused = |justification: &Justification| Unused {
        exception: hostile::brief(&justification.exception),
        author: hostile::brief(&justification.author),
        place: format!("{file} line {}", justification.line),
    };
    let all = unused_of(report).into_iter();
    Exceptions {
        breaches: of(Class::Breach),
        exposure: of(Class::Exposure),
        process: of(Class::Process),
        carried: super::carried::carried(report, limit),
        unused: Many::of("tables/justifications.csv", limit, all.map(|j| move || unused(j))),
    }
}

/// What a severity means.
pub(in crate::report) fn severity_tone(severity: Severity) -> Tone {
    match severity {
        Severity::High => Tone::Bad,
        Severity::Medium => Tone::Warn,
        Severity::Low | Severity::Advisory => Tone::Info,
    }
}

/// What a status means.
pub(in crate::report) fn status_tone(status: Status) -> Tone {
    match status {
        Status::Open | Status::NotAccepted => Tone::Bad,
        Status::Expired => Tone::Warn,
        Status::Justified => Tone::Good,
    }
}

fn exception(
    report: &Report<'_>,
    follow_ups: &FollowUps<'_>,
    exception: &crate::crossref::Exception,
) -> Exception {
    let cx = report.cx();
    let subject = match exception.tested {
        Tested::Subject(subject) => report.subject(subject),
        _ => None,
    };
    let evidence = |evidence: &crate::crossref::Evidence| Evidence {
        shows: evidence.shows,
        place: hostile::brief(&report.place(evidence.origin)),
        record: report.record_path(evidence.origin),
    };
    let records = exception.evidence.iter().map(|record| move || evidence(record));
    let next = follow_ups.of(cx, exception);
    let also = exception.also.iter();
    let answers = exception.answers.iter();
    let answer = |a: &crate::crossref::Answer| answer(report, &cx.justifications.all[a.index], a);
    Exception {
        id: exception.id.clone(),
        rule: exception.rule.id,
        summary: exception.rule.summary,
        criteria: exception.rule.criteria.join(", "),
        severity: exception.severity.name(),
        severity_tone: severity_tone(exception.severity),
        status: exception.status.name(),
        status_tone: status_tone(exception.status),
        subject: match exception.tested {
            // An event's own id says nothing to people.
            Tested::Attempt(index) => attempt(report, index),
            _ => hostile::brief(local(&exception.tested.id(cx))),
        },
        title: hostile::brief(report.text(subject.and_then(|subject| subject.title))),
        url: hostile::link(report.text(subject.and_then(|subject| subject.url))),
        statement: hostile::statement(&exception.statement),
        persons: exception.persons.iter().map(|who| hostile::brief(cx.who_name(*who))).collect(),
        evidence: Many::of("tables/exception-evidence.csv", RECORDS, records),
        also: also.map(|(rule, said)| (rule.id.to_owned(), hostile::statement(said))).collect(),
        owner: hostile::brief(&owned(cx, next.owner)),
        age: hostile::brief(&age(&next)),
        repeated: hostile::brief(&next.repeated()),
        answers: answers.map(answer).collect(),
    }
}

/// What somebody tried, and on what.
fn attempt(report: &Report<'_>, index: u32) -> String {
    let Some(decision) = report.decision(index) else { return String::new() };
    let action = report.text(Some(decision.record.action));
    match report.text(decision.record.resource) {
        "" => hostile::brief(action),
        resource => hostile::brief(&format!("{action} on {resource}")),
    }
}

/// Justifications that answer neither an exception of the period nor one that an earlier pack
/// reported.
pub(in crate::report) fn unused_of<'a>(report: &Report<'a>) -> Vec<&'a Justification> {
    let unknown = |j: &&Justification| report.history.latest(&j.exception).is_none();
    report.assessment.unused.iter().copied().filter(unknown).collect()
}

fn age(next: &FollowUp<'_>) -> String {
    let days = |n: u64| wording::counted(n, "day", "days");
    let mut told = match next.reported {
        None => format!("{} since the period ended", days(next.days)),
        Some((report, since)) => format!(
            "first reported by {}, {} before this pack's moment; {} since that pack's period ended",
            report.folder,
            days(since),
            days(next.days)
        ),
    };
    if next.late {
        told += "; later than policy allows";
    }
    told
}

fn answer(
    report: &Report<'_>,
    justification: &Justification,
    answer: &crate::crossref::Answer,
) -> Answer {
    let cx = report.cx();
    let weak = answer.weaknesses.iter();
    let name = |id: &str| match cx.identities.principals().named(id) {
        Some(principal) => hostile::brief(&cx.principal(principal).name),
        None => hostile::brief(id),
    };
    let ticket = justification.ticket.as_deref();
    Answer {
        accepted: answer.weaknesses.is_empty(),
        weaknesses: weak.map(|w| wording::weakness(w, &|at| cx.clock(at))).collect(),
        text: hostile::shown(&justification.text),
        author: name(&justification.author),
        approver: name(&justification.approver),
        at: cx.clock(justification.at),
        compensating_control: justification.compensating_control.as_deref().map(hostile::shown),
        ticket: ticket.map(hostile::brief),
        url: ticket.and_then(hostile::link),
        expires: justification.expires.map(|at| cx.clock(at)),
        place: format!("{} line {}", report.input_path("justifications"), justification.line),
    }
}
