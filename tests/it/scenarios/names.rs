//! What the names in a statement stand for.

use sodpack::model::{SubjectKind, SubjectState};

use super::{parse::Reader, record::Thing, words::Fault};

/// Where changes belong that name no repository.
const REPOSITORY: &str = "acme/pay";

/// Whoever the registry knows acts through their account in `system`; everybody else is written as
/// an account.
pub(super) fn account(reader: &Reader, who: &str, system: &str) -> Result<String, Fault> {
    if who.contains(':') {
        return Ok(who.to_owned());
    }
    match reader.scenario.people.iter().any(|member| member.id == who) {
        true => Ok(format!("{system}:{who}")),
        false => {
            Err(format!("`{who}` is nobody; add `human {who}` or write an account `system:{who}`"))
        }
    }
}

/// `#1`, `acme/infra#1`, `@a1`, `acme/infra@a1`, `ticket:7`, `okta:access-grant/7`.
pub(super) fn thing(text: &str) -> Result<String, Fault> {
    let of = |rest: &str| match rest.starts_with(['#', '@']) {
        true => format!("github:{REPOSITORY}{rest}"),
        false => format!("github:{rest}"),
    };
    match text.split_once(':') {
        Some((kind, _)) if SubjectKind::named(kind).is_some() => Ok(text.to_owned()),
        Some((_, local)) if in_system(local).is_some() => Ok(text.to_owned()),
        None if text.contains(['#', '@']) => Ok(of(text)),
        _ => Err(format!("`{text}` is no thing; want `#1`, `@a1` or `ticket:7`")),
    }
}

pub(super) fn kind(id: &str) -> Result<SubjectKind, Fault> {
    let (first, local) = id.split_once(':').unwrap_or_default();
    SubjectKind::named(first)
        .or_else(|| in_system(local))
        .ok_or_else(|| format!("`{id}` was not opened; write that first"))
}

/// The kind that is written between a system and the number there: `okta:access-grant/7`.
fn in_system(local: &str) -> Option<SubjectKind> {
    SubjectKind::named(local.split_once('/')?.0)
}

pub(super) fn repository(id: &str) -> String {
    let local = id.split_once(':').map_or(id, |(_, local)| local);
    local.split(['#', '@']).next().unwrap_or_default().to_owned()
}

pub(super) fn revision(written: &str) -> Result<String, Fault> {
    let revision = written.split_once('@').map(|(_, revision)| revision.to_owned());
    revision.ok_or_else(|| format!("`{written}` is no revision; write `@{written}`"))
}

pub(super) fn named(id: &str, kind: SubjectKind) -> Thing {
    Thing {
        id: id.to_owned(),
        kind,
        state: SubjectState::Unknown,
        repository: None,
        target: None,
        revision: None,
        created: None,
        done: None,
        reviews_listed: false,
    }
}
