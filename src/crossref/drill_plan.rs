//! Proposes a drill for each boundary that nobody touched.
//!
//! What is proposed comes from the policy, the registry and what the logs show: an account that the
//! system knows, an action and a resource as its log names them, the code that it refuses with.

use std::collections::BTreeMap;

use super::{Boundary, BoundaryState, Context, boundaries};
use crate::{
    model::{Decision, Located, Outcome},
    policy::{Capability, Pattern, PrincipalId, PrincipalKind},
};

/// A drill that would exercise a boundary.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Proposal {
    /// The boundary: `agents must not deploy`.
    pub boundary: String,
    /// A short id: `agents-deploy`.
    pub id: String,
    /// Who tries.
    pub who: PrincipalId,
    /// What they try; a pattern where neither policy nor logs name one action.
    pub action: String,
    /// What they try it on: the target of an earlier drill. Never what the logs show people at work
    /// on: should the boundary not hold, the attempt goes through.
    pub target: Option<String>,
    /// The code that such refusals have, with the number of refusals that had it and of all.
    pub code: Option<(String, usize, usize)>,
    /// Who may do it, and is to succeed beside the drill.
    pub control: Option<PrincipalId>,
    /// What is to be seen to first.
    pub remarks: Vec<String>,
}

/// A drill for each boundary of which the evidence shows no complete refusal and no breach, and a
/// reason for each for which there is none to propose.
pub fn plan(cx: &Context<'_>) -> (Vec<Proposal>, Vec<(String, String)>) {
    let (mut proposed, mut not) = (Vec::new(), Vec::new());
    for boundary in boundaries(cx) {
        match propose(cx, &boundary) {
            Some(Ok(proposal)) => proposed.push(proposal),
            Some(Err(why)) => not.push((boundary.name(), why)),
            None => {}
        }
    }
    (proposed, not)
}

fn propose(cx: &Context<'_>, boundary: &Boundary<'_>) -> Option<Result<Proposal, String>> {
    match boundary.state {
        BoundaryState::NeverExercised | BoundaryState::Unexplained => {}
        BoundaryState::NotRecognisable => {
            let fault = "policy maps no action to it: nothing could be recognised";
            return Some(Err(format!("{fault}; add `actions` to [[capability]]")));
        }
        _ => return None,
    }
    let capability = cx.policy.capability(boundary.capability)?;
    if let Some(drill) = planned(cx, boundary, capability) {
        return Some(Err(format!("drill {drill} is planned and not due yet")));
    }
    let action = action(cx, capability)?;
    let system = action.split(':').next().unwrap_or_default().to_owned();
    let system = system.as_str();
    let who = best(cx, &boundary.members, system, true)?;
    if !has_account(cx, who, system) {
        let tier = &boundary.tier.name;
        let fault = format!("nobody of {tier} has an account of {system} in the registry");
        return Some(Err(format!("{fault}; add it to `accounts`, or nobody can try")));
    }
    let may = |tier: &str| cx.policy.tier(tier).is_some_and(|t| t.may.contains(&capability.name));
    let principals = cx.identities.principals().iter();
    let entitled: Vec<_> = principals
        .filter(|(id, p)| *id != who && valid(cx, *id) && p.tier.as_deref().is_some_and(may))
        .map(|(id, _)| id)
        .collect();
    let control = best(cx, &entitled, system, false);
    let target = target(cx, capability, &action);
    let mut remarks = Vec::new();
    if action.contains(['*', '?']) {
        remarks.push("choose one action of the pattern".to_owned());
    }
    if target.is_none() {
        let resources: Vec<_> = capability.resources.iter().map(Pattern::text).collect();
        let covered = match resources.as_slice() {
            [] => String::new(),
            some => format!(", one that policy covers ({})", some.join(", ")),
        };
        remarks.push(format!("name a resource made for drills as target{covered}"));
    }
    if control.is_none() {
        remarks.push("no tier that may do it has an account there: no positive control".to_owned());
    }
    Some(Ok(Proposal {
        boundary: boundary.name(),
        id: format!("{}-{}", boundary.tier.name, boundary.capability),
        who,
        code: usual_code(cx, &action),
        action,
        target,
        control,
        remarks,
    }))
}

/// A drill of the boundary whose window is not over at the moment that is judged for.
fn planned<'a>(
    cx: &Context<'a>,
    boundary: &Boundary<'_>,
    capability: &Capability,
) -> Option<&'a str> {
    let meant = |pattern: &Pattern, action: &Pattern| {
        pattern.matches(action.text()) || action.matches(pattern.text())
    };
    let drill = cx.drills.all.iter().find(|drill| {
        drill.until > cx.as_of
            && boundary.members.contains(&drill.who)
            && capability.actions.iter().any(|pattern| meant(pattern, &drill.action))
    });
    drill.map(|drill| drill.id.as_str())
}

/// The first action that policy names in full, else one of the logs that a pattern of it covers,
/// else the first pattern.
fn action(cx: &Context<'_>, capability: &Capability) -> Option<String> {
    let literal = capability.actions.iter().find(|pattern| pattern.is_literal());
    if let Some(literal) = literal {
        return Some(literal.text().to_owned());
    }
    let seen = last(cx, |action, _| capability.actions.iter().any(|p| p.matches(action)));
    let seen = seen.map(|decision| cx.dataset.text(decision.record.action).to_owned());
    seen.or_else(|| capability.actions.first().map(|pattern| pattern.text().to_owned()))
}

/// The target of the latest drill of the same capability; in full, where the logs name one that its
/// pattern covers.
fn target(cx: &Context<'_>, capability: &Capability, action: &str) -> Option<String> {
    let planned = cx.drills.all.iter().rev().find_map(|drill| {
        let target = drill.target.as_ref()?;
        let same =
            drill.action.matches(action) || Pattern::new(action).matches(drill.action.text());
        (same && capability.is_used_by(action, Some(target.text()))).then_some(target)
    })?;
    if planned.is_literal() {
        return Some(planned.text().to_owned());
    }
    let seen = last(cx, |tried, decision| {
        let on = decision.resource.map(|resource| cx.dataset.text(resource));
        Pattern::new(action).matches(tried) && on.is_some_and(|on| planned.matches(on))
    });
    let seen = seen.and_then(|decision| decision.record.resource);
    Some(seen.map_or(planned.text(), |resource| cx.dataset.text(resource)).to_owned())
}

fn last<'a>(
    cx: &Context<'a>,
    wanted: impl Fn(&str, &Decision) -> bool,
) -> Option<&'a Located<Decision>> {
    let all = cx.dataset.decisions().iter().rev();
    all.into_iter().find(|d| wanted(cx.dataset.text(d.record.action), &d.record))
}

/// The code of most complete refusals of an action; where there are none, of its service (`aws:s3:`),
/// and then of its system. A refusal without a code counts as one that has another.
fn usual_code(cx: &Context<'_>, action: &str) -> Option<(String, usize, usize)> {
    let parts: Vec<usize> = action.match_indices(':').map(|(at, _)| at + 1).collect();
    let wider = parts.into_iter().rev().filter_map(|end| action.get(..end));
    std::iter::once(action).chain(wider).find_map(|beginning| code_of(cx, beginning))
}

fn code_of(cx: &Context<'_>, beginning: &str) -> Option<(String, usize, usize)> {
    let mut times: BTreeMap<&str, usize> = BTreeMap::new();
    for decision in cx.dataset.decisions() {
        let record = &decision.record;
        let own = cx.dataset.text(record.action).starts_with(beginning);
        if own && record.outcome == Outcome::Denied && record.control.is_some() {
            let code = record.code.map_or("", |code| cx.dataset.text(code));
            *times.entry(code).or_default() += 1;
        }
    }
    let all = times.values().sum();
    let most = times.into_iter().max_by_key(|(code, n)| (*n, std::cmp::Reverse(*code)))?;
    (!most.0.is_empty()).then(|| (most.0.to_owned(), most.1, all))
}

/// The member that a drill suits best: valid now, with an account of the system, seen there; for
/// the one who tries an agent before a service before a human, for the one who succeeds the other
/// way about.
fn best(cx: &Context<'_>, of: &[PrincipalId], system: &str, tries: bool) -> Option<PrincipalId> {
    let seen = |id: PrincipalId| {
        cx.activity.keys().any(|account| {
            cx.identities.principal(*account) == Some(id)
                && cx.dataset.text(account.0).split(':').next() == Some(system)
        })
    };
    let rank = |id: &PrincipalId| {
        let kind = match cx.principal(*id).kind {
            PrincipalKind::Agent => 0,
            PrincipalKind::Service => 1,
            PrincipalKind::Human => 2,
        };
        let kind = if tries { kind } else { 2 - kind };
        (!has_account(cx, *id, system), kind, !seen(*id), *id)
    };
    let fit = |id: &&PrincipalId| valid(cx, **id) && (tries || has_account(cx, **id, system));
    of.iter().filter(fit).min_by_key(|id| rank(id)).copied()
}

fn valid(cx: &Context<'_>, id: PrincipalId) -> bool {
    let principal = cx.principal(id);
    principal.valid_from.is_none_or(|from| from <= cx.as_of)
        && principal.valid_until.is_none_or(|until| cx.as_of < until)
}

fn has_account(cx: &Context<'_>, id: PrincipalId, system: &str) -> bool {
    let own = |account: &Pattern| account.text().split(':').next() == Some(system);
    cx.principal(id).accounts.iter().any(own)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        crossref::scene::{Scene, day},
        model::Outcome::{Allowed, Denied},
    };

    fn plans(scene: Scene) -> (Vec<Proposal>, Vec<(String, String)>) {
        scene.assess(|assessment| plan(assessment.cx))
    }

    #[test]
    fn a_boundary_that_nobody_touched_gets_a_drill_from_what_is_known() {
        let mut scene = Scene::new();
        scene.attempt("bot2", "ssm:Start", 3.0, Allowed);
        // A month ago somebody in the right role did it; others were refused other things.
        scene.attempt("ann", "iam:CreateUser", -9.0, Allowed);
        scene.refused("ann", "s3:Put", 5.0, [None, Some("AccessDenied"), Some("policy")]);
        scene.refused("ann", "s3:Put", 6.0, [None, Some("AccessDenied"), Some("policy")]);
        scene.refused("ann", "s3:Put", 7.0, [None, Some("Other"), Some("policy")]);
        scene.refused("ann", "s3:Put", 8.0, [None, Some("Other"), None]);
        let (proposed, not) = plans(scene);
        let [proposal] = proposed.as_slice() else { panic!("{proposed:?}") };
        assert_eq!(proposal.boundary, "agents must not modify-definition");
        // Of two agents the one that was seen in the system; of the people one who may do it.
        assert_eq!((proposal.who, proposal.control), (PrincipalId(4), Some(PrincipalId(0))));
        assert_eq!(proposal.action, "aws:iam:CreateUser");
        assert_eq!(proposal.code, Some(("AccessDenied".to_owned(), 2, 3)));
        assert_eq!(proposal.remarks, ["name a resource made for drills as target"]);
        let [(approve, why)] = not.as_slice() else { panic!("{not:?}") };
        assert_eq!(approve, "agents must not approve");
        assert!(why.starts_with("policy maps no action to it"));
    }

    #[test]
    fn what_was_refused_or_is_planned_needs_none() {
        let mut scene = Scene::new();
        scene.attempt("bot", "iam:CreateUser", 3.0, Denied);
        assert_eq!(plans(scene).0, []);
        let mut scene = Scene::new();
        scene.attempt("bot", "ssm:Start", 3.0, Allowed);
        scene.drill("D9", "bot2", "aws:iam:CreateUser", (34.0, 36.0));
        let (proposed, not) = plans(scene);
        assert_eq!(proposed, []);
        assert!(not.iter().any(|(_, why)| why == "drill D9 is planned and not due yet"));
    }

    #[test]
    fn a_target_is_that_of_an_earlier_drill_and_never_what_people_work_on() {
        let target = |pattern: Option<&str>| {
            let mut scene = Scene::new();
            scene.event("ann", "aws:iam:CreateUser", Some("user/real"), 3.0, Allowed);
            scene.event("cat", "aws:iam:CreateUser", Some("user/drill-1"), 4.0, Allowed);
            scene.drill("D1", "bot2", "aws:iam:CreateUser", (4.0, 4.1));
            scene.drills.all[0].target = pattern.map(Pattern::new);
            plans(scene).0.first().and_then(|proposal| proposal.target.clone())
        };
        assert_eq!(target(None), None);
        assert_eq!(target(Some("user/drills")).as_deref(), Some("user/drills"));
        assert_eq!(target(Some("user/drill-?")).as_deref(), Some("user/drill-1"));
        assert_eq!(target(Some("user/none-*")).as_deref(), Some("user/none-*"));
    }

    #[test]
    fn nobody_tries_or_succeeds_before_they_come_or_after_they_left() {
        let plan = |principal: usize, from: Option<f64>, until: Option<f64>| {
            let mut scene = Scene::new();
            // Of the agents and of the people only one has an account there.
            for (index, id) in [(1, "bob"), (2, "cat"), (3, "bot")] {
                scene.principals.all[index].accounts = vec![Pattern::new(&format!("github:{id}"))];
            }
            scene.principals.all[principal].valid_from = from.map(day);
            scene.principals.all[principal].valid_until = until.map(day);
            plans(scene).0.first().map(|proposal| (proposal.who, proposal.control))
        };
        let (bot2, ann) = (PrincipalId(4), Some(PrincipalId(0)));
        // The plan is made on day 35.
        assert_eq!(plan(4, None, Some(35.1)), Some((bot2, ann)));
        assert_eq!(plan(4, None, Some(35.0)), None);
        assert_eq!(plan(0, Some(35.0), Some(35.1)), Some((bot2, ann)));
        assert_eq!(plan(0, Some(35.1), None), Some((bot2, None)));
        assert_eq!(plan(0, None, Some(35.0)), Some((bot2, None)));
    }

    #[test]
    fn without_any_record_the_policy_is_all_there_is() {
        let (proposed, _) = plans(Scene::new());
        assert_eq!(proposed[0].action, "aws:iam:*");
        assert_eq!((proposed[0].target.as_ref(), proposed[0].code.as_ref()), (None, None));
        assert!(proposed[0].remarks.contains(&"choose one action of the pattern".to_owned()));
    }
}
