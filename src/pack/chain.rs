//! The earlier packs: found, verified, and judged fit to be followed by one more.
//!
//! A chain that was extended over a broken, missing or replaced link proves nothing from there on.
//! So nothing is built before every earlier pack was verified, and everything that is wrong is told
//! at once.

use std::path::{Path, PathBuf};

use super::{
    AllowedSigners, PackError, SIGNATURE, TIMESTAMP,
    chain_file::{self, Link},
    digest::Digest,
    info::{PackInfo, Period, Supersedes},
    inventory::Inventory,
    scan::{self, Candidate},
    shelf,
    verify::{Expect, examine},
};

/// The place that a new pack is to take in its chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Slot {
    /// Short name that all packs of the chain share.
    pub slug: String,
    /// The time the pack covers; it begins where the latest pack's ends.
    pub period: Period,
    /// The pack that is corrected: its period is packed a second time.
    pub supersedes: Option<Supersedes>,
    /// Why time between the latest pack and this one is in no pack, if that is so.
    pub gap_reason: Option<String>,
}

/// The verified earlier packs, and the place after them.
#[derive(Debug, Clone)]
pub struct Chain {
    place: PathBuf,
    slot: Slot,
    links: Vec<Link>,
    gap: Option<String>,
}

/// Why the earlier packs cannot be followed by this one.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ChainProblem {
    /// The output folder cannot be listed.
    #[error("{0}: cannot be listed: {1}")]
    Unlisted(PathBuf, String),
    /// An earlier pack that does not verify.
    #[error("{folder}: does not verify; restore it from a copy that does: {}", failures.join("; "))]
    Broken {
        /// Its folder.
        folder: String,
        /// What failed.
        failures: Vec<String>,
    },
    /// An earlier pack that is not a folder of its own.
    #[error("{0}: a link to a pack; put the pack's folder itself here")]
    Linked(String),
    /// An archive without the folder it was made from.
    #[error("{0}: an earlier pack's archive without its folder; unpack it here")]
    ArchiveOnly(String),
    /// A number nobody has.
    #[error("pack {0} of the chain is not here; restore its folder")]
    Missing(u32),
    /// A number two packs have.
    #[error("pack {sequence} exists more than once ({}); move away what is no part of the chain", folders.join(", "))]
    Twice {
        /// The number.
        sequence: u32,
        /// The folders with that number.
        folders: Vec<String>,
    },
    /// The slot itself is not usable.
    #[error("the new pack: {0}")]
    Slot(String),
    /// The period is packed already.
    #[error(
        "{label} is packed already in {folder}; to correct it, make the new pack supersede {sha256}"
    )]
    PeriodTaken {
        /// The period.
        label: String,
        /// The folder that has it.
        folder: String,
        /// What to supersede.
        sha256: Digest,
    },
    /// The period begins before the latest one ended.
    #[error("the period begins at {from}, inside or before the latest one, which ends at {latest}")]
    PeriodOverlap {
        /// Where the new period begins.
        from: String,
        /// Where the latest one ends.
        latest: String,
    },
    /// Time between the packs that nobody explains.
    #[error(
        "nothing covers the time from {latest} until {from}; pack it first, or give the reason for the gap"
    )]
    PeriodGap {
        /// Where the latest period ends.
        latest: String,
        /// Where the new one begins.
        from: String,
    },
    /// What is to be superseded is unknown, superseded already, or of another period.
    #[error("the pack {sha256} cannot be superseded: {fault}")]
    Supersedes {
        /// The tagmanifest's digest given.
        sha256: Digest,
        /// Fault and cure.
        fault: String,
    },
    /// Somebody else wrote to the output folder meanwhile.
    #[error("the earlier packs changed while this one was being made; make it again")]
    Changed,
}

/// An earlier pack that verified.
struct Earlier {
    info: PackInfo,
    link: Link,
}

impl Chain {
    /// Finds and verifies all packs of the slot's slug in `place`, and checks that the slot follows.
    ///
    /// Packs are known by what they say, not by their folders' names. A `place` that does not
    /// exist yet holds no packs. `trust` must hold every key that ever signed in this chain.
    ///
    /// # Errors
    /// [`PackError::Chain`] with all problems at once.
    pub fn open(place: &Path, slot: Slot, trust: &AllowedSigners) -> Result<Self, PackError> {
        let mut problems: Vec<_> =
            slot.period.faults().into_iter().map(ChainProblem::Slot).collect();
        let candidates = scan::scan(place, &slot.slug).unwrap_or_else(|problem| {
            problems.push(problem);
            Vec::new()
        });
        let mut packs = Vec::new();
        for candidate in candidates {
            match candidate {
                Candidate::Pack(folder) => match admit(place, &folder, trust) {
                    Ok(pack) => packs.push(pack),
                    Err(failures) => problems.push(ChainProblem::Broken { folder, failures }),
                },
                Candidate::Linked(folder) => problems.push(ChainProblem::Linked(folder)),
                Candidate::Archive(file) => problems.push(ChainProblem::ArchiveOnly(file)),
            }
        }
        packs.sort_by(|a, b| {
            (a.info.sequence, &a.link.folder).cmp(&(b.info.sequence, &b.link.folder))
        });
        // A broken pack's number is unknown: naming it missing too would be noise
        if problems.is_empty() {
            problems.extend(numbering(&packs));
        }
        problems.extend(placing(&packs, &slot));
        if !problems.is_empty() {
            return Err(PackError::Chain(problems));
        }
        let gap = gap_before(&packs, &slot).then(|| slot.gap_reason.clone()).flatten();
        let links = packs.into_iter().map(|pack| pack.link).collect();
        Ok(Self { place: place.to_owned(), slot, links, gap })
    }

    /// The number of the pack that comes next; the first is 1.
    pub fn next_sequence(&self) -> u32 {
        self.links.len() as u32 + 1
    }

    /// How many packs there are already.
    pub fn earlier(&self) -> usize {
        self.links.len()
    }

    /// SHA-256 of the latest pack's tagmanifest.
    pub fn previous(&self) -> Option<Digest> {
        self.links.last().map(|link| link.tagmanifest)
    }

    /// The slot the chain was opened for.
    pub fn slot(&self) -> &Slot {
        &self.slot
    }

    /// The reason for the gap before this pack, when there is a gap.
    pub(super) fn gap(&self) -> Option<&str> {
        self.gap.as_deref()
    }

    /// Where the earlier packs lie.
    pub(super) fn place(&self) -> &Path {
        &self.place
    }

    /// The text of `chain-sha256.txt`.
    pub(super) fn to_text(&self) -> String {
        chain_file::to_text(&self.links)
    }

    /// Checks that the packs on disk are still those that were verified, and no more.
    pub(super) fn recheck(&self) -> Result<(), PackError> {
        let now =
            scan::scan(&self.place, &self.slot.slug).map_err(|p| PackError::Chain(vec![p]))?;
        let same = now.len() == self.links.len()
            && self.links.iter().all(|link| {
                let found = shelf::look(&self.place, &link.folder);
                found == shelf::Sibling::Found(link.files().collect())
            });
        if same { Ok(()) } else { Err(PackError::Chain(vec![ChainProblem::Changed])) }
    }
}

/// Verifies one earlier pack, the packs before it included.
fn admit(place: &Path, folder: &str, trust: &AllowedSigners) -> Result<Earlier, Vec<String>> {
    let inventory = Inventory::of_folder(&place.join(folder));
    let expect = Expect { earlier: true, ..Expect::default() };
    let verification = examine(&inventory, trust, &expect, &|other| shelf::look(place, other));
    if !verification.passed() {
        return Err(verification.faults());
    }
    let digest = |file: &str| inventory.files.get(file).map(|found| found.digest);
    match (verification.info, verification.tagmanifest_sha256, digest(SIGNATURE)) {
        (Some(info), Some(tagmanifest), Some(signature)) => {
            let timestamp = digest(TIMESTAMP);
            let folder = folder.to_owned();
            Ok(Earlier { info, link: Link { folder, tagmanifest, signature, timestamp } })
        }
        _ => Err(vec!["it is not complete".to_owned()]),
    }
}

/// Numbers that are missing or taken twice; `packs` is sorted by number.
fn numbering(packs: &[Earlier]) -> Vec<ChainProblem> {
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
fn placing(packs: &[Earlier], slot: &Slot) -> Vec<ChainProblem> {
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

fn gap_before(packs: &[Earlier], slot: &Slot) -> bool {
    let from = slot.period.ends().map(|(from, _)| from).ok();
    slot.supersedes.is_none() && latest_end(packs).is_some_and(|latest| from > Some(latest))
}
