//! From a change to records.

use super::people::{account, writer};
use crate::ingest::attempt::Lowered;
use crate::ingest::git_people::{Commit, is_sha};
use crate::ingest::ingester::Context;
use crate::ingest::json_tree::Node;
use crate::model::{
    AccountId, Act, Batch, Duty, Instant, Link, LinkKind, Place, Subject, SubjectId, SubjectKind,
    SubjectState, Symbol,
};

/// The label whose votes are reviews, as it is called and as ssh once abbreviated it.
const REVIEW: &[&str] = &["Code-Review", "CRVW"];

/// A change on its way to records.
struct Change<'c> {
    id: SubjectId,
    project: String,
    place: Place,
    context: &'c Context<'c>,
    acts: Vec<Act>,
}

impl Change<'_> {
    fn act(&mut self, by: AccountId, duty: Duty, at: Option<Instant>, revision: Option<Symbol>) {
        self.acts.push(Act { to: self.id, at, duty, by, revision, dismissed: false });
    }

    fn account(&self, node: &Node<'_>, out: &mut Batch) -> Result<AccountId, String> {
        account(node, self.place, self.context, out)
    }

    fn time(&self, node: &Node<'_>) -> Result<Option<Instant>, String> {
        self.context.utc_or_seconds(node)
    }
}

fn state(node: &Node<'_>) -> Result<SubjectState, String> {
    Ok(match node["status"].text() {
        Some("NEW" | "DRAFT" | "SUBMITTED" | "STAGED") => SubjectState::Open,
        Some("MERGED") => SubjectState::Done,
        Some("ABANDONED" | "DEFERRED") => SubjectState::Abandoned,
        Some(_) => return Err("its status is none that Gerrit documents".to_owned()),
        None => SubjectState::Unknown,
    })
}

/// What a vote on the review label means.
fn vote(value: Option<i64>) -> Option<Duty> {
    match value? {
        2 => Some(Duty::Approve),
        -1 | -2 => Some(Duty::Reject),
        _ => None,
    }
}

fn revision(out: &mut Batch, sha: Option<&str>) -> Option<Symbol> {
    out.maybe(sha.map(str::to_lowercase).as_deref())
}

/// Lowers a change. Nothing but accounts is added unless all of it can be read.
pub(super) fn change(
    node: &Node<'_>,
    place: Place,
    context: &Context<'_>,
    out: &mut Batch,
) -> Result<Lowered, String> {
    let project = node["project"].text().ok_or("it has no project: not a change")?.to_lowercase();
    let number = node.first(&["_number", "number"]).whole().ok_or("it has no number")?;
    let state = state(node)?;
    let id = out.subject_id(context.system, &format!("{project}#{number}"));
    let mut change = Change { id, project, place, context, acts: Vec::new() };
    let created = change.time(node.first(&["created", "createdOn"]))?;
    let updated = change.time(node.first(&["updated", "lastUpdated"]))?;
    let owner = change.account(&node["owner"], out)?;
    change.act(owner, Duty::Author, created, None);
    let sets = patch_sets(node);
    let mut merged = change.time(&node["submitted"])?;
    if state == SubjectState::Done && node["submitter"].is_object() {
        let submitter = change.account(&node["submitter"], out)?;
        change.act(submitter, Duty::Merge, merged, None);
    }
    for set in &sets {
        merged = patch_set(set, &mut change, out)?.or(merged);
    }
    labels(node, &sets, &mut change, out)?;
    let newest = sets.last().and_then(|set| set.sha());
    let subject = Subject {
        state,
        title: out.maybe(node["subject"].text()),
        url: out.maybe(node["url"].text()),
        repository: out.maybe(Some(&change.project)),
        target: out.maybe(node["branch"].text()),
        revision: revision(out, newest.or(node["current_revision"].text())),
        created,
        done: merged.filter(|_| state == SubjectState::Done),
        updated,
        reviews_listed: !node["labels"].members().is_empty() || node["patchSets"].is_some(),
        ..Subject::new(id, SubjectKind::Change)
    };
    if let Some(set) = sets.last() {
        commit(set, node, state, &change, out)?;
    }
    out.subject(place, subject);
    change.acts.into_iter().for_each(|act| out.act(place, act));
    Ok(Lowered::Records)
}

/// A patch set: over ssh a member of a list, in REST the value of a member that is its commit.
struct Set<'n, 'a> {
    key: Option<&'n str>,
    node: &'n Node<'a>,
}

impl Set<'_, '_> {
    fn sha(&self) -> Option<&str> {
        self.key.or_else(|| self.node["revision"].text()).filter(|sha| is_sha(sha))
    }
}

/// The patch sets, the newest last.
fn patch_sets<'n, 'a>(node: &'n Node<'a>) -> Vec<Set<'n, 'a>> {
    let named = node["revisions"].members().iter();
    let mut sets: Vec<_> = named.map(|(key, node)| Set { key: Some(&**key), node }).collect();
    sets.extend(node["patchSets"].items().iter().map(|node| Set { key: None, node }));
    if sets.is_empty() && node["currentPatchSet"].is_object() {
        sets.push(Set { key: None, node: &node["currentPatchSet"] });
    }
    sets.sort_by_key(|set| set.node.first(&["_number", "number"]).whole());
    sets
}

/// Takes in who uploaded and voted on a patch set. Returns when it was submitted, if it was.
fn patch_set(
    set: &Set<'_, '_>,
    change: &mut Change<'_>,
    out: &mut Batch,
) -> Result<Option<Instant>, String> {
    let made = change.time(set.node.first(&["created", "createdOn"]))?;
    if set.node["uploader"].is_object() {
        let uploader = change.account(&set.node["uploader"], out)?;
        change.act(uploader, Duty::Commit, made, None);
    }
    let mut submitted = None;
    for approval in set.node["approvals"].items() {
        let at = change.time(&approval["grantedOn"])?;
        let kind = approval["type"].text().unwrap_or_default();
        let duty = match kind {
            "SUBM" => Some(Duty::Merge),
            kind if REVIEW.contains(&kind) => vote(approval["value"].whole()),
            _ => None,
        };
        if let Some(duty) = duty {
            let by = change.account(&approval["by"], out)?;
            let seen = revision(out, set.sha()).filter(|_| duty != Duty::Merge);
            change.act(by, duty, at, seen);
        }
        submitted = submitted.or(at.filter(|_| kind == "SUBM"));
    }
    Ok(submitted)
}

/// Takes in the votes that REST lists, which hold for the newest patch set.
fn labels(
    node: &Node<'_>,
    sets: &[Set<'_, '_>],
    change: &mut Change<'_>,
    out: &mut Batch,
) -> Result<(), String> {
    let label = &node["labels"][REVIEW[0]];
    let newest = node["current_revision"].text().or_else(|| sets.last()?.sha());
    let seen = revision(out, newest);
    if !label["all"].is_some() {
        // Without DETAILED_LABELS there is one account only for each extreme, and no time.
        for (name, duty) in [("approved", Duty::Approve), ("rejected", Duty::Reject)] {
            if label[name].is_object() {
                let by = change.account(&label[name], out)?;
                change.act(by, duty, None, seen);
            }
        }
        return Ok(());
    }
    for entry in label["all"].items() {
        if let Some(duty) = vote(entry["value"].whole()) {
            let (by, at) = (change.account(entry, out)?, change.time(&entry["date"])?);
            change.act(by, duty, at, seen);
        }
    }
    Ok(())
}

/// Adds the change's commit, which the change proposes and, if submitted, became.
fn commit(
    set: &Set<'_, '_>,
    node: &Node<'_>,
    state: SubjectState,
    change: &Change<'_>,
    out: &mut Batch,
) -> Result<(), String> {
    let Some(sha) = set.sha() else { return Ok(()) };
    // REST nests what git says of the commit.
    let body = if set.node["commit"].is_object() { &set.node["commit"] } else { set.node };
    let listed = body["parents"].items().iter();
    let parents: Vec<&str> =
        listed.filter_map(|p| p.text().or_else(|| p["commit"].text())).collect();
    if !parents.iter().all(|parent| is_sha(parent)) {
        return Err("a parent is no commit id".to_owned());
    }
    let (place, context) = (change.place, change.context);
    let authored = change.time(body["author"].first(&["date"]))?;
    let committed = change.time(&body["committer"]["date"])?;
    let made = change.time(set.node.first(&["created", "createdOn"]))?;
    let commit = Commit {
        system: context.system,
        repository: &change.project,
        sha,
        parents: &parents,
        message: body["message"].text().or(node["commitMessage"].text()).unwrap_or_default(),
        url: None,
        branch: None,
        authors: writer(&body["author"], place, context, out).into_iter().collect(),
        authored: authored.or(made),
        committer: writer(&body["committer"], place, context, out),
        committed: committed.or(made),
    };
    let to = commit.lower(out, place);
    let mut kinds = vec![LinkKind::Head, LinkKind::Contains];
    kinds.extend((state == SubjectState::Done).then_some(LinkKind::MergedAs));
    for kind in kinds {
        out.link(place, Link { from: change.id, kind, to });
    }
    Ok(())
}
