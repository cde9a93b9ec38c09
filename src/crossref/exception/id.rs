//! Names for exceptions and for what was tested, the same in every run and on every machine.

use sha2::{Digest as _, Sha256};

use crate::crossref::{Context, Finding, Tested};
use crate::model::Grant;

/// Characters of an id after `EX-`: 50 bits, so that ten thousand exceptions collide once in
/// twenty million packs.
const ID_CHARS: usize = 10;

/// The id of an exception: `EX-` and ten characters of Crockford's base 32.
///
/// It hashes the ids of rule, subject and persons, so it is the same on every machine and in every
/// month, and changes when any of them does.
pub(super) fn id(cx: &Context<'_>, rule: &str, tested: Tested, finding: &Finding) -> String {
    let mut names: Vec<&str> = finding.persons.iter().map(|who| cx.who_id(*who)).collect();
    names.sort_unstable();
    let (subject, about) = (tested.id(cx), finding.about.as_deref().unwrap_or_default());
    let mut hasher = Sha256::new();
    for part in ["sodpack exception 1", rule, &subject, about].into_iter().chain(names) {
        hasher.update((part.len() as u64).to_be_bytes());
        hasher.update(part.as_bytes());
    }
    let digest = hasher.finalize();
    let bits = digest[..8].iter().fold(0u64, |bits, byte| bits << 8 | u64::from(*byte));
    let digits = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    let text = (0..ID_CHARS).map(|i| char::from(digits[(bits >> (59 - 5 * i) & 31) as usize]));
    format!("EX-{}", text.collect::<String>())
}

impl Tested {
    /// A stable id of what was tested, for tables and hashes.
    pub fn id(&self, cx: &Context<'_>) -> String {
        match *self {
            Self::Subject(subject) => cx.dataset.text(subject.0).to_owned(),
            Self::Principal(principal) => cx.principal(principal).id.clone(),
            Self::Account(account) => cx.dataset.text(account.0).to_owned(),
            Self::Attempt(index) => attempt_id(cx, index),
            Self::Grant(index) => grant_id(cx, index),
            Self::Drill(index) => {
                let drill = cx.drills.all.get(index as usize);
                drill.map(|drill| drill.id.clone()).unwrap_or_default()
            }
            Self::Boundary(index) => boundary_id(cx, index),
            Self::Control(number) => {
                let control = cx.policy.controls.get(number as usize);
                format!("control {}", control.map_or("", |control| control.name.as_str()))
            }
            Self::Repository(repository) => cx.dataset.text(repository).to_owned(),
            Self::Source(source) => cx.dataset.source(source).path.clone(),
            // The line may move; the exception that it answers stays.
            Self::Justification(line) => {
                let all = &cx.justifications.all;
                let answered = all.iter().find(|j| j.line == line).map(|j| j.exception.as_str());
                format!("justification of {}", answered.unwrap_or("an exception"))
            }
            Self::Nothing => String::new(),
        }
    }
}

/// A grant has no id of its own: holder, role, limit and beginning name it.
fn grant_id(cx: &Context<'_>, index: u32) -> String {
    let Some(grant) = cx.dataset.grants().get(index as usize) else { return String::new() };
    let Grant { holder, role, scope, from, .. } = grant.record;
    let scope = scope.map(|scope| format!(" on {}", cx.dataset.text(scope))).unwrap_or_default();
    let from = from.map(|from| format!(" from {from}")).unwrap_or_default();
    format!("{} of {}{scope}{from}", cx.dataset.text(role.0), cx.dataset.text(holder.0))
}

/// A boundary is named by its tier and capability.
fn boundary_id(cx: &Context<'_>, index: u32) -> String {
    let all = cx.policy.tiers.iter().flat_map(|tier| {
        tier.must_not.iter().map(|capability| format!("{} must not {capability}", tier.name))
    });
    all.into_iter().nth(index as usize).unwrap_or_default()
}

/// The event's own id where the log has one, else its place.
fn attempt_id(cx: &Context<'_>, index: u32) -> String {
    let Some(attempt) = cx.dataset.decisions().get(index as usize) else { return String::new() };
    match attempt.record.request {
        Some(request) => cx.dataset.text(request).to_owned(),
        None => cx.dataset.place(attempt.origin),
    }
}
