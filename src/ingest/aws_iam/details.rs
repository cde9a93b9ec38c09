//! The account's authorization details: users, groups and roles with their policies.

use std::collections::BTreeMap;

use super::credentials::account;
use super::document::trusted;
use crate::ingest::attempt::{Actor, Lowered};
use crate::ingest::ingester::Context;
use crate::ingest::json_tree::Node;
use crate::model::{AccountKind, Batch, Grant, HowKnown, Place};

/// Somebody has a role: nothing is added before the whole reply was understood.
struct Held<'n> {
    pointer: String,
    holder: Actor<'n>,
    name: Option<&'n str>,
    roles: Vec<String>,
    account: Option<&'n str>,
}

/// Lowers one reply.
pub(super) fn reply(
    node: &Node<'_>,
    place: Place,
    context: &Context<'_>,
    out: &mut Batch,
) -> Result<Lowered, String> {
    let groups = groups(node)?;
    let mut all = Vec::new();
    for (at, user) in node["UserDetailList"].items().iter().enumerate() {
        let pointer = format!("/UserDetailList/{at}");
        all.push(one_user(user, &groups, pointer)?);
    }
    for (at, role) in node["RoleDetailList"].items().iter().enumerate() {
        let pointer = format!("/RoleDetailList/{at}");
        let (arn, roles) = principal(role, "RolePolicyList", &pointer)?;
        let trust =
            trusted(&role["AssumeRolePolicyDocument"]).map_err(|e| format!("{pointer}: {e}"))?;
        let (account, name) = (account(arn), role["RoleName"].text());
        for holder in trust {
            let (pointer, roles) = (pointer.clone(), vec![arn.to_owned()]);
            all.push(Held { pointer, holder, name: None, roles, account });
        }
        let holder = Actor::new(arn, AccountKind::Unknown);
        all.push(Held { pointer, holder, name, roles, account });
    }
    if node["NextToken"].is_some() || node["IsTruncated"].flag() == Some(true) {
        out.gap("more users and roles follow the last one (export without --max-items)".to_owned());
    }
    if all.is_empty() {
        return Ok(Lowered::Nothing("reply without users and roles"));
    }
    for held in all {
        let place = place.inside(out.text(&held.pointer));
        let holder = Actor { name: held.name, ..held.holder }.add(place, context.system, out);
        for role in held.roles {
            let grant = Grant {
                holder,
                role: out.role_id(context.system, &role),
                scope: out.maybe(held.account),
                from: None,
                until: None,
                granted_by: None,
                known: HowKnown::Snapshot(context.settings.snapshot_at),
            };
            out.grant(place, grant);
        }
    }
    Ok(Lowered::Records)
}

/// What the members of each group have, by its name: the group itself and its policies.
fn groups<'n>(node: &'n Node<'_>) -> Result<BTreeMap<&'n str, Vec<String>>, String> {
    let mut groups = BTreeMap::new();
    for (at, group) in node["GroupDetailList"].items().iter().enumerate() {
        let pointer = format!("/GroupDetailList/{at}");
        let (arn, mut roles) = principal(group, "GroupPolicyList", &pointer)?;
        let name = group["GroupName"].text().ok_or(format!("{pointer}: it has no GroupName"))?;
        roles.push(arn.to_owned());
        groups.insert(name, roles);
    }
    Ok(groups)
}

fn one_user<'n>(
    user: &'n Node<'_>,
    groups: &BTreeMap<&str, Vec<String>>,
    pointer: String,
) -> Result<Held<'n>, String> {
    let (arn, mut roles) = principal(user, "UserPolicyList", &pointer)?;
    for group in user["GroupList"].items() {
        let name = group.text().ok_or(format!("{pointer}: a group has no name"))?;
        match groups.get(name) {
            Some(given) => roles.extend(given.iter().cloned()),
            // A filtered export may lack the group: what it is called is still known.
            None => roles
                .push(format!("arn:aws:iam::{}:group/{name}", account(arn).unwrap_or_default())),
        }
    }
    let holder = Actor::new(arn, AccountKind::Unknown);
    Ok(Held { pointer, holder, name: user["UserName"].text(), roles, account: account(arn) })
}

/// The ARN of a user, group or role, and the policies that it has itself.
fn principal<'n>(
    node: &'n Node<'_>,
    inline: &str,
    pointer: &str,
) -> Result<(&'n str, Vec<String>), String> {
    let arn = node["Arn"].text().ok_or(format!("{pointer}: it has no Arn"))?;
    let mut roles = Vec::new();
    for policy in node["AttachedManagedPolicies"].items() {
        let policy = policy["PolicyArn"].text();
        roles.push(policy.ok_or(format!("{pointer}: a policy has no PolicyArn"))?.to_owned());
    }
    for policy in node[inline].items() {
        let name = policy["PolicyName"].text();
        let name = name.ok_or(format!("{pointer}: a policy has no PolicyName"))?;
        roles.push(format!("inline-policy:{name}"));
    }
    Ok((arn, roles))
}
