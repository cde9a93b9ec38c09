use super::super::{Context, Finding, Sameness, Test, rule};
use crate::model::{Grant, Located};

rule! {
    /// ## What it tests
    /// Every role that was given in the period: that whoever gave it is another person than its
    /// holder. Agents and services stand together with the human who answers for them.
    ///
    /// ## Why it matters
    /// Who can give themselves a role holds every role, whatever the list says.
    ///
    /// ## What it cannot see
    /// Who asked for the role. Roles that are known only from snapshots, which tell neither when
    /// they were given nor by whom.
    pub(super) static SELF_GRANTED_ROLE = "self-granted-role" {
        summary: "somebody gave a role to themselves",
        class: Breach,
        severity: High,
        criteria: ["CC5.1", "CC6.2", "CC6.3"],
        needs: [],
        implies: [],
        since: "0.1.0",
        test: Test::Grant(test),
    }
}

fn test(cx: &Context<'_>, records: &[Located<Grant>]) -> Finding {
    let origins = || records.iter().map(|record| record.origin);
    let by = |wanted: Sameness| {
        records.iter().find(|record| {
            let Grant { holder, granted_by, .. } = record.record;
            granted_by.is_some_and(|by| cx.identities.same(holder, by) == wanted)
        })
    };
    let role = cx.dataset.text(records[0].record.role.0);
    let finding = if let Some(Grant { holder, granted_by: Some(giver), .. }) =
        by(Sameness::Same).map(|record| record.record)
    {
        let (name, giver_name) = (cx.name(holder), cx.name(giver));
        let told = match cx.who(holder) == cx.who(giver) {
            true => format!("{name} gave {role} to themselves"),
            false => format!("{giver_name} gave {role} to {name}, and both are one person"),
        };
        Finding::violation(told, vec![cx.who(holder), cx.who(giver)])
    } else if let Some(Grant { granted_by: Some(giver), .. }) =
        by(Sameness::Different).map(|record| record.record)
    {
        Finding::pass(format!("{} gave it", cx.name(giver)))
    } else if by(Sameness::Unknown).is_some() {
        Finding::indeterminate(format!("who holds or who gave {role} resolves to nobody"))
    } else {
        Finding::indeterminate(format!("the export does not say who gave {role}"))
    };
    finding.with_all("grant", origins())
}

#[cfg(test)]
mod tests {
    use crate::crossref::scene::Scene;

    const RULE: &str = "self-granted-role";

    fn given_to_bob_by(who: Option<&str>) -> &'static str {
        let mut scene = Scene::new();
        scene.granted("bob", "okta:deployer", 5.0, who);
        let found = scene.verdicts(RULE);
        assert_eq!(found.len(), 1, "{found:?}");
        found[0].1
    }

    #[test]
    fn cases() {
        assert_eq!(given_to_bob_by(Some("bob")), "violation");
        assert_eq!(given_to_bob_by(Some("ann")), "pass");
        assert_eq!(given_to_bob_by(Some("stranger")), "indeterminate");
        assert_eq!(given_to_bob_by(None), "indeterminate");
    }

    #[test]
    fn an_agent_is_one_person_with_its_sponsor() {
        let mut scene = Scene::new();
        scene.granted("bot", "okta:deployer", 5.0, Some("ann"));
        assert_eq!(scene.verdicts(RULE)[0].1, "violation");
    }

    #[test]
    fn two_records_of_one_grant_are_one_thing() {
        let mut scene = Scene::new();
        scene.granted("bob", "okta:deployer", 5.0, None);
        scene.granted("bob", "okta:deployer", 5.0, Some("ann"));
        let found = scene.verdicts(RULE);
        assert_eq!(found.iter().map(|f| f.1).collect::<Vec<_>>(), ["pass"]);
    }

    #[test]
    fn only_what_was_given_in_the_period_is_tested() {
        let mut scene = Scene::new();
        scene.granted("bob", "okta:deployer", -5.0, Some("bob"));
        scene.granted("bob", "okta:deployer", 33.0, Some("bob"));
        scene.snapshot("bob", "github:team:x", 5.0);
        let found = scene.verdicts(RULE);
        assert_eq!(found, [(String::new(), "indeterminate")]);
    }

    #[test]
    fn it_tells_one_account_from_two_of_one_person() {
        let told = |holder: &str, giver: &str| {
            let mut scene = Scene::new();
            scene.granted(holder, "okta:deployer", 5.0, Some(giver));
            scene.told(RULE)
        };
        assert_eq!(told("bob", "bob"), "Bob gave okta:deployer to themselves");
        assert_eq!(told("bot", "ann"), "Ann gave okta:deployer to Bot, and both are one person");
    }
}
