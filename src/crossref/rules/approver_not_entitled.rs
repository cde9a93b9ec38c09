use super::super::{
    APPROVE, Approval, ChangeFacts, Context, Finding, Reason, Span, Test, Verdict, rule,
};

rule! {
    /// ## What it tests
    /// Every merged change that somebody approved: that whoever it relied on held, at the moment
    /// of approving, a role that policy maps to the capability `approve`, for that repository.
    ///
    /// ## Why it matters
    /// A platform lets anybody with write access approve. Whether that person was meant to is
    /// written elsewhere, and changes over time.
    ///
    /// ## What it cannot see
    /// Roles of systems that nobody exported. Between two snapshots that agree a role is inferred,
    /// and said to be.
    pub(super) static APPROVER_NOT_ENTITLED = "approver-not-entitled" {
        summary: "the approver held no role that entitles to approve",
        class: Breach,
        severity: High,
        criteria: ["CC6.1", "CC6.3", "CC8.1"],
        needs: [Reviews],
        implies: ["no-approval", "too-few-approvals"],
        since: "0.1.0",
        test: Test::Change(test),
    }
}

fn test(cx: &Context<'_>, facts: &ChangeFacts<'_>) -> Finding {
    let finding = facts.relied_on(cx, Reason::NotEntitled, |approval| {
        let given = approval.act.record.at.map(|at| cx.clock(at)).unwrap_or_default();
        let name = cx.name(approval.act.record.by);
        let once = elsewhen(cx, approval).into_iter().filter_map(|span| {
            let role = cx.dataset.text(span.role.0);
            let ended = span.ended().filter(|until| Some(*until) <= approval.act.record.at);
            ended.map(|until| format!(" ({role} had ended on {})", cx.clock(until)))
        });
        let once: String = once.take(1).collect();
        format!("{name} approved on {given} and held no role then that entitles to approve{once}")
    });
    let failing = facts.approvals.failing(|reason| reason == Reason::NotEntitled);
    let roles: Vec<_> = failing.iter().flat_map(|approval| elsewhen(cx, approval)).collect();
    match finding.verdict {
        Verdict::Violation => {
            finding.with_all("role held at another time", roles.iter().map(|span| span.origin))
        }
        _ => finding,
    }
}

/// The reviewer's roles that entitle to approve, which were held at other times only.
fn elsewhen<'a>(cx: &'a Context<'_>, approval: &Approval<'_>) -> Vec<&'a Span> {
    let roles = cx.policy.capability(APPROVE).map_or(&[][..], |c| c.roles.as_slice());
    let entitles =
        |span: &&Span| roles.iter().any(|pattern| pattern.matches(cx.dataset.text(span.role.0)));
    let principal = cx.identities.principal(approval.act.record.by);
    principal.map_or(&[][..], |id| cx.roles.of(id)).iter().filter(entitles).collect()
}

#[cfg(test)]
mod tests {
    use super::Verdict;
    use crate::crossref::scene::Scene;

    fn verdict(prepare: impl Fn(&mut Scene)) -> Verdict {
        let mut scene = Scene::new();
        scene.change(1, "cat", "cat", 9.0);
        prepare(&mut scene);
        scene.verdict("approver-not-entitled")
    }

    #[test]
    fn cases() {
        assert_eq!(verdict(|s| s.approve(1, "bob", 8.8)), Verdict::Pass);
        assert_eq!(verdict(|s| s.approve(1, "bot", 8.8)), Verdict::Violation);
        assert_eq!(verdict(|s| s.approve(1, "stranger", 8.8)), Verdict::Indeterminate);
    }

    #[test]
    fn the_role_must_be_held_then() {
        let ended = |until: f64| {
            let mut scene = Scene::new();
            scene.principals.all.push(scene.principals.all[1].clone());
            let dan = &mut scene.principals.all[5];
            dan.id = "dan".to_owned();
            dan.accounts =
                ["github:dan", "okta:dan@acme.example"].map(crate::policy::Pattern::new).into();
            dan.emails.clear();
            scene.role("dan", crate::crossref::scene::APPROVER, 0.0, Some(until));
            scene.change(1, "cat", "cat", 9.0);
            scene.approve(1, "dan", 8.5);
            scene.verdict("approver-not-entitled")
        };
        assert_eq!(ended(8.6), Verdict::Pass);
        assert_eq!(ended(8.5), Verdict::Violation);
    }

    #[test]
    fn an_export_older_than_the_approval_proves_nothing() {
        let stale = verdict(|s| {
            s.export.at = Some(crate::crossref::scene::day(5.0));
            s.approve(1, "bob", 8.8);
        });
        assert_eq!(stale, Verdict::Indeterminate);
    }

    #[test]
    fn another_approval_that_counts_settles_a_doubt() {
        let beside = verdict(|s| {
            s.approve(1, "stranger", 8.7);
            s.approve(1, "bob", 8.8);
        });
        assert_eq!(beside, Verdict::Pass);
    }

    #[test]
    fn it_names_only_a_role_that_had_ended() {
        let told = |from: f64, until: f64| {
            let mut scene = Scene::new();
            scene.human("dan");
            scene.role("dan", crate::crossref::scene::APPROVER, from, Some(until));
            scene.change(1, "cat", "cat", 9.0);
            scene.approve(1, "dan", 8.5);
            scene.told("approver-not-entitled")
        };
        let ended = told(0.0, 8.0);
        assert!(
            ended.ends_with(" (okta:change-approver had ended on 2026-10-08 00:00)"),
            "{ended}"
        );
        let later = told(8.6, 9.5);
        assert!(later.ends_with("held no role then that entitles to approve"), "{later}");
    }

    #[test]
    fn it_shows_the_roles_held_at_another_time() {
        let mut scene = Scene::new();
        scene.human("dan");
        scene.role("dan", crate::crossref::scene::APPROVER, 0.0, Some(8.0));
        scene.change(1, "cat", "cat", 9.0);
        scene.approve(1, "dan", 8.5);
        let found = scene.found("approver-not-entitled");
        let shown = |label: &str| found[0].evidence.iter().filter(|e| e.shows == label).count();
        assert_eq!(shown("role held at another time"), 1);
    }
}
