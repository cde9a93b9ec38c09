//! What people must answer: violations, and the justifications that answer them.

use sha2::{Digest as _, Sha256};

use super::{Context, Evidence, Finding, Judgement, Rule, Tested, Who};
use crate::{
    model::{Grant, Instant},
    policy::{Justification, PrincipalId, PrincipalKind, Severity},
};

/// Characters of an id after `EX-`: 50 bits, so that ten thousand exceptions collide once in
/// twenty million packs.
const ID_CHARS: usize = 10;

/// Why a justification is not accepted.
#[derive(Clone, Debug, Eq, PartialEq, Ord, PartialOrd)]
pub enum Weakness {
    /// It has no text.
    Empty,
    /// Its author is not in the registry, or no human.
    UnknownAuthor,
    /// Its approver is not in the registry, or no human.
    UnknownApprover,
    /// One person wrote and approved it.
    OnePerson,
    /// Its approver is a party to the exception.
    ApproverIsParty,
    /// Its approver answers for an agent that is a party.
    ApproverIsSponsor,
    /// Its author is a party to the exception, and so is nobody to judge it.
    AuthorIsParty,
    /// It was approved after the moment that this pack speaks for.
    NotYet(Instant),
    /// It no longer holds.
    Expired(Instant),
}

/// A justification as it answers one exception.
#[derive(Clone, Debug)]
pub struct Answer {
    /// Its place among the justifications.
    pub index: usize,
    /// Why it is not accepted; empty if it is.
    pub weaknesses: Vec<Weakness>,
}

/// Whether an exception still wants an answer.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Ord, PartialOrd)]
pub enum Status {
    /// Nobody justified it.
    Open,
    /// A justification was given that cannot be accepted.
    NotAccepted,
    /// It was justified once, and no longer is.
    Expired,
    /// A justification is accepted. The exception stays an exception.
    Justified,
}

impl Status {
    /// The name in tables.
    pub fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::NotAccepted => "justification not accepted",
            Self::Expired => "expired",
            Self::Justified => "justified",
        }
    }

    /// Tells whether somebody still has to answer.
    pub fn is_open(self) -> bool {
        self != Self::Justified
    }
}

/// A violation with its answer.
#[derive(Clone, Debug)]
pub struct Exception {
    /// Stable across runs and machines: from rule, subject and persons.
    pub id: String,
    /// The rule that was broken; the leading one if several saw one fact.
    pub rule: &'static Rule,
    /// What broke it.
    pub tested: Tested,
    /// Who broke it.
    pub persons: Vec<Who>,
    /// How bad it is.
    pub severity: Severity,
    /// Why it is one.
    pub statement: String,
    /// The records that show it.
    pub evidence: Vec<Evidence>,
    /// Other rules that saw the same fact, with what they said of it.
    pub also: Vec<(&'static Rule, String)>,
    /// The justifications that name it.
    pub answers: Vec<Answer>,
    /// Whether it still wants an answer.
    pub status: Status,
}

impl Exception {
    /// Makes the exception of a violation, and answers it.
    pub(super) fn new(cx: &Context<'_>, judgement: Judgement) -> Self {
        let Judgement { rule, tested, finding } = judgement;
        let mut this = Self {
            id: id(cx, rule.id, tested, &finding),
            rule,
            tested,
            severity: finding.severity.unwrap_or(rule.severity),
            persons: finding.persons,
            statement: finding.statement,
            evidence: finding.evidence,
            also: Vec::new(),
            answers: Vec::new(),
            status: Status::Open,
        };
        this.answer(cx);
        this
    }

    /// Tells a violation that saw the same fact with this one. Who broke that is a party too; the id
    /// stays that of the leading rule and its persons.
    pub(super) fn join(&mut self, cx: &Context<'_>, implied: Judgement) {
        self.persons.extend(implied.finding.persons);
        self.persons.sort();
        self.persons.dedup();
        self.also.push((implied.rule, implied.finding.statement));
        self.answer(cx);
    }

    fn answer(&mut self, cx: &Context<'_>) {
        (self.answers, self.status) = answered(cx, &self.id, &self.persons);
    }

    /// The accepted justification, if there is one.
    pub fn accepted(&self) -> Option<&Answer> {
        self.answers.iter().find(|answer| answer.weaknesses.is_empty())
    }
}

/// The justifications that name an exception of these persons, and what they come to.
pub fn answered(cx: &Context<'_>, id: &str, persons: &[Who]) -> (Vec<Answer>, Status) {
    let naming = cx.justifications.all.iter().enumerate().filter(|(_, j)| j.exception == id);
    let answers: Vec<_> =
        naming.map(|(index, j)| Answer { index, weaknesses: weaknesses(cx, j, persons) }).collect();
    let status = status(&answers);
    (answers, status)
}

fn status(answers: &[Answer]) -> Status {
    let only_expired =
        |answer: &Answer| matches!(answer.weaknesses.as_slice(), [Weakness::Expired(_)]);
    if answers.is_empty() {
        Status::Open
    } else if answers.iter().any(|answer| answer.weaknesses.is_empty()) {
        Status::Justified
    } else if answers.iter().any(only_expired) {
        Status::Expired
    } else {
        Status::NotAccepted
    }
}

/// Why a justification cannot be accepted for an exception of these persons.
pub fn weaknesses(
    cx: &Context<'_>,
    justification: &Justification,
    persons: &[Who],
) -> Vec<Weakness> {
    let mut weak = Vec::new();
    if justification.text.trim().is_empty() {
        weak.push(Weakness::Empty);
    }
    let author = human(cx, &justification.author);
    let approver = human(cx, &justification.approver);
    if author.is_none() {
        weak.push(Weakness::UnknownAuthor);
    }
    let mut roots = persons.iter().filter_map(|who| match who {
        Who::Principal(principal) => Some(cx.identities.root(*principal)),
        Who::Account(_) => None,
    });
    // An agent's sponsor is one person with it, and so a party too.
    if author.is_some_and(|author| roots.any(|root| root == author)) {
        weak.push(Weakness::AuthorIsParty);
    }
    match approver {
        None => weak.push(Weakness::UnknownApprover),
        Some(approver) => {
            if Some(approver) == author {
                weak.push(Weakness::OnePerson);
            }
            if persons.contains(&Who::Principal(approver)) {
                weak.push(Weakness::ApproverIsParty);
            } else if sponsors(cx, persons).any(|sponsor| sponsor == approver) {
                weak.push(Weakness::ApproverIsSponsor);
            }
        }
    }
    if justification.at > cx.as_of {
        weak.push(Weakness::NotYet(justification.at));
    }
    if let Some(expires) = justification.expires.filter(|expires| *expires <= cx.as_of) {
        weak.push(Weakness::Expired(expires));
    }
    weak
}

fn human(cx: &Context<'_>, id: &str) -> Option<PrincipalId> {
    let principal = cx.identities.principals().named(id)?;
    (cx.principal(principal).kind == PrincipalKind::Human).then_some(principal)
}

fn sponsors<'a>(
    cx: &'a Context<'_>,
    persons: &'a [Who],
) -> impl Iterator<Item = PrincipalId> + use<'a> {
    persons.iter().filter_map(move |who| match who {
        Who::Principal(principal) => {
            let root = cx.identities.root(*principal);
            (root != *principal).then_some(root)
        }
        Who::Account(_) => None,
    })
}

/// The id of an exception: `EX-` and ten characters of Crockford's base 32.
///
/// It hashes the ids of rule, subject and persons, so it is the same on every machine and in every
/// month, and changes when any of them does.
fn id(cx: &Context<'_>, rule: &str, tested: Tested, finding: &Finding) -> String {
    let mut names: Vec<&str> = finding.persons.iter().map(|who| cx.who_id(*who)).collect();
    names.sort_unstable();
    let (subject, about) = (tested.id(cx), finding.about.as_deref().unwrap_or_default());
    let mut hasher = Sha256::new();
    for part in ["sodpack exception 1", rule, &subject, about].into_iter().chain(names) {
        hasher.update((part.len() as u64).to_be_bytes());
        hasher.update(part.as_bytes());
    }
    let digest = hasher.finalize();
    let bits = digest[..8].iter().fold(0u64, |bits, byte| bits << 8 | u64::from(*byte));
    let digits = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    let text = (0..ID_CHARS).map(|i| char::from(digits[(bits >> (59 - 5 * i) & 31) as usize]));
    format!("EX-{}", text.collect::<String>())
}

impl Tested {
    /// A stable id of what was tested, for tables and hashes.
    pub fn id(&self, cx: &Context<'_>) -> String {
        match *self {
            Self::Subject(subject) => cx.dataset.text(subject.0).to_owned(),
            Self::Principal(principal) => cx.principal(principal).id.clone(),
            Self::Account(account) => cx.dataset.text(account.0).to_owned(),
            Self::Attempt(index) => attempt_id(cx, index),
            Self::Grant(index) => grant_id(cx, index),
            Self::Drill(index) => {
                let drill = cx.drills.all.get(index as usize);
                drill.map(|drill| drill.id.clone()).unwrap_or_default()
            }
            Self::Boundary(index) => boundary_id(cx, index),
            Self::Control(number) => {
                let control = cx.policy.controls.get(number as usize);
                format!("control {}", control.map_or("", |control| control.name.as_str()))
            }
            Self::Repository(repository) => cx.dataset.text(repository).to_owned(),
            Self::Source(source) => cx.dataset.source(source).path.clone(),
            // The line may move; the exception that it answers stays.
            Self::Justification(line) => {
                let all = &cx.justifications.all;
                let answered = all.iter().find(|j| j.line == line).map(|j| j.exception.as_str());
                format!("justification of {}", answered.unwrap_or("an exception"))
            }
            Self::Nothing => String::new(),
        }
    }
}

/// A grant has no id of its own: holder, role, limit and beginning name it.
fn grant_id(cx: &Context<'_>, index: u32) -> String {
    let Some(grant) = cx.dataset.grants().get(index as usize) else { return String::new() };
    let Grant { holder, role, scope, from, .. } = grant.record;
    let scope = scope.map(|scope| format!(" on {}", cx.dataset.text(scope))).unwrap_or_default();
    let from = from.map(|from| format!(" from {from}")).unwrap_or_default();
    format!("{} of {}{scope}{from}", cx.dataset.text(role.0), cx.dataset.text(holder.0))
}

/// A boundary is named by its tier and capability.
fn boundary_id(cx: &Context<'_>, index: u32) -> String {
    let all = cx.policy.tiers.iter().flat_map(|tier| {
        tier.must_not.iter().map(|capability| format!("{} must not {capability}", tier.name))
    });
    all.into_iter().nth(index as usize).unwrap_or_default()
}

/// The event's own id where the log has one, else its place.
fn attempt_id(cx: &Context<'_>, index: u32) -> String {
    let Some(attempt) = cx.dataset.decisions().get(index as usize) else { return String::new() };
    match attempt.record.request {
        Some(request) => cx.dataset.text(request).to_owned(),
        None => cx.dataset.place(attempt.origin),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crossref::scene::{Scene, day};

    fn scene() -> Scene {
        let mut scene = Scene::new();
        scene.change(1, "ann", "cat", 9.0);
        scene.approve(1, "ann", 8.8);
        scene
    }

    #[test]
    fn one_fact_is_one_exception() {
        scene().assess(|assessment| {
            let [exception] = assessment.exceptions.as_slice() else {
                panic!("{:#?}", assessment.exceptions);
            };
            assert_eq!(exception.rule.id, "self-approval");
            assert_eq!(exception.also.iter().map(|a| a.0.id).collect::<Vec<_>>(), ["no-approval"]);
        });
    }

    #[test]
    fn a_party_to_what_is_told_with_it_is_a_party() {
        let build = || {
            let mut scene = Scene::new();
            scene.policy.break_glass.roles = vec![crate::policy::Pattern::new("okta:on-call")];
            scene.role("cat", "okta:on-call", 0.0, None);
            scene.change(1, "ann", "cat", 9.0);
            scene
        };
        let id = build().assess(|assessment| {
            let exception = &assessment.exceptions[0];
            assert!(exception.also.iter().any(|(rule, _)| rule.id == "break-glass-unreviewed"));
            exception.id.clone()
        });
        let mut scene = build();
        scene.justify(&id, "bob", "cat");
        scene.assess(|assessment| {
            assert_eq!(assessment.exceptions[0].status, Status::NotAccepted);
        });
    }

    #[test]
    fn ids_do_not_depend_on_other_records() {
        let id = |prepare: fn(&mut Scene)| {
            let mut scene = scene();
            prepare(&mut scene);
            scene.assess(|assessment| {
                let own = |e: &&Exception| e.rule.id == "self-approval";
                assessment.exceptions.iter().find(own).unwrap().id.clone()
            })
        };
        let plain = id(|_| {});
        assert_eq!(plain.len(), 3 + ID_CHARS);
        assert_eq!(plain, id(|scene| scene.change(7, "bob", "cat", 3.0)));
        assert_ne!(plain, id(|scene| scene.principals.all[0].id = "anna".to_owned()));
    }

    #[test]
    fn justifications_expire_and_may_not_come_from_later() {
        let status = |at: f64, expires: Option<f64>| {
            let id = scene().assess(|assessment| assessment.exceptions[0].id.clone());
            let mut scene = scene();
            scene.justify(&id, "bob", "cat");
            scene.justifications.all[0].at = day(at);
            scene.justifications.all[0].expires = expires.map(day);
            scene.assess(|assessment| assessment.exceptions[0].status)
        };
        assert_eq!(status(33.0, None), Status::Justified);
        assert_eq!(status(33.0, Some(36.0)), Status::Justified);
        assert_eq!(status(33.0, Some(34.0)), Status::Expired);
        assert_eq!(status(36.0, None), Status::NotAccepted);
    }

    #[test]
    fn an_answer_of_the_packs_own_moment_is_accepted() {
        let id = scene().assess(|assessment| assessment.exceptions[0].id.clone());
        let mut scene = scene();
        scene.justify(&id, "bob", "cat");
        scene.justifications.all[0].at = day(35.0);
        scene.assess(|assessment| {
            let exception = &assessment.exceptions[0];
            assert_eq!(exception.status, Status::Justified);
            assert_eq!(exception.status.name(), "justified");
            assert!(!exception.status.is_open());
        });
    }

    #[test]
    fn what_is_not_justified_is_open() {
        let names = [Status::Open, Status::NotAccepted, Status::Expired].map(|status| {
            assert!(status.is_open());
            status.name()
        });
        assert_eq!(names, ["open", "justification not accepted", "expired"]);
    }

    #[test]
    fn an_id_stays_what_earlier_packs_called_it() {
        // Worked out apart from this program: justifications name exceptions by it.
        let id = scene().assess(|assessment| assessment.exceptions[0].id.clone());
        assert_eq!(id, "EX-Y4B47DD1W2");
    }

    #[test]
    fn an_attempt_is_named_by_its_event() {
        let mut scene = Scene::new();
        scene.attempt("bot", "iam:CreateUser", 9.0, crate::model::Outcome::Allowed);
        scene.allowed("bot", "iam:CreateUser", 9.5, "arn:user/x");
        scene.assess(|assessment| {
            let attempts = [0, 1].map(|index| Tested::Attempt(index).id(assessment.cx));
            assert!(attempts[0].starts_with("event-"), "{attempts:?}");
            assert!(attempts[1].starts_with("scene.csv"), "{attempts:?}");
        });
    }
}
