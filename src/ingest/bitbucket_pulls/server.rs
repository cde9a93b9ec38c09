//! Pull requests and their activities in Bitbucket Data Center.

use crate::ingest::attempt::Lowered;
use crate::ingest::git_people::{commit_id, is_sha};
use crate::ingest::ingester::Context;
use crate::ingest::json_tree::Node;
use crate::ingest::times::millis;
use crate::ingest::votes::{Vote, Votes};
use crate::model::{
    AccountId, AccountKind, Act, Batch, Duty, Instant, Link, LinkKind, Place, Subject, SubjectKind,
    SubjectState,
};

/// Adds an account, whose address the directory vouches for.
fn someone(
    user: &Node<'_>,
    place: Place,
    context: &Context<'_>,
    out: &mut Batch,
) -> Result<AccountId, String> {
    let name = user.first(&["name", "slug"]).text().ok_or("one of its accounts has no name")?;
    let kind = match user["type"].text() {
        Some("SERVICE") => AccountKind::Service,
        _ => AccountKind::Unknown,
    };
    let id = out.account_id(context.system, &name.to_lowercase());
    let email = user["emailAddress"].text();
    Ok(out.account(place, id, kind, email, user["displayName"].text()))
}

fn time(node: &Node<'_>) -> Result<Option<Instant>, String> {
    match node.whole() {
        Some(count) => millis(count).map(Some),
        None if node.is_some() => Err("its time is no number of milliseconds".to_owned()),
        None => Ok(None),
    }
}

fn state(node: &Node<'_>) -> Result<SubjectState, String> {
    Ok(match node["state"].text() {
        Some("OPEN") => SubjectState::Open,
        Some("MERGED") => SubjectState::Done,
        Some("DECLINED") => SubjectState::Abandoned,
        _ => return Err("its state is none that Bitbucket documents".to_owned()),
    })
}

/// Lowers a pull request. Nothing but accounts is added unless all of it can be read.
pub(super) fn pull(
    node: &Node<'_>,
    place: Place,
    context: &Context<'_>,
    out: &mut Batch,
) -> Result<Lowered, String> {
    let number = node["id"].whole().ok_or("it has no id: not a pull request")?;
    let own = &node["toRef"]["repository"];
    let repository = match (own["project"]["key"].text(), own["slug"].text()) {
        (Some(key), Some(slug)) => format!("{key}/{slug}").to_lowercase(),
        _ => super::set(context)?,
    };
    let id = out.subject_id(context.system, &format!("{repository}#{number}"));
    let (created, closed) = (time(&node["createdDate"])?, time(&node["closedDate"])?);
    let state = state(node)?;
    let head = node["fromRef"]["latestCommit"].text();
    let branch = &node["toRef"];
    let branch =
        branch["displayId"].text().or_else(|| branch["id"].text()?.strip_prefix("refs/heads/"));
    let subject = Subject {
        state,
        title: out.maybe(node["title"].text()),
        url: out.maybe(node["links"]["self"].items().first().and_then(|link| link["href"].text())),
        repository: out.maybe(Some(&repository)),
        target: out.maybe(branch),
        revision: out.maybe(head.map(str::to_lowercase).as_deref()),
        created,
        done: closed.filter(|_| state == SubjectState::Done),
        updated: time(&node["updatedDate"])?,
        reviews_listed: matches!(node["reviewers"], Node::Array(_)),
        ..Subject::new(id, SubjectKind::Change)
    };
    let author = someone(&node["author"]["user"], place, context, out)?;
    let plain = Act {
        to: id,
        at: created,
        duty: Duty::Author,
        by: author,
        revision: None,
        dismissed: false,
    };
    let mut acts = vec![plain];
    for entry in node["reviewers"].items().iter().chain(node["participants"].items()) {
        let duty = match entry["status"].text() {
            Some("APPROVED") => Duty::Approve,
            Some("NEEDS_WORK") => Duty::Reject,
            _ => continue,
        };
        let by = someone(&entry["user"], place, context, out)?;
        let revision = out.maybe(entry["lastReviewedCommit"].text());
        acts.push(Act { at: None, duty, by, revision, ..plain });
    }
    out.subject(place, subject);
    acts.into_iter().for_each(|act| out.act(place, act));
    let became = node["properties"]["mergeCommit"]["id"].text();
    let became = became.filter(|_| state == SubjectState::Done);
    for (kind, sha) in [(LinkKind::Head, head), (LinkKind::MergedAs, became)] {
        if let Some(sha) = sha.filter(|sha| is_sha(sha)) {
            let to = commit_id(out, context.system, &repository, sha);
            out.link(place, Link { from: id, kind, to });
        }
    }
    Ok(Lowered::Records)
}

/// Lowers an entry of a pull request's activities, to which the number was added.
pub(super) fn activity(
    node: &Node<'_>,
    place: Place,
    context: &Context<'_>,
    votes: &mut Votes,
    out: &mut Batch,
) -> Result<Lowered, String> {
    let duty = match node["action"].text() {
        Some("APPROVED") => Some(Duty::Approve),
        Some("REVIEWED") => Some(Duty::Reject),
        Some("UNAPPROVED") => None,
        Some("MERGED") => Some(Duty::Merge),
        _ => return Ok(Lowered::Nothing("activity that decides nothing")),
    };
    let number = node["pullrequest"].whole().ok_or(
        "it does not name its pull request (add the number with jq, as the documentation of this \
         format shows)",
    )?;
    let repository = super::set(context)?;
    let on = out.subject_id(context.system, &format!("{repository}#{number}"));
    let at = time(&node["createdDate"])?.ok_or("it has no time")?;
    let by = someone(&node["user"], place, context, out)?;
    if duty != Some(Duty::Merge) {
        votes.add(Vote { on, by, at, duty, revision: None, place });
        return Ok(Lowered::Records);
    }
    let subject = Subject {
        state: SubjectState::Done,
        repository: out.maybe(Some(&repository)),
        done: Some(at),
        ..Subject::new(on, SubjectKind::Change)
    };
    out.subject(place, subject);
    let (at, duty) = (Some(at), Duty::Merge);
    out.act(place, Act { to: on, at, duty, by, revision: None, dismissed: false });
    if let Some(sha) = node["commit"]["id"].text().filter(|sha| is_sha(sha)) {
        let to = commit_id(out, context.system, &repository, sha);
        out.link(place, Link { from: on, kind: LinkKind::MergedAs, to });
    }
    Ok(Lowered::Records)
}
