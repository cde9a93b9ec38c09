//! The shapes of members, teams and collaborators in REST, GraphQL and webhooks.

use serde::Deserialize;

use crate::ingest::github_accounts::User;
use crate::ingest::json_text::Text;

/// Any record of this export.
#[derive(Deserialize)]
pub(super) struct Record<'a> {
    // A member or collaborator: the account itself.
    #[serde(borrow, default)]
    pub(super) login: Option<Text<'a>>,
    #[serde(borrow, default, rename = "type")]
    pub(super) kind: Option<Text<'a>>,
    #[serde(borrow, default)]
    pub(super) role_name: Option<Text<'a>>,
    #[serde(default)]
    pub(super) permissions: Option<Permissions>,

    // A membership, or somebody's permission on a repository.
    #[serde(borrow, default)]
    pub(super) url: Option<Text<'a>>,
    #[serde(borrow, default)]
    pub(super) state: Option<Text<'a>>,
    #[serde(borrow, default)]
    pub(super) role: Option<Text<'a>>,
    #[serde(borrow, default)]
    pub(super) permission: Option<Text<'a>>,
    #[serde(borrow, default)]
    pub(super) user: Option<User<'a>>,
    #[serde(borrow, default)]
    pub(super) organization: Option<Named<'a>>,

    // A webhook.
    #[serde(borrow, default)]
    pub(super) action: Option<Text<'a>>,
    #[serde(borrow, default)]
    pub(super) member: Option<User<'a>>,
    #[serde(borrow, default)]
    pub(super) team: Option<Named<'a>>,
    #[serde(borrow, default)]
    pub(super) repository: Option<Named<'a>>,
    #[serde(borrow, default)]
    pub(super) membership: Option<Box<Self>>,
    #[serde(borrow, default)]
    pub(super) changes: Option<Changes<'a>>,
    #[serde(borrow, default)]
    pub(super) sender: Option<User<'a>>,

    // GraphQL: a team with its members, or a member of an organisation.
    #[serde(borrow, default)]
    pub(super) slug: Option<Text<'a>>,
    #[serde(borrow, default, rename = "combinedSlug")]
    pub(super) combined_slug: Option<Text<'a>>,
    #[serde(borrow, default)]
    pub(super) members: Option<Members<'a>>,
    #[serde(borrow, default)]
    pub(super) node: Option<User<'a>>,
}

/// An organisation, team or repository, by whichever name it has.
#[derive(Deserialize)]
pub(super) struct Named<'a> {
    #[serde(borrow, default)]
    pub(super) login: Option<Text<'a>>,
    #[serde(borrow, default)]
    pub(super) slug: Option<Text<'a>>,
    #[serde(borrow, default)]
    pub(super) full_name: Option<Text<'a>>,
}

/// What a collaborator may do, in replies from before `role_name`.
#[derive(Clone, Copy, Deserialize)]
pub(super) struct Permissions {
    #[serde(default)]
    admin: bool,
    #[serde(default)]
    maintain: bool,
    #[serde(default)]
    push: bool,
    #[serde(default)]
    triage: bool,
    #[serde(default)]
    pull: bool,
}

impl Permissions {
    /// The highest of them, by the name that `role_name` gives it.
    pub(super) fn role(self) -> Option<&'static str> {
        let all = [
            (self.admin, "admin"),
            (self.maintain, "maintain"),
            (self.push, "write"),
            (self.triage, "triage"),
            (self.pull, "read"),
        ];
        all.into_iter().find(|(has, _)| *has).map(|(_, name)| name)
    }
}

/// What a webhook says was changed.
#[derive(Deserialize)]
pub(super) struct Changes<'a> {
    #[serde(borrow, default)]
    pub(super) permission: Option<Change<'a>>,
    #[serde(borrow, default)]
    pub(super) role_name: Option<Change<'a>>,
}

/// The value after a change.
#[derive(Deserialize)]
pub(super) struct Change<'a> {
    #[serde(borrow, default)]
    pub(super) to: Option<Text<'a>>,
}

/// The members of a team, in GraphQL.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Members<'a> {
    #[serde(borrow, default)]
    pub(super) edges: Vec<Edge<'a>>,
    #[serde(borrow, default)]
    pub(super) nodes: Vec<User<'a>>,
    #[serde(default)]
    pub(super) total_count: Option<u64>,
    #[serde(default)]
    pub(super) page_info: Option<PageInfo>,
}

impl Members<'_> {
    /// Whether these are all, as far as the reply says.
    pub(super) fn whole(&self) -> bool {
        let listed = self.edges.len().max(self.nodes.len()) as u64;
        self.total_count.is_none_or(|total| total <= listed)
            && self.page_info.as_ref().is_none_or(|page| !page.has_next_page)
    }
}

/// Whether there are more pages.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct PageInfo {
    #[serde(default)]
    has_next_page: bool,
}

/// A member of a team and their role in it.
#[derive(Deserialize)]
pub(super) struct Edge<'a> {
    #[serde(borrow, default)]
    pub(super) role: Option<Text<'a>>,
    #[serde(borrow, default)]
    pub(super) node: Option<User<'a>>,
}
