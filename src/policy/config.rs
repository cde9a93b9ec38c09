//! `sodpack.toml`: the organisation, its sources, its output and its key.

use std::path::PathBuf;

use crate::model::{Digest, Settings};

/// Some files of one export.
#[derive(Clone, Debug)]
pub struct SourceConfig {
    /// File, folder or glob, relative to the configuration's folder.
    pub path: String,
    /// What people say about them.
    pub settings: Settings,
    /// Line of `sodpack.toml`.
    pub line: u32,
}

/// Where packs go and how large their PDF grows.
#[derive(Clone, Debug)]
pub struct Output {
    /// Folder of the packs.
    pub folder: PathBuf,
    /// Rows of a table that the PDF shows before it points to the CSV.
    pub pdf_rows: usize,
    /// Rows of a table that the HTML shows before it points to the CSV.
    pub html_rows: usize,
    /// Folder whose templates replace the built-in ones of the same name.
    pub templates: Option<PathBuf>,
    /// Also write `<pack>.zip`.
    pub archive: bool,
}

/// Who signs, and with what.
#[derive(Clone, Debug)]
pub struct Signing {
    /// The signer's name in `allowed_signers`: `evidence@acme.example`.
    pub identity: String,
    /// OpenSSH private key file.
    pub key: Option<PathBuf>,
    /// Public key file of a key that a running ssh-agent holds.
    pub agent: Option<PathBuf>,
}

/// The checked configuration. Paths are relative to its own folder.
#[derive(Clone, Debug)]
pub struct Config {
    /// Digest of the file as written.
    pub digest: Digest,
    /// The organisation's name.
    pub organisation: String,
    /// Its short name, in folder names: lower-case letters, digits and hyphens.
    pub slug: String,
    /// The zone in which its periods begin.
    pub timezone: chrono_tz::Tz,
    /// The policy file.
    pub policy: PathBuf,
    /// The registry file.
    pub principals: PathBuf,
    /// The justifications file, if there is one.
    pub justifications: Option<PathBuf>,
    /// Whether the file itself names it, so that its absence is an error. Otherwise it is the
    /// default, which need not exist.
    pub justifications_named: bool,
    /// The drills file, if there is one.
    pub drills: Option<PathBuf>,
    /// Whether the file itself names it, as for the justifications.
    pub drills_named: bool,
    /// The log of the collection, which need not exist unless the file names it.
    pub collected: PathBuf,
    /// The sources, as written.
    pub sources: Vec<SourceConfig>,
    /// Where packs go.
    pub output: Output,
    /// Who signs.
    pub signing: Signing,
}
