//! Positive controls: somebody in the right role does what a drill tries, and succeeds.
//!
//! A refusal alone may come from a system that refused everybody. That the right role was allowed
//! in the same window shows that the refusal came from the boundary.

use super::{Context, Who, denial::forbidden, drill::between};
use crate::{model::Outcome, policy::Drill};

/// What the positive control of a drill shows. Decisions are named by their index.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Control {
    /// None was planned.
    NotPlanned,
    /// Somebody in the right role did it in the window, and was allowed: this decision.
    Shown(u32),
    /// It was allowed, and policy forbids it to the tier of whoever did it: this decision.
    Forbidden(u32),
    /// Nothing of it is on record.
    Absent,
}

impl Control {
    /// What the evidence shows of a drill's positive control.
    pub(super) fn of(cx: &Context<'_>, drill: &Drill) -> Self {
        let Some(planned) = &drill.control else { return Self::NotPlanned };
        let action = planned.action.as_ref().unwrap_or(&drill.action);
        let target = planned.target.as_ref().or(drill.target.as_ref());
        let mut forbids = None;
        for (index, decision) in between(cx, drill.from, drill.until) {
            let on = decision.resource.map(|resource| cx.dataset.text(resource));
            let done = decision.outcome == Outcome::Allowed
                && cx.who(decision.actor) == Who::Principal(planned.who)
                && action.matches(cx.dataset.text(decision.action))
                && target.is_none_or(|target| on.is_some_and(|on| target.matches(on)));
            if done {
                // What policy forbids to somebody shows no right role, but a breach.
                if forbidden(cx, decision).is_empty() {
                    return Self::Shown(index);
                }
                forbids = forbids.or(Some(index));
            }
        }
        forbids.map_or(Self::Absent, Self::Forbidden)
    }

    /// The name in tables.
    pub fn name(&self) -> &'static str {
        match self {
            Self::NotPlanned => "not planned",
            Self::Shown(_) => "succeeded",
            Self::Forbidden(_) => "forbidden by policy",
            Self::Absent => "not on record",
        }
    }

    /// The decision that it rests on, by its index.
    pub fn decision(&self) -> Option<u32> {
        match self {
            Self::Shown(index) | Self::Forbidden(index) => Some(*index),
            Self::NotPlanned | Self::Absent => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::{
        crossref::scene::Scene,
        model::Outcome::{self, Allowed, Bypassed, Denied},
        policy::{Pattern, PositiveControl},
    };

    /// A drill of the bot's on day 10, with cat as positive control, that was refused.
    fn scene() -> Scene {
        let mut scene = Scene::new();
        scene.drill("D1", "bot", "aws:iam:CreateUser", (10.0, 11.0));
        let who = scene.principals.named("cat").unwrap();
        scene.drills.all[0].control = Some(PositiveControl { who, action: None, target: None });
        scene.attempt("bot", "iam:CreateUser", 10.5, Denied);
        scene
    }

    fn control(prepare: impl Fn(&mut Scene)) -> &'static str {
        let mut scene = scene();
        prepare(&mut scene);
        scene.assess(|assessment| assessment.cx.drilled[0].control.name())
    }

    #[test]
    fn positive_controls() {
        let done = |who: &'static str, action: &'static str, at: f64, outcome: Outcome| {
            control(|scene| scene.attempt(who, action, at, outcome))
        };
        assert_eq!(done("cat", "iam:CreateUser", 10.6, Allowed), "succeeded");
        assert_eq!(done("cat", "iam:CreateUser", 10.4, Allowed), "succeeded");
        assert_eq!(done("cat", "iam:CreateUser", 10.6, Denied), "not on record");
        assert_eq!(done("cat", "iam:CreateUser", 10.6, Bypassed), "not on record");
        assert_eq!(done("cat", "iam:CreateUser", 11.0, Allowed), "not on record");
        assert_eq!(done("cat", "iam:CreateRole", 10.6, Allowed), "not on record");
        assert_eq!(done("ann", "iam:CreateUser", 10.6, Allowed), "not on record");
        assert_eq!(control(|scene| scene.drills.all[0].control = None), "not planned");
        // Whom policy forbids it too, shows no right role.
        let other = control(|scene| {
            let who = scene.principals.named("bot2").unwrap();
            let planned = PositiveControl { who, action: None, target: None };
            scene.drills.all[0].control = Some(planned);
            scene.attempt("bot2", "iam:CreateUser", 10.6, Allowed);
        });
        assert_eq!(other, "forbidden by policy");
        // Another action and target than the drill's, as planned.
        let otherwise = |target: &str| {
            let target = Pattern::new(target);
            control(|scene| {
                scene.drills.all[0].target = None;
                let control = scene.drills.all[0].control.as_mut().unwrap();
                control.action = Some(Pattern::new("aws:iam:Create*"));
                control.target = Some(target.clone());
                scene.allowed("cat", "iam:CreateRole", 10.6, "arn:role/x");
            })
        };
        assert_eq!(otherwise("arn:role/*"), "succeeded");
        assert_eq!(otherwise("arn:user/*"), "not on record");
    }
}
