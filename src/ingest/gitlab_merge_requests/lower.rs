//! From a merge request, its approvals or a commit to records.

use crate::ingest::attempt::Lowered;
use crate::ingest::commit_list::CommitList;
use crate::ingest::git_people::{Commit, Who, commit_id, is_sha};
use crate::ingest::ingester::Context;
use crate::ingest::json_tree::Node;
use crate::model::{
    AccountId, AccountKind, Act, Batch, Duty, Instant, Link, LinkKind, Place, Subject, SubjectId,
    SubjectKind, SubjectState,
};

/// The project in an address: what stands before `/-/` and the kind of thing, without the host.
fn project_in<'u>(url: &'u str, kinds: &[&str]) -> Option<&'u str> {
    let (_, path) = url.split_once("://")?.1.split_once('/')?;
    kinds.iter().find_map(|kind| {
        let (project, _) = path.rsplit_once(kind)?;
        Some(project.strip_suffix("/-").unwrap_or(project))
    })
}

/// `group/project` or `group/subgroup/project`, in lower case, if the text is that.
fn path(text: &str) -> Option<String> {
    let text = text.trim().trim_matches('/');
    let fits = |part: &str| !part.is_empty() && !part.contains(['#', '@', ' ', '!']);
    (text.contains('/') && text.split('/').all(fits)).then(|| text.to_lowercase())
}

fn project(node: &Node<'_>, kinds: &[&str], context: &Context<'_>) -> Result<String, String> {
    let full = node["references"]["full"].text().and_then(|full| full.rsplit_once('!'));
    let said = full.map(|(project, _)| project);
    let url = || project_in(node["web_url"].text()?, kinds);
    let set = || context.settings.repository.as_deref();
    let found = said.and_then(path).or_else(|| path(url()?)).or_else(|| path(set()?));
    found.ok_or_else(|| {
        "it does not name its project (set `repository = \"group/project\"` for its source)"
            .to_owned()
    })
}

/// What GitLab calls users that belong to access tokens.
fn is_token(name: &str) -> bool {
    ["project_", "group_"].iter().any(|prefix| {
        let rest = name.strip_prefix(prefix).and_then(|rest| rest.split_once("_bot"));
        rest.is_some_and(|(id, _)| !id.is_empty() && id.bytes().all(|b| b.is_ascii_digit()))
    })
}

/// Adds a user. One who was deleted is `ghost` in GitLab itself.
fn someone(
    user: &Node<'_>,
    place: Place,
    context: &Context<'_>,
    out: &mut Batch,
) -> Result<AccountId, String> {
    let name = user["username"].text().ok_or("one of its users has no username")?;
    let name = name.to_lowercase();
    let kind = match user["bot"].flag() {
        Some(true) => AccountKind::Agent,
        _ if is_token(&name) => AccountKind::Agent,
        _ => AccountKind::Unknown,
    };
    let id = out.account_id(context.system, &name);
    Ok(out.account(place, id, kind, None, user["name"].text()))
}

fn state(node: &Node<'_>) -> Result<SubjectState, String> {
    Ok(match node["state"].text() {
        None => SubjectState::Unknown,
        Some("opened" | "locked") => SubjectState::Open,
        Some("closed") => SubjectState::Abandoned,
        Some("merged") => SubjectState::Done,
        Some(_) => return Err("its state is none that GitLab documents".to_owned()),
    })
}

/// Lowers a merge request or the reply that lists its approvals: both name the same thing.
pub(super) fn request(
    node: &Node<'_>,
    place: Place,
    context: &Context<'_>,
    out: &mut Batch,
) -> Result<Lowered, String> {
    let number = node["iid"].whole().ok_or(
        "it has no iid, so it does not say which merge request it belongs to (add it with jq, as \
         the documentation of this format shows)",
    )?;
    let repository = project(node, &["/merge_requests/"], context)?;
    let id = out.subject_id(context.system, &format!("{repository}!{number}"));
    let subject = Subject {
        state: state(node)?,
        title: out.maybe(node["title"].text()),
        url: out.maybe(node["web_url"].text()),
        repository: out.maybe(Some(&repository)),
        target: out.maybe(node["target_branch"].text()),
        revision: out.maybe(node["sha"].text().map(str::to_lowercase).as_deref()),
        created: context.maybe_moment(&node["created_at"])?,
        done: context.maybe_moment(&node["merged_at"])?,
        updated: context.maybe_moment(&node["updated_at"])?,
        reviews_listed: node["approved_by"].is_some() || node["rules"].is_some(),
        ..Subject::new(id, SubjectKind::Change)
    };
    let mut acts = Vec::new();
    let mut act = |by: AccountId, duty: Duty, at: Option<Instant>| {
        acts.push(Act { to: id, at, duty, by, revision: None, dismissed: false });
    };
    if node["author"].is_some() {
        act(someone(&node["author"], place, context, out)?, Duty::Author, subject.created);
    }
    let merger = node.first(&["merge_user", "merged_by"]);
    if subject.state == SubjectState::Done && merger.is_some() {
        act(someone(merger, place, context, out)?, Duty::Merge, subject.done);
    }
    for approval in node["approved_by"].items() {
        let by = someone(&approval["user"], place, context, out)?;
        act(by, Duty::Approve, context.maybe_moment(&approval["approved_at"])?);
    }
    // The same approval may satisfy several rules.
    let mut satisfied = std::collections::BTreeSet::new();
    for user in node["rules"].items().iter().flat_map(|rule| rule["approved_by"].items()) {
        satisfied.insert(someone(user, place, context, out)?);
    }
    satisfied.into_iter().for_each(|by| act(by, Duty::Approve, None));
    out.subject(place, subject);
    acts.into_iter().for_each(|act| out.act(place, act));
    link(node, id, &repository, place, context, out);
    Ok(Lowered::Records)
}

fn link(
    node: &Node<'_>,
    id: SubjectId,
    repository: &str,
    place: Place,
    context: &Context<'_>,
    out: &mut Batch,
) {
    let mut to = |kind: LinkKind, sha: &str| {
        let to = commit_id(out, context.system, repository, sha);
        out.link(place, Link { from: id, kind, to });
    };
    let sha = |name: &str| node[name].text().filter(|sha| is_sha(sha));
    if let Some(head) = sha("sha") {
        to(LinkKind::Head, head);
    }
    let named = |name: &str| node.members().iter().any(|(member, _)| member == name);
    let forward = named("merge_commit_sha") && named("squash_commit_sha");
    let became = sha("merge_commit_sha").or_else(|| sha("squash_commit_sha"));
    let became = became.or_else(|| sha("sha").filter(|_| forward));
    if let Some(became) = became.filter(|_| node["state"].text() == Some("merged")) {
        to(LinkKind::MergedAs, became);
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
    let sha = node["id"].text().filter(|sha| is_sha(sha)).ok_or("its id is no commit id")?;
    let repository = project(node, &["/commit/"], context)?;
    let parents: Option<Vec<&str>> =
        node["parent_ids"].items().iter().map(|id| id.text().filter(|id| is_sha(id))).collect();
    let parents = parents.ok_or("a parent is no commit id")?;
    let text = |name: &str| node[name].text().unwrap_or_default();
    let author = Who::Claim { name: text("author_name"), email: text("author_email") };
    let committer = Who::Claim { name: text("committer_name"), email: text("committer_email") };
    let committed = context.maybe_moment(node.first(&["committed_date", "created_at"]))?;
    let commit = Commit {
        system: context.system,
        repository: &repository,
        sha,
        parents: &parents,
        message: node.first(&["message", "title"]).text().unwrap_or_default(),
        url: node["web_url"].text(),
        branch: None,
        authors: vec![author],
        authored: context.maybe_moment(&node["authored_date"])?.or(committed),
        committer: Some(committer),
        committed,
    };
    let id = commit.lower(out, place);
    commits.add(id, &commit.parents(out), place);
    Ok(Lowered::Records)
}
