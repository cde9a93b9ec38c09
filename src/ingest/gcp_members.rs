//! Members and roles of Google Cloud's IAM, as policies and audit logs write them.

use super::attempt::{Actor, address};
use crate::model::AccountKind;

/// The domain of service accounts, also of those that projects bring along.
const SERVICE: &str = "gserviceaccount.com";

/// An account by its address, which Google vouches for. Addresses are compared without regard to
/// case.
pub(super) fn by_address(email: &str) -> Actor<'_> {
    let service = email.ends_with(SERVICE);
    let kind = if service { AccountKind::Service } else { AccountKind::Unknown };
    let person = address(email).filter(|_| !service);
    Actor { local: email.to_lowercase().into(), kind, email: person, name: None }
}

/// A member of a policy, such as `user:ann@acme.example`.
///
/// Users and service accounts are named by their address alone, as in audit logs. Everything else
/// stands for many and keeps its prefix: `group:`, `domain:`, `allUsers`, `principalSet://…`.
pub(super) fn member(member: &str) -> Actor<'_> {
    let (prefix, rest) = member.split_once(':').unwrap_or(("", member));
    match prefix {
        "user" => {
            let actor = by_address(rest);
            let kind = match actor.kind {
                AccountKind::Unknown => AccountKind::Human,
                known => known,
            };
            Actor { kind, ..actor }
        }
        "serviceAccount" => Actor { kind: AccountKind::Service, email: None, ..by_address(rest) },
        "group" | "domain" => Actor::new(member.to_lowercase(), AccountKind::Unknown),
        _ => Actor::new(member, AccountKind::Unknown),
    }
}

/// Whether a member stands for several accounts that the policy does not name.
pub(super) fn many(member: &str) -> bool {
    const MANY: &[&str] = &[
        "group:",
        "domain:",
        "principalSet:",
        "projectOwner:",
        "projectEditor:",
        "projectViewer:",
    ];
    matches!(member, "allUsers" | "allAuthenticatedUsers")
        || MANY.iter().any(|prefix| member.starts_with(prefix))
}

/// Whether the account was deleted: it keeps its role in the policy, but nobody can use it.
pub(super) fn deleted(member: &str) -> bool {
    member.starts_with("deleted:")
}

/// What a role is limited to: the name of a resource without its service.
pub(super) fn scope(resource: &str) -> &str {
    match resource.strip_prefix("//") {
        Some(rest) => rest.split_once('/').map_or(rest, |(_, name)| name),
        None => resource,
    }
}

/// What makes a list of roles incomplete.
pub(super) const MANY_MEMBERS: &str =
    "some roles are given to groups, domains or everybody, whose members are not listed here";
pub(super) const CONDITIONS: &str =
    "some roles are given under conditions, which are not read: they count as given";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members() {
        for (text, want) in [
            ("user:Ann@acme.example", "ann@acme.example human Some(\"Ann@acme.example\")"),
            (
                "serviceAccount:ci@p.iam.gserviceaccount.com",
                "ci@p.iam.gserviceaccount.com service None",
            ),
            ("group:Devs@acme.example", "group:devs@acme.example unknown None"),
            ("allUsers", "allUsers unknown None"),
            (
                "principal://iam.googleapis.com/x/subject/Y",
                "principal://iam.googleapis.com/x/subject/Y unknown None",
            ),
            ("abcdefg", "abcdefg unknown None"),
        ] {
            let got = member(text);
            assert_eq!(format!("{} {} {:?}", got.local, got.kind, got.email), want);
        }
        assert!(many("group:x") && many("allUsers") && !many("user:x"));
        assert_eq!(scope("//cloudresourcemanager.googleapis.com/projects/p"), "projects/p");
        assert_eq!(scope("projects/p"), "projects/p");
    }
}
