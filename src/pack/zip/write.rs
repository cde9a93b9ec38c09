//! Writing the archive of a finished pack's folder, for transport.
//!
//! The archive is streamed: a pack may be larger than memory. It appears under its name only when
//! it was read back and found to hold the very files of the folder.

use std::{
    fs::File,
    io::{self, BufWriter, Read, Seek, SeekFrom, Write},
    path::{Path, PathBuf},
};

use crate::model::Digest;
use crate::pack::{
    digest::{HashingWriter, of_reader},
    disk,
    error::{PackError, at},
    inventory::{Found, Inventory},
    zip::{CENTRAL_LEN, LOCAL_LEN, MAX_MEMBERS, MAX_SIZE, Member, end, read},
};

/// An archive that was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Archive {
    /// Where it is: `<folder>.zip` beside the folder.
    pub path: PathBuf,
    /// SHA-256 of the whole archive.
    pub sha256: Digest,
    /// Its size.
    pub bytes: u64,
}

/// Tells whether the archive of a pack that is yet to be made can have its name.
///
/// # Errors
/// [`PackError::ArchiveTaken`] if something of that name exists.
pub fn archive_free(folder: &Path) -> Result<(), PackError> {
    let mut path = folder.as_os_str().to_owned();
    path.push(".zip");
    let path = PathBuf::from(path);
    match path.symlink_metadata() {
        Ok(_) => Err(PackError::ArchiveTaken(path)),
        Err(_) => Ok(()),
    }
}

/// Writes `<folder>.zip` beside a pack's folder.
///
/// The same folder gives the same bytes. With `replace` an archive of that name is replaced in one
/// step, as is needed after a time stamp came in; otherwise it is refused.
///
/// # Errors
/// When the folder holds anything but plain files with safe names, is too large for the format
/// (4 GiB, 65 534 files), changes meanwhile, or the disk fails. Nothing is left behind then.
pub fn archive(folder: &Path, replace: bool) -> Result<Archive, PackError> {
    let inventory = Inventory::of_folder(folder);
    if !inventory.problems.is_empty() {
        return Err(PackError::Unfit { path: folder.to_owned(), problems: inventory.problems });
    }
    let parent = folder.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let path = parent.join(format!("{}.zip", inventory.folder));
    if !replace && path.symlink_metadata().is_ok() {
        return Err(PackError::ArchiveTaken(path));
    }
    check_limits(folder, &inventory)?;

    let prefix = format!(".{}-", inventory.folder);
    let mut temporary = tempfile::Builder::new()
        .prefix(&prefix)
        .suffix(".zip.partial")
        .permissions_if_unix(0o644)
        .tempfile_in(parent)
        .map_err(at(parent, "create a file"))?;
    write_members(temporary.as_file_mut(), folder, &inventory)?;
    let (sha256, bytes) = read_back(temporary.as_file_mut(), &inventory)
        .map_err(|fault| PackError::Archive { path: path.clone(), fault })?;
    temporary.as_file().sync_all().map_err(at(&path, "write"))?;
    if replace {
        temporary.persist(&path).map_err(|e| at(&path, "put into place")(e.error))?;
    } else {
        temporary.persist_noclobber(&path).map_err(|e| match e.error.kind() {
            io::ErrorKind::AlreadyExists => PackError::ArchiveTaken(path.clone()),
            _ => at(&path, "put into place")(e.error),
        })?;
    }
    disk::sync_folder(parent)?;
    Ok(Archive { path, sha256, bytes })
}

/// A tempfile builder that asks for a mode where modes exist; the umask still applies.
trait PermissionsIfUnix {
    fn permissions_if_unix(&mut self, mode: u32) -> &mut Self;
}

impl PermissionsIfUnix for tempfile::Builder<'_, '_> {
    #[cfg(unix)]
    fn permissions_if_unix(&mut self, mode: u32) -> &mut Self {
        use std::os::unix::fs::PermissionsExt;
        self.permissions(std::fs::Permissions::from_mode(mode))
    }

    #[cfg(not(unix))]
    fn permissions_if_unix(&mut self, _: u32) -> &mut Self {
        self
    }
}

fn check_limits(folder: &Path, inventory: &Inventory) -> Result<(), PackError> {
    let names = |path: &String| 2 * (inventory.folder.len() + 1 + path.len()) as u64;
    let headers = (LOCAL_LEN + CENTRAL_LEN) as u64;
    let total: u64 = inventory.files.iter().map(|(path, f)| f.size + names(path) + headers).sum();
    if total > MAX_SIZE || inventory.files.len() > MAX_MEMBERS {
        return Err(PackError::TooLarge {
            path: folder.to_owned(),
            bytes: total,
            files: inventory.files.len(),
        });
    }
    Ok(())
}

/// Streams all members in order. The checksum stands before the content it is of, so the header is
/// written twice: with a placeholder, and again when the content went through.
fn write_members(file: &mut File, folder: &Path, inventory: &Inventory) -> Result<(), PackError> {
    let mut out = BufWriter::with_capacity(1 << 18, file);
    let wrote = |result: io::Result<()>| result.map_err(at(folder, "write the archive of"));
    let mut offset = 0_u64;
    let mut members = Vec::with_capacity(inventory.files.len());
    for (path, found) in &inventory.files {
        let source = folder.join(path);
        let mut member = Member {
            name: format!("{}/{path}", inventory.folder),
            crc: 0,
            size: narrow(found.size, folder)?,
            offset: narrow(offset, folder)?,
        };
        wrote(out.write_all(&member.local()))?;
        member.crc = copy_member(&source, found, &mut out)?;
        wrote(out.seek(SeekFrom::Start(offset)).map(drop))?;
        wrote(out.write_all(&member.local()))?;
        wrote(out.seek(SeekFrom::End(0)).map(drop))?;
        offset += member.local().len() as u64 + found.size;
        members.push(member);
    }
    let directory: Vec<u8> = members.iter().flat_map(Member::central).collect();
    // check_limits bounds all three
    let closing =
        end(members.len() as u16, narrow(directory.len() as u64, folder)?, narrow(offset, folder)?);
    wrote(
        out.write_all(&directory).and_then(|()| out.write_all(&closing)).and_then(|()| out.flush()),
    )
}

fn narrow(value: u64, folder: &Path) -> Result<u32, PackError> {
    let large = |_| PackError::TooLarge { path: folder.to_owned(), bytes: value, files: 0 };
    u32::try_from(value).map_err(large)
}

/// Copies one file, which must still be what the inventory saw; gives its CRC-32.
fn copy_member(source: &Path, found: &Found, out: &mut impl Write) -> Result<u32, PackError> {
    let file = File::open(source).map_err(at(source, "open"))?;
    let mut through = HashingWriter::new(CheckedWriter { out, crc: crc32fast::Hasher::new() });
    // One byte more than expected would show that the file grew
    io::copy(&mut file.take(found.size + 1), &mut through).map_err(at(source, "copy"))?;
    let (checked, digest, size) = through.finish();
    if (digest, size) != (found.digest, found.size) {
        return Err(PackError::Changed(source.to_owned()));
    }
    Ok(checked.crc.finalize())
}

struct CheckedWriter<'a, W> {
    out: &'a mut W,
    crc: crc32fast::Hasher,
}

impl<W: Write> Write for CheckedWriter<'_, W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.out.write(bytes)?;
        self.crc.update(&bytes[..written]);
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

/// Reads the archive with the strict reader and compares it with the folder.
fn read_back(file: &mut File, inventory: &Inventory) -> Result<(Digest, u64), String> {
    let rewind = |file: &mut File| file.rewind().map_err(|e| e.to_string());
    rewind(file)?;
    let mut same = 0;
    let folder = read::read(&mut *file, |path, size, content| {
        let (digest, _) = of_reader(content)?;
        same +=
            usize::from(inventory.files.get(path).is_some_and(|f| *f == Found { digest, size }));
        Ok(())
    });
    let folder = folder.map_err(|fault| fault.to_string())?;
    if folder != inventory.folder || same != inventory.files.len() {
        return Err("what was written is not what the folder holds".to_owned());
    }
    rewind(file)?;
    of_reader(file).map_err(|e| e.to_string())
}
