//! Uses of what is for emergencies, and who looked at them afterwards.
//!
//! A justification is no review: it answers an exception and never makes it disappear. A review is a
//! record in the system in which the thing was done.

use std::collections::BTreeMap;

use super::{Basis, ChangeFacts, Context, Coverage, Finding, Held, Sameness, Tested, coverage};
use crate::model::{AccountId, Act, Decision, Duty, Instant, Located, Origin, Outcome, Subject};

/// Seconds between a merge and the log's record that it went around a control.
const ONE_MOMENT: i64 = 60;

/// A use of an emergency access.
#[derive(Debug)]
pub struct Emergency<'a> {
    /// What a judgement on it is about.
    pub tested: Tested,
    /// Whose.
    pub by: AccountId,
    /// When it ended.
    pub at: Instant,
    /// What it was, in a phrase without the person.
    pub did: String,
    /// The change that it was about, as far as the evidence ties one to it.
    pub change: Option<&'a Located<Subject>>,
    /// Why it may be none.
    pub doubt: Option<String>,
    /// The record that shows it.
    pub origin: Origin,
}

/// Whether somebody else looked at a use afterwards.
pub(super) enum Reviewed<'a> {
    /// Somebody did, and before them perhaps somebody else.
    Yes(&'a Located<Act>, Instant, Option<&'a Located<Act>>),
    /// Somebody did who may be a party, or at a time that nobody knows.
    Perhaps(&'a Located<Act>),
    /// Reviews were not exported.
    Unseen,
    /// Nobody did, as far as the evidence shows.
    No,
}

/// Every use in the period.
pub(super) fn emergencies<'a>(cx: &Context<'a>) -> Vec<Emergency<'a>> {
    let mut all = bypasses(cx);
    if cx.policy.break_glass.is_named() {
        all.extend(sessions(cx));
        all.extend(cx.merged().filter_map(|change| unapproved(cx, change)));
    }
    all
}

/// What to say where there is none.
pub(super) fn none(cx: &Context<'_>) -> Finding {
    let policy = &cx.policy.break_glass;
    if !policy.is_named() {
        return Finding::not_applicable(
            "policy names no emergency access, and no log shows that a control was overridden",
        );
    }
    let system = |text: &str| text.split(':').next().unwrap_or_default().to_owned();
    let systems: Vec<_> = policy.accounts.iter().map(|account| system(account.text())).collect();
    match coverage(cx, systems.iter().map(String::as_str)) {
        Coverage::Missing(why) if !systems.is_empty() => {
            Finding::indeterminate(format!("no use of an emergency access is seen, but {why}"))
        }
        _ => Finding::not_applicable("no log shows that an emergency access was used"),
    }
}

fn bypasses<'a>(cx: &Context<'a>) -> Vec<Emergency<'a>> {
    let decisions = (0..).zip(cx.dataset.decisions());
    let overridden = decisions
        .filter(|(_, d)| d.record.outcome == Outcome::Bypassed && cx.period.contains(d.record.at));
    overridden
        .map(|(index, decision)| {
            let Decision { at, actor, resource, control, .. } = decision.record;
            let on = resource.map(|r| format!(" on {}", cx.dataset.text(r))).unwrap_or_default();
            let control = control.map_or("a control", |control| cx.dataset.text(control));
            Emergency {
                tested: Tested::Attempt(index),
                by: actor,
                at,
                did: format!("went around {control}{on}"),
                change: merged_then(cx, &decision.record),
                doubt: None,
                origin: decision.origin,
            }
        })
        .collect()
}

/// The change whose merge a bypass was: of that repository and branch, by that account, at that
/// moment.
fn merged_then<'a>(cx: &Context<'a>, bypass: &Decision) -> Option<&'a Located<Subject>> {
    let (repository, branch) = cx.dataset.text(bypass.resource?).split_once('@')?;
    let then = |at: Instant| (at.seconds() - bypass.at.seconds()).abs() <= ONE_MOMENT;
    cx.changes().find(|change| {
        let Subject { repository: of, target, done, id, .. } = change.record;
        let is = |symbol: Option<_>, text: &str| symbol.is_some_and(|s| cx.dataset.text(s) == text);
        let by =
            |act: &Located<Act>| act.record.duty == Duty::Merge && act.record.by == bypass.actor;
        done.is_some_and(then)
            && is(of, repository)
            && is(target, branch)
            && cx.dataset.acts_on(id).iter().any(by)
    })
}

fn is_emergency_account(cx: &Context<'_>, account: AccountId) -> bool {
    let account = cx.dataset.text(account.0);
    cx.policy.break_glass.accounts.iter().any(|pattern| pattern.matches(account))
}

/// What an account for emergencies did on one day is one use.
fn sessions<'a>(cx: &Context<'a>) -> Vec<Emergency<'a>> {
    let mut days: BTreeMap<_, (u32, u64, &Located<Decision>)> = BTreeMap::new();
    for (index, decision) in (0..).zip(cx.dataset.decisions()) {
        let Decision { at, actor, outcome, .. } = decision.record;
        let done = matches!(outcome, Outcome::Allowed | Outcome::Unknown);
        if done && cx.period.contains(at) && is_emergency_account(cx, actor) {
            let key = (actor, at.date_in(cx.period.zone()));
            let day = days.entry(key).or_insert((index, 0, decision));
            // Decisions come by time, so the last one ends the day's use.
            *day = (day.0, day.1 + 1, decision);
        }
    }
    days.into_iter()
        .map(|((actor, day), (index, times, last))| Emergency {
            tested: Tested::Attempt(index),
            by: actor,
            at: last.record.at,
            did: match times {
                1 => format!("did something through an emergency account on {day}"),
                times => format!("did {times} things through an emergency account on {day}"),
            },
            change: None,
            doubt: None,
            origin: last.origin,
        })
        .collect()
}

/// A change that a holder of emergency access merged without enough approvals.
fn unapproved<'a>(cx: &Context<'a>, change: &'a Located<Subject>) -> Option<Emergency<'a>> {
    if cx.unprotected(&change.record).is_some() {
        return None;
    }
    let facts = ChangeFacts::gather(cx, change)?;
    if facts.approvals.enough() == Some(true) {
        return None;
    }
    let merge = facts.case.did_directly(Duty::Merge).next()?;
    let held = holds(cx, merge.record.by, &change.record, facts.case.merged)?;
    let unsure = || "whether it had enough approvals cannot be told".to_owned();
    let doubt = held.or_else(|| facts.approvals.enough().is_none().then(unsure));
    Some(Emergency {
        tested: Tested::Subject(change.record.id),
        by: merge.record.by,
        at: facts.case.merged,
        did: format!("merged {} without enough approvals", cx.dataset.text(change.record.id.0)),
        change: Some(change),
        doubt,
        origin: merge.origin,
    })
}

/// Whether an account had emergency access then: `None` if not, with the doubt if that is unsure.
fn holds(
    cx: &Context<'_>,
    account: AccountId,
    change: &Subject,
    at: Instant,
) -> Option<Option<String>> {
    if is_emergency_account(cx, account) {
        return Some(None);
    }
    let roles = &cx.policy.break_glass.roles;
    if roles.is_empty() {
        return None;
    }
    let Some(principal) = cx.identities.principal(account) else {
        let nobody = !matches!(cx.identities.person(account), super::Person::Platform);
        return nobody.then(|| Some("who merged it resolves to nobody".to_owned()));
    };
    let scope = change.repository.map(|repository| cx.dataset.text(repository));
    match cx.roles.held(principal, roles, scope, at) {
        Held::Yes(_) => Some(None),
        Held::No => None,
        Held::Unknown(why) => Some(Some(why)),
    }
}

/// Who looked at a use after it, and was no party to it.
pub(super) fn reviewed<'a>(cx: &Context<'a>, emergency: &Emergency<'a>) -> Reviewed<'a> {
    let Some(change) = emergency.change else { return Reviewed::No };
    let Some(facts) = ChangeFacts::gather(cx, change) else { return Reviewed::No };
    let mut parties: Vec<_> = facts.case.contributions().iter().map(|a| a.record.by).collect();
    parties.push(emergency.by);
    let mut perhaps = None;
    let mut acts: Vec<_> = cx.dataset.acts_on(change.record.id).iter().collect();
    acts.sort_by_key(|act| (act.record.at, act.origin));
    for act in acts {
        let Act { duty, at, by, dismissed, .. } = act.record;
        let looked = matches!(duty, Duty::Approve | Duty::Reject | Duty::Review) && !dismissed;
        if !looked || at.is_some_and(|at| at <= emergency.at) {
            continue;
        }
        let claimed = |id: &super::Identity| matches!(id.basis, Basis::Claim(_));
        if cx.identities.of(by).is_some_and(claimed) {
            continue;
        }
        let same: Vec<_> = parties.iter().map(|party| cx.identities.same(*party, by)).collect();
        match cx.identities.is_human(by) {
            Some(false) => {}
            _ if same.contains(&Sameness::Same) => {}
            Some(true) if same.iter().all(|s| *s == Sameness::Different) => match at {
                Some(at) => return Reviewed::Yes(act, at, perhaps),
                None => perhaps = perhaps.or(Some(act)),
            },
            _ => perhaps = perhaps.or(Some(act)),
        }
    }
    let exported = change.record.reviews_listed || cx.reviews_known(&change.record);
    match perhaps {
        Some(act) => Reviewed::Perhaps(act),
        None if exported => Reviewed::No,
        None => Reviewed::Unseen,
    }
}

/// When the time for a review is over.
pub(super) fn due(cx: &Context<'_>, emergency: &Emergency<'_>) -> Instant {
    emergency.at.shifted(i64::from(cx.policy.break_glass.review_within_hours) * 3600)
}
