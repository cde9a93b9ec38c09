//! Pull requests and their activity in Bitbucket Cloud.

use crate::ingest::attempt::Lowered;
use crate::ingest::change_address::bitbucket;
use crate::ingest::git_people::{commit_id, is_sha};
use crate::ingest::github_accounts::repository;
use crate::ingest::ingester::Context;
use crate::ingest::json_tree::Node;
use crate::ingest::votes::{Vote, Votes};
use crate::model::{
    AccountId, AccountKind, Act, Batch, Duty, Instant, Link, LinkKind, Place, Subject, SubjectId,
    SubjectKind, SubjectState,
};

/// Adds an account. Nicknames are not unique, so that one with nothing else is nobody.
pub(super) fn someone(
    user: &Node<'_>,
    place: Place,
    context: &Context<'_>,
    out: &mut Batch,
) -> Result<AccountId, String> {
    let uuid = user["uuid"].text().map(|uuid| uuid.trim_matches(['{', '}']).to_lowercase());
    let local = uuid.or_else(|| user.first(&["account_id", "username"]).text().map(str::to_owned));
    let local = local.ok_or("one of its accounts has no uuid")?;
    let kind = match user["type"].text() {
        Some("app_user") => AccountKind::Service,
        _ => AccountKind::Unknown,
    };
    let id = out.account_id(context.system, &local);
    Ok(out.account(place, id, kind, None, user.first(&["display_name", "nickname"]).text()))
}

fn state(node: &Node<'_>) -> Result<SubjectState, String> {
    Ok(match node["state"].text() {
        Some("OPEN" | "DRAFT") => SubjectState::Open,
        Some("MERGED") => SubjectState::Done,
        Some("DECLINED" | "SUPERSEDED") => SubjectState::Abandoned,
        Some(_) => return Err("its state is none that Bitbucket documents".to_owned()),
        None => SubjectState::Unknown,
    })
}

/// The repository of a pull request, from itself or from its address.
fn repository_of(node: &Node<'_>, context: &Context<'_>) -> Result<String, String> {
    let said = node["destination"]["repository"]["full_name"].text().and_then(repository);
    let address = || {
        let links = ["html", "self"].into_iter();
        links.filter_map(|name| node["links"][name]["href"].text()).find_map(|url| {
            let (_, path) = url.split_once("://")?.1.split_once('/')?;
            let end = path.find("/pull-requests/").or_else(|| path.find("/pullrequests/"))?;
            let path = path[..end].strip_prefix("2.0/repositories/").unwrap_or(&path[..end]);
            bitbucket(&path.split('/').collect::<Vec<_>>())
        })
    };
    said.or_else(address).map_or_else(|| super::set(context), Ok)
}

fn identify(
    node: &Node<'_>,
    context: &Context<'_>,
    out: &mut Batch,
) -> Result<(String, SubjectId), String> {
    let number = node["id"].whole().ok_or("it has no id: not a pull request")?;
    let repository = repository_of(node, context)?;
    let id = out.subject_id(context.system, &format!("{repository}#{number}"));
    Ok((repository, id))
}

/// Lowers a pull request. Nothing but accounts is added unless all of it can be read.
pub(super) fn pull(
    node: &Node<'_>,
    place: Place,
    context: &Context<'_>,
    out: &mut Batch,
) -> Result<Lowered, String> {
    let (repository, id) = identify(node, context, out)?;
    let created = context.maybe_moment(&node["created_on"])?;
    let head = node["source"]["commit"]["hash"].text();
    let subject = Subject {
        state: state(node)?,
        title: out.maybe(node["title"].text()),
        url: out.maybe(node["links"]["html"]["href"].text()),
        repository: out.maybe(Some(&repository)),
        target: out.maybe(node["destination"]["branch"]["name"].text()),
        revision: out.maybe(head.map(str::to_lowercase).as_deref()),
        created,
        updated: context.maybe_moment(&node["updated_on"])?,
        reviews_listed: matches!(node["participants"], Node::Array(_)),
        ..Subject::new(id, SubjectKind::Change)
    };
    let mut acts = Vec::new();
    let mut act = |by: AccountId, duty: Duty, at: Option<Instant>| {
        acts.push(Act { to: id, at, duty, by, revision: None, dismissed: false });
    };
    if node["author"].is_object() {
        act(someone(&node["author"], place, context, out)?, Duty::Author, created);
    }
    if subject.state == SubjectState::Done && node["closed_by"].is_object() {
        act(someone(&node["closed_by"], place, context, out)?, Duty::Merge, None);
    }
    for entry in node["participants"].items() {
        let duty = match entry["state"].text() {
            Some("approved") => Duty::Approve,
            Some("changes_requested") => Duty::Reject,
            _ if entry["approved"].flag() == Some(true) => Duty::Approve,
            _ => continue,
        };
        // `participated_on` moves with every comment.
        act(someone(&entry["user"], place, context, out)?, duty, None);
    }
    out.subject(place, subject);
    acts.into_iter().for_each(|act| out.act(place, act));
    let became = node["merge_commit"]["hash"].text();
    let became = became.filter(|_| subject.state == SubjectState::Done);
    for (kind, sha) in [(LinkKind::Head, head), (LinkKind::MergedAs, became)] {
        if let Some(sha) = sha.filter(|sha| is_sha(sha)) {
            let to = commit_id(out, context.system, &repository, sha);
            out.link(place, Link { from: id, kind, to });
        }
    }
    Ok(Lowered::Records)
}

/// Lowers an entry of a pull request's activity.
pub(super) fn activity(
    node: &Node<'_>,
    place: Place,
    context: &Context<'_>,
    votes: &mut Votes,
    out: &mut Batch,
) -> Result<Lowered, String> {
    let (repository, id) = identify(&node["pull_request"], context, out)?;
    for (name, duty) in [("approval", Duty::Approve), ("changes_requested", Duty::Reject)] {
        let entry = &node[name];
        if entry.is_object() {
            let at = context.moment(&entry["date"])?;
            let by = someone(&entry["user"], place, context, out)?;
            let (duty, revision) = (Some(duty), None);
            votes.add(Vote { on: id, by, at, duty, revision, place });
            return Ok(Lowered::Records);
        }
    }
    let update = &node["update"];
    if !update.is_object() {
        return Ok(Lowered::Nothing("comment"));
    }
    let state = state(update)?;
    if state != SubjectState::Done && state != SubjectState::Abandoned {
        return Ok(Lowered::Nothing("change of an open pull request"));
    }
    let at = context.moment(&update["date"])?;
    let by = someone(&update["author"], place, context, out)?;
    let subject = Subject {
        state,
        repository: out.maybe(Some(&repository)),
        done: (state == SubjectState::Done).then_some(at),
        ..Subject::new(id, SubjectKind::Change)
    };
    out.subject(place, subject);
    if state == SubjectState::Done {
        let (at, duty) = (Some(at), Duty::Merge);
        out.act(place, Act { to: id, at, duty, by, revision: None, dismissed: false });
    }
    Ok(Lowered::Records)
}
