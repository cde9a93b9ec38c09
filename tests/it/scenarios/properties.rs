//! Properties that hold for every scenario: changes that may not matter do not, and evidence that
//! is taken away proves nothing.

use std::collections::{BTreeMap, BTreeSet};

use sodpack::crossref::Verdict;

use super::{
    all, changed,
    judge::Found,
    record::File,
    scenario::{Member, Scenario},
};

/// Rule, thing, and what tells findings on one thing apart.
type Key = (&'static str, String, String);
type Verdicts = BTreeMap<Key, BTreeSet<(Verdict, Vec<String>)>>;

/// The verdicts of a scenario, with names put back by `original`.
fn verdicts(scenario: &Scenario, original: impl Fn(&str) -> String) -> Verdicts {
    let mut verdicts = Verdicts::new();
    for found in judged(scenario) {
        let mut persons: Vec<_> = found.persons.iter().map(|who| original(who)).collect();
        persons.sort();
        let key = (found.rule, original(&found.on), original(&found.about));
        verdicts.entry(key).or_default().insert((found.verdict, persons));
    }
    verdicts
}

/// What was tested; an empty population is no thing.
fn judged(scenario: &Scenario) -> Vec<Found> {
    let judged = scenario.judge().unwrap_or_else(|error| panic!("{}: {error}", scenario.name));
    judged.all.into_iter().filter(|found| !found.nothing).collect()
}

fn differences(name: &str, what: &str, before: &Verdicts, after: &Verdicts) -> Vec<String> {
    let keys: BTreeSet<_> = before.keys().chain(after.keys()).collect();
    let differ = keys.into_iter().filter(|key| before.get(*key) != after.get(*key));
    let told = |key: &Key| {
        format!(
            "{name}, {what}: {} on {}: {:?} -> {:?}",
            key.0,
            key.1,
            before.get(key),
            after.get(key)
        )
    };
    differ.map(told).collect()
}

fn none(wrong: &[String]) {
    assert!(wrong.is_empty(), "\n{}\n{} in all", wrong.join("\n"), wrong.len());
}

#[test]
fn renaming_a_principal_changes_no_verdict() {
    let mut wrong = Vec::new();
    for scenario in all() {
        let before = verdicts(&scenario, str::to_owned);
        for member in &scenario.people {
            // Names decide what is sorted first, so each is moved to both ends.
            for prefix in ["00", "zz"] {
                let other = format!("{prefix}{}", member.id);
                let after = verdicts(&changed::renamed(&scenario, &member.id, &other), |text| {
                    text.replace(&other, &member.id)
                });
                let what = format!("{} is {other}", member.id);
                wrong.extend(differences(&scenario.name, &what, &before, &after));
            }
        }
    }
    none(&wrong);
}

#[test]
fn the_order_of_inputs_changes_no_verdict() {
    let mut wrong = Vec::new();
    for scenario in all() {
        let before = verdicts(&scenario, str::to_owned);
        let after = verdicts(&changed::reversed(&scenario), |text| {
            text.split_once('!').map_or(text, |(_, path)| path).to_owned()
        });
        wrong.extend(differences(&scenario.name, "in reverse", &before, &after));
    }
    none(&wrong);
}

#[test]
fn unrelated_records_change_no_verdict() {
    let mut wrong = Vec::new();
    for scenario in all() {
        let before = verdicts(&scenario, str::to_owned);
        let mut after = verdicts(&changed::beside_others(&scenario), str::to_owned);
        after.retain(|(_, on, _), _| !on.contains("unrelated"));
        wrong.extend(differences(&scenario.name, "beside others", &before, &after));
    }
    none(&wrong);
}

#[test]
fn a_source_split_in_two_changes_no_verdict() {
    let mut wrong = Vec::new();
    for scenario in all() {
        for index in 0..scenario.files.len() {
            // Whether a file is whole is asked of each file, so of the halves anew.
            let path = scenario.files[index].path.clone();
            let other = |(_, on, _): &Key| !on.starts_with(&path);
            let (mut before, mut after) = (
                verdicts(&scenario, str::to_owned),
                verdicts(&changed::split(&scenario, index), str::to_owned),
            );
            before.retain(|key, _| other(key));
            after.retain(|key, _| other(key));
            wrong.extend(differences(&scenario.name, &format!("{path} split"), &before, &after));
        }
    }
    none(&wrong);
}

/// What was removed, the scenario without it, and the places that it stood at.
type Without = (String, Scenario, Vec<String>);

/// A scenario without some of its evidence may not let pass what was no pass before. `excused` says
/// whether a finding that was open may pass now, given what was removed and what is found now.
fn nothing_passes_for_want_of(
    what: &str,
    without: impl Fn(&Scenario) -> Vec<Without>,
    excused: impl Fn(&Found, &[String], &[Found]) -> bool,
) {
    let mut wrong = Vec::new();
    for scenario in all().iter().map(Scenario::answering) {
        let before = judged(&scenario);
        for (removed, without, places) in without(&scenario) {
            let after = judged(&without);
            for found in before.iter().filter(|found| open(found.verdict)) {
                let of = |all: &[Found]| -> BTreeSet<Verdict> {
                    all.iter().filter(|f| key(f) == key(found)).map(|f| f.verdict).collect()
                };
                if of(&after) == BTreeSet::from([Verdict::Pass]) && !excused(found, &places, &after)
                {
                    let (name, on) = (&scenario.name, &found.on);
                    let (was, told) = (found.verdict.name(), &found.statement);
                    wrong.push(format!(
                        "{name} without {what} {removed}: {} on {on} was {was} ({told}) and passes",
                        found.rule,
                    ));
                }
            }
        }
    }
    none(&wrong);
}

fn open(verdict: Verdict) -> bool {
    matches!(verdict, Verdict::Violation | Verdict::Indeterminate)
}

fn key(found: &Found) -> (&str, &str) {
    (found.rule, &found.on)
}

/// Rules that charge somebody with having approved. An approval that is not in the export was not
/// given, as far as anybody can see, and nobody is charged with it; whether what is left suffices is
/// for the other rules, which get no such excuse.
const APPROVING: &[&str] = &[
    "approver-executed",
    "common-sponsor-approval",
    "contributor-approval",
    "self-approval",
    "sponsor-approval",
    "ticket-approved-by-requester",
];

/// Rules that ask whether the approvals given fail for one reason. Where the doubt was about the
/// removed approval itself it goes with it, and the change must stay open for want of an approval.
const FAILING: &[&str] = &[
    "agent-approval",
    "approver-inactive",
    "approver-not-entitled",
    "hasty-approval",
    "late-approval",
    "occasional-role",
    "role-granted-by-party",
    "stale-approval",
    "withdrawn-approval",
];

/// Rules that ask of each approval how it was given, and of nothing else. One that is not in the
/// export cannot be asked; whether those that are left suffice is for the other rules.
const EACH: &[&str] = &["review-under-human-name"];

/// Rules that hold exceptions against somebody. Without the approval its exception is gone, and
/// another one must stand there: the change that is left was approved by too few.
const FOLLOWING: &[&str] = &["preparer-conflict"];

/// Rules that ask whether there are approvals enough.
const ENOUGH: &[&str] = &["no-approval", "too-few-approvals"];

#[test]
fn nothing_passes_for_want_of_an_approval() {
    nothing_passes_for_want_of(
        "the approval",
        changed::without_each_approval,
        |found, gone, now| {
            let charge = found.evidence.iter().any(|place| gone.contains(place));
            let still_open = |rules: &[&str]| {
                now.iter().any(|f| f.on == found.on && rules.contains(&f.rule) && open(f.verdict))
            };
            let approving = APPROVING.contains(&found.rule)
                && (found.verdict == Verdict::Violation || still_open(ENOUGH));
            let unapproved = now.iter().any(|f| ENOUGH.contains(&f.rule) && open(f.verdict));
            if FOLLOWING.contains(&found.rule) && found.verdict == Verdict::Violation {
                return unapproved;
            }
            if EACH.contains(&found.rule) {
                return charge;
            }
            charge && (approving || FAILING.contains(&found.rule) && still_open(ENOUGH))
        },
    );
}

/// Rules that charge people with holding the very role whose record is removed. A list without it
/// is the list of a company in which nobody held it: that lists are whole is for their digests,
/// their counts and `source-gap` to show. A list that is missing as a whole leaves the rule open.
const HOLDING: &[&str] = &["agent-may-approve", "conflicting-roles", "sponsor-union-conflict"];

#[test]
fn nothing_passes_for_want_of_a_role() {
    nothing_passes_for_want_of("the role", changed::without_each_role, |found, gone, _| {
        HOLDING.contains(&found.rule) && found.evidence.iter().any(|place| gone.contains(place))
    });
}

/// Two kinds of rows are left aside. A row can speak against its like: it says that an account may
/// be its own that another row claims too, and without it the registry says, as far as anybody can
/// see, whose the account is. And a service that nothing is known of but what it recorded or merged
/// is the platform's own where no row says otherwise (docs/decisions/0003-platform-accounts.md). Rows
/// that drills or owners name cannot be missing: nothing is read without them.
#[test]
fn nothing_passes_for_want_of_a_row_of_the_registry() {
    let rows = |scenario: &Scenario| -> Vec<Without> {
        let left = |member: &&Member| {
            !changed::claims_with_another(scenario, member)
                && !changed::only_records(scenario, member)
        };
        let without = |member: &Member| {
            let without = changed::without_member(scenario, &member.id)?;
            Some((member.id.clone(), without, Vec::new()))
        };
        scenario.people.iter().filter(left).filter_map(without).collect()
    };
    nothing_passes_for_want_of("the row", rows, |_, _, _| false);
}

/// Two kinds of sources are left aside, for they speak against what others say. One vouches for an
/// address by which an account could be somebody else's too: without it the account is, as far as
/// anybody can see, of whom the others say. And a list of roles that lies between two others may
/// disagree with both: what is inferred from two lists is never more than that, and the pack says so.
///
/// One rule is excused where the source held the very attempt that a drill was let through by, and
/// another shows refusals: that there is a second log, such as a second region's, no record of the
/// first says. A log of which a part is missing leaves the rule open.
#[test]
fn nothing_passes_for_want_of_a_source() {
    let sources = |scenario: &Scenario| -> Vec<Without> {
        let without = |file: &File| {
            let mut without = scenario.clone();
            without.files.retain(|other| other.path != file.path);
            (file.path.clone(), without, vec![file.path.clone()])
        };
        let ambiguous = |scenario: &Scenario| {
            scenario.people.iter().any(|member| changed::claims_with_another(scenario, member))
        };
        let left = scenario.files.iter().filter(|file| !changed::lies_between(scenario, file));
        let without = left.map(without);
        without.filter(|(_, left, _)| !ambiguous(scenario) || ambiguous(left)).collect()
    };
    nothing_passes_for_want_of("the source", sources, |found, gone, _| {
        let on_it = |place: &String| gone.iter().any(|path| place.starts_with(&format!("{path} ")));
        found.rule == "drill-allowed"
            && found.verdict == Verdict::Violation
            && found.evidence.iter().all(on_it)
    });
}

#[test]
fn who_is_the_author_by_another_name_approves_their_own_work() {
    let mut tried = 0;
    let mut wrong = Vec::new();
    for scenario in all() {
        let before = judged(&scenario);
        for (change, author, approver) in changed::authors_and_approvers(&scenario) {
            let passes = |rule: &str| {
                let is_it = |f: &&Found| f.rule == rule && f.on == change;
                before.iter().find(is_it).is_some_and(|f| f.verdict == Verdict::Pass)
            };
            if !passes("self-approval") || !passes("no-approval") {
                continue;
            }
            tried += 1;
            let one = changed::one_person(&scenario, &author, &approver);
            let violated = |f: &Found| {
                f.rule == "self-approval" && f.on == change && f.verdict == Verdict::Violation
            };
            if !judged(&one).iter().any(violated) {
                wrong.push(format!(
                    "{}: {approver} is {author}, and {change} passes",
                    scenario.name
                ));
            }
        }
    }
    assert!(tried > 40, "only {tried} approvals were tried");
    none(&wrong);
}
