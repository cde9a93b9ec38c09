//! Members of GitLab's groups and projects.

mod lower;

use serde_json::{Map, Value};

use self::lower::Seen;
use super::attempt::{each_record, full_reply};
use super::decode::Trouble;
use super::feed::{Container, Feed};
use super::ingester::{Context, ingester};
use super::roles_held::proves;
use super::sample::Sample;
use crate::model::{Batch, HowKnown};

ingester! {
    /// Members of groups and projects with their access levels, and users, at one moment; and the
    /// hooks that tell of members added, changed and removed.
    ///
    /// ## How to make it
    ///
    /// ```text
    /// glab api --paginate groups/GROUP/members/all > group.json
    /// glab api --paginate projects/PROJECT/members/all > project.json
    /// ```
    ///
    /// `members/all` also lists those who are inherited from groups above. A list does not name what
    /// it is a list of: set `scope` for the source to `group:acme/ops` or `project:acme/pay`, and
    /// `snapshot-at` to when it was exported. A list of users (`users`, as an administrator) gives
    /// their addresses.
    ///
    /// ## Fields read
    ///
    /// `username`, `name`, `email`, `bot`, `access_level`, `member_role.name`, `expires_at`; of hooks
    /// `event_name`, `user_username`, `user_email`, `group_access` or `access_level`, `group_path`,
    /// `project_path_with_namespace`, `created_at` and `updated_at`. `public_email` is what people
    /// like to show and is not read.
    ///
    /// Roles are called `gitlab:group:acme/ops:maintainer`, and `gitlab:project:maintainer` limited to
    /// the project; members with a custom role also hold `gitlab:custom-role:NAME`. Levels without a
    /// known name are called by their number. A bare date has no zone: set `timezone`.
    ///
    /// ## What it proves
    ///
    /// Who had which level when it was exported. Hooks prove when it was given.
    ///
    /// ## What it cannot prove
    ///
    /// Since when somebody has the level: `created_at` is the membership's, and changing the level
    /// leaves it. Hooks of removals do not hold their time: set `snapshot-at` to when they arrived.
    /// Groups that were invited as a whole.
    pub(super) static GITLAB_MEMBERS = "gitlab-members" {
        title: "GitLab members",
        system: "gitlab",
        since: "0.1.0",
        names: &[
            "id", "username", "name", "state", "access_level", "expires_at", "created_by",
            "membership_state", "web_url", "event_name", "user_username", "group_access",
        ],
        recognise: recognise,
        read: read,
    }
}

/// Most members that one reply holds, and as many as it holds unasked.
const REPLIES: &[u64] = &[100, 20];

fn recognise(sample: &Sample<'_>) -> Option<Container> {
    sample.objects(&[]).iter().any(|object| ours(object)).then_some(Container::Json(&[]))
}

fn ours(object: &Map<String, Value>) -> bool {
    let has = |key: &str| object.contains_key(key);
    let text = |key: &str| object.get(key).and_then(Value::as_str).unwrap_or_default();
    let status = has("state") || has("blocked");
    let member = has("access_level") && has("name") && status;
    let membership = has("access_level") && has("source_id") && has("source_type");
    let user = has("username") && has("name") && status && (has("email") || has("web_url"));
    let hook = text("event_name").starts_with("user_") && has("user_id");
    member || membership || user || hook
}

fn read(feed: &mut Feed<'_>, context: &Context<'_>, out: &mut Batch) -> Result<(), Trouble> {
    let mut seen = Seen::default();
    each_record(feed, out, |node, place, out| lower::record(node, place, context, &mut seen, out))?;
    full_reply(REPLIES, context, out);
    if seen.any() {
        out.proves_roles(HowKnown::GrantEvent);
    } else {
        proves(context, out);
    }
    Ok(())
}

#[cfg(test)]
mod tests;
