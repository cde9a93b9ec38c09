use super::super::{
    Context, EXECUTE_PLAYBOOK, Finding, Person, Test,
    playbook::{is_mapped, is_one, may_be_of, of_resource, unseen_changes},
    rule,
};
use std::collections::BTreeMap;

use crate::{
    model::{Decision, Located, Outcome, Symbol},
    policy::PrincipalId,
};

rule! {
    /// ## What it tests
    /// Every principal that ran playbooks in the period: that it did not change the definition of one
    /// of them itself, in the period or in the days before that policy names in `[windows]
    /// definition-days`. An agent or service stands together with the human who answers for it.
    ///
    /// ## Why it matters
    /// Who writes the playbook and runs it decides alone what happens in production. The platform
    /// team writes, the agents run, and neither does both.
    ///
    /// ## What it cannot see
    /// Definitions that are changed in a repository and not where they run: their reviews are judged
    /// as changes. Records before the first one of the exported logs, and those of a region or account
    /// of which nothing was exported. Runs of which policy does not say that they are any: where it maps no action to `execute-playbook`, there is nothing to test.
    pub(super) static DEFINITION_AND_EXECUTION = "definition-and-execution" {
        summary: "one person changed a playbook and ran it",
        class: Breach,
        severity: High,
        criteria: ["CC5.1", "CC6.3", "CC8.1"],
        needs: [],
        implies: [],
        since: "0.1.0",
        test: Test::Principal(test),
    }
}

fn test(cx: &Context<'_>, principal: PrincipalId) -> Vec<Finding> {
    if !is_mapped(cx, EXECUTE_PLAYBOOK) {
        return vec![unmapped(cx)];
    }
    let inside = |run: &&&Located<Decision>| cx.period.contains(run.record.at);
    let runs: Vec<_> = cx.playbooks.runs_of(principal).iter().filter(inside).copied().collect();
    if runs.is_empty() {
        return vec![Finding::not_applicable("no log shows that it ran a playbook in the period")];
    }
    // A playbook is run day after day: it is one thing, told at its first run that breaks the rule.
    let mut told: BTreeMap<String, Finding> = BTreeMap::new();
    let mut unnamed = None;
    for run in &runs {
        let Some(resource) = run.record.resource else {
            unnamed = Some(run.origin);
            continue;
        };
        if let Some(finding) = changed_by_its_runner(cx, principal, run, resource) {
            let about = of_resource(cx, resource).next().map(|playbook| playbook.name.clone());
            let about = about.unwrap_or_else(|| cx.dataset.text(resource).to_owned());
            told.entry(about.clone()).or_insert(Finding { about: Some(about), ..finding });
        }
    }
    let mut found: Vec<_> = told.into_values().collect();
    if let Some(origin) = unnamed {
        let missing = Finding::indeterminate("a log does not say which playbook it ran");
        found.push(missing.with("run", origin));
    }
    if found.is_empty() {
        let finding = match (unseen_changes(cx, &runs[0].record), runs.len()) {
            (Some(why), _) => Finding::indeterminate(why),
            (None, 1) => Finding::pass("one run, of no playbook that it changed"),
            (None, runs) => Finding::pass(format!("{runs} runs, of no playbook that it changed")),
        };
        found.push(finding.with_all("run", runs.iter().take(3).map(|run| run.origin)));
    }
    found
}

/// What counts as a run is policy's choice. One that lists playbooks says that there are some, and
/// leaves out how their runs are seen.
fn unmapped(cx: &Context<'_>) -> Finding {
    let told = format!("policy maps no action to {EXECUTE_PLAYBOOK}");
    match cx.policy.playbooks.is_empty() {
        true => Finding::not_applicable(format!("{told}, so nothing is a run of a playbook")),
        false => Finding::indeterminate(format!(
            "{told}, so no run of those that it lists would be seen"
        )),
    }
}

fn changed_by_its_runner(
    cx: &Context<'_>,
    principal: PrincipalId,
    run: &Located<Decision>,
    resource: Symbol,
) -> Option<Finding> {
    let days = i64::from(cx.policy.windows.definition_days);
    let first = run.record.at.shifted(-days * 86_400);
    let within = |change: &&&Located<Decision>| {
        let Decision { at, resource: of, .. } = change.record;
        let near = (first <= at && at <= run.record.at) || cx.period.contains(at);
        let this = of.is_some_and(|of| is_one(cx, resource, of));
        near && (this || may_be_of(cx, &run.record, &change.record))
    };
    let person = cx.identities.person_of(principal);
    let mut unknown = None;
    for change in cx.playbooks.changes.iter().filter(within) {
        let by = change.record.actor;
        let sure = [run, *change].iter().all(|d| d.record.outcome != Outcome::Unknown);
        match cx.identities.person(by) {
            Person::Unknown(_) => unknown = unknown.or(Some(*change)),
            // It may have been another one.
            changed if changed == person && change.record.resource.is_none() => {
                unknown = unknown.or(Some(*change));
            }
            changed if changed == person && sure => {
                return Some(violation(cx, run, change, resource));
            }
            changed if changed == person => unknown = unknown.or(Some(*change)),
            _ => {}
        }
    }
    let change = unknown?;
    let told = format!(
        "{} on {} by {}, and whether who ran it did that cannot be told",
        match change.record.resource {
            Some(_) => format!("{} was changed", cx.dataset.text(resource)),
            None => "something that the log does not name was changed".to_owned(),
        },
        cx.clock(change.record.at),
        cx.name(change.record.actor)
    );
    let finding = Finding::indeterminate(told);
    Some(finding.with("change of the definition", change.origin).with("run", run.origin))
}

fn violation(
    cx: &Context<'_>,
    run: &Located<Decision>,
    change: &Located<Decision>,
    resource: Symbol,
) -> Finding {
    let (ran, changed) = (cx.who(run.record.actor), cx.who(change.record.actor));
    let (on, at) = (cx.clock(change.record.at), cx.clock(run.record.at));
    let (name, other) = (cx.who_name(ran), cx.who_name(changed));
    let playbook = cx.dataset.text(resource);
    let told = match ran == changed {
        true => format!("{name} changed {playbook} on {on} and ran it on {at}"),
        false => format!(
            "{other} changed {playbook} on {on}, {name} ran it on {at}, and both are one person"
        ),
    };
    Finding::violation(told, vec![ran, changed])
        .with("change of the definition", change.origin)
        .with("run", run.origin)
}

#[cfg(test)]
mod tests {
    use crate::{
        crossref::scene::Scene,
        model::Outcome::{self, Allowed, Denied, Unknown},
    };

    const RUN: &str = "aws:ssm:StartAutomationExecution";
    const CHANGE: &str = "aws:iam:PutRolePolicy";

    fn of(who: &str, prepare: impl Fn(&mut Scene)) -> Vec<&'static str> {
        let mut scene = Scene::new();
        scene.logs_edits("aws");
        prepare(&mut scene);
        let all = scene.verdicts("definition-and-execution").into_iter();
        all.filter(|(id, _)| id == who).map(|(_, verdict)| verdict).collect()
    }

    fn bot(changer: &str, at: f64, changed: Outcome, resource: &str) -> Vec<&'static str> {
        of("bot", |scene| {
            scene.event("bot", RUN, Some("patch"), 9.0, Allowed);
            scene.event(changer, CHANGE, Some(resource), at, changed);
        })
    }

    #[test]
    fn one_person_with_its_sponsor() {
        assert_eq!(bot("bot", 8.0, Allowed, "patch"), ["violation"]);
        assert_eq!(bot("ann", 8.0, Allowed, "patch"), ["violation"]);
        assert_eq!(bot("bot2", 8.0, Allowed, "patch"), ["violation"]);
        assert_eq!(bot("bob", 8.0, Allowed, "patch"), ["pass"]);
        assert_eq!(bot("stranger", 8.0, Allowed, "patch"), ["indeterminate"]);
    }

    #[test]
    fn when_and_what() {
        assert_eq!(bot("ann", -70.0, Allowed, "patch"), ["violation"]);
        assert_eq!(bot("ann", -90.0, Allowed, "patch"), ["pass"]);
        assert_eq!(bot("ann", 12.0, Allowed, "patch"), ["violation"]);
        assert_eq!(bot("ann", 34.0, Allowed, "patch"), ["pass"]);
        assert_eq!(bot("ann", 8.0, Denied, "patch"), ["pass"]);
        assert_eq!(bot("ann", 8.0, Unknown, "patch"), ["indeterminate"]);
        assert_eq!(bot("ann", 8.0, Allowed, "other"), ["pass"]);
    }

    #[test]
    fn policy_may_say_that_two_names_are_one_playbook() {
        let found = of("bot", |scene| {
            scene.playbook("patch", "cat", 5.0);
            scene.policy.playbooks[0].resources.push(crate::policy::Pattern::new("doc/patch"));
            scene.event("bot", RUN, Some("patch"), 9.0, Allowed);
            scene.event("bot", RUN, Some("patch"), 10.0, Allowed);
            scene.event("ann", CHANGE, Some("doc/patch"), 8.0, Allowed);
        });
        assert_eq!(found, ["violation"]);
    }

    #[test]
    fn what_cannot_be_told() {
        let unmapped = |name: &'static str| {
            of("bot", move |scene| {
                let own = scene.policy.capabilities.iter_mut().find(|c| c.name == name);
                own.unwrap().actions.clear();
                scene.event("bot", RUN, Some("patch"), 9.0, Allowed);
            })
        };
        assert_eq!(unmapped("modify-definition"), ["indeterminate"]);
        assert_eq!(unmapped("execute-playbook"), ["not applicable"]);
        let listed = of("bot", |scene| {
            scene.playbook("patch", "cat", 5.0);
            let own = scene.policy.capabilities.iter_mut().find(|c| c.name == "execute-playbook");
            own.unwrap().actions.clear();
        });
        assert_eq!(listed, ["indeterminate"]);
        let unnamed = of("bot", |scene| scene.event("bot", RUN, None, 9.0, Allowed));
        assert_eq!(unnamed, ["indeterminate"]);
        let gap = of("bot", |scene| {
            scene.event("bot", RUN, Some("patch"), 9.0, Allowed);
            scene.gap("a page is missing");
        });
        assert_eq!(gap, ["indeterminate"]);
        assert_eq!(of("cat", |_| {}), ["not applicable"]);
    }

    #[test]
    fn each_playbook_is_one_thing() {
        let mut scene = Scene::new();
        scene.logs_edits("aws");
        for playbook in ["patch", "scan"] {
            scene.event("ann", CHANGE, Some(playbook), 8.0, Allowed);
            scene.event("bot", RUN, Some(playbook), 9.0, Allowed);
            scene.event("bot", RUN, Some(playbook), 10.0, Allowed);
        }
        let found = scene.found("definition-and-execution");
        let about: Vec<_> = found.iter().filter_map(|finding| finding.about.as_deref()).collect();
        assert_eq!(about, ["patch", "scan"]);
    }
}
