//! Who took part in a story, and why each account is taken to be theirs.

use std::collections::BTreeSet;

use serde::Serialize;

use super::{Report, hostile, moments::Moment};
use crate::{
    crossref::{Exception, Identity, Who},
    model::AccountId,
    report::wording,
};

/// Parties that are named one by one.
const NAMED: usize = 24;

/// Somebody who took part.
#[derive(Clone, Debug, Serialize)]
pub struct Party {
    /// Their name, or the account's where it belongs to nobody known.
    pub name: String,
    /// Registry id; empty for an account that belongs to nobody known.
    pub principal: String,
    /// What they are: human, agent, service, unknown.
    pub kind: &'static str,
    /// Who answers for it, of an agent or service.
    pub sponsor: Option<String>,
    /// Whether the exception names them as a party.
    pub party: bool,
    /// Their accounts in this story, each with what says that it is theirs.
    pub accounts: Vec<(String, String)>,
}

/// Everybody of a story: those whom the exception names first, then the others as they appear.
pub(super) fn cast(report: &Report<'_>, e: &Exception, moments: &[Moment<'_>]) -> Vec<Party> {
    let cx = report.cx();
    let mut accounts: Vec<AccountId> = Vec::new();
    let mut seen = BTreeSet::new();
    accounts.extend(moments.iter().flat_map(Moment::accounts).filter(|a| seen.insert(*a)));
    let mut parties: Vec<Who> = e.persons.clone();
    for account in &accounts {
        let who = cx.who(*account);
        if !parties.contains(&who) {
            parties.push(who);
        }
    }
    let mine = |who: Who| accounts.iter().copied().filter(move |a| cx.who(*a) == who);
    parties
        .into_iter()
        .take(NAMED)
        .map(|who| party(report, who, mine(who).collect(), e.persons.contains(&who)))
        .collect()
}

fn party(report: &Report<'_>, who: Who, mut accounts: Vec<AccountId>, party: bool) -> Party {
    let cx = report.cx();
    if let (Who::Account(account), true) = (who, accounts.is_empty()) {
        accounts.push(account);
    }
    let accounts = accounts.into_iter().map(|account| {
        (hostile::brief(report.text(Some(account.0))), hostile::brief(&basis(report, account)))
    });
    let mut accounts: Vec<_> = accounts.collect();
    if let (Who::Principal(id), true) = (who, accounts.is_empty()) {
        let line = cx.principal(id).line;
        let known = format!("named by {} line {line}", report.input_path("principals"));
        accounts.push(("no account in these records".to_owned(), known));
    }
    match who {
        Who::Account(account) => Party {
            name: hostile::brief(cx.who_name(who)),
            principal: String::new(),
            kind: report.kind(account),
            sponsor: None,
            party,
            accounts,
        },
        Who::Principal(id) => {
            let principal = cx.principal(id);
            let sponsor = principal.sponsor.map(|id| hostile::brief(&cx.principal(id).name));
            Party {
                name: hostile::brief(&principal.name),
                principal: hostile::brief(&principal.id),
                kind: wording::kind(principal.kind),
                sponsor,
                party,
                accounts,
            }
        }
    }
}

/// What says whose an account is, with the line of the registry that says so.
pub(super) fn basis(report: &Report<'_>, account: AccountId) -> String {
    let cx = report.cx();
    let Some(Identity { principal: Some(id), basis, .. }) = cx.identities.of(account) else {
        return report.basis(account);
    };
    let line = cx.principal(*id).line;
    format!("{} ({} line {line})", wording::basis(cx, basis), report.input_path("principals"))
}
