use super::super::{ChangeFacts, Context, Finding, Flaw, Sameness, Span, Test, Worth, rule};
use crate::model::HowKnown;

rule! {
    /// ## What it tests
    /// Every merged change that rests on approvals: that the role which entitled its approvers was
    /// not given to them by somebody who took part in the change, or answers for an agent that did.
    /// It is enough that one of the entitling roles came from somebody else.
    ///
    /// ## Why it matters
    /// Whoever appoints the reviewer of their own change has chosen their own judge.
    ///
    /// ## What it cannot see
    /// Who gave a role that is known only from snapshots, which never say. A role that a party had
    /// given by asking somebody else to.
    pub(super) static ROLE_GRANTED_BY_PARTY = "role-granted-by-party" {
        summary: "somebody who took part in a change had given its approver the role to approve",
        class: Breach,
        severity: High,
        criteria: ["CC5.1", "CC6.3", "CC8.1"],
        needs: [Reviews],
        implies: ["occasional-role"],
        since: "0.1.0",
        test: Test::Change(test),
    }
}

fn test(cx: &Context<'_>, facts: &ChangeFacts<'_>) -> Finding {
    facts.rests_on(cx, "role", |approval| {
        let mut best: Option<Worth> = None;
        for span in &approval.entitled_by {
            let worth = granted(cx, facts, approval.act.record.by, span);
            let rank = |worth: &Worth| match worth {
                Worth::Flawed(_) => 0,
                Worth::Beyond(_) => 1,
                Worth::Unknown(_) => 2,
                Worth::Sound => 3,
            };
            if best.as_ref().is_none_or(|best| rank(&worth) > rank(best)) {
                best = Some(worth);
            }
        }
        best.unwrap_or_else(|| Worth::Unknown("what entitled the approver is not known".to_owned()))
    })
}

/// What one entitling role is worth, by who gave it.
fn granted(
    cx: &Context<'_>,
    facts: &ChangeFacts<'_>,
    reviewer: crate::model::AccountId,
    span: &Span,
) -> Worth {
    let role = cx.dataset.text(span.role.0);
    let Some(giver) = span.granted_by else {
        return match span.known {
            HowKnown::Snapshot(_) => {
                Worth::Beyond("the role is known from snapshots, which do not say who gave it")
            }
            _ => Worth::Unknown(format!("the export does not say who gave {role}")),
        };
    };
    let parties = facts.case.contributions();
    let with = |wanted: Sameness| {
        parties.iter().find(|act| cx.identities.same(act.record.by, giver) == wanted)
    };
    if let Some(party) = with(Sameness::Same) {
        let (name, party_name) = (cx.name(reviewer), cx.name(party.record.by));
        let by = match cx.who(giver) == cx.who(party.record.by) {
            true => "who took part in the change".to_owned(),
            false => format!("one person with {party_name}, who took part in the change"),
        };
        return Worth::Flawed(Flaw {
            told: format!("{name} approved by {role}, which {} had given them, {by}", {
                cx.name(giver)
            }),
            who: vec![cx.who(reviewer), cx.who(giver), cx.who(party.record.by)],
            shown_by: vec![span.origin],
        });
    }
    match with(Sameness::Unknown) {
        Some(_) => Worth::Unknown(format!("whoever gave {role} resolves to nobody")),
        None => Worth::Sound,
    }
}

#[cfg(test)]
mod tests {
    use crate::crossref::{
        Verdict,
        scene::{APPROVER, Scene},
    };

    fn verdict(prepare: impl Fn(&mut Scene)) -> Verdict {
        let mut scene = Scene::new();
        scene.human("dan");
        scene.change(1, "ann", "cat", 9.0);
        prepare(&mut scene);
        scene.verdict("role-granted-by-party")
    }

    fn given_by(who: &str) -> Verdict {
        verdict(|scene| {
            scene.granted("dan", APPROVER, 2.0, Some(who));
            scene.approve(1, "dan", 8.8);
        })
    }

    #[test]
    fn cases() {
        assert_eq!(given_by("ann"), Verdict::Violation);
        assert_eq!(given_by("bot"), Verdict::Violation);
        assert_eq!(given_by("bob"), Verdict::Pass);
        assert_eq!(given_by("stranger"), Verdict::Indeterminate);
        assert_eq!(verdict(|_| {}), Verdict::NotApplicable);
        assert_eq!(verdict(|s| s.approve(1, "ann", 8.8)), Verdict::NotApplicable);
        assert_eq!(verdict(|s| s.approve(1, "stranger", 8.8)), Verdict::Indeterminate);
    }

    #[test]
    fn an_export_that_could_say_who_gave_it_must() {
        let silent = verdict(|scene| {
            scene.granted("dan", APPROVER, 2.0, None);
            scene.approve(1, "dan", 8.8);
        });
        assert_eq!(silent, Verdict::Indeterminate);
        let listed = verdict(|scene| {
            scene.policy.capabilities[0].roles.push(crate::policy::Pattern::new("github:team:r"));
            scene.snapshot("dan", "github:team:r", 0.0);
            scene.snapshot("dan", "github:team:r", 33.0);
            scene.approve(1, "dan", 8.8);
        });
        assert_eq!(listed, Verdict::NotApplicable);
    }

    #[test]
    fn one_role_from_somebody_else_is_enough() {
        let both = verdict(|scene| {
            scene.granted("dan", APPROVER, 2.0, Some("ann"));
            scene.granted("dan", APPROVER, 3.0, Some("bob"));
            scene.approve(1, "dan", 8.8);
        });
        assert_eq!(both, Verdict::Pass);
    }

    #[test]
    fn another_approval_makes_good_for_it() {
        let with = |other: Option<&str>| {
            verdict(|scene| {
                scene.granted("dan", APPROVER, 2.0, Some("ann"));
                scene.approve(1, "dan", 8.8);
                scene.human("eve");
                scene.granted("eve", APPROVER, 2.0, other);
                scene.approve(1, "eve", 8.8);
            })
        };
        assert_eq!(with(Some("bob")), Verdict::Pass);
        assert_eq!(with(Some("ann")), Verdict::Violation);
        assert_eq!(with(None), Verdict::Indeterminate);
    }

    #[test]
    fn it_tells_who_gave_the_role() {
        let told = |givers: &[&str]| {
            let mut scene = Scene::new();
            scene.human("dan");
            scene.change(1, "ann", "cat", 9.0);
            for (days, giver) in (0..).zip(givers) {
                scene.granted("dan", APPROVER, 2.0 + f64::from(days), Some(giver));
            }
            scene.approve(1, "dan", 8.8);
            scene.told("role-granted-by-party")
        };
        let ann = "Dan approved by okta:change-approver, which Ann had given them, who took part in \
                   the change";
        let bot = "Dan approved by okta:change-approver, which Bot had given them, one person with \
                   Ann, who took part in the change";
        assert_eq!(told(&["ann"]), ann);
        assert_eq!(told(&["bot"]), bot);
        // Of two that weigh alike, the first.
        assert_eq!(told(&["ann", "bot"]), ann);
    }
}
