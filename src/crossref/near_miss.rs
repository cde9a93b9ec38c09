//! Refusals that nearly answer a drill, and what each lacks.
//!
//! Most drills that no refusal answers were run a little late, by another account, or against a
//! resource that the log names otherwise. Whoever conducted them needs to see which.

use std::collections::BTreeMap;

use super::{
    Context, Strength, Who,
    denial::strength,
    drill::{between, has_code, on_target},
};
use crate::{
    model::{AccountId, Decision, Instant, Outcome, Symbol},
    policy::Drill,
};

/// Near misses that are told of one drill.
const TOLD: usize = 3;

/// Seconds before and after a window in which a refusal still is a near miss.
const NEAR: i64 = 86_400;

/// What a refusal lacks to answer a drill.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Ord, PartialOrd)]
pub enum Miss {
    /// Its record does not name the control, so it proves nothing.
    Reason,
    /// It has another code, or none.
    Code(Option<Symbol>),
    /// It came so many seconds before the window.
    Early(i64),
    /// It came so many seconds after the window.
    Late(i64),
    /// It was on something else, or the record does not say on what.
    Target(Option<Symbol>),
    /// It answers another drill already, by its index.
    Taken(usize),
    /// The log does not say what came of it.
    Outcome,
    /// It was of another action.
    Action(Symbol),
    /// Somebody else tried.
    Who(AccountId),
}

/// A refusal that nearly answers a drill.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct NearMiss {
    /// Its index among the decisions.
    pub decision: u32,
    /// What it lacks; at least one thing.
    pub misses: Vec<Miss>,
}

/// The refusals that nearly answer a drill, nearest first. `claims` has the drill that a refusal
/// answers.
pub(super) fn near_misses(
    cx: &Context<'_>,
    drill: &Drill,
    claims: &BTreeMap<u32, usize>,
) -> Vec<NearMiss> {
    let mut all: Vec<NearMiss> = between(cx, drill.from.shifted(-NEAR), drill.until.shifted(NEAR))
        .filter(|(_, d)| matches!(d.outcome, Outcome::Denied | Outcome::Unknown))
        .filter_map(|(decision, record)| {
            let mut misses = misses(cx, drill, record);
            misses.extend(claims.get(&decision).map(|other| Miss::Taken(*other)));
            is_near(&misses).then_some(NearMiss { decision, misses })
        })
        .collect();
    all.sort_by_key(|near| {
        let seconds = near.misses.iter().map(|miss| match miss {
            Miss::Early(seconds) | Miss::Late(seconds) => *seconds,
            _ => 0,
        });
        let seconds: i64 = seconds.sum();
        let worst = near.misses.iter().map(|miss| rank(*miss)).max();
        (near.misses.len(), worst, seconds, near.decision)
    });
    all.truncate(TOLD);
    all
}

/// One thing may be amiss, or two where it is still plain that the drill could be meant: then what
/// was tried, and the person or the target, are as planned.
fn is_near(misses: &[Miss]) -> bool {
    let other = |miss: &Miss| matches!(miss, Miss::Action(_) | Miss::Who(_));
    match misses {
        [_] => true,
        [a, b] => !other(a) && !other(b),
        _ => false,
    }
}

/// How far a miss leads away from the plan.
fn rank(miss: Miss) -> u8 {
    match miss {
        Miss::Reason | Miss::Code(_) | Miss::Outcome => 0,
        Miss::Early(_) | Miss::Late(_) | Miss::Taken(_) => 1,
        Miss::Target(_) => 2,
        Miss::Who(_) => 3,
        Miss::Action(_) => 4,
    }
}

fn misses(cx: &Context<'_>, drill: &Drill, record: &Decision) -> Vec<Miss> {
    let mut misses = Vec::new();
    let mut amiss = |is: bool, miss: Miss| misses.extend(is.then_some(miss));
    let who = cx.who(record.actor);
    amiss(who != Who::Principal(drill.who), Miss::Who(record.actor));
    let action = cx.dataset.text(record.action);
    amiss(!drill.action.matches(action), Miss::Action(record.action));
    amiss(!on_target(cx, drill, record), Miss::Target(record.resource));
    let seconds = |from: Instant, to: Instant| (to.micros() - from.micros()).div_euclid(1_000_000);
    amiss(record.at < drill.from, Miss::Early(seconds(record.at, drill.from)));
    amiss(record.at >= drill.until, Miss::Late(seconds(drill.until, record.at)));
    if record.outcome == Outcome::Unknown {
        amiss(true, Miss::Outcome);
        return misses;
    }
    amiss(!has_code(cx, drill, record), Miss::Code(record.code));
    amiss(strength(cx, record) == Strength::ReasonUnknown, Miss::Reason);
    misses
}

impl NearMiss {
    /// What it is and what it lacks, in a sentence without a full stop.
    pub fn told(&self, cx: &Context<'_>, drill: &Drill) -> String {
        let Some(decision) = cx.dataset.decisions().get(self.decision as usize) else {
            return String::new();
        };
        let record = &decision.record;
        let on = record.resource.map(|on| format!(" on {}", cx.dataset.text(on)));
        let verb = if record.outcome == Outcome::Unknown { "tried" } else { "was refused" };
        let lacks: Vec<_> = self.misses.iter().map(|miss| lack(cx, drill, *miss)).collect();
        format!(
            "{} {verb} {}{} on {}, but {}",
            cx.name(record.actor),
            cx.dataset.text(record.action),
            on.unwrap_or_default(),
            cx.clock(record.at),
            lacks.join(", and ")
        )
    }
}

fn lack(cx: &Context<'_>, drill: &Drill, miss: Miss) -> String {
    let text = |symbol: Symbol| cx.dataset.text(symbol);
    match miss {
        Miss::Reason => "its record does not name the control, so it proves nothing".to_owned(),
        Miss::Code(code) => {
            let want = drill.code.as_deref().unwrap_or_default();
            match code {
                Some(code) => format!("its code was {}, not {want}", text(code)),
                None => format!("its record has no code, and {want} was planned"),
            }
        }
        Miss::Early(seconds) => format!("it came {} before the window", span(seconds)),
        Miss::Late(seconds) => format!("it came {} after the window", span(seconds)),
        Miss::Target(on) => {
            let want = drill.target.as_ref().map_or("", |target| target.text());
            match on {
                Some(_) => format!("{want} was planned"),
                None => format!("its record names no resource, and {want} was planned"),
            }
        }
        Miss::Taken(other) => {
            let other = cx.drills.all.get(other).map_or("another", |drill| drill.id.as_str());
            format!("it answers drill {other} already, and one refusal proves one drill")
        }
        Miss::Outcome => "the log does not say what came of it".to_owned(),
        Miss::Action(_) => format!("{} was planned", drill.action.text()),
        Miss::Who(account) => {
            let planned = &cx.principal(drill.who).name;
            match cx.who(account) {
                Who::Principal(_) => format!("{planned} was to try it"),
                Who::Account(_) => {
                    format!("the account is of no known principal, and {planned} was to try it")
                }
            }
        }
    }
}

/// A span of time in words: `4 minutes`.
fn span(seconds: i64) -> String {
    let (number, unit) = match seconds {
        ..60 => return "less than a minute".to_owned(),
        60..3600 => (seconds / 60, "minute"),
        _ => (seconds / 3600, "hour"),
    };
    format!("{number} {unit}{}", if number == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use super::{Miss, is_near, span};
    use crate::model::{AccountId, Symbols};

    #[test]
    fn two_misses_are_near_if_somebody_planned_tried_what_was_planned() {
        let mut symbols = Symbols::default();
        let x = symbols.intern("x");
        let (who, action) = (Miss::Who(AccountId(x)), Miss::Action(x));
        assert!(!is_near(&[]));
        assert!(is_near(&[who]) && is_near(&[action]));
        assert!(is_near(&[Miss::Code(None), Miss::Late(5)]));
        for other in [who, action] {
            assert!(!is_near(&[Miss::Late(5), other]) && !is_near(&[other, Miss::Late(5)]));
        }
        assert!(!is_near(&[Miss::Reason, Miss::Code(None), Miss::Late(5)]));
    }

    #[test]
    fn spans() {
        let told = [0, 59, 60, 240, 3599, 3600, 86_399].map(span);
        let want = [
            "less than a minute",
            "less than a minute",
            "1 minute",
            "4 minutes",
            "59 minutes",
            "1 hour",
            "23 hours",
        ];
        assert_eq!(told, want);
    }
}
