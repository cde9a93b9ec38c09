//! Events of other systems, as security tools keep them inside their own: the original is read in
//! preference to what the tool made of it.

use super::attempt::Lowered;
use super::github_audit_log::roles::Seen;
use super::gitlab_audit_events as gitlab;
use super::ingester::Context;
use super::json_tree::Node;
use super::kubernetes_audit::bindings::Bindings;
use super::teleport_audit::requests::Requests;
use super::vault_audit::lower::Pairs;
use super::{
    atlassian_audit, azure_activity_log, cloudtrail, gcp_audit_log, github_audit_log,
    kubernetes_audit, okta_system_log, teleport_audit, vault_audit,
};
use crate::model::{Batch, HowKnown, Place};

/// What the events of one file have shown so far.
#[derive(Default)]
pub(super) struct Wrapped {
    bindings: Bindings,
    seen: Seen,
    members: gitlab::lower::Seen,
    requests: Requests,
    pairs: Pairs,
    roles: bool,
}

impl Wrapped {
    /// Reads the text of an event, if it is one of a known system.
    pub(super) fn text(
        &mut self,
        text: &str,
        place: Place,
        context: &Context<'_>,
        out: &mut Batch,
    ) -> Option<Result<Lowered, String>> {
        if !text.starts_with('{') {
            return None;
        }
        let event = match Node::parse(text) {
            Ok(event) => event,
            Err(reason) => return Some(Err(format!("the original in it: {reason}"))),
        };
        if event["eventSource"].text().is_some_and(|source| source.contains(".amazonaws.com")) {
            let context = of("aws", context);
            return Some(cloudtrail::record(text, place, &context, out).map(
                |lowered| match lowered {
                    cloudtrail::Lowered::Decision => Lowered::Records,
                    cloudtrail::Lowered::Nothing(reason) => Lowered::Nothing(reason),
                },
            ));
        }
        self.event(&event, place, context, out)
    }

    /// Reads an event, if it is one of a known system other than CloudTrail.
    pub(super) fn event(
        &mut self,
        event: &Node<'_>,
        place: Place,
        context: &Context<'_>,
        out: &mut Batch,
    ) -> Option<Result<Lowered, String>> {
        let has = |name: &str| event[name].is_some();
        Some(if has("published") && has("eventType") && event["actor"].is_object() {
            let context = of("okta", context);
            okta_system_log::lower::event(event, place, &context, &mut self.roles, out)
        } else if event["protoPayload"].is_object() {
            gcp_audit_log::lower::entry(event, place, &of("gcp", context), &mut self.roles, out)
        } else if event["kind"].text() == Some("Event") && has("verb") {
            let context = of("kubernetes", context);
            kubernetes_audit::lower::event(event, place, &context, &mut self.bindings, out)
        } else if has("operationName") && has("category") && has("resourceId") {
            azure_activity_log::record(event, place, &of("azure", context), &mut self.roles, out)
        } else if has("actor") && event["action"].text().is_some_and(|action| action.contains('.'))
        {
            github_audit_log::lower::event(
                event,
                place,
                &of("github", context),
                &mut self.seen,
                out,
            )
        } else {
            return self.of_tool(event, place, context, out);
        })
    }

    /// Reads an event of what development and operations run on.
    fn of_tool(
        &mut self,
        event: &Node<'_>,
        place: Place,
        context: &Context<'_>,
        out: &mut Batch,
    ) -> Option<Result<Lowered, String>> {
        let has = |name: &str| event[name].is_some();
        let key = event["type"]["actionI18nKey"].text();
        Some(if event["request"]["operation"].is_some() && event["request"]["path"].is_some() {
            let context = of("vault", context);
            vault_audit::lower::entry(event, place, &context, &mut self.pairs, out)
        } else if has("author_id") && has("entity_type") {
            let context = of("gitlab", context);
            gitlab::lower::event(event, place, &context, &mut self.members, out)
        } else if has("meta.caller_id") && has("status") {
            gitlab::requests::request(event, place, &of("gitlab", context), out)
        } else if key.is_some_and(|key| key.starts_with("bitbucket.")) {
            let context = of("bitbucket", context);
            atlassian_audit::server(event, place, &context, &mut self.roles, out)
        } else if key.is_some_and(|key| key.starts_with("jira.")) {
            let context = of("jira", context);
            atlassian_audit::server(event, place, &context, &mut self.roles, out)
        } else if has("event") && has("uid") && event["code"].text().is_some_and(is_teleport) {
            let context = of("teleport", context);
            teleport_audit::lower::event(event, place, &context, &mut self.requests, out)
        } else {
            return None;
        })
    }

    /// Notes that the file proves roles, if it showed any.
    pub(super) fn finish(&self, out: &mut Batch) {
        let tools = self.members.any() || self.requests.any();
        if self.roles || self.bindings.any() || self.seen.any() || tools {
            out.proves_roles(HowKnown::GrantEvent);
        }
        self.pairs.gaps(out);
    }
}

/// Codes of Teleport's events: `T1000I`, `TAP03E`.
fn is_teleport(code: &str) -> bool {
    code.len() >= 5 && code.starts_with('T') && code.ends_with(['I', 'W', 'E'])
}

/// The context of a system's events: its own name, unless the source's settings name another.
pub(super) fn of<'c>(system: &'c str, context: &Context<'c>) -> Context<'c> {
    let system = context.settings.system.as_deref().unwrap_or(system);
    Context { settings: context.settings, system, watch: context.watch }
}
