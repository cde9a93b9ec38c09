//! Commits of a pull request, in Cloud and in Data Center.

use super::cloud;
use crate::ingest::attempt::Lowered;
use crate::ingest::commit_list::CommitList;
use crate::ingest::git_people::{Commit, Who, is_sha};
use crate::ingest::github_accounts::repository;
use crate::ingest::ingester::Context;
use crate::ingest::json_tree::Node;
use crate::ingest::times::millis;
use crate::ingest::trailers::named;
use crate::model::{Batch, Instant, Link, LinkKind, Place};

/// Somebody in a commit: Cloud's account where it matched one, else what the commit says.
fn writer<'n>(
    person: &'n Node<'_>,
    place: Place,
    context: &Context<'_>,
    out: &mut Batch,
) -> Result<Option<Who<'n>>, String> {
    if person["user"].is_object() {
        return Ok(Some(Who::Account(cloud::someone(&person["user"], place, context, out)?)));
    }
    if let Some(raw) = person["raw"].text() {
        let (name, email) = named(raw).unwrap_or((raw, ""));
        return Ok(Some(Who::Claim { name, email }));
    }
    let part = |name: &str| person[name].text().unwrap_or_default();
    let known = person.is_object();
    Ok(known.then(|| Who::Claim { name: part("name"), email: part("emailAddress") }))
}

fn time(node: &Node<'_>, name: &str, context: &Context<'_>) -> Result<Option<Instant>, String> {
    match node[name].whole() {
        Some(count) => millis(count).map(Some),
        None => context.maybe_moment(&node["date"]),
    }
}

/// Lowers a commit.
pub(super) fn commit(
    node: &Node<'_>,
    place: Place,
    context: &Context<'_>,
    commits: &mut CommitList,
    out: &mut Batch,
) -> Result<Lowered, String> {
    let sha = node.first(&["hash", "id"]).text().filter(|sha| is_sha(sha));
    let sha = sha.ok_or("its id is no whole commit id")?;
    let said = node["repository"]["full_name"].text().and_then(repository);
    let repository = said.map_or_else(|| super::set(context), Ok)?;
    let parents = node["parents"].items().iter();
    let parents: Vec<&str> =
        parents.filter_map(|parent| parent.first(&["hash", "id"]).text()).collect();
    if !parents.iter().all(|parent| is_sha(parent)) {
        return Err("a parent is no whole commit id".to_owned());
    }
    let authored = time(node, "authorTimestamp", context)?;
    let commit = Commit {
        system: context.system,
        repository: &repository,
        sha,
        parents: &parents,
        message: node["message"].text().unwrap_or_default(),
        url: node["links"]["html"]["href"].text(),
        branch: None,
        authors: writer(&node["author"], place, context, out)?.into_iter().collect(),
        authored,
        committer: writer(&node["committer"], place, context, out)?,
        committed: time(node, "committerTimestamp", context)?,
    };
    let id = commit.lower(out, place);
    match node["pullrequest"].whole() {
        Some(number) => {
            let from = out.subject_id(context.system, &format!("{repository}#{number}"));
            out.link(place, Link { from, kind: LinkKind::Contains, to: id });
        }
        None => commits.add(id, &commit.parents(out), place),
    }
    Ok(Lowered::Records)
}
