//! Every verdict that a rule can give has a scenario that expects it.

use std::collections::BTreeSet;

use sodpack::crossref::{RULES, Verdict};

use super::all;

const VERDICTS: [Verdict; 4] =
    [Verdict::Pass, Verdict::Violation, Verdict::Indeterminate, Verdict::NotApplicable];

/// Verdicts that a rule never gives, with the reason.
const IMPOSSIBLE: &[(&str, Verdict, &str)] = &[
    (
        "agent-left-its-tier",
        Verdict::NotApplicable,
        "only what an agent or service did or tried is in the population",
    ),
    (
        "change-without-review",
        Verdict::NotApplicable,
        "only commits of protected branches are in the population",
    ),
    ("conflicting-roles", Verdict::NotApplicable, "anybody may hold roles"),
    (
        "expired-justification",
        Verdict::Indeterminate,
        "a justification says itself until when it holds",
    ),
    (
        "late-justification",
        Verdict::Indeterminate,
        "a justification without the time of its approval is not read",
    ),
    (
        "no-compensating-control",
        Verdict::Indeterminate,
        "a justification says itself what it names",
    ),
    ("policy-bypass", Verdict::NotApplicable, "every decision of a control may be overridden"),
    ("preparer-conflict", Verdict::NotApplicable, "whoever made an export may be a party"),
    ("self-granted-role", Verdict::NotApplicable, "every role that was given had a giver"),
    (
        "unreconciled-population",
        Verdict::NotApplicable,
        "only repositories of which there are changes or a history are in the population",
    ),
];

#[test]
fn every_verdict_of_every_rule_is_expected_somewhere() {
    let mut expected = BTreeSet::new();
    let mut found = BTreeSet::new();
    for scenario in all() {
        expected.extend(scenario.expected.iter().map(|e| (e.rule.clone(), e.verdict)));
        let judged = scenario.judge().unwrap();
        found.extend(judged.all.iter().map(|found| (found.rule.to_owned(), found.verdict)));
    }
    let mut wrong = Vec::new();
    for rule in RULES {
        for verdict in VERDICTS {
            let key = (rule.id.to_owned(), verdict);
            let name = verdict.name();
            match IMPOSSIBLE.iter().find(|(id, v, _)| (*id, *v) == (rule.id, verdict)) {
                None if !expected.contains(&key) => {
                    wrong.push(format!("no scenario expects {} {name}", rule.id));
                }
                Some((.., reason)) if found.contains(&key) => {
                    wrong.push(format!("{} {name} is no longer impossible ({reason})", rule.id));
                }
                _ => {}
            }
        }
    }
    for (id, ..) in IMPOSSIBLE {
        if !RULES.iter().any(|rule| rule.id == *id) {
            wrong.push(format!("{id} is no rule, and stands in the list of what is impossible"));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}
