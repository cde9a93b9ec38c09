//! What can keep a pack from being made.

use std::{
    io,
    path::{Path, PathBuf},
};

use crate::pack::{chain::ChainProblem, keys::KeyError, name::NameFault};

/// Why a pack or its archive was not made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PackError {
    /// The disk failed, or is full, or forbids.
    #[error("{path}: cannot {action}: {source}")]
    Io {
        /// Where.
        path: PathBuf,
        /// What was tried.
        action: &'static str,
        /// What the system said.
        source: io::Error,
    },
    /// A pack is never overwritten.
    #[error(
        "{0}: exists already and a pack is never overwritten; to correct it give --supersedes and a --reason"
    )]
    Exists(PathBuf),
    /// The name of the pack's folder is taken by what is no pack.
    #[error("{0}: exists already and is no pack; move it away, and the new pack takes its place")]
    Taken(PathBuf),
    /// The name of the pack's archive is taken.
    #[error(
        "{0}: exists already and an archive is never overwritten; move it away, or unpack it beside if it is the only copy of a pack"
    )]
    ArchiveTaken(PathBuf),
    /// A name that may not stand in a pack.
    #[error("the name {name:?} has {fault}")]
    Name {
        /// The name.
        name: String,
        /// What is wrong with it.
        fault: NameFault,
    },
    /// A member outside `data/`.
    #[error("{0:?} lies outside data/; payload belongs there")]
    NotPayload(String),
    /// Members that were begun and not finished, or failed.
    #[error("the members {0:?} were begun but never finished")]
    Unfinished(Vec<String>),
    /// A pack that would show nothing.
    #[error("the pack has no payload; add at least one file under data/")]
    Empty,
    /// Facts about the pack that cannot be written.
    #[error("the pack's description is not usable:\n{}", .0.join("\n"))]
    Plan(Vec<String>),
    /// The earlier packs cannot be extended.
    #[error("the chain of earlier packs cannot be extended:\n{}", lines(.0))]
    Chain(Vec<ChainProblem>),
    /// Signing failed.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// The pack was built and our own verifier refuses it.
    #[error("the new pack does not verify, so it was thrown away:\n{}", .0.join("\n"))]
    SelfCheck(Vec<String>),
    /// A folder that holds more than plain files with safe names.
    #[error("{path}: not fit to be archived:\n{}", problems.join("\n"))]
    Unfit {
        /// The folder.
        path: PathBuf,
        /// All that is wrong.
        problems: Vec<String>,
    },
    /// More than the archive format can hold without its extensions.
    #[error(
        "{path}: {bytes} bytes in {files} files are too much for a zip archive (4 GiB, 65534 files); send the folder with tar instead, it is complete without the archive"
    )]
    TooLarge {
        /// The folder.
        path: PathBuf,
        /// Bytes needed.
        bytes: u64,
        /// Files to hold.
        files: usize,
    },
    /// A file changed while it was copied.
    #[error("{0}: changed while it was being archived; leave the folder alone and try again")]
    Changed(PathBuf),
    /// The archive could not be read back.
    #[error("{path}: the new archive cannot be read back, so it was thrown away: {fault}")]
    Archive {
        /// Where it would be.
        path: PathBuf,
        /// What was found.
        fault: String,
    },
    /// A time stamp that does not belong to the pack's signature.
    #[error("{path}: the time stamp does not fit: {fault}")]
    Timestamp {
        /// The pack's folder.
        path: PathBuf,
        /// Fault and cure.
        fault: String,
    },
}

/// Turns an I/O error into one that says where and during what.
pub(crate) fn at(path: &Path, action: &'static str) -> impl FnOnce(io::Error) -> PackError {
    let path = path.to_owned();
    move |source| PackError::Io { path, action, source }
}

fn lines(problems: &[ChainProblem]) -> String {
    problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}
