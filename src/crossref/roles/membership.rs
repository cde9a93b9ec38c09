//! Roles that somebody holds because a group does, also through groups within groups.
//!
//! A group is an account where it holds a role, and a role where somebody is its member; both have
//! one id, such as `entra:group:1f0c`. Whoever held the membership while the group held a role held
//! that role, for the time that both have in common, and no better known than the weaker of the
//! two.

use std::collections::{BTreeMap, BTreeSet};

use super::Span;
use crate::model::{AccountId, Dataset};

/// Groups within groups that are followed; directories allow fewer.
const DEPTH: usize = 16;

/// The spans that members inherit from their groups.
pub(super) fn inherited(spans: &[Span]) -> Vec<Span> {
    let memberships: BTreeSet<_> = spans.iter().map(|span| AccountId(span.role.0)).collect();
    let mut of_group: BTreeMap<AccountId, Vec<&Span>> = BTreeMap::new();
    for span in spans.iter().filter(|span| memberships.contains(&span.holder)) {
        of_group.entry(span.holder).or_default().push(span);
    }
    let mut all: Vec<Span> = Vec::new();
    let mut seen = BTreeSet::new();
    let mut last: Vec<Span> = spans.to_vec();
    for _ in 0..DEPTH {
        let mut next = Vec::new();
        for member in &last {
            let held = of_group.get(&AccountId(member.role.0)).into_iter().flatten();
            for span in held.filter_map(|held| through(member, held)) {
                // Groups that hold each other end here.
                let key = (span.holder, span.role, span.scope, span.from, span.until, span.origin);
                if seen.insert(key) {
                    next.push(span);
                }
            }
        }
        if next.is_empty() {
            break;
        }
        all.extend(next.iter().copied());
        last = next;
    }
    all
}

/// What a member holds because the group does, for the time that both have in common.
fn through(member: &Span, held: &Span) -> Option<Span> {
    let (from, until) = member.overlap(held)?;
    // A record of an end tells more than evidence that ends at the same moment.
    let last = [member, held].into_iter().filter(|span| span.until == until);
    let known_until = last.map(|span| span.known_until).min().flatten();
    Some(Span {
        holder: member.holder,
        from,
        until,
        known_until,
        proof: member.proof.max(held.proof),
        // Whoever made the person a member gave them the role.
        granted_by: member.granted_by.or(held.granted_by),
        through: member.through.or(Some(member.origin)),
        ..*held
    })
}

/// Tells whether an account stands for whoever is a member of a group.
pub(super) fn is_group(dataset: &Dataset, account: AccountId) -> bool {
    let local = dataset.text(account.0).split_once(':').map_or("", |(_, local)| local);
    local.starts_with("group:")
}

#[cfg(test)]
mod tests {
    use crate::{
        crossref::{
            Held,
            scene::{Scene, day},
        },
        policy::{Pattern, PrincipalId},
    };

    const ROLE: &str = "okta:deployer";

    /// What is known of Bob, who is in a group from day 5 to 10, where the group within which that
    /// group is holds the role from day 7.
    fn held(at: f64, prepare: impl Fn(&mut Scene)) -> String {
        let mut scene = Scene::new();
        scene.role("bob", "okta:group:inner", 5.0, Some(10.0));
        scene.holds("okta:group:inner", "okta:group:outer", 1.0);
        scene.holds("okta:group:outer", ROLE, 7.0);
        prepare(&mut scene);
        scene.assess(|assessment| {
            let roles = &assessment.cx.roles;
            match roles.held(PrincipalId(1), &[Pattern::new(ROLE)], None, day(at)) {
                Held::Yes(spans) => format!("{:?} {}", spans[0].proof, spans[0].through.is_some()),
                Held::No => "no".to_owned(),
                Held::Unknown(why) => why,
            }
        })
    }

    #[test]
    fn a_member_of_a_group_within_a_group_holds_what_that_holds() {
        let plain = |at| held(at, |_| {});
        assert_eq!((plain(6.9).as_str(), plain(7.1).as_str()), ("no", "Proven true"));
        assert_eq!(plain(10.5), "no");
    }

    #[test]
    fn groups_that_hold_each_other_come_to_an_end() {
        let circle = |scene: &mut Scene| scene.holds("okta:group:outer", "okta:group:inner", 1.0);
        assert_eq!(held(8.0, circle), "Proven true");
    }

    #[test]
    fn a_link_that_is_less_well_known_makes_the_whole_so() {
        let undated = |scene: &mut Scene| scene.export.at = None;
        assert_eq!(held(8.0, undated), "OpenEnded true");
    }

    #[test]
    fn members_whom_no_export_shows_leave_it_open() {
        let told = held(12.0, |scene| scene.holds("gcp:group:all@acme.example", ROLE, 1.0));
        assert_eq!(told, "gcp:group:all@acme.example held it, and no export shows its members");
    }
}
