//! What Azure says of a failed operation.

use std::borrow::Cow;

use crate::ingest::json_tree::Node;

/// Errors that mean that the caller was not allowed to, and the control that each names.
const ERRORS: &[(&str, &str)] = &[
    ("AuthorizationFailed", "Azure RBAC"),
    ("DenyAssignmentAuthorizationFailed", "deny assignment"),
    ("LinkedAuthorizationFailed", "Azure RBAC"),
    ("RequestDisallowedByPolicy", "Azure Policy"),
];

/// A failed operation, as far as it says why.
#[derive(Default)]
pub(super) struct Failure {
    pub(super) refused: bool,
    pub(super) code: Option<String>,
    pub(super) control: Option<&'static str>,
    pub(super) message: Option<String>,
}

/// A member that the list gives as an object with a value and diagnostic settings as text.
pub(super) fn value<'n>(node: &'n Node<'_>) -> Option<&'n str> {
    node["value"].text().or(node.text())
}

/// The properties of an entry, which some exports hold as JSON in a string.
pub(super) fn properties<'n>(entry: &'n Node<'n>) -> Cow<'n, Node<'n>> {
    match &entry["properties"] {
        Node::Text(text) => Cow::Owned(Node::parse(text).unwrap_or(Node::Null)),
        properties => Cow::Borrowed(properties),
    }
}

/// Why the operation failed.
pub(super) fn failure(entry: &Node<'_>, properties: &Node<'_>) -> Failure {
    let status = [
        value(&entry["resultSignature"]),
        value(&entry["subStatus"]),
        properties["statusCode"].text(),
    ];
    // `403`, `Forbidden`, `Forbidden.`, `Failed.Forbidden`.
    let forbidden = status.into_iter().flatten().any(|status| {
        status.split(['.', ' ']).any(|part| part == "403" || part.eq_ignore_ascii_case("forbidden"))
    });
    let said = properties["statusMessage"].text();
    let parsed = said.and_then(|text| Node::parse(text).ok()).unwrap_or(Node::Null);
    let error = parsed.any_case("error");
    let error = if error.is_object() { error } else { &parsed };
    let code = error.any_case("code").text();
    let known = ERRORS.iter().find(|(name, _)| Some(*name) == code);
    Failure {
        refused: forbidden || known.is_some(),
        code: code.or(status.into_iter().flatten().next()).map(str::to_owned),
        control: known.map(|(_, control)| *control),
        message: error.any_case("message").text().or(said).map(str::to_owned),
    }
}
