//! GitHub's audit log: what branch protection refused, who went around it, and who was given which
//! role.

pub(super) mod lower;
pub(super) mod roles;

use serde_json::{Map, Value};

use self::roles::Seen;
use super::attempt::{each_record, full_reply};
use super::decode::Trouble;
use super::feed::{Container, Feed};
use super::ingester::{Context, ingester};
use super::sample::Sample;
use crate::model::{Batch, HowKnown};

ingester! {
    /// Events of an organisation or enterprise: pushes that branch protection rejected, protections
    /// that were overridden, roles that were given or taken away, every change made by a registered
    /// agent or service, and every action that policy watches.
    ///
    /// ## How to make it
    ///
    /// ```text
    /// gh api --paginate 'orgs/ORG/audit-log?include=all&per_page=100&phrase=created:2026-10-01..2026-10-31' > audit.json
    /// ```
    ///
    /// or `enterprises/ENTERPRISE/audit-log`, the console's JSON export, or the files of audit log
    /// streaming. GitHub keeps the log for 180 days and its Git events for 7, so that pushes need
    /// streaming. The CSV export is not read: it lacks most members.
    ///
    /// ## Fields read
    ///
    /// `action`, `actor`, `actor_is_bot`, `actor_is_agent`, `user`, `org`, `repo`, `team`,
    /// `business`, `branch`, `permission`, `old_permission`, `new_repo_permission`,
    /// `old_repo_permission`, `operation_type`, `programmatic_access_type`, `@timestamp` or
    /// `created_at`, `_document_id`; where a pipeline nests them, the same under `data`. The
    /// action is called as GitHub calls it: `github:repo.destroy`.
    ///
    /// `protected_branch.rejected_ref_update` is a refusal, and so is an `api.request` with status
    /// 403, unless its rate limit was used up. `protected_branch.policy_override`,
    /// `review_policy_override`, `required_status_override`,
    /// `review_policy_and_required_status_override` and `secret_scanning_push_protection.bypass` are
    /// bypasses: they went through, and are no refusals.
    ///
    /// Roles are called as those of `github-teams`: `github:org:ORG:member` and `:admin`,
    /// `github:team:ORG/TEAM`, `github:team-maintainer:ORG/TEAM`, `github:repo:write` limited to the
    /// repository; also `github:org:ORG:moderator` and `github:enterprise:NAME:admin`.
    ///
    /// ## What it proves
    ///
    /// Who went around a protection, and when; what was rejected; when a role was given or taken
    /// away, and by whom.
    ///
    /// ## What it cannot prove
    ///
    /// Which rule refused or was overridden, and what repository rulesets decided: those are rule
    /// suites. Roles given before the log begins. With which permission a collaborator was added, where
    /// the event does not say: that is a gap. Removal from an organisation takes away the roles that
    /// the same file shows being given.
    pub(super) static GITHUB_AUDIT_LOG = "github-audit-log" {
        title: "GitHub audit log",
        system: "github",
        since: "0.1.0",
        names: &[
            "@timestamp", "_document_id", "action", "actor", "actor_id", "actor_ip", "org", "org_id",
            "repo", "user", "created_at", "operation_type", "business", "programmatic_access_type",
        ],
        recognise: recognise,
        read: read,
    }
}

/// Most events that one reply holds.
const REPLIES: &[u64] = &[100];

fn recognise(sample: &Sample<'_>) -> Option<Container> {
    sample.objects(&[]).iter().any(|object| ours(object)).then_some(Container::Json(&[]))
}

fn ours(object: &Map<String, Value>) -> bool {
    let text = |key: &str| object.get(key).is_some_and(Value::is_string);
    let action = object.get("action").and_then(Value::as_str).unwrap_or_default();
    // `category.operation`, in small letters: the actions of webhooks have no category.
    let named = action.split_once('.').is_some_and(|(category, _)| {
        !category.is_empty() && category.bytes().all(|b| b.is_ascii_lowercase() || b == b'_')
    });
    let about = ["org", "repo", "user", "business", "_document_id", "actor_location"];
    let ours = about.iter().any(|key| object.contains_key(*key));
    named && text("actor") && ours
}

fn read(feed: &mut Feed<'_>, context: &Context<'_>, out: &mut Batch) -> Result<(), Trouble> {
    out.logs_edits();
    let mut seen = Seen::default();
    each_record(feed, out, |node, place, out| lower::event(node, place, context, &mut seen, out))?;
    full_reply(REPLIES, context, out);
    if seen.any() {
        out.proves_roles(HowKnown::GrantEvent);
    }
    Ok(())
}

#[cfg(test)]
mod tests;
