//! Jira issues as change tickets: who asked, who approved, and which change answers them.

mod lower;

use serde_json::{Map, Value};

use super::attempt::each_record;
use super::decode::Trouble;
use super::feed::{Container, Feed};
use super::ingester::{Context, ingester};
use super::sample::Sample;
use crate::model::Batch;

use self::lower::Notes;

ingester! {
    /// Tickets with who asked for them and who moved them into an approved or rejected status.
    ///
    /// ## How to make it
    ///
    /// User and token lie in a file of curl's options that only the collector may read, here
    /// `jira.curl`, with the line `user = "USER:TOKEN"`: command lines are noted and printed.
    ///
    /// ```text
    /// curl --config jira.curl 'https://SITE.atlassian.net/rest/api/3/search/jql?jql=project=CHG&fields=*all&expand=changelog&maxResults=100' > issues.json
    /// for k in $(jq -r '.issues[].key' issues.json); do
    ///   curl --config jira.curl "https://SITE.atlassian.net/rest/api/3/issue/$k/remotelink" >> remote-links.json
    /// done
    /// ```
    ///
    /// On a server of your own the first address is `/rest/api/2/search`. Further pages go into the
    /// same file, one after another: only so can it be seen that none is missing. Single issues and
    /// one issue a line are read too. The development panel's own reply
    /// (`/rest/dev-status/1.0/issue/detail?issueId=…&dataType=pullrequest`) does not name its issue:
    /// add it with `jq '. + {key: "CHG-1"}'`.
    ///
    /// ## Fields read
    ///
    /// `key`, `self`, `fields.summary`, `fields.status`, `fields.project`, `fields.reporter`,
    /// `fields.creator`, `fields.created`, `fields.updated`, `fields.resolutiondate`; the changelog's
    /// changes of `status`; of service desks the field that holds approvals, whatever its name;
    /// `object.url` of remote links; `pullRequests[].url` of the development panel.
    ///
    /// Reporter and creator have asked for the change. Whoever moved the ticket into a status whose
    /// name has the word `approved` has approved it; with the word `rejected` or `declined`, rejected
    /// it. (`Not approved` is neither.) An approver of a service desk counts by their own decision;
    /// its time is known only where one person decided alone.
    ///
    /// ## What it proves
    ///
    /// Who asked for a ticket and who approved it, as Jira recorded it; with links, which pull request
    /// or merge request answers it. Keys in titles or branch names are no links.
    ///
    /// ## What it cannot prove
    ///
    /// That the status means what its name says. Transitions that a rule of the workflow made in
    /// somebody's name. What was deleted from the changelog with the issue.
    pub(super) static JIRA_ISSUES = "jira-issues" {
        title: "Jira issues",
        system: "jira",
        since: "0.1.0",
        names: &[
            "issues", "startAt", "maxResults", "total", "expand", "key", "fields", "changelog",
            "self", "globalId", "object", "relationship", "nextPageToken", "isLast", "detail",
        ],
        recognise: recognise,
        read: read,
    }
}

const ISSUES: &[&str] = &["issues"];

fn recognise(sample: &Sample<'_>) -> Option<Container> {
    let listed = sample.objects(ISSUES);
    let empty = listed.is_empty() && sample.array_at(ISSUES);
    let page = sample.objects(&[]).iter().any(|o| o.contains_key("maxResults"));
    if listed.iter().any(|object| issue(object)) || (empty && page) {
        return Some(Container::Json(ISSUES));
    }
    sample.objects(&[]).iter().any(|object| ours(object)).then_some(Container::Json(&[]))
}

fn issue(object: &Map<String, Value>) -> bool {
    let key = object.get("key").is_some_and(Value::is_string);
    key && object.get("fields").is_some_and(Value::is_object)
}

fn ours(object: &Map<String, Value>) -> bool {
    let text = |key: &str| object.get(key).and_then(Value::as_str).unwrap_or_default();
    let target = object.get("object").and_then(Value::as_object);
    let remote = text("self").contains("/remotelink/") && target.is_some();
    let panel = object.get("detail").and_then(Value::as_array).is_some_and(|detail| {
        detail.iter().any(|part| part.get("pullRequests").is_some_and(Value::is_array))
    });
    issue(object) || remote || panel
}

fn read(feed: &mut Feed<'_>, context: &Context<'_>, out: &mut Batch) -> Result<(), Trouble> {
    let mut notes = Notes::default();
    each_record(feed, out, |node, place, out| {
        if node["object"].is_object() {
            lower::remote_link(node, place, context, out)
        } else if node["detail"].is_some() {
            lower::panel(node, place, context, out)
        } else {
            lower::issue(node, place, context, &mut notes, out)
        }
    })?;
    let number = |end: &str| feed.beside(end)?.parse::<u64>().ok();
    let shown = number("/startAt").zip(number("/maxResults")).map(|(at, most)| at + most);
    let short = shown.zip(number("/total")).is_some_and(|(shown, total)| shown < total);
    if short || feed.beside("/isLast") == Some("false") {
        out.gap(
            "the last page says that there are more issues (export every page, one after another \
             into one file)"
                .to_owned(),
        );
    }
    notes.gaps(out);
    out.numbered();
    Ok(())
}

#[cfg(test)]
mod tests;
