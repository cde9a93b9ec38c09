//! Everything that keeps a chain from being extended.

use std::path::PathBuf;

use crate::model::Digest;

/// Why the earlier packs cannot be followed by this one.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ChainProblem {
    /// The output folder cannot be listed.
    #[error("{0}: cannot be listed: {1}")]
    Unlisted(PathBuf, String),
    /// An earlier pack that does not verify.
    #[error("{folder}: does not verify; restore it from a copy that does: {}", failures.join("; "))]
    Broken {
        /// Its folder.
        folder: String,
        /// What failed.
        failures: Vec<String>,
    },
    /// An earlier pack that is not a folder of its own.
    #[error("{0}: a link to a pack; put the pack's folder itself here")]
    Linked(String),
    /// An archive without the folder it was made from.
    #[error("{0}: an earlier pack's archive without its folder; unpack it here")]
    ArchiveOnly(String),
    /// A number nobody has.
    #[error("pack {0} of the chain is not here; restore its folder")]
    Missing(u32),
    /// A number two packs have.
    #[error("pack {sequence} exists more than once ({}); move away what is no part of the chain", folders.join(", "))]
    Twice {
        /// The number.
        sequence: u32,
        /// The folders with that number.
        folders: Vec<String>,
    },
    /// The slot itself is not usable.
    #[error("the new pack: {0}")]
    Slot(String),
    /// The period is packed already.
    #[error(
        "{label} is packed already in {folder}; to correct it, give --supersedes {sha256} and a --reason"
    )]
    PeriodTaken {
        /// The period.
        label: String,
        /// The folder that has it.
        folder: String,
        /// What to supersede.
        sha256: Digest,
    },
    /// The period begins before the latest one ended.
    #[error(
        "the period begins at {from}, inside or before the latest one, which ends at {latest}; name a --period that begins there, or correct the latest with --supersedes"
    )]
    PeriodOverlap {
        /// Where the new period begins.
        from: String,
        /// Where the latest one ends.
        latest: String,
    },
    /// Time between the packs that nobody explains.
    #[error(
        "nothing covers the time from {latest} until {from}; pack it first, or give the reason for the gap with --gap"
    )]
    PeriodGap {
        /// Where the latest period ends.
        latest: String,
        /// Where the new one begins.
        from: String,
    },
    /// What is to be superseded is unknown, superseded already, or of another period.
    #[error("the pack {sha256} cannot be superseded: {fault}")]
    Supersedes {
        /// The tagmanifest's digest given.
        sha256: Digest,
        /// Fault and cure.
        fault: String,
    },
    /// Somebody else wrote to the output folder meanwhile.
    #[error("the earlier packs changed while this one was being made; make it again")]
    Changed,
}
