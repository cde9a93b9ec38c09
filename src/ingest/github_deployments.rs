//! GitHub deployments and their statuses: what went into which environment.

use serde_json::{Map, Value};

use super::attempt::{Lowered, each_record, full_reply};
use super::decode::Trouble;
use super::feed::{Container, Feed};
use super::git_people::{commit_id, is_sha};
use super::github_accounts::{User, numbered};
use super::ingester::{Context, ingester};
use super::json_tree::Node;
use super::sample::Sample;
use crate::model::{
    Act, Batch, Duty, Link, LinkKind, Place, Subject, SubjectId, SubjectKind, SubjectState,
};

ingester! {
    /// Deployments with who made them, of which commit, to which environment, and how they ended.
    ///
    /// ## How to make it
    ///
    /// ```text
    /// gh api --paginate 'repos/OWNER/REPO/deployments?per_page=100' > deployments.json
    /// for n in $(jq -r '.[].id' deployments.json); do
    ///   gh api --paginate "repos/OWNER/REPO/deployments/$n/statuses" > statuses-$n.json
    /// done
    /// ```
    ///
    /// Payloads of the webhooks `deployment` and `deployment_status` are read too.
    ///
    /// ## Fields read
    ///
    /// Of a deployment `id`, `url`, `sha`, `environment`, `description` (else `task`), `creator`,
    /// `created_at`; of a status `deployment_url`, `state`, `environment`, `created_at`. The
    /// repository is taken from the addresses.
    ///
    /// A deployment is done from its first status `success`, given up with `failure` or `error`, and
    /// open with any other but `inactive`, which only says that a later one took its place.
    ///
    /// ## What it proves
    ///
    /// Who, or which application, put which commit into which environment, as GitHub recorded it.
    /// The deployment is joined to the pull request whose merge made that commit.
    ///
    /// ## What it cannot prove
    ///
    /// That what runs there is that commit: GitHub records what the deploying program said. Who
    /// started a workflow that deployed is in `github-workflow-runs`; here the creator is then
    /// `github-actions[bot]`. Who approved a protected environment is not exported here.
    pub(super) static GITHUB_DEPLOYMENTS = "github-deployments" {
        title: "GitHub deployments",
        system: "github",
        since: "0.1.0",
        names: &[
            "sha", "ref", "task", "environment", "original_environment", "creator", "statuses_url",
            "deployment_url", "environment_url", "log_url", "transient_environment",
            "production_environment", "deployment_status",
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
    let deployment = |object: &Map<String, Value>| {
        ["statuses_url", "environment", "sha", "task"].iter().all(|key| object.contains_key(*key))
    };
    let status = has("deployment_url") && has("state") && has("environment");
    let inner = object.get("deployment").and_then(Value::as_object);
    // Other webhooks, such as those of jobs, hold a deployment beside what they are about.
    let other = ["workflow_job", "check_run_id", "reviewers"].iter().any(|key| has(key));
    deployment(object) || status || (has("action") && !other && inner.is_some_and(deployment))
}

/// As many items as are on one page, unless asked for others.
const PAGES: &[u64] = &[30, 100];

fn read(feed: &mut Feed<'_>, context: &Context<'_>, out: &mut Batch) -> Result<(), Trouble> {
    each_record(feed, out, |node, place, out| {
        if node["deployment"].is_object() {
            let status = &node["deployment_status"];
            deployment(&node["deployment"], place, context, out)?;
            return if status.is_object() {
                self::status(status, place, context, out)
            } else {
                Ok(Lowered::Records)
            };
        }
        if node["deployment_url"].is_some() {
            status(node, place, context, out)
        } else {
            deployment(node, place, context, out)
        }
    })?;
    full_reply(PAGES, context, out);
    Ok(())
}

/// The repository and the subject of a deployment.
fn identify(
    node: &Node<'_>,
    names: &[&str],
    context: &Context<'_>,
    out: &mut Batch,
) -> Result<(String, SubjectId), String> {
    let mut urls = names.iter().filter_map(|name| node[*name].text());
    let found = urls.find_map(|url| numbered(url, &["deployments"]));
    let (repository, number) = found.ok_or("it has no address of a deployment")?;
    let id = out.subject_id(context.system, &format!("{repository}/deployments/{number}"));
    Ok((repository, id))
}

fn deployment(
    node: &Node<'_>,
    place: Place,
    context: &Context<'_>,
    out: &mut Batch,
) -> Result<Lowered, String> {
    let created = context.moment(&node["created_at"])?;
    let sha = node["sha"].text().filter(|sha| is_sha(sha)).ok_or("its sha is no commit id")?;
    let (repository, id) = identify(node, &["url", "statuses_url"], context, out)?;
    let subject = Subject {
        title: out.maybe(node.first(&["description", "task"]).text()),
        url: out.maybe(node["url"].text()),
        repository: out.maybe(Some(&repository)),
        target: out.maybe(node.first(&["environment", "original_environment"]).text()),
        revision: out.maybe(Some(&sha.to_lowercase())),
        created: Some(created),
        ..Subject::new(id, SubjectKind::Deployment)
    };
    out.subject(place, subject);
    let commit = commit_id(out, context.system, &repository, sha);
    out.link(place, Link { from: id, kind: LinkKind::Executes, to: commit });
    let by = User::of(&node["creator"]).add(out, place, context.system);
    let (at, duty) = (Some(created), Duty::Execute);
    out.act(place, Act { to: id, at, duty, by, revision: None, dismissed: false });
    Ok(Lowered::Records)
}

fn status(
    node: &Node<'_>,
    place: Place,
    context: &Context<'_>,
    out: &mut Batch,
) -> Result<Lowered, String> {
    let state = match node["state"].text() {
        Some("success") => SubjectState::Done,
        Some("failure" | "error") => SubjectState::Abandoned,
        Some("pending" | "queued" | "in_progress" | "waiting") => SubjectState::Open,
        Some("inactive") => {
            return Ok(Lowered::Nothing("status of a deployment that was replaced"));
        }
        _ => return Err("its state is none that GitHub documents".to_owned()),
    };
    let at = context.moment(&node["created_at"])?;
    let (repository, id) = identify(node, &["deployment_url", "url"], context, out)?;
    let subject = Subject {
        state,
        repository: out.maybe(Some(&repository)),
        target: out.maybe(node["environment"].text()),
        done: (state == SubjectState::Done).then_some(at),
        updated: Some(at),
        ..Subject::new(id, SubjectKind::Deployment)
    };
    out.subject(place, subject);
    Ok(Lowered::Records)
}

#[cfg(test)]
mod tests {
    use crate::ingest::Settings;
    use crate::ingest::testing::{Told, told};
    use crate::model::SubjectState;

    const A: &str = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";

    fn read(text: &str) -> Told {
        told(text, &Settings::default())
    }

    fn deployment(creator: &str) -> String {
        format!(
            r#"{{"url":"https://api.github.com/repos/Acme/Pay/deployments/7","id":7,"sha":"{A}",
            "ref":"main","task":"deploy","payload":"{{\"a\":1}}","environment":"production",
            "description":null,"creator":{creator},"created_at":"2026-10-01T09:00:00Z",
            "statuses_url":"https://api.github.com/repos/Acme/Pay/deployments/7/statuses"}}"#
        )
    }

    fn status(state: &str, at: &str) -> String {
        format!(
            r#"{{"id":1,"state":"{state}","environment":"production","created_at":"{at}",
            "creator":{{"login":"reporter","type":"User"}},
            "deployment_url":"https://api.github.com/repos/acme/pay/deployments/7"}}"#
        )
    }

    #[test]
    fn deployments() {
        let told =
            read(&format!("[{}]", deployment(r#"{"login":"github-actions[bot]","type":"Bot"}"#)));
        assert_eq!(told.counts(), [1, 1, 0, 0]);
        let want = "github:github-actions[bot] execute github:acme/pay/deployments/7 \
                    2026-10-01T09:00:00Z";
        assert_eq!(told.acts(), [want]);
        let link = format!("github:acme/pay/deployments/7 executes github:acme/pay@{A}");
        assert_eq!(told.links(), [link]);
        let subject = told.0.subjects()[0].record;
        assert_eq!(told.0.text(subject.target.unwrap()), "production");
        assert_eq!(told.0.text(subject.title.unwrap()), "deploy");
        assert_eq!((subject.state, subject.done), (SubjectState::Unknown, None));
        assert!(read(&deployment("null")).acts()[0].starts_with("github:ghost execute"));
    }

    #[test]
    fn statuses_tell_how_it_ended() {
        let early = status("in_progress", "2026-10-01T09:00:01Z");
        let done = status("success", "2026-10-01T09:00:05Z");
        let later = status("inactive", "2026-10-03T09:00:00Z");
        let told = read(&format!("[{later},{early},{done}]"));
        assert_eq!(told.counts(), [3, 2, 1, 0]);
        let subject = told.0.subjects()[0].record;
        assert_eq!(subject.state, SubjectState::Done);
        assert_eq!(subject.done.unwrap().to_string(), "2026-10-01T09:00:05Z");
        // Whoever reports a status has not deployed.
        assert!(told.acts().is_empty());
        assert!(read(&status("odd", "2026-10-01T09:00:00Z")).rejects()[0].contains("documents"));
    }

    #[test]
    fn webhooks() {
        let hook = format!(
            r#"{{"action":"created","deployment":{},"deployment_status":{}}}"#,
            deployment(r#"{"login":"Ann","type":"User"}"#),
            status("success", "2026-10-01T09:00:05Z")
        );
        let told = read(&hook);
        assert_eq!(told.counts(), [1, 1, 0, 0]);
        assert_eq!(told.0.subjects()[0].record.state, SubjectState::Done);
        assert!(told.acts()[0].starts_with("github:ann execute"));
    }

    #[test]
    fn damaged_records_are_rejected_alone() {
        let good = deployment("null").replace('\n', " ");
        let lines = [
            good.clone(),
            good.replace(A, "main"),
            good.replace("2026-10-01T09:00:00Z", "2026-10-01 09:00"),
            good.replace("/deployments/7", ""),
        ];
        let told = read(&lines.join("\n"));
        assert_eq!(told.counts(), [4, 1, 0, 3]);
        let rejects = told.rejects().join("\n");
        for want in ["no commit id", "no time zone", "no address"] {
            assert!(rejects.contains(want), "{rejects}");
        }
    }
}
