//! What the rules found: counts for all, exceptions and gaps kept one by one.

use std::collections::BTreeMap;

use super::{
    Context, Exception, Finding, Judgement, RULES, Rule, Test, Tested, Verdict, engine::judge,
    preparer::preparers,
};
use crate::policy::Justification;

/// How many judgements of each kind a rule gave.
#[derive(Clone, Copy, Debug)]
pub struct RuleCount {
    /// The rule.
    pub rule: &'static Rule,
    /// Passes.
    pub pass: u64,
    /// Violations.
    pub violation: u64,
    /// Things of which neither is proven.
    pub indeterminate: u64,
    /// Things to which the rule does not apply.
    pub not_applicable: u64,
    /// Distinct things that it tested: of one thing a rule may find several.
    pub things: u64,
    /// Distinct things that broke it.
    pub deviating: u64,
}

/// The thing that a rule judged last: what it finds about one thing comes one after the other.
#[derive(Clone, Copy, Default)]
struct Last {
    thing: Option<Tested>,
    tested: bool,
    deviates: bool,
}

impl RuleCount {
    fn add(&mut self, judgement: &Judgement, last: &mut Last) {
        let verdict = judgement.finding.verdict;
        if last.thing != Some(judgement.tested) {
            *last = Last { thing: Some(judgement.tested), ..Last::default() };
        }
        let (tests, breaks) = (verdict != Verdict::NotApplicable, verdict == Verdict::Violation);
        self.things += u64::from(tests && !last.tested);
        self.deviating += u64::from(breaks && !last.deviates);
        last.tested |= tests;
        last.deviates |= breaks;
        match verdict {
            Verdict::Pass => self.pass += 1,
            Verdict::Violation => self.violation += 1,
            Verdict::Indeterminate => self.indeterminate += 1,
            Verdict::NotApplicable => self.not_applicable += 1,
        }
    }

    /// Distinct things that the rule tested.
    pub fn population(&self) -> u64 {
        self.things
    }
}

/// What the rules found.
#[derive(Debug)]
pub struct Assessment<'a> {
    /// What they could ask.
    pub cx: &'a Context<'a>,
    /// How often each found what, in the registry's order.
    pub counts: Vec<RuleCount>,
    /// The exceptions, worst first.
    pub exceptions: Vec<Exception>,
    /// The judgements for which evidence is missing.
    pub indeterminate: Vec<Judgement>,
    /// Judgements of the justifications, and of who prepared the evidence.
    pub of_justifications: Vec<Judgement>,
    /// Justifications that answer no exception of this period.
    pub unused: Vec<&'a Justification>,
}

impl<'a> Assessment<'a> {
    /// Judges everything.
    pub fn new(cx: &'a Context<'a>) -> Self {
        let mut this = Self {
            cx,
            counts: RULES
                .iter()
                .map(|&rule| RuleCount {
                    rule,
                    pass: 0,
                    violation: 0,
                    indeterminate: 0,
                    not_applicable: 0,
                    things: 0,
                    deviating: 0,
                })
                .collect(),
            exceptions: Vec::new(),
            indeterminate: Vec::new(),
            of_justifications: Vec::new(),
            unused: Vec::new(),
        };
        let mut violations = Vec::new();
        let mut last = vec![Last::default(); RULES.len()];
        judge(cx, &mut |judgement| {
            this.count(&judgement, &mut last);
            match judgement.finding.verdict {
                Verdict::Violation => violations.push(judgement),
                Verdict::Indeterminate => this.indeterminate.push(judgement),
                Verdict::Pass | Verdict::NotApplicable => {}
            }
        });
        this.exceptions = exceptions(cx, violations);
        this.judge_justifications();
        let worst = |e: &Exception| (std::cmp::Reverse(e.severity), e.rule.id, e.tested);
        this.exceptions.sort_by(|a, b| worst(a).cmp(&worst(b)).then_with(|| a.id.cmp(&b.id)));
        this
    }

    fn count(&mut self, judgement: &Judgement, last: &mut [Last]) {
        let mut counts = self.counts.iter_mut().zip(last);
        if let Some((count, last)) = counts.find(|(c, _)| c.rule.id == judgement.rule.id) {
            count.add(judgement, last);
        }
    }

    fn judge_justifications(&mut self) {
        let cx = self.cx;
        let mut judged = Vec::new();
        for rule in RULES {
            let Test::Justification(test) = rule.test else { continue };
            for justification in &cx.justifications.all {
                let answered = self.exceptions.iter().find(|e| e.id == justification.exception);
                let finding = test(cx, justification, answered);
                let tested = Tested::Justification(justification.line);
                judged.push(Judgement { rule, tested, finding });
            }
            if cx.justifications.all.is_empty() {
                let finding = Finding::not_applicable("no justification was given");
                judged.push(Judgement { rule, tested: Tested::Nothing, finding });
            }
        }
        judged.extend(self.of_preparers());
        judged.sort_by_key(|judgement| judgement.rule.id);
        let mut last = vec![Last::default(); RULES.len()];
        for judgement in &judged {
            self.count(judgement, &mut last);
            match judgement.finding.verdict {
                Verdict::Violation => {
                    self.exceptions.push(Exception::new(cx, judgement.clone()));
                }
                Verdict::Indeterminate => self.indeterminate.push(judgement.clone()),
                Verdict::Pass | Verdict::NotApplicable => {}
            }
        }
        // Asked last: a justification may answer what another one got wrong.
        let known = |id: &str| self.exceptions.iter().any(|e| e.id == id);
        self.unused = cx.justifications.all.iter().filter(|j| !known(&j.exception)).collect();
        self.of_justifications = judged;
    }

    fn of_preparers(&self) -> Vec<Judgement> {
        let mut judged = Vec::new();
        let preparers = preparers(self.cx);
        for rule in RULES {
            let Test::Preparer(test) = rule.test else { continue };
            for preparer in &preparers {
                let finding = test(self.cx, preparer, &self.exceptions);
                judged.push(Judgement { rule, tested: preparer.tested(), finding });
            }
            if preparers.is_empty() {
                let finding = Finding::indeterminate("nobody says who made the exports");
                judged.push(Judgement { rule, tested: Tested::Nothing, finding });
            }
        }
        judged
    }

    /// Walks every judgement again, in the same order as the first time.
    pub fn each_judgement(&self, sink: &mut dyn FnMut(&Judgement)) {
        judge(self.cx, &mut |judgement| sink(&judgement));
        self.of_justifications.iter().for_each(sink);
    }

    /// The exceptions that still want an answer.
    pub fn open(&self) -> impl Iterator<Item = &Exception> {
        self.exceptions.iter().filter(|exception| exception.status.is_open())
    }
}

/// One exception for each fact: a violation that another on the same thing implies is told with
/// it, so that a person answers once.
fn exceptions(cx: &Context<'_>, violations: Vec<Judgement>) -> Vec<Exception> {
    let mut by_thing: BTreeMap<Tested, Vec<Judgement>> = BTreeMap::new();
    for violation in violations {
        by_thing.entry(fact(cx, violation.tested)).or_default().push(violation);
    }
    let mut exceptions = Vec::new();
    for mut group in by_thing.into_values() {
        group.sort_by_key(|v| (std::cmp::Reverse(v.rule.severity), v.rule.id));
        let (mut leading, mut implied) = (Vec::new(), Vec::new());
        for violation in &group {
            match leader(&group, violation.rule) {
                by if by.id == violation.rule.id => leading.push(violation.clone()),
                by => implied.push((by.id, violation.clone())),
            }
        }
        let mut led: Vec<_> = leading.into_iter().map(|v| Exception::new(cx, v)).collect();
        for (by, violation) in implied {
            if let Some(exception) = led.iter_mut().find(|e| e.rule.id == by) {
                exception.join(cx, violation);
            }
        }
        exceptions.extend(led);
    }
    exceptions
}

/// The thing under which a violation is told: an attempt that a drill planned is the drill's.
fn fact(cx: &Context<'_>, tested: Tested) -> Tested {
    let Tested::Attempt(index) = tested else { return tested };
    cx.drill_index_of(index).map_or(tested, Tested::Drill)
}

/// The rule under which a violation is told: itself, unless others of the group imply it.
fn leader(group: &[Judgement], of: &'static Rule) -> &'static Rule {
    let by = |rule: &Rule| group.iter().find(|other| other.rule.implies.contains(&rule.id));
    // What leads may be implied in turn; rules imply one another in no circle.
    std::iter::successors(Some(of), |rule| by(rule).map(|other| other.rule)).last().unwrap_or(of)
}

#[cfg(test)]
mod tests {
    use crate::crossref::scene::Scene;

    #[test]
    fn open_is_what_nobody_answered_well() {
        let build = || {
            let mut scene = Scene::new();
            scene.change(1, "ann", "cat", 9.0);
            scene.approve(1, "ann", 8.8);
            scene
        };
        let id = build().assess(|assessment| {
            let open: Vec<_> = assessment.open().map(|e| e.id.clone()).collect();
            let [id] = open.as_slice() else { panic!("{open:?}") };
            id.clone()
        });
        let left_by = |approver: &str| {
            let mut scene = build();
            scene.human("dan");
            scene.justify(&id, "bob", approver);
            scene.assess(|assessment| assessment.open().filter(|e| e.id == id).count())
        };
        assert_eq!(left_by("dan"), 0);
        assert_eq!(left_by("cat"), 1);
        assert_eq!(left_by("ann"), 1);
    }

    #[test]
    fn a_thing_of_which_a_rule_finds_several_is_counted_once() {
        let mut scene = Scene::new();
        let mut second = scene.policy.incompatible_roles[0].clone();
        second.name = "the same once more".to_owned();
        scene.policy.incompatible_roles.push(second);
        scene.role("bob", crate::crossref::scene::APPROVER, 1.0, None);
        scene.role("bob", "okta:deployer", 1.0, None);
        scene.assess(|assessment| {
            let mut counts = assessment.counts.iter();
            let count = counts.find(|c| c.rule.id == "conflicting-roles").unwrap();
            let principals = assessment.cx.identities.principals().all.len() as u64;
            assert_eq!((count.violation, count.deviating, count.population()), (2, 1, principals));
        });
    }
}
