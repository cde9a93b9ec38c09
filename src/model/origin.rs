//! Where a record was read from.

use std::{fmt, str::FromStr};

use serde::{Serialize, Serializer};
use sha2::{Digest as _, Sha256};

use super::{Symbol, Symbols};

/// Index of an input file in [`Dataset::sources`](super::Dataset::sources).
#[derive(Clone, Copy, Debug, Eq, PartialEq, Ord, PartialOrd, Hash)]
pub struct SourceId(pub u32);

/// A place inside one input file, precise enough for a person to find it again.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Ord, PartialOrd)]
pub enum Place {
    /// The `n`th line, counted from 1: CSV, text and one JSON value a line.
    Line {
        /// The line.
        n: u32,
        /// RFC 6901 pointer into that line's JSON value, if only a part of it is meant.
        within: Option<Symbol>,
    },
    /// The `n`th element, counted from 0, of the JSON array at `array`.
    Element {
        /// RFC 6901 pointer to the array; empty for the document itself.
        array: Symbol,
        /// The element.
        n: u32,
        /// RFC 6901 pointer into that element, if only a part of it is meant.
        within: Option<Symbol>,
    },
}

impl Place {
    /// The same record, narrowed to a part of it.
    pub fn inside(self, part: Symbol) -> Self {
        match self {
            Self::Line { n, .. } => Self::Line { n, within: Some(part) },
            Self::Element { array, n, .. } => Self::Element { array, n, within: Some(part) },
        }
    }

    /// The whole record that this is a part of.
    pub fn whole(self) -> Self {
        match self {
            Self::Line { n, .. } => Self::Line { n, within: None },
            Self::Element { array, n, .. } => Self::Element { array, n, within: None },
        }
    }

    /// The place as people read it: `line 7`, `/Records/3`, `/0/reviews/1`.
    pub fn text(self, symbols: &Symbols) -> String {
        let part = |within: Option<Symbol>| within.map_or("", |part| symbols.text(part));
        match self {
            Self::Line { n, within: None } => format!("line {n}"),
            Self::Line { n, within } => format!("line {n} {}", part(within)),
            Self::Element { array, n, within } => {
                format!("{}/{n}{}", symbols.text(array), part(within))
            }
        }
    }

    pub(super) fn map(self, to: &dyn Fn(Symbol) -> Symbol) -> Self {
        match self {
            Self::Line { n, within } => Self::Line { n, within: within.map(to) },
            Self::Element { array, n, within } => {
                Self::Element { array: to(array), n, within: within.map(to) }
            }
        }
    }
}

/// The input file and the place in it that a record was read from.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Ord, PartialOrd)]
pub struct Origin {
    /// The input file.
    pub source: SourceId,
    /// The place in it.
    pub place: Place,
}

/// A SHA-256 digest; its text is 64 lower-case hexadecimal digits.
#[derive(Clone, Copy, Eq, PartialEq, Ord, PartialOrd, Hash)]
pub struct Digest([u8; 32]);

/// Text that is not 64 lower-case hexadecimal digits.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("not a sha-256 digest; write 64 lower-case hexadecimal digits")]
pub struct NotADigest;

impl Digest {
    /// Returns the digest of `bytes`.
    pub fn of(bytes: &[u8]) -> Self {
        Self(Sha256::digest(bytes).into())
    }

    /// The digest's 32 bytes.
    pub fn bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl From<Sha256> for Digest {
    fn from(hasher: Sha256) -> Self {
        Self(hasher.finalize().into())
    }
}

impl FromStr for Digest {
    type Err = NotADigest;

    fn from_str(text: &str) -> Result<Self, NotADigest> {
        let nibble = |c: u8| match c {
            b'0'..=b'9' => Ok(c - b'0'),
            b'a'..=b'f' => Ok(c - b'a' + 10),
            _ => Err(NotADigest),
        };
        if text.len() != 64 {
            return Err(NotADigest);
        }
        let mut bytes = [0; 32];
        for (byte, pair) in bytes.iter_mut().zip(text.as_bytes().chunks_exact(2)) {
            *byte = nibble(pair[0])? << 4 | nibble(pair[1])?;
        }
        Ok(Self(bytes))
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl Serialize for Digest {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// FIPS 180-4 example: the digest of "abc".
    const ABC: &str = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

    #[test]
    fn digests_as_text() {
        assert_eq!(Digest::of(b"abc").to_string(), ABC);
        assert_eq!(ABC.parse(), Ok(Digest::of(b"abc")));
        for text in ["", &ABC[1..], &ABC.to_uppercase(), &format!("{ABC} "), &ABC.replace('b', "g")]
        {
            assert_eq!(text.parse::<Digest>(), Err(NotADigest), "{text}");
        }
    }
}
