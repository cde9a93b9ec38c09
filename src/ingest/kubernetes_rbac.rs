//! Role bindings of a Kubernetes cluster: who holds which role in which namespace.

use serde_json::{Map, Value};

use super::attempt::{Lowered, each_record};
use super::decode::Trouble;
use super::feed::{Container, Feed};
use super::ingester::{Context, ingester};
use super::json_tree::Node;
use super::kubernetes_roles::{GROUPS, given, holders};
use super::roles_held::proves;
use super::sample::Sample;
use crate::model::{Batch, Grant, HowKnown, Place};

ingester! {
    /// Role bindings and cluster role bindings, at one moment.
    ///
    /// ## How to make it
    ///
    /// ```text
    /// kubectl get rolebindings,clusterrolebindings --all-namespaces --output json > bindings.json
    /// ```
    ///
    /// Lists of one kind, single objects and one object a line are read too; YAML is not. Set
    /// `snapshot-at` to when it was exported.
    ///
    /// ## Fields read
    ///
    /// `roleRef`, `subjects` and `metadata.namespace`. Roles are called `kubernetes:clusterrole:NAME`
    /// and `kubernetes:role:NAMESPACE/NAME`; what a role binding gives is limited to its namespace.
    /// Users are called as in the audit log, service accounts
    /// `kubernetes:system:serviceaccount:NAMESPACE:NAME`, groups `kubernetes:group:NAME`.
    ///
    /// ## What it proves
    ///
    /// What was bound to whom when it was exported.
    ///
    /// ## What it cannot prove
    ///
    /// Who is in a group: Kubernetes is told by whoever signs people in. What a role allows: its rules
    /// are not evaluated. Since when: a binding's time of creation says nothing of its subjects, which
    /// can be changed. What other authorisers allow.
    pub(super) static KUBERNETES_RBAC = "kubernetes-rbac" {
        title: "Kubernetes role bindings",
        system: "kubernetes",
        since: "0.1.0",
        names: &["apiVersion", "kind", "items", "metadata", "roleRef", "subjects", "rules"],
        recognise: recognise,
        read: read,
    }
}

const ITEMS: &[&str] = &["items"];

fn recognise(sample: &Sample<'_>) -> Option<Container> {
    let listed = sample.objects(&[]).into_iter().any(|list| {
        kind(list).is_some_and(|kind| matches!(kind, "RoleBindingList" | "ClusterRoleBindingList"))
    });
    if (listed && sample.array_at(ITEMS)) || sample.objects(ITEMS).into_iter().any(ours) {
        return Some(Container::Json(ITEMS));
    }
    sample.objects(&[]).into_iter().any(ours).then_some(Container::Json(&[]))
}

fn kind(object: &Map<String, Value>) -> Option<&str> {
    let group = object.get("apiVersion")?.as_str()?;
    group.starts_with("rbac.authorization.k8s.io/").then(|| object.get("kind")?.as_str()).flatten()
}

fn ours(object: &Map<String, Value>) -> bool {
    matches!(kind(object), Some("RoleBinding" | "ClusterRoleBinding" | "Role" | "ClusterRole"))
}

fn read(feed: &mut Feed<'_>, context: &Context<'_>, out: &mut Batch) -> Result<(), Trouble> {
    each_record(feed, out, |node, place, out| record(node, place, context, out))?;
    let about = feed.beside("/metadata").and_then(|json| Node::parse(json).ok());
    if about.is_some_and(|about| about["continue"].text().is_some()) {
        out.gap("more bindings follow the last one (export without --limit)".to_owned());
    }
    proves(context, out);
    Ok(())
}

fn record(
    node: &Node<'_>,
    place: Place,
    context: &Context<'_>,
    out: &mut Batch,
) -> Result<Lowered, String> {
    if !node["roleRef"].is_object() {
        return match node["kind"].text() {
            Some("RoleBinding" | "ClusterRoleBinding") => Err("it names no role".to_owned()),
            Some("Role" | "ClusterRole") => Ok(Lowered::Nothing("role, not who holds it")),
            _ => Ok(Lowered::Nothing("object of another kind than a binding")),
        };
    }
    let holders = holders(node)?;
    let given = given(node, context.system, out)?;
    for holder in &holders {
        let grant = Grant {
            holder: holder.add(place, context.system, out),
            role: given.role,
            scope: given.scope,
            from: None,
            until: None,
            granted_by: None,
            known: HowKnown::Snapshot(context.settings.snapshot_at),
        };
        out.grant(place, grant);
        if holder.local.starts_with("group:") {
            out.gap(GROUPS.to_owned());
        }
    }
    Ok(if holders.is_empty() { Lowered::Nothing("binding to nobody") } else { Lowered::Records })
}

#[cfg(test)]
mod tests {
    use crate::ingest::{
        Settings,
        testing::{Told, told},
    };

    fn binding(kind: &str, namespace: &str, role: &str, subjects: &str) -> String {
        format!(
            r#"{{"apiVersion":"rbac.authorization.k8s.io/v1","kind":"{kind}","metadata":{{"name":"b"{namespace}}},"roleRef":{role},"subjects":{subjects}}}"#
        )
    }

    fn grants(told: &Told) -> Vec<String> {
        let cut =
            |grant: &String| grant.split(" - - Snapshot").next().unwrap_or_default().to_owned();
        told.grants().iter().map(cut).collect()
    }

    const PROD: &str = r#","namespace":"prod""#;
    const EDIT: &str = r#"{"kind":"ClusterRole","name":"edit"}"#;
    const ALL: &str = r#"[{"kind":"User","name":"ann"},{"kind":"Group","name":"devs"},
        {"kind":"ServiceAccount","name":"ci"},{"kind":"ServiceAccount","name":"cd","namespace":"ops"}]"#;

    #[test]
    fn bindings() {
        let list = [
            binding("RoleBinding", PROD, EDIT, ALL),
            binding(
                "RoleBinding",
                PROD,
                r#"{"kind":"Role","name":"own"}"#,
                r#"[{"kind":"User","name":"ann"}]"#,
            ),
            binding("ClusterRoleBinding", "", EDIT, r#"[{"kind":"User","name":"ann"}]"#),
            binding("RoleBinding", PROD, EDIT, "null"),
            r#"{"kind":"ClusterRole","apiVersion":"rbac.authorization.k8s.io/v1","rules":[]}"#
                .to_owned(),
        ];
        let text = format!(
            r#"{{"kind":"List","apiVersion":"v1","metadata":{{}},"items":[{}]}}"#,
            list.join(",")
        );
        let told = told(&text, &Settings::default());
        assert_eq!(told.counts(), [5, 3, 2, 0]);
        assert_eq!(
            grants(&told),
            [
                "kubernetes:ann kubernetes:clusterrole:edit -",
                "kubernetes:ann kubernetes:clusterrole:edit prod",
                "kubernetes:ann kubernetes:role:prod/own prod",
                "kubernetes:group:devs kubernetes:clusterrole:edit prod",
                "kubernetes:system:serviceaccount:ops:cd kubernetes:clusterrole:edit prod",
                "kubernetes:system:serviceaccount:prod:ci kubernetes:clusterrole:edit prod",
            ]
        );
        assert_eq!(told.gaps().len(), 1);
    }

    #[test]
    fn bindings_that_cannot_be_read() {
        for (text, want) in [
            (
                binding("ClusterRoleBinding", "", r#"{"kind":"Role","name":"x"}"#, "[]"),
                "has no namespace",
            ),
            (
                binding(
                    "ClusterRoleBinding",
                    "",
                    EDIT,
                    r#"[{"kind":"ServiceAccount","name":"x"}]"#,
                ),
                "service accounts has no namespace",
            ),
            (binding("RoleBinding", PROD, "null", "[]"), "names no role"),
            (
                binding("RoleBinding", PROD, EDIT, r#"[{"kind":"Robot","name":"x"}]"#),
                "no known kind",
            ),
        ] {
            let told = told(&text, &Settings::default());
            assert!(told.rejects()[0].contains(want), "{:?}", told.rejects());
        }
    }

    #[test]
    fn lists_of_one_kind_and_lists_that_go_on() {
        let inner = binding("RoleBinding", PROD, EDIT, r#"[{"kind":"User","name":"ann"}]"#)
            .replace(r#""apiVersion":"rbac.authorization.k8s.io/v1","kind":"RoleBinding","#, "");
        let text = format!(
            r#"{{"kind":"RoleBindingList","apiVersion":"rbac.authorization.k8s.io/v1","metadata":{{"continue":"x"}},"items":[{inner}]}}"#
        );
        let told = told(&text, &Settings::default());
        assert_eq!((told.grants().len(), told.gaps().len()), (1, 1));
    }
}
