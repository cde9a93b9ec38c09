use super::super::{ChangeFacts, Context, Finding, Reason, Test, rule};

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
    facts.relied_on(cx, Reason::NotEntitled, |approval| {
        let given = approval.act.record.at.map(|at| cx.clock(at)).unwrap_or_default();
        let name = cx.name(approval.act.record.by);
        format!("{name} approved on {given} and held no role then that entitles to approve")
    })
}

#[cfg(test)]
mod tests {
    use crate::crossref::{Verdict, scene::Scene};

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
}
