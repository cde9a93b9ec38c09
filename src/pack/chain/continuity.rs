//! Whether packs, and a new one behind them, cover the time without gap, overlap or double.

use std::collections::BTreeMap;

use crate::model::Digest;
use crate::pack::{
    bag::info::PackInfo,
    chain::{ChainProblem, Slot, file::Link},
};

/// An earlier pack that verified.
pub(crate) struct Earlier {
    pub(crate) info: PackInfo,
    pub(crate) link: Link,
    /// Digests of its tables, by path.
    pub(crate) tables: BTreeMap<String, Digest>,
}

/// Numbers that are missing or taken twice; `packs` is sorted by number.
pub(crate) fn numbering(packs: &[Earlier]) -> Vec<ChainProblem> {
    let mut problems = Vec::new();
    let mut next = 1;
    for group in packs.chunk_by(|a, b| a.info.sequence == b.info.sequence) {
        let sequence = group[0].info.sequence;
        // A forged number must not make a list of four billion
        problems.extend((next..sequence).take(100).map(ChainProblem::Missing));
        if group.len() > 1 {
            let folders = group.iter().map(|pack| pack.link.folder.clone()).collect();
            problems.push(ChainProblem::Twice { sequence, folders });
        }
        next = sequence.saturating_add(1);
    }
    problems
}

/// Whether the slot's period fits behind the periods of the packs.
pub(crate) fn placing(packs: &[Earlier], slot: &Slot) -> Vec<ChainProblem> {
    if let Some(old) = &slot.supersedes {
        let fault = correction_fault(packs, slot, old.sha256);
        return fault
            .map(|fault| ChainProblem::Supersedes { sha256: old.sha256, fault })
            .into_iter()
            .collect();
    }
    if let Some(taken) = packs.iter().rev().find(|pack| pack.info.period.label == slot.period.label)
    {
        return vec![ChainProblem::PeriodTaken {
            label: slot.period.label.clone(),
            folder: taken.link.folder.clone(),
            sha256: taken.link.tagmanifest,
        }];
    }
    let (Some(latest), Ok((from, _))) = (latest_end(packs), slot.period.ends()) else {
        return Vec::new();
    };
    let (from_text, latest_text) = (slot.period.from.clone(), latest.to_rfc3339());
    if from < latest {
        vec![ChainProblem::PeriodOverlap { from: from_text, latest: latest_text }]
    } else if from > latest && slot.gap_reason.is_none() {
        vec![ChainProblem::PeriodGap { latest: latest_text, from: from_text }]
    } else {
        Vec::new()
    }
}

fn correction_fault(packs: &[Earlier], slot: &Slot, old: Digest) -> Option<String> {
    let Some(pack) = packs.iter().find(|pack| pack.link.tagmanifest == old) else {
        return Some(
            "no pack here has this tagmanifest; copy its sha-256 from `sha256sum`".to_owned(),
        );
    };
    let again = |other: &&Earlier| other.info.supersedes.as_ref().is_some_and(|s| s.sha256 == old);
    if let Some(newer) = packs.iter().find(again) {
        let (folder, digest) = (&newer.link.folder, newer.link.tagmanifest);
        return Some(format!("{folder} did so already; supersede that one, {digest}"));
    }
    if pack.info.period != slot.period {
        let label = &pack.info.period.label;
        return Some(format!("it covers {label}; a correction covers exactly the same period"));
    }
    None
}

fn latest_end(packs: &[Earlier]) -> Option<chrono::DateTime<chrono::FixedOffset>> {
    packs.iter().filter_map(|pack| Some(pack.info.period.ends().ok()?.1)).max()
}

pub(crate) fn gap_before(packs: &[Earlier], slot: &Slot) -> bool {
    let from = slot.period.ends().map(|(from, _)| from).ok();
    slot.supersedes.is_none() && latest_end(packs).is_some_and(|latest| from > Some(latest))
}
