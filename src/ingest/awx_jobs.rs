//! AWX and Ansible Automation Platform: jobs, and the approvals of workflows.

use serde_json::{Map, Value};

use super::attempt::{Lowered, each_record};
use super::decode::Trouble;
use super::feed::{Container, Feed};
use super::ingester::{Context, ingester};
use super::json_tree::Node;
use super::repository_address::{commit_at, repository_at};
use super::sample::Sample;
use crate::model::{
    AccountId, AccountKind, Act, Batch, Duty, Link, LinkKind, Place, Subject, SubjectKind,
    SubjectState,
};

ingester! {
    /// Runs of playbooks with who launched them, and who approved or denied workflows.
    ///
    /// ## How to make it
    ///
    /// ```text
    /// awx jobs list --all --conf.format json > jobs.json
    /// awx workflow_jobs list --all --conf.format json > workflow-jobs.json
    /// awx workflow_approvals list --all --conf.format json > approvals.json
    /// ```
    ///
    /// or from the interface, page by page:
    ///
    /// ```text
    /// curl -u USER 'https://HOST/api/v2/jobs/?page_size=200&created__gte=2026-10-01' > jobs-1.json
    /// ```
    ///
    /// A job names the commit of its project, not the repository: set `repository` for the source to
    /// the address that the project is cloned from, such as `https://github.com/acme/playbooks.git`,
    /// where all jobs of the file are of that project.
    ///
    /// ## Fields read
    ///
    /// `id`, `type`, `name`, `status`, `created`, `started`, `finished`, `scm_revision`, `timed_out`,
    /// and of `summary_fields` `created_by`, `inventory`, `workflow_job`, `source_workflow_job` and
    /// `approved_or_denied_by`.
    ///
    /// Whoever launched a job has executed it; a scheduled one nobody. An approval belongs to the
    /// workflow job that waited for it: `successful` is approved, `failed` denied, unless it timed
    /// out. The time is when it finished.
    ///
    /// ## What it proves
    ///
    /// Who launched which playbook against which inventory, at which commit, and who let a workflow go
    /// on, as AWX recorded it.
    ///
    /// ## What it cannot prove
    ///
    /// What a job changed on the hosts. Who wrote the playbook. Whoever launched a job through a
    /// shared token appears as the token's owner.
    pub(super) static AWX_JOBS = "awx-jobs" {
        title: "AWX jobs",
        system: "awx",
        since: "0.1.0",
        names: &[
            "count", "next", "previous", "results", "type", "summary_fields", "job_type",
            "playbook", "launch_type", "scm_revision", "job_template", "can_approve_or_deny",
            "approval_expiration", "timed_out", "unified_job_template",
        ],
        recognise: recognise,
        read: read,
    }
}

const RESULTS: &[&str] = &["results"];

fn recognise(sample: &Sample<'_>) -> Option<Container> {
    if sample.objects(RESULTS).iter().any(|object| ours(object)) {
        return Some(Container::Json(RESULTS));
    }
    sample.objects(&[]).iter().any(|object| ours(object)).then_some(Container::Json(&[]))
}

/// Kinds of what AWX lists together as jobs.
const KINDS: &[&str] = &[
    "job",
    "workflow_job",
    "workflow_approval",
    "ad_hoc_command",
    "project_update",
    "inventory_update",
    "system_job",
];

fn ours(object: &Map<String, Value>) -> bool {
    let kind = object.get("type").and_then(Value::as_str).unwrap_or_default();
    let has = |key: &str| object.contains_key(key);
    KINDS.contains(&kind) && has("summary_fields") && has("launch_type") && has("status")
}

fn read(feed: &mut Feed<'_>, context: &Context<'_>, out: &mut Batch) -> Result<(), Trouble> {
    let mut unlinked = false;
    each_record(feed, out, |node, place, out| match node["type"].text() {
        Some("job" | "workflow_job" | "ad_hoc_command") => {
            job(node, place, context, &mut unlinked, out)
        }
        Some("workflow_approval") => approval(node, place, context, out),
        Some(kind) if KINDS.contains(&kind) => Ok(Lowered::Nothing("upkeep of AWX itself")),
        _ => Err("it is no job".to_owned()),
    })?;
    if unlinked {
        out.gap(
            "the repository of the jobs' commits is not known (set `repository` for the source to \
             the address that their project is cloned from)"
                .to_owned(),
        );
    }
    if feed.unfinished("/next") {
        out.gap("the last page says that there are more (export the next page)".to_owned());
    }
    Ok(())
}

/// Adds the user in a summary; none where there is none.
fn user(
    node: &Node<'_>,
    name: &str,
    place: Place,
    context: &Context<'_>,
    out: &mut Batch,
) -> Option<AccountId> {
    let user = &node["summary_fields"][name];
    let id = out.account_id(context.system, user["username"].text()?);
    let part = |name: &str| user[name].text().unwrap_or_default();
    let shown = format!("{} {}", part("first_name"), part("last_name"));
    Some(out.account(place, id, AccountKind::Unknown, None, Some(&shown)))
}

fn job(
    node: &Node<'_>,
    place: Place,
    context: &Context<'_>,
    unlinked: &mut bool,
    out: &mut Batch,
) -> Result<Lowered, String> {
    let number = node["id"].whole().ok_or("it has no id")?;
    let state = match node["status"].text() {
        Some("successful") => SubjectState::Done,
        Some("failed" | "error" | "canceled") => SubjectState::Abandoned,
        Some("new" | "pending" | "waiting" | "running") => SubjectState::Open,
        _ => return Err("its status is none that AWX documents".to_owned()),
    };
    let created = context.maybe_moment(&node["created"])?;
    let started = context.maybe_moment(&node["started"])?;
    let finished = context.maybe_moment(&node["finished"])?;
    let kind = node["type"].text().unwrap_or_default();
    let id = out.subject_id(context.system, &format!("{kind}s/{number}"));
    let sha = node["scm_revision"].text();
    let clone = context.settings.repository.as_deref();
    let repository = clone.and_then(repository_at).map(|(_, name)| name);
    let subject = Subject {
        state,
        title: out.maybe(node["name"].text()),
        repository: out.maybe(repository.as_deref().filter(|_| sha.is_some())),
        target: out.maybe(node["summary_fields"]["inventory"]["name"].text()),
        revision: out.maybe(sha.map(str::to_lowercase).as_deref()),
        created,
        done: finished.filter(|_| state == SubjectState::Done),
        updated: context.maybe_moment(&node["modified"])?,
        ..Subject::new(id, SubjectKind::Run)
    };
    out.subject(place, subject);
    if let Some(sha) = sha {
        match clone.and_then(|clone| commit_at(clone, sha, out)) {
            Some(to) => out.link(place, Link { from: id, kind: LinkKind::Executes, to }),
            None => *unlinked = true,
        }
    }
    let scheduled = node["launch_type"].text() == Some("scheduled");
    if let Some(by) = user(node, "created_by", place, context, out).filter(|_| !scheduled) {
        let (at, duty) = (started.or(created), Duty::Execute);
        out.act(place, Act { to: id, at, duty, by, revision: None, dismissed: false });
    }
    Ok(Lowered::Records)
}

fn approval(
    node: &Node<'_>,
    place: Place,
    context: &Context<'_>,
    out: &mut Batch,
) -> Result<Lowered, String> {
    let timed_out = node["timed_out"].flag() == Some(true);
    let duty = match node["status"].text() {
        Some("successful") => Duty::Approve,
        Some("failed") if !timed_out => Duty::Reject,
        Some("failed" | "canceled" | "error" | "new" | "pending" | "waiting" | "running") => {
            return Ok(Lowered::Nothing("approval that nobody gave"));
        }
        _ => return Err("its status is none that AWX documents".to_owned()),
    };
    let at = context.maybe_moment(&node["finished"])?;
    let workflow = node["summary_fields"].first(&["source_workflow_job", "workflow_job"]);
    let number = workflow["id"].whole().ok_or("it does not name its workflow job")?;
    let by = user(node, "approved_or_denied_by", place, context, out);
    let by = by.ok_or("it does not say who approved or denied")?;
    let to = out.subject_id(context.system, &format!("workflow_jobs/{number}"));
    out.act(place, Act { to, at, duty, by, revision: None, dismissed: false });
    Ok(Lowered::Records)
}

#[cfg(test)]
mod tests {
    use crate::ingest::Settings;
    use crate::ingest::testing::{Told, told};
    use crate::model::SubjectState;

    const A: &str = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";

    fn read(text: &str) -> Told {
        let repository = Some("https://github.com/Acme/Playbooks.git".to_owned());
        told(text, &Settings { repository, ..Settings::default() })
    }

    fn job(kind: &str, status: &str, more: &str) -> String {
        format!(
            r#"{{"id":2,"type":"{kind}","name":"Patch","launch_type":"manual",
            "status":"{status}","created":"2026-10-01T09:00:00.344276Z",
            "started":"2026-10-01T09:01:00Z","finished":"2026-10-01T09:02:00Z",
            "scm_revision":"{A}","summary_fields":{{"inventory":{{"name":"prod"}},
            "created_by":{{"id":1,"username":"Ann","first_name":"Ann","last_name":""}}}}{more}}}"#
        )
    }

    #[test]
    fn jobs() {
        let list = [
            job("job", "successful", ""),
            job("workflow_job", "failed", "").replace("manual", "scheduled"),
            job("project_update", "successful", ""),
        ];
        let page = format!(
            r#"{{"count":3,"next":"/api/v2/jobs/?page=2","results":[{}]}}"#,
            list.join(",")
        );
        let told = read(&page);
        assert_eq!(told.counts(), [3, 2, 1, 0]);
        assert_eq!(told.acts(), ["awx:Ann execute awx:jobs/2 2026-10-01T09:01:00Z"]);
        let link = format!("awx:jobs/2 executes github:acme/playbooks@{A}");
        assert_eq!(told.links()[0], link);
        assert_eq!(told.accounts(), ["awx:Ann unknown - Ann"]);
        let subjects: Vec<_> = told.0.subjects().iter().map(|s| s.record.state).collect();
        assert_eq!(subjects, [SubjectState::Done, SubjectState::Abandoned]);
        assert!(told.gaps()[0].contains("next page"));
        let bare = crate::ingest::testing::told(&job("job", "running", ""), &Settings::default());
        assert!(bare.links().is_empty() && bare.gaps()[0].contains("set `repository`"));
    }

    fn approval(status: &str, timed_out: bool) -> String {
        format!(
            r#"{{"id":218,"type":"workflow_approval","name":"a","launch_type":"workflow",
            "status":"{status}","finished":"2026-10-01T09:02:00Z","timed_out":{timed_out},
            "summary_fields":{{"created_by":{{"username":"ann"}},"source_workflow_job":{{"id":216}},
            "approved_or_denied_by":{{"username":"bob"}}}}}}"#
        )
    }

    #[test]
    fn approvals() {
        let list = [
            approval("successful", false),
            approval("failed", false),
            approval("failed", true),
            approval("pending", false),
            approval("odd", false),
            approval("successful", false).replace("approved_or_denied_by", "x"),
        ];
        let told = read(&format!(r#"{{"results":[{}],"next":null}}"#, list.join(",")));
        assert_eq!(told.counts(), [6, 2, 2, 2]);
        assert_eq!(
            told.acts(),
            [
                "awx:bob approve awx:workflow_jobs/216 2026-10-01T09:02:00Z",
                "awx:bob reject awx:workflow_jobs/216 2026-10-01T09:02:00Z",
            ]
        );
    }

    #[test]
    fn damaged_records_are_rejected_alone() {
        let good = job("job", "successful", "").replace('\n', " ");
        let lines = [
            good.clone(),
            good.replace("successful", "great"),
            good.replace("2026-10-01T09:02:00Z", "09:02"),
            good.replace("\"id\":2,", ""),
        ];
        assert_eq!(read(&lines.join("\n")).counts(), [4, 1, 0, 3]);
    }
}
