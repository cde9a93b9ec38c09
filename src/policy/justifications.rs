//! `justifications.csv`: why an exception was accepted, by whom.

use serde::Serialize;

use crate::model::{Digest, Instant};

/// A written answer to one exception.
#[derive(Clone, Debug, Serialize)]
pub struct Justification {
    /// The exception: `EX-7K3M9Q2R5T`.
    pub exception: String,
    /// Why it was acceptable.
    pub text: String,
    /// Registry id of who wrote it, as written.
    pub author: String,
    /// Registry id of who approved it, as written.
    pub approver: String,
    /// When it was approved.
    pub at: Instant,
    /// What lowered the risk.
    pub compensating_control: Option<String>,
    /// Where it was discussed.
    pub ticket: Option<String>,
    /// First moment at which it no longer holds.
    pub expires: Option<Instant>,
    /// Line of the file.
    pub line: u32,
}

/// All of them.
#[derive(Clone, Debug, Serialize)]
pub struct Justifications {
    /// Digest of the file as written.
    pub digest: Digest,
    /// The justifications, by line.
    pub all: Vec<Justification>,
}
