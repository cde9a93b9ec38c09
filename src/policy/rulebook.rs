//! `policy.toml`: what the organisation separates, and what the roles of its systems mean.

use serde::Serialize;

use super::{BreakGlass, Control, Grants, Pattern, Playbook, ReviewLog};
use crate::model::{Digest, Duty};

/// How bad a violation is.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Ord, PartialOrd, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Severity {
    /// Worth knowing.
    Advisory,
    /// A control is weak.
    Low,
    /// A control did not work as meant.
    Medium,
    /// Duties that must be separate were not.
    High,
}

impl Severity {
    /// Every value, in order.
    pub const ALL: [Self; 4] = [Self::Advisory, Self::Low, Self::Medium, Self::High];

    /// The name in files and tables.
    pub fn name(self) -> &'static str {
        match self {
            Self::Advisory => "advisory",
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
        }
    }
}

/// What an approval of an agent's change by the agent's own sponsor is worth.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum SponsorApproval {
    /// It never counts, and is a violation even where somebody else approved too.
    Never,
    /// Agent and sponsor are one person: it does not count, and is a violation only where nobody
    /// else's approval does.
    CountsAsOne,
    /// The sponsor is a second person.
    Counts,
}

impl SponsorApproval {
    /// Every value, in order.
    pub const ALL: [Self; 3] = [Self::Never, Self::CountsAsOne, Self::Counts];

    /// The name in files and tables.
    pub fn name(self) -> &'static str {
        match self {
            Self::Never => "never",
            Self::CountsAsOne => "counts-as-one",
            Self::Counts => "counts",
        }
    }
}

/// When somebody who wrote a change may merge it.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum SelfMerge {
    /// Always.
    Allowed,
    /// Where as many persons approved as it needs.
    AllowedWhenApproved,
    /// Never.
    Forbidden,
}

impl SelfMerge {
    /// Every value, in order.
    pub const ALL: [Self; 3] = [Self::Allowed, Self::AllowedWhenApproved, Self::Forbidden];

    /// The name in files and tables.
    pub fn name(self) -> &'static str {
        match self {
            Self::Allowed => "allowed",
            Self::AllowedWhenApproved => "allowed-when-approved",
            Self::Forbidden => "forbidden",
        }
    }
}

/// What a change needs before it may be merged.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Approvals {
    /// What a sponsor's approval is worth.
    pub sponsor_approval: SponsorApproval,
    /// Distinct persons who must approve a change that people wrote.
    pub people: u32,
    /// Distinct persons who must approve a change that an agent took part in.
    pub agents: u32,
    /// Whether its authors may merge it.
    pub self_merge: SelfMerge,
}

/// Which changes need a ticket.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum TicketNeed {
    /// None.
    Never,
    /// Those that an agent took part in.
    Agents,
    /// All.
    Always,
}

impl TicketNeed {
    /// Every value, in order.
    pub const ALL: [Self; 3] = [Self::Never, Self::Agents, Self::Always];

    /// The name in files and tables.
    pub fn name(self) -> &'static str {
        match self {
            Self::Never => "never",
            Self::Agents => "agents",
            Self::Always => "always",
        }
    }
}

/// What tickets changes need, and how a change may name its own.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Tickets {
    /// Which changes need one.
    pub required: TicketNeed,
    /// Keys by which a change's title may name its ticket, in capitals: `CHG-*`.
    pub keys: Vec<Pattern>,
}

/// How soon is too soon, and how late is too late.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Windows {
    /// Hours before and after an approval during which its giver must be entitled to approve.
    pub occasional_role_hours: u32,
    /// Minutes after a commit before which an approval of it is hasty.
    pub hasty_approval_minutes: u32,
    /// Days after a period within which its exceptions are to be justified.
    pub justify_within_days: u32,
    /// Days before a playbook is run within which who runs it may not have changed it.
    pub definition_days: u32,
    /// Hours after a control was edited within which who edited it may not profit.
    pub control_weakened_hours: u32,
}

/// Something that roles entitle to, or that actions are a use of.
#[derive(Clone, Debug, Serialize)]
pub struct Capability {
    /// Its name, by which tiers and rules refer to it: `approve`.
    pub name: String,
    /// Roles that entitle to it: `okta:change-approver`.
    pub roles: Vec<Pattern>,
    /// Actions that are a use of it: `aws:s3:PutBucketPolicy`.
    pub actions: Vec<Pattern>,
    /// Resources that those actions must touch; empty: any.
    pub resources: Vec<Pattern>,
    /// Line of `policy.toml`; 0 for a built-in one.
    pub line: u32,
}

impl Capability {
    /// Tells whether an action on a resource is a use of it.
    pub fn is_used_by(&self, action: &str, resource: Option<&str>) -> bool {
        let touches = |r: &str| self.resources.iter().any(|pattern| pattern.matches(r));
        self.actions.iter().any(|pattern| pattern.matches(action))
            && (self.resources.is_empty() || resource.is_some_and(touches))
    }
}

/// A class of principals, with what they may and must not do.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Tier {
    /// Its name, by which the registry refers to it.
    pub name: String,
    /// Names of capabilities that its principals may use.
    pub may: Vec<String>,
    /// Names of capabilities that its principals must never use.
    pub must_not: Vec<String>,
    /// Line of `policy.toml`; 0 for a built-in one.
    pub line: u32,
}

/// Two sets of roles of which no person may hold one each at one time.
#[derive(Clone, Debug, Serialize)]
pub struct IncompatibleRoles {
    /// What people call the conflict.
    pub name: String,
    /// One set.
    pub one: Vec<Pattern>,
    /// The other.
    pub other: Vec<Pattern>,
    /// How bad it is to hold both.
    pub severity: Severity,
    /// Line of `policy.toml`.
    pub line: u32,
}

/// Two duties that no person may do on one change.
#[derive(Clone, Debug, Serialize)]
pub struct IncompatibleDuties {
    /// One of [`SEPARABLE`](Self::SEPARABLE).
    pub one: Duty,
    /// Another of them.
    pub other: Duty,
    /// How bad it is to do both.
    pub severity: Severity,
    /// Line of `policy.toml`; 0 for a built-in one.
    pub line: u32,
}

impl IncompatibleDuties {
    /// The duties that rules keep apart pair by pair.
    pub const SEPARABLE: [Duty; 3] = [Duty::Author, Duty::Approve, Duty::Execute];

    /// Tells whether these are the two, in either order.
    pub fn are(&self, a: Duty, b: Duty) -> bool {
        (self.one, self.other) == (a, b) || (self.one, self.other) == (b, a)
    }
}

/// Environments in which an execution is one in production.
#[derive(Clone, Debug, Serialize)]
pub struct Production {
    /// Environments, inventories or workspaces, by name: `prod*`.
    pub environments: Vec<Pattern>,
    /// Repositories whose revisions are executed there; empty: any.
    pub repositories: Vec<Pattern>,
    /// Line of `policy.toml`.
    pub line: u32,
}

/// Branches on which nothing may land without a reviewed change.
#[derive(Clone, Debug, Serialize)]
pub struct Protected {
    /// Repositories, by name: `acme/*`.
    pub repositories: Vec<Pattern>,
    /// Branches of those: `main`.
    pub branches: Vec<Pattern>,
    /// Line of `policy.toml`.
    pub line: u32,
}

/// Who sees to it that exceptions are answered.
#[derive(Clone, Debug, Serialize)]
pub struct Owner {
    /// Registry id of a human.
    pub principal: String,
    /// Repositories whose exceptions are theirs: `acme/*`.
    pub repositories: Vec<Pattern>,
    /// Tiers whose principals' exceptions are theirs.
    pub tiers: Vec<String>,
    /// Line of `policy.toml`.
    pub line: u32,
}

/// The policy in force, every default filled in.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Policy {
    /// Digest of the file as written.
    pub digest: Digest,
    /// What a change needs.
    pub approvals: Approvals,
    /// What tickets changes need.
    pub tickets: Tickets,
    /// What is too soon or too late.
    pub windows: Windows,
    /// What roles and actions mean.
    pub capabilities: Vec<Capability>,
    /// Classes of principals.
    pub tiers: Vec<Tier>,
    /// Roles that nobody may hold together.
    pub incompatible_roles: Vec<IncompatibleRoles>,
    /// Duties that nobody may do together on one change.
    pub incompatible_duties: Vec<IncompatibleDuties>,
    /// Where an execution is one in production; empty: everywhere.
    pub production: Vec<Production>,
    /// Branches that need review.
    pub protected: Vec<Protected>,
    /// Who sees to exceptions; the first that fits does.
    pub owners: Vec<Owner>,
    /// Playbooks that somebody approved.
    pub playbooks: Vec<Playbook>,
    /// Controls, by the actions that edit them.
    pub controls: Vec<Control>,
    /// What is for emergencies.
    pub break_glass: BreakGlass,
    /// What giving a role needs.
    pub grants: Grants,
    /// What logs tell of reviews.
    pub review_log: ReviewLog,
}

impl Policy {
    /// The capability with this name.
    pub fn capability(&self, name: &str) -> Option<&Capability> {
        self.capabilities.iter().find(|capability| capability.name == name)
    }

    /// The tier with this name.
    pub fn tier(&self, name: &str) -> Option<&Tier> {
        self.tiers.iter().find(|tier| tier.name == name)
    }

    /// How bad it is that one person did both duties on one change; `None`: it is allowed.
    pub fn incompatible(&self, one: Duty, other: Duty) -> Option<Severity> {
        self.incompatible_duties.iter().find(|pair| pair.are(one, other)).map(|pair| pair.severity)
    }

    /// Tells whether `environment` is production for revisions of `repository`. One that is not
    /// known may be.
    pub fn is_production(&self, environment: &str, repository: Option<&str>) -> bool {
        let any = |patterns: &[Pattern], text| patterns.iter().any(|p| p.matches(text));
        self.production.is_empty()
            || self.production.iter().any(|p| {
                any(&p.environments, environment)
                    && (p.repositories.is_empty()
                        || repository.is_none_or(|name| any(&p.repositories, name)))
            })
    }

    /// Patterns of the actions that are evidence although a control allowed them, whoever did them:
    /// edits of controls, changes and runs of playbooks, and reviews as logs record them.
    pub fn watched_actions(&self) -> impl Iterator<Item = &Pattern> {
        let uses = ["execute-playbook", "modify-definition"];
        let uses = uses.into_iter().filter_map(|name| self.capability(name));
        let uses = uses.flat_map(|capability| &capability.actions);
        let controls = self.controls.iter().flat_map(Control::actions);
        uses.chain(controls).chain(&self.review_log.actions)
    }

    /// Tells whether a change is not to be judged, because no entry protects where it was merged. A
    /// repository or branch that is not known may be protected.
    pub fn leaves_out(&self, repository: Option<&str>, branch: Option<&str>) -> bool {
        let (Some(repository), Some(branch)) = (repository, branch) else { return false };
        !self.protected.is_empty() && !self.protects(repository, branch)
    }

    /// Tells whether `branch` of `repository` needs review.
    pub fn protects(&self, repository: &str, branch: &str) -> bool {
        let any = |patterns: &[Pattern], text| patterns.iter().any(|p| p.matches(text));
        self.protected.iter().any(|p| any(&p.repositories, repository) && any(&p.branches, branch))
    }
}
