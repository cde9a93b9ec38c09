//! Where an executed revision stands among the changes of the evidence, and what came with it.

use std::collections::BTreeSet;

use super::{Context, branch};
use crate::model::{Instant, LinkKind, SubjectId, SubjectKind, Symbol};

/// Commits that are walked back from an executed one to find the execution before it.
const REACH: usize = 10_000;

/// Where an executed revision stands among the changes of the evidence.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Standing {
    /// The result or the head of this merged change, or a commit that landed with it.
    Merged(SubjectId),
    /// An earlier revision of this merged change, which was never on a protected branch.
    Earlier(SubjectId),
    /// A revision of this change, which was not merged.
    Unmerged(SubjectId),
    /// It reached a protected branch without a change.
    Pushed,
    /// It is on no protected branch and in no change of its repository.
    Stray,
    /// Nobody can tell: why.
    Unknown(String),
}

/// Where the revision `to` stands, which is executed as one of `repository`.
pub(super) fn standing(cx: &Context<'_>, repository: Option<Symbol>, to: SubjectId) -> Standing {
    let known = cx.dataset.subject(to).map(|subject| subject.record);
    if known.is_some_and(|subject| subject.kind == SubjectKind::Change) {
        let merged = branch::is_merged_change(cx, to);
        return if merged { Standing::Merged(to) } else { Standing::Unmerged(to) };
    }
    let merged = |kinds| cx.linked_by(to, kinds).find(|id| branch::is_merged_change(cx, *id));
    if let Some(change) = merged(&[LinkKind::MergedAs, LinkKind::Head]) {
        return Standing::Merged(change);
    }
    let landed = cx.on_main_line(to);
    if let Some(change) = branch::came_with(cx, to) {
        return if landed { Standing::Merged(change) } else { Standing::Earlier(change) };
    }
    let proposed = &[LinkKind::Head, LinkKind::Contains];
    if let Some(change) = cx.linked_by(to, proposed).next().filter(|_| !landed) {
        return Standing::Unmerged(change);
    }
    let Some(repository) = repository.or(known.and_then(|commit| commit.repository)) else {
        return Standing::Unknown("its export does not name the repository".to_owned());
    };
    let name = cx.dataset.text(repository);
    let dated = known.and_then(|commit| commit.done.or(commit.created));
    if !cx.changes_known(repository) {
        Standing::Unknown(format!("no export shows the changes of {name}"))
    } else if dated.is_some_and(|at| cx.first_merge(repository).is_none_or(|first| at < first)) {
        Standing::Unknown(format!("it is older than every merge of {name} that the exports show"))
    } else if landed {
        Standing::Pushed
    } else if cx.history_known(repository) {
        Standing::Stray
    } else {
        let why = format!("no change names it, and no export shows the history of {name}");
        Standing::Unknown(why)
    }
}

/// The changes that landed below a commit of a main line since the execution before it in the same
/// environment.
///
/// # Errors
///
/// Why the evidence does not show where that begins.
pub(super) fn delivered_with(
    cx: &Context<'_>,
    environment: Option<Symbol>,
    at: Option<Instant>,
    tip: SubjectId,
) -> Result<BTreeSet<SubjectId>, &'static str> {
    let before = |commit| {
        let first = cx.executed.get(&(environment, commit));
        first.zip(at).is_some_and(|(first, at)| *first < at)
    };
    if !cx.on_main_line(tip) {
        return Err(
            "no export shows the branch that it landed on, so what came with it is not known",
        );
    }
    let (mut found, mut commit) = (BTreeSet::new(), tip);
    for _ in 0..REACH {
        let Some(parent) = branch::first_parent(cx.dataset, commit) else { break };
        if before(parent) {
            return Ok(found);
        }
        found.extend(branch::came_with(cx, parent));
        commit = parent;
    }
    Err(
        "no export shows an execution before it in the same environment, so what came with it is not \
         known",
    )
}
