//! GitHub pull requests, their reviews and commits, from REST, GraphQL, `gh` and webhooks.

mod commits;
mod pulls;
mod record;
mod reviews;

use serde_json::{Map, Value};

use self::commits::Commits;
use self::pulls::Notes;
use self::record::Record;
use super::attempt::full_reply;
use super::decode::Trouble;
use super::error::unparsed;
use super::feed::{Container, Feed};
use super::ingester::{Context, ingester};
use super::sample::Sample;
use crate::model::{Batch, Place};

ingester! {
    /// Pull requests with who wrote, reviewed and merged them.
    ///
    /// ## How to make it
    ///
    /// The shortest way, one file for a repository:
    ///
    /// ```text
    /// gh pr list --state all --limit 100000 --json number,title,url,state,author,createdAt,updatedAt,mergedAt,mergedBy,mergeCommit,headRefOid,baseRefName,reviews,commits > pulls.json
    /// ```
    ///
    /// or from the REST interface, as many files as you like:
    ///
    /// ```text
    /// gh api --paginate 'repos/OWNER/REPO/pulls?state=all&per_page=100' > pulls.json
    /// gh api repos/OWNER/REPO/pulls/N > pull-N.json
    /// gh api --paginate repos/OWNER/REPO/pulls/N/reviews > reviews-N.json
    /// gh api --paginate repos/OWNER/REPO/pulls/N/commits > commits-N.json
    /// ```
    ///
    /// Payloads of the webhooks `pull_request` and `pull_request_review`, and GraphQL replies with
    /// `data.repository.pullRequest` or `data.repository.pullRequests.nodes`, are read too.
    ///
    /// ## Fields read
    ///
    /// Number, address, title, state, author, times, head commit, base branch, merge commit, who
    /// merged; of each review its author, state, time and commit; of each commit its authors,
    /// committer, times, message and parents. `merged_by` is in the reply for a single pull request
    /// only, never in lists.
    ///
    /// A list of commits does not name its pull request. Its newest commit (the one that no other is
    /// built on) is taken to contain the others of the file, and joins the pull request by its head.
    ///
    /// ## What it proves
    ///
    /// Who opened, approved and merged which change, and the commit that each approval was given for,
    /// as GitHub recorded it.
    ///
    /// ## What it cannot prove
    ///
    /// Who typed a commit: its author, committer and co-authors are what the commit claims. A review
    /// in state `DISMISSED` no longer tells whether it was an approval, nor who dismissed it when.
    /// Somebody who was asked to review has not reviewed.
    pub(super) static GITHUB_PULLS = "github-pulls" {
        title: "GitHub pull requests",
        system: "github",
        since: "0.1.0",
        names: &[
            "number", "title", "html_url", "head", "base", "merged_at", "merge_commit_sha",
            "author", "mergedAt", "mergedBy", "reviews", "headRefOid", "baseRefName",
            "pull_request_url", "commit_id", "submitted_at",
        ],
        recognise: recognise,
        read: read,
    }
}

/// Records of a list unasked, and the most that one reply holds.
const REPLIES: &[u64] = &[30, 100];
const NODES: &[&str] = &["data", "repository", "pullRequests", "nodes"];
/// Members of `gh pr --json` that `gh issue --json` does not have.
const ONLY_PULLS: &[&str] = &[
    "baseRefName",
    "baseRefOid",
    "headRefName",
    "headRefOid",
    "headRepository",
    "isDraft",
    "latestReviews",
    "mergeCommit",
    "mergedAt",
    "mergedBy",
    "reviewDecision",
    "reviews",
];

fn recognise(sample: &Sample<'_>) -> Option<Container> {
    if sample.array_at(NODES) {
        return Some(Container::Json(NODES));
    }
    let configured = sample.configured_as(GITHUB_PULLS.id);
    let known = |object: &&Map<String, Value>| ours(object, configured);
    sample.objects(&[]).iter().any(known).then_some(Container::Json(&[]))
}

fn ours(object: &Map<String, Value>, configured: bool) -> bool {
    let has = |key: &str| object.contains_key(key);
    let is = |key: &str| object.get(key).is_some_and(Value::is_object);
    let text = |key: &str| object.get(key).and_then(Value::as_str).unwrap_or_default();
    // A long description may push head and base out of the sample.
    let rest =
        has("number") && ((is("head") && is("base")) || (has("diff_url") && has("patch_url")));
    let review = has("pull_request_url") && has("state") && has("user") && !has("path");
    let commit = has("sha") && is("commit") && has("parents");
    let hook = has("action") && is("pull_request") && !has("comment") && !has("thread");
    let gh = has("number")
        && (configured || ONLY_PULLS.iter().any(|key| has(key)) || text("url").contains("/pull/"));
    let repository = object.get("data").and_then(|data| data.get("repository"));
    let reply = repository.is_some_and(|r| {
        r.get("pullRequest").is_some() || r.pointer("/pullRequests/edges").is_some()
    });
    rest || review || commit || hook || gh || reply
}

fn read(feed: &mut Feed<'_>, context: &Context<'_>, out: &mut Batch) -> Result<(), Trouble> {
    let (mut notes, mut commits) = (Notes::default(), Commits::default());
    while let Some(item) = feed.next(out)? {
        let lowered = match serde_json::from_str::<Record<'_>>(item.text) {
            Ok(record) => lower(&record, item.place, context, &mut notes, &mut commits, out),
            Err(error) => Err(unparsed(&error)),
        };
        match lowered {
            Ok(Lowered::Records) => out.lowered(),
            Ok(Lowered::Nothing(reason)) => out.irrelevant(reason),
            Err(reason) => out.reject(item.place, reason),
        }
    }
    if feed.unfinished("/pullRequests/pageInfo/hasNextPage") || next_page(feed) {
        out.gap("the last page says that there are more (export with --paginate)".to_owned());
    }
    full_reply(REPLIES, context, out);
    notes.gaps(out);
    commits.join(out);
    Ok(())
}

fn next_page(feed: &Feed<'_>) -> bool {
    let info = feed.beside("/pullRequests/pageInfo");
    let info = info.and_then(|json| serde_json::from_str::<Value>(json).ok());
    info.is_some_and(|info| info["hasNextPage"] == true)
}

/// What became of a record.
enum Lowered {
    Records,
    Nothing(&'static str),
}

fn lower(
    record: &Record<'_>,
    place: Place,
    context: &Context<'_>,
    notes: &mut Notes,
    commits: &mut Commits,
    out: &mut Batch,
) -> Result<Lowered, String> {
    if let Some(reply) = &record.data {
        let pull = reply.repository.as_ref().and_then(|r| r.pull_request.as_deref());
        let pull =
            pull.ok_or("the reply holds no pull request (export with `gh pr list --json`)")?;
        return pulls::pull(pull, place, context, notes, out);
    }
    match (&record.pull_request, &record.action) {
        (Some(pull), Some(_)) => reviews::webhook(record, pull, place, context, notes, out),
        (Some(_), None) => Err("it comes from a search and lacks the head commit (export \
                                `repos/OWNER/REPO/pulls`)"
            .to_owned()),
        _ if record.pull_request_url.is_some() => reviews::review(record, place, context, out),
        _ if record.sha.is_some() => commits.add(record, place, context, out),
        _ => pulls::pull(record, place, context, notes, out),
    }
}

#[cfg(test)]
mod tests;
