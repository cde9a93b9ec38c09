//! Accounts and roles of Microsoft Entra and Azure, as Graph, PowerShell and the logs write them.

use super::attempt::{Actor, address};
use super::json_tree::Node;
use crate::model::{AccountKind, Batch, Place};

/// An account by its user principal name, which Entra vouches for. Names are compared without regard
/// to case.
pub(super) fn by_name(name: &str) -> Actor<'_> {
    Actor {
        local: name.to_lowercase().into(),
        kind: AccountKind::Unknown,
        email: address(name),
        name: None,
    }
}

/// An account by its object id: people and programs alike have one.
pub(super) fn by_id(id: &str, kind: AccountKind) -> Actor<'static> {
    Actor::new(id.to_lowercase(), kind)
}

/// What the type of an object says of an account: `#microsoft.graph.servicePrincipal`,
/// `ServicePrincipal`.
pub(super) fn kind(said: Option<&str>) -> AccountKind {
    let last = said.unwrap_or_default().rsplit('.').next().unwrap_or_default().to_lowercase();
    match last.as_str() {
        "user" | "member" | "guest" => AccountKind::Human,
        "serviceprincipal" | "managedidentity" | "application" => AccountKind::Service,
        _ => AccountKind::Unknown,
    }
}

/// Whether the type of an object is a group's, which stands for its members.
pub(super) fn is_group(said: Option<&str>) -> bool {
    said.is_some_and(|said| said.rsplit('.').next().unwrap_or(said).eq_ignore_ascii_case("group"))
}

/// Adds a user or service principal under its id and, where it has one, under its name too, and
/// returns the better-known of the two: roles name their holders by id, people by name. What joins
/// the two is the address.
pub(super) fn add_both(
    object: &Node<'_>,
    kind: AccountKind,
    place: Place,
    system: &str,
    out: &mut Batch,
) -> Option<crate::model::AccountId> {
    let text = |name| object.any_case(name).text();
    let (id, name) = (text("id").or(text("principalId")), text("userPrincipalName"));
    let email = text("mail").or(name).and_then(address);
    let shown = text("displayName").or(text("principalDisplayName"));
    let known = |local: String| Actor { local: local.into(), kind, email, name: shown };
    let by_id = id.map(|id| known(id.to_lowercase()).add(place, system, out));
    let by_name = name.map(|name| known(name.to_lowercase()).add(place, system, out));
    by_name.or(by_id)
}

/// Names of roles that replies may give by their well-known id only.
const DIRECTORY_ROLES: &[(&str, &str)] = &[
    ("158c047a-c907-4556-b7ef-446551a6b5f7", "Cloud Application Administrator"),
    ("194ae4cb-b126-40b2-bd5b-6091b380977d", "Security Administrator"),
    ("29232cdf-9323-42fd-ade2-1d097af3e4de", "Exchange Administrator"),
    ("62e90394-69f5-4237-9190-012177145e10", "Global Administrator"),
    ("729827e3-9c14-49f7-bb1b-9608f156bbb8", "Helpdesk Administrator"),
    ("7be44c8a-adaf-4e2a-84d6-ab2649e08a13", "Privileged Authentication Administrator"),
    ("9b895d92-2cd3-44c7-9d02-a6ac2d5ea5c3", "Application Administrator"),
    ("b1be1c3e-b65d-4f19-8427-f6fa0d97feb9", "Conditional Access Administrator"),
    ("e8611ab8-c189-46e8-94e1-60213ab1f814", "Privileged Role Administrator"),
    ("f28a1f50-f6e7-4571-818b-6a12f2af6b6c", "SharePoint Administrator"),
    ("f2ef992c-3afb-46b9-b7cf-a126ee74c451", "Global Reader"),
    ("fe930be7-5e62-47db-91af-98c3a49a38b1", "User Administrator"),
];

const AZURE_ROLES: &[(&str, &str)] = &[
    ("18d7d88d-d35e-4fb5-a5c3-7773c20a72d9", "User Access Administrator"),
    ("8e3af657-a8ff-443c-a75c-2fe8c4bcb635", "Owner"),
    ("acdd72a7-3385-48ef-bd42-f606fba81ae7", "Reader"),
    ("b24988ac-6180-42a0-ab88-20f7382dd24c", "Contributor"),
];

/// The name of a directory role, where its id is one of the well-known ones; else the id.
pub(super) fn directory_role(id: &str) -> String {
    named(DIRECTORY_ROLES, id)
}

/// The same for a role of Azure, whose id may be a path.
pub(super) fn azure_role(id: &str) -> String {
    named(AZURE_ROLES, id.rsplit('/').next().unwrap_or(id))
}

fn named(known: &[(&str, &str)], id: &str) -> String {
    let id = id.to_lowercase();
    known.iter().find(|(known, _)| *known == id).map_or(id, |(_, name)| (*name).to_owned())
}

/// What makes a list of roles incomplete.
pub(super) const GROUPS: &str =
    "some roles are given to groups: their members are in exports of their own";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_kinds() {
        assert_eq!(directory_role("62E90394-69f5-4237-9190-012177145e10"), "Global Administrator");
        assert_eq!(directory_role("X-1"), "x-1");
        let path = "/subscriptions/s/providers/Microsoft.Authorization/roleDefinitions/8e3af657-a8ff-443c-a75c-2fe8c4bcb635";
        assert_eq!(azure_role(path), "Owner");
        assert_eq!(kind(Some("#microsoft.graph.servicePrincipal")), AccountKind::Service);
        assert_eq!(kind(Some("User")), AccountKind::Human);
        assert_eq!(kind(None), AccountKind::Unknown);
        assert!(is_group(Some("#microsoft.graph.group")) && is_group(Some("Group")));
        assert!(!is_group(None));
    }
}
