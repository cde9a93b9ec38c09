//! Making what was written survive a crash.

use std::{
    fs::{self, OpenOptions},
    io::Write,
    path::{Path, PathBuf},
};

use crate::pack::error::{PackError, at};

/// How many files are flushed at a time.
const FLUSHERS: usize = 16;

/// Writes a new file and waits until the disk has it; never overwrites.
pub(crate) fn create(path: &Path, bytes: &[u8]) -> Result<(), PackError> {
    let opened = OpenOptions::new().write(true).create_new(true).open(path);
    let mut file = opened.map_err(at(path, "create"))?;
    file.write_all(bytes).and_then(|()| file.sync_all()).map_err(at(path, "write"))
}

/// Waits until the disk has a folder's entries.
#[cfg(unix)]
pub(crate) fn sync_folder(path: &Path) -> Result<(), PackError> {
    fs::File::open(path).and_then(|folder| folder.sync_all()).map_err(at(path, "flush the folder"))
}

/// Elsewhere a folder cannot be flushed; the system does it in its own time.
#[cfg(not(unix))]
pub(crate) fn sync_folder(_: &Path) -> Result<(), PackError> {
    Ok(())
}

/// Waits until the disk has a whole tree: all files, then all folders, the deepest first.
///
/// Flushing waits for the disk and not for the processor: side by side, many small files cost a
/// fraction of the time that one after the other would.
pub(crate) fn sync_tree(root: &Path) -> Result<(), PackError> {
    let (mut folders, mut files) = (vec![root.to_owned()], Vec::new());
    let mut next = 0;
    while let Some(folder) = folders.get(next).cloned() {
        for entry in fs::read_dir(&folder).map_err(at(&folder, "list"))? {
            let entry = entry.map_err(at(&folder, "list"))?;
            let kind = entry.file_type().map_err(at(&folder, "list"))?;
            if kind.is_dir() { folders.push(entry.path()) } else { files.push(entry.path()) }
        }
        next += 1;
    }
    let share = files.len().div_ceil(FLUSHERS).max(1);
    std::thread::scope(|scope| {
        let flush = |part: &'_ [PathBuf]| part.iter().try_for_each(|path| sync_file(path));
        let threads: Vec<_> =
            files.chunks(share).map(|part| scope.spawn(move || flush(part))).collect();
        threads.into_iter().try_for_each(|thread| {
            // A panic in there would be ours; let it go on as one
            thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
        })
    })?;
    folders.iter().rev().try_for_each(|folder| sync_folder(folder))
}

/// Waits until the disk has a file's content.
fn sync_file(path: &Path) -> Result<(), PackError> {
    // Some systems flush only what was opened for writing
    let opened = OpenOptions::new().write(true).open(path);
    opened.and_then(|file| file.sync_all()).map_err(at(path, "flush"))
}
