//! AWS IAM Identity Center: who has which permission set in which account.

use serde_json::{Map, Value};

use super::attempt::{Actor, Lowered, address, each_record};
use super::decode::Trouble;
use super::feed::{Container, Feed};
use super::ingester::{Context, ingester};
use super::json_tree::Node;
use super::roles_held::{Held, proves};
use super::sample::Sample;
use crate::model::{AccountKind, Batch, Place};

ingester! {
    /// Permission sets of users and groups, members of groups, and users, at one moment.
    ///
    /// ## How to make it
    ///
    /// For every permission set and account, each reply into a file of its own:
    ///
    /// ```text
    /// aws sso-admin list-account-assignments --instance-arn INSTANCE --account-id ACCOUNT --permission-set-arn SET --output json > assignments.json
    /// aws identitystore list-users --identity-store-id STORE --output json > users.json
    /// aws identitystore list-groups --identity-store-id STORE --output json > groups.json
    /// aws identitystore list-group-memberships --identity-store-id STORE --group-id GROUP --output json > members.json
    /// ```
    ///
    /// `list-account-assignments-for-principal` and bare arrays (`--query`) are read too. Set
    /// `snapshot-at` to when it was exported.
    ///
    /// ## Fields read
    ///
    /// `PermissionSetArn`, `AccountId`, `PrincipalType`, `PrincipalId`; `UserId`, `UserName`, `Emails`,
    /// `DisplayName`; `GroupId`, `MemberId.UserId`.
    ///
    /// Roles are called by the ARN of the permission set, limited to the account, and
    /// `aws:group:GROUP-ID` for members. Users are called by their id, as CloudTrail calls whom a
    /// service acts for; groups `aws:group:GROUP-ID`. The primary address joins users to people.
    ///
    /// ## What it proves
    ///
    /// What was assigned to whom when it was exported.
    ///
    /// ## What it cannot prove
    ///
    /// Since when: that is in CloudTrail (`CreateAccountAssignment`). What a permission set allows.
    /// Files about groups and about their members are read by themselves: that a member has what its
    /// group has is not concluded.
    pub(super) static AWS_IDENTITY_CENTER = "aws-identity-center" {
        title: "AWS IAM Identity Center assignments",
        system: "aws",
        since: "0.1.0",
        names: &[
            "AccountAssignments", "PermissionSetArn", "PrincipalId", "PrincipalType", "AccountId",
            "Users", "UserId", "UserName", "Groups", "GroupId", "GroupMemberships", "IdentityStoreId",
        ],
        recognise: recognise,
        read: read,
    }
}

const PATHS: &[&[&str]] =
    &[&["AccountAssignments"], &["Users"], &["Groups"], &["GroupMemberships"], &[]];

fn recognise(sample: &Sample<'_>) -> Option<Container> {
    if sample.array_at(PATHS[0]) {
        return Some(Container::Json(PATHS[0]));
    }
    PATHS
        .iter()
        .find(|path| sample.objects(path).iter().any(|object| ours(object)))
        .map(|path| Container::Json(path))
}

fn ours(object: &Map<String, Value>) -> bool {
    let has = |key: &str| object.contains_key(key);
    let assignment =
        has("PermissionSetArn") && (has("PrincipalId") || has("UserId")) && has("AccountId");
    assignment
        || (has("IdentityStoreId") && (has("UserId") || has("GroupId") || has("MembershipId")))
}

fn read(feed: &mut Feed<'_>, context: &Context<'_>, out: &mut Batch) -> Result<(), Trouble> {
    each_record(feed, out, |node, place, out| record(node, place, context, out))?;
    if feed.unfinished("/NextToken") {
        out.gap("more follow the last one (export without --max-items)".to_owned());
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
    let text = |name| node[name].text();
    if let Some(set) = text("PermissionSetArn") {
        let account = text("AccountId").ok_or("it names no account")?;
        let holder = match (text("PrincipalType"), text("PrincipalId").or(text("UserId"))) {
            (_, None) => return Err("it names no holder".to_owned()),
            (Some("GROUP"), Some(id)) => {
                out.gap(
                    "some permission sets are given to groups (export their members too)".into(),
                );
                group(id)
            }
            (_, Some(id)) => Actor::new(id, AccountKind::Human),
        };
        let holder = holder.add(place, context.system, out);
        let held = Held { role: set, scope: Some(account), ..Held::default() };
        held.write(holder, place, context, out);
        return Ok(Lowered::Records);
    }
    if let Some(id) = text("GroupId") {
        let Some(member) = node["MemberId"]["UserId"].text() else {
            // A group alone: its name for people.
            Actor { name: text("DisplayName"), ..group(id) }.add(place, context.system, out);
            return Ok(Lowered::Records);
        };
        let holder = Actor::new(member, AccountKind::Human).add(place, context.system, out);
        let role = format!("group:{id}");
        Held { role: &role, ..Held::default() }.write(holder, place, context, out);
        return Ok(Lowered::Records);
    }
    let id = text("UserId").ok_or("it is neither an assignment nor a user nor a group")?;
    let emails = node["Emails"].items();
    let primary = emails.iter().find(|email| email["Primary"].flag() == Some(true));
    let email = primary.or(emails.first()).and_then(|email| email["Value"].text());
    let user = Actor {
        email: email.or(text("UserName")).and_then(address),
        name: text("DisplayName").or(text("UserName")),
        ..Actor::new(id, AccountKind::Human)
    };
    user.add(place, context.system, out);
    Ok(Lowered::Records)
}

fn group(id: &str) -> Actor<'static> {
    Actor::new(format!("group:{id}"), AccountKind::Unknown)
}

#[cfg(test)]
mod tests;
