//! AWS IAM: who has which policies in an account, who may assume which role, and who can sign in.

mod credentials;
mod details;
mod document;

use serde_json::{Map, Value};

use super::attempt::Lowered;
use super::decode::Trouble;
use super::feed::{Container, Feed};
use super::ingester::{Context, ingester};
use super::json_tree::Node;
use super::sample::Sample;
use crate::model::{Batch, HowKnown, Place};

ingester! {
    /// Policies of users, groups and roles, the trust of roles, and the credential report, at one
    /// moment.
    ///
    /// ## How to make it
    ///
    /// ```text
    /// aws iam get-account-authorization-details --output json > iam.json
    /// aws iam generate-credential-report
    /// aws iam get-credential-report --output json > credentials.json
    /// ```
    ///
    /// The credential report is also read as the CSV inside. Set `snapshot-at` to when the
    /// authorization details were exported: they do not say. The reply of the credential report does
    /// (`GeneratedTime`).
    ///
    /// ## Fields read
    ///
    /// Of users, groups and roles `Arn`, names, `GroupList`, `AttachedManagedPolicies`, the names of
    /// inline policies, and `AssumeRolePolicyDocument`; of the report `arn`, `password_enabled` and
    /// `access_key_N_active`.
    ///
    /// Roles are called by their ARN: `aws:arn:aws:iam::aws:policy/AdministratorAccess` for whoever
    /// has that policy, also through a group; `aws:arn:aws:iam::ACCOUNT:group/NAME` for members;
    /// `aws:arn:aws:iam::ACCOUNT:role/NAME` for whoever its trust lets assume it; and
    /// `aws:inline-policy:NAME`, `aws:credential:password`, `aws:credential:access-key`. All are
    /// limited to the account. Accounts are ARNs as in CloudTrail, except that CloudTrail shows who
    /// assumed a role as a session of it.
    ///
    /// ## What it proves
    ///
    /// Who had which policy, group and credential, and whom a role trusted, when it was exported.
    ///
    /// ## What it cannot prove
    ///
    /// What the policies allow: their documents are not evaluated, nor are permissions boundaries,
    /// service control policies and the conditions of trust. Since when: attachments are in
    /// CloudTrail. IAM does not tell people from programs.
    pub(super) static AWS_IAM = "aws-iam" {
        title: "AWS IAM users, policies and credentials",
        system: "aws",
        since: "0.1.0",
        names: &[
            "UserDetailList", "GroupDetailList", "RoleDetailList", "Policies", "Content",
            "ReportFormat", "GeneratedTime", "user", "arn", "user_creation_time", "mfa_active",
        ],
        recognise: recognise,
        read: read,
    }
}

const DETAILS: &[&str] = &["UserDetailList", "GroupDetailList", "RoleDetailList"];

fn recognise(sample: &Sample<'_>) -> Option<Container> {
    if sample.header().is_some_and(credentials::is_header) {
        return Some(Container::Csv(b','));
    }
    let ours = |object: &&Map<String, Value>| {
        DETAILS.iter().any(|list| object.contains_key(*list))
            || (object.contains_key("Content") && object.contains_key("ReportFormat"))
    };
    sample.objects(&[]).iter().any(ours).then_some(Container::Json(&[]))
}

fn read(feed: &mut Feed<'_>, context: &Context<'_>, out: &mut Batch) -> Result<(), Trouble> {
    let mut table = None;
    let mut known = HowKnown::Snapshot(context.settings.snapshot_at);
    while let Some(item) = feed.next(out)? {
        let (place, text) = (item.place, item.text);
        let lowered = match &table {
            None if credentials::is_header(text) => {
                table = Some(credentials::Table::new(text));
                continue;
            }
            None => reply(text, place, context, &mut known, out),
            Some(table) => table.row(text, place, context.settings.snapshot_at, context, out),
        };
        match lowered {
            Ok(Lowered::Records) => out.lowered(),
            Ok(Lowered::Nothing(reason)) => out.irrelevant(reason),
            Err(reason) => out.reject(place, reason),
        }
    }
    if out.tally().lowered > 0 || out.tally().rejected == 0 {
        out.proves_roles(known);
    }
    Ok(())
}

fn reply(
    text: &str,
    place: Place,
    context: &Context<'_>,
    known: &mut HowKnown,
    out: &mut Batch,
) -> Result<Lowered, String> {
    let node = Node::parse(text)?;
    if node["Content"].is_some() {
        let at = context.maybe_moment(&node["GeneratedTime"])?.or(context.settings.snapshot_at);
        *known = HowKnown::Snapshot(at);
        return credentials::report(&node["Content"], place, at, context, out);
    }
    details::reply(&node, place, context, out)
}

#[cfg(test)]
mod tests;
