//! What a pack on disk or in an archive really holds, taken in one pass.
//!
//! Verification judges an inventory and never the disk, so a file cannot be one thing when it is
//! hashed and another when it is understood: the bytes kept here are the bytes that were hashed.

use std::{
    collections::BTreeMap,
    fs::{self, File},
    io::{self, Read},
    path::Path,
};

use crate::model::Digest;
use crate::pack::{
    bag::manifest::Problems,
    digest::of_reader,
    name::{self, NameSet},
    zip::read,
};

/// Most entries of a folder that are looked at.
const MAX_ENTRIES: usize = 1_000_000;
/// Largest tag file kept in memory: a manifest of a million files.
const MAX_TAG_FILE: u64 = 256 * 1024 * 1024;

/// A file's content, as far as comparing needs it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Found {
    pub(crate) digest: Digest,
    pub(crate) size: u64,
}

/// All files of a pack with their digests, and the content of those beside `data/`.
#[derive(Debug, Clone, Default)]
pub(crate) struct Inventory {
    /// Name of the pack's folder.
    pub(crate) folder: String,
    /// Path → content, with `/` between parts.
    pub(crate) files: BTreeMap<String, Found>,
    /// Content of the files that lie beside `data/`.
    pub(crate) tags: BTreeMap<String, Vec<u8>>,
    /// Folders that hold no file at any depth.
    pub(crate) hollow: Vec<String>,
    /// Unsafe names, links, special files, faults of the disk or the archive.
    pub(crate) problems: Vec<String>,
}

impl Inventory {
    /// Takes the inventory of a folder or, when `path` is a file, of an archive.
    pub(crate) fn open(path: &Path) -> Self {
        match fs::metadata(path) {
            Ok(meta) if meta.is_dir() => Self::of_folder(path),
            Ok(meta) if meta.is_file() => match File::open(path) {
                Ok(file) => Self::of_archive(file),
                Err(fault) => Self::unreadable(format!("the pack cannot be opened: {fault}")),
            },
            Ok(_) => Self::unreadable("the pack is neither a folder nor a file".to_owned()),
            Err(fault) => Self::unreadable(format!("the pack cannot be found: {fault}")),
        }
    }

    /// Nothing but one problem.
    fn unreadable(why: String) -> Self {
        Self { problems: vec![why], ..Self::default() }
    }

    /// Reads an archive; one fault makes all of it worthless.
    pub(crate) fn of_archive(archive: impl Read) -> Self {
        let mut inventory = Self::default();
        match read::read(archive, |path, _, content| inventory.add(path, content)) {
            Ok(folder) => Self { folder, ..inventory },
            Err(fault) => Self::unreadable(fault.to_string()),
        }
    }

    /// Walks a folder without following links.
    pub(crate) fn of_folder(folder: &Path) -> Self {
        let mut inventory = Self::default();
        let real = folder.canonicalize().unwrap_or_else(|_| folder.to_owned());
        let mut problems = Problems::default();
        match real.file_name().and_then(|name| name.to_str()) {
            Some(name) if name::check_part(name).is_ok() => name.clone_into(&mut inventory.folder),
            _ => problems.push("the pack's folder has an unsafe name".to_owned()),
        }
        let mut walk = Walk {
            inventory: &mut inventory,
            problems,
            names: NameSet::default(),
            left: MAX_ENTRIES,
        };
        walk.folder(&real, "", 1);
        inventory.problems = walk.problems.into_vec();
        inventory
    }

    /// Hashes one file, and keeps it when it is a tag file.
    fn add(&mut self, path: &str, content: &mut dyn Read) -> io::Result<()> {
        let found = if path.contains('/') {
            let (digest, size) = of_reader(content)?;
            Found { digest, size }
        } else {
            let mut bytes = Vec::new();
            content.take(MAX_TAG_FILE + 1).read_to_end(&mut bytes)?;
            if bytes.len() as u64 > MAX_TAG_FILE {
                return Err(io::Error::other("too large for a tag file"));
            }
            let found = Found { digest: Digest::of(&bytes), size: bytes.len() as u64 };
            self.tags.insert(path.to_owned(), bytes);
            found
        };
        self.files.insert(path.to_owned(), found);
        Ok(())
    }

    /// Builds an inventory of bytes in memory.
    #[cfg(test)]
    pub(crate) fn of_bytes(folder: &str, files: &BTreeMap<String, Vec<u8>>) -> Self {
        let mut inventory = Self { folder: folder.to_owned(), ..Self::default() };
        for (path, bytes) in files {
            inventory.add(path, &mut &bytes[..]).unwrap();
        }
        inventory
    }
}

/// A walk through one pack's folder.
struct Walk<'a> {
    inventory: &'a mut Inventory,
    problems: Problems,
    names: NameSet,
    left: usize,
}

impl Walk<'_> {
    /// Takes in a folder; gives whether a file lies anywhere below it.
    fn folder(&mut self, folder: &Path, prefix: &str, depth: usize) -> bool {
        let entries = match fs::read_dir(folder).and_then(Iterator::collect::<io::Result<Vec<_>>>) {
            Ok(entries) => entries,
            Err(fault) => {
                self.problems.push(format!("{prefix:?} cannot be listed: {fault}"));
                return true;
            }
        };
        let mut any = false;
        for entry in entries {
            if self.left == 0 {
                self.problems
                    .push(format!("more than {MAX_ENTRIES} entries; the rest was not read"));
                return true;
            }
            self.left -= 1;
            any |= self.entry(&entry, prefix, depth);
        }
        any
    }

    fn entry(&mut self, entry: &fs::DirEntry, prefix: &str, depth: usize) -> bool {
        let name = entry.file_name();
        let path = format!("{prefix}{}", name.to_string_lossy());
        let kind = match entry.file_type() {
            Ok(kind) => kind,
            Err(fault) => {
                self.problems.push(format!("{path:?} cannot be looked at: {fault}"));
                return true;
            }
        };
        if let Err(fault) = name::check(&path) {
            self.problems.push(format!("{path:?} has {fault}"));
            return true;
        }
        if kind.is_dir() && depth < name::MAX_DEPTH {
            let any = self.folder(&entry.path(), &format!("{path}/"), depth + 1);
            if !any {
                self.inventory.hollow.push(path);
            }
            return any;
        }
        if !kind.is_file() {
            self.problems.push(format!(
                "{path:?} is a link, a device, or too deep; only plain files belong in a pack"
            ));
            return true;
        }
        if let Err(fault) = self.names.insert(&path) {
            self.problems.push(format!("{path:?} has {fault}"));
            return true;
        }
        let read =
            File::open(entry.path()).and_then(|mut file| self.inventory.add(&path, &mut file));
        if let Err(fault) = read {
            self.problems.push(format!("{path:?} cannot be read: {fault}"));
        }
        true
    }
}
