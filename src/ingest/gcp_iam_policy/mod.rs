//! IAM policies of Google Cloud: who holds which role on what.

use serde_json::{Map, Value};

use super::attempt::{Lowered, each_record};
use super::decode::Trouble;
use super::feed::{Container, Feed};
use super::gcp_members::{CONDITIONS, MANY_MEMBERS, deleted, many, member, scope};
use super::ingester::{Context, ingester};
use super::json_tree::Node;
use super::roles_held::{Held, proves};
use super::sample::Sample;
use crate::model::{Batch, Place};

ingester! {
    /// Roles on projects, folders, organisations and single resources, at one moment.
    ///
    /// ## How to make it
    ///
    /// Everything in an organisation in one file, with the resource that each policy is about:
    ///
    /// ```text
    /// gcloud asset search-all-iam-policies --scope=organizations/NUMBER --format=json > policies.json
    /// ```
    ///
    /// or one policy, which does not name its resource: set `scope` for the source to
    /// `projects/PROJECT`:
    ///
    /// ```text
    /// gcloud projects get-iam-policy PROJECT --format=json > project.json
    /// ```
    ///
    /// The files of `gcloud asset export --content-type=iam-policy` are read too. Set `snapshot-at` to
    /// when it was exported.
    ///
    /// ## Fields read
    ///
    /// `bindings` with `role`, `members` and whether there is a `condition`; `resource`, `name` or
    /// `resourceId`. Roles are called `gcp:roles/owner`, limited to the resource. Users and service
    /// accounts are their addresses in lower case, as in `gcp-audit-log`; groups, domains and
    /// everybody keep their prefix: `gcp:group:devs@acme.example`. Deleted members are left out.
    ///
    /// ## What it proves
    ///
    /// Who held which role on which resource when it was exported.
    ///
    /// ## What it cannot prove
    ///
    /// Who is in a group. Roles that are inherited from a folder or organisation whose policy is not
    /// in the export. Conditions are not read: a role with one counts as held. Since when: that is in
    /// the audit logs.
    pub(super) static GCP_IAM_POLICY = "gcp-iam-policy" {
        title: "Google Cloud IAM policies",
        system: "gcp",
        since: "0.1.0",
        names: &[
            "bindings", "etag", "version", "policy", "resource", "iamPolicy", "iam_policy",
            "assetType", "asset_type", "ancestors",
        ],
        recognise: recognise,
        read: read,
    }
}

fn recognise(sample: &Sample<'_>) -> Option<Container> {
    sample.objects(&[]).iter().any(|object| ours(object)).then_some(Container::Json(&[]))
}

const WRAPPED: &[&str] = &["policy", "iamPolicy", "iam_policy", "body"];

fn ours(object: &Map<String, Value>) -> bool {
    fn policy(object: &Map<String, Value>) -> bool {
        let bindings = object.get("bindings").and_then(Value::as_array);
        bindings.is_some_and(|bindings| {
            object.contains_key("etag")
                || bindings.iter().any(|b| b.get("role").is_some() && b.get("members").is_some())
        })
    }
    let inner = WRAPPED.iter().filter_map(|name| object.get(*name).and_then(Value::as_object));
    policy(object) || inner.into_iter().any(policy)
}

fn read(feed: &mut Feed<'_>, context: &Context<'_>, out: &mut Batch) -> Result<(), Trouble> {
    each_record(feed, out, |node, place, out| record(node, place, context, out))?;
    proves(context, out);
    Ok(())
}

const NO_SCOPE: &str = "the policy does not name its resource (set `scope = \"projects/PROJECT\"` for \
                        its source)";

fn record(
    node: &Node<'_>,
    place: Place,
    context: &Context<'_>,
    out: &mut Batch,
) -> Result<Lowered, String> {
    let wrapped = node.first(WRAPPED);
    let policy = if wrapped.is_object() { wrapped } else { node };
    let bindings = policy["bindings"].items();
    if bindings.is_empty() {
        return Ok(Lowered::Nothing("policy that gives no role"));
    }
    let named = node.first(&["resource", "name"]).text().or(policy["resourceId"].text());
    let limit = named.or(context.settings.scope.as_deref()).map(scope).ok_or(NO_SCOPE)?;
    let mut given = Vec::new();
    for binding in bindings {
        let role = binding["role"].text().ok_or("a binding of its policy names no role")?;
        for name in binding["members"].items() {
            let name = name.text().ok_or("a binding of its policy has a member that is no text")?;
            if !deleted(name) {
                given.push((role, name, binding["condition"].is_some()));
            }
        }
    }
    for (role, name, condition) in &given {
        let holder = member(name).add(place, context.system, out);
        let held = Held { role, scope: Some(limit), ..Held::default() };
        held.write(holder, place, context, out);
        if many(name) {
            out.gap(MANY_MEMBERS.to_owned());
        }
        if *condition {
            out.gap(CONDITIONS.to_owned());
        }
    }
    Ok(if given.is_empty() {
        Lowered::Nothing("policy that gives no role")
    } else {
        Lowered::Records
    })
}

#[cfg(test)]
mod tests;
