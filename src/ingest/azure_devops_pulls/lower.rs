//! From a pull request or a thread of one to records.

use crate::ingest::attempt::{Lowered, address};
use crate::ingest::change_address::organisation;
use crate::ingest::git_people::{Commit, Who, commit_id, is_sha};
use crate::ingest::ingester::Context;
use crate::ingest::json_tree::Node;
use crate::ingest::votes::{Vote, Votes};
use crate::model::{
    AccountId, AccountKind, Act, Batch, Duty, Instant, Link, LinkKind, Place, Subject, SubjectId,
    SubjectKind, SubjectState,
};

/// Adds an account. Pipelines act as accounts that are named `Build\…`.
fn someone(
    user: &Node<'_>,
    place: Place,
    context: &Context<'_>,
    out: &mut Batch,
) -> Result<AccountId, String> {
    let name = user.first(&["uniqueName", "id"]).text().ok_or("one of its accounts has no name")?;
    let name = name.to_lowercase();
    let kind = match name.starts_with("build\\") {
        true => AccountKind::Service,
        false => AccountKind::Unknown,
    };
    let id = out.account_id(context.system, &name);
    Ok(out.account(place, id, kind, address(&name), user["displayName"].text()))
}

fn vote(value: Option<i64>) -> Result<Option<Duty>, String> {
    match value {
        Some(10 | 5) => Ok(Some(Duty::Approve)),
        Some(-5 | -10) => Ok(Some(Duty::Reject)),
        Some(0) => Ok(None),
        _ => Err("a vote has a value that Azure DevOps does not document".to_owned()),
    }
}

/// The subject of the pull request whose address begins like this.
fn identify(
    url: &str,
    number: i64,
    context: &Context<'_>,
    out: &mut Batch,
) -> Result<SubjectId, String> {
    let (host, path) = url
        .split_once("://")
        .and_then(|(_, rest)| rest.split_once('/'))
        .ok_or("its url does not name the organisation")?;
    let parts: Vec<_> = path.split('/').collect();
    let organisation = organisation(host, &parts).ok_or("its url names no organisation")?;
    Ok(out.subject_id(context.system, &format!("{organisation}#{number}")))
}

fn state(node: &Node<'_>) -> Result<SubjectState, String> {
    Ok(match node["status"].text() {
        Some("active") => SubjectState::Open,
        Some("completed") => SubjectState::Done,
        Some("abandoned") => SubjectState::Abandoned,
        Some("notSet") | None => SubjectState::Unknown,
        Some(_) => return Err("its status is none that Azure DevOps documents".to_owned()),
    })
}

/// Lowers a pull request. Nothing but accounts is added unless all of it can be read.
pub(super) fn pull(
    node: &Node<'_>,
    place: Place,
    context: &Context<'_>,
    out: &mut Batch,
) -> Result<Lowered, String> {
    let number = node["pullRequestId"].whole().ok_or("it has no pullRequestId")?;
    let url = node["url"].text().ok_or("it has no url")?;
    let id = identify(url, number, context, out)?;
    let own = &node["repository"];
    let name = own["project"]["name"].text().zip(own["name"].text());
    let repository = name.map(|(project, name)| format!("{project}/{name}").to_lowercase());
    let sha = |name: &str| node[name]["commitId"].text().filter(|sha| is_sha(sha));
    let (state, head) = (state(node)?, sha("lastMergeSourceCommit"));
    let created = context.maybe_moment(&node["creationDate"])?;
    let closed = context.maybe_moment(&node["closedDate"])?;
    let branch = node["targetRefName"].text();
    let subject = Subject {
        state,
        title: out.maybe(node["title"].text()),
        url: out.maybe(Some(url)),
        repository: out.maybe(repository.as_deref()),
        target: out.maybe(branch.map(|name| name.strip_prefix("refs/heads/").unwrap_or(name))),
        revision: out.maybe(head.map(str::to_lowercase).as_deref()),
        created,
        done: closed.filter(|_| state == SubjectState::Done),
        reviews_listed: matches!(node["reviewers"], Node::Array(_)),
        ..Subject::new(id, SubjectKind::Change)
    };
    let mut acts = Vec::new();
    let mut act = |by: AccountId, duty: Duty, at: Option<Instant>| {
        acts.push(Act { to: id, at, duty, by, revision: None, dismissed: false });
    };
    if node["createdBy"].is_object() {
        act(someone(&node["createdBy"], place, context, out)?, Duty::Author, created);
    }
    if state == SubjectState::Done && node["closedBy"].is_object() {
        act(someone(&node["closedBy"], place, context, out)?, Duty::Merge, closed);
    }
    for reviewer in node["reviewers"].items() {
        let group = reviewer["isContainer"].flag() == Some(true);
        if let Some(duty) = vote(reviewer["vote"].whole())?.filter(|_| !group) {
            act(someone(reviewer, place, context, out)?, duty, None);
        }
    }
    let commits = match &repository {
        Some(repository) => commits(node, repository, place, context, out)?,
        None => Vec::new(),
    };
    out.subject(place, subject);
    acts.into_iter().for_each(|act| out.act(place, act));
    let link = |kind: LinkKind, to: SubjectId, out: &mut Batch| {
        out.link(place, Link { from: id, kind, to });
    };
    if let Some(repository) = &repository {
        let became = sha("lastMergeCommit").filter(|_| state == SubjectState::Done);
        for (kind, sha) in [(LinkKind::Head, head), (LinkKind::MergedAs, became)] {
            if let Some(sha) = sha {
                let to = commit_id(out, context.system, repository, sha);
                link(kind, to, out);
            }
        }
    }
    commits.into_iter().for_each(|to| link(LinkKind::Contains, to, out));
    Ok(Lowered::Records)
}

/// Adds the commits that a pull request lists.
fn commits(
    node: &Node<'_>,
    repository: &str,
    place: Place,
    context: &Context<'_>,
    out: &mut Batch,
) -> Result<Vec<SubjectId>, String> {
    fn claim<'n>(person: &'n Node<'_>) -> Option<Who<'n>> {
        let part = |name: &str| person[name].text().unwrap_or_default();
        person.is_object().then(|| Who::Claim { name: part("name"), email: part("email") })
    }
    let mut ids = Vec::new();
    for commit in node["commits"].items() {
        let sha = commit["commitId"].text().filter(|sha| is_sha(sha));
        let committed = context.maybe_moment(&commit["committer"]["date"])?;
        let commit = Commit {
            system: context.system,
            repository,
            sha: sha.ok_or("the id of one of its commits is no commit id")?,
            parents: &[],
            message: commit["comment"].text().unwrap_or_default(),
            url: None,
            branch: None,
            authors: claim(&commit["author"]).into_iter().collect(),
            authored: context.maybe_moment(&commit["author"]["date"])?.or(committed),
            committer: claim(&commit["committer"]),
            committed,
        };
        ids.push(commit.lower(out, place));
    }
    Ok(ids)
}

/// Lowers a thread, if it is the system's note of a vote.
pub(super) fn thread(
    node: &Node<'_>,
    place: Place,
    context: &Context<'_>,
    votes: &mut Votes,
    out: &mut Batch,
) -> Result<Lowered, String> {
    let property = |name: &str| {
        let property = &node["properties"][name];
        if property.is_object() { &property["$value"] } else { property }
    };
    if property("CodeReviewThreadType").text() != Some("VoteUpdate") {
        return Ok(Lowered::Nothing("thread that is no vote"));
    }
    let duty = vote(property("CodeReviewVoteResult").whole())?;
    let url = node["_links"]["self"]["href"].text().ok_or("it has no address")?;
    let number = url.split_once("/pullRequests/").and_then(|(_, rest)| rest.split('/').next());
    let number = number.and_then(|number| number.parse().ok());
    let number = number.ok_or("its address does not name its pull request")?;
    let on = identify(url, number, context, out)?;
    let at = context.moment(&node["publishedDate"])?;
    let index = property("CodeReviewVotedByIdentity").text();
    let voter = index.map_or(&Node::Null, |index| &node["identities"][index]);
    let by = someone(voter, place, context, out)?;
    votes.add(Vote { on, by, at, duty, revision: None, place });
    Ok(Lowered::Records)
}
