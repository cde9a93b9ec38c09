//! What people write: configuration, policy, registry of principals, justifications, drills, log of
//! the collection.
//!
//! Each file is read to a draft, checked whole, and becomes one of the types here, which cannot be
//! wrong. All problems of all files are shown at once, each with file, line and cure.

mod builtin;
mod builtin_controls;
mod cell;
mod collection;
mod config;
mod drills;
mod justifications;
mod pattern;
mod principals;
mod print;
mod problem;
mod read;
mod rulebook;
mod safeguard;
pub mod scaffold;

pub use cell::{neutralised, restored};
pub use collection::{Collected, Collection};
pub use config::{Config, Output, Signing, SourceConfig};
pub use drills::{Drill, Drills, PositiveControl};
pub use justifications::{Justification, Justifications};
pub use pattern::{Pattern, PatternSet};
pub use principals::{Principal, PrincipalId, PrincipalKind, Principals};
pub use problem::{Problem, Problems};
pub use read::{
    DRILL_COLUMNS, Files, NewJustification, PRINCIPAL_COLUMNS, appended, nearest, utf8,
};
pub use rulebook::{
    Approvals, Capability, IncompatibleDuties, IncompatibleRoles, Owner, Policy, Production,
    Protected, SelfMerge, Severity, SponsorApproval, TicketNeed, Tickets, Tier, Windows,
};
pub use safeguard::{BreakGlass, Control, Grants, Playbook, ReviewLog};
