//! Azure DevOps pull requests, and the threads that tell when who voted.

mod lower;

use serde_json::{Map, Value};

use super::attempt::{each_record, full_reply};
use super::decode::Trouble;
use super::feed::{Container, Feed};
use super::ingester::{Context, ingester};
use super::sample::Sample;
use super::votes::Votes;
use crate::model::Batch;

ingester! {
    /// Pull requests with who wrote, voted on and completed them.
    ///
    /// ## How to make it
    ///
    /// ```text
    /// az repos pr list --repository REPO --status all --top 10000 --output json > pulls.json
    /// for n in $(jq '.[].pullRequestId' pulls.json); do
    ///   az devops invoke --area git --resource pullRequestThreads --route-parameters project=PROJECT repositoryId=REPO pullRequestId=$n --output json >> threads.json
    ///   az devops invoke --area git --resource pullRequests --route-parameters project=PROJECT repositoryId=REPO pullRequestId=$n --query-parameters includeCommits=true --output json >> pulls-with-commits.json
    /// done
    /// ```
    ///
    /// Replies of the REST interface (`{"value": […], "count": n}`), single pull requests and one a
    /// line are read too.
    ///
    /// ## Fields read
    ///
    /// `pullRequestId`, `url`, `title`, `status`, `createdBy`, `creationDate`, `closedBy`,
    /// `closedDate`, `targetRefName`, `repository`, `lastMergeSourceCommit`, `lastMergeCommit`,
    /// `reviewers` with their `vote`, `commits`; of a thread its `properties`, `identities`,
    /// `publishedDate` and address.
    ///
    /// Votes of 10 and 5 (approved, with suggestions) are approvals, -5 and -10 (waits for the author,
    /// rejected) rejections. A group's vote repeats that of one of its members and is not read. A
    /// thread that resets a vote takes back the approval before it.
    ///
    /// An account is its `uniqueName`, which the directory vouches for, else its id. Pull requests are
    /// numbered within the organisation: `azure-devops:acme#12`.
    ///
    /// ## What it proves
    ///
    /// Who opened, approved and completed which change, as Azure DevOps recorded it; when they voted,
    /// with the threads.
    ///
    /// ## What it cannot prove
    ///
    /// The commit that a vote was given for: it is not exported. Who wrote a commit is what the commit
    /// claims. Approvals of releases and pipelines are other exports and are not read.
    pub(super) static AZURE_DEVOPS_PULLS = "azure-devops-pulls" {
        title: "Azure DevOps pull requests",
        system: "azure-devops",
        since: "0.1.0",
        names: &[
            "value", "count", "pullRequestId", "codeReviewId", "createdBy", "creationDate",
            "closedDate", "sourceRefName", "targetRefName", "mergeStatus", "lastMergeCommit",
            "lastMergeSourceCommit", "reviewers", "publishedDate", "properties", "identities",
        ],
        recognise: recognise,
        read: read,
    }
}

/// Where lists stand; the last one in the recorded replies of the vendor's examples.
const ARRAYS: &[&[&str]] = &[&["value"], &["responses", "200", "body", "value"], &["threads"]];

fn recognise(sample: &Sample<'_>) -> Option<Container> {
    for path in ARRAYS {
        if sample.objects(path).iter().any(|object| ours(object)) {
            return Some(Container::Json(path));
        }
    }
    let body = |object: &Map<String, Value>| {
        let body = object.get("responses").and_then(|r| r.pointer("/200/body"));
        body.and_then(Value::as_object).is_some_and(ours)
    };
    let known = |object: &&Map<String, Value>| ours(object) || body(object);
    sample.objects(&[]).iter().any(known).then_some(Container::Json(&[]))
}

fn ours(object: &Map<String, Value>) -> bool {
    let has = |key: &str| object.contains_key(key);
    let pull = has("pullRequestId") && has("creationDate") && has("createdBy");
    let thread = has("publishedDate") && has("comments") && has("properties") && has("isDeleted");
    pull || thread
}

/// What a reply holds unless asked for more.
const PAGES: &[u64] = &[100, 101, 1000];

fn read(feed: &mut Feed<'_>, context: &Context<'_>, out: &mut Batch) -> Result<(), Trouble> {
    let mut votes = Votes::default();
    each_record(feed, out, |node, place, out| {
        let body = &node["responses"]["200"]["body"];
        let node = if body.is_object() { body } else { node };
        if node["publishedDate"].is_some() && !node["pullRequestId"].is_some() {
            lower::thread(node, place, context, &mut votes, out)
        } else {
            lower::pull(node, place, context, out)
        }
    })?;
    full_reply(PAGES, context, out);
    votes.finish(out);
    Ok(())
}

#[cfg(test)]
mod tests;
