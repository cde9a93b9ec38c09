//! Walks the populations: one judgement for each rule and each thing it tests, never fewer.
//!
//! Judgements are streamed, because a large month has tens of millions of them: what is kept is
//! for the caller to decide, and walking again gives the same ones in the same order.

use rayon::prelude::*;

use super::{
    Approvals, Case, Context, Execution, Finding, Need, RULES, Rule, Test, boundaries,
    control::guarded,
    denial::{capabilities, tier_of},
    drills_of_period, emergency, execution,
    population::populations,
    ticket,
};
use crate::{
    model::{
        AccountId, AccountKind, Decision, Grant, HowKnown, Located, Outcome, SourceId, Subject,
        SubjectId, Symbol,
    },
    policy::{PrincipalId, PrincipalKind, Tier},
};

/// How many changes are judged at once before they are handed on.
const CHUNK: usize = 2048;

/// What a judgement is about.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Ord, PartialOrd)]
pub enum Tested {
    /// A change, commit, ticket, run or deployment.
    Subject(SubjectId),
    /// A principal.
    Principal(PrincipalId),
    /// An account.
    Account(AccountId),
    /// An attempt in the logs, by its index in [`Dataset::decisions`](crate::model::Dataset::decisions).
    Attempt(u32),
    /// A role that was given, by the index of its first record in
    /// [`Dataset::grants`](crate::model::Dataset::grants).
    Grant(u32),
    /// A drill, by its index in [`Drills::all`](crate::policy::Drills::all).
    Drill(u32),
    /// A capability that policy forbids to a tier, by its index in the order of the policy.
    Boundary(u32),
    /// A control of policy as a whole, by its place there.
    Control(u32),
    /// A repository, by its name.
    Repository(Symbol),
    /// An input file.
    Source(SourceId),
    /// A justification, by its line.
    Justification(u32),
    /// The population as a whole, because it is empty.
    Nothing,
}

/// What one rule found about one thing.
#[derive(Clone, Debug)]
pub struct Judgement {
    /// The rule.
    pub rule: &'static Rule,
    /// What it tested.
    pub tested: Tested,
    /// What it found.
    pub finding: Finding,
}

/// A merged change with all that rules ask of it, worked out once.
#[derive(Debug)]
pub struct ChangeFacts<'a> {
    /// The change and what belongs to it.
    pub case: Case<'a>,
    /// Whether an agent took part.
    pub by_agent: bool,
    /// Its approvals, assessed.
    pub approvals: Approvals<'a>,
}

impl<'a> ChangeFacts<'a> {
    /// Gathers a change; `None` if it was never merged.
    pub fn gather(cx: &Context<'a>, change: &'a Located<Subject>) -> Option<Self> {
        let case = Case::gather(cx, change)?;
        let by_agent = case.by_agent(cx);
        let approvals = Approvals::assess(cx, &case, by_agent);
        Some(Self { case, by_agent, approvals })
    }
}

/// Judges everything but the justifications, which answer what is found here.
pub fn judge(cx: &Context<'_>, sink: &mut dyn FnMut(Judgement)) {
    let mut tested = vec![false; RULES.len()];
    let mut hand = |rule: usize, thing: Tested, finding: Finding| {
        tested[rule] = true;
        sink(Judgement { rule: RULES[rule], tested: thing, finding });
    };
    changes(cx, &mut hand);
    commits(cx, &mut hand);
    tickets(cx, &mut hand);
    executions(cx, &mut hand);
    people(cx, &mut hand);
    decisions(cx, &mut hand);
    grants(cx, &mut hand);
    drills(cx, &mut hand);
    borders(cx, &mut hand);
    safeguards(cx, &mut hand);
    for (index, source) in (0..).zip(cx.dataset.sources()) {
        each(|test| match test {
            Test::Source(test) => Some(test(cx, source)),
            _ => None,
        })
        .for_each(|(rule, finding)| hand(rule, Tested::Source(SourceId(index)), finding));
    }
    let answers = |rule: &Rule| matches!(rule.test, Test::Justification(_) | Test::Preparer(_));
    for (rule, _) in RULES.iter().zip(&tested).filter(|(rule, seen)| !**seen && !answers(rule)) {
        sink(Judgement { rule, tested: Tested::Nothing, finding: empty() });
    }
}

/// Takes the finding of a rule, by its index, on one thing.
type Hand<'h> = dyn FnMut(usize, Tested, Finding) + 'h;

fn commits(cx: &Context<'_>, hand: &mut Hand<'_>) {
    for id in &cx.mainline {
        if let Some(commit) = cx.dataset.subject(*id) {
            each(|test| match test {
                Test::Commit(test) => Some(test(cx, commit)),
                _ => None,
            })
            .for_each(|(rule, finding)| hand(rule, Tested::Subject(*id), finding));
        }
    }
}

fn tickets(cx: &Context<'_>, hand: &mut Hand<'_>) {
    let all = ticket::tested(cx);
    for id in &all {
        each(|test| match test {
            Test::Ticket(test) => Some(test(cx, *id)),
            _ => None,
        })
        .for_each(|(rule, finding)| hand(rule, Tested::Subject(*id), finding));
    }
    if all.is_empty() && ticket::are_none_of_its_concern(cx) {
        let none = "policy asks for no ticket, and the exports hold none";
        each(|test| matches!(test, Test::Ticket(_)).then(|| Finding::not_applicable(none)))
            .for_each(|(rule, finding)| hand(rule, Tested::Nothing, finding));
    }
}

fn executions(cx: &Context<'_>, hand: &mut Hand<'_>) {
    let all: Vec<_> = execution::tested(cx).collect();
    for chunk in all.chunks(CHUNK) {
        let judged: Vec<_> =
            chunk.par_iter().map(|subject| execution_findings(cx, subject)).collect();
        for (subject, findings) in chunk.iter().zip(judged) {
            for (rule, finding) in findings {
                hand(rule, Tested::Subject(subject.record.id), finding);
            }
        }
    }
    let counts =
        |subject: &&Located<Subject>| execution::in_production(cx, &subject.record).is_ok();
    if !all.is_empty() && !all.iter().any(counts) {
        let none = "the population is empty: nothing that was executed counts as in production";
        each(|test| matches!(test, Test::Execution(_)).then(|| Finding::indeterminate(none)))
            .for_each(|(rule, finding)| hand(rule, Tested::Nothing, finding));
    }
}

fn execution_findings(cx: &Context<'_>, subject: &Located<Subject>) -> Vec<(usize, Finding)> {
    let gathered = Execution::gather(cx, subject);
    each(|test| match (test, &gathered) {
        (Test::Execution(_), Err(reason)) => Some(Finding::not_applicable(reason.clone())),
        (Test::Execution(test), Ok(execution)) => Some(execution.as_it_ended(test(cx, execution))),
        _ => None,
    })
    .map(|(rule, finding)| (rule, finding.with("execution", subject.origin)))
    .collect()
}

fn people(cx: &Context<'_>, hand: &mut Hand<'_>) {
    for (id, _) in cx.identities.principals().iter() {
        for (index, rule) in RULES.iter().enumerate() {
            let Test::Principal(test) = rule.test else { continue };
            for finding in test(cx, id) {
                hand(index, Tested::Principal(id), finding);
            }
        }
    }
    for account in cx.activity.keys() {
        let Some(identity) = cx.identities.of(*account) else { continue };
        each(|test| match test {
            Test::Account(test) => Some(test(cx, identity)),
            _ => None,
        })
        .for_each(|(rule, finding)| hand(rule, Tested::Account(*account), finding));
    }
}

fn decisions(cx: &Context<'_>, hand: &mut Hand<'_>) {
    let all = (0..).zip(cx.dataset.decisions());
    for (index, decision) in all.filter(|(_, d)| cx.period.contains(d.record.at)) {
        let attempt = is_attempt(cx, &decision.record);
        let used = attempt || is_use(cx, &decision.record);
        each(|test| match test {
            Test::Attempt(test) if attempt => Some(test(cx, decision)),
            Test::Use(test) if used => Some(test(cx, decision)),
            Test::Decision(test) => Some(test(cx, decision)),
            _ => None,
        })
        .for_each(|(rule, finding)| hand(rule, Tested::Attempt(index), finding));
    }
}

/// A role that began in the period is one grant, however many records tell of it.
fn grants(cx: &Context<'_>, hand: &mut Hand<'_>) {
    let key = |grant: &Located<Grant>| {
        let Grant { holder, role, scope, from, .. } = grant.record;
        (holder, role, scope, from)
    };
    let mut index = 0;
    for group in cx.dataset.grants().chunk_by(|a, b| key(a) == key(b)) {
        let Grant { from, known, .. } = group[0].record;
        let given = matches!(known, HowKnown::Interval | HowKnown::GrantEvent);
        if given && from.is_some_and(|from| cx.period.contains(from)) {
            each(|test| match test {
                Test::Grant(test) => Some(test(cx, group)),
                _ => None,
            })
            .for_each(|(rule, finding)| hand(rule, Tested::Grant(index), finding));
        }
        index += group.len() as u32;
    }
}

/// A month without a drill is one in which nothing was planned, and lacks no evidence of it: what
/// went untested is told of the boundaries.
fn drills(cx: &Context<'_>, hand: &mut Hand<'_>) {
    let mut none = true;
    for (index, drill, drilled) in drills_of_period(cx) {
        none = false;
        each(|test| match test {
            Test::Drill(test) => Some(test(cx, drill, drilled)),
            _ => None,
        })
        .for_each(|(rule, finding)| hand(rule, Tested::Drill(index), finding));
    }
    if none {
        let nothing = || Finding::not_applicable("no drill was planned in this period");
        each(|test| matches!(test, Test::Drill(_)).then(nothing))
            .for_each(|(rule, finding)| hand(rule, Tested::Nothing, finding));
    }
}

fn borders(cx: &Context<'_>, hand: &mut Hand<'_>) {
    for (index, boundary) in (0..).zip(boundaries(cx)) {
        each(|test| match test {
            Test::Boundary(test) => Some(test(cx, &boundary)),
            _ => None,
        })
        .for_each(|(rule, finding)| hand(rule, Tested::Boundary(index), finding));
    }
}

/// Controls, what goes around them, and what independent sources say of repositories.
fn safeguards(cx: &Context<'_>, hand: &mut Hand<'_>) {
    let controls = guarded(cx);
    let (emergencies, none) = (emergency::emergencies(cx), emergency::none(cx));
    let populations = populations(cx);
    for (index, rule) in RULES.iter().enumerate() {
        match rule.test {
            Test::Control(test) => {
                for guarded in &controls {
                    let tested = guarded.tested(cx);
                    test(cx, guarded).into_iter().for_each(|found| hand(index, tested, found));
                }
            }
            Test::Emergency(test) => {
                for emergency in &emergencies {
                    hand(index, emergency.tested, test(cx, emergency));
                }
                if emergencies.is_empty() {
                    hand(index, Tested::Nothing, none.clone());
                }
            }
            Test::Repository(test) => {
                for population in &populations {
                    let tested = Tested::Repository(population.repository);
                    test(cx, population).into_iter().for_each(|found| hand(index, tested, found));
                }
            }
            _ => {}
        }
    }
}

/// Nothing was tested, so nothing is proven.
fn empty() -> Finding {
    Finding::indeterminate("the population is empty: the evidence holds nothing to test")
}

fn each(mut test: impl FnMut(Test) -> Option<Finding>) -> impl Iterator<Item = (usize, Finding)> {
    RULES
        .iter()
        .enumerate()
        .filter_map(move |(index, rule)| test(rule.test).map(|finding| (index, finding)))
}

fn changes(cx: &Context<'_>, hand: &mut Hand<'_>) {
    let all: Vec<_> = cx.merged().collect();
    for chunk in all.chunks(CHUNK) {
        let judged: Vec<_> = chunk.par_iter().map(|change| change_findings(cx, change)).collect();
        for (change, findings) in chunk.iter().zip(judged) {
            for (rule, finding) in findings {
                hand(rule, Tested::Subject(change.record.id), finding);
            }
        }
    }
    if !all.is_empty() && all.iter().all(|change| cx.unprotected(&change.record).is_some()) {
        let none =
            "the population is empty: policy protects no branch that a change was merged into";
        each(|test| matches!(test, Test::Change(_)).then(|| Finding::indeterminate(none)))
            .for_each(|(rule, finding)| hand(rule, Tested::Nothing, finding));
    }
}

fn change_findings(cx: &Context<'_>, change: &Located<Subject>) -> Vec<(usize, Finding)> {
    let Some(facts) = ChangeFacts::gather(cx, change) else { return Vec::new() };
    let unprotected = cx.unprotected(&change.record);
    let mut findings = Vec::new();
    for (index, rule) in RULES.iter().enumerate() {
        let Test::Change(test) = rule.test else { continue };
        let finding = match (&unprotected, missing(cx, rule, &facts)) {
            (Some(reason), _) => Finding::not_applicable(reason.clone()),
            (None, Some(missing)) => Finding::indeterminate(missing),
            (None, None) => test(cx, &facts),
        };
        findings.push((index, finding.with("change", change.origin)));
    }
    findings
}

fn missing(cx: &Context<'_>, rule: &Rule, facts: &ChangeFacts<'_>) -> Option<String> {
    let change = &facts.case.change.record;
    rule.needs.iter().find_map(|need| match need {
        Need::Reviews if !facts.approvals.all.is_empty() => None,
        Need::Reviews if change.reviews_listed || cx.reviews_known(change) => None,
        Need::Reviews => Some("no export shows the reviews of this change".to_owned()),
        Need::Commits if facts.case.commits.is_some() => None,
        Need::Commits => Some("no export shows the commits of this change".to_owned()),
    })
}

/// Tells whether a decision is about what a registered agent or service did or tried; a refusal is
/// none, for it came to nothing.
fn is_attempt(cx: &Context<'_>, decision: &Decision) -> bool {
    let Some(identity) = cx.identities.of(decision.actor) else { return false };
    let machine = matches!(identity.kind, AccountKind::Agent)
        || identity.principal.is_some_and(|p| cx.principal(p).kind != PrincipalKind::Human);
    machine && decision.outcome != Outcome::Denied
}

/// Tells whether a decision is about something that was not refused and that policy names for the
/// tier of who did it. What else humans do is nobody's boundary, and logs of it are not kept.
fn is_use(cx: &Context<'_>, decision: &Decision) -> bool {
    let tier = tier_of(cx, decision.actor).and_then(|name| cx.policy.tier(name));
    let names = |tier: &Tier| {
        let used = capabilities(cx, decision);
        used.iter().any(|used| tier.may.iter().chain(&tier.must_not).any(|named| named == used))
    };
    decision.outcome != Outcome::Denied && tier.is_some_and(names)
}

#[cfg(test)]
mod tests {
    use crate::{
        crossref::{
            Verdict,
            scene::{Scene, day},
        },
        model::{Duty, Link, LinkKind, Subject, SubjectKind, SubjectState},
    };

    /// A merged change of no named repository, whose export does not list reviews.
    fn unlisted(approver: Option<&str>) -> Verdict {
        let mut scene = Scene::new();
        let place = scene.place();
        let id = scene.batch.subject_id("github", "acme/pay#1");
        let head = scene.batch.subject_id("github", "acme/pay@a1");
        let subject = Subject {
            state: SubjectState::Done,
            revision: scene.batch.maybe(Some("a1")),
            done: Some(day(9.0)),
            ..Subject::new(id, SubjectKind::Change)
        };
        scene.batch.subject(place, subject);
        let place = scene.place();
        scene.batch.link(place, Link { from: id, kind: LinkKind::Contains, to: head });
        scene.act("ann", Duty::Author, "acme/pay#1", 8.5, None);
        if let Some(approver) = approver {
            scene.approve(1, approver, 8.8);
        }
        scene.verdict("no-approval")
    }

    #[test]
    fn a_review_that_is_there_was_exported() {
        assert_eq!(unlisted(Some("bob")), Verdict::Pass);
        assert_eq!(unlisted(Some("ann")), Verdict::Violation);
        assert_eq!(unlisted(None), Verdict::Indeterminate);
    }
}
