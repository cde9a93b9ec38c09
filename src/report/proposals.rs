//! Rows for the registry, for accounts that belong to nobody known: what the systems say of them,
//! and what a person has to add.
//!
//! Accounts are put into one row only where their systems vouch for one address. Two accounts with
//! one name stay two rows: that they are one person is for somebody to say who knows.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    crossref::{Basis, Context, Identity},
    model::{AccountId, AccountKind},
};

/// A row that would make accounts known.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Proposal {
    /// A free registry id.
    pub id: String,
    /// The name as a system gives it; blank if none does.
    pub name: String,
    /// human, agent or service; blank where no system says.
    pub kind: &'static str,
    /// The accounts.
    pub accounts: Vec<String>,
    /// The address that their systems vouch for.
    pub email: String,
    /// What a person has to fill in, and why.
    pub blanks: Vec<String>,
}

impl Proposal {
    /// The cells in the order of [`PRINCIPAL_COLUMNS`](crate::policy::PRINCIPAL_COLUMNS).
    pub fn cells(&self) -> [String; 9] {
        let blank = String::new;
        // A blank within an account would part it in two; `?` stands for it.
        let accounts =
            self.accounts.iter().map(|account| account.replace(char::is_whitespace, "?"));
        let accounts = accounts.collect::<Vec<_>>().join(" ");
        let (id, name, kind) = (self.id.clone(), self.name.clone(), self.kind.to_owned());
        [id, name, kind, blank(), accounts, self.email.clone(), blank(), blank(), blank()]
    }
}

/// A row for everybody who acted or holds a role and is nobody known, those who acted most first.
pub fn proposals(cx: &Context<'_>) -> Vec<Proposal> {
    let unresolved = cx.identities.all().iter().filter(|i| i.basis == Basis::Nobody);
    let mut groups: BTreeMap<String, Vec<&Identity>> = BTreeMap::new();
    for identity in unresolved {
        let account = cx.dataset.text(identity.account.0);
        let key = address(cx, identity.account).unwrap_or_else(|| account.to_owned());
        groups.entry(key).or_default().push(identity);
    }
    let times = |group: &[&Identity]| -> u64 {
        let of = |i: &&Identity| cx.activity.get(&i.account).map_or(0, |a| a.times);
        group.iter().map(of).sum()
    };
    let mut groups: Vec<_> = groups.into_values().collect();
    // Stable: of equally busy ones the first account in the order of their texts comes first.
    groups.sort_by_key(|group| std::cmp::Reverse(times(group)));
    let principals = cx.identities.principals();
    let mut taken: BTreeSet<String> = principals.all.iter().map(|p| p.id.to_lowercase()).collect();
    groups.iter().map(|group| proposal(cx, group, &mut taken)).collect()
}

/// The address that an account's own system vouches for, or that is all that is known of it.
fn address(cx: &Context<'_>, account: AccountId) -> Option<String> {
    let vouched = cx.dataset.descriptions(account).iter().find_map(|a| a.record.email);
    let claimed = cx.dataset.text(account.0).strip_prefix("email:");
    vouched.map(|email| cx.dataset.text(email)).or(claimed).map(str::to_lowercase)
}

fn proposal(cx: &Context<'_>, group: &[&Identity], taken: &mut BTreeSet<String>) -> Proposal {
    let text = |identity: &&Identity| cx.dataset.text(identity.account.0);
    let described = group.iter().flat_map(|i| cx.dataset.descriptions(i.account));
    let name = described.filter_map(|a| a.record.name).map(|name| cx.dataset.text(name)).next();
    let email = group.iter().find_map(|i| address(cx, i.account)).unwrap_or_default();
    let kind = kind(group.iter().map(|i| (i.kind, text(i))));
    let mut blanks = Vec::new();
    if kind.is_empty() {
        blanks
            .push("write `human`, `agent` or `service` into `kind`; no system says it".to_owned());
    }
    if matches!(kind, "agent" | "service") {
        blanks.push(format!("write who answers for this {kind} into `sponsor`"));
    }
    if name.is_none() {
        blanks.push("write the name into `name`; no system gives it".to_owned());
    }
    // An account that is nothing but an address is known by the address.
    let accounts = group.iter().map(text).filter(|text| !text.starts_with("email:"));
    Proposal {
        id: free(group.first().map_or("", text), taken),
        name: name.unwrap_or_default().to_owned(),
        kind,
        accounts: accounts.map(str::to_owned).collect(),
        email,
        blanks,
    }
}

/// What the systems say; an agent is told by its mark too.
fn kind<'a>(accounts: impl Iterator<Item = (AccountKind, &'a str)>) -> &'static str {
    let mut found = "";
    for (kind, text) in accounts {
        let bot = text.to_lowercase().ends_with("[bot]") || text.contains(":app/");
        match kind {
            AccountKind::Agent => return "agent",
            _ if bot => return "agent",
            AccountKind::Service => found = "service",
            AccountKind::Human if found.is_empty() => found = "human",
            AccountKind::Human | AccountKind::Unknown => {}
        }
    }
    found
}

/// An id that nobody has: the part of the account's name that people know, and a number if needed.
fn free(account: &str, taken: &mut BTreeSet<String>) -> String {
    let local = account.split_once(':').map_or(account, |(_, local)| local);
    // A session is named at will; the role that it assumes is what people know.
    let session = local.split_once(":assumed-role/").and_then(|(_, rest)| rest.split('/').next());
    let local =
        session.or_else(|| local.rsplit('/').find(|part| !part.is_empty())).unwrap_or(local);
    let local = local.strip_suffix("[bot]").unwrap_or(local);
    let local = local.split('@').next().unwrap_or(local).to_lowercase();
    let keep = |c: char| if c.is_alphanumeric() || matches!(c, '.' | '_') { c } else { '-' };
    let base: String = local.chars().take(60).map(keep).collect();
    let base = match base.trim_matches(['-', '.']) {
        "" => "somebody",
        base => base,
    };
    let numbered = (2..).map(|n| format!("{base}-{n}"));
    let mut names = std::iter::once(base.to_owned()).chain(numbered);
    let free = names.find(|name| !taken.contains(name)).unwrap_or_default();
    taken.insert(free.clone());
    free
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        crossref::scene::Scene,
        model::Duty,
        policy::{Policy, Principals, Problems},
    };

    fn of(prepare: impl Fn(&mut Scene)) -> Vec<Proposal> {
        let mut scene = Scene::new();
        prepare(&mut scene);
        scene.assess(|assessment| proposals(assessment.cx))
    }

    #[test]
    fn rows_read_back_as_a_registry_once_the_blanks_are_filled() {
        let all = of(|scene| {
            scene.account("new-one", AccountKind::Human);
            scene.account("fixer[bot]", AccountKind::Agent);
            scene.act("ann x", Duty::Review, "acme/pay#1", 3.0, None);
        });
        let told: Vec<_> = all.iter().map(|p| (p.id.as_str(), p.kind, p.blanks.len())).collect();
        let want = [("ann-x", "", 2), ("fixer", "agent", 2), ("new-one", "human", 1)];
        assert_eq!(told, want);
        assert_eq!(all[0].accounts, ["github:ann x"]);
        let rows = all.iter().map(|p| {
            let mut cells = p.cells();
            cells[1] = "A name".to_owned();
            cells[2] = if cells[2].is_empty() { "human".to_owned() } else { cells[2].clone() };
            cells.join(",") + "\n"
        });
        let head = crate::policy::PRINCIPAL_COLUMNS.join(",") + "\n";
        let (text, mut problems) = (head + &rows.collect::<String>(), Problems::default());
        let policy: Option<&Policy> = None;
        let read = Principals::read("p.csv", &text, chrono_tz::UTC, policy, &mut problems);
        assert_eq!(problems, Problems::default());
        assert!(read.unwrap().all[0].accounts[0].matches("github:ann x"));
    }

    #[test]
    fn ids_are_free_and_say_what_people_know() {
        let mut taken = BTreeSet::from(["ann".to_owned()]);
        let mut id = |account: &str| free(account, &mut taken);
        assert_eq!(id("github:Ann"), "ann-2");
        assert_eq!(id("okta:ann@acme.example"), "ann-3");
        assert_eq!(id("github:app/fixer[bot]"), "fixer");
        assert_eq!(id("aws:arn:aws:sts::1:assumed-role/vendor-import/i-0abc"), "vendor-import");
        assert_eq!(id("github:[bot]"), "somebody");
    }
}
