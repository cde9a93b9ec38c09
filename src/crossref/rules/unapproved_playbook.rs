use super::super::{
    Context, EXECUTE_PLAYBOOK, Finding, Held, Test, Who,
    playbook::{is_mapped, is_one, may_be_of, of_resource, unseen_since},
    rule,
};
use crate::{
    model::{Decision, Located, Origin, Outcome, Symbol},
    policy::{Playbook, PrincipalKind},
};

rule! {
    /// ## What it tests
    /// Every run of a playbook by an agent or service that a log shows as allowed: that policy lists
    /// the playbook, that a human who was entitled to approve its category approved it before the
    /// run, that this human neither ran it nor answers for who did, and that logs which reach back to
    /// the approval show no change of its definition up to the run.
    ///
    /// ## Why it matters
    /// An agent may run what was approved. A playbook that nobody approved, that its own user
    /// approved, or that is another one by now, lets the agent do what it likes.
    ///
    /// ## What it cannot see
    /// Which version ran: that nobody changed it since is what says so. Changes made where no log
    /// records them. That an approval which policy lists was given: policy is what people wrote.
    pub(super) static UNAPPROVED_PLAYBOOK = "unapproved-playbook" {
        summary: "an agent ran a playbook that was not approved, or was changed since",
        class: Breach,
        severity: High,
        criteria: ["CC6.1", "CC6.3", "CC8.1"],
        needs: [],
        implies: [],
        since: "0.1.0",
        test: Test::Attempt(test),
    }
}

/// What an approval is worth for one run.
enum Worth {
    Sound(String),
    Unknown(String),
    Flawed { told: String, who: Vec<Who>, shown_by: Option<Origin> },
}

fn test(cx: &Context<'_>, run: &Located<Decision>) -> Finding {
    let record = &run.record;
    let action = cx.dataset.text(record.action);
    let resource = record.resource.map(|resource| cx.dataset.text(resource));
    let runs = cx.policy.capability(EXECUTE_PLAYBOOK);
    if !runs.is_some_and(|capability| capability.is_used_by(action, resource)) {
        let listed = record.resource.and_then(|resource| of_resource(cx, resource).next());
        if let Some(playbook) = listed.filter(|_| !is_mapped(cx, EXECUTE_PLAYBOOK)) {
            let told = format!(
                "it touched {}, and policy maps no action to {EXECUTE_PLAYBOOK}, so whether that was \
                 a run cannot be told",
                playbook.name
            );
            return Finding::indeterminate(told).with("attempt", run.origin);
        }
        return Finding::not_applicable("it is no run of a playbook, as policy maps actions");
    }
    let finding = match record.resource {
        None => Finding::indeterminate("the log does not say which playbook was run"),
        Some(_) if cx.policy.playbooks.is_empty() => {
            Finding::indeterminate("policy lists no approved playbook")
        }
        Some(resource) => judge(cx, record, resource),
    };
    finding.with("run", run.origin)
}

fn judge(cx: &Context<'_>, run: &Decision, resource: Symbol) -> Finding {
    let name = cx.dataset.text(resource);
    let who = cx.who(run.actor);
    let mut worst = Worth::Flawed {
        told: format!("{} ran {name}, which is no playbook that policy lists", cx.who_name(who)),
        who: vec![who],
        shown_by: None,
    };
    // Of several entries that cover the resource the best one counts: it may be listed per version.
    let mut unknown = None;
    for playbook in of_resource(cx, resource) {
        match approval(cx, run, resource, playbook) {
            Worth::Sound(told) => return Finding::pass(told),
            Worth::Unknown(why) => unknown = Some(why),
            flawed @ Worth::Flawed { .. } => worst = flawed,
        }
    }
    match (unknown, worst) {
        (Some(why), _) => Finding::indeterminate(why),
        (None, Worth::Flawed { told, .. }) if run.outcome == Outcome::Unknown => {
            Finding::indeterminate(format!("{told}; the log does not say what came of it"))
        }
        (None, Worth::Flawed { told, who, shown_by }) => {
            Finding::violation(told, who).with_all("change of the definition", shown_by)
        }
        (None, Worth::Sound(told) | Worth::Unknown(told)) => Finding::indeterminate(told),
    }
}

fn approval(cx: &Context<'_>, run: &Decision, resource: Symbol, playbook: &Playbook) -> Worth {
    let (ran, name) = (cx.who(run.actor), &playbook.name);
    let runner = cx.who_name(ran);
    let flawed = |why: String, who: Vec<Who>| Worth::Flawed {
        told: format!("{runner} ran {name}, {why}"),
        who,
        shown_by: None,
    };
    let clock = |at| cx.clock(at);
    if run.at < playbook.approved_at {
        let from = clock(playbook.approved_at);
        return flawed(format!("whose approval counts only from {from}"), vec![ran]);
    }
    if let Some(until) = playbook.until.filter(|until| *until <= run.at) {
        return flawed(format!("whose approval ended on {}", clock(until)), vec![ran]);
    }
    let Some(approver) = cx.identities.principals().named(&playbook.approved_by) else {
        let by = &playbook.approved_by;
        return Worth::Unknown(format!("{by}, who approved {name}, is not in the registry"));
    };
    let entry = cx.principal(approver);
    let (by, both) = (&entry.name, vec![ran, Who::Principal(approver)]);
    if entry.kind != PrincipalKind::Human {
        return flawed(format!("which {by} approved, who is no human"), both);
    }
    let Who::Principal(runs_as) = ran else {
        return Worth::Unknown("whoever ran the playbook resolves to nobody".to_owned());
    };
    if cx.identities.person_of(runs_as) == cx.identities.person_of(approver) {
        return flawed(format!("which {by} approved, who is one person with it"), both);
    }
    let at = playbook.approved_at;
    if entry.valid_from.is_some_and(|from| at < from)
        || entry.valid_until.is_some_and(|until| until <= at)
    {
        return flawed(
            format!("which {by} approved, who was not valid in the registry then"),
            both,
        );
    }
    match entitled(cx, approver, playbook) {
        Held::Yes(_) => unchanged(cx, run, resource, playbook),
        Held::No => flawed(format!("which {by} approved without a role that entitles to it"), both),
        Held::Unknown(why) => Worth::Unknown(format!("{by} approved {name}: {why}")),
    }
}

fn entitled(cx: &Context<'_>, approver: crate::policy::PrincipalId, playbook: &Playbook) -> Held {
    const APPROVE_CATEGORY: &str = "approve-category";
    let roles = cx.policy.capability(APPROVE_CATEGORY).map_or(&[][..], |c| c.roles.as_slice());
    cx.roles.held(approver, roles, playbook.category.as_deref(), playbook.approved_at)
}

fn unchanged(cx: &Context<'_>, run: &Decision, resource: Symbol, playbook: &Playbook) -> Worth {
    let name = &playbook.name;
    let between = |change: &&&Located<Decision>| {
        let Decision { at, resource: of, .. } = change.record;
        playbook.approved_at <= at && at <= run.at && of.is_some_and(|of| is_one(cx, resource, of))
    };
    let unnamed = |change: &&&Located<Decision>| {
        let at = change.record.at;
        playbook.approved_at <= at && at <= run.at && may_be_of(cx, run, &change.record)
    };
    let version = playbook
        .version
        .as_deref()
        .map(|v| format!(" as version {v}, though no record says which ran"))
        .unwrap_or_default();
    let Some(change) = cx.playbooks.changes.iter().find(between) else {
        let by = cx.identities.principals().named(&playbook.approved_by);
        let by = by.map_or(playbook.approved_by.as_str(), |by| &cx.principal(by).name);
        return match unseen_since(cx, playbook.approved_at, run) {
            Some(why) => Worth::Unknown(why),
            None if cx.playbooks.changes.iter().any(|change| unnamed(&change)) => Worth::Unknown(
                format!("a log shows a change since {name} was approved, and does not say of what"),
            ),
            None => Worth::Sound(format!(
                "it is {name}, which {by} approved{version}; the logs reach back to then and show no \
                 change since"
            )),
        };
    };
    let (changed, at) = (cx.who(change.record.actor), cx.clock(change.record.at));
    let told = format!(
        "{} ran {name}, which {} changed on {at}, after it was approved",
        cx.name(run.actor),
        cx.who_name(changed)
    );
    match change.record.outcome {
        Outcome::Unknown => {
            Worth::Unknown(format!("{told}; the log does not say if that went through"))
        }
        _ => Worth::Flawed {
            told,
            who: vec![cx.who(run.actor), changed],
            shown_by: Some(change.origin),
        },
    }
}

#[cfg(test)]
mod tests {
    use crate::{
        crossref::{
            Verdict,
            scene::{Scene, day},
        },
        model::Outcome::{self, Allowed, Denied, Unknown},
        policy::PrincipalKind,
    };

    const RUN: &str = "aws:ssm:StartAutomationExecution";
    const CHANGE: &str = "aws:iam:PutRolePolicy";

    /// Bot's run of a playbook that cat approved on the fifth.
    fn verdict(prepare: impl Fn(&mut Scene)) -> Verdict {
        run_by("bot", Allowed, prepare)
    }

    fn run_by(who: &str, outcome: Outcome, prepare: impl Fn(&mut Scene)) -> Verdict {
        let mut scene = Scene::new();
        scene.role("cat", "okta:playbook-approver", 1.0, None);
        scene.logs_edits("aws");
        scene.also_exports("okta");
        scene.playbook("patch", "cat", 5.0);
        scene.event(who, RUN, Some("patch"), 9.0, outcome);
        prepare(&mut scene);
        scene.verdict("unapproved-playbook")
    }

    #[test]
    fn approved_and_unchanged() {
        assert_eq!(verdict(|_| {}), Verdict::Pass);
        assert_eq!(run_by("bot", Unknown, |_| {}), Verdict::Pass);
        let limited = |s: &mut Scene, category: &str| {
            s.policy.playbooks[0].category = Some(category.to_owned());
        };
        assert_eq!(verdict(|s| limited(s, "patching")), Verdict::Pass);
    }

    #[test]
    fn without_mapped_actions_a_touched_playbook_may_have_been_run() {
        let unmapped = |s: &mut Scene| {
            let runs = s.policy.capabilities.iter_mut().find(|c| c.name == "execute-playbook");
            runs.unwrap().actions.clear();
        };
        assert_eq!(verdict(unmapped), Verdict::Indeterminate);
        let unlisted = |s: &mut Scene| {
            unmapped(s);
            s.policy.playbooks.clear();
        };
        assert_eq!(verdict(unlisted), Verdict::NotApplicable);
    }

    #[test]
    fn not_listed_too_early_or_ended() {
        assert_eq!(verdict(|s| s.policy.playbooks.clear()), Verdict::Indeterminate);
        let of_another = |s: &mut Scene| s.policy.playbooks[0].resources.clear();
        assert_eq!(verdict(of_another), Verdict::Violation);
        assert_eq!(run_by("bot", Unknown, of_another), Verdict::Indeterminate);
        assert_eq!(verdict(|s| s.policy.playbooks[0].approved_at = day(9.1)), Verdict::Violation);
        assert_eq!(verdict(|s| s.policy.playbooks[0].approved_at = day(9.0)), Verdict::Pass);
        let ends = |s: &mut Scene, at| s.policy.playbooks[0].until = Some(day(at));
        assert_eq!(verdict(|s| ends(s, 9.0)), Verdict::Violation);
        assert_eq!(verdict(|s| ends(s, 9.1)), Verdict::Pass);
    }

    #[test]
    fn the_best_of_several_entries_counts() {
        let two = |first: &str| {
            verdict(|scene| {
                scene.policy.playbooks[0].approved_by = first.to_owned();
                scene.playbook("patch", "cat", 6.0);
            })
        };
        assert_eq!(two("bot"), Verdict::Pass);
        assert_eq!(two("cat"), Verdict::Pass);
    }

    #[test]
    fn who_may_approve() {
        let by = |who: &str| verdict(|s| s.policy.playbooks[0].approved_by = who.to_owned());
        assert_eq!(by("ann"), Verdict::Violation); // bot's sponsor
        assert_eq!(by("bot"), Verdict::Violation);
        assert_eq!(by("bob"), Verdict::Violation); // holds no such role
        assert_eq!(by("zoe"), Verdict::Indeterminate);
        let late = |s: &mut Scene| s.principals.all[2].valid_from = Some(day(6.0));
        assert_eq!(verdict(late), Verdict::Violation);
        assert_eq!(verdict(|s| s.principals.all[2].valid_from = Some(day(5.0))), Verdict::Pass);
        let left = |s: &mut Scene| s.principals.all[2].valid_until = Some(day(5.0));
        assert_eq!(verdict(left), Verdict::Violation);
        let unlisted =
            |s: &mut Scene| s.policy.capabilities.retain(|c| c.name != "approve-category");
        assert_eq!(verdict(unlisted), Verdict::Indeterminate);
    }

    #[test]
    fn changed_since() {
        let changed =
            |at: f64, outcome| verdict(|s| s.event("bob", CHANGE, Some("patch"), at, outcome));
        assert_eq!(changed(4.9, Allowed), Verdict::Pass);
        assert_eq!(changed(7.0, Allowed), Verdict::Violation);
        assert_eq!(changed(7.0, Unknown), Verdict::Indeterminate);
        assert_eq!(changed(7.0, Denied), Verdict::Pass);
        assert_eq!(changed(9.1, Allowed), Verdict::Pass);
        let blind = |s: &mut Scene| {
            let own = s.policy.capabilities.iter_mut().find(|c| c.name == "modify-definition");
            own.unwrap().actions.clear();
        };
        assert_eq!(verdict(blind), Verdict::Indeterminate);
        assert_eq!(verdict(|s| s.gap("a page is missing")), Verdict::Indeterminate);
    }

    #[test]
    fn a_change_of_nobody_says_what_counts_only_since_the_approval() {
        let changed = |at: f64, of| verdict(|s| s.event("bob", CHANGE, of, at, Allowed));
        assert_eq!(changed(4.9, None), Verdict::Pass);
        assert_eq!(changed(5.0, None), Verdict::Indeterminate);
        assert_eq!(changed(9.0, None), Verdict::Indeterminate);
        assert_eq!(changed(9.1, None), Verdict::Pass);
        assert_eq!(changed(7.0, Some("other")), Verdict::Pass);
    }

    #[test]
    fn what_is_no_run_of_a_known_playbook() {
        let other = |action: &str, resource: Option<&str>| {
            let mut scene = Scene::new();
            scene.playbook("patch", "cat", 5.0);
            scene.event("bot", action, resource, 9.0, Allowed);
            scene.verdict("unapproved-playbook")
        };
        assert_eq!(other("aws:s3:PutObject", Some("patch")), Verdict::NotApplicable);
        assert_eq!(other(RUN, None), Verdict::Indeterminate);
    }

    #[test]
    fn an_agent_that_the_registry_does_not_hold_stays_open() {
        let stranger = run_by("i-robot", Allowed, |scene| {
            scene.account_in("aws", "i-robot", crate::model::AccountKind::Agent);
        });
        assert_eq!(stranger, Verdict::Indeterminate);
        let machine = verdict(|s| s.principals.all[2].kind = PrincipalKind::Service);
        assert_eq!(machine, Verdict::Violation);
    }
}
