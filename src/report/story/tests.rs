//! A story of every kind of thing that is tested, as it is read.

use super::*;
use crate::{
    crossref::Exception,
    model::{Duty, Outcome},
    report::sample::{self, Sample},
};

/// The stories of all exceptions that `wanted` picks.
fn stories(sample: Sample, wanted: impl Fn(&Exception) -> bool) -> Vec<Story> {
    sample.with(|report| {
        let all = report.assessment.exceptions.iter().filter(|e| wanted(e));
        let index = Index::new(report, all.clone());
        all.map(|e| story(report, &index, e, Extent::EVENTS)).collect()
    })
}

fn one(sample: Sample, rule: &str) -> Story {
    let found = stories(sample, |e| e.rule.id == rule).into_iter().next();
    found.unwrap_or_else(|| panic!("no exception of {rule}"))
}

fn said(story: &Story) -> String {
    story.events.iter().map(|event| format!("{}\n", event.said)).collect()
}

#[test]
fn a_change_is_told_from_its_commit_to_its_merge() {
    let story = one(sample::company(), "self-approval");
    insta::assert_snapshot!("self_approval", told(&story));
    let times: Vec<_> = story.events.iter().map(|event| event.moment.clone()).collect();
    assert!(times.is_sorted(), "{times:?}");
    assert!(story.events.iter().all(|event| !event.place.is_empty()));
}

#[test]
fn an_approval_says_what_it_is_worth_and_by_which_role() {
    let story = one(sample::company(), "late-approval");
    let approval = story.events.iter().find(|event| event.judged.is_some()).unwrap();
    assert_eq!(approval.tone, Tone::Bad);
    let judged = approval.judged.as_deref().unwrap();
    assert!(judged.contains("it was given after the merge"), "{judged}");
    let roles = approval.roles.as_deref().unwrap();
    assert!(roles.starts_with("okta:change-approver (proven; "), "{roles}");
}

#[test]
fn every_kind_of_thing_has_a_story() {
    let mut company = sample::company();
    company.commit("bob", "pushed", 9.0);
    let about = |rule: &str, sample: Sample| one(sample, rule).about;
    let commit = one(company, "change-without-review");
    assert!(commit.about.contains("It concerns commit pushed of acme/pay"), "{}", commit.about);
    let want = "Bob wrote commit pushed of acme/pay\n\
                commit pushed of acme/pay reached main; no record says by whose hand\n";
    assert!(said(&commit).starts_with(want), "{}", said(&commit));
    let principal = one(sample::company(), "conflicting-roles");
    assert!(principal.about.contains("It concerns Ann and the roles held"), "{}", principal.about);
    assert!(said(&principal).contains("gave Ann the role okta:deployer"), "{}", said(&principal));
    let of_the_stranger =
        |e: &Exception| e.rule.id == "unknown-identity" && e.statement.contains("github:stranger");
    let account = stories(sample::company(), of_the_stranger).remove(0);
    assert!(account.about.contains("the account github:stranger, which acted 1 time"));
    assert!(said(&account).starts_with("an account that belongs to nobody known approved change"));
    let attempt = one(sample::company(), "agent-left-its-tier");
    assert!(said(&attempt).contains("and nothing stopped it"), "{}", said(&attempt));
    let bypass = one(sample::company(), "policy-bypass");
    assert!(said(&bypass).contains("past two reviews"), "{}", said(&bypass));
    let told = about("party-justified", sample::company());
    assert!(
        told.contains("the justification of EX-") && told.contains(", an exception of "),
        "{told}"
    );
}

#[test]
fn a_bypass_on_a_change_is_part_of_its_story() {
    let mut company = sample::company();
    company.act("bob", Duty::Bypass, "acme/pay#5", 5.3, None);
    let story = one(company, "self-approval");
    assert!(said(&story).contains("Bob went around a control on change acme/pay#5"));
}

#[test]
fn the_same_account_is_named_with_what_makes_it_theirs() {
    let story = one(sample::company(), "self-approval");
    let bob = story.cast.iter().find(|party| party.principal == "bob").unwrap();
    assert!(bob.party && bob.kind == "human");
    let (account, basis) = &bob.accounts[0];
    assert_eq!(account, "github:bob");
    assert_eq!(basis, "listed in the registry (principals.csv line 2)");
}

#[test]
fn hostile_text_stays_harmless_in_a_terminal() {
    for story in stories(sample::hostile(), |_| true) {
        let text = told(&story);
        let bad = |c: char| (c.is_control() && c != '\n') || c == '\u{202e}';
        assert!(!text.contains(bad), "{text}");
    }
}

#[test]
fn what_was_refused_came_to_nothing_and_is_no_exception() {
    let mut company = Sample::new();
    company.attempt("bot", ["iam:PutRolePolicy", "policy"], 9.3, Outcome::Denied);
    assert!(stories(company, |e| e.rule.id == "agent-left-its-tier").is_empty());
}
