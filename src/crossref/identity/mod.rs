//! Whose account is it? Joins accounts to principals and keeps the basis of every join.
//!
//! The registry decides first, then an address that the account's own system vouches for. A
//! commit's address is only a claim: it joins as one, which is safe because a claim can only make
//! somebody a party to a change, never independent of it.

mod registry;

use std::collections::BTreeSet;

use self::registry::Registry;
use crate::model::{AccountId, AccountKind, Dataset, Duty, Origin};
use crate::policy::{PrincipalId, PrincipalKind, Principals, SponsorApproval};

/// What says that an account is a principal's, or why nothing does.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Basis {
    /// The registry lists the account.
    Registry,
    /// A pattern of the registry covers the account.
    Pattern(String),
    /// The account's system vouches for an address that the registry lists.
    Email(String, Origin),
    /// A commit claims an address that the registry lists.
    Claim(String),
    /// The account is a service of the system itself, such as the committer of merges made on its
    /// web site: it only records and merges what others did, and no person acts through it. A
    /// service that wrote, approved, executed or gave roles is somebody's, and wants a row in the
    /// registry.
    Platform,
    /// Several principals could own it.
    Ambiguous(Vec<PrincipalId>),
    /// Nothing joins it to a principal.
    Nobody,
}

/// One account, and whose it is.
#[derive(Clone, Debug)]
pub struct Identity {
    /// The account.
    pub account: AccountId,
    /// What its own system says it is.
    pub kind: AccountKind,
    /// Whose it is.
    pub principal: Option<PrincipalId>,
    /// What says so.
    pub basis: Basis,
}

/// Who stands behind an account in a separation test: one human, together with the agents and
/// services that the human answers for; or an account that belongs to nobody known.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Ord, PartialOrd)]
pub enum Person {
    /// A principal at the end of a chain of sponsors.
    Known {
        /// The sponsor, or the principal itself if it has none.
        root: PrincipalId,
        /// Only where policy says that a sponsor `counts`: the agents' side of the two.
        agents: bool,
    },
    /// An account that resolves to nobody.
    Unknown(AccountId),
    /// The system itself.
    Platform,
}

/// Whether two accounts are one person's.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Sameness {
    /// They are.
    Same,
    /// They are two persons'.
    Different,
    /// One of them resolves to nobody, so it may be the other's.
    Unknown,
}

/// Every account of the evidence, resolved.
#[derive(Debug)]
pub struct Identities<'a> {
    principals: &'a Principals,
    all: Vec<Identity>,
    counts: bool,
}

impl<'a> Identities<'a> {
    /// Resolves every account that occurs in `dataset`.
    pub fn join(dataset: &Dataset, principals: &'a Principals, sponsor: SponsorApproval) -> Self {
        let registry = Registry::new(principals);
        let mut accounts = BTreeSet::new();
        accounts.extend(dataset.accounts().iter().map(|a| a.record.id));
        accounts.extend(dataset.acts().iter().map(|a| a.record.by));
        accounts.extend(dataset.decisions().iter().map(|d| d.record.actor));
        for grant in dataset.grants() {
            accounts.insert(grant.record.holder);
            accounts.extend(grant.record.granted_by);
        }
        let own = deeds_of_their_own(dataset);
        let resolve = |account| registry.resolve(account, dataset, !own.contains(&account));
        let all = accounts.into_iter().map(resolve).collect();
        Self { principals, all, counts: sponsor == SponsorApproval::Counts }
    }

    /// Every account, by id.
    pub fn all(&self) -> &[Identity] {
        &self.all
    }

    /// The registry.
    pub fn principals(&self) -> &'a Principals {
        self.principals
    }

    /// One account, if the evidence holds it.
    pub fn of(&self, account: AccountId) -> Option<&Identity> {
        let index = self.all.binary_search_by_key(&account, |identity| identity.account).ok()?;
        self.all.get(index)
    }

    /// The principal that an account belongs to.
    pub fn principal(&self, account: AccountId) -> Option<PrincipalId> {
        self.of(account).and_then(|identity| identity.principal)
    }

    /// Who stands behind an account.
    pub fn person(&self, account: AccountId) -> Person {
        match self.of(account) {
            Some(Identity { basis: Basis::Platform, .. }) => Person::Platform,
            Some(Identity { principal: Some(principal), .. }) => self.person_of(*principal),
            _ => Person::Unknown(account),
        }
    }

    /// Who stands behind a principal.
    pub fn person_of(&self, principal: PrincipalId) -> Person {
        let root = self.root(principal);
        Person::Known { root, agents: self.counts && root != principal }
    }

    /// The end of a principal's chain of sponsors.
    pub fn root(&self, principal: PrincipalId) -> PrincipalId {
        let mut root = principal;
        // The registry is checked for circles; the bound only keeps a mistake there from hanging.
        for _ in 0..self.principals.all.len() {
            match self.principals.get(root).sponsor {
                Some(sponsor) => root = sponsor,
                None => break,
            }
        }
        root
    }

    /// Tells whether a human acts through the account: both the registry and the account's own
    /// system must allow it. `None` if nobody says.
    pub fn is_human(&self, account: AccountId) -> Option<bool> {
        let identity = self.of(account)?;
        if matches!(identity.kind, AccountKind::Agent | AccountKind::Service) {
            return Some(false);
        }
        let principal = identity.principal?;
        Some(self.principals.get(principal).kind == PrincipalKind::Human)
    }

    /// Tells whether an agent acts through the account, as the registry or the account's own
    /// system says.
    pub fn is_agent(&self, account: AccountId) -> bool {
        self.of(account).is_some_and(|identity| {
            identity.kind == AccountKind::Agent
                || identity
                    .principal
                    .is_some_and(|p| self.principals.get(p).kind == PrincipalKind::Agent)
        })
    }

    /// Tells whether two accounts are one person's.
    pub fn same(&self, one: AccountId, other: AccountId) -> Sameness {
        match (self.person(one), self.person(other)) {
            (Person::Platform, _) | (_, Person::Platform) => Sameness::Different,
            (a, b) if a == b => Sameness::Same,
            (Person::Unknown(_), _) | (_, Person::Unknown(_)) => Sameness::Unknown,
            _ => Sameness::Different,
        }
    }
}

/// The accounts that did more than record and merge what others had written. What logs tell of
/// attempts is left aside: services of a cloud itself act there in everybody's name.
fn deeds_of_their_own(dataset: &Dataset) -> BTreeSet<AccountId> {
    let own = |duty| !matches!(duty, Duty::Commit | Duty::Merge);
    let acts = dataset.acts().iter().filter(|act| own(act.record.duty));
    let mut accounts: BTreeSet<_> = acts.map(|act| act.record.by).collect();
    accounts.extend(dataset.grants().iter().filter_map(|grant| grant.record.granted_by));
    accounts
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        crossref::scene::Scene,
        model::{Duty, Symbols},
        policy::Pattern,
    };

    fn basis(account: &str, kind: AccountKind, prepare: impl Fn(&mut Scene)) -> (String, Basis) {
        let mut scene = Scene::new();
        prepare(&mut scene);
        scene.account(account, kind);
        scene.assess(|assessment| {
            let cx = assessment.cx;
            let symbols: &Symbols = cx.dataset.symbols();
            let id = AccountId(symbols.find(&format!("github:{account}")).unwrap());
            (cx.name(id).to_owned(), cx.identities.of(id).unwrap().basis.clone())
        })
    }

    #[test]
    fn the_registry_decides_first_and_folds_case() {
        let (name, basis) = basis("ANN", AccountKind::Human, |_| {});
        assert_eq!((name.as_str(), basis), ("Ann", Basis::Registry));
    }

    #[test]
    fn patterns_and_ambiguity() {
        let lists = |owner: usize, pattern: &'static str| {
            move |scene: &mut Scene| {
                scene.principals.all[owner].accounts.push(Pattern::new(pattern));
            }
        };
        let (name, found) = basis("runner-7", AccountKind::Unknown, lists(3, "github:runner-*"));
        assert_eq!((name.as_str(), found), ("Bot", Basis::Pattern("github:runner-*".into())));
        let (_, found) = basis("runner-7", AccountKind::Unknown, |scene| {
            lists(0, "github:runner-*")(scene);
            lists(1, "github:*-7")(scene);
        });
        assert!(matches!(found, Basis::Ambiguous(owners) if owners.len() == 2));
    }

    #[test]
    fn nobody_and_the_platform() {
        assert_eq!(basis("x", AccountKind::Human, |_| {}).1, Basis::Nobody);
        assert_eq!(basis("web-flow", AccountKind::Service, |_| {}).1, Basis::Platform);
        let does = |duty| {
            let act = move |scene: &mut Scene| scene.act("ci", duty, "acme/pay#1", 3.0, None);
            basis("ci", AccountKind::Service, act).1
        };
        assert_eq!([does(Duty::Commit), does(Duty::Merge)], [Basis::Platform, Basis::Platform]);
        assert_eq!([does(Duty::Author), does(Duty::Approve)], [Basis::Nobody, Basis::Nobody]);
    }

    #[test]
    fn an_agent_stands_with_its_sponsor_unless_policy_counts_both() {
        let same = |worth| {
            let mut scene = Scene::new();
            scene.policy.approvals.sponsor_approval = worth;
            for who in ["ann", "bot", "bot2", "bob"] {
                scene.act(who, Duty::Review, "acme/pay#1", 3.0, None);
            }
            scene.assess(|assessment| {
                let cx = assessment.cx;
                let id = |who: &str| {
                    AccountId(cx.dataset.symbols().find(&format!("github:{who}")).unwrap())
                };
                ["ann", "bot2", "bob"].map(|who| cx.identities.same(id("bot"), id(who)))
            })
        };
        use Sameness::{Different, Same};
        assert_eq!(same(SponsorApproval::Never), [Same, Same, Different]);
        assert_eq!(same(SponsorApproval::CountsAsOne), [Same, Same, Different]);
        assert_eq!(same(SponsorApproval::Counts), [Different, Same, Different]);
    }

    /// The basis of one described account among others.
    fn described(id: &str, email: Option<&str>, name: Option<&str>) -> (String, Basis) {
        let mut scene = Scene::new();
        scene.described(id, email, name);
        scene.assess(|assessment| {
            let cx = assessment.cx;
            let id = AccountId(cx.dataset.symbols().find(id).unwrap());
            (cx.name(id).to_owned(), cx.identities.of(id).unwrap().basis.clone())
        })
    }

    #[test]
    fn an_address_that_the_system_vouches_for_joins_and_says_where() {
        let session = "aws:arn:aws:sts::1:assumed-role/AWSReservedSSO_Admin_0/bob@acme.example";
        let (name, basis) = described(session, Some("bob@acme.example"), None);
        assert_eq!(name, "Bob");
        assert!(matches!(basis, Basis::Email(address, _) if address == "bob@acme.example"));
        // Whoever assumes another role names the session: that joins nobody.
        let session = "aws:arn:aws:sts::1:assumed-role/engineer/bob@acme.example";
        assert_eq!(described(session, None, None), (session.to_owned(), Basis::Nobody));
        let (name, basis) = described("email:cat@acme.example", None, None);
        assert_eq!((name.as_str(), basis), ("Cat", Basis::Claim("cat@acme.example".to_owned())));
    }

    #[test]
    fn a_name_alone_joins_nobody_and_two_humans_of_one_name_stay_two() {
        assert_eq!(described("github:b2", None, Some("Bob")).1, Basis::Nobody);
        let mut scene = Scene::new();
        scene.principals.all[2].name = "Bob".to_owned();
        for who in ["bob", "cat"] {
            scene.act(who, Duty::Review, "acme/pay#1", 3.0, None);
        }
        scene.assess(|assessment| {
            let symbols = assessment.cx.dataset.symbols();
            let id = |who: &str| AccountId(symbols.find(&format!("github:{who}")).unwrap());
            let same = assessment.cx.identities.same(id("bob"), id("cat"));
            assert_eq!(same, Sameness::Different);
        });
    }

    #[test]
    fn an_account_that_was_renamed_is_one_persons_where_the_registry_lists_both_names() {
        let mut scene = Scene::new();
        scene.principals.all[1].accounts.push(Pattern::new("github:bob-before"));
        for who in ["bob", "bob-before", "bob-other"] {
            scene.act(who, Duty::Review, "acme/pay#1", 3.0, None);
        }
        scene.assess(|assessment| {
            let symbols = assessment.cx.dataset.symbols();
            let id = |who: &str| AccountId(symbols.find(&format!("github:{who}")).unwrap());
            let same = |who: &str| assessment.cx.identities.same(id("bob"), id(who));
            assert_eq!(same("bob-before"), Sameness::Same);
            assert_eq!(same("bob-other"), Sameness::Unknown);
        });
    }

    #[test]
    fn a_bot_is_no_person_of_the_same_name() {
        let (name, found) = basis("ann[bot]", AccountKind::Agent, |_| {});
        assert_eq!((name.as_str(), found), ("github:ann[bot]", Basis::Nobody));
        let (_, found) = basis("10.0.0.1", AccountKind::Service, |_| {});
        assert_eq!(found, Basis::Platform);
    }

    #[test]
    fn the_platform_is_one_person_with_nobody() {
        let mut scene = Scene::new();
        scene.account("web-flow", AccountKind::Service);
        scene.account("ci", AccountKind::Service);
        scene.account("x", AccountKind::Human);
        scene.assess(|assessment| {
            let symbols = assessment.cx.dataset.symbols();
            let id = |who: &str| AccountId(symbols.find(&format!("github:{who}")).unwrap());
            let same = |a: &str, b: &str| assessment.cx.identities.same(id(a), id(b));
            for (one, other) in [("web-flow", "ci"), ("web-flow", "x"), ("x", "web-flow")] {
                assert_eq!(same(one, other), Sameness::Different, "{one} and {other}");
            }
        });
    }
}
