//! Every rule, one to a file.
//!
//! To add a rule, write `src/crossref/rules/<id>.rs` and add one line to [`RULES`], in alphabetical
//! order.

mod agent_approval;
mod agent_left_its_tier;
mod approver_not_entitled;
mod change_without_review;
mod conflicting_roles;
mod contributor_approval;
mod late_approval;
mod no_approval;
mod party_justified;
mod self_approval;
mod sponsor_approval;
mod stale_approval;
mod unknown_identity;

use super::{Approval, ChangeFacts, Context, Doubt, Finding, Reason, Rule, Who};
use crate::model::Origin;

/// Every rule, in alphabetical order.
pub const RULES: &[&Rule] = &[
    &agent_approval::AGENT_APPROVAL,
    &agent_left_its_tier::AGENT_LEFT_ITS_TIER,
    &approver_not_entitled::APPROVER_NOT_ENTITLED,
    &change_without_review::CHANGE_WITHOUT_REVIEW,
    &conflicting_roles::CONFLICTING_ROLES,
    &contributor_approval::CONTRIBUTOR_APPROVAL,
    &late_approval::LATE_APPROVAL,
    &no_approval::NO_APPROVAL,
    &party_justified::PARTY_JUSTIFIED,
    &self_approval::SELF_APPROVAL,
    &sponsor_approval::SPONSOR_APPROVAL,
    &stale_approval::STALE_APPROVAL,
    &unknown_identity::UNKNOWN_IDENTITY,
];

impl ChangeFacts<'_> {
    /// Everybody who contributed to the change.
    fn contributors(&self, cx: &Context<'_>) -> Vec<Who> {
        let acts = self.case.contributions();
        let real = acts
            .iter()
            .filter(|act| cx.identities.person(act.record.by) != crate::crossref::Person::Platform);
        real.map(|act| cx.who(act.record.by)).collect()
    }

    /// The violation that reviewers both did something to a change and approved it, or the proof
    /// that none did.
    fn one_person(
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
    fn no_party_approved(&self, pass: &str) -> Finding {
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
    fn relied_on(
        &self,
        cx: &Context<'_>,
        reason: Reason,
        describe: impl Fn(&Approval<'_>) -> String,
    ) -> Finding {
        let failing = self.approvals.failing(|r| r == reason);
        let places = || failing.iter().map(|approval| approval.act.origin);
        if self.approvals.all.is_empty() {
            return Finding::not_applicable("nobody approved this change");
        }
        if failing.is_empty() {
            return self.none_failing(reason);
        }
        match self.approvals.enough() {
            Some(true) => Finding::pass("approvals that count stand beside the one that does not")
                .with_all("approval that does not count", places())
                .with_all("approval that counts", self.counting()),
            None => Finding::indeterminate(format!(
                "{}; whether another approval counts cannot be told",
                describe(failing[0])
            ))
            .with_all("approval", places()),
            Some(false) => {
                let who = failing.iter().map(|approval| cx.who(approval.act.record.by)).collect();
                let told: Vec<_> = failing.iter().map(|approval| describe(approval)).collect();
                Finding::violation(told.join("; "), who).with_all("approval", places())
            }
        }
    }

    fn none_failing(&self, reason: Reason) -> Finding {
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

    fn counting(&self) -> impl Iterator<Item = Origin> {
        let counts = |approval: &&Approval<'_>| approval.counts() == Some(true);
        self.approvals.all.iter().filter(counts).map(|approval| approval.act.origin)
    }
}

/// Tells whether a doubt about an approval leaves open that it fails for `reason`.
fn may_be(approval: &Approval<'_>, reason: Reason) -> bool {
    approval.doubts.iter().any(|doubt| {
        matches!(
            (doubt, reason),
            (Doubt::Reviewer, Reason::NotHuman | Reason::NotEntitled)
                | (Doubt::Time, Reason::Late | Reason::NotEntitled)
                | (Doubt::Revision, Reason::Stale)
                | (Doubt::Role(_), Reason::NotEntitled)
        )
    })
}
