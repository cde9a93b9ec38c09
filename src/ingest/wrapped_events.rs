//! Events of other systems, as security tools keep them inside their own: the original is read in
//! preference to what the tool made of it.

use super::attempt::Lowered;
use super::github_audit_log::roles::Seen;
use super::ingester::Context;
use super::json_tree::Node;
use super::kubernetes_audit::bindings::Bindings;
use super::{
    azure_activity_log, cloudtrail, gcp_audit_log, github_audit_log, kubernetes_audit,
    okta_system_log,
};
use crate::model::{Batch, HowKnown, Place};

/// What the events of one file have shown so far.
#[derive(Default)]
pub(super) struct Wrapped {
    bindings: Bindings,
    seen: Seen,
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
            return None;
        })
    }

    /// Notes that the file proves roles, if it showed any.
    pub(super) fn finish(&self, out: &mut Batch) {
        if self.roles || self.bindings.any() || self.seen.any() {
            out.proves_roles(HowKnown::GrantEvent);
        }
    }
}

/// The context of a system's events: its own name, unless the source's settings name another.
pub(super) fn of<'c>(system: &'c str, context: &Context<'c>) -> Context<'c> {
    let system = context.settings.system.as_deref().unwrap_or(system);
    Context { settings: context.settings, system, watch: context.watch }
}
