//! Accounts and administrator roles of Okta, as its interfaces and its log write them.

use super::attempt::{Actor, address};
use super::json_tree::Node;
use crate::model::AccountKind;

/// The role of a group's members, as a local id.
pub(super) fn group_role(name: &str) -> String {
    format!("group:{name}")
}

/// The role of those whom an application is assigned to, as a local id.
pub(super) fn app_role(name: &str) -> String {
    format!("app:{name}")
}

/// The types of Okta's own administrator roles, and their names in the log and console.
const ADMINS: &[(&str, &[&str])] = &[
    ("API_ACCESS_MANAGEMENT_ADMIN", &["api access management administrator"]),
    ("APP_ADMIN", &["application administrator"]),
    ("GROUP_MEMBERSHIP_ADMIN", &["group membership administrator"]),
    ("HELP_DESK_ADMIN", &["help desk administrator"]),
    ("MOBILE_ADMIN", &["mobile administrator"]),
    ("ORG_ADMIN", &["organization administrator", "organizational administrator"]),
    ("READ_ONLY_ADMIN", &["read-only administrator", "read only administrator"]),
    ("REPORT_ADMIN", &["report administrator"]),
    ("SUPER_ADMIN", &["super administrator", "super organization administrator"]),
    ("USER_ADMIN", &["group administrator", "user administrator"]),
];

/// An administrator role as a local id: by its type where it is one of Okta's own, else by its name.
/// What it is limited to, in brackets behind the name, is left out.
pub(super) fn admin_role(name: &str) -> String {
    let plain = match name.strip_suffix(')').and_then(|name| name.rsplit_once(" (")) {
        Some((plain, _)) => plain.trim(),
        None => name.trim(),
    };
    let lower = plain.to_lowercase();
    let known =
        |(kind, names): &&(&str, &[&str])| *kind == plain || names.contains(&lower.as_str());
    let kind = ADMINS.iter().find(known).map_or(plain, |(kind, _)| kind);
    format!("admin:{kind}")
}

/// An actor or target of the log: by its login, else by its id. Logins are compared without regard
/// to case, ids are not.
///
/// Okta does not tell people from the accounts of programs, only its own services and applications.
pub(super) fn actor<'n>(node: &'n Node<'_>) -> Option<Actor<'n>> {
    let known = |name: &str| node[name].text().filter(|text| *text != "unknown");
    let login = known("alternateId");
    let kind = match node["type"].text() {
        Some("SystemPrincipal" | "PublicClientApp" | "PublicClientAppEntity") => {
            AccountKind::Service
        }
        _ => AccountKind::Unknown,
    };
    let local = login.map(str::to_lowercase).or(known("id").map(str::to_owned))?;
    let email = login.filter(|_| node["type"].text() == Some("User")).and_then(address);
    Some(Actor { local: local.into(), kind, email, name: known("displayName") })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_name_for_one_role() {
        for name in ["SUPER_ADMIN", "Super administrator", "Super Organization Administrator"] {
            assert_eq!(admin_role(name), "admin:SUPER_ADMIN");
        }
        assert_eq!(admin_role("Application administrator (all)"), "admin:APP_ADMIN");
        assert_eq!(admin_role("Vault keeper"), "admin:Vault keeper");
    }

    #[test]
    fn accounts() {
        let of = |json: &str| {
            let node = Node::parse(json).unwrap();
            actor(&node).map(|a| format!("{} {} {:?}", a.local, a.kind, a.email))
        };
        for (json, want) in [
            (
                r#"{"id":"00u1","type":"User","alternateId":"Ann@Acme.example"}"#,
                Some("ann@acme.example unknown Some(\"Ann@Acme.example\")"),
            ),
            (
                r#"{"id":"0oa1","type":"PublicClientApp","alternateId":"unknown"}"#,
                Some("0oa1 service None"),
            ),
            (
                r#"{"type":"SystemPrincipal","alternateId":"system@okta.com"}"#,
                Some("system@okta.com service None"),
            ),
            (r#"{"id":"unknown","alternateId":"unknown"}"#, None),
            ("{}", None),
        ] {
            assert_eq!(of(json).as_deref(), want, "{json}");
        }
    }
}
