//! Bitbucket pull requests, from Cloud and from Data Center.

mod cloud;
mod commits;
mod server;

use serde_json::{Map, Value};

use super::attempt::{each_record, full_reply};
use super::commit_list::CommitList;
use super::decode::Trouble;
use super::feed::{Container, Feed};
use super::github_accounts::repository;
use super::ingester::{Context, ingester};
use super::sample::Sample;
use super::votes::Votes;
use crate::model::Batch;

ingester! {
    /// Pull requests with who wrote, approved and merged them.
    ///
    /// ## How to make it
    ///
    /// From Cloud, page by page (`&page=2` for the next):
    ///
    /// ```text
    /// curl -u USER 'https://api.bitbucket.org/2.0/repositories/WORKSPACE/REPO/pullrequests?state=MERGED&state=OPEN&state=DECLINED&pagelen=50&fields=%2Bvalues.participants' > pulls.json
    /// for n in $(jq '.values[].id' pulls.json); do
    ///   curl -u USER "https://api.bitbucket.org/2.0/repositories/WORKSPACE/REPO/pullrequests/$n/activity?pagelen=50" >> activity.json
    ///   curl -u USER "https://api.bitbucket.org/2.0/repositories/WORKSPACE/REPO/pullrequests/$n/commits?pagelen=100" | jq -c --argjson n $n '.values[] + {pullrequest: $n}' >> commits.json
    /// done
    /// ```
    ///
    /// From Data Center (`&start=100` for the next page):
    ///
    /// ```text
    /// curl -u USER 'https://HOST/rest/api/1.0/projects/PROJECT/repos/REPO/pull-requests?state=ALL&limit=100' > pulls.json
    /// for n in $(jq '.values[].id' pulls.json); do
    ///   curl -u USER "https://HOST/rest/api/1.0/projects/PROJECT/repos/REPO/pull-requests/$n/activities?limit=1000" | jq -c --argjson n $n '.values[] + {pullrequest: $n}' >> activities.json
    ///   curl -u USER "https://HOST/rest/api/1.0/projects/PROJECT/repos/REPO/pull-requests/$n/commits?limit=1000" | jq -c --argjson n $n '.values[] + {pullrequest: $n}' >> commits.json
    /// done
    /// ```
    ///
    /// `jq` adds the number, which these replies lack; set `repository = "PROJECT/REPO"` for what does
    /// not name its repository. Single pull requests and payloads of webhooks that hold one are read
    /// too.
    ///
    /// ## Fields read
    ///
    /// From Cloud the number, title, state, author, times, branch and repository, `participants`,
    /// `closed_by`, and of the activity `approval`, `changes_requested` and `update`. From Data Center
    /// the same of `fromRef`, `toRef`, `reviewers` and `properties.mergeCommit`, and of the activities
    /// `APPROVED`, `UNAPPROVED`, `REVIEWED` (needs work) and `MERGED`. Of commits their id, parents,
    /// author, committer, times and message.
    ///
    /// An account of Cloud is its `uuid`, one of Data Center its name.
    ///
    /// ## What it proves
    ///
    /// Who opened, approved and merged which change, as Bitbucket recorded it. When, only with the
    /// activity: a list does not say when a pull request of Cloud was merged, nor when anybody
    /// approved. In Data Center a reviewer's status names the commit that was looked at.
    ///
    /// ## What it cannot prove
    ///
    /// On Cloud, the commit that an approval was given for, and approvals taken back since. Cloud
    /// shortens commit ids in pull requests to 12 digits: those join no commit, and only the list of
    /// commits does.
    pub(super) static BITBUCKET_PULLS = "bitbucket-pulls" {
        title: "Bitbucket pull requests",
        system: "bitbucket",
        since: "0.1.0",
        names: &[
            "values", "pagelen", "isLastPage", "nextPageStart", "pullrequest", "pull_request",
            "source", "destination", "participants", "closed_by", "merge_commit", "fromRef",
            "toRef", "reviewers", "createdDate", "closedDate", "close_source_branch", "approval",
        ],
        recognise: recognise,
        read: read,
    }
}

const VALUES: &[&str] = &["values"];

fn recognise(sample: &Sample<'_>) -> Option<Container> {
    if sample.objects(VALUES).iter().any(|object| ours(object)) {
        return Some(Container::Json(VALUES));
    }
    sample.objects(&[]).iter().any(|object| ours(object)).then_some(Container::Json(&[]))
}

fn ours(object: &Map<String, Value>) -> bool {
    let has = |key: &str| object.contains_key(key);
    let is = |key: &str| object.get(key).is_some_and(Value::is_object);
    let any = |keys: &[&str]| keys.iter().any(|key| has(key));
    let request = is("source") && is("destination") && has("state") && has("id");
    let server = is("fromRef") && is("toRef");
    let hook = (is("pullrequest") || is("pullRequest")) && has("actor");
    let activity =
        is("pull_request") && any(&["update", "approval", "comment", "changes_requested"]);
    let step = has("pullrequest") && is("user") && has("action") && has("createdDate");
    let hash = has("hash") && is("author") && has("message") && any(&["parents", "pullrequest"]);
    let id = has("displayId") && is("author") && has("authorTimestamp");
    request || server || hook || activity || step || hash || id
}

/// More commits than this are a history and no pull request.
const MOST: usize = 1000;
/// What replies hold unless asked for more, and at most.
const PAGES: &[u64] = &[10, 25, 50, 100];

fn read(feed: &mut Feed<'_>, context: &Context<'_>, out: &mut Batch) -> Result<(), Trouble> {
    let (mut votes, mut commits, mut untimed) = (Votes::default(), CommitList::default(), false);
    each_record(feed, out, |node, place, out| {
        if node["hash"].is_some() || node["displayId"].is_some() && node["author"].is_some() {
            return commits::commit(node, place, context, &mut commits, out);
        }
        if node["action"].is_some() && node["createdDate"].is_some() {
            return server::activity(node, place, context, &mut votes, out);
        }
        let pull = node.first(&["pullrequest", "pullRequest"]);
        let pull = if pull.is_object() { pull } else { node };
        if pull["fromRef"].is_object() {
            return server::pull(pull, place, context, out);
        }
        if node["pull_request"].is_object() {
            return cloud::activity(node, place, context, &mut votes, out);
        }
        untimed |= pull["state"].text() == Some("MERGED");
        cloud::pull(pull, place, context, out)
    })?;
    if untimed {
        out.gap("when they were merged and approved is not in lists (export the activity)".into());
    }
    if feed.unfinished("/next") || feed.beside("/isLastPage") == Some("false") {
        out.gap("the last page says that there are more (export the next page)".to_owned());
    } else if feed.beside("/isLastPage").is_none() {
        full_reply(PAGES, context, out);
    }
    votes.finish(out);
    commits.join(MOST, out);
    out.numbered();
    Ok(())
}

/// The repository that the source's settings name.
fn set(context: &Context<'_>) -> Result<String, String> {
    let said = context.settings.repository.as_deref().and_then(repository);
    said.ok_or_else(|| {
        "it does not name its repository (set `repository = \"PROJECT/REPO\"` for its source)"
            .to_owned()
    })
}

#[cfg(test)]
mod tests;
