//! From an account to the principal that the registry says it belongs to.

use std::collections::{BTreeMap, BTreeSet};

use super::{Basis, Identity};
use crate::model::{AccountId, AccountKind, Dataset};
use crate::policy::{PatternSet, PrincipalId, Principals};

/// System of accounts that are known by nothing but an address written into a commit.
const CLAIMED: &str = "email:";

/// The registry, indexed for look-up.
pub(super) struct Registry<'a> {
    literal: BTreeMap<String, Vec<PrincipalId>>,
    patterns: PatternSet<(&'a str, PrincipalId)>,
    emails: BTreeMap<&'a str, Vec<PrincipalId>>,
}

impl<'a> Registry<'a> {
    /// Indexes it.
    pub(super) fn new(principals: &'a Principals) -> Self {
        let mut literal: BTreeMap<String, Vec<PrincipalId>> = BTreeMap::new();
        let mut emails: BTreeMap<&str, Vec<PrincipalId>> = BTreeMap::new();
        let mut patterns = Vec::new();
        for (id, principal) in principals.iter() {
            for account in &principal.accounts {
                if account.is_literal() {
                    literal.entry(account.text().to_lowercase()).or_default().push(id);
                } else {
                    patterns.push((account, (account.text(), id)));
                }
            }
            for email in &principal.emails {
                emails.entry(email).or_default().push(id);
            }
        }
        Self { literal, patterns: PatternSet::new(patterns), emails }
    }

    /// Whose an account is. One that `only_records` what others did may be the system's own.
    pub(super) fn resolve(
        &self,
        account: AccountId,
        dataset: &Dataset,
        only_records: bool,
    ) -> Identity {
        let kind = dataset.kind_of(account);
        let text = dataset.text(account.0);
        let (principal, basis) = self.find(text, account, dataset);
        let platform = basis == Basis::Nobody && kind == AccountKind::Service && only_records;
        let basis = if platform { Basis::Platform } else { basis };
        Identity { account, kind, principal, basis }
    }

    fn find(
        &self,
        text: &str,
        account: AccountId,
        dataset: &Dataset,
    ) -> (Option<PrincipalId>, Basis) {
        let folded = text.to_lowercase();
        if let Some(owners) = self.literal.get(&folded) {
            return one(owners, Basis::Registry);
        }
        let covering: Vec<_> = self.patterns.matching(&folded).collect();
        if let [(written, _), ..] = covering.as_slice() {
            let owners: Vec<_> = covering.iter().map(|(_, owner)| *owner).collect();
            return one(&owners, Basis::Pattern((*written).to_owned()));
        }
        if let Some(address) = text.strip_prefix(CLAIMED)
            && let Some(owners) = self.emails.get(address)
        {
            return one(owners, Basis::Claim(address.to_owned()));
        }
        // Several exports may describe an account, and vouch for addresses of several people.
        let vouched: Vec<_> = dataset
            .descriptions(account)
            .iter()
            .filter_map(|described| {
                let address = dataset.text(described.record.email?);
                Some((self.emails.get(address)?, address, described.origin))
            })
            .collect();
        if let Some((_, address, origin)) = vouched.first() {
            let owners: Vec<_> = vouched.iter().flat_map(|(owners, ..)| *owners).copied().collect();
            return one(&owners, Basis::Email((*address).to_owned(), *origin));
        }
        (None, Basis::Nobody)
    }
}

fn one(owners: &[PrincipalId], basis: Basis) -> (Option<PrincipalId>, Basis) {
    let distinct: BTreeSet<_> = owners.iter().copied().collect();
    match distinct.len() {
        1 => (distinct.first().copied(), basis),
        _ => (None, Basis::Ambiguous(distinct.into_iter().collect())),
    }
}
