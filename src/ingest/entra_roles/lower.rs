//! From an assignment, role or user to accounts and grants.

use crate::ingest::attempt::Lowered;
use crate::ingest::entra_accounts::{
    GROUPS, add_both, azure_role, by_id, directory_role, is_group, kind,
};
use crate::ingest::ingester::Context;
use crate::ingest::json_tree::Node;
use crate::model::{AccountId, AccountKind, Batch, Grant, HowKnown, Instant, Place};

/// Lowers one record.
pub(super) fn record(
    node: &Node<'_>,
    place: Place,
    context: &Context<'_>,
    out: &mut Batch,
) -> Result<Lowered, String> {
    let has = |name| node.any_case(name).is_some();
    if has("scheduleInfo") || has("targetScheduleId") {
        return Ok(Lowered::Nothing("request for a role: what it gave is an assignment"));
    }
    let lower = Lower { place, context };
    if has("appRoleId") {
        return lower.app(node, out);
    }
    if has("roleDefinitionName")
        || (has("scope") && has("principalType") && !has("directoryScopeId"))
    {
        return lower.azure(node, out);
    }
    if has("roleDefinitionId") {
        return lower.assignment(node, None, out).map(|()| Lowered::Records);
    }
    if has("roleTemplateId") {
        return lower.role(node, out);
    }
    if has("userPrincipalName") || has("displayName") {
        return lower.member(node, out);
    }
    Err("it is neither an assignment nor a role nor a user".to_owned())
}

struct Lower<'c> {
    place: Place,
    context: &'c Context<'c>,
}

/// A role that somebody holds.
#[derive(Default)]
struct Held<'n> {
    role: String,
    scope: Option<&'n str>,
    from: Option<Instant>,
    until: Option<Instant>,
}

impl Lower<'_> {
    fn hold(&self, holder: AccountId, held: &Held<'_>, system: &str, out: &mut Batch) {
        let grant = Grant {
            holder,
            role: out.role_id(system, &held.role),
            scope: out.maybe(held.scope),
            from: held.from,
            until: held.until,
            granted_by: None,
            known: HowKnown::Snapshot(self.context.settings.snapshot_at),
        };
        out.grant(self.place, grant);
    }

    /// A holder of whom only the id and perhaps the type is known.
    fn by_id(&self, id: &str, said: Option<&str>, system: &str, out: &mut Batch) -> AccountId {
        if is_group(said) {
            out.gap(GROUPS.to_owned());
            return by_id(&format!("group:{id}"), AccountKind::Unknown)
                .add(self.place, system, out);
        }
        by_id(id, kind(said)).add(self.place, system, out)
    }

    fn holder(&self, node: &Node<'_>, out: &mut Batch) -> Result<AccountId, String> {
        let system = self.context.system;
        let principal = node.any_case("principal");
        let said = principal["@odata.type"].text();
        if principal.is_object()
            && !is_group(said)
            && let Some(id) = add_both(principal, kind(said), self.place, system, out)
        {
            return Ok(id);
        }
        let id = node.any_case("principalId").text().ok_or("it names no holder")?;
        Ok(self.by_id(id, said, system, out))
    }

    /// An assignment; `role` where what it stands in names its role.
    fn assignment(
        &self,
        node: &Node<'_>,
        role: Option<&str>,
        out: &mut Batch,
    ) -> Result<(), String> {
        let text = |name| node.any_case(name).text();
        let id = text("roleDefinitionId").ok_or("it names no role")?;
        let shown = node.any_case("roleDefinition").any_case("displayName").text();
        let name = role.or(shown).map_or_else(|| directory_role(id), str::to_owned);
        let eligible = node.any_case("roleEligibilityScheduleId").is_some()
            || text("assignmentType").is_some_and(|kind| kind.eq_ignore_ascii_case("eligible"));
        let scope = text("directoryScopeId").filter(|scope| *scope != "/").or(text("appScopeId"));
        let time = |name| self.context.maybe_moment(node.any_case(name));
        let held = Held {
            role: format!("{}:{name}", if eligible { "eligible-role" } else { "role" }),
            scope: scope.filter(|scope| *scope != "/"),
            from: time("startDateTime")?,
            until: time("endDateTime")?,
        };
        let holder = self.holder(node, out)?;
        self.hold(holder, &held, self.context.system, out);
        Ok(())
    }

    /// A role with its members, or with its assignments as an assessment tool prints them.
    fn role(&self, node: &Node<'_>, out: &mut Batch) -> Result<Lowered, String> {
        let text = |name| node.any_case(name).text();
        let name = text("displayName").or(text("roleTemplateId")).ok_or("it has no name")?;
        let assignments = node.any_case("assignments").one_or_more();
        for assignment in assignments {
            self.assignment(assignment, Some(name), out)?;
        }
        let members = node.any_case("members").items();
        for member in members {
            let held = Held { role: format!("role:{name}"), ..Held::default() };
            self.object(member, &held, out)?;
        }
        let any = !assignments.is_empty() || !members.is_empty();
        Ok(if any { Lowered::Records } else { Lowered::Nothing("role without members") })
    }

    fn object(&self, object: &Node<'_>, held: &Held<'_>, out: &mut Batch) -> Result<(), String> {
        let said = object["@odata.type"].text();
        let system = self.context.system;
        let id = object.any_case("id").text();
        let holder = match id.filter(|_| is_group(said)) {
            Some(id) => self.by_id(id, said, system, out),
            None => add_both(object, kind(said), self.place, system, out)
                .ok_or("it has neither an id nor a name")?,
        };
        self.hold(holder, held, system, out);
        Ok(())
    }

    /// A user: alone, or a member of the role that the settings name.
    fn member(&self, node: &Node<'_>, out: &mut Batch) -> Result<Lowered, String> {
        if let Some(role) = &self.context.settings.role {
            let held = Held { role: format!("role:{role}"), ..Held::default() };
            self.object(node, &held, out)?;
            return Ok(Lowered::Records);
        }
        let said = kind(node["@odata.type"].text());
        add_both(node, said, self.place, self.context.system, out)
            .map(|_| Lowered::Records)
            .ok_or_else(|| "it has neither an id nor a name".to_owned())
    }

    fn app(&self, node: &Node<'_>, out: &mut Batch) -> Result<Lowered, String> {
        let text = |name| node.any_case(name).text();
        let app = text("resourceDisplayName").or(text("resourceId"));
        let id = text("principalId").ok_or("it names no holder")?;
        let held = Held {
            role: format!("app:{}", app.ok_or("it names no application")?),
            from: self.context.maybe_moment(node.any_case("createdDateTime"))?,
            ..Held::default()
        };
        let holder = self.by_id(id, text("principalType"), self.context.system, out);
        self.hold(holder, &held, self.context.system, out);
        Ok(Lowered::Records)
    }

    /// A role of Azure: it and its holder are named as in the Activity Log.
    fn azure(&self, node: &Node<'_>, out: &mut Batch) -> Result<Lowered, String> {
        let text = |name| node.any_case(name).text();
        let system = self.context.settings.system.as_deref().unwrap_or("azure");
        let id = text("roleDefinitionId").map(azure_role);
        let role = text("roleDefinitionName").map(str::to_owned).or(id);
        let scope = text("scope").map(str::to_lowercase);
        let held = Held {
            role: format!("role:{}", role.ok_or("it names no role")?),
            scope: scope.as_deref(),
            from: self.context.maybe_moment(node.any_case("createdOn"))?,
            until: None,
        };
        let said = text("principalType");
        let name = text("principalName").filter(|name| name.contains('@') && !is_group(said));
        let holder = match (name, text("principalId")) {
            (Some(name), id) => {
                let known = crate::ingest::entra_accounts::by_name(name);
                let kind = kind(said);
                if let Some(id) = id {
                    let local = id.to_lowercase().into();
                    let twin = crate::ingest::attempt::Actor { local, kind, ..known.clone() };
                    twin.add(self.place, system, out);
                }
                crate::ingest::attempt::Actor { kind, ..known }.add(self.place, system, out)
            }
            (None, Some(id)) => self.by_id(id, said, system, out),
            (None, None) => return Err("it names no holder".to_owned()),
        };
        self.hold(holder, &held, system, out);
        Ok(Lowered::Records)
    }
}
