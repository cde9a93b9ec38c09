//! Adding the time stamp that a time-stamping authority gave for a pack's signature.

use std::path::{Path, PathBuf};

use super::{
    SIGNATURE, TIMESTAMP, disk,
    error::{PackError, at},
    timestamp,
};

/// Puts an authority's reply (the bytes of a `.tsr` file) into a sealed pack's folder.
///
/// Only the imprint is checked here; `openssl ts -verify` checks the authority's signature. Write
/// the archive anew afterwards.
///
/// # Errors
/// When the reply is not for this pack's signature, or the pack has a time stamp already.
pub fn attach_timestamp(folder: &Path, reply: &[u8]) -> Result<PathBuf, PackError> {
    let misfit = |fault: String| PackError::Timestamp { path: folder.to_owned(), fault };
    let signature = folder.join(SIGNATURE);
    let signed = std::fs::read(&signature).map_err(at(&signature, "read"))?;
    let stamp = timestamp::read(reply).map_err(misfit)?;
    if !stamp.is_of(&signed) {
        return Err(misfit(format!(
            "it was given for other data than {SIGNATURE}; ask again for that file"
        )));
    }
    let path = folder.join(TIMESTAMP);
    if path.symlink_metadata().is_ok() {
        return Err(PackError::Exists(path));
    }
    disk::create(&path, reply)?;
    disk::sync_folder(folder)?;
    Ok(path)
}
