//! Gerrit changes, with their patch sets and votes, over ssh and from REST.

mod lower;
mod people;

use serde_json::{Map, Value};

use super::attempt::{Lowered, each_record};
use super::decode::Trouble;
use super::feed::{Container, Feed};
use super::ingester::{Context, ingester};
use super::sample::Sample;
use crate::model::Batch;

ingester! {
    /// Changes with who wrote, uploaded, voted on and submitted them.
    ///
    /// ## How to make it
    ///
    /// ```text
    /// ssh -p 29418 HOST gerrit query --format=JSON --all-approvals --patch-sets --commit-message 'project:PROJECT after:2026-10-01 before:2026-11-01' > changes.json
    /// ```
    ///
    /// or from the REST interface, page by page (`&S=500` for the next):
    ///
    /// ```text
    /// curl -n 'https://HOST/a/changes/?q=project:PROJECT+after:2026-10-01&o=DETAILED_LABELS&o=DETAILED_ACCOUNTS&o=CURRENT_REVISION&o=CURRENT_COMMIT&n=500' > changes.json
    /// ```
    ///
    /// The line `)]}'` before the reply is read over.
    ///
    /// ## Fields read
    ///
    /// Over ssh `project`, `number`, `branch`, `subject`, `url`, `status`, `owner`, `createdOn`,
    /// `lastUpdated`, `commitMessage`, and of each patch set its `revision`, `parents`, `author`,
    /// `uploader`, `createdOn` and `approvals`. From REST `project`, `_number`, `branch`, `subject`,
    /// `status`, `owner`, `created`, `updated`, `submitted`, `submitter`, `labels`,
    /// `current_revision` and `revisions`. Times without a zone are UTC, as Gerrit documents them.
    ///
    /// An account is its username, else its number. A vote of +2 on `Code-Review` is an approval, one
    /// of -1 or -2 a rejection; +1 asks for somebody else's approval and is none. Other labels, such
    /// as `Verified`, say what programs found and are not read. A vote holds for the patch set that
    /// Gerrit lists it on, also if Gerrit copied it there from an earlier one.
    ///
    /// A change is one commit: its newest patch set, which is also what was submitted.
    ///
    /// ## What it proves
    ///
    /// Who owned, uploaded, approved and submitted which change, and on which patch set they voted, as
    /// Gerrit recorded it. Addresses of accounts are confirmed by Gerrit.
    ///
    /// ## What it cannot prove
    ///
    /// Votes that were withdrawn, or that a later patch set cleared, unless all patch sets were
    /// exported. Who wrote a commit is what the commit claims. Merge commits that Gerrit makes on
    /// submitting are not in this export, but in `git log`.
    pub(super) static GERRIT_CHANGES = "gerrit-changes" {
        title: "Gerrit changes",
        system: "gerrit",
        since: "0.1.0",
        names: &[
            "project", "branch", "number", "_number", "change_id", "subject", "owner", "createdOn",
            "lastUpdated", "patchSets", "currentPatchSet", "labels", "current_revision",
            "submitter", "submitted", "_sortkey",
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
    let change = has("project") && has("branch") && has("subject") && has("owner");
    let ssh = has("number") && (has("createdOn") || has("lastUpdated"));
    let rest = has("_number") && has("change_id");
    change && (ssh || rest)
}

fn read(feed: &mut Feed<'_>, context: &Context<'_>, out: &mut Batch) -> Result<(), Trouble> {
    // REST marks the last change of a page, ssh the line after it.
    let mut more = false;
    each_record(feed, out, |node, place, out| {
        more = node.first(&["_more_changes", "moreChanges"]).flag() == Some(true);
        if node["type"].text() == Some("stats") {
            return Ok(Lowered::Nothing("summary of the query"));
        }
        lower::change(node, place, context, out)
    })?;
    if more {
        out.gap("the server says that there are more changes (export the next page)".to_owned());
    }
    Ok(())
}

#[cfg(test)]
mod tests;
