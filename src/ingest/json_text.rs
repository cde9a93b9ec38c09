//! Pieces of JSON records, read without copying where the text has no escapes.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;
use std::ops::Deref;

use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

/// A string that lies in the record's own text, unless it has escapes. (`Option<Cow<str>>` would
/// always be copied.)
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(super) struct Text<'a>(Cow<'a, str>);

impl Deref for Text<'_> {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl<'a> From<&'a str> for Text<'a> {
    fn from(text: &'a str) -> Self {
        Self(Cow::Borrowed(text))
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Text<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visit;

        impl<'de> Visitor<'de> for Visit {
            type Value = Text<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a string")
            }

            fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Self::Value, E> {
                Ok(Text(Cow::Borrowed(text)))
            }

            fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
                Ok(Text(Cow::Owned(text.to_owned())))
            }
        }

        deserializer.deserialize_str(Visit)
    }
}

/// Tells a member that is `null` from one that is missing: `Some(None)` and `None`. For fields with
/// `default`.
pub(super) fn present<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Option<T>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}

/// A list in any of the shapes that GitHub's interfaces give it: an array, `{"nodes":[…]}`,
/// `{"edges":[{"node":…}]}`; or a mere count, which is an empty list that is not whole.
#[derive(Clone, Debug)]
pub(super) struct Listing<T> {
    pub(super) nodes: Vec<T>,
    /// Whether these are all, as far as the record says.
    pub(super) whole: bool,
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Listing<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ListingVisitor(PhantomData))
    }
}

struct ListingVisitor<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for ListingVisitor<T> {
    type Value = Listing<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array, an object with nodes, or a count")
    }

    fn visit_u64<E>(self, _: u64) -> Result<Self::Value, E> {
        Ok(Listing { nodes: Vec::new(), whole: false })
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(Listing { nodes: Vec::new(), whole: true })
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
        let mut nodes = Vec::new();
        while let Some(node) = seq.next_element()? {
            nodes.push(node);
        }
        Ok(Listing { nodes, whole: true })
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let (mut nodes, mut total, mut more) = (None, None, false);
        while let Some(key) = map.next_key::<Text<'de>>()? {
            match &*key {
                "nodes" => nodes = Some(map.next_value::<Vec<T>>()?),
                "edges" => {
                    let edges = map.next_value::<Vec<Edge<T>>>()?;
                    nodes = Some(edges.into_iter().filter_map(|edge| edge.node).collect());
                }
                "totalCount" => total = map.next_value::<Option<u64>>()?,
                "pageInfo" => {
                    more = map.next_value::<Option<PageInfo>>()?.is_some_and(|p| p.has_next_page);
                }
                _ => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        let nodes = nodes.unwrap_or_default();
        let whole = !more && total.is_none_or(|total| total <= nodes.len() as u64);
        Ok(Listing { nodes, whole })
    }
}

#[derive(serde::Deserialize)]
struct Edge<T> {
    node: Option<T>,
}

#[derive(serde::Deserialize)]
#[serde(rename_all = "camelCase")]
struct PageInfo {
    #[serde(default)]
    has_next_page: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn listings() {
        for (text, nodes, whole) in [
            ("[1,2]", &[1, 2][..], true),
            ("{\"nodes\":[1]}", &[1], true),
            ("{\"nodes\":[1],\"totalCount\":2}", &[1], false),
            ("{\"nodes\":[1],\"pageInfo\":{\"hasNextPage\":true,\"x\":1}}", &[1], false),
            ("{\"edges\":[{\"cursor\":\"a\",\"node\":3}]}", &[3], true),
            ("{\"totalCount\":0}", &[], true),
            ("7", &[], false),
            ("null", &[], true),
        ] {
            let listing: Listing<u8> = serde_json::from_str(text).unwrap();
            assert_eq!((&*listing.nodes, listing.whole), (nodes, whole), "{text}");
        }
        assert!(serde_json::from_str::<Listing<u8>>("\"x\"").is_err());
    }

    #[test]
    fn text_is_borrowed_where_it_can_be() {
        let plain: Text<'_> = serde_json::from_str("\"plain\"").unwrap();
        assert!(matches!(plain.0, Cow::Borrowed(_)));
        let escaped: Text<'_> = serde_json::from_str("\"\\u0041\"").unwrap();
        assert_eq!(&*escaped, "A");
    }
}
