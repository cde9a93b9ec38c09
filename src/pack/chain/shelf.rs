//! The earlier packs that lie beside a pack: as folders, or as the archives they were sent in.

use std::{
    collections::BTreeMap,
    fs::{self, File},
    io::Read,
    path::Path,
};

use crate::model::Digest;
use crate::pack::{SIGNATURE, TAGMANIFEST, TIMESTAMP, inventory::Inventory};

/// Largest of the three files of an earlier pack that is looked at.
const MAX_FILE: u64 = 64 * 1024 * 1024;

/// What is found of one earlier pack.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Sibling {
    /// Neither its folder nor its archive is there.
    Absent,
    /// There, but it cannot be read.
    Unreadable(String),
    /// Digests of those of the three chained files that are there.
    Found(BTreeMap<&'static str, Digest>),
}

/// Looks for the pack `folder` in `place`.
pub(crate) fn look(place: &Path, folder: &str) -> Sibling {
    let path = place.join(folder);
    if path.symlink_metadata().is_ok_and(|meta| meta.is_dir()) {
        return in_folder(&path);
    }
    let archive = place.join(format!("{folder}.zip"));
    if !archive.symlink_metadata().is_ok_and(|meta| meta.is_file()) {
        return Sibling::Absent;
    }
    match File::open(&archive) {
        Ok(file) => in_archive(file, folder),
        Err(fault) => Sibling::Unreadable(fault.to_string()),
    }
}

fn in_folder(path: &Path) -> Sibling {
    let mut found = BTreeMap::new();
    for name in [TAGMANIFEST, SIGNATURE, TIMESTAMP] {
        let file = path.join(name);
        match file.symlink_metadata() {
            Err(_) => continue,
            Ok(meta) if meta.is_file() && meta.len() <= MAX_FILE => {}
            Ok(_) => return Sibling::Unreadable(format!("{name} is no plain file of sane size")),
        }
        let bytes = fs::File::open(&file).and_then(|file| {
            let mut bytes = Vec::new();
            file.take(MAX_FILE).read_to_end(&mut bytes)?;
            Ok(bytes)
        });
        match bytes {
            Ok(bytes) => found.insert(name, Digest::of(&bytes)),
            Err(fault) => return Sibling::Unreadable(format!("{name}: {fault}")),
        };
    }
    Sibling::Found(found)
}

fn in_archive(archive: impl Read, folder: &str) -> Sibling {
    let inventory = Inventory::of_archive(archive);
    if let Some(problem) = inventory.problems.first() {
        return Sibling::Unreadable(problem.clone());
    }
    if inventory.folder != folder {
        return Sibling::Unreadable(format!("its archive holds the pack {:?}", inventory.folder));
    }
    let digest = |name: &'static str| Some((name, inventory.files.get(name)?.digest));
    Sibling::Found([TAGMANIFEST, SIGNATURE, TIMESTAMP].into_iter().filter_map(digest).collect())
}
