//! Who made the exports, as people say.

use std::collections::BTreeMap;

use super::{Context, Tested};
use crate::{
    model::{Source, SourceId},
    policy::{Principal, PrincipalId},
};

/// Somebody who made exports.
#[derive(Debug)]
pub struct Preparer<'a> {
    /// As written.
    pub name: &'a str,
    /// Who that is in the registry.
    pub principal: Option<PrincipalId>,
    /// The exports.
    pub sources: Vec<SourceId>,
}

impl Preparer<'_> {
    /// What a judgement on them is about.
    pub(super) fn tested(&self) -> Tested {
        let first = || self.sources.first().map_or(Tested::Nothing, |id| Tested::Source(*id));
        self.principal.map_or_else(first, Tested::Principal)
    }
}

/// Who made an export, if the registry knows them.
pub(super) fn exporter(cx: &Context<'_>, source: &Source) -> Option<PrincipalId> {
    source.export.by.as_deref().and_then(|by| named(cx, by.trim()))
}

/// Whom people mean: by id, else the only one with that address or name.
fn named(cx: &Context<'_>, name: &str) -> Option<PrincipalId> {
    let registry = cx.identities.principals();
    let folded = name.to_lowercase();
    let meant = |p: &Principal| p.emails.contains(&folded) || p.name.to_lowercase() == folded;
    let mut all = registry.iter().filter(|(_, principal)| meant(principal)).map(|(id, _)| id);
    registry.named(name).or_else(|| all.next().filter(|_| all.next().is_none()))
}

/// Everybody who made exports, by name.
pub(super) fn preparers<'a>(cx: &Context<'a>) -> Vec<Preparer<'a>> {
    let mut all: BTreeMap<&str, Vec<SourceId>> = BTreeMap::new();
    for (index, source) in (0..).zip(cx.dataset.sources()) {
        if let Some(by) = source.export.by.as_deref().map(str::trim) {
            all.entry(by).or_default().push(SourceId(index));
        }
    }
    all.into_iter()
        .map(|(name, sources)| Preparer { name, principal: named(cx, name), sources })
        .collect()
}
