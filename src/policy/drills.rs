//! `drills.csv`: boundary tests that were planned, with the refusal that each is to meet.

use serde::Serialize;

use super::{Pattern, PrincipalId};
use crate::model::{Digest, Instant};

/// What somebody in the right role does in the same window, and is allowed: it shows that the
/// refusal came from the boundary and not from a system that refused everybody.
#[derive(Clone, Debug, Serialize)]
pub struct PositiveControl {
    /// Who does it.
    pub who: PrincipalId,
    /// What they do; `None`: what the drill tries.
    pub action: Option<Pattern>,
    /// What they do it to; `None`: what the drill tries it on.
    pub target: Option<Pattern>,
}

/// A planned attempt to step over a boundary.
#[derive(Clone, Debug, Serialize)]
pub struct Drill {
    /// Its id: `DR-2026-10-01`.
    pub id: String,
    /// Who tries.
    pub who: PrincipalId,
    /// What they try: `aws:s3:PutBucketPolicy`.
    pub action: Pattern,
    /// What they try it on; `None`: anything.
    pub target: Option<Pattern>,
    /// The system's own code of the refusal, exactly; `None`: any.
    pub code: Option<String>,
    /// First moment of its window.
    pub from: Instant,
    /// First moment after its window.
    pub until: Instant,
    /// Who conducts it.
    pub conductor: PrincipalId,
    /// What is to succeed beside it, if that was planned.
    pub control: Option<PositiveControl>,
    /// Line of the file.
    pub line: u32,
}

/// All of them.
#[derive(Clone, Debug, Serialize)]
pub struct Drills {
    /// Digest of the file as written.
    pub digest: Digest,
    /// The drills, by line.
    pub all: Vec<Drill>,
}
