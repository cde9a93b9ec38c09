//! Replacing a file that people edit too, only if it is still the one that was read.

use std::{
    fs::{self, OpenOptions},
    io::{self, Write as _},
    path::{Path, PathBuf},
};

use anyhow::Context as _;

/// Puts `after` into the place of `before`, in one step: a crash leaves the old file or the new
/// one. `before` is what was read; `None`: there was no file.
///
/// The new file is written beside the old one under a name that only one run can take at a time,
/// so two of them never lose a row. An editor that saves in the very moment between the last look
/// and the renaming is the one case that cannot be seen.
///
/// # Errors
///
/// If the file is no longer what was read, another run is at work, or the disk fails. The file is
/// untouched then.
pub(super) fn replace(path: &Path, before: Option<&[u8]>, after: &[u8]) -> anyhow::Result<()> {
    // A link stays a link: what it leads to is replaced.
    let path = path.canonicalize().unwrap_or_else(|_| path.to_owned());
    let fresh = beside(&path);
    let opened = OpenOptions::new().write(true).create_new(true).open(&fresh);
    let mut file = match opened {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => anyhow::bail!(
            "{}: another run is writing; if none is, remove this file",
            fresh.display()
        ),
        opened => opened.with_context(|| fresh.display().to_string())?,
    };
    let mut write = || -> anyhow::Result<()> {
        file.write_all(after)?;
        if let Ok(meta) = fs::metadata(&path) {
            file.set_permissions(meta.permissions())?;
        }
        file.sync_all()?;
        let now = match fs::read(&path) {
            Ok(bytes) => Some(bytes),
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(error) => return Err(error.into()),
        };
        anyhow::ensure!(now.as_deref() == before, "it was changed meanwhile; run this again");
        fs::rename(&fresh, &path)?;
        Ok(())
    };
    let written = write().with_context(|| path.display().to_string());
    if written.is_err() {
        // What cannot be removed is named by the next run.
        let _ = fs::remove_file(&fresh);
    }
    written
}

fn beside(path: &Path) -> PathBuf {
    let name = path.file_name().map(|name| name.to_string_lossy()).unwrap_or_default();
    path.with_file_name(format!(".{name}.new"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_replaced_only_while_it_is_the_one_that_was_read() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("j.csv");
        replace(&path, None, b"one").unwrap();
        assert!(replace(&path, None, b"two").unwrap_err().to_string().contains("j.csv"));
        replace(&path, Some(b"one"), b"two").unwrap();
        let late = format!("{:#}", replace(&path, Some(b"one"), b"three").unwrap_err());
        assert!(late.ends_with("it was changed meanwhile; run this again"), "{late}");
        assert_eq!(fs::read(&path).unwrap(), b"two");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn one_run_at_a_time() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("j.csv");
        replace(&path, None, b"one").unwrap();
        fs::File::create(beside(&path.canonicalize().unwrap())).unwrap();
        let told = replace(&path, Some(b"one"), b"two").unwrap_err().to_string();
        assert!(told.ends_with("another run is writing; if none is, remove this file"), "{told}");
        assert_eq!(fs::read(&path).unwrap(), b"one");
    }

    #[cfg(unix)]
    #[test]
    fn links_and_permissions_stay() {
        use std::os::unix::fs::{PermissionsExt as _, symlink};
        let folder = tempfile::tempdir().unwrap();
        let (path, link) = (folder.path().join("real.csv"), folder.path().join("j.csv"));
        replace(&path, None, b"one").unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
        symlink(&path, &link).unwrap();
        replace(&link, Some(b"one"), b"two").unwrap();
        assert!(link.symlink_metadata().unwrap().is_symlink());
        assert_eq!(fs::read(&path).unwrap(), b"two");
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o640);
    }
}
