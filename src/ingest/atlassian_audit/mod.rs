//! What the audit logs of Atlassian's server products have in common, and of their cloud.

use serde_json::{Map, Value};

mod cloud;
mod event;
mod server;

pub(super) use cloud::{cloud, is_cloud};
pub(super) use event::{Event, Moved};
pub(super) use server::server;

/// Whether the object is an event of a server product's audit log.
pub(super) fn is_server(object: &Map<String, Value>) -> bool {
    let kind = object.get("type").and_then(Value::as_object);
    kind.is_some_and(|kind| kind.contains_key("action") && kind.contains_key("category"))
        && object.contains_key("affectedObjects")
        && object.contains_key("timestamp")
}

/// Whether an event of a server product is this product's: its action's key begins with the name of
/// the product, or its author is of a type that only this product has.
pub(super) fn of_product(object: &Map<String, Value>, product: &str, authors: &[&str]) -> bool {
    let text = |at: &str, key: &str| object.get(at)?.get(key)?.as_str();
    let key = text("type", "actionI18nKey").unwrap_or_default();
    let author = text("author", "type").unwrap_or_default();
    key.strip_prefix(product).is_some_and(|rest| rest.starts_with('.')) || authors.contains(&author)
}
