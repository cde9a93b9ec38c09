//! Jira's audit log, of Data Center and of the cloud.

use serde_json::{Map, Value};

use super::atlassian_audit::{Event, Moved, is_server, of_product, server};
use super::attempt::{Actor, Lowered, each_record, full_reply};
use super::decode::Trouble;
use super::feed::{Container, Feed};
use super::ingester::{Context, ingester};
use super::json_tree::Node;
use super::sample::Sample;
use crate::model::{AccountKind, Batch, HowKnown, Place};

ingester! {
    /// Events of Jira: groups and project roles that were given or taken away, and every change made
    /// by a registered agent or service.
    ///
    /// ## How to make it
    ///
    /// User and token lie in a file of curl's options that only the collector may read, here
    /// `jira.curl`, with the line `user = "USER:TOKEN"`: command lines are noted and printed.
    ///
    /// ```text
    /// curl --config jira.curl "https://ACME.atlassian.net/rest/api/3/auditing/record?from=2026-10-01&to=2026-11-01&limit=1000&offset=0" > audit.json
    /// curl -u USER "https://JIRA/rest/auditing/1.0/events?from=2026-10-01T00:00:00Z&to=2026-11-01T00:00:00Z&limit=10000" > audit.json
    /// ```
    ///
    /// The first is the cloud, whose replies hold at most 1,000 records: go on with `offset`. The
    /// second is Data Center; its files in `JIRA_HOME/log/audit/` are read too.
    ///
    /// ## Fields read
    ///
    /// Data Center: `timestamp`, `author`, `type.action`, `type.actionI18nKey`, `affectedObjects`,
    /// `changedValues`. Cloud: `created`, `summary`, `authorAccountId`, `authorKey`, `objectItem`,
    /// `associatedItems`. The action is the key, `jira:jira.auditing.workflow.updated`, in the cloud the
    /// summary: `jira:User added to group`.
    ///
    /// Roles are called `jira:group:NAME`, and `jira:project-role:Developers` limited to the project.
    ///
    /// ## What it proves
    ///
    /// When a role was given or taken away, and by whom; which workflow or permission scheme a
    /// registered agent changed.
    ///
    /// ## What it cannot prove
    ///
    /// Refusals: Jira records what happened, never what it refused. Roles given before the log begins.
    pub(super) static JIRA_AUDIT = "jira-audit" {
        title: "Jira audit log",
        system: "jira",
        since: "0.1.0",
        names: &[
            "timestamp", "author", "type", "affectedObjects", "changedValues", "source", "system",
            "method", "extraAttributes", "summary", "authorKey", "authorAccountId", "objectItem",
            "associatedItems", "eventSource",
        ],
        recognise: recognise,
        read: read,
    }
}

const PATHS: &[&[&str]] = &[&["entities"], &["records"], &[]];
/// Most records that one reply holds.
const REPLIES: &[u64] = &[10_000, 1000];

fn recognise(sample: &Sample<'_>) -> Option<Container> {
    let configured = sample.configured_as(JIRA_AUDIT.id);
    PATHS
        .iter()
        .find(|path| sample.objects(path).iter().any(|object| ours(object, configured)))
        .map(|path| Container::Json(path))
}

fn ours(object: &Map<String, Value>, configured: bool) -> bool {
    let has = |key: &str| object.contains_key(key);
    let cloud = has("summary") && has("created") && has("category") && has("objectItem");
    let server =
        is_server(object) && (configured || of_product(object, "jira", &["ApplicationUser"]));
    server || cloud
}

fn read(feed: &mut Feed<'_>, context: &Context<'_>, out: &mut Batch) -> Result<(), Trouble> {
    let mut roles = false;
    each_record(feed, out, |node, place, out| {
        let lower = if node["summary"].is_some() { record } else { server };
        lower(node, place, context, &mut roles, out)
    })?;
    let said = |name: &str| feed.beside(name).and_then(|json| json.parse::<u64>().ok());
    let items = out.tally().items;
    if let Some(total) = said("/total")
        && said("/offset").unwrap_or(0) + items < total
    {
        out.gap(format!("it ends before the last of {total} records (go on with `offset`)"));
    } else if feed.beside("/pagingInfo").is_some_and(|j| j.contains("\"lastPage\":false")) {
        out.gap("more events follow the last one (export the next page)".to_owned());
    } else if said("/total").is_none() {
        full_reply(REPLIES, context, out);
    }
    if roles {
        out.proves_roles(HowKnown::GrantEvent);
    }
    Ok(())
}

/// Lowers a record of the cloud.
fn record(
    record: &Node<'_>,
    place: Place,
    context: &Context<'_>,
    roles: &mut bool,
    out: &mut Batch,
) -> Result<Lowered, String> {
    let summary = record["summary"].text().ok_or("it does not say what was done")?;
    let author = record.first(&["authorAccountId", "authorKey"]).text();
    let event = Event {
        action: summary,
        at: context.moment(&record["created"]),
        actor: author.map(|id| Actor::new(id, AccountKind::Unknown)),
        moved: membership(summary, record)?.into_iter().collect(),
        resource: record["objectItem"]["name"].text(),
        request: record["id"].id(),
    };
    event.lower(place, context, roles, out)
}

/// Whether the record put somebody into a group or took them out of it.
fn membership<'n>(summary: &str, record: &'n Node<'n>) -> Result<Option<Moved<'n>>, String> {
    let gives = match summary.to_lowercase().as_str() {
        "user added to group" => true,
        "user removed from group" => false,
        _ => return Ok(None),
    };
    let group = record["objectItem"]["name"].text().ok_or("it does not name its group")?;
    let items = record["associatedItems"].items().iter();
    let mut users = items.filter(|item| item["typeName"].text() == Some("USER"));
    let user = users.next().ok_or("it does not say whose membership")?;
    let id = user["id"].text().or(user["name"].text()).ok_or("its user has no id")?;
    let holder = Actor { name: user["name"].text(), ..Actor::new(id, AccountKind::Unknown) };
    Ok(Some(Moved { holder, role: format!("group:{group}"), scope: None, gives }))
}

#[cfg(test)]
mod tests {
    use crate::ingest::Settings;
    use crate::ingest::testing::{Told, told};

    fn read(text: &str) -> Told {
        told(text, &Settings::default())
    }

    #[test]
    fn groups_and_project_roles_of_a_server() {
        let event = |key: &str, objects: &str, changed: &str| {
            format!(
                r#"{{"timestamp":1791190800087,"author":{{"name":"Eve","type":"ApplicationUser"}},"type":{{"category":"x","action":"shown","actionI18nKey":"jira.auditing.{key}"}},"affectedObjects":[{objects}],"changedValues":[{changed}],"extraAttributes":[]}}"#
            )
        };
        let group = r#"{"name":"deployers","type":"GROUP"},{"name":"Ann","type":"USER"}"#;
        let role = r#"{"name":"Developers","type":"PROJECT_ROLE"},{"name":"PAY","type":"PROJECT"}"#;
        let users = r#"{"key":"Users","from":"ann, bob","to":"bob, carl"}"#;
        let told = read(
            &[
                event("user.added.to.group", group, ""),
                event("user.removed.from.group", group, ""),
                event("project.roles.changed", role, users),
                event("workflow.created", "", ""),
            ]
            .join("\n"),
        );
        assert_eq!(told.counts(), [4, 4, 0, 0], "{:?}", told.rejects());
        let told = told.grants();
        assert!(told.iter().any(|g| g.starts_with("jira:ann jira:group:deployers - 2026-10-05")));
        assert!(
            told.iter().any(|g| g.starts_with("jira:ann jira:project-role:Developers PAY - 2026"))
        );
        assert!(
            told.iter().any(|g| g.starts_with("jira:carl jira:project-role:Developers PAY 2026"))
        );
        assert!(!told.iter().any(|g| g.starts_with("jira:bob")));
    }

    #[test]
    fn records_of_the_cloud() {
        let told = read(
            r#"{"offset":0,"limit":1,"total":3,"records":[{"id":1,"summary":"User added to group","authorAccountId":"5ab","created":"2026-10-05T09:00:00.000+0000","category":"group management","objectItem":{"name":"deployers","typeName":"GROUP"},"associatedItems":[{"id":"ug:1","name":"ug:1","typeName":"USER"}]}]}"#,
        );
        assert_eq!(told.counts(), [1, 1, 0, 0], "{:?}", told.rejects());
        assert!(told.grants()[0].starts_with("jira:ug:1 jira:group:deployers - 2026-10-05"));
        assert!(told.gaps()[0].contains("last of 3 records"));
    }
}
