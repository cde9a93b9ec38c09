use super::super::{Basis, Context, Finding, Identity, Test, Who, rule};

rule! {
    /// ## What it tests
    /// Every account that acted in the period: that it belongs to exactly one principal of the
    /// registry, by its name, by a pattern, or by an address that its own system vouches for. An
    /// address that a commit claims is matched too, and stays a claim. Whoever gave a role in the
    /// period acted. Left
    /// out are services of a system itself, such as the committer of merges on a platform's web
    /// site; one that wrote or approved changes, executed or gave roles is somebody's.
    ///
    /// ## Why it matters
    /// An account that nobody answers for could be anybody's second one. Every test that it takes
    /// part in stays open.
    ///
    /// ## What it cannot see
    /// Whether the registry is right.
    pub(super) static UNKNOWN_IDENTITY = "unknown-identity" {
        summary: "an account that acted belongs to nobody known",
        class: Process,
        severity: Medium,
        criteria: ["CC6.1", "CC6.2"],
        needs: [],
        implies: [],
        since: "0.1.0",
        test: Test::Account(test),
    }
}

fn test(cx: &Context<'_>, identity: &Identity) -> Finding {
    let Some(activity) = cx.activity.get(&identity.account) else {
        return Finding::not_applicable("the account did not act in the period");
    };
    let account = cx.dataset.text(identity.account.0);
    let times = match activity.times {
        1 => "once".to_owned(),
        times => format!("{times} times"),
    };
    let finding = match &identity.basis {
        Basis::Platform => Finding::not_applicable("the system's own service, used by no person"),
        Basis::Nobody => Finding::violation(
            format!("{account} acted {times} and is in nobody's name"),
            vec![Who::Account(identity.account)],
        ),
        Basis::Ambiguous(owners) => {
            let owners: Vec<_> = owners.iter().map(|id| cx.principal(*id).id.as_str()).collect();
            let owners = owners.join(", ");
            Finding::violation(
                format!("{account} acted {times} and could be any of {owners}"),
                vec![Who::Account(identity.account)],
            )
        }
        Basis::Registry | Basis::Pattern(_) | Basis::Email(..) => {
            Finding::pass(format!("{account} is {}'s", cx.name(identity.account)))
        }
        Basis::Claim(_) => Finding::pass(format!(
            "{account} is an address of {}: a claim, which can make them a party and proves nothing \
             else",
            cx.name(identity.account)
        )),
    };
    finding.with("first act in the period", activity.first)
}

#[cfg(test)]
mod tests {
    use crate::{
        crossref::scene::Scene,
        model::{AccountKind, Duty},
        policy::Pattern,
    };

    #[test]
    fn cases() {
        let mut scene = Scene::new();
        scene.principals.all[2].accounts.push(Pattern::new("github:shared"));
        scene.principals.all[1].accounts.push(Pattern::new("github:shared"));
        scene.account("web-flow", AccountKind::Service);
        scene.change(1, "ann", "bob", 9.0);
        scene.act("stranger", Duty::Approve, "acme/pay#1", 8.8, None);
        scene.act("shared", Duty::Approve, "acme/pay#1", 8.8, None);
        scene.act("web-flow", Duty::Commit, "acme/pay@a1", 8.8, None);
        let mut found = scene.verdicts("unknown-identity");
        found.sort();
        let want = [
            ("ann", "pass"),
            ("bob", "pass"),
            ("shared", "violation"),
            ("stranger", "violation"),
            ("web-flow", "not applicable"),
        ];
        assert_eq!(found, want.map(|(who, verdict)| (who.to_owned(), verdict)));
    }
}
