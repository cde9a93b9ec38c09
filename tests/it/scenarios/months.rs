//! Whole months, made up at random from a seed, and judged by the engine and by an oracle.
//!
//! A month on which the two differ is made smaller as long as they still differ, and told.

use std::collections::BTreeSet;

use sodpack::{
    crossref::Verdict,
    model::{Duty, HowKnown, Instant, SubjectKind, SubjectState},
};

use super::{
    judge::Judged,
    oracle::{ACCOUNTS, MACHINES, Oracle, late, unprotected},
    parse,
    record::{Deed, Fact, Given, Thing, What},
    root,
    scenario::Scenario,
};

/// Months that are tried.
const MONTHS: u64 = 150;

/// Splitmix64: small, and the same on every machine.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (z ^ (z >> 31)) % sides
    }

    fn one<'a>(&mut self, of: &[&'a str]) -> &'a str {
        of[self.roll(of.len() as u64) as usize]
    }

    fn chance(&mut self, percent: u64) -> bool {
        self.roll(100) < percent
    }
}

fn at(hour: u64) -> Instant {
    let start = Instant::parse("2026-09-29T00:00:00Z").unwrap();
    start.shifted(hour as i64 * 3600)
}

/// A month of up to a dozen changes in the usual company, to which Dan belongs for a while.
fn month(seed: u64) -> Scenario {
    let mut dice = Dice(seed);
    let mut month = parse::scenario(&root(), "companies/months").unwrap();
    month.name = format!("month {seed}");
    let roles = month.files.iter_mut().find(|file| file.path == "okta/roles").unwrap();
    for _ in 0..dice.roll(4) {
        let from = dice.roll(700);
        let until = dice.chance(70).then(|| at(from + 1 + dice.roll(300)));
        let known = HowKnown::Interval;
        let by = Some("okta:max".to_owned());
        let (holder, role) = ("okta:dan".to_owned(), "okta:change-approver".to_owned());
        let from = Some(at(from));
        let given = Given { holder, role, scope: None, from, until, by, known };
        let line = 1000 + roles.facts.len() as u32;
        roles.facts.push(Fact { line, what: What::Grant(given) });
    }
    let accounts: Vec<&str> = ACCOUNTS.iter().map(|(account, _)| *account).collect();
    let mut facts = Vec::new();
    for n in 1..=1 + dice.roll(12) {
        facts.extend(change(&mut dice, n, &accounts));
    }
    let pulls = month.files.iter_mut().find(|file| file.path == "github/pulls").unwrap();
    pulls.facts = (1..).zip(facts).map(|(line, what)| Fact { line, what }).collect();
    month
}

/// One change: opened, written, reviewed in whatever order, and mostly merged.
fn change(dice: &mut Dice, n: u64, accounts: &[&str]) -> Vec<What> {
    let id = format!("github:acme/pay#{n}");
    let opened = dice.roll(760);
    let merged = opened + 1 + dice.roll(60);
    let commits = 1 + dice.roll(3);
    let deed = |by: &str, duty, to: &str, hour: u64, revision: Option<String>| Deed {
        by: by.to_owned(),
        duty,
        to: to.to_owned(),
        at: Some(at(hour)),
        revision,
        dismissed: false,
    };
    let mut facts = vec![What::Act(deed(dice.one(accounts), Duty::Author, &id, opened, None))];
    for commit in 1..=commits {
        let to = format!("github:acme/pay@c{n}-{commit}");
        if dice.chance(80) {
            facts.push(What::Act(deed(dice.one(accounts), Duty::Author, &to, opened, None)));
        }
        facts.push(What::Link { from: id.clone(), kind: sodpack::model::LinkKind::Contains, to });
    }
    for _ in 0..dice.roll(5) {
        let duty = if dice.chance(75) { Duty::Approve } else { Duty::Reject };
        let seen = dice.chance(95).then(|| match dice.chance(75) {
            true => format!("c{n}-{commits}"),
            false => format!("c{n}-{}", 1 + dice.roll(commits)),
        });
        let mut review = deed(dice.one(accounts), duty, &id, opened + dice.roll(70), seen);
        review.dismissed = duty == Duty::Approve && dice.chance(10);
        if dice.chance(3) {
            review.at = None;
        }
        facts.push(What::Act(review));
    }
    let done = dice.chance(90).then(|| at(merged));
    if done.is_some() && dice.chance(90) {
        facts.push(What::Act(deed(dice.one(accounts), Duty::Merge, &id, merged, None)));
    }
    facts.push(What::Subject(Thing {
        id,
        kind: SubjectKind::Change,
        state: if done.is_some() { SubjectState::Done } else { SubjectState::Open },
        repository: Some("acme/pay".to_owned()),
        target: Some(if dice.chance(95) { "main" } else { "experiment" }.to_owned()),
        revision: dice.chance(97).then(|| format!("c{n}-{commits}")),
        created: Some(at(opened)),
        done,
        reviews_listed: true,
    }));
    facts
}

/// Where engine and oracle differ.
fn disagreements(month: &Scenario, judged: &Judged) -> Vec<String> {
    let oracle = Oracle::new(month);
    let mut wrong = Vec::new();
    let changes = oracle.changes();
    for change in &changes {
        let on = super::judge::short(&change.id);
        let engine = |rule: &str| {
            let found = judged.all.iter().find(|found| found.rule == rule && found.on == on);
            found.map(|found| found.verdict)
        };
        if engine("no-approval") != Some(oracle.no_approval(change)) {
            let (is, want) = (engine("no-approval"), oracle.no_approval(change));
            wrong.push(format!("no-approval on {on}: {is:?}, and the oracle says {want:?}"));
        }
        let stale = |a: &Deed| {
            a.revision.is_some() && change.revision.is_some() && a.revision != change.revision
        };
        let unentitled = |a: &Deed| match MACHINES.contains(&a.by.as_str()) {
            true => a.at.is_some(),
            false => oracle.entitled(a) == Some(false),
        };
        let charges = [
            ("self-approval", oracle.self_approved(change)),
            ("stale-approval", oracle.rested_on(change, stale)),
            ("late-approval", oracle.rested_on(change, |a| late(change, a))),
            ("agent-approval", oracle.rested_on(change, |a| MACHINES.contains(&a.by.as_str()))),
            ("approver-not-entitled", oracle.rested_on(change, unentitled)),
        ];
        for (rule, violated) in charges {
            let violated = violated && !unprotected(change);
            if (engine(rule) == Some(Verdict::Violation)) != violated {
                let is = engine(rule);
                wrong.push(format!("{rule} on {on}: {is:?}, violated by the oracle: {violated}"));
            }
        }
    }
    wrong.extend(miscounts(judged, changes.len()));
    wrong
}

/// Each rule gives each change one verdict, and what is counted is what was found.
fn miscounts(judged: &Judged, changes: usize) -> Vec<String> {
    let mut wrong = Vec::new();
    for count in &judged.counts {
        let mine = || judged.all.iter().filter(|found| found.rule == count.rule.id);
        let of = |verdict| mine().filter(|found| found.verdict == verdict).count() as u64;
        let counted = [count.pass, count.violation, count.indeterminate, count.not_applicable];
        let found = [
            of(Verdict::Pass),
            of(Verdict::Violation),
            of(Verdict::Indeterminate),
            of(Verdict::NotApplicable),
        ];
        if counted != found || counted.iter().sum::<u64>() != mine().count() as u64 {
            wrong.push(format!("{}: {counted:?} counted, {found:?} found", count.rule.id));
        }
        // Where policy protects none of the changes, the rule says so besides.
        let tested = || mine().filter(|found| !found.nothing);
        let things: BTreeSet<_> = tested().map(|found| &found.on).collect();
        let tests_changes = matches!(count.rule.test, sodpack::crossref::Test::Change(_));
        if tests_changes && changes > 0 && (things.len(), tested().count()) != (changes, changes) {
            wrong.push(format!("{} tested {} of {changes} changes", count.rule.id, things.len()));
        }
    }
    wrong
}

/// The month without whatever does not matter to the disagreement.
fn smallest(mut month: Scenario) -> Scenario {
    let disagrees = |month: &Scenario| {
        month.judge().is_ok_and(|judged| !disagreements(month, &judged).is_empty())
    };
    let pulls = month.files.iter().position(|file| file.path == "github/pulls").unwrap();
    let mut n = 0;
    while n < month.files[pulls].facts.len() {
        let mut smaller = month.clone();
        smaller.files[pulls].facts.remove(n);
        if disagrees(&smaller) {
            month = smaller;
        } else {
            n += 1;
        }
    }
    month
}

#[test]
fn a_naive_oracle_agrees_on_whole_months() {
    let mut seen = BTreeSet::new();
    for seed in 0..MONTHS {
        let month = month(seed);
        let judged = month.judge().unwrap();
        seen.extend(judged.all.iter().map(|found| (found.rule, found.verdict)));
        if !disagreements(&month, &judged).is_empty() {
            let month = smallest(month);
            let judged = month.judge().unwrap();
            let facts: Vec<_> = month.files.iter().flat_map(|file| &file.facts).collect();
            panic!("month {seed}: {:#?}\n{facts:#?}", disagreements(&month, &judged));
        }
    }
    // Months in which nothing happens would agree with any oracle.
    for rule in [
        "self-approval",
        "no-approval",
        "stale-approval",
        "late-approval",
        "agent-approval",
        "approver-not-entitled",
    ] {
        for verdict in [Verdict::Pass, Verdict::Violation, Verdict::Indeterminate] {
            assert!(seen.contains(&(rule, verdict)), "no month has {rule} {}", verdict.name());
        }
    }
}
