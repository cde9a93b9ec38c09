//! Joins the records into cases and persons, and judges them by the rules.
//!
//! [`Context`] holds what every rule may ask: who is who, who held which role when, what belongs
//! to which change. [`Assessment`] holds what the rules found.

mod approval;
mod assessment;
mod boundary;
mod branch;
mod case;
mod conflict;
mod context;
mod control;
mod denial;
mod drill;
mod drill_plan;
mod emergency;
mod engine;
mod exception;
mod execution;
mod executor;
mod identity;
mod near_miss;
mod owner;
mod playbook;
mod population;
mod positive_control;
mod preparer;
mod rebase;
mod reliance;
mod review_record;
mod roles;
mod rule;
mod rules;
#[cfg(test)]
pub(crate) mod scene;
mod standing;
mod ticket;
mod unmatched;

pub use approval::{APPROVE, Approval, Approvals, Doubt, Reason};
pub use assessment::{Assessment, RuleCount};
pub use boundary::{Boundary, BoundaryState, boundaries};
pub use case::Case;
pub use context::{Activity, Context};
use control::{Coverage, coverage};
pub use control::{Edit, Effect, Guarded};
pub use denial::{Denial, Strength, denials};
pub use drill::{DrillState, Drilled, drills_of_period};
pub use drill_plan::{Proposal, plan};
pub use emergency::Emergency;
pub use engine::{ChangeFacts, Judgement, Tested, judge};
pub use exception::{Answer, Exception, Status, Weakness, answered, broken_by_answer, weaknesses};
pub use execution::Execution;
pub use identity::{Basis, Identities, Identity, Person, Sameness};
pub use near_miss::{Miss, NearMiss};
pub use owner::{Because, Owner, owner};
pub use playbook::{EXECUTE_PLAYBOOK, MODIFY_DEFINITION, PlaybookUses};
pub use population::{History, Population};
pub use positive_control::Control;
pub use preparer::Preparer;
use reliance::{Flaw, Worth};
pub use review_record::ReviewRecords;
pub use roles::{Held, Proof, Roles, Span};
use rule::rule;
pub use rule::{Class, Evidence, Finding, Need, Rule, Test, Verdict, Who};
pub use rules::RULES;
pub use standing::Standing;
pub use ticket::Ticket;
pub use unmatched::{PolicyCoverage, Uncovered, Unmatched, coverage_of_policy};
