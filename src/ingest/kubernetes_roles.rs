//! Role bindings of Kubernetes, as its audit log and `kubectl` print them.

use super::attempt::Actor;
use super::json_tree::Node;
use crate::model::{AccountKind, Batch, RoleId, Symbol};

/// What a binding gives: a role, limited to a namespace unless the binding is the cluster's.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Given {
    pub(super) role: RoleId,
    pub(super) scope: Option<Symbol>,
}

/// What is known of an account by its name alone.
///
/// Names that begin with `system:` are Kubernetes' own; `system:anonymous` is anybody.
pub(super) fn kind(name: &str) -> AccountKind {
    match name.strip_prefix("system:") {
        Some("anonymous" | "unauthenticated") | None => AccountKind::Unknown,
        Some(_) => AccountKind::Service,
    }
}

/// The role and limit of a binding.
pub(super) fn given(binding: &Node<'_>, system: &str, out: &mut Batch) -> Result<Given, String> {
    let role = &binding["roleRef"];
    let name = role["name"].text().ok_or("its roleRef names no role")?;
    let namespace = binding["metadata"]["namespace"].text();
    let local = match (role["kind"].text(), namespace) {
        (Some("ClusterRole"), _) => format!("clusterrole:{name}"),
        // Roles of the same name in two namespaces are two roles.
        (Some("Role"), Some(namespace)) => format!("role:{namespace}/{name}"),
        (Some("Role"), None) => return Err("it binds a Role but has no namespace".to_owned()),
        _ => return Err("its roleRef is neither a Role nor a ClusterRole".to_owned()),
    };
    Ok(Given { role: out.role_id(system, &local), scope: out.maybe(namespace) })
}

/// The holders that a binding names. A group stands for members that no export of Kubernetes lists.
pub(super) fn holders<'n>(binding: &'n Node<'_>) -> Result<Vec<Actor<'n>>, String> {
    let mut holders = Vec::new();
    for subject in binding["subjects"].items() {
        let name = subject["name"].text().ok_or("one of its subjects has no name")?;
        holders.push(match subject["kind"].text() {
            Some("User") => Actor::new(name, kind(name)),
            Some("Group") => Actor::new(format!("group:{name}"), AccountKind::Unknown),
            Some("ServiceAccount") => {
                let own = binding["metadata"]["namespace"].text();
                let namespace = subject["namespace"]
                    .text()
                    .or(own)
                    .ok_or("one of its service accounts has no namespace")?;
                let name = format!("system:serviceaccount:{namespace}:{name}");
                Actor::new(name, AccountKind::Service)
            }
            _ => return Err("one of its subjects is of no known kind".to_owned()),
        });
    }
    Ok(holders)
}

pub(super) const GROUPS: &str =
    "some roles are bound to groups, whose members Kubernetes does not know";
