//! Key files: making a signing key, and loading one as carefully as OpenSSH does.
//!
//! The formats are OpenSSH's own, so that `ssh-keygen`, `ssh-add` and hardware agents work with
//! our keys and we with theirs. A passphrase is never asked for here: the caller supplies it.

use std::{
    io,
    path::{Path, PathBuf},
};

use crate::pack::trust::IdentityFault;

pub(crate) mod agent;
mod generate;
mod load;

pub use self::{
    generate::{Generated, generate},
    load::{load, load_public},
};

/// Why a key could not be made, loaded or used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum KeyError {
    /// A file or socket could not be read or written.
    #[error("{path}: cannot {action}: {source}")]
    Io {
        /// Where.
        path: PathBuf,
        /// What was tried.
        action: &'static str,
        /// What the system said.
        source: io::Error,
    },
    /// A key is never overwritten.
    #[error(
        "{0}: exists already and a key is never overwritten; choose another name or move it away"
    )]
    Exists(PathBuf),
    /// Others can read the private key.
    #[error("{path}: mode {mode:04o} lets others read the private key; run `chmod 600 {path}`")]
    Permissions {
        /// The key file.
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
    },
    /// Not a key in OpenSSH's format.
    #[error("{path}: {fault}")]
    Format {
        /// The key file.
        path: PathBuf,
        /// Fault and cure.
        fault: String,
    },
    /// The passphrase could not be had.
    #[error("{path}: the key is encrypted and its passphrase cannot be had: {source}")]
    NoPassphrase {
        /// The key file.
        path: PathBuf,
        /// What kept the caller from supplying it.
        source: io::Error,
    },
    /// The passphrase does not open the key.
    #[error("{0}: the passphrase does not open this key; try again, or check which key it is for")]
    WrongPassphrase(PathBuf),
    /// The identity cannot be used.
    #[error(transparent)]
    Identity(#[from] IdentityFault),
    /// A kind of key that cannot sign packs.
    #[error(
        "a key of type {0} cannot sign packs; use ed25519 (or ecdsa p-256 and fido keys through ssh-agent)"
    )]
    Unsupported(String),
    /// ssh-agent does not do what is asked.
    #[error("ssh-agent at {socket}: {fault}")]
    Agent {
        /// The agent's socket.
        socket: PathBuf,
        /// Fault and cure.
        fault: String,
    },
    /// Making the signature failed.
    #[error("signing failed: {0}")]
    Signing(String),
}

impl KeyError {
    pub(crate) fn io(path: &Path, action: &'static str) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::Io { path, action, source }
    }
}
