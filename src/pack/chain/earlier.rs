//! What may be read of earlier packs: only what verified, and only while it is still the same.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use super::{
    ChainProblem,
    continuity::Earlier,
    gather, numbering,
    scan::{Candidate, scan},
};
use crate::{
    model::Digest,
    pack::{AllowedSigners, BAG_INFO, PackError, PackInfo, error::at},
};

/// A pack of the chain that verified.
#[derive(Debug, Clone)]
pub struct EarlierPack {
    /// Its folder.
    pub path: PathBuf,
    /// The folder's name.
    pub folder: String,
    /// What it says about itself.
    pub info: PackInfo,
    /// SHA-256 of its tagmanifest, by which a correction names it.
    pub tagmanifest: Digest,
    tables: BTreeMap<String, Digest>,
}

impl EarlierPack {
    pub(super) fn of(place: &Path, pack: Earlier) -> Self {
        let Earlier { info, link, tables } = pack;
        let path = place.join(&link.folder);
        Self { path, folder: link.folder, info, tagmanifest: link.tagmanifest, tables }
    }

    /// The bytes of one of its tables, by its path in the pack: `data/tables/exceptions.csv`;
    /// `None` if it has none of this name.
    ///
    /// # Errors
    /// If the disk fails, or the file is no longer the one that verified.
    pub fn table(&self, name: &str) -> Result<Option<Vec<u8>>, PackError> {
        let Some(digest) = self.tables.get(name) else { return Ok(None) };
        let path = self.path.join(name);
        let bytes = fs::read(&path).map_err(at(&path, "read"))?;
        if Digest::of(&bytes) == *digest {
            Ok(Some(bytes))
        } else {
            Err(PackError::Chain(vec![ChainProblem::Changed]))
        }
    }
}

/// Tells whether `place` holds anything that is, or says it is, a pack of a slug.
///
/// # Errors
/// [`PackError::Chain`] if the folder cannot be listed.
pub fn has_packs(place: &Path, slug: &str) -> Result<bool, PackError> {
    let found = scan(place, slug).map_err(|problem| PackError::Chain(vec![problem]))?;
    Ok(!found.is_empty())
}

/// What the latest pack says of its signer; not verified, and good for nothing but to tell people
/// which key they miss.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LatestSigned {
    /// The pack's number.
    pub sequence: u32,
    /// Its folder.
    pub folder: String,
    /// `SHA256:…` of the key.
    pub fingerprint: String,
}

/// Finds the pack of a slug in `place` that has the highest number and a readable description.
///
/// # Errors
/// [`PackError::Chain`] if the folder cannot be listed.
pub fn latest_signed(place: &Path, slug: &str) -> Result<Option<LatestSigned>, PackError> {
    let found = scan(place, slug).map_err(|problem| PackError::Chain(vec![problem]))?;
    let packs = found.into_iter().filter_map(|candidate| {
        let Candidate::Pack(folder) = candidate else { return None };
        let info = PackInfo::parse(&fs::read(place.join(&folder).join(BAG_INFO)).ok()?).ok()?;
        let (sequence, fingerprint) = (info.sequence, info.signer_fingerprint);
        Some(LatestSigned { sequence, folder, fingerprint })
    });
    Ok(packs.max_by_key(|pack| pack.sequence))
}

/// Finds and verifies all packs of a slug in `place`, by number, without a place for a further
/// one. `trust` must hold every key that ever signed in this chain.
///
/// # Errors
/// [`PackError::Chain`] with all problems at once.
pub fn earlier_packs(
    place: &Path,
    slug: &str,
    trust: &AllowedSigners,
) -> Result<Vec<EarlierPack>, PackError> {
    let mut problems = Vec::new();
    let (packs, all) = gather(place, slug, trust, &mut problems);
    if all {
        problems.extend(numbering(&packs));
    }
    if !problems.is_empty() {
        return Err(PackError::Chain(problems));
    }
    Ok(packs.into_iter().map(|pack| EarlierPack::of(place, pack)).collect())
}
