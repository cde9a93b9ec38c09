//! The Kubernetes audit log: what was asked of a cluster's API server, and what was refused.

pub(super) mod bindings;
pub(super) mod lower;

use serde_json::{Map, Value};

use self::bindings::Bindings;
use super::attempt::{Lowered, each_record};
use super::decode::Trouble;
use super::feed::{Container, Feed};
use super::ingester::{Context, ingester};
use super::json_tree::Node;
use super::sample::Sample;
use crate::model::{Batch, HowKnown, Place};

ingester! {
    /// Requests to a Kubernetes API server: every refusal, every change made by a registered agent
    /// or service, every role that was bound, and every action that policy watches.
    ///
    /// ## How to make it
    ///
    /// Copy the files that the API server writes (`--audit-log-path`), one event a line. On EKS:
    ///
    /// ```text
    /// aws logs filter-log-events --log-group-name /aws/eks/CLUSTER/cluster --log-stream-name-prefix kube-apiserver-audit --start-time 1790812800000 --end-time 1793491200000 --output json > audit.json
    /// ```
    ///
    /// On AKS, export the diagnostic category `kube-audit` to storage and copy its files. Also read:
    /// the `EventList` that a webhook receives, and single events. Events of GKE come with the audit
    /// logs of Google Cloud, which are a format of their own.
    ///
    /// ## Fields read
    ///
    /// `stage`, `verb`, `user.username`, `impersonatedUser.username`, `objectRef`, `requestURI`,
    /// `responseStatus`, the annotations `authorization.k8s.io/decision` and `reason`, `auditID`,
    /// `requestReceivedTimestamp` (else `stageTimestamp`, in old versions `timestamp`); of role
    /// bindings also `requestObject` and `responseObject`.
    ///
    /// Only the last stage of a request counts, `ResponseComplete`. The action is the verb and the
    /// resource, such as `kubernetes:create pods/exec`; for paths that are no resources, verb and
    /// path. The actor is the user; where it impersonates another, both: `kubernetes:ci as ann`.
    ///
    /// A refusal is the decision `forbid` or the status 403, except for a quota that is used up. 401
    /// is a failed sign-in and no refusal. The control is `authorization` where the decision says so
    /// or the message is the authoriser's; `admission webhook NAME`, `PodSecurity`,
    /// `ValidatingAdmissionPolicy NAME` or `RBAC escalation check` where the message says so; else
    /// none is assumed. Requests with `dryRun` change nothing. `get` is reading, except through
    /// `exec`, `attach`, `portforward` and `proxy`.
    ///
    /// ## What it proves
    ///
    /// Who was refused what, when, and by which control; what agents and services changed; which
    /// roles were bound to whom, and by whom, where the log holds the objects.
    ///
    /// ## What it cannot prove
    ///
    /// What the audit policy leaves out. Roles that were bound before the log begins, and, where the
    /// policy logs `rolebindings` and `clusterrolebindings` below the level `RequestResponse`, any. The
    /// removal of a binding names its holders only if the same file shows how it was made: otherwise
    /// that is said as a gap. Names of users are those that the cluster was told.
    pub(super) static KUBERNETES_AUDIT = "kubernetes-audit" {
        title: "Kubernetes audit log",
        system: "kubernetes",
        since: "0.1.0",
        names: &[
            "auditID", "stage", "verb", "user", "objectRef", "requestURI", "responseStatus",
            "requestReceivedTimestamp", "stageTimestamp", "annotations", "userAgent",
        ],
        recognise: recognise,
        read: read,
    }
}

const PATHS: &[&[&str]] = &[&["items"], &["records"], &["events"], &["logEvents"], &[]];

fn recognise(sample: &Sample<'_>) -> Option<Container> {
    let lists = sample.objects(&[]);
    let empty = lists.iter().any(|list| {
        let text = |key: &str| list.get(key).and_then(Value::as_str).unwrap_or_default();
        text("kind") == "EventList" && text("apiVersion").starts_with(GROUP)
    });
    if empty && sample.array_at(PATHS[0]) {
        return Some(Container::Json(PATHS[0]));
    }
    // Diagnostic settings of Azure can write several logs to one place: that is another export.
    let alone = |path| {
        let mut categories = sample.objects(path).into_iter().filter_map(|o| o.get("category"));
        categories.all(|c| c.as_str().is_some_and(|category| category.starts_with("kube-audit")))
    };
    PATHS
        .iter()
        .find(|path| sample.objects(path).iter().any(|object| ours(object)) && alone(path))
        .map(|path| Container::Json(path))
}

const GROUP: &str = "audit.k8s.io/";

fn ours(object: &Map<String, Value>) -> bool {
    let text = |key: &str| object.get(key).and_then(Value::as_str).unwrap_or_default();
    let is = |key: &str| object.get(key).is_some_and(Value::is_object);
    // The cluster's own events are of the kind `Event` too, but have no verb.
    let event = text("kind") == "Event"
        && (text("apiVersion").starts_with(GROUP)
            || (!text("verb").is_empty() && (is("objectRef") || is("responseStatus"))));
    let log = object.get("properties").and_then(|properties| properties.get("log"));
    let azure = text("category").starts_with("kube-audit") && log.is_some_and(Value::is_string);
    let cloud_watch =
        text("message").contains("\"audit.k8s.io/") && text("message").starts_with('{');
    event || azure || cloud_watch
}

fn read(feed: &mut Feed<'_>, context: &Context<'_>, out: &mut Batch) -> Result<(), Trouble> {
    out.logs_edits();
    let mut bindings = Bindings::default();
    each_record(feed, out, |node, place, out| record(node, place, context, &mut bindings, out))?;
    if feed.unfinished("/nextToken") {
        out.gap("more events follow the last one (export without --max-items)".to_owned());
    }
    if bindings.any() {
        out.proves_roles(HowKnown::GrantEvent);
    }
    Ok(())
}

/// Takes an event out of what it is wrapped in.
fn record(
    node: &Node<'_>,
    place: Place,
    context: &Context<'_>,
    bindings: &mut Bindings,
    out: &mut Batch,
) -> Result<Lowered, String> {
    let wrapped = [("/properties/log", &node["properties"]["log"]), ("/message", &node["message"])];
    for (pointer, inner) in wrapped {
        if node["verb"].text().is_none()
            && let Some(text) = inner.text()
        {
            let place = place.inside(out.text(pointer));
            return lower::event(&Node::parse(text)?, place, context, bindings, out);
        }
    }
    lower::event(node, place, context, bindings, out)
}

#[cfg(test)]
mod tests;
