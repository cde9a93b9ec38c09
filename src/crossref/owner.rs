//! Who sees to it that an exception is answered.
//!
//! Policy says so first. Where it does not, whoever answers for an agent or service among the
//! parties does, and else whoever merged the change. To see to an answer is not to write it: an
//! owner who is a party still needs two others for the justification.

use super::{Context, Exception, Tested, Who};
use crate::{
    model::Duty,
    policy::{PrincipalId, PrincipalKind},
};

/// Why an exception is somebody's.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Because {
    /// Policy says so, on this line.
    Policy(u32),
    /// They answer for this agent or service.
    Sponsor(PrincipalId),
    /// They merged the change.
    Merger,
}

/// Who sees to an exception.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Owner {
    /// Whose it is.
    pub principal: PrincipalId,
    /// Why.
    pub because: Because,
}

/// Whose an exception is; `None` where neither policy nor the evidence names anybody.
pub fn owner(cx: &Context<'_>, exception: &Exception) -> Option<Owner> {
    named(cx, exception).or_else(|| sponsor(cx, exception)).or_else(|| merger(cx, exception))
}

fn named(cx: &Context<'_>, exception: &Exception) -> Option<Owner> {
    let repository = match exception.tested {
        Tested::Subject(id) => cx.dataset.subject(id).and_then(|s| s.record.repository),
        _ => None,
    };
    let repository = repository.map(|repository| cx.dataset.text(repository));
    let tiers = principals(exception).filter_map(|id| cx.principal(id).tier.as_deref());
    let tiers: Vec<_> = tiers.collect();
    let found = cx.policy.owners.iter().find(|owner| {
        let holds = |name: &str| owner.repositories.iter().any(|p| p.matches(name));
        repository.is_some_and(holds) || owner.tiers.iter().any(|tier| tiers.contains(&&**tier))
    })?;
    let principal = cx.identities.principals().named(&found.principal)?;
    Some(Owner { principal, because: Because::Policy(found.line) })
}

fn principals(exception: &Exception) -> impl Iterator<Item = PrincipalId> {
    exception.persons.iter().filter_map(|who| match who {
        Who::Principal(id) => Some(*id),
        Who::Account(_) => None,
    })
}

fn sponsor(cx: &Context<'_>, exception: &Exception) -> Option<Owner> {
    principals(exception).find_map(|id| {
        let root = cx.identities.root(id);
        let answers = root != id && cx.principal(root).kind == PrincipalKind::Human;
        answers.then_some(Owner { principal: root, because: Because::Sponsor(id) })
    })
}

fn merger(cx: &Context<'_>, exception: &Exception) -> Option<Owner> {
    let Tested::Subject(subject) = exception.tested else { return None };
    let merged = cx.dataset.acts_on(subject).iter().filter(|a| a.record.duty == Duty::Merge);
    let people = merged.filter_map(|act| cx.identities.principal(act.record.by));
    let mut humans = people.filter(|id| cx.principal(*id).kind == PrincipalKind::Human);
    humans.next().map(|principal| Owner { principal, because: Because::Merger })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{crossref::scene::Scene, policy};

    /// The owner of the exception of a change that `author` approved themselves and `merger` merged.
    fn of(author: &str, merger: &str, prepare: impl Fn(&mut Scene)) -> Option<(String, Because)> {
        let mut scene = Scene::new();
        scene.change(1, author, merger, 9.0);
        scene.approve(1, author, 8.8);
        prepare(&mut scene);
        scene.assess(|assessment| {
            let found = owner(assessment.cx, &assessment.exceptions[0])?;
            Some((assessment.cx.principal(found.principal).id.clone(), found.because))
        })
    }

    fn named(repositories: &[&str], tiers: &[&str]) -> policy::Owner {
        policy::Owner {
            principal: "bob".to_owned(),
            repositories: repositories.iter().map(|text| policy::Pattern::new(text)).collect(),
            tiers: tiers.iter().map(|tier| (*tier).to_owned()).collect(),
            line: 7,
        }
    }

    #[test]
    fn policy_first_then_the_sponsor_then_the_merger() {
        let merger = Some(("cat".to_owned(), Because::Merger));
        assert_eq!(of("ann", "cat", |_| {}), merger);
        let bot = of("bot", "cat", |_| {}).unwrap();
        assert!(matches!(bot, (ref who, Because::Sponsor(_)) if who == "ann"), "{bot:?}");
        let policy = Some(("bob".to_owned(), Because::Policy(7)));
        for owner in [named(&["acme/*"], &[]), named(&[], &["platform"])] {
            assert_eq!(of("ann", "cat", |s| s.policy.owners.push(owner.clone())), policy);
        }
        assert_eq!(of("ann", "cat", |s| s.policy.owners.push(named(&["other/*"], &[]))), merger);
        assert_eq!(of("ann", "nobody", |_| {}), None);
    }
}
