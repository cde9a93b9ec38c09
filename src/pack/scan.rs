//! Finding the packs of one chain in an output folder, by what they say and not by their names.

use std::{
    fs::{self, File},
    io::{self, Read},
    path::Path,
};

use super::{BAG_INFO, SIGNATURE, TAGMANIFEST, chain::ChainProblem};

/// Bytes looked at to tell a pack from other folders.
const PEEK: u64 = 256 * 1024;

/// Something in the output folder that is, or says it is, a pack of the chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Candidate {
    /// A folder, not yet verified.
    Pack(String),
    /// A link to a folder.
    Linked(String),
    /// An archive whose folder is not there.
    Archive(String),
}

/// All candidates in the order of their names; a folder that does not exist has none.
pub(super) fn scan(place: &Path, slug: &str) -> Result<Vec<Candidate>, ChainProblem> {
    let unlisted = |fault: io::Error| ChainProblem::Unlisted(place.to_owned(), fault.to_string());
    let entries = match fs::read_dir(place) {
        Ok(entries) => entries,
        Err(fault) if fault.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(fault) => return Err(unlisted(fault)),
    };
    let mut found = Vec::new();
    for entry in entries {
        let entry = entry.map_err(unlisted)?;
        let name = entry.file_name().to_string_lossy().into_owned();
        // Packs never begin with a dot; what does is a build that was cut off
        if name.starts_with('.') {
            continue;
        }
        let kind = entry.file_type().map_err(unlisted)?;
        let path = entry.path();
        if path.is_dir() && says_slug(&path, slug) {
            found.push((
                name.clone(),
                if kind.is_symlink() { Candidate::Linked(name) } else { Candidate::Pack(name) },
            ));
        } else if let Some(stem) = name.strip_suffix(".zip")
            && kind.is_file()
            && !place.join(stem).exists()
            && archive_says_slug(&path, slug)
        {
            found.push((name.clone(), Candidate::Archive(name)));
        }
    }
    found.sort_by(|a, b| a.0.cmp(&b.0));
    Ok(found.into_iter().map(|(_, candidate)| candidate).collect())
}

/// Whether a folder's bag-info names the slug, or is gone from what else looks like a pack of it.
fn says_slug(folder: &Path, slug: &str) -> bool {
    match peek(&folder.join(BAG_INFO)) {
        Some(bytes) => names_slug(&bytes, slug),
        // Without its bag-info a pack must not slip out of the chain unseen
        None => {
            let name = folder.file_name().map(|name| name.to_string_lossy().into_owned());
            name.is_some_and(|name| name.starts_with(slug))
                && [TAGMANIFEST, SIGNATURE].iter().any(|file| folder.join(file).exists())
        }
    }
}

/// Whether an archive begins with the bag-info of a pack of the chain, as all of ours do.
fn archive_says_slug(path: &Path, slug: &str) -> bool {
    peek(path).is_some_and(|bytes| bytes.starts_with(b"PK\x03\x04") && names_slug(&bytes, slug))
}

fn names_slug(bytes: &[u8], slug: &str) -> bool {
    let text = String::from_utf8_lossy(bytes);
    let line = format!("Pack-Series: {slug}");
    text.lines().any(|found| found == line)
}

fn peek(path: &Path) -> Option<Vec<u8>> {
    // A pipe would block for ever when opened
    if !path.metadata().ok()?.is_file() {
        return None;
    }
    let mut bytes = Vec::new();
    File::open(path).ok()?.take(PEEK).read_to_end(&mut bytes).ok()?;
    Some(bytes)
}
