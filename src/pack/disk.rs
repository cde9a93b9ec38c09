//! Making what was written survive a crash.

use std::{
    fs::{self, OpenOptions},
    io::Write,
    path::Path,
};

use super::error::{PackError, at};

/// Writes a new file and waits until the disk has it; never overwrites.
pub(super) fn create(path: &Path, bytes: &[u8]) -> Result<(), PackError> {
    let opened = OpenOptions::new().write(true).create_new(true).open(path);
    let mut file = opened.map_err(at(path, "create"))?;
    file.write_all(bytes).and_then(|()| file.sync_all()).map_err(at(path, "write"))
}

/// Waits until the disk has a folder's entries.
#[cfg(unix)]
pub(super) fn sync_folder(path: &Path) -> Result<(), PackError> {
    fs::File::open(path).and_then(|folder| folder.sync_all()).map_err(at(path, "flush the folder"))
}

/// Elsewhere a folder cannot be flushed; the system does it in its own time.
#[cfg(not(unix))]
pub(super) fn sync_folder(_: &Path) -> Result<(), PackError> {
    Ok(())
}

/// [`sync_folder`] for a folder and every folder below, deepest first.
pub(super) fn sync_tree(path: &Path) -> Result<(), PackError> {
    for entry in fs::read_dir(path).map_err(at(path, "list"))? {
        let entry = entry.map_err(at(path, "list"))?;
        if entry.file_type().map_err(at(path, "list"))?.is_dir() {
            sync_tree(&entry.path())?;
        }
    }
    sync_folder(path)
}
