//! Bitbucket's audit log: Data Center, and the events of a cloud organisation.

use serde_json::{Map, Value};

use super::atlassian_audit::{cloud, is_cloud, is_server, of_product, server};
use super::attempt::{each_record, full_reply};
use super::decode::Trouble;
use super::feed::{Container, Feed};
use super::ingester::{Context, ingester};
use super::sample::Sample;
use crate::model::{Batch, HowKnown};

ingester! {
    /// Events of Bitbucket: groups and permissions that were given or taken away, and every change
    /// made by a registered agent or service.
    ///
    /// ## How to make it
    ///
    /// Data Center, while `pagingInfo.lastPage` is false with its `nextPageOffset` as `offset`, each
    /// reply after the one before in the same file:
    ///
    /// ```text
    /// curl -u USER "https://BITBUCKET/rest/auditing/1.0/events?from=2026-10-01T00:00:00Z&to=2026-11-01T00:00:00Z&limit=10000" >> audit.json
    /// ```
    ///
    /// or the files of `BITBUCKET_HOME/log/audit/`, or the console's JSON export. For the cloud, the
    /// events of the organisation (Atlassian Guard), while `links.next` is there, with the token in a
    /// file of curl's options, here `atlassian.curl`, as the line `header = "Authorization: Bearer …"`:
    ///
    /// ```text
    /// curl --config atlassian.curl "https://api.atlassian.com/admin/v1/orgs/ORG/events?product=bitbucket&from=1790812800000&to=1793491200000&limit=200" >> events.json
    /// ```
    ///
    /// Data Center logs as much as its coverage level says: set "Permissions" and "Users and groups" to
    /// at least base. The organisation keeps its events for 180 days.
    ///
    /// ## Fields read
    ///
    /// Data Center: `timestamp`, `author`, `type.action`, `type.actionI18nKey`, `affectedObjects`,
    /// `extraAttributes`. Cloud: `attributes` with `time`, `action`, `actor`, `context`, `container`. The
    /// action is the key that does not depend on the language:
    /// `bitbucket:bitbucket.service.project.audit.action.projectdeleted`, in the cloud
    /// `bitbucket:repository_deleted`.
    ///
    /// Accounts are user names (Data Center) and account ids (cloud). Roles are called
    /// `bitbucket:group:NAME`, `bitbucket:global:SYS_ADMIN`, `bitbucket:project:PROJECT_ADMIN` and
    /// `bitbucket:repository:REPO_WRITE`, the last two limited to the project or repository. A permission
    /// of a group has the group as its holder: `bitbucket:group:NAME`.
    ///
    /// ## What it proves
    ///
    /// When a role was given or taken away, and by whom.
    ///
    /// ## What it cannot prove
    ///
    /// Refusals: Bitbucket records what happened, never what it refused. Roles given before the log
    /// begins. What the coverage level left out.
    pub(super) static BITBUCKET_AUDIT = "bitbucket-audit" {
        title: "Bitbucket audit log",
        system: "bitbucket",
        since: "0.1.0",
        names: &[
            "timestamp", "author", "type", "affectedObjects", "changedValues", "source", "system", "node",
            "method", "extraAttributes",
        ],
        recognise: recognise,
        read: read,
    }
}

const PATHS: &[&[&str]] = &[&["entities"], &["data"], &[]];
/// Most events that one reply holds, and as many as it holds unasked.
const REPLIES: &[u64] = &[10_000, 200];

fn recognise(sample: &Sample<'_>) -> Option<Container> {
    let configured = sample.configured_as(BITBUCKET_AUDIT.id);
    PATHS
        .iter()
        .find(|path| sample.objects(path).iter().any(|object| ours(object, configured)))
        .map(|path| Container::Json(path))
}

fn ours(object: &Map<String, Value>, configured: bool) -> bool {
    let server = is_server(object) && (configured || of_product(object, "bitbucket", &["NORMAL"]));
    // All products of an organisation share the cloud's events.
    server || is_cloud(object)
}

fn read(feed: &mut Feed<'_>, context: &Context<'_>, out: &mut Batch) -> Result<(), Trouble> {
    let mut roles = false;
    each_record(feed, out, |node, place, out| {
        let lower = if node["attributes"].is_object() { cloud } else { server };
        lower(node, place, context, &mut roles, out)
    })?;
    let lasts = feed.beside("/pagingInfo").is_none_or(|json| !json.contains("\"lastPage\":false"));
    if feed.unfinished("/links/next") || next(feed) || !lasts {
        out.gap("more events follow the last one (export the next page)".to_owned());
    }
    full_reply(REPLIES, context, out);
    if roles {
        out.proves_roles(HowKnown::GrantEvent);
    }
    Ok(())
}

fn next(feed: &Feed<'_>) -> bool {
    let links = feed.beside("/links").and_then(|json| serde_json::from_str::<Value>(json).ok());
    links.is_some_and(|links| links["next"].is_string())
}

#[cfg(test)]
mod tests {
    use crate::ingest::Settings;
    use crate::ingest::testing::{Told, told};

    fn read(text: &str) -> Told {
        told(text, &Settings::default())
    }

    fn event(key: &str, objects: &str, extra: &str) -> String {
        format!(
            r#"{{"timestamp":"2026-10-05T09:00:00.087Z","author":{{"name":"Eve","type":"NORMAL","id":"2"}},"type":{{"category":"x","action":"shown","actionI18nKey":"bitbucket.service.user.audit.action.{key}"}},"affectedObjects":[{objects}],"changedValues":[],"extraAttributes":[{extra}]}}"#
        )
    }

    const ANN: &str = r#"{"name":"Ann","type":"USER","id":"3"}"#;

    #[test]
    fn groups_and_permissions() {
        let group = format!(r#"{{"name":"deployers","type":"GROUP"}},{ANN}"#);
        let repository = format!(r#"{ANN},{{"name":"pay","type":"REPOSITORY"}}"#);
        let write = r#"{"name":"Permission","value":"REPO_WRITE"}"#;
        let told = read(
            &[
                event("groupmembershipscreated.user", &group, ""),
                event("groupmembershipdeleted", &group, ""),
                event("repositorypermissiongranted", &repository, write),
                event("repositorypermissiongrantrequested", &repository, write),
                event(
                    "globalpermissionrevoked",
                    r#"{"name":"admins","type":"GROUP"}"#,
                    r#"{"name":"Permission","value":"SYS_ADMIN"}"#,
                ),
            ]
            .join("\n"),
        );
        assert_eq!(told.counts(), [5, 5, 0, 0], "{:?}", told.rejects());
        let roles: Vec<_> = told
            .grants()
            .iter()
            .map(|grant| grant.split(' ').take(3).collect::<Vec<_>>().join(" "))
            .collect();
        assert_eq!(
            roles,
            [
                "bitbucket:ann bitbucket:group:deployers -",
                "bitbucket:ann bitbucket:group:deployers -",
                "bitbucket:ann bitbucket:repository:REPO_WRITE pay",
                "bitbucket:group:admins bitbucket:global:SYS_ADMIN -",
            ]
        );
        assert_eq!(told.decisions().len(), 5);
    }

    #[test]
    fn events_of_the_cloud() {
        let told = read(
            r#"{"data":[{"id":"e1","type":"events","attributes":{"time":"2026-10-05T09:00:00Z","action":"user_added_to_group","actor":{"id":"a1","name":"Eve","email":"eve@acme.example"},"context":[{"id":"u1","type":"users","attributes":{"email":"ann@acme.example"}},{"id":"g1","type":"groups","attributes":{"name":"deployers"}}]}},{"id":"e2","attributes":{"time":"2026-10-05T09:00:01Z","action":"repository_deleted","actor":{"id":"a1"},"container":[{"id":"r","type":"repositories","attributes":{"name":"pay"}}]}}],"links":{"next":"https://api.atlassian.com/x"}}"#,
        );
        assert_eq!(told.counts(), [2, 2, 0, 0], "{:?}", told.rejects());
        assert!(told.grants()[0].starts_with("bitbucket:u1 bitbucket:group:deployers"));
        assert!(told.decisions()[1].contains("bitbucket:repository_deleted pay"));
        assert!(told.gaps()[0].contains("next page"));
    }

    #[test]
    fn pages_that_stop_and_events_that_say_too_little() {
        let told = read(&format!(
            r#"{{"entities":[{},{}],"pagingInfo":{{"lastPage":false,"size":2}}}}"#,
            event("repositorypermissiongranted", ANN, ""),
            event("projectdeleted", "", "").replace("2026-10-05T09", "soon"),
        ));
        assert_eq!(told.counts(), [2, 0, 0, 2]);
        assert!(told.gaps()[0].contains("next page"));
    }
}
