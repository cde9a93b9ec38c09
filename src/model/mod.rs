//! The one normal form: what every export is lowered to before anything is judged.
//!
//! Two nouns, [`Account`] and [`Subject`], and four facts about them: an [`Act`] says who did
//! which duty, a [`Link`] says which subjects are parts of one change, a [`Grant`] says who held
//! which role, a [`Decision`] says what a control allowed or refused. Every record carries the
//! [`Origin`] it was read from. Text is interned, so that a million changes fit in memory.

mod batch;
mod dataset;
mod mapping;
mod origin;
mod period;
mod record;
mod settings;
mod source;
mod symbol;
mod time;

pub use batch::Batch;
pub use dataset::{Dataset, FileFacts, Located};
pub use mapping::{Condition, Field, FieldShape, Gives, Holds, Mapping, RecordMap, TimeFormat};
pub use origin::{Digest, NotADigest, Origin, Place, SourceId};
pub use period::{Period, PeriodError};
pub use record::{
    Account, AccountId, AccountKind, Act, Decision, Duty, Grant, HowKnown, Link, LinkKind, Outcome,
    RoleId, Subject, SubjectId, SubjectKind, SubjectState,
};
pub use settings::{Columns, Settings};
pub use source::{Export, Reject, Source, Tally};
pub use symbol::{Symbol, Symbols};
pub use time::{Instant, TimeError};
