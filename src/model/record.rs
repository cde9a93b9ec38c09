//! The nouns and facts of the normal form.
//!
//! All of them are small copies of integers: text lives in [`Symbols`](super::Symbols).

use super::{Instant, Symbol};

macro_rules! id {
    ($(#[doc = $doc:literal])+ $name:ident) => {
        $(#[doc = $doc])+
        #[derive(Clone, Copy, Debug, Eq, PartialEq, Ord, PartialOrd, Hash)]
        pub struct $name(pub Symbol);
    };
}

id! {
    /// An account in one system, written `system:local`: `github:ann`, `okta:ann@acme.example`.
    AccountId
}
id! {
    /// Something a duty is done to, written `system:local`: `github:acme/pay#12`.
    SubjectId
}
id! {
    /// A role in one system, written `system:local`: `okta:change-approver`.
    RoleId
}

macro_rules! names {
    ($(#[doc = $doc:literal])+ $name:ident { $($(#[doc = $vdoc:literal])+ $variant:ident = $text:literal,)+ }) => {
        $(#[doc = $doc])+
        #[derive(Clone, Copy, Debug, Eq, PartialEq, Ord, PartialOrd, Hash)]
        pub enum $name {
            $($(#[doc = $vdoc])+ $variant,)+
        }

        impl $name {
            /// Every value, in order.
            pub const ALL: &[Self] = &[$(Self::$variant),+];

            /// The name in files and tables.
            pub fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $text,)+
                }
            }

            /// The value with this name.
            pub fn named(name: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|value| value.name() == name)
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.name())
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.name())
            }
        }
    };
}

names! {
    /// What an account is, as its own system says.
    AccountKind {
        /// A person.
        Human = "human",
        /// An AI agent or bot that acts by itself.
        Agent = "agent",
        /// A program that runs what people told it to.
        Service = "service",
        /// The system does not say.
        Unknown = "unknown",
    }
}

names! {
    /// What kind of thing a duty is done to.
    SubjectKind {
        /// A proposed change to code: pull request, merge request.
        Change = "change",
        /// A commit.
        Commit = "commit",
        /// A change ticket.
        Ticket = "ticket",
        /// A run of a pipeline or playbook.
        Run = "run",
        /// A release into an environment.
        Deployment = "deployment",
        /// A playbook or other approved definition.
        Playbook = "playbook",
        /// A request for access.
        AccessGrant = "access-grant",
    }
}

names! {
    /// How far a subject has come.
    SubjectState {
        /// Not decided yet.
        Open = "open",
        /// In effect: merged, deployed, done.
        Done = "done",
        /// Given up.
        Abandoned = "abandoned",
        /// The export does not say.
        Unknown = "unknown",
    }
}

names! {
    /// One of the duties that are kept apart.
    Duty {
        /// Asked for it.
        Request = "request",
        /// Wrote it, alone or with others.
        Author = "author",
        /// Recorded what others wrote: a commit's committer.
        Commit = "commit",
        /// Approved it.
        Approve = "approve",
        /// Refused it, or asked for changes.
        Reject = "reject",
        /// Took somebody's approval away.
        Dismiss = "dismiss",
        /// Put it on the protected branch.
        Merge = "merge",
        /// Ran it, or put it into production.
        Execute = "execute",
        /// Gave a role.
        Grant = "grant",
        /// Took a role away.
        Revoke = "revoke",
        /// Went around a control.
        Bypass = "bypass",
        /// Looked at it: after the fact or, where it was dismissed since, with a result that its export
        /// no longer tells.
        Review = "review",
    }
}

names! {
    /// Why two subjects are parts of one change.
    LinkKind {
        /// A commit and its first parent: what the branch was before it.
        FirstParent = "first-parent",
        /// A commit and a further parent: what was merged into the branch.
        OtherParent = "other-parent",
        /// A change and the newest of its commits.
        Head = "head",
        /// A change and a commit that it proposes.
        Contains = "contains",
        /// A change and the commit that it became on the branch.
        MergedAs = "merged-as",
        /// A ticket and the change that answers it.
        Answers = "answers",
        /// A run or deployment and what it executed.
        Executes = "executes",
    }
}

names! {
    /// What a control decided.
    Outcome {
        /// It let the action through.
        Allowed = "allowed",
        /// It refused.
        Denied = "denied",
        /// It was overridden.
        Bypassed = "bypassed",
        /// The record does not say.
        Unknown = "unknown",
    }
}

/// An account, as its own system describes it.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Ord, PartialOrd, Hash)]
pub struct Account {
    /// The account.
    pub id: AccountId,
    /// What it is.
    pub kind: AccountKind,
    /// Address that the system itself vouches for, in lower case.
    pub email: Option<Symbol>,
    /// Name as people see it.
    pub name: Option<Symbol>,
}

/// Something a duty is done to.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Ord, PartialOrd)]
pub struct Subject {
    /// The subject.
    pub id: SubjectId,
    /// What kind of thing it is.
    pub kind: SubjectKind,
    /// How far it has come.
    pub state: SubjectState,
    /// What people call it.
    pub title: Option<Symbol>,
    /// Where people open it.
    pub url: Option<Symbol>,
    /// The repository or project it belongs to: `acme/pay`.
    pub repository: Option<Symbol>,
    /// The branch or environment it goes to.
    pub target: Option<Symbol>,
    /// The revision that it now stands for: a commit id.
    pub revision: Option<Symbol>,
    /// When it was made.
    pub created: Option<Instant>,
    /// When it came into effect.
    pub done: Option<Instant>,
    /// When its own system last changed it.
    pub updated: Option<Instant>,
    /// The export lists this subject's reviews completely, so that none listed means none given.
    pub reviews_listed: bool,
}

impl Subject {
    /// A subject of which only its id and kind are known.
    pub fn new(id: SubjectId, kind: SubjectKind) -> Self {
        Self {
            id,
            kind,
            state: SubjectState::Unknown,
            title: None,
            url: None,
            repository: None,
            target: None,
            revision: None,
            created: None,
            done: None,
            updated: None,
            reviews_listed: false,
        }
    }
}

/// An account did a duty to a subject.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Ord, PartialOrd)]
pub struct Act {
    /// What it was done to.
    pub to: SubjectId,
    /// When it was done, if the export says.
    pub at: Option<Instant>,
    /// The duty.
    pub duty: Duty,
    /// The account that did it.
    pub by: AccountId,
    /// For an approval or rejection, the revision that the reviewer saw.
    pub revision: Option<Symbol>,
    /// The system shows this approval as dismissed since, without saying by whom or when.
    pub dismissed: bool,
}

/// Two subjects are parts of one change.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Ord, PartialOrd)]
pub struct Link {
    /// The one that the kind names first.
    pub from: SubjectId,
    /// What says so.
    pub kind: LinkKind,
    /// The other.
    pub to: SubjectId,
}

/// How a grant is known.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Ord, PartialOrd)]
pub enum HowKnown {
    /// The export gives the time from which and until which it was held.
    Interval,
    /// A log entry of its being given at `from`.
    GrantEvent,
    /// A log entry of its being taken away at `until`.
    RevokeEvent,
    /// The export lists it as held at this moment, or at an unknown one.
    Snapshot(Option<Instant>),
}

/// An account held a role.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Ord, PartialOrd)]
pub struct Grant {
    /// The account that held it.
    pub holder: AccountId,
    /// The role.
    pub role: RoleId,
    /// What it is limited to: a repository, account or environment. `None`: not limited.
    pub scope: Option<Symbol>,
    /// When it began, if known.
    pub from: Option<Instant>,
    /// When it ended (exclusive), if it did.
    pub until: Option<Instant>,
    /// Who gave it.
    pub granted_by: Option<AccountId>,
    /// How it is known.
    pub known: HowKnown,
}

/// A control decided on an attempt.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Ord, PartialOrd)]
pub struct Decision {
    /// When it decided.
    pub at: Instant,
    /// Who tried.
    pub actor: AccountId,
    /// What they tried, with the system first: `aws:s3:PutBucketPolicy`.
    pub action: Symbol,
    /// What they tried it on.
    pub resource: Option<Symbol>,
    /// What the control decided.
    pub outcome: Outcome,
    /// The system's own code: `AccessDenied`. For what it allowed, through which kind of token or
    /// application, where it says so.
    pub code: Option<Symbol>,
    /// The control that decided, as far as the record says: `identity-based policy`.
    pub control: Option<Symbol>,
    /// The system's own words.
    pub message: Option<Symbol>,
    /// The system's id of the event, by which twins are told apart.
    pub request: Option<Symbol>,
}
