//! What becomes of an exception after it was found: whose it is, how old, how often, and what
//! share of the population it is.

use std::collections::BTreeMap;

use super::{EarlierReport, History};
use crate::{
    crossref::{
        Assessment, Because, Context, Exception, Owner, RuleCount, Status, Who, owner as owner_of,
    },
    model::Instant,
};

/// What is to be known of one exception besides what happened.
#[derive(Clone, Debug)]
pub struct FollowUp<'h> {
    /// Who sees to it that it is answered.
    pub owner: Option<Owner>,
    /// Whole days since the period ended of which it was reported first.
    pub days: u64,
    /// The pack that reported it first, and whole days since then.
    pub reported: Option<(&'h EarlierReport, u64)>,
    /// Other exceptions of the period by which one of its persons broke the same rule.
    pub others: u64,
    /// Periods before this one in which one of its persons broke the same rule.
    pub before: Vec<&'h str>,
    /// Whether the answer came, or is still out, after the time that policy gives.
    pub late: bool,
}

impl FollowUp<'_> {
    /// Tells whether nobody of its persons broke the rule a second time, as far as is known.
    pub fn isolated(&self) -> bool {
        self.others == 0 && self.before.is_empty()
    }

    /// `isolated`, or how often and when again.
    pub fn repeated(&self) -> String {
        let mut told = Vec::new();
        match self.others {
            0 => {}
            1 => told.push("once more in the period".to_owned()),
            n => told.push(format!("{n} times more in the period")),
        }
        if !self.before.is_empty() {
            told.push(format!("before in {}", self.before.join(", ")));
        }
        if told.is_empty() { "isolated".to_owned() } else { told.join("; ") }
    }
}

/// How often each person broke each rule in the period.
#[derive(Debug)]
pub struct FollowUps<'h> {
    history: &'h History,
    times: BTreeMap<(&'static str, Who), u64>,
}

impl<'h> FollowUps<'h> {
    /// Counts the exceptions of a period.
    pub fn new(history: &'h History, assessment: &Assessment<'_>) -> Self {
        let mut times = BTreeMap::new();
        for exception in &assessment.exceptions {
            for who in &exception.persons {
                *times.entry((exception.rule.id, *who)).or_default() += 1;
            }
        }
        Self { history, times }
    }

    /// What is to be known of one of them.
    pub fn of(&self, cx: &Context<'_>, e: &Exception) -> FollowUp<'h> {
        let others = e.persons.iter().filter_map(|who| self.times.get(&(e.rule.id, *who)));
        let first = self.history.first(&e.id);
        let since = first.map_or(cx.period.until, |report| report.until.min(cx.period.until));
        FollowUp {
            owner: owner_of(cx, e),
            days: days(since, cx.as_of),
            reported: first.map(|report| (report, days(report.as_of, cx.as_of))),
            others: others.map(|times| times - 1).max().unwrap_or_default(),
            before: self.history.seen_before(cx, e),
            late: is_late(cx, e, since),
        }
    }
}

pub(super) fn days(from: Instant, to: Instant) -> u64 {
    u64::try_from((to.seconds() - from.seconds()) / 86_400).unwrap_or_default()
}

/// Tells whether an exception was answered after the time that policy gives from the end of the
/// period that reported it first, or still is not.
fn is_late(cx: &Context<'_>, e: &Exception, since: Instant) -> bool {
    let given = chrono::Days::new(u64::from(cx.policy.windows.justify_within_days));
    let last = since.shifted(-1).date_in(cx.period.zone()) + given;
    let after = |at: Instant| at.date_in(cx.period.zone()) > last;
    match (e.status, e.accepted()) {
        (Status::Justified, Some(answer)) => after(cx.justifications.all[answer.index].at),
        _ => after(cx.as_of),
    }
}

/// Whose an exception is and why, in words; empty where nobody is named.
pub fn owned(cx: &Context<'_>, owner: Option<Owner>) -> String {
    let Some(Owner { principal, because }) = owner else { return String::new() };
    let name = &cx.principal(principal).name;
    match because {
        Because::Policy(_) => format!("{name} (named by the policy)"),
        Because::Sponsor(agent) => format!("{name} (answers for {})", cx.principal(agent).name),
        Because::Merger => format!("{name} (merged the change)"),
    }
}

/// Things that broke a rule in the population of it as a percentage; `None` where nothing was tested.
/// A thing of which the rule found several counts once.
///
/// What could not be tested is in the population and not among the violations, so where there is
/// some the rate is the least that it can be.
pub fn deviation_rate(count: &RuleCount) -> Option<String> {
    let population = count.population();
    if population == 0 {
        return None;
    }
    // In thousandths, rounded half up, so that no floating point reaches a signed byte.
    let tenths = (count.deviating * 2000 + population) / (population * 2);
    let least = if count.indeterminate > 0 { "at least " } else { "" };
    let (whole, part) = (tenths / 10, tenths % 10);
    if tenths == 0 && count.deviating > 0 {
        return Some(format!("{least}under 0.1 %"));
    }
    Some(format!("{least}{whole}.{part} %"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        crossref::{RULES, scene::Scene, scene::day},
        report::{EarlierReport, Reported},
    };

    fn count(pass: u64, violation: u64, indeterminate: u64) -> RuleCount {
        RuleCount {
            rule: RULES[0],
            pass,
            violation,
            indeterminate,
            not_applicable: 9,
            things: pass + violation + indeterminate,
            deviating: violation,
        }
    }

    #[test]
    fn rates_of_what_was_tested() {
        let rate = |pass, violation, unknown| deviation_rate(&count(pass, violation, unknown));
        assert_eq!(rate(0, 0, 0), None);
        assert_eq!(rate(7, 0, 0).as_deref(), Some("0.0 %"));
        assert_eq!(rate(39, 1, 0).as_deref(), Some("2.5 %"));
        assert_eq!(rate(2, 1, 0).as_deref(), Some("33.3 %"));
        assert_eq!(rate(0, 3, 0).as_deref(), Some("100.0 %"));
        assert_eq!(rate(1, 1, 2).as_deref(), Some("at least 25.0 %"));
        assert_eq!(rate(99_999, 1, 0).as_deref(), Some("under 0.1 %"));
    }

    fn scene() -> Scene {
        let mut scene = Scene::new();
        for n in 1..=2 {
            scene.change(n, "ann", "cat", 9.0);
            scene.approve(n, "ann", 8.8);
        }
        scene
    }

    fn earlier(until: f64, exceptions: Vec<Reported>) -> EarlierReport {
        let (folder, label) = (format!("acme-{until}"), format!("p{until}"));
        EarlierReport { folder, label, until: day(until), as_of: day(until + 2.0), exceptions }
    }

    fn reported(id: &str, person: &str) -> Reported {
        Reported {
            id: id.to_owned(),
            rule: "self-approval".to_owned(),
            status: "open".to_owned(),
            persons: vec![person.to_owned()],
            parties: vec![person.to_owned()],
            ..Reported::default()
        }
    }

    #[test]
    fn ageing_and_repetition() {
        scene().assess(|assessment| {
            let cx = assessment.cx;
            let one = &assessment.exceptions[0];
            let none = History::default();
            let plain = FollowUps::new(&none, assessment).of(cx, one);
            assert_eq!((plain.others, plain.isolated(), plain.late), (1, false, false));
            assert!(plain.reported.is_none());
            let all = vec![
                (true, earlier(-30.0, vec![reported("EX-0000000001", "ann")])),
                (false, earlier(1.0, vec![reported("EX-0000000002", "ann")])),
                (true, earlier(1.0, vec![reported(&one.id, "bob")])),
            ];
            let history = History::new(all);
            let told = FollowUps::new(&history, assessment).of(cx, one);
            // Superseded reports count no more; what was reported itself comes again, whoever broke it
            // then.
            assert_eq!(told.before, ["p-30", "p1"]);
            assert_eq!(told.repeated(), "once more in the period; before in p-30, p1");
            // It is as old as the period that reported it first, and its time to be answered is over.
            assert_eq!((told.days, told.late), (34, true));
            let other = &assessment.exceptions[1];
            let other = FollowUps::new(&history, assessment).of(cx, other);
            assert_eq!(
                (other.before.as_slice(), other.days, other.late),
                (&["p-30"][..], 3, false)
            );
            assert_eq!(
                told.reported.map(|(report, days)| (report.label.as_str(), days)),
                Some(("p1", 32))
            );
        });
    }

    #[test]
    fn late_is_after_the_time_that_policy_gives() {
        let late = |within: u32, justified: Option<f64>| {
            let id = scene().assess(|assessment| assessment.exceptions[0].id.clone());
            let mut scene = scene();
            scene.policy.windows.justify_within_days = within;
            if let Some(at) = justified {
                scene.human("dan");
                scene.justify(&id, "bob", "dan");
                scene.justifications.all[0].at = day(at);
            }
            scene.assess(|assessment| {
                let found = assessment.exceptions.iter().find(|e| e.id == id).unwrap();
                is_late(assessment.cx, found, assessment.cx.period.until)
            })
        };
        // The period ends with day 31; the scene is judged at the beginning of day 35.
        assert!(!late(30, None) && late(1, None));
        assert!(!late(2, Some(33.5)) && late(1, Some(34.5)));
    }

    #[test]
    fn what_was_open_is_carried_over_until_it_is_answered() {
        let carried = |prepare: &dyn Fn(&mut Scene), history: &History| {
            let mut scene = scene();
            prepare(&mut scene);
            scene.assess(|assessment| {
                let all = history.carried(assessment);
                all.iter().map(|one| (one.reported.id.clone(), one.status)).collect::<Vec<_>>()
            })
        };
        let id = "EX-00000000AA";
        let of = |status: &str| Reported { status: status.to_owned(), ..reported(id, "bob") };
        let open = History::new(vec![(true, earlier(1.0, vec![of("open")]))]);
        assert_eq!(carried(&|_| {}, &open), [(id.to_owned(), Status::Open)]);
        let justified = History::new(vec![(true, earlier(1.0, vec![of("justified")]))]);
        assert_eq!(carried(&|_| {}, &justified), []);
        let replaced = History::new(vec![(false, earlier(1.0, vec![of("open")]))]);
        assert_eq!(carried(&|_| {}, &replaced), []);
        // Of the same period: it is this period's own matter.
        let same = History::new(vec![(true, earlier(32.0, vec![of("open")]))]);
        assert_eq!(carried(&|_| {}, &same), []);
        let answer = |author: &'static str, at: f64| {
            move |scene: &mut Scene| {
                scene.justify(id, author, "cat");
                scene.justifications.all[0].at = day(at);
            }
        };
        let told = [(id.to_owned(), Status::Justified)];
        assert_eq!(carried(&answer("ann", 33.0), &open), told);
        // A party's answer is none, and one that an earlier pack knew is told no more.
        assert_eq!(carried(&answer("bob", 33.0), &open), [(id.to_owned(), Status::NotAccepted)]);
        assert_eq!(carried(&answer("ann", 2.0), &open), []);
    }
}
