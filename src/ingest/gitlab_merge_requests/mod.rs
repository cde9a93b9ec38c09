//! GitLab merge requests, their approvals and their commits.

mod lower;

use serde_json::{Map, Value};

use super::attempt::{each_record, full_reply};
use super::commit_list::CommitList;
use super::decode::Trouble;
use super::feed::{Container, Feed};
use super::ingester::{Context, ingester};
use super::sample::Sample;
use crate::model::Batch;

ingester! {
    /// Merge requests with who wrote, approved and merged them.
    ///
    /// ## How to make it
    ///
    /// In a checkout of the project:
    ///
    /// ```text
    /// glab api --paginate 'projects/:id/merge_requests?state=all&per_page=100' > merge-requests.json
    /// for n in $(jq -r '.[].iid' merge-requests.json); do
    ///   glab api "projects/:id/merge_requests/$n/approvals" | jq -c --argjson n $n '. + {iid: $n}' >> approvals.json
    ///   glab api --paginate "projects/:id/merge_requests/$n/commits" > commits-$n.json
    /// done
    /// ```
    ///
    /// Lists, single merge requests, the replies of `approvals` and `approval_state`, and lists of
    /// commits are read. `jq` adds the number, which some editions of GitLab leave out of approvals;
    /// they never name the project: set `repository = "group/project"` for their source.
    ///
    /// ## Fields read
    ///
    /// `iid`, `references.full`, `web_url`, `title`, `state`, `author`, `merge_user` (`merged_by` in
    /// older versions), `created_at`, `updated_at`, `merged_at`, `target_branch`, `sha`,
    /// `merge_commit_sha`, `squash_commit_sha`, `approved_by` with `approved_at`, and
    /// `rules[].approved_by`; of a commit its id, parents, author, committer, times and message.
    ///
    /// The result of a merge is `merge_commit_sha`, else `squash_commit_sha`; where the record has
    /// both and both are null, the branch was moved forward to `sha` itself.
    ///
    /// A list of commits does not name its merge request. Its newest commit (the one that no other is
    /// built on) is taken to contain the others of the file, and joins the merge request by its head.
    ///
    /// Names of access tokens' own users (`project_7_bot_…`, `group_7_bot_…`) mark agents. Of all
    /// others GitLab does not say here whether they are people.
    ///
    /// ## What it proves
    ///
    /// Who opened, approved and merged which change, as GitLab recorded it. The reply with approvals
    /// lists all that hold at the time of the export.
    ///
    /// ## What it cannot prove
    ///
    /// Which commit an approval was given for: GitLab does not export it. When it was given, where
    /// the version is too old to say. Approvals that were withdrawn. People in `approvers`,
    /// `reviewers` or `eligible_approvers` were asked or allowed to approve and are not read.
    pub(super) static GITLAB_MERGE_REQUESTS = "gitlab-merge-requests" {
        title: "GitLab merge requests",
        system: "gitlab",
        since: "0.1.0",
        names: &[
            "iid", "project_id", "title", "state", "merged_at", "source_branch", "target_branch",
            "merge_user", "merge_commit_sha", "squash_commit_sha", "web_url", "approved_by",
            "approvals_required", "approvals_left", "short_id", "parent_ids",
        ],
        recognise: recognise,
        read: read,
    }
}

fn recognise(sample: &Sample<'_>) -> Option<Container> {
    sample.objects(&[]).iter().any(|object| ours(object)).then_some(Container::Json(&[]))
}

fn ours(object: &Map<String, Value>) -> bool {
    let has = |key: &str| object.contains_key(key);
    let request = has("iid") && has("source_branch") && has("target_branch");
    let left = ["approvals_required", "approvals_left", "user_has_approved"];
    let approvals = has("approved_by") && left.iter().any(|key| has(key));
    let rules = has("approval_rules_overwritten") && has("rules");
    let commit = has("short_id") && has("parent_ids") && has("author_email");
    request || approvals || rules || commit
}

/// As many items as are on one page, unless asked for fewer.
const PAGES: &[u64] = &[20, 100];
/// More commits than this are a history and no merge request.
const MOST: usize = 1000;

fn read(feed: &mut Feed<'_>, context: &Context<'_>, out: &mut Batch) -> Result<(), Trouble> {
    let mut commits = CommitList::default();
    each_record(feed, out, |node, place, out| {
        if node["short_id"].is_some() {
            lower::commit(node, place, context, &mut commits, out)
        } else {
            lower::request(node, place, context, out)
        }
    })?;
    full_reply(PAGES, context, out);
    commits.join(MOST, out);
    out.numbered();
    Ok(())
}

#[cfg(test)]
mod tests;
