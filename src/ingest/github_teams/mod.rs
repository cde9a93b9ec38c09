//! Who belongs to which GitHub organisation, team and repository.

mod lower;
mod record;
mod scope;

use serde_json::{Map, Value};

use self::lower::{Lowered, Place as Where};
use self::record::Record;
use super::attempt::full_reply;
use super::decode::Trouble;
use super::error::unparsed;
use super::feed::{Container, Feed};
use super::ingester::{Context, ingester};
use super::sample::Sample;
use crate::model::{Batch, HowKnown};

ingester! {
    /// Members of teams and organisations, and collaborators of repositories, with their roles.
    ///
    /// ## How to make it
    ///
    /// All teams with their members in one file:
    ///
    /// ```text
    /// gh api graphql --paginate -f org=ORG -f query='query($org:String!,$endCursor:String){organization(login:$org){login teams(first:100,after:$endCursor){nodes{slug combinedSlug members(first:100){totalCount edges{role node{login}}}} pageInfo{hasNextPage endCursor}}}}' > teams.json
    /// ```
    ///
    /// or lists from the REST interface, one file each:
    ///
    /// ```text
    /// gh api --paginate orgs/ORG/teams/TEAM/members > team.json
    /// gh api --paginate 'orgs/ORG/members?role=admin' > admins.json
    /// gh api --paginate repos/OWNER/REPO/collaborators > collaborators.json
    /// ```
    ///
    /// Lists do not name what they are lists of: set `scope` for the source to `team:ORG/TEAM`,
    /// `org:ORG` or `repo:OWNER/REPO`, and `role` where the list has none (`admin` in the second
    /// one). Set `snapshot-at` to when it was exported.
    ///
    /// Single memberships (`orgs/ORG/memberships/USER`), permissions
    /// (`repos/OWNER/REPO/collaborators/USER/permission`), GraphQL
    /// `organization.membersWithRole.edges` and the webhooks `membership`, `member` and
    /// `organization` are read too. Webhooks hold no time: set `snapshot-at` to when they arrived.
    ///
    /// ## Fields read
    ///
    /// Logins and account types, roles, permissions, the names of teams, organisations and
    /// repositories, and for webhooks the action and the sender. The roles are called
    /// `github:team:ORG/TEAM`, for maintainers also `github:team-maintainer:ORG/TEAM`;
    /// `github:org:ORG:member` and `:admin`; and `github:repo:admin`, `:maintain`, `:write`,
    /// `:triage` or `:read`, limited to the repository.
    ///
    /// ## What it proves
    ///
    /// Who held which role at the moment of the export.
    ///
    /// ## What it cannot prove
    ///
    /// Who held it before or after: two exports that agree make it likely for the time between them.
    /// Who gave it: see the organisation's audit log. Members of nested teams are listed with the
    /// parent team, and collaborators include those who have access through a team.
    pub(super) static GITHUB_TEAMS = "github-teams" {
        title: "GitHub members, teams and collaborators",
        system: "github",
        since: "0.1.0",
        names: &[
            "login", "site_admin", "type", "permissions", "role_name", "role", "organization_url",
            "membership", "member", "team", "slug",
        ],
        recognise: recognise,
        read: read,
    }
}

const TEAMS: &[&str] = &["data", "organization", "teams", "nodes"];
const MEMBERS: &[&str] = &["data", "organization", "membersWithRole", "edges"];

fn recognise(sample: &Sample<'_>) -> Option<Container> {
    for path in [TEAMS, MEMBERS] {
        if sample.array_at(path) {
            return Some(Container::Json(path));
        }
    }
    let configured = sample.configured_as(GITHUB_TEAMS.id);
    let known = |object: &&Map<String, Value>| ours(object, configured);
    sample.objects(&[]).iter().any(known).then_some(Container::Json(&[]))
}

fn ours(object: &Map<String, Value>, configured: bool) -> bool {
    let has = |key: &str| object.contains_key(key);
    let is = |key: &str| object.get(key).is_some_and(Value::is_object);
    let text = |key: &str| object.get(key).and_then(Value::as_str).unwrap_or_default();
    // A profile or organisation has a time of creation, an entry of a list has none.
    let listed = has("login") && has("site_admin") && has("type") && !has("created_at");
    let collaborator = has("login") && (is("permissions") || has("role_name"));
    let membership = has("role")
        && has("state")
        && (has("organization_url") || text("url").contains("/memberships/"));
    let permission = has("permission") && is("user");
    let hook = has("action")
        && ((is("member") && (is("team") || is("repository")))
            || (is("membership") && is("organization")));
    listed || collaborator || membership || permission || hook || (configured && has("login"))
}

/// Members of a list unasked, and the most that one reply holds.
const REPLIES: &[u64] = &[30, 100];

fn read(feed: &mut Feed<'_>, context: &Context<'_>, out: &mut Batch) -> Result<(), Trouble> {
    let (mut events, mut cut) = (false, false);
    while let Some(item) = feed.next(out)? {
        // The name of the page's organisation comes from the feed, which a record keeps borrowed.
        let (place, text) = (item.place, item.text.to_owned());
        let org = feed
            .beside("/data/organization/login")
            .and_then(|json| serde_json::from_str::<String>(json).ok());
        let lowered = match serde_json::from_str::<Record<'_>>(&text) {
            Ok(record) => {
                events |= record.action.is_some();
                cut |= record.members.as_ref().is_some_and(|members| !members.whole());
                Where { place, context, org: org.as_deref() }.lower(&record, out)
            }
            Err(error) => Err(unparsed(&error)),
        };
        match lowered {
            Ok(Lowered::Grants) => out.lowered(),
            Ok(Lowered::Nothing(reason)) => out.irrelevant(reason),
            Err(reason) => out.reject(place, reason),
        }
    }
    full_reply(REPLIES, context, out);
    if cut || more_pages(feed) {
        out.gap(
            "some members are on pages that were not exported (export with --paginate, and \
                 teams of more than 100 by themselves)"
                .to_owned(),
        );
    }
    // A list of which nothing could be read must not look like proof that nobody is in it.
    if out.tally().lowered > 0 || out.tally().rejected == 0 {
        let listed = HowKnown::Snapshot(context.settings.snapshot_at);
        out.proves_roles(if events { HowKnown::GrantEvent } else { listed });
    }
    Ok(())
}

fn more_pages(feed: &Feed<'_>) -> bool {
    ["/teams/pageInfo", "/membersWithRole/pageInfo"].iter().any(|end| {
        let info = feed.beside(end).and_then(|json| serde_json::from_str::<Value>(json).ok());
        info.is_some_and(|info| info["hasNextPage"] == true)
    })
}

#[cfg(test)]
mod tests;
