//! The trust of a role: a policy document that says who may assume it.

use std::borrow::Cow;

use crate::ingest::attempt::Actor;
use crate::ingest::json_tree::Node;
use crate::model::AccountKind;

/// Everybody whom the document lets assume the role, whatever the conditions.
pub(super) fn trusted(document: &Node<'_>) -> Result<Vec<Actor<'static>>, String> {
    match document {
        Node::Null => Ok(Vec::new()),
        Node::Text(text) => {
            let text = percent_decoded(text);
            let parsed = Node::parse(&text).map_err(|reason| format!("its trust is {reason}"))?;
            Ok(principals(&parsed))
        }
        parsed => Ok(principals(parsed)),
    }
}

fn principals(document: &Node<'_>) -> Vec<Actor<'static>> {
    let mut found = Vec::new();
    let statements = document["Statement"].one_or_more();
    for statement in statements.iter().filter(|s| s["Effect"].text() == Some("Allow")) {
        let assumes = statement["Action"].one_or_more().iter().filter_map(Node::text);
        if !assumes
            .map(str::to_lowercase)
            .any(|a| a.starts_with("sts:assumerole") || a == "sts:*" || a == "*")
        {
            continue;
        }
        let principal = &statement["Principal"];
        if principal.text() == Some("*") {
            found.push(Actor::new("*", AccountKind::Unknown));
        }
        for (kind, names) in principal.members() {
            for name in names.one_or_more().iter().filter_map(Node::text) {
                found.push(named(kind, name));
            }
        }
    }
    found
}

fn named(kind: &str, name: &str) -> Actor<'static> {
    let local = match kind {
        // A number stands for everybody in that account.
        "AWS" if name.bytes().all(|byte| byte.is_ascii_digit()) => {
            format!("arn:aws:iam::{name}:root")
        }
        _ => name.to_owned(),
    };
    let kind = if kind == "Service" { AccountKind::Service } else { AccountKind::Unknown };
    Actor::new(local, kind)
}

/// The text with `%7B` and the like as characters: so the interface replies documents.
fn percent_decoded(text: &str) -> Cow<'_, str> {
    if text.trim_start().starts_with('{') || !text.contains('%') {
        return text.into();
    }
    let bytes = text.as_bytes();
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        let hex = (byte == b'%')
            .then(|| text.get(at + 1..at + 3).and_then(|hex| u8::from_str_radix(hex, 16).ok()))
            .flatten();
        decoded.push(hex.unwrap_or(byte));
        at += if hex.is_some() { 3 } else { 1 };
    }
    String::from_utf8_lossy(&decoded).into_owned().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn documents() {
        let of = |json: &str| -> Vec<String> {
            let node = Node::parse(json).unwrap();
            trusted(&node).unwrap().iter().map(|actor| actor.local.to_string()).collect()
        };
        let statement = r#"{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"AWS":["1234","arn:x"],"Service":"ec2.amazonaws.com"}}"#;
        let want = ["arn:aws:iam::1234:root", "arn:x", "ec2.amazonaws.com"];
        let document = format!("{{\"Statement\":{statement}}}");
        assert_eq!(of(&document), want);
        assert_eq!(of(&format!("{{\"Statement\":[{statement}]}}")), want);
        assert_eq!(of(&serde_json::to_string(&document).unwrap()), want);
        let encoded: String = document.bytes().map(|byte| format!("%{byte:02X}")).collect();
        assert_eq!(of(&format!("\"{encoded}\"")), want);
        assert_eq!(
            of(r#"{"Statement":{"Effect":"Allow","Action":"sts:*","Principal":"*"}}"#),
            ["*"]
        );
        assert!(of(&document.replace("Allow", "Deny")).is_empty());
        assert!(of(&document.replace("AssumeRole", "TagSession")).is_empty());
        assert!(of("null").is_empty());
        assert!(trusted(&Node::parse("\"%7Bx\"").unwrap()).is_err());
    }
}
