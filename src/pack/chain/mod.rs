//! The earlier packs: found, verified, and judged fit to be followed by one more.
//!
//! A chain that was extended over a broken, missing or replaced link proves nothing from there on.
//! So nothing is built before every earlier pack was verified, and everything that is wrong is told
//! at once.

use std::path::{Path, PathBuf};

mod continuity;
mod earlier;
pub(crate) mod file;
mod problem;
mod scan;
pub(crate) mod shelf;

use self::continuity::{Earlier, gap_before, numbering, placing};
pub use self::earlier::{EarlierPack, LatestSigned, earlier_packs, has_packs, latest_signed};
pub use self::problem::ChainProblem;
use crate::model::Digest;
use crate::pack::{
    AllowedSigners, PackError, SIGNATURE, TIMESTAMP,
    bag::{info::Supersedes, period::Period},
    chain::{file::Link, scan::Candidate},
    inventory::Inventory,
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
    packs: Vec<EarlierPack>,
    gap: Option<String>,
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
        let (packs, all) = gather(place, &slot.slug, trust, &mut problems);
        // The number and period of a broken pack are unknown: calling them missing would be noise
        if all {
            problems.extend(numbering(&packs));
            problems.extend(placing(&packs, &slot));
        }
        if !problems.is_empty() {
            return Err(PackError::Chain(problems));
        }
        let gap = gap_before(&packs, &slot).then(|| slot.gap_reason.clone()).flatten();
        let links = packs.iter().map(|pack| pack.link.clone()).collect();
        let packs = packs.into_iter().map(|pack| EarlierPack::of(place, pack)).collect();
        Ok(Self { place: place.to_owned(), slot, links, packs, gap })
    }

    /// The number of the pack that comes next; the first is 1.
    pub fn next_sequence(&self) -> u32 {
        self.links.len() as u32 + 1
    }

    /// How many packs there are already.
    pub fn earlier(&self) -> usize {
        self.links.len()
    }

    /// The earlier packs, by number.
    pub fn packs(&self) -> &[EarlierPack] {
        &self.packs
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
    pub(crate) fn gap(&self) -> Option<&str> {
        self.gap.as_deref()
    }

    /// Where the earlier packs lie.
    pub(crate) fn place(&self) -> &Path {
        &self.place
    }

    /// The text of `chain-sha256.txt`.
    pub(crate) fn to_text(&self) -> String {
        file::to_text(&self.links)
    }

    /// Checks that the packs on disk are still those that were verified, and no more.
    pub(crate) fn recheck(&self) -> Result<(), PackError> {
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

/// All packs of a slug that verify, by number, and whether those are all that there are.
fn gather(
    place: &Path,
    slug: &str,
    trust: &AllowedSigners,
    problems: &mut Vec<ChainProblem>,
) -> (Vec<Earlier>, bool) {
    let candidates = scan::scan(place, slug).unwrap_or_else(|problem| {
        problems.push(problem);
        Vec::new()
    });
    let (found, mut packs) = (candidates.len(), Vec::new());
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
    packs.sort_by(|a, b| (a.info.sequence, &a.link.folder).cmp(&(b.info.sequence, &b.link.folder)));
    let all = packs.len() == found;
    (packs, all)
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
            let of_table =
                |path: &&String| path.starts_with("data/tables/") && path.ends_with(".csv");
            let tables = inventory.files.iter().filter(|(path, _)| of_table(path));
            let tables = tables.map(|(path, found)| (path.clone(), found.digest)).collect();
            Ok(Earlier { info, link: Link { folder, tagmanifest, signature, timestamp }, tables })
        }
        _ => Err(vec!["it is not complete".to_owned()]),
    }
}
