//! What people must answer: violations, and the justifications that answer them.

mod answer;
mod id;
mod parties;

use self::{id::id, parties::parties};
use super::{Context, Evidence, Judgement, Rule, Tested, Who};
use crate::policy::Severity;

pub use answer::{Answer, Status, Weakness, answered, broken_by_answer, weaknesses};

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
    /// Who can neither write nor approve its justification: its persons, and whoever had a part in
    /// what it is about; sorted, each once.
    pub parties: Vec<Who>,
    /// Who broke the leading rule: the persons that the id hashes.
    pub leading: Vec<Who>,
    /// What tells apart several of one rule about one thing, which the id hashes too.
    pub about: Option<String>,
    /// How bad it is: as the worst of the rules that saw the fact.
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
        let (parties, severity) = (parties(cx, &judgement), severity(&judgement));
        let Judgement { rule, tested, finding } = judgement;
        let mut this = Self {
            id: id(cx, rule.id, tested, &finding),
            rule,
            tested,
            severity,
            leading: finding.persons.clone(),
            persons: finding.persons,
            parties,
            about: finding.about,
            statement: finding.statement,
            evidence: finding.evidence,
            also: Vec::new(),
            answers: Vec::new(),
            status: Status::Open,
        };
        this.answer(cx);
        this
    }

    /// Tells a violation that saw the same fact with this one. Who broke that is a party too, and
    /// the fact is as bad as the worst that is told of it; the id stays that of the leading rule and
    /// its persons.
    pub(super) fn join(&mut self, cx: &Context<'_>, implied: Judgement) {
        self.severity = self.severity.max(severity(&implied));
        self.parties.extend(parties(cx, &implied));
        self.parties.sort();
        self.parties.dedup();
        self.persons.extend(implied.finding.persons);
        self.persons.sort();
        self.persons.dedup();
        self.also.push((implied.rule, implied.finding.statement));
        self.answer(cx);
    }

    fn answer(&mut self, cx: &Context<'_>) {
        (self.answers, self.status) = answered(cx, &self.id, &self.parties);
    }

    /// The accepted justification, if there is one.
    pub fn accepted(&self) -> Option<&Answer> {
        self.answers.iter().find(|answer| answer.weaknesses.is_empty())
    }
}

fn severity(judgement: &Judgement) -> Severity {
    judgement.finding.severity.unwrap_or(judgement.rule.severity)
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
    fn it_is_as_bad_as_the_worst_that_is_told_with_it() {
        let mut scene = Scene::new();
        scene.change(1, "ann", "cat", 9.0);
        scene.approve(1, "bob", 9.5);
        scene.assess(|assessment| {
            let [exception] = assessment.exceptions.as_slice() else {
                panic!("{:#?}", assessment.exceptions);
            };
            assert!(exception.rule.severity < Severity::High);
            assert!(exception.also.iter().any(|(rule, _)| rule.id == "no-approval"));
            assert_eq!(exception.severity, Severity::High);
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
        assert_eq!(plain.len(), "EX-".len() + 10);
        assert_eq!(plain, id(|scene| scene.change(7, "bob", "cat", 3.0)));
        assert_ne!(plain, id(|scene| scene.principals.all[0].id = "anna".to_owned()));
    }

    #[test]
    fn justifications_expire_and_may_not_come_from_later() {
        let status = |at: f64, expires: Option<f64>| {
            let id = scene().assess(|assessment| assessment.exceptions[0].id.clone());
            let mut scene = scene();
            scene.human("dan");
            scene.justify(&id, "bob", "dan");
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
        scene.human("dan");
        scene.justify(&id, "bob", "dan");
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
