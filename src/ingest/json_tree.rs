//! A JSON record as a tree, for exports whose records have many shapes.
//!
//! Unlike [`serde_json::Value`] it keeps strings where they lie in the record's text, keeps members
//! in their order, and refuses an object that names a member twice: evidence must not depend on
//! which of the two a program happens to see.

use std::borrow::Cow;
use std::fmt;
use std::ops::Index;

use hashbrown::HashSet;
use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};

use super::error::{printable, unparsed};

/// A JSON value.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Node<'a> {
    Null,
    Flag(bool),
    Whole(i64),
    /// A number that is no `i64`.
    Number(f64),
    Text(Cow<'a, str>),
    Array(Vec<Self>),
    Object(Vec<(Cow<'a, str>, Self)>),
}

impl<'a> Node<'a> {
    /// Parses one record.
    pub(super) fn parse(text: &'a str) -> Result<Self, String> {
        serde_json::from_str(text).map_err(|error| unparsed(&error))
    }

    /// A string that is not blank, without the blanks around it.
    pub(super) fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text.trim()).filter(|text| !text.is_empty()),
            _ => None,
        }
    }

    /// A string that is not blank, or a whole number: how exports write ids.
    pub(super) fn id(&self) -> Option<Cow<'_, str>> {
        match self {
            Self::Whole(number) => Some(number.to_string().into()),
            _ => self.text().map(Cow::Borrowed),
        }
    }

    /// A whole number, also one that is written as text or with a zero fraction.
    pub(super) fn whole(&self) -> Option<i64> {
        match self {
            Self::Whole(number) => Some(*number),
            // Up to 2^53 every whole number is a float of its own.
            Self::Number(float)
                if float.fract() == 0.0 && float.abs() <= 9_007_199_254_740_992.0 =>
            {
                Some(*float as i64)
            }
            Self::Text(text) => text.trim().parse().ok(),
            _ => None,
        }
    }

    /// A flag, also as text: some log pipelines turn all values into strings.
    pub(super) fn flag(&self) -> Option<bool> {
        match self {
            Self::Flag(flag) => Some(*flag),
            Self::Text(text) => text.trim().to_ascii_lowercase().parse().ok(),
            _ => None,
        }
    }

    /// The elements of an array; nothing else has any.
    pub(super) fn items(&self) -> &[Self] {
        match self {
            Self::Array(items) => items,
            _ => &[],
        }
    }

    /// The elements of an array, or the one value that stands in an array's place.
    pub(super) fn one_or_more(&self) -> &[Self] {
        match self {
            Self::Array(items) => items,
            Self::Null => &[],
            one => std::slice::from_ref(one),
        }
    }

    /// The members of an object; nothing else has any.
    pub(super) fn members(&self) -> &[(Cow<'a, str>, Self)] {
        match self {
            Self::Object(members) => members,
            _ => &[],
        }
    }

    /// Whether there is anything but `null`.
    pub(super) fn is_some(&self) -> bool {
        *self != Self::Null
    }

    pub(super) fn is_object(&self) -> bool {
        matches!(self, Self::Object(_))
    }

    /// The member of that name, however its letters are capitalised; as they are first.
    pub(super) fn any_case(&self, name: &str) -> &Self {
        let exact = &self[name];
        if exact.is_some() {
            return exact;
        }
        let member = self.members().iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
        member.map_or(&Self::Null, |(_, value)| value)
    }

    /// The first of these members that is there and not `null`.
    pub(super) fn first(&self, names: &[&str]) -> &Self {
        names.iter().map(|name| &self[*name]).find(|node| node.is_some()).unwrap_or(&Self::Null)
    }

    /// The member at a path of names, each either nested or joined to the next with a dot.
    pub(super) fn dotted(&self, path: &str) -> &Self {
        let direct = &self[path];
        if direct.is_some() {
            return direct;
        }
        for (at, _) in path.match_indices('.') {
            let found = self[&path[..at]].dotted(&path[at + 1..]);
            if found.is_some() {
                return found;
            }
        }
        &Self::Null
    }
}

/// The member of that name; [`Node::Null`] where there is none.
impl<'a> Index<&str> for Node<'a> {
    type Output = Self;

    fn index(&self, name: &str) -> &Self::Output {
        let member = self.members().iter().find(|(known, _)| known == name);
        member.map_or(&Node::Null, |(_, value)| value)
    }
}

impl<'de> Deserialize<'de> for Node<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Visit)
    }
}

struct Visit;

/// So many members are compared with each other; more are hashed.
const FEW: usize = 16;

impl<'de> Visitor<'de> for Visit {
    type Value = Node<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(Node::Null)
    }

    fn visit_bool<E>(self, flag: bool) -> Result<Self::Value, E> {
        Ok(Node::Flag(flag))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Self::Value, E> {
        Ok(Node::Whole(number))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Self::Value, E> {
        Ok(i64::try_from(number).map_or(Node::Number(number as f64), Node::Whole))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Self::Value, E> {
        Ok(Node::Number(number))
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Self::Value, E> {
        Ok(Node::Text(Cow::Borrowed(text)))
    }

    fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
        Ok(Node::Text(Cow::Owned(text.to_owned())))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = seq.next_element()? {
            items.push(item);
        }
        Ok(Node::Array(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut members: Vec<(Cow<'de, str>, Node<'de>)> = Vec::new();
        let mut many: HashSet<Cow<'de, str>> = HashSet::new();
        while let Some(key) = map.next_key::<Node<'de>>()? {
            let Node::Text(key) = key else { return Err(A::Error::custom("a name is no string")) };
            if members.len() == FEW {
                many.extend(members.iter().map(|(name, _)| name.clone()));
            }
            let twice = if members.len() < FEW {
                members.iter().any(|(name, _)| *name == key)
            } else {
                !many.insert(key.clone())
            };
            if twice {
                let name = printable(key.as_bytes(), 40);
                return Err(A::Error::custom(format!("duplicate field `{name}`")));
            }
            members.push((key, map.next_value()?));
        }
        Ok(Node::Object(members))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values() {
        let text = r#"{"a":{"b":" x "},"n":7,"t":"8","f":9.0,"big":18446744073709551615,
            "yes":"True","no":false,"l":[1],"e":"","c.d":{"e.f":1}}"#;
        let node = Node::parse(text).unwrap();
        assert_eq!(node["a"]["b"].text(), Some("x"));
        assert_eq!(node["a"]["z"]["y"].text(), None);
        let wholes = ["n", "t", "f", "big", "a"].map(|name| node[name].whole());
        assert_eq!(wholes, [Some(7), Some(8), Some(9), None, None]);
        assert_eq!((node["yes"].flag(), node["no"].flag()), (Some(true), Some(false)));
        assert_eq!((node["l"].items().len(), node["n"].items().len()), (1, 0));
        assert_eq!((node["n"].one_or_more().len(), node["z"].one_or_more().len()), (1, 0));
        assert_eq!(node["e"].text(), None);
        assert_eq!(node["n"].id().as_deref(), Some("7"));
        assert_eq!(node.any_case("N").whole(), Some(7));
        assert_eq!(node.dotted("c.d.e.f").whole(), Some(1));
        assert_eq!(node.dotted("a.b").text(), Some("x"));
        assert_eq!(node.first(&["z", "t", "n"]).text(), Some("8"));
        assert!(matches!(&node["a"]["b"], Node::Text(Cow::Borrowed(_))));
    }

    #[test]
    fn duplicates_are_refused_wherever_they_stand() {
        assert!(Node::parse(r#"{"a":{"b":1,"b":1}}"#).unwrap_err().contains("duplicate field `b`"));
        let many: String = (0..100).map(|n| format!("\"k{n}\":0,")).collect();
        assert!(Node::parse(&format!("{{{many}\"z\":1}}")).is_ok());
        assert!(Node::parse(&format!("{{{many}\"k3\":1}}")).is_err());
        assert!(Node::parse(&format!("{{{many}\"k50\":1}}")).is_err());
        assert!(Node::parse(&"[".repeat(10_000)).is_err());
    }
}
