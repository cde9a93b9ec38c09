//! Roles that the audit log shows being given and taken away.

use crate::ingest::attempt::Actor;
use crate::ingest::entra_accounts::{GROUPS, by_id, by_name, directory_role, kind};
use crate::ingest::json_tree::Node;
use crate::ingest::role_event::RoleEvent;
use crate::model::{AccountId, Batch, Instant, Place};

/// What one event did to somebody's role.
pub(super) struct Moved<'n> {
    holder: Actor<'n>,
    role: String,
    scope: Option<String>,
    gives: bool,
}

impl Moved<'_> {
    /// Adds it.
    pub(super) fn write(
        &self,
        at: Instant,
        by: AccountId,
        place: Place,
        system: &str,
        out: &mut Batch,
    ) {
        let holder = self.holder.add(place, system, out);
        let role = out.role_id(system, &self.role);
        let scope = out.maybe(self.scope.as_deref());
        let event = RoleEvent { place, at, gives: self.gives, by: Some(by) };
        event.write(holder, role, scope, out);
    }
}

/// What an activity is about.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum About {
    Role,
    EligibleRole,
    Group,
    App,
}

/// Which kind of role an activity moves, and whether it gives it. Each has several names: those that
/// end with `requested` or `canceled` move nothing yet.
fn about(activity: &str) -> Option<(About, bool)> {
    let name = activity.trim_end_matches('.').to_lowercase();
    let undecided =
        ["requested", "canceled", "cancelled", "denied", "approved", "approval", "failed"];
    if undecided.iter().any(|word| name.contains(word)) {
        return None;
    }
    let gives = name.starts_with("add ");
    if !gives && !name.starts_with("remove ") {
        return None;
    }
    let rest = name.split_once(' ').map_or("", |(_, rest)| rest);
    let begins = |starts: &[&str]| starts.iter().any(|start| rest.starts_with(start));
    let about = if begins(&["eligible member to role", "eligible member from role"]) {
        About::EligibleRole
    } else if begins(&[
        "member to role",
        "member from role",
        "scoped member to role",
        "scoped member from role",
    ]) {
        About::Role
    } else if begins(&["member to group", "member from group"]) {
        About::Group
    } else if begins(&["app role assignment"]) {
        About::App
    } else {
        return None;
    };
    Some((about, gives))
}

/// What the event did to somebody's role, if it is such an event.
pub(super) fn moved<'n>(
    activity: &str,
    event: &'n Node<'n>,
    out: &mut Batch,
) -> Result<Option<Moved<'n>>, String> {
    let Some((about, gives)) = about(activity) else { return Ok(None) };
    // PIM of groups writes the activities of roles about a group.
    let category = event.any_case("category").text().unwrap_or_default();
    let about = match about {
        About::Role if category == "GroupManagement" => About::Group,
        about => about,
    };
    let targets = event.any_case("targetResources").items();
    let of = |kinds: &[&str]| {
        targets.iter().find(|target| {
            let said = target.any_case("type").text().unwrap_or_default();
            kinds.iter().any(|kind| said.eq_ignore_ascii_case(kind))
        })
    };
    let role = match about {
        About::Role => format!("role:{}", directory_role_of(targets)?),
        About::EligibleRole => format!("eligible-role:{}", directory_role_of(targets)?),
        About::Group => {
            let group = of(&["Group"]).and_then(|group| group.any_case("displayName").text());
            let group = group.or_else(|| property(targets, "Group.DisplayName"));
            format!("group:{}", group.ok_or("it does not name its group")?)
        }
        About::App => {
            let app = of(&["ServicePrincipal"]).and_then(|app| app.any_case("displayName").text());
            format!("app:{}", app.ok_or("it does not name its application")?)
        }
    };
    let holders: &[&str] =
        if about == About::App { &["User"] } else { &["User", "ServicePrincipal"] };
    let Some(holder) = of(holders) else {
        if of(&["Group"]).is_some() && about != About::Group {
            out.gap(GROUPS.to_owned());
            return Ok(None);
        }
        return Err("its targets name nobody who holds the role".to_owned());
    };
    let unit = of(&["AdministrativeUnit"]).and_then(|unit| unit.any_case("id").text());
    let scope = unit.map(|id| format!("/administrativeUnits/{}", id.to_lowercase()));
    Ok(Some(Moved { holder: holder_of(holder)?, role, scope, gives }))
}

fn holder_of<'n>(target: &'n Node<'n>) -> Result<Actor<'n>, String> {
    let text = |name| target.any_case(name).text();
    let kind = kind(text("type"));
    let actor = match (text("userPrincipalName"), text("id")) {
        (Some(name), _) => by_name(name),
        (None, Some(id)) => by_id(id, kind),
        (None, None) => return Err("its target has neither name nor id".to_owned()),
    };
    Ok(Actor { kind, name: text("displayName"), ..actor })
}

/// The name of a directory role: by its template where that is known, since names changed over time.
fn directory_role_of(targets: &[Node<'_>]) -> Result<String, String> {
    let ids = ["Role.TemplateId", "RoleDefinitionOriginId", "RoleDefinition.Id"];
    let target = targets.iter().find(|target| target.any_case("type").text() == Some("Role"));
    let of_target = |name| target.and_then(|target| target.any_case(name).text());
    let known = ids.iter().filter_map(|name| property(targets, name)).chain(of_target("id"));
    for id in known {
        let name = directory_role(id);
        if !name.eq_ignore_ascii_case(id) {
            return Ok(name);
        }
    }
    let name = property(targets, "Role.DisplayName").or(of_target("displayName"));
    name.map(str::to_owned).ok_or_else(|| "it does not say which role".to_owned())
}

/// The new value of a property of any target, or the old one where it was taken away. Values are
/// JSON in a string.
fn property<'n>(targets: &'n [Node<'_>], name: &str) -> Option<&'n str> {
    let all = targets.iter().flat_map(|target| target.any_case("modifiedProperties").items());
    let mut named = all.filter(|one| one.any_case("displayName").text() == Some(name));
    named.find_map(|one| {
        let value = |side| {
            let text = one.any_case(side).text()?.trim_matches('"').trim();
            Some(text).filter(|text| !text.is_empty() && *text != "null")
        };
        value("newValue").or_else(|| value("oldValue"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn activities() {
        use About::{App, EligibleRole, Group, Role};
        for (name, want) in [
            ("Add member to role", Some((Role, true))),
            ("Add member to role.", Some((Role, true))),
            ("Add member to role completed (PIM activation)", Some((Role, true))),
            ("Add member to role outside of PIM (permanent)", Some((Role, true))),
            ("Add scoped member to role", Some((Role, true))),
            ("Remove member from role (PIM activation expired)", Some((Role, false))),
            ("Remove member from role completed (PIM deactivate)", Some((Role, false))),
            (
                "Add eligible member to role in PIM completed (permanent)",
                Some((EligibleRole, true)),
            ),
            (
                "Remove eligible member from role in PIM completed (timebound)",
                Some((EligibleRole, false)),
            ),
            ("Add member to group", Some((Group, true))),
            ("Add app role assignment grant to user", Some((App, true))),
            ("Add member to role requested (PIM activation)", None),
            ("Add member to role request denied (PIM activation)", None),
            ("Add member to role request approved (PIM activation)", None),
            ("Remove member from role requested (PIM deactivate)", None),
            ("Add user", None),
            ("Update role", None),
        ] {
            assert_eq!(about(name), want, "{name}");
        }
    }
}
