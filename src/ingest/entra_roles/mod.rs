//! Microsoft Entra: who holds which directory role, active or eligible, and which role of Azure.

mod lower;

use serde_json::{Map, Value};

use super::attempt::each_record;
use super::decode::Trouble;
use super::feed::{Container, Feed};
use super::ingester::{Context, ingester};
use super::roles_held::proves;
use super::sample::Sample;
use crate::model::Batch;

ingester! {
    /// Assignments of directory roles, active and eligible (PIM), of applications and of Azure's own
    /// roles, members of roles, and users, at one moment.
    ///
    /// ## How to make it
    ///
    /// ```text
    /// az rest --url "https://graph.microsoft.com/v1.0/roleManagement/directory/roleAssignments?\$expand=principal" > roles.json
    /// az rest --url "https://graph.microsoft.com/v1.0/roleManagement/directory/roleAssignmentScheduleInstances?\$expand=principal,roleDefinition" > pim-active.json
    /// az rest --url "https://graph.microsoft.com/v1.0/roleManagement/directory/roleEligibilityScheduleInstances?\$expand=principal,roleDefinition" > pim-eligible.json
    /// az rest --url "https://graph.microsoft.com/v1.0/directoryRoles?\$expand=members" > members.json
    /// az rest --url "https://graph.microsoft.com/v1.0/users?\$select=id,displayName,userPrincipalName,mail&\$top=999" > users.json
    /// az role assignment list --all --output json > azure-roles.json
    /// ```
    ///
    /// Replies with `@odata.nextLink` go on there. What PowerShell's `ConvertTo-Json` prints is read
    /// too, with its capitals and `/Date(…)/`. A list of one role's members does not name the role:
    /// set `role` for its source. Set `snapshot-at` to when it was exported.
    ///
    /// ## Fields read
    ///
    /// `principalId`, `roleDefinitionId`, `directoryScopeId`, `principal`, `roleDefinition`,
    /// `startDateTime`, `endDateTime`, `assignmentType`; of roles `displayName`, `roleTemplateId`,
    /// `members`; of users `id`, `userPrincipalName`, `mail`, `displayName`; of assignments of
    /// applications `principalType`, `resourceDisplayName`; of Azure's roles `principalName`,
    /// `roleDefinitionName`, `scope`.
    ///
    /// Roles are called `entra:role:Global Administrator`, by their id where neither reply nor this
    /// program knows the name; `entra:eligible-role:…` where somebody may activate the role but has not;
    /// `entra:app:NAME`; and `azure:role:Owner`, limited to the scope. Roles name their holders by id,
    /// so that users are listed under id and name, joined by the address.
    ///
    /// ## What it proves
    ///
    /// Who held which role, or could activate it, when it was exported.
    ///
    /// ## What it cannot prove
    ///
    /// Who did before or after: that is in the audit log. Who approved an activation. Roles through
    /// groups, whose members are in exports of their own.
    pub(super) static ENTRA_ROLES = "entra-roles" {
        title: "Microsoft Entra and Azure role assignments",
        system: "entra",
        since: "0.1.0",
        names: &[
            "principalId", "roleDefinitionId", "directoryScopeId", "principal", "roleDefinition",
            "roleTemplateId", "userPrincipalName", "displayName", "assignmentType", "appRoleId",
            "principalName", "roleDefinitionName", "scope",
        ],
        recognise: recognise,
        read: read,
    }
}

const PATHS: &[&[&str]] = &[&["value"], &["privileged_roles"], &[]];

fn recognise(sample: &Sample<'_>) -> Option<Container> {
    PATHS
        .iter()
        .find(|path| sample.objects(path).iter().any(|object| ours(object)))
        .map(|path| Container::Json(path))
}

fn ours(object: &Map<String, Value>) -> bool {
    let has = |key: &str| object.keys().any(|known| known.eq_ignore_ascii_case(key));
    let held = has("principalId") && has("roleDefinitionId");
    let role = has("roleTemplateId") && has("displayName");
    let app = has("principalId") && has("appRoleId") && has("resourceDisplayName");
    let user = has("userPrincipalName") && has("displayName") && !has("appDisplayName");
    held || role || app || user
}

fn read(feed: &mut Feed<'_>, context: &Context<'_>, out: &mut Batch) -> Result<(), Trouble> {
    each_record(feed, out, |node, place, out| lower::record(node, place, context, out))?;
    if feed.unfinished("/@odata.nextLink") {
        out.gap("more assignments follow the last one (follow `@odata.nextLink`)".to_owned());
    }
    proves(context, out);
    Ok(())
}

#[cfg(test)]
mod tests;
