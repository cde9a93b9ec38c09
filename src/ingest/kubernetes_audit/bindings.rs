//! Role bindings that the log shows being made, changed and removed.

use std::collections::BTreeMap;

use crate::ingest::json_tree::Node;
use crate::ingest::kubernetes_roles::{self, Given};
use crate::ingest::role_event::RoleEvent;
use crate::model::{AccountId, Batch, Instant, Place};

/// What the log has shown of bindings so far, by resource, namespace and name.
#[derive(Default)]
pub(in crate::ingest) struct Bindings {
    known: BTreeMap<String, (Given, Vec<AccountId>)>,
    any: bool,
}

/// Who did something to a binding, and when.
pub(super) struct Change<'a> {
    pub(super) place: Place,
    pub(super) at: Instant,
    pub(super) by: AccountId,
    pub(super) system: &'a str,
}

const NO_OBJECT: &str = "role bindings were changed, but the log does not hold them (log \
                         rolebindings and clusterrolebindings at level RequestResponse)";
const NO_HOLDERS: &str =
    "role bindings were removed of which this file does not show to whom they belonged";

impl Bindings {
    /// Whether there was any.
    pub(in crate::ingest) fn any(&self) -> bool {
        self.any
    }

    /// Lowers a request that changed a binding. Tells whether that gave a record.
    pub(super) fn change(
        &mut self,
        event: &Node<'_>,
        change: &Change<'_>,
        out: &mut Batch,
    ) -> Result<bool, String> {
        let target = &event["objectRef"];
        let (request, response) = (&event["requestObject"], &event["responseObject"]);
        let bound = [response, request].into_iter().find(|object| object["roleRef"].is_object());
        let part = |node: &Node<'_>| node.text().unwrap_or_default().to_owned();
        let name =
            target["name"].text().or_else(|| bound.and_then(|b| b["metadata"]["name"].text()));
        let name = format!(
            "{}/{}/{}",
            part(&target["resource"]),
            part(&target["namespace"]),
            name.unwrap_or_default()
        );
        match event["verb"].text() {
            Some("delete") => Ok(self.removed(&name, change, out)),
            Some("deletecollection") => {
                out.gap(NO_HOLDERS.to_owned());
                Ok(false)
            }
            // The object of a patch's request is the patch.
            Some("patch") if !response["roleRef"].is_object() => {
                out.gap(NO_OBJECT.to_owned());
                Ok(false)
            }
            _ => match bound {
                Some(binding) => self.bound(name, binding, change, out),
                None => {
                    out.gap(NO_OBJECT.to_owned());
                    Ok(false)
                }
            },
        }
    }

    fn bound(
        &mut self,
        name: String,
        binding: &Node<'_>,
        change: &Change<'_>,
        out: &mut Batch,
    ) -> Result<bool, String> {
        let holders = kubernetes_roles::holders(binding)?;
        let given = kubernetes_roles::given(binding, change.system, out)?;
        let ids: Vec<_> =
            holders.iter().map(|holder| holder.add(change.place, change.system, out)).collect();
        let before = self.known.insert(name, (given, ids.clone()));
        let mut any = false;
        if let Some((given, before)) = before {
            for gone in before.into_iter().filter(|holder| !ids.contains(holder)) {
                change.write(gone, given, false, out);
                any = true;
            }
        }
        for (holder, id) in holders.iter().zip(ids) {
            change.write(id, given, true, out);
            if holder.local.starts_with("group:") {
                out.gap(kubernetes_roles::GROUPS.to_owned());
            }
            any = true;
        }
        self.any |= any;
        Ok(any)
    }

    fn removed(&mut self, name: &str, change: &Change<'_>, out: &mut Batch) -> bool {
        let Some((given, holders)) = self.known.remove(name) else {
            out.gap(NO_HOLDERS.to_owned());
            return false;
        };
        for holder in &holders {
            change.write(*holder, given, false, out);
        }
        !holders.is_empty()
    }
}

impl Change<'_> {
    fn write(&self, holder: AccountId, given: Given, gives: bool, out: &mut Batch) {
        let event = RoleEvent { place: self.place, at: self.at, gives, by: Some(self.by) };
        event.write(holder, given.role, given.scope, out);
    }
}
