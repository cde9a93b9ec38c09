//! HashiCorp Vault's audit log: what its policies refused, and what agents changed or took.

pub(super) mod lower;

use serde_json::{Map, Value};

use self::lower::Pairs;
use super::attempt::each_record;
use super::decode::Trouble;
use super::feed::{Container, Feed};
use super::ingester::{Context, ingester};
use super::sample::Sample;
use crate::model::Batch;

ingester! {
    /// Requests to Vault or OpenBao: every refusal, and every change and credential that a registered
    /// agent or service made or took.
    ///
    /// ## How to make it
    ///
    /// The files of a file audit device, as they are, rotated ones included:
    ///
    /// ```text
    /// vault audit enable file file_path=/var/log/vault/audit.log
    /// cp /var/log/vault/audit.log* exports/vault/
    /// ```
    ///
    /// Leave hashing on: tokens and secrets are HMACs there and are not read. Enable no `filter` that
    /// leaves out responses.
    ///
    /// ## Fields read
    ///
    /// `type`, `time`, `error`, `auth.display_name`, `auth.policy_results`, `auth.policies`, `request.id`,
    /// `request.operation`, `request.path`, `request.namespace.path`, `response.secret`. The action is
    /// the operation and the path: `vault:update:sys/policies/acl/deploy`, with the namespace before
    /// the path.
    ///
    /// Accounts are called by their display name, which begins with the auth method:
    /// `vault:github-ann`, `vault:oidc-ann@acme.example`, `vault:token-ci`. Whoever makes a token
    /// chooses its metadata, so that no address is taken from there.
    ///
    /// A refusal is an entry with the error `permission denied`; the control is named where
    /// `policy_results` say that the policies did not allow it. An error to a token that Vault does
    /// not know names nobody, and is a failed sign-in. The entry of a request and that of its response
    /// are one attempt.
    ///
    /// ## What it proves
    ///
    /// Who was refused which operation on which path; what a registered agent or service changed, and
    /// which short-lived credentials it was given.
    ///
    /// ## What it cannot prove
    ///
    /// Which person used a token: the display name is that of the sign-in that made it. Who holds
    /// which policy. What an issued credential was used for.
    pub(super) static VAULT_AUDIT = "vault-audit" {
        title: "HashiCorp Vault audit log",
        system: "vault",
        since: "0.1.0",
        names: &[
            "time", "type", "auth", "request", "response", "error", "client_token", "accessor",
            "display_name", "operation", "mount_type", "path",
        ],
        recognise: recognise,
        read: read,
    }
}

fn recognise(sample: &Sample<'_>) -> Option<Container> {
    sample.objects(&[]).iter().any(|object| ours(object)).then_some(Container::Json(&[]))
}

fn ours(object: &Map<String, Value>) -> bool {
    let kind = object.get("type").and_then(Value::as_str);
    let request = object.get("request").and_then(Value::as_object);
    matches!(kind, Some("request" | "response"))
        && request.is_some_and(|r| r.contains_key("operation") && r.contains_key("path"))
}

fn read(feed: &mut Feed<'_>, context: &Context<'_>, out: &mut Batch) -> Result<(), Trouble> {
    out.logs_edits();
    let mut pairs = Pairs::default();
    each_record(feed, out, |node, place, out| lower::entry(node, place, context, &mut pairs, out))?;
    pairs.gaps(out);
    Ok(())
}

#[cfg(test)]
mod tests;
