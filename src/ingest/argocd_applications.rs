//! Argo CD applications: which revision was deployed where, and who started it.

use serde_json::{Map, Value};

use super::attempt::{Lowered, each_record};
use super::decode::Trouble;
use super::feed::{Container, Feed};
use super::ingester::{Context, ingester};
use super::json_tree::Node;
use super::repository_address::{commit_at, repository_at};
use super::sample::Sample;
use crate::model::{
    AccountKind, Act, Batch, Duty, Link, LinkKind, Place, Subject, SubjectKind, SubjectState,
};

ingester! {
    /// Deployments from the history of each application.
    ///
    /// ## How to make it
    ///
    /// ```text
    /// kubectl get applications.argoproj.io --all-namespaces --output json > applications.json
    /// ```
    ///
    /// `argocd app list --output json` and `argocd app get APP --output json` are read too.
    ///
    /// ## Fields read
    ///
    /// `metadata.name`, `metadata.namespace`, `spec.destination`, `spec.revisionHistoryLimit`, of each
    /// entry of `status.history` its `id`, `revision`, `source.repoURL`, `deployStartedAt`,
    /// `deployedAt` and `initiatedBy`, and of the newest one, where its entry does not say who started
    /// it, `status.operationState`.
    ///
    /// A deployment goes to the cluster and namespace of the application's destination. Where Argo CD
    /// synchronised by itself (`automated`), nobody has executed it.
    ///
    /// ## What it proves
    ///
    /// Which commit Argo CD put into which cluster, when, and who started it by hand. The deployment
    /// is joined to the pull request whose merge made that commit, where the repository is on
    /// github.com, gitlab.com, bitbucket.org or dev.azure.com.
    ///
    /// ## What it cannot prove
    ///
    /// Anything before the oldest entry: an application keeps its last 10 deployments, unless
    /// `revisionHistoryLimit` says otherwise. Who started earlier ones, before Argo CD 2.8. What was
    /// changed in the cluster without Argo CD.
    pub(super) static ARGOCD_APPLICATIONS = "argocd-applications" {
        title: "Argo CD applications",
        system: "argocd",
        since: "0.1.0",
        names: &["items", "apiVersion", "kind", "metadata", "spec", "status", "operation"],
        recognise: recognise,
        read: read,
    }
}

const ITEMS: &[&str] = &["items"];

fn recognise(sample: &Sample<'_>) -> Option<Container> {
    if sample.objects(ITEMS).iter().any(|object| ours(object)) {
        return Some(Container::Json(ITEMS));
    }
    sample.objects(&[]).iter().any(|object| ours(object)).then_some(Container::Json(&[]))
}

fn ours(object: &Map<String, Value>) -> bool {
    let text = |key: &str| object.get(key).and_then(Value::as_str).unwrap_or_default();
    if !text("apiVersion").is_empty() {
        return text("kind") == "Application" && text("apiVersion").starts_with("argoproj.io/");
    }
    // The command-line tool leaves kind and version out.
    let spec = |key: &str| object.get("spec").is_some_and(|spec| spec.get(key).is_some());
    object.contains_key("metadata") && spec("destination") && (spec("source") || spec("sources"))
}

fn read(feed: &mut Feed<'_>, context: &Context<'_>, out: &mut Batch) -> Result<(), Trouble> {
    let mut notes = Notes::default();
    each_record(feed, out, |node, place, out| application(node, place, context, &mut notes, out))?;
    for (lacks, gap) in [
        (notes.full, "some applications keep no older deployments than those exported"),
        (notes.nobody, "who started some deployments is not in their history"),
        (notes.elsewhere, "some repositories are on no host that tells their system"),
    ] {
        if lacks {
            out.gap(gap.to_owned());
        }
    }
    Ok(())
}

/// What a file's applications lack, noted once for the file.
#[derive(Default)]
struct Notes {
    full: bool,
    nobody: bool,
    elsewhere: bool,
}

/// As many deployments as an application keeps unless told otherwise.
const KEPT: i64 = 10;

fn application(
    node: &Node<'_>,
    place: Place,
    context: &Context<'_>,
    notes: &mut Notes,
    out: &mut Batch,
) -> Result<Lowered, String> {
    let name = node["metadata"]["name"].text().ok_or("it has no name")?;
    let name = match node["metadata"]["namespace"].text() {
        Some(namespace) => format!("{namespace}/{name}"),
        None => name.to_owned(),
    };
    let history = node["status"]["history"].items();
    if history.is_empty() {
        return Ok(Lowered::Nothing("application that was never deployed"));
    }
    // All of them are read before any is added.
    let times = history.iter().map(|entry| {
        let id = entry["id"].whole().ok_or("a deployment has no id")?;
        let started = context.maybe_moment(&entry["deployStartedAt"])?;
        Ok((id, started, context.moment(&entry["deployedAt"])?))
    });
    let times: Vec<_> = times.collect::<Result<_, String>>()?;
    let newest = times.iter().map(|(id, ..)| *id).max();
    let kept = node["spec"]["revisionHistoryLimit"].whole().unwrap_or(KEPT);
    notes.full |= i64::try_from(history.len()).is_ok_and(|len| len >= kept);
    for (entry, (number, started, deployed)) in history.iter().zip(times) {
        let id = out.subject_id(context.system, &format!("{name}/history/{number}"));
        let source = source(entry);
        let repository = source.and_then(|(url, _)| repository_at(url)).map(|(_, name)| name);
        let subject = Subject {
            state: SubjectState::Done,
            title: out.maybe(Some(&name)),
            repository: out.maybe(repository.as_deref()),
            target: out.maybe(target(node).as_deref()),
            revision: out.maybe(source.map(|(_, sha)| sha.to_lowercase()).as_deref()),
            created: started,
            done: Some(deployed),
            ..Subject::new(id, SubjectKind::Deployment)
        };
        out.subject(place, subject);
        match source.and_then(|(url, sha)| commit_at(url, sha, out)) {
            Some(to) => out.link(place, Link { from: id, kind: LinkKind::Executes, to }),
            None => notes.elsewhere = true,
        }
        let last = if Some(number) == newest { last_operation(node, entry) } else { &Node::Null };
        let by = if entry["initiatedBy"].is_some() { &entry["initiatedBy"] } else { last };
        if let Some(user) = by["username"].text() {
            let by = out.account_id(context.system, user);
            let by = out.account(place, by, AccountKind::Unknown, None, None);
            let (at, duty) = (started.or(Some(deployed)), Duty::Execute);
            out.act(place, Act { to: id, at, duty, by, revision: None, dismissed: false });
        } else {
            notes.nobody |= by["automated"].flag() != Some(true);
        }
    }
    Ok(Lowered::Records)
}

/// Repository and revision; none where several sources make up one deployment.
fn source<'n>(entry: &'n Node<'_>) -> Option<(&'n str, &'n str)> {
    if let ([source], [revision]) = (entry["sources"].items(), entry["revisions"].items()) {
        return source["repoURL"].text().zip(revision.text());
    }
    entry["source"]["repoURL"].text().zip(entry["revision"].text())
}

fn target(node: &Node<'_>) -> Option<String> {
    let destination = &node["spec"]["destination"];
    let cluster = destination.first(&["name", "server"]).text()?;
    Some(match destination["namespace"].text() {
        Some(namespace) => format!("{cluster}/{namespace}"),
        None => cluster.to_owned(),
    })
}

/// Who started the application's last operation, if that is the one that made this deployment.
fn last_operation<'n, 'a>(node: &'n Node<'a>, entry: &Node<'_>) -> &'n Node<'a> {
    let state = &node["status"]["operationState"];
    let same =
        |one: &Node<'_>, other: &Node<'_>| one.text().is_some() && one.text() == other.text();
    let revision = same(&state["syncResult"]["revision"], &entry["revision"]);
    if revision && same(&state["finishedAt"], &entry["deployedAt"]) {
        &state["operation"]["initiatedBy"]
    } else {
        &Node::Null
    }
}

#[cfg(test)]
mod tests {
    use crate::ingest::Settings;
    use crate::ingest::testing::{Told, told};

    const A: &str = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
    const B: &str = "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb";

    fn read(text: &str) -> Told {
        told(text, &Settings::default())
    }

    fn entry(id: u32, sha: &str, day: u32, more: &str) -> String {
        format!(
            r#"{{"id":{id},"revision":"{sha}","deployStartedAt":"2026-10-0{day}T09:00:00Z",
            "deployedAt":"2026-10-0{day}T09:00:30Z",
            "source":{{"repoURL":"https://github.com/Acme/Apps.git","path":"x"}}{more}}}"#
        )
    }

    fn application(history: &[String], operation: &str) -> String {
        format!(
            r#"{{"metadata":{{"name":"pay","namespace":"argocd"}},"spec":{{"destination":
            {{"server":"https://kubernetes.default.svc","namespace":"prod"}},"source":{{}}}},
            "status":{{"history":[{}]{operation}}}}}"#,
            history.join(",")
        )
    }

    #[test]
    fn histories() {
        let by = |who: &str| format!(r#","initiatedBy":{who}"#);
        let history = [
            entry(1, A, 1, &by(r#"{"username":"ann"}"#)),
            entry(2, B, 2, &by(r#"{"automated":true}"#)),
            entry(3, A, 3, ""),
        ];
        let operation = format!(
            r#","operationState":{{"operation":{{"initiatedBy":{{"username":"iain"}}}},
            "finishedAt":"2026-10-03T09:00:30Z","syncResult":{{"revision":"{A}"}}}}"#
        );
        let told = read(&format!(r#"{{"items":[{}]}}"#, application(&history, &operation)));
        assert_eq!(told.counts(), [1, 1, 0, 0]);
        assert_eq!(
            told.acts(),
            [
                "argocd:ann execute argocd:argocd/pay/history/1 2026-10-01T09:00:00Z",
                "argocd:iain execute argocd:argocd/pay/history/3 2026-10-03T09:00:00Z",
            ]
        );
        let link = format!("argocd:argocd/pay/history/2 executes github:acme/apps@{B}");
        assert_eq!(told.links()[1], link);
        let target = told.0.subjects()[0].record.target.unwrap();
        assert_eq!(told.0.text(target), "https://kubernetes.default.svc/prod");
        assert!(told.gaps().is_empty(), "{:?}", told.gaps());
    }

    #[test]
    fn what_the_history_does_not_say_is_a_gap() {
        let history: Vec<_> = (1..=10).map(|id| entry(id, A, 1, "")).collect();
        let elsewhere = application(&history, "").replace("github.com", "git.acme.example");
        let gaps = read(&elsewhere).gaps().join("\n");
        for want in ["no older", "who started", "no host"] {
            assert!(gaps.contains(want), "{gaps}");
        }
        // Another operation than the one that made the newest deployment.
        let operation = format!(
            r#","operationState":{{"operation":{{"initiatedBy":{{"username":"iain"}}}},
            "finishedAt":"2026-10-09T09:00:30Z","syncResult":{{"revision":"{A}"}}}}"#
        );
        assert!(read(&application(&[entry(1, A, 1, "")], &operation)).acts().is_empty());
    }

    #[test]
    fn damaged_and_idle_applications() {
        let good = application(&[entry(1, A, 1, "")], "").replace('\n', " ");
        let lines = [
            good.clone(),
            good.replace("2026-10-01T09:00:30Z", "soon"),
            good.replace("\"id\":1,", ""),
            application(&[], "").replace('\n', " "),
        ];
        let told = read(&lines.join("\n"));
        assert_eq!(told.counts(), [4, 1, 1, 2]);
        let other = r#"{"items":[{"apiVersion":"v1","kind":"Pod","metadata":{},"spec":{}}]}"#;
        assert!(
            crate::ingest::look(crate::ingest::Input {
                open: &crate::ingest::testing::Memory { path: "f", bytes: other.into() },
                settings: &Settings::default(),
            })
            .is_err()
        );
    }
}
