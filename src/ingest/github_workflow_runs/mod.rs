//! GitHub Actions: runs of workflows, and who started and approved them.

mod lower;

use serde_json::{Map, Value};

use super::attempt::{Lowered, each_record};
use super::decode::Trouble;
use super::feed::{Container, Feed};
use super::ingester::{Context, ingester};
use super::sample::Sample;
use crate::model::Batch;

use self::lower::Notes;

ingester! {
    /// Runs of workflows with who started them, on which commit, and how they ended.
    ///
    /// ## How to make it
    ///
    /// Export the workflows that deploy or change production, each in a file of its own. A run of
    /// tests executes nothing in production.
    ///
    /// ```text
    /// gh api --paginate 'repos/OWNER/REPO/actions/workflows/deploy.yml/runs?per_page=100' > runs.json
    /// for n in $(jq -r '.workflow_runs[].id' runs.json); do
    ///   gh api "repos/OWNER/REPO/actions/runs/$n/approvals" | jq -c --argjson n $n '.[] + {run_id: $n}' >> approvals.json
    /// done
    /// ```
    ///
    /// Single runs, all runs of a repository (`actions/runs`), payloads of the webhook
    /// `workflow_run`, and `gh run list --json databaseId,headSha,url,…` are read too. `jq` adds the
    /// run to its approvals, which do not name it; set `repository = "OWNER/REPO"` for their source if
    /// they name no environment's address either.
    ///
    /// ## Fields read
    ///
    /// `id`, `html_url`, `display_title` (else `name`), `event`, `status`, `conclusion`, `head_sha`,
    /// `head_branch`, `created_at`, `run_started_at`, `updated_at`, `actor`, `triggering_actor`,
    /// `run_attempt`; of an approval `user`, `state`, `environments`, `run_id`.
    ///
    /// Whoever triggered the attempt has executed it, and whoever triggered the first one too, where
    /// that was somebody else. Nobody has where the event is `schedule`: GitHub then names whoever
    /// last edited the schedule. A run is done if it completed with `success`, at its last change.
    ///
    /// ## What it proves
    ///
    /// Who or what started which run on which commit, as GitHub recorded it; who let it into a
    /// protected environment. The run is joined to the pull request whose merge made its commit.
    ///
    /// ## What it cannot prove
    ///
    /// What the run did. When an approval was given: GitHub does not export it. Earlier attempts of a
    /// run: only the last one is listed. A run on the event `push` was started by the push, and its
    /// actor is whoever pushed or merged.
    pub(super) static GITHUB_WORKFLOW_RUNS = "github-workflow-runs" {
        title: "GitHub Actions workflow runs",
        system: "github",
        since: "0.1.0",
        names: &[
            "workflow_runs", "total_count", "head_sha", "head_branch", "run_number", "run_attempt",
            "event", "status", "conclusion", "workflow_id", "triggering_actor", "actor",
            "run_started_at", "databaseId", "headSha", "workflowName",
        ],
        recognise: recognise,
        read: read,
    }
}

const RUNS: &[&str] = &["workflow_runs"];

fn recognise(sample: &Sample<'_>) -> Option<Container> {
    if sample.array_at(RUNS) {
        return Some(Container::Json(RUNS));
    }
    sample.objects(&[]).iter().any(|object| ours(object)).then_some(Container::Json(&[]))
}

fn ours(object: &Map<String, Value>) -> bool {
    let has = |key: &str| object.contains_key(key);
    // Events of the audit log have the same members, and an action.
    let run = has("head_sha") && has("run_number") && has("workflow_id") && !has("action");
    let listed = has("databaseId")
        && ["headSha", "workflowName", "workflowDatabaseId"].iter().any(|key| has(key));
    // Other webhooks hold the run beside what they are about.
    let about = ["deployment", "workflow_job", "workflow_job_run"].iter().any(|key| has(key));
    let hook = has("action") && has("workflow_run") && !about;
    let approval = has("run_id") && has("environments") && has("state") && has("user");
    run || listed || hook || approval
}

fn read(feed: &mut Feed<'_>, context: &Context<'_>, out: &mut Batch) -> Result<(), Trouble> {
    let mut notes = Notes::default();
    each_record(feed, out, |node, place, out| {
        if node["workflow_run"].is_object() {
            return lower::run(&node["workflow_run"], place, context, &mut notes, out);
        }
        if node["environments"].is_some() && node["run_id"].is_some() {
            return lower::approval(node, place, context, out);
        }
        if node["head_sha"].is_some() || node["databaseId"].is_some() {
            return lower::run(node, place, context, &mut notes, out);
        }
        Ok(Lowered::Nothing("no run of a workflow"))
    })?;
    let total = feed.beside("/total_count").and_then(|count| count.parse::<u64>().ok());
    if let Some(total) = total.filter(|&total| total > out.tally().items) {
        let items = out.tally().items;
        out.gap(format!("it holds {items} of {total} runs (export with --paginate)"));
    }
    notes.gaps(out);
    Ok(())
}

#[cfg(test)]
mod tests;
