//! Where an executed revision stands among the changes of the evidence, and what came with it.

use std::collections::BTreeSet;

use super::{Context, branch};
use crate::model::{Instant, LinkKind, SubjectId, SubjectKind, SubjectState, Symbol};

/// Commits that are walked back from an executed one to find the execution before it.
const REACH: usize = 10_000;

/// Where an executed revision stands among the changes of the evidence.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Standing {
    /// The result or the head of this merged change, or a commit that landed with it.
    Merged(SubjectId),
    /// An earlier revision of this merged change, which was never the newest of a protected branch:
    /// it is in the history through a merge.
    Earlier(SubjectId),
    /// A revision of this change, which was not merged.
    Unmerged(SubjectId),
    /// It reached a protected branch without a change.
    Pushed,
    /// It was never the newest of a protected branch, and is in no change of its repository.
    Stray,
    /// Nobody can tell: why.
    Unknown(String),
}

/// Where the revision `to` stands, which is executed as one of `repository`.
pub(super) fn standing(cx: &Context<'_>, repository: Option<Symbol>, to: SubjectId) -> Standing {
    let known = cx.dataset.subject(to).map(|subject| subject.record);
    if known.is_some_and(|subject| subject.kind == SubjectKind::Change) {
        return match (branch::is_merged_change(cx, to), unclear(cx, to)) {
            (true, _) => Standing::Merged(to),
            (false, Some(why)) => Standing::Unknown(why),
            (false, None) => Standing::Unmerged(to),
        };
    }
    let merged = |kinds| cx.linked_by(to, kinds).find(|id| branch::is_merged_change(cx, *id));
    if let Some(change) = merged(&[LinkKind::MergedAs, LinkKind::Head]) {
        return Standing::Merged(change);
    }
    let landed = cx.on_main_line(to);
    if let Some(change) = branch::came_with(cx, to) {
        return if landed { Standing::Merged(change) } else { Standing::Earlier(change) };
    }
    let proposed = &[LinkKind::Head, LinkKind::Contains, LinkKind::MergedAs];
    let proposed = || cx.linked_by(to, proposed);
    if let Some(why) = proposed().find_map(|change| unclear(cx, change)) {
        return Standing::Unknown(why);
    }
    if let Some(change) = proposed().next().filter(|_| !landed) {
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

/// Why nobody can tell whether a change was merged, if it has no time of merge; `None` if it was not.
fn unclear(cx: &Context<'_>, change: SubjectId) -> Option<String> {
    let id = cx.dataset.text(change.0);
    match cx.dataset.subject(change).map(|subject| subject.record.state) {
        Some(SubjectState::Open | SubjectState::Abandoned) => None,
        Some(SubjectState::Done) => Some(format!("no export says when {id} was merged")),
        Some(SubjectState::Unknown) => Some(format!("no export says whether {id} was merged")),
        None => Some(format!("no export shows {id}")),
    }
}

/// What came with an executed commit of a main line.
#[derive(Debug, Default)]
pub(super) struct Came {
    /// The changes.
    pub(super) changes: BTreeSet<SubjectId>,
    /// The commits that reached the branch without a change.
    pub(super) pushed: BTreeSet<SubjectId>,
    /// Why there may be more; `None` if there is not.
    pub(super) more: Option<&'static str>,
}

/// What landed below a commit of a main line since what the execution before it in the same
/// environment brought there. That is the ancestor that was executed last, which after a rollback
/// need not be the nearest.
pub(super) fn delivered_with(
    cx: &Context<'_>,
    environment: Option<Symbol>,
    at: Option<Instant>,
    tip: SubjectId,
) -> Came {
    let more = |why| Came { more: Some(why), ..Came::default() };
    if !cx.on_main_line(tip) {
        return more(
            "no export shows the branch that it landed on, so what came with it is not known",
        );
    }
    let (mut line, mut known, mut doubtful) = (Vec::new(), None, Vec::new());
    let mut commit = tip;
    while let Some(parent) = branch::first_parent(cx.dataset, commit).filter(|_| line.len() < REACH)
    {
        let times = cx.executed.get(&(environment, parent)).into_iter().flatten();
        for (then, ended) in times.filter(|(then, _)| at.is_some_and(|at| *then < at)) {
            match ended {
                true if known.is_none_or(|(last, _)| last < *then) => {
                    known = Some((*then, line.len()));
                }
                true => {}
                false => doubtful.push((*then, line.len())),
            }
        }
        line.push(parent);
        commit = parent;
    }
    doubtful.retain(|(then, _)| known.is_none_or(|(last, _)| last < *then));
    let more = match (known, doubtful.is_empty()) {
        (Some(_), true) => None,
        (_, false) => Some(
            "how the execution before it in the same environment ended is not known, so what came \
             with it is not",
        ),
        (None, true) => Some(
            "no export shows an execution before it in the same environment, so what came with it \
             is not known",
        ),
    };
    let mut ends = known.iter().chain(&doubtful).map(|(_, above)| *above);
    // Without an end nothing is known to have come.
    let above = ends.next().map_or(0, |first| ends.fold(first, usize::min));
    let mut came = Came { more, ..Came::default() };
    for commit in &line[..above] {
        match branch::came_with(cx, *commit) {
            Some(change) => came.changes.insert(change),
            None => came.pushed.insert(*commit),
        };
    }
    came
}
