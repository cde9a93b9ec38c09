//! From a run, and what its reply includes, to records.

use std::collections::BTreeMap;

use crate::ingest::ingester::Context;
use crate::ingest::json_tree::Node;
use crate::ingest::repository_address::{commit_at, repository_at};
use crate::model::{
    AccountId, AccountKind, Act, Batch, Duty, Instant, Link, LinkKind, Place, Subject, SubjectKind,
    SubjectState,
};

/// What a file's runs lack, noted once for the file.
#[derive(Default)]
pub(super) struct Notes {
    starters: bool,
    confirmers: bool,
    commits: bool,
    /// Whether the last reply says that there are more.
    pub(super) more: bool,
}

impl Notes {
    pub(super) fn gaps(&self, out: &mut Batch) {
        for (lacks, gap) in [
            (self.starters, "who started some runs was not exported (add include=created_by)"),
            (
                self.confirmers,
                "who confirmed some runs was not exported (add include=confirmed_by)",
            ),
            (
                self.commits,
                "the commits of some runs were not exported, or their repository is on no host that \
                 tells its system (add include=configuration_version.ingress_attributes)",
            ),
            (self.more, "the last reply says that there are more runs (export the next page)"),
        ] {
            if lacks {
                out.gap(gap.to_owned());
            }
        }
    }
}

/// What a reply includes beside its runs, by type and id.
pub(super) struct Included<'n, 'a>(BTreeMap<(&'n str, &'n str), &'n Node<'a>>);

impl<'n, 'a> Included<'n, 'a> {
    pub(super) fn of(reply: &'n Node<'a>) -> Self {
        let key = |node: &'n Node<'a>| Some(((node["type"].text()?, node["id"].text()?), node));
        Self(reply["included"].items().iter().filter_map(key).collect())
    }

    /// What a relationship leads to, with its id.
    fn related(&self, node: &'n Node<'a>, name: &str) -> Option<(&'n str, Option<&'n Node<'a>>)> {
        let data = &node["relationships"][name]["data"];
        let (kind, id) = (data["type"].text()?, data["id"].text()?);
        Some((id, self.0.get(&(kind, id)).copied()))
    }
}

fn state(attributes: &Node<'_>) -> Result<SubjectState, String> {
    Ok(match attributes["status"].text().ok_or("it has no status: not a run")? {
        "applied" => SubjectState::Done,
        "discarded" | "canceled" | "force_canceled" | "errored" => SubjectState::Abandoned,
        "planned_and_finished" | "planned_and_saved" => SubjectState::Unknown,
        _ => SubjectState::Open,
    })
}

/// Adds the user that a relationship leads to.
fn user(
    run: &Node<'_>,
    name: &str,
    included: &Included<'_, '_>,
    place: Place,
    context: &Context<'_>,
    out: &mut Batch,
) -> Option<AccountId> {
    let (id, known) = included.related(run, name)?;
    let attributes = known.map(|user| &user["attributes"]);
    let service = attributes.and_then(|a| a["is-service-account"].flag());
    let kind = if service == Some(true) { AccountKind::Service } else { AccountKind::Unknown };
    let account = out.account_id(context.system, id);
    let shown = attributes.and_then(|a| a["username"].text());
    Some(out.account(place, account, kind, None, shown))
}

/// Lowers a run. Nothing is added unless its times can be read.
pub(super) fn run(
    run: &Node<'_>,
    included: &Included<'_, '_>,
    place: Place,
    context: &Context<'_>,
    notes: &mut Notes,
    out: &mut Batch,
) -> Result<(), String> {
    let own = run["id"].text().filter(|_| run["type"].text() == Some("runs"));
    let own = own.ok_or("it has no id, or is not a run")?;
    let attributes = &run["attributes"];
    let state = state(attributes)?;
    let times = &attributes["status-timestamps"];
    let created = context.maybe_moment(&attributes["created-at"])?;
    let applied = context.maybe_moment(&times["applied-at"])?;
    let confirmed = context.maybe_moment(&times["confirmed-at"])?;
    let id = out.subject_id(context.system, own);
    let workspace = included.related(run, "workspace");
    let named = workspace.and_then(|(_, node)| node?["attributes"]["name"].text());
    let version = included.related(run, "configuration-version").and_then(|(_, node)| node);
    let ingress = version.and_then(|version| included.related(version, "ingress-attributes")?.1);
    let source = ingress.map(|ingress| &ingress["attributes"]);
    let clone = source.and_then(|source| source["clone-url"].text());
    let sha = source.and_then(|source| source["commit-sha"].text());
    let repository = clone.and_then(repository_at).map(|(_, name)| name);
    let subject = Subject {
        state,
        title: out.maybe(attributes["message"].text()),
        repository: out.maybe(repository.as_deref()),
        target: out.maybe(named.or(workspace.map(|(id, _)| id))),
        revision: out.maybe(sha.map(str::to_lowercase).as_deref()),
        created,
        done: applied.filter(|_| state == SubjectState::Done),
        ..Subject::new(id, SubjectKind::Run)
    };
    out.subject(place, subject);
    let act = |by: AccountId, duty: Duty, at: Option<Instant>| Act {
        to: id,
        at,
        duty,
        by,
        revision: None,
        dismissed: false,
    };
    match user(run, "created-by", included, place, context, out) {
        Some(by) => out.act(place, act(by, Duty::Execute, created)),
        None => notes.starters = true,
    }
    match user(run, "confirmed-by", included, place, context, out) {
        Some(by) => out.act(place, act(by, Duty::Approve, confirmed)),
        None => {
            let auto = attributes["auto-apply"].flag() == Some(true);
            notes.confirmers |= state == SubjectState::Done && !auto;
        }
    }
    match clone.zip(sha).and_then(|(clone, sha)| commit_at(clone, sha, out)) {
        Some(to) => out.link(place, Link { from: id, kind: LinkKind::Executes, to }),
        None => notes.commits = true,
    }
    Ok(())
}
