//! Copies the records that became evidence, byte for byte, in a second pass over their file.

use std::collections::BTreeMap;

use super::feed::Feed;
use super::json_items::Spot;
use super::{Error, Input, open};
use crate::model::{Digest, Place, Symbols};

/// Copies the records at `places` as they stand in the file, after inflating and transcoding.
///
/// Parts of a record stand for the whole of it. The result has each place once, in the order of
/// [`Place`]. `expected` is the digest of the first pass, `symbols` the table that the places' array
/// pointers are interned in.
///
/// # Errors
/// [`Error::Changed`] if the file is not the one that was read before, [`Error::NoRecord`] if it
/// has no record at a place.
pub fn extract(
    input: Input<'_>,
    expected: Digest,
    places: &[Place],
    symbols: &Symbols,
) -> Result<Vec<(Place, Vec<u8>)>, Error> {
    let path = input.open.path();
    let mut wanted: BTreeMap<Key, (Place, Option<Vec<u8>>)> = places
        .iter()
        .map(|place| (Key::of(place.whole(), symbols), (place.whole(), None)))
        .collect();
    let trouble = |trouble| Error::Unreadable { path: path.to_owned(), trouble };
    let opened = open(input)?;
    let mut feed = Feed::new(opened.window, opened.container, &|_| ());
    while let Some(piece) = feed.piece().map_err(trouble)? {
        let Ok(len) = piece.len else { continue };
        let key = match piece.spot {
            Spot::Line(n) => Key(None, n),
            Spot::Element(n) => Key(Some(feed.array().to_owned()), n),
        };
        if let Some((_, bytes)) = wanted.get_mut(&key) {
            *bytes = Some(feed.bytes(len).to_vec());
        }
    }
    let (digest, _) = feed.into_window().finish().map_err(trouble)?;
    if digest != expected {
        return Err(Error::Changed { path: path.to_owned() });
    }
    let mut found = Vec::with_capacity(wanted.len());
    for (place, bytes) in wanted.into_values() {
        let Some(bytes) = bytes else {
            return Err(Error::NoRecord { path: path.to_owned(), place: place.text(symbols) });
        };
        found.push((place, bytes));
    }
    found.sort_unstable_by_key(|(place, _)| *place);
    Ok(found)
}

/// The array that a record is in, or none for one that has a line of its own; and which one it is.
#[derive(Eq, PartialEq, Ord, PartialOrd)]
struct Key(Option<String>, u64);

impl Key {
    fn of(place: Place, symbols: &Symbols) -> Self {
        match place {
            Place::Line { n, .. } => Self(None, n.into()),
            Place::Element { array, n, .. } => Self(Some(symbols.text(array).to_owned()), n.into()),
        }
    }
}
