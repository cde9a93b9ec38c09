//! Whether a change rests on approvals that it should not rest on: the questions that rules about
//! approvals ask alike.

use std::collections::BTreeSet;

use super::{Approval, ChangeFacts, Context, Doubt, Finding, Person, Reason, Who};
use crate::model::Origin;

impl ChangeFacts<'_> {
    /// Everybody who contributed to the change.
    pub(super) fn contributors(&self, cx: &Context<'_>) -> Vec<Who> {
        let acts = self.case.contributions();
        let real =
            acts.iter().filter(|act| cx.identities.person(act.record.by) != Person::Platform);
        real.map(|act| cx.who(act.record.by)).collect()
    }

    /// The violation that reviewers both did something to a change and approved it, or the proof
    /// that none did.
    pub(super) fn one_person(
        &self,
        cx: &Context<'_>,
        own: &[&Approval<'_>],
        did: &str,
        doing: Vec<Origin>,
    ) -> Finding {
        if own.is_empty() {
            return self.no_party_approved(&format!("nobody who {did} this change approved it"));
        }
        let who: Vec<_> = own.iter().map(|approval| cx.who(approval.act.record.by)).collect();
        let mut names: Vec<_> = who.iter().map(|who| cx.who_name(*who)).collect();
        names.dedup();
        let told = format!("{} {did} this change and approved it", names.join(" and "));
        Finding::violation(told, who)
            .with_all("approval", own.iter().map(|approval| approval.act.origin))
            .with_all("their own part", doing)
    }

    /// A pass, unless an account that wrote or approved the change resolves to nobody.
    pub(super) fn no_party_approved(&self, pass: &str) -> Finding {
        let unknown = |d: &Doubt| matches!(d, Doubt::Reviewer | Doubt::Contributor(_));
        let mut all = self.approvals.all.iter();
        if self.approvals.all.is_empty() {
            return Finding::not_applicable("nobody approved this change");
        }
        match all.find(|approval| approval.doubts.iter().any(unknown)) {
            Some(approval) => Finding::indeterminate(
                "an account that contributed to or approved this change resolves to nobody",
            )
            .with("approval", approval.act.origin),
            None => Finding::pass(pass)
                .with_all("approval", self.approvals.all.iter().map(|a| a.act.origin)),
        }
    }

    /// Tests whether the change was merged on the strength of approvals that fail for `reason`:
    /// a violation only where no approval that counts stands beside them.
    pub(super) fn relied_on(
        &self,
        cx: &Context<'_>,
        reason: Reason,
        describe: impl Fn(&Approval<'_>) -> String,
    ) -> Finding {
        match self.approvals.failing(|r| r == reason).as_slice() {
            [] => self.none_failing(reason),
            failing => self.rested_on(cx, failing, describe),
        }
    }

    /// The same for approvals, at least one, that were picked otherwise.
    pub(super) fn rested_on(
        &self,
        cx: &Context<'_>,
        failing: &[&Approval<'_>],
        describe: impl Fn(&Approval<'_>) -> String,
    ) -> Finding {
        let places = || failing.iter().map(|approval| approval.act.origin);
        let told: Vec<_> = failing.iter().map(|approval| describe(approval)).collect();
        let told = told.join("; ");
        match self.approvals.enough() {
            Some(true) => Finding::pass("approvals that count stand beside the one that does not")
                .with_all("approval that does not count", places())
                .with_all("approval that counts", self.counting()),
            None => Finding::indeterminate(format!(
                "{told}; whether another approval counts cannot be told"
            ))
            .with_all("approval", places()),
            Some(false) => {
                let who = failing.iter().map(|approval| cx.who(approval.act.record.by)).collect();
                Finding::violation(told, who).with_all("approval", places())
            }
        }
    }

    /// What holds where no approval is seen to fail for `reason`: a pass, unless one that is not
    /// wholly known may do so and the change needs it.
    pub(super) fn none_failing(&self, reason: Reason) -> Finding {
        if self.approvals.all.is_empty() {
            return Finding::not_applicable("nobody approved this change");
        }
        let doubted = self.approvals.all.iter().find(|approval| may_be(approval, reason));
        match (doubted, self.approvals.enough()) {
            (Some(approval), enough) if enough != Some(true) => Finding::indeterminate(
                "the evidence leaves open whether an approval fails for this reason",
            )
            .with("approval", approval.act.origin),
            _ => {
                let places = self.approvals.all.iter().map(|approval| approval.act.origin);
                Finding::pass("no approval fails for this reason").with_all("approval", places)
            }
        }
    }

    /// Where the approvals that count are.
    pub(super) fn counting(&self) -> impl Iterator<Item = Origin> {
        let counts = |approval: &&Approval<'_>| approval.counts() == Some(true);
        self.approvals.all.iter().filter(counts).map(|approval| approval.act.origin)
    }

    /// Why each approval that does not count does not, in one line. Of one that the reviewer gave
    /// again nothing is told: the later one is judged.
    pub(super) fn why_not(&self, cx: &Context<'_>) -> String {
        let last = |a: &&Approval<'_>| !a.reasons.contains(&Reason::Repeated);
        let told = self.approvals.all.iter().filter(last).filter_map(|approval| {
            let mut reasons: Vec<_> = approval.reasons.iter().map(|r| r.told()).collect();
            reasons.dedup();
            let name = cx.name(approval.act.record.by);
            (!reasons.is_empty()).then(|| format!("{name} {}", reasons.join(" and ")))
        });
        told.collect::<Vec<_>>().join("; ")
    }

    /// Tests the approvals that count for something that would not keep them from counting: a
    /// violation where, without those that `worth` finds flawed, too few would be left. `shows`
    /// names what the records of a flaw show.
    pub(super) fn rests_on(
        &self,
        cx: &Context<'_>,
        shows: &'static str,
        worth: impl Fn(&Approval<'_>) -> Worth,
    ) -> Finding {
        if self.approvals.all.is_empty() {
            return Finding::not_applicable("nobody approved this change");
        }
        let judge = |approval: &Approval<'_>| match approval.counts() {
            Some(false) => None,
            Some(true) => Some(worth(approval)),
            None => Some(Worth::Unknown("whether an approval counts cannot be told".to_owned())),
        };
        let judged: Vec<_> =
            self.approvals.all.iter().filter_map(|a| Some((a, judge(a)?))).collect();
        if judged.is_empty() {
            return Finding::not_applicable(
                "no approval counts, for reasons that other rules tell",
            );
        }
        let persons = |wanted: &dyn Fn(&Worth) -> bool| {
            let all = judged.iter().filter(|(_, worth)| wanted(worth));
            let persons: BTreeSet<_> =
                all.map(|(a, _)| cx.identities.person(a.act.record.by)).collect();
            persons.len()
        };
        let needed = self.approvals.needed;
        let enough = persons(&|worth| matches!(worth, Worth::Sound)) >= needed;
        let flawed = |worth: &Worth| matches!(worth, Worth::Flawed(_));
        let finding = if !enough && persons(&|w| !flawed(w)) < needed && persons(&flawed) > 0 {
            rest_on_flaws(shows, &judged)
        } else {
            rest_on_others(enough, &judged)
        };
        finding.with_all("approval", judged.iter().map(|(approval, _)| approval.act.origin))
    }
}

/// What an approval that counts is worth under a rule that looks closer.
pub(super) enum Worth {
    /// Nothing is to be said against it.
    Sound,
    /// Something is.
    Flawed(Flaw),
    /// Evidence is missing: which.
    Unknown(String),
    /// The kind of evidence that there is can never tell: why.
    Beyond(&'static str),
}

/// What is to be said against an approval.
pub(super) struct Flaw {
    /// In a sentence.
    pub(super) told: String,
    /// The parties.
    pub(super) who: Vec<Who>,
    /// The records that show it.
    pub(super) shown_by: Vec<Origin>,
}

fn rest_on_flaws(shows: &'static str, judged: &[(&Approval<'_>, Worth)]) -> Finding {
    let flaws: Vec<_> = judged
        .iter()
        .filter_map(|(_, worth)| match worth {
            Worth::Flawed(flaw) => Some(flaw),
            _ => None,
        })
        .collect();
    let told: Vec<_> = flaws.iter().map(|flaw| flaw.told.as_str()).collect();
    let who = flaws.iter().flat_map(|flaw| flaw.who.iter().copied()).collect();
    let shown_by = flaws.iter().flat_map(|flaw| flaw.shown_by.iter().copied());
    Finding::violation(told.join("; "), who).with_all(shows, shown_by)
}

fn rest_on_others(enough: bool, judged: &[(&Approval<'_>, Worth)]) -> Finding {
    let unknown = judged.iter().find_map(|(_, worth)| match worth {
        Worth::Unknown(why) => Some(why.as_str()),
        _ => None,
    });
    let beyond = judged.iter().find_map(|(_, worth)| match worth {
        Worth::Beyond(why) => Some(*why),
        _ => None,
    });
    match (enough, unknown, beyond) {
        (true, ..) => {
            Finding::pass("nothing of the kind is to be said of the approvals that count")
        }
        (false, Some(why), _) => Finding::indeterminate(why),
        (false, None, Some(why)) => Finding::not_applicable(why),
        (false, None, None) => {
            Finding::pass("nothing of the kind is to be said of any approval that counts")
        }
    }
}

/// Tells whether a doubt about an approval leaves open that it fails for `reason`.
fn may_be(approval: &Approval<'_>, reason: Reason) -> bool {
    approval.doubts.iter().any(|doubt| {
        matches!(
            (doubt, reason),
            (Doubt::Reviewer, Reason::NotHuman | Reason::NotEntitled | Reason::Inactive)
                | (
                    Doubt::Time,
                    Reason::Late | Reason::Superseded | Reason::NotEntitled | Reason::Inactive
                )
                | (Doubt::Objection(_), Reason::Superseded)
                | (Doubt::Revision, Reason::Stale)
                | (Doubt::Role(_), Reason::NotEntitled)
        )
    })
}

#[cfg(test)]
mod tests {
    use crate::crossref::{Verdict, scene::Scene};

    #[test]
    fn it_tells_of_each_last_approval_why_it_does_not_count() {
        let mut scene = Scene::new();
        scene.change(1, "ann", "cat", 9.0);
        scene.approve(1, "ann", 8.7);
        scene.approve(1, "ann", 8.8);
        scene.approve(1, "bob", 9.1);
        let told = scene.told("no-approval");
        let why = "Ann wrote the change; Bob approved after the merge";
        assert_eq!(told, format!("it was merged and no approval counts: {why}"));
    }

    #[test]
    fn an_approval_that_counts_is_not_explained_away() {
        let mut scene = Scene::new();
        scene.policy.approvals.people = 2;
        scene.change(1, "ann", "cat", 9.0);
        scene.approve(1, "bob", 8.7);
        let told = scene.told("too-few-approvals");
        assert!(!told.contains("Bob"), "{told}");
    }

    #[test]
    fn a_pass_shows_the_approvals_that_count() {
        let mut scene = Scene::new();
        scene.change(1, "ann", "cat", 9.0);
        scene.approve(1, "ann", 8.7);
        scene.approve(1, "bob", 8.8);
        let finding = scene.found("no-approval").remove(0);
        assert_eq!(finding.verdict, Verdict::Pass);
        let counting = finding.evidence.iter().filter(|e| e.shows == "approval that counts");
        assert_eq!(counting.count(), 1);
    }
}
