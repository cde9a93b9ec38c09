//! From an issue, a remote link or the development panel to records.

use crate::ingest::attempt::Lowered;
use crate::ingest::change_address::change_at;
use crate::ingest::ingester::Context;
use crate::ingest::json_tree::Node;
use crate::model::{
    AccountId, AccountKind, Act, Batch, Duty, Instant, Link, LinkKind, Place, Subject, SubjectId,
    SubjectKind, SubjectState,
};

/// What a file's issues lack, noted once for the file.
#[derive(Default)]
pub(super) struct Notes {
    changelog: bool,
    cut: bool,
}

impl Notes {
    pub(super) fn gaps(&self, out: &mut Batch) {
        if self.changelog {
            out.gap("the changelogs were not exported (add expand=changelog)".to_owned());
        }
        if self.cut {
            out.gap("some changelogs are not whole (export them issue by issue)".to_owned());
        }
    }
}

/// Adds an account: by its id in the cloud, by its name on a server. Jira has nobody to name for
/// what was done anonymously.
fn someone(user: &Node<'_>, place: Place, context: &Context<'_>, out: &mut Batch) -> AccountId {
    let local = match user["accountId"].text() {
        Some(id) => id.to_owned(),
        None => user.first(&["name", "key"]).text().unwrap_or("anonymous").to_lowercase(),
    };
    let kind = match user["accountType"].text() {
        Some("app") => AccountKind::Service,
        Some("atlassian" | "customer") => AccountKind::Human,
        _ => AccountKind::Unknown,
    };
    let id = out.account_id(context.system, &local);
    let email = user["emailAddress"].text().filter(|email| email.contains('@'));
    out.account(place, id, kind, email, user["displayName"].text())
}

fn is_key(text: &str) -> bool {
    let Some((project, number)) = text.rsplit_once('-') else { return false };
    let letters = |part: &str| part.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
    !project.is_empty()
        && letters(project)
        && !number.is_empty()
        && number.bytes().all(|b| b.is_ascii_digit())
}

fn subject_id(key: &str, context: &Context<'_>, out: &mut Batch) -> SubjectId {
    out.subject_id(context.system, &key.to_uppercase())
}

fn state(fields: &Node<'_>) -> SubjectState {
    match fields["status"]["statusCategory"]["key"].text() {
        Some("done") => SubjectState::Done,
        Some("new" | "indeterminate") => SubjectState::Open,
        _ if fields["resolutiondate"].text().is_some() => SubjectState::Done,
        _ => SubjectState::Unknown,
    }
}

/// What it means that a ticket moved into a status of this name.
fn decided(status: &str) -> Option<Duty> {
    let status = status.to_lowercase();
    let words: Vec<_> = status.split(|c: char| !c.is_alphanumeric()).collect();
    let has = |word: &str| words.contains(&word);
    match () {
        () if has("not") || has("no") => None,
        () if has("rejected") || has("declined") => Some(Duty::Reject),
        () if has("approved") => Some(Duty::Approve),
        () => None,
    }
}

/// Lowers an issue. Nothing but accounts is added unless all of it can be read.
pub(super) fn issue(
    node: &Node<'_>,
    place: Place,
    context: &Context<'_>,
    notes: &mut Notes,
    out: &mut Batch,
) -> Result<Lowered, String> {
    let key = node["key"].text().filter(|key| is_key(key)).ok_or("its key is no issue's key")?;
    let fields = &node["fields"];
    if !fields.is_object() {
        return Err("it has no fields (export with fields=*all)".to_owned());
    }
    let id = subject_id(key, context, out);
    let created = context.maybe_moment(&fields["created"])?;
    let state = state(fields);
    let base = node["self"].text().and_then(|url| url.split_once("/rest/")).map(|(base, _)| base);
    let subject = Subject {
        state,
        title: out.maybe(fields["summary"].text()),
        url: out.maybe(base.map(|base| format!("{base}/browse/{key}")).as_deref()),
        repository: out.maybe(fields["project"]["key"].text()),
        created,
        done: context
            .maybe_moment(&fields["resolutiondate"])?
            .filter(|_| state == SubjectState::Done),
        updated: context.maybe_moment(&fields["updated"])?,
        ..Subject::new(id, SubjectKind::Ticket)
    };
    let mut acts = Vec::new();
    let mut act = |by: AccountId, duty: Duty, at: Option<Instant>| {
        let new = Act { to: id, at, duty, by, revision: None, dismissed: false };
        if !acts.contains(&new) {
            acts.push(new);
        }
    };
    for asker in ["reporter", "creator"].map(|name| &fields[name]) {
        if asker.is_object() {
            act(someone(asker, place, context, out), Duty::Request, created);
        }
    }
    let histories = history(&node["changelog"], notes);
    for entry in histories {
        let moves = entry["items"].items().iter().filter(|i| i["field"].text() == Some("status"));
        for duty in moves.filter_map(|item| decided(item["toString"].text()?)) {
            let at = context.moment(&entry["created"])?;
            act(someone(&entry["author"], place, context, out), duty, Some(at));
        }
    }
    for (_, field) in fields.members() {
        for approval in field.items().iter().filter(|a| a["approvers"].is_some()) {
            desk_approval(approval, place, context, out, &mut act)?;
        }
    }
    out.subject(place, subject);
    acts.into_iter().for_each(|act| out.act(place, act));
    Ok(Lowered::Records)
}

fn history<'n, 'a>(changelog: &'n Node<'a>, notes: &mut Notes) -> &'n [Node<'a>] {
    let histories = changelog["histories"].items();
    notes.changelog |= !changelog.is_object();
    let total = changelog["total"].whole();
    notes.cut |=
        total.is_some_and(|total| usize::try_from(total).is_ok_and(|t| t > histories.len()));
    histories
}

/// An approval of Jira Service Management, as its field holds it.
fn desk_approval(
    approval: &Node<'_>,
    place: Place,
    context: &Context<'_>,
    out: &mut Batch,
    act: &mut impl FnMut(AccountId, Duty, Option<Instant>),
) -> Result<(), String> {
    let mut decided = Vec::new();
    for entry in approval["approvers"].items() {
        let duty = match entry["approverDecision"].text() {
            Some("approved") => Duty::Approve,
            Some("declined") => Duty::Reject,
            _ => continue,
        };
        decided.push((someone(&entry["approver"], place, context, out), duty));
    }
    let completed = &approval["completedDate"];
    let completed = if completed.is_object() { &completed["iso8601"] } else { completed };
    // It tells when the last of several decided, not when each did.
    let at = context.maybe_moment(completed)?.filter(|_| decided.len() == 1);
    decided.into_iter().for_each(|(by, duty)| act(by, duty, at));
    Ok(())
}

/// Lowers a link from an issue to an address.
pub(super) fn remote_link(
    node: &Node<'_>,
    place: Place,
    context: &Context<'_>,
    out: &mut Batch,
) -> Result<Lowered, String> {
    let own = node["self"].text().and_then(|url| url.split_once("/issue/")).map(|(_, rest)| rest);
    let key = own.and_then(|rest| rest.split('/').next()).filter(|key| is_key(key));
    let key = key.or(node["key"].text().filter(|key| is_key(key))).ok_or(
        "its own address does not name its issue by key (export it as issue/KEY/remotelink)",
    )?;
    let Some(to) = node["object"]["url"].text().and_then(|url| change_at(url, out)) else {
        return Ok(Lowered::Nothing("link to something that is no change"));
    };
    let from = subject_id(key, context, out);
    out.link(place, Link { from, kind: LinkKind::Answers, to });
    Ok(Lowered::Records)
}

/// Lowers what the development panel of an issue shows.
pub(super) fn panel(
    node: &Node<'_>,
    place: Place,
    context: &Context<'_>,
    out: &mut Batch,
) -> Result<Lowered, String> {
    let key = node["key"].text().filter(|key| is_key(key)).ok_or(
        "it does not name its issue (add its key with jq, as the documentation of this format \
         shows)",
    )?;
    let from = subject_id(key, context, out);
    let pulls = node["detail"].items().iter().flat_map(|part| part["pullRequests"].items());
    let mut linked = false;
    for url in pulls.filter_map(|pull| pull["url"].text()) {
        if let Some(to) = change_at(url, out) {
            out.link(place, Link { from, kind: LinkKind::Answers, to });
            linked = true;
        }
    }
    Ok(if linked { Lowered::Records } else { Lowered::Nothing("issue without pull requests") })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statuses() {
        for (status, want) in [
            ("Approved", Some(Duty::Approve)),
            ("CAB approved", Some(Duty::Approve)),
            ("APPROVED FOR PRODUCTION", Some(Duty::Approve)),
            ("Waiting for approval", None),
            ("Not approved", None),
            ("Unapproved", None),
            ("Rejected", Some(Duty::Reject)),
            ("Declined by CAB", Some(Duty::Reject)),
            ("Done", None),
        ] {
            assert_eq!(decided(status), want, "{status}");
        }
    }

    #[test]
    fn keys() {
        assert!(is_key("CHG-1") && is_key("A_B2-77"));
        assert!(!is_key("CHG-") && !is_key("-1") && !is_key("10001") && !is_key("A B-1"));
    }
}
