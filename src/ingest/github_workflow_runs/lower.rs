//! From a run, or an approval of one, to records.

use crate::ingest::attempt::Lowered;
use crate::ingest::git_people::{commit_id, is_sha};
use crate::ingest::github_accounts::{User, numbered, repository};
use crate::ingest::ingester::Context;
use crate::ingest::json_tree::Node;
use crate::model::{
    AccountId, Act, Batch, Duty, Link, LinkKind, Place, Subject, SubjectId, SubjectKind,
    SubjectState,
};

/// What a file's runs lack, noted once for the file.
#[derive(Default)]
pub(super) struct Notes {
    actors: bool,
    commits: bool,
}

impl Notes {
    pub(super) fn gaps(&self, out: &mut Batch) {
        if self.actors {
            out.gap("who started the runs was not exported (export with `gh api`)".to_owned());
        }
        if self.commits {
            out.gap("the runs' commits were not exported (add `headSha` to --json)".to_owned());
        }
    }
}

fn subject_id(out: &mut Batch, context: &Context<'_>, repository: &str, run: i64) -> SubjectId {
    out.subject_id(context.system, &format!("{repository}/actions/runs/{run}"))
}

fn set(context: &Context<'_>) -> Option<String> {
    repository(context.settings.repository.as_deref()?)
}

const NO_REPOSITORY: &str =
    "it does not name its repository (set `repository = \"owner/name\"` for its source)";

fn state(node: &Node<'_>) -> Result<SubjectState, String> {
    let said = |name: &str| node[name].text().unwrap_or_default().to_lowercase();
    Ok(match (said("status").as_str(), said("conclusion").as_str()) {
        ("completed", "success") => SubjectState::Done,
        ("completed", "neutral" | "skipped" | "cancelled" | "failure" | "timed_out")
        | ("completed", "action_required" | "stale" | "startup_failure") => SubjectState::Abandoned,
        ("completed", "") => SubjectState::Unknown,
        ("queued" | "in_progress" | "requested" | "waiting" | "pending", _) => SubjectState::Open,
        // `gh` leaves out what was not asked for.
        ("", _) => SubjectState::Unknown,
        _ => return Err("its status and conclusion are none that GitHub documents".to_owned()),
    })
}

/// Lowers a run.
pub(super) fn run(
    node: &Node<'_>,
    place: Place,
    context: &Context<'_>,
    notes: &mut Notes,
    out: &mut Batch,
) -> Result<Lowered, String> {
    let number = node.first(&["id", "databaseId"]).whole().ok_or("it has no id: not a run")?;
    let mut urls = ["html_url", "url"].into_iter().filter_map(|name| node[name].text());
    let said = urls.find_map(|url| numbered(url, &["runs"])).map(|(repository, _)| repository);
    let repository = said.or_else(|| set(context)).ok_or(NO_REPOSITORY)?;
    let state = state(node)?;
    let created = context.maybe_moment(node.first(&["created_at", "createdAt"]))?;
    let started = context.maybe_moment(node.first(&["run_started_at", "startedAt"]))?;
    let updated = context.maybe_moment(node.first(&["updated_at", "updatedAt"]))?;
    let sha = node.first(&["head_sha", "headSha"]).text();
    let id = subject_id(out, context, &repository, number);
    let title = ["display_title", "displayTitle", "name", "workflowName"];
    let subject = Subject {
        state,
        title: out.maybe(node.first(&title).text()),
        url: out.maybe(node.first(&["html_url", "url"]).text()),
        repository: out.maybe(Some(&repository)),
        target: out.maybe(node.first(&["head_branch", "headBranch"]).text()),
        revision: out.maybe(sha.map(str::to_lowercase).as_deref()),
        created,
        done: updated.filter(|_| state == SubjectState::Done),
        updated,
        ..Subject::new(id, SubjectKind::Run)
    };
    out.subject(place, subject);
    notes.commits |= sha.is_none();
    if let Some(sha) = sha.filter(|sha| is_sha(sha)) {
        let to = commit_id(out, context.system, &repository, sha);
        out.link(place, Link { from: id, kind: LinkKind::Executes, to });
    }
    let (first, last) = (&node["actor"], node.first(&["triggering_actor", "actor"]));
    notes.actors |= !last.is_some();
    if node["event"].text() == Some("schedule") || !last.is_some() {
        return Ok(Lowered::Records);
    }
    let execute = |at, by: AccountId| {
        let duty = Duty::Execute;
        Act { to: id, at, duty, by, revision: None, dismissed: false }
    };
    let by = User::of(last).add(out, place, context.system);
    out.act(place, execute(started.or(created), by));
    if first.is_some() && node["run_attempt"].whole() != Some(1) {
        let starter = User::of(first).add(out, place, context.system);
        if starter != by {
            out.act(place, execute(created, starter));
        }
    }
    Ok(Lowered::Records)
}

/// Lowers somebody's decision to let a run into protected environments.
pub(super) fn approval(
    node: &Node<'_>,
    place: Place,
    context: &Context<'_>,
    out: &mut Batch,
) -> Result<Lowered, String> {
    let duty = match node["state"].text() {
        Some("approved") => Duty::Approve,
        Some("rejected") => Duty::Reject,
        Some("pending") => return Ok(Lowered::Nothing("approval that was not given yet")),
        _ => return Err("its state is none that GitHub documents".to_owned()),
    };
    let run = node["run_id"].whole().ok_or("its run_id is no number")?;
    let mut urls = node["environments"].items().iter().filter_map(|e| e["url"].text());
    let said = urls.find_map(|url| {
        let (_, path) = url.split_once("/repos/")?;
        repository(path.split_once("/environments/")?.0)
    });
    let repository = said.or_else(|| set(context)).ok_or(NO_REPOSITORY)?;
    let to = subject_id(out, context, &repository, run);
    let by = User::of(&node["user"]).add(out, place, context.system);
    out.act(place, Act { to, at: None, duty, by, revision: None, dismissed: false });
    Ok(Lowered::Records)
}
