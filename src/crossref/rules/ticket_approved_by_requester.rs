use std::collections::BTreeSet;

use super::super::{Context, Finding, Sameness, Test, Who, rule, ticket};
use crate::model::{Act, Duty, Located, SubjectId};

rule! {
    /// ## What it tests
    /// Every ticket of a change that was merged in the period, and every ticket approved in it: that
    /// nobody who asked for it approved it, nor anybody who is one person with them. An approval that
    /// its giver took back before a change of the ticket was merged is none. A ticket belongs to a change where an export links the two, or
    /// where the change's title names it by a key that policy knows.
    ///
    /// ## Why it matters
    /// A ticket is where somebody else agrees that the change should be made at all. Approved by
    /// whoever asked for it, it is a note to oneself.
    ///
    /// ## What it cannot see
    /// Who moved a ticket in somebody else's name, and approvals that were given by word of mouth.
    pub(super) static TICKET_APPROVED_BY_REQUESTER = "ticket-approved-by-requester" {
        summary: "a ticket was approved by whoever asked for it",
        class: Breach,
        severity: Medium,
        criteria: ["CC5.1", "CC8.1"],
        needs: [],
        implies: [],
        since: "0.1.0",
        test: Test::Ticket(test),
    }
}

fn test<'a>(cx: &Context<'a>, id: SubjectId) -> Finding {
    let key = ticket::key(cx, id);
    let Some(ticket) = ticket::described(cx, id) else {
        return Finding::indeterminate(format!("no export holds {key}"));
    };
    let approvals = ticket::relied_on(cx, id);
    let asks = |act: &&Located<Act>| act.record.duty == Duty::Request;
    let asked: Vec<_> = cx.dataset.acts_on(id).iter().filter(asks).collect();
    let pairs = |approvals: &[&'a Located<Act>], wanted: Sameness| -> Vec<_> {
        let each = approvals.iter().flat_map(|approval| asked.iter().map(|act| (*approval, *act)));
        let same = |(approval, act): &(&Located<Act>, &Located<Act>)| {
            cx.identities.same(act.record.by, approval.record.by) == wanted
        };
        each.filter(same).collect()
    };
    let own = pairs(&approvals.standing, Sameness::Same);
    let all: Vec<_> = approvals.all().collect();
    let finding = if all.is_empty() {
        Finding::not_applicable(format!("no export shows an approval of {key}"))
    } else if let Some((approval, request)) = own.first() {
        let (approver, asker) = (cx.who(approval.record.by), cx.who(request.record.by));
        let both = own.iter().flat_map(|(one, other)| [one, other]);
        let who: BTreeSet<_> = both.map(|act| cx.who(act.record.by)).collect();
        let requests: BTreeSet<_> = own.iter().map(|(_, request)| request.origin).collect();
        Finding::violation(told(cx, key, approver, asker), who.into_iter().collect())
            .with_all("request", requests)
    } else if let Some((approval, _)) = pairs(&approvals.doubtful, Sameness::Same).first() {
        let name = cx.name(approval.record.by);
        Finding::indeterminate(format!(
            "{name} approved {key} for whoever asked for it, and whether that was taken back cannot \
             be told"
        ))
    } else if asked.is_empty() {
        Finding::indeterminate(format!("no export says who asked for {key}"))
    } else if !pairs(&all, Sameness::Unknown).is_empty() {
        Finding::indeterminate(format!(
            "an account that asked for {key} or approved it resolves to nobody"
        ))
    } else {
        Finding::pass(format!("nobody who asked for {key} approved it"))
            .with_all("request", asked.iter().map(|act| act.origin))
    };
    finding.with("ticket", ticket.origin).with_all("approval", all.iter().map(|act| act.origin))
}

fn told(cx: &Context<'_>, key: &str, approver: Who, asker: Who) -> String {
    let name = cx.who_name(approver);
    if approver == asker {
        return format!("{name} asked for {key} and approved it");
    }
    let asker = cx.who_name(asker);
    format!("{name} approved {key}, for which {asker} asked, and is one person with {asker}")
}

#[cfg(test)]
mod tests {
    use crate::{
        crossref::{Verdict, scene::Scene},
        policy::TicketNeed,
    };

    const RULE: &str = "ticket-approved-by-requester";

    fn verdict(asker: &str, approver: &str) -> Verdict {
        let mut scene = Scene::new();
        scene.ticket("CHG-1", asker, 3.0);
        scene.approve_ticket("CHG-1", approver, 4.0);
        scene.verdict(RULE)
    }

    #[test]
    fn persons() {
        assert_eq!(verdict("ann", "ann"), Verdict::Violation);
        assert_eq!(verdict("bot", "ann"), Verdict::Violation);
        assert_eq!(verdict("ann", "bob"), Verdict::Pass);
        assert_eq!(verdict("ann", "stranger"), Verdict::Indeterminate);
        assert_eq!(verdict("stranger", "ann"), Verdict::Indeterminate);
    }

    #[test]
    fn what_is_told() {
        let told = |asker: &str| {
            let mut scene = Scene::new();
            scene.ticket("CHG-1", asker, 3.0);
            scene.approve_ticket("CHG-1", "ann", 4.0);
            scene.told(RULE)
        };
        assert_eq!(told("ann"), "Ann asked for CHG-1 and approved it");
        let agents = "Ann approved CHG-1, for which Bot asked, and is one person with Bot";
        assert_eq!(told("bot"), agents);
    }

    #[test]
    fn another_approval_does_not_excuse_it_and_a_refusal_takes_it_back() {
        let verdict = |prepare: fn(&mut Scene)| {
            let mut scene = Scene::new();
            scene.ticket("CHG-1", "ann", 3.0);
            scene.approve_ticket("CHG-1", "ann", 4.0);
            prepare(&mut scene);
            scene.verdict(RULE)
        };
        assert_eq!(verdict(|s| s.approve_ticket("CHG-1", "bob", 5.0)), Verdict::Violation);
        let taken_back: fn(&mut Scene) = |s| {
            s.refuse_ticket("CHG-1", "ann", 5.0);
            s.approve_ticket("CHG-1", "bob", 6.0);
        };
        assert_eq!(verdict(taken_back), Verdict::Pass);
    }

    #[test]
    fn what_the_change_rested_on_is_not_undone_afterwards() {
        let taken_back = |at: f64| {
            let mut scene = Scene::new();
            scene.ticket("CHG-1", "ann", 3.0);
            scene.approve_ticket("CHG-1", "ann", 4.0);
            scene.change(1, "ann", "cat", 9.0);
            scene.answers("CHG-1", 1);
            scene.refuse_ticket("CHG-1", "ann", at);
            scene.approve_ticket("CHG-1", "bob", 9.9);
            scene.verdict(RULE)
        };
        assert_eq!(taken_back(5.0), Verdict::Pass);
        assert_eq!(taken_back(9.5), Verdict::Violation);
    }

    #[test]
    fn tickets_of_changes() {
        let verdict = |prepare: fn(&mut Scene)| {
            let mut scene = Scene::new();
            scene.change(1, "ann", "cat", 9.0);
            scene.answers("CHG-1", 1);
            prepare(&mut scene);
            scene.verdict(RULE)
        };
        assert_eq!(verdict(|_| {}), Verdict::Indeterminate);
        assert_eq!(verdict(|s| s.ticket("CHG-1", "ann", 3.0)), Verdict::NotApplicable);
    }

    #[test]
    fn without_tickets_policy_decides_what_is_missing() {
        let verdicts = |required| {
            let mut scene = Scene::new();
            scene.policy.tickets.required = required;
            scene.change(1, "ann", "cat", 9.0);
            scene.verdicts(RULE)
        };
        assert_eq!(verdicts(TicketNeed::Never), [(String::new(), "not applicable")]);
        assert_eq!(verdicts(TicketNeed::Agents), [(String::new(), "indeterminate")]);
    }
}
