//! Joins the records into cases and persons, and judges them by the rules.
//!
//! [`Context`] holds what every rule may ask: who is who, who held which role when, what belongs
//! to which change. [`Assessment`] holds what the rules found.

mod approval;
mod assessment;
mod branch;
mod case;
mod conflict;
mod context;
mod denial;
mod engine;
mod exception;
mod identity;
mod rebase;
mod reliance;
mod roles;
mod rule;
mod rules;
#[cfg(test)]
pub(crate) mod scene;

pub use approval::{APPROVE, Approval, Approvals, Doubt, Reason};
pub use assessment::{Assessment, RuleCount};
pub use case::Case;
pub use context::{Activity, Context};
pub use denial::{Denial, Strength, denials};
pub use engine::{ChangeFacts, Judgement, Tested, judge};
pub use exception::{Answer, Exception, Status, Weakness};
pub use identity::{Basis, Identities, Identity, Person, Sameness};
use reliance::{Flaw, Worth};
pub use roles::{Held, Proof, Roles, Span};
use rule::rule;
pub use rule::{Class, Evidence, Finding, Need, Rule, Test, Verdict, Who};
pub use rules::RULES;
