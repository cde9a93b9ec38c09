//! Which approvals of a change count, and why the others do not.
//!
//! An approval is effective when it is the reviewer's latest decision at merge time, was not
//! dismissed, was given by a human who is no party to the change and whose role at that moment
//! entitles to approve, before the merge and for the merged revision.

use std::collections::BTreeMap;

use super::{Case, Context, Held, Person, Sameness, Span};
use crate::{
    model::{Act, Duty, Instant, Located},
    policy::{PrincipalId, SponsorApproval},
};

/// Name of the capability that entitles to approve.
pub const APPROVE: &str = "approve";

/// Why an approval does not count.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Ord, PartialOrd)]
pub enum Reason {
    /// The reviewer decided otherwise later, before the merge.
    Superseded,
    /// The reviewer approved again later, before the merge: that approval is the one to judge.
    Repeated,
    /// It was dismissed.
    Dismissed,
    /// No human gave it.
    NotHuman,
    /// The reviewer opened the change.
    Author,
    /// The reviewer asked for the change, or wrote or committed some of it.
    Contributor(Duty),
    /// The reviewer answers for an agent that took part in it.
    Sponsor(PrincipalId),
    /// The reviewer is an agent or service, and one person with this principal that took part: its
    /// sponsor, or another agent of that sponsor.
    CommonSponsor(PrincipalId),
    /// It was given after the merge.
    Late,
    /// It was given for another revision than the merged one.
    Stale,
    /// The reviewer held no role that entitles to approve.
    NotEntitled,
    /// The registry does not hold the reviewer to be valid at that moment.
    Inactive,
}

impl Reason {
    /// The reason as it follows the reviewer's name.
    pub fn told(self) -> &'static str {
        match self {
            Self::Superseded => "decided otherwise before the merge",
            Self::Repeated => "approved again before the merge",
            Self::Dismissed => "was dismissed",
            Self::NotHuman => "is no human",
            Self::Author => "wrote the change",
            Self::Contributor(_) => "contributed to the change",
            Self::Sponsor(_) => "answers for an agent that took part",
            Self::CommonSponsor(_) => "has one sponsor with somebody who took part",
            Self::Late => "approved after the merge",
            Self::Stale => "approved another revision",
            Self::NotEntitled => "held no role that entitles to approve",
            Self::Inactive => "was not valid in the registry then",
        }
    }

    /// Tells whether the reviewer took the approval back or replaced it, so that it stands for
    /// nothing.
    pub fn is_withdrawn(self) -> bool {
        matches!(self, Self::Superseded | Self::Repeated | Self::Dismissed)
    }

    /// Tells whether the reviewer is a party to the change.
    pub fn is_party(self) -> bool {
        matches!(
            self,
            Self::Author | Self::Contributor(_) | Self::Sponsor(_) | Self::CommonSponsor(_)
        )
    }
}

/// Why nobody can tell whether an approval counts.
#[derive(Clone, Debug, Eq, PartialEq, Ord, PartialOrd)]
pub enum Doubt {
    /// The reviewer's account resolves to nobody.
    Reviewer,
    /// An account that contributed resolves to nobody, so it may be the reviewer's.
    Contributor(crate::model::AccountId),
    /// The evidence does not list the change's commits, so the reviewer may have written some.
    Commits,
    /// The approval has no time.
    Time,
    /// The approval or the change does not name its revision.
    Revision,
    /// The reviewer's roles at that moment are not known: why.
    Role(String),
    /// Somebody objected later and before the merge, and may be the reviewer: one of the two
    /// accounts resolves to nobody.
    Objection(crate::model::AccountId),
}

/// One approving review, assessed.
#[derive(Debug)]
pub struct Approval<'a> {
    /// The review.
    pub act: &'a Located<Act>,
    /// Why it does not count.
    pub reasons: Vec<Reason>,
    /// Why it may not count.
    pub doubts: Vec<Doubt>,
    /// What entitled the reviewer.
    pub entitled_by: Vec<Span>,
}

impl Approval<'_> {
    /// Whether it counts; `None` if nobody can tell.
    pub fn counts(&self) -> Option<bool> {
        match (self.reasons.is_empty(), self.doubts.is_empty()) {
            (false, _) => Some(false),
            (true, false) => None,
            (true, true) => Some(true),
        }
    }
}

/// Every approving review of a change, by time.
#[derive(Debug)]
pub struct Approvals<'a> {
    /// The reviews.
    pub all: Vec<Approval<'a>>,
    /// How many distinct persons must approve.
    pub needed: usize,
    /// Distinct persons whose approval counts.
    pub effective: usize,
    /// Distinct persons whose approval counts or may count.
    pub possible: usize,
}

impl<'a> Approvals<'a> {
    /// Assesses the approvals of `case`.
    pub fn assess(cx: &Context<'_>, case: &Case<'a>, by_agent: bool) -> Self {
        let contributions = case.contributions();
        let latest = latest_decisions(cx, case);
        let all: Vec<_> = case
            .did_directly(Duty::Approve)
            .map(|act| assess_one(cx, case, act, &contributions, &latest))
            .collect();
        let policy = &cx.policy.approvals;
        let needed = if by_agent { policy.agents } else { policy.people } as usize;
        let persons = |wanted: &dyn Fn(&Approval<'_>) -> bool| {
            let mut persons: Vec<_> = all
                .iter()
                .filter(|approval| wanted(approval))
                .map(|approval| cx.identities.person(approval.act.record.by))
                .collect();
            persons.sort();
            persons.dedup();
            persons.len()
        };
        let effective = persons(&|approval| approval.counts() == Some(true));
        let possible = persons(&|approval| approval.counts() != Some(false));
        Self { all, needed, effective, possible }
    }

    /// Whether enough persons approved effectively; `None` if nobody can tell.
    pub fn enough(&self) -> Option<bool> {
        if self.effective >= self.needed {
            Some(true)
        } else if self.possible >= self.needed {
            None
        } else {
            Some(false)
        }
    }

    /// The approvals that fail for a reason that `wanted` picks. Withdrawn ones are left out: they
    /// stand for nothing, so nothing was relied on.
    pub fn failing(&self, wanted: impl Fn(Reason) -> bool) -> Vec<&Approval<'a>> {
        let fails = |approval: &&Approval<'_>| {
            let reasons = approval.reasons.iter();
            !reasons.clone().any(|r| r.is_withdrawn()) && reasons.clone().any(|r| wanted(*r))
        };
        self.all.iter().filter(fails).collect()
    }
}

/// Each reviewer's latest approving or rejecting act up to the merge.
fn latest_decisions<'a>(
    cx: &Context<'_>,
    case: &Case<'a>,
) -> BTreeMap<Person, (Option<Instant>, Duty)> {
    let mut latest: BTreeMap<Person, (Option<Instant>, Duty)> = BTreeMap::new();
    for act in &case.acts {
        let Act { duty, at, by, to, dismissed, .. } = act.record;
        let decides = matches!(duty, Duty::Approve | Duty::Reject) && to == case.change.record.id;
        if !decides || dismissed || at.is_none_or(|at| at > case.merged) {
            continue;
        }
        // Of two at one moment the rejection wins: its duty sorts last.
        let entry = latest.entry(cx.identities.person(by)).or_insert((at, duty));
        *entry = (*entry).max((at, duty));
    }
    latest
}

fn assess_one<'a>(
    cx: &Context<'_>,
    case: &Case<'a>,
    act: &'a Located<Act>,
    contributions: &[&Located<Act>],
    latest: &BTreeMap<Person, (Option<Instant>, Duty)>,
) -> Approval<'a> {
    let mut approval =
        Approval { act, reasons: Vec::new(), doubts: Vec::new(), entitled_by: Vec::new() };
    let review = act.record;
    let reviewer = cx.identities.person(review.by);
    match review.at {
        None => approval.doubts.push(Doubt::Time),
        Some(at) if at > case.merged => approval.reasons.push(Reason::Late),
        Some(_) => {
            let decided = latest.get(&reviewer).filter(|_| !review.dismissed);
            match decided.filter(|last| **last != (review.at, Duty::Approve)) {
                Some((_, Duty::Approve)) => approval.reasons.push(Reason::Repeated),
                Some(_) => approval.reasons.push(Reason::Superseded),
                None => {}
            }
        }
    }
    if review.dismissed {
        approval.reasons.push(Reason::Dismissed);
    }
    if cx.identities.is_human(review.by) == Some(false) {
        approval.reasons.push(Reason::NotHuman);
    }
    if matches!(reviewer, Person::Unknown(_)) {
        approval.doubts.push(Doubt::Reviewer);
    }
    doubt_last_word(cx, case, review, &mut approval);
    judge_revision(case, review, &mut approval);
    judge_independence(cx, case, review, contributions, &mut approval);
    judge_entitlement(cx, case, review, &mut approval);
    approval.reasons.sort();
    approval.reasons.dedup();
    approval.doubts.sort();
    approval.doubts.dedup();
    approval
}

/// An objection by nobody known may be the reviewer's own last word.
fn doubt_last_word(cx: &Context<'_>, case: &Case<'_>, review: Act, approval: &mut Approval<'_>) {
    for objection in case.did_directly(Duty::Reject).map(|act| act.record) {
        let in_time = objection.at.is_none_or(|at| at <= case.merged && review.at <= Some(at));
        if in_time
            && !objection.dismissed
            && cx.identities.same(objection.by, review.by) == Sameness::Unknown
        {
            approval.doubts.push(Doubt::Objection(objection.by));
        }
    }
}

fn judge_revision(case: &Case<'_>, review: Act, approval: &mut Approval<'_>) {
    match (review.revision, case.change.record.revision) {
        (Some(seen), Some(merged)) if seen == merged => {}
        (Some(_), Some(_)) => approval.reasons.push(Reason::Stale),
        _ => approval.doubts.push(Doubt::Revision),
    }
}

fn judge_independence(
    cx: &Context<'_>,
    case: &Case<'_>,
    review: Act,
    contributions: &[&Located<Act>],
    approval: &mut Approval<'_>,
) {
    let ids = &cx.identities;
    let reviewer = ids.principal(review.by);
    for contribution in contributions {
        let Act { by, duty, to, .. } = contribution.record;
        match ids.same(by, review.by) {
            Sameness::Unknown if ids.principal(by).is_none() => {
                approval.doubts.push(Doubt::Contributor(by));
            }
            // That the reviewer is unknown is noted for every approval of theirs.
            Sameness::Unknown | Sameness::Different => {}
            Sameness::Same => approval.reasons.push(match (ids.principal(by), reviewer) {
                (Some(theirs), Some(own)) if theirs != own && ids.root(theirs) == own => {
                    Reason::Sponsor(theirs)
                }
                (Some(theirs), Some(own)) if theirs != own => Reason::CommonSponsor(theirs),
                _ if duty == Duty::Author && to == case.change.record.id => Reason::Author,
                _ => Reason::Contributor(duty),
            }),
        }
    }
    if case.commits.is_none() {
        approval.doubts.push(Doubt::Commits);
    }
}

fn judge_entitlement(cx: &Context<'_>, case: &Case<'_>, review: Act, approval: &mut Approval<'_>) {
    let (Some(principal), Some(at)) = (cx.identities.principal(review.by), review.at) else {
        return;
    };
    let entry = cx.identities.principals().get(principal);
    if entry.valid_from.is_some_and(|from| at < from)
        || entry.valid_until.is_some_and(|until| until <= at)
    {
        approval.reasons.push(Reason::Inactive);
    }
    match entitled(cx, case, principal, at) {
        Held::Yes(spans) => approval.entitled_by = spans,
        Held::No => approval.reasons.push(Reason::NotEntitled),
        Held::Unknown(why) => approval.doubts.push(Doubt::Role(why)),
    }
}

/// Whether a principal's roles entitled it to approve a change at a moment.
pub(super) fn entitled(
    cx: &Context<'_>,
    case: &Case<'_>,
    principal: PrincipalId,
    at: Instant,
) -> Held {
    let roles = cx.policy.capability(APPROVE).map_or(&[][..], |c| c.roles.as_slice());
    let scope = case.change.record.repository.map(|repository| cx.dataset.text(repository));
    cx.roles.held(principal, roles, scope, at)
}

/// Whether a sponsor's approval is held against the change even where others approved too.
pub(super) fn sponsor_must_stay_out(cx: &Context<'_>) -> bool {
    cx.policy.approvals.sponsor_approval == SponsorApproval::Never
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crossref::{ChangeFacts, scene::Scene};

    #[test]
    fn doubts_name_only_whom_nobody_knows() {
        let contributors = |author: &str, reviewer: &str| {
            let mut scene = Scene::new();
            scene.change(1, author, "cat", 9.0);
            scene.approve(1, reviewer, 8.8);
            scene.assess(|assessment| {
                let cx = assessment.cx;
                let facts = ChangeFacts::gather(cx, cx.merged().next().unwrap()).unwrap();
                let doubts = &facts.approvals.all[0].doubts;
                let unknown = |d: &&Doubt| matches!(d, Doubt::Contributor(_));
                (doubts.contains(&Doubt::Reviewer), doubts.iter().filter(unknown).count())
            })
        };
        assert_eq!(contributors("ann", "bob"), (false, 0));
        assert_eq!(contributors("ann", "ghost"), (true, 0));
        assert_eq!(contributors("ghost", "bob"), (false, 1));
        assert_eq!(contributors("gone", "ghost"), (true, 1));
    }
}
