//! Decides which ingester reads a file, by what stands in it.

use super::error::Error;
use super::feed::Container;
use super::sample::Sample;
use super::{INGESTERS, Ingester};

/// The one ingester that reads the file, and how its records lie in it.
///
/// A configured format is not taken on trust: the file must look like it, or be empty.
pub(super) fn choose(
    path: &str,
    sample: &Sample<'_>,
) -> Result<(&'static Ingester, Container), Error> {
    let path = path.to_owned();
    if let Some(format) = &sample.settings.format {
        let Some(ingester) = INGESTERS.iter().find(|ingester| ingester.id == format) else {
            return Err(Error::NoSuchFormat { path, format: format.clone() });
        };
        if sample.blank() {
            return Ok((ingester, Container::Nothing));
        }
        if let Some(container) = (ingester.recognise)(sample) {
            return Ok((ingester, container));
        }
        if sample.nothing_known() {
            return Ok((ingester, Container::Json(&[])));
        }
        if let Some(name) = sample.empty_page() {
            return Ok((ingester, Container::JsonAt(vec![name.to_owned()])));
        }
        let found = recognised(sample);
        return Err(Error::OtherFormat { path, format: ingester.id, found });
    }
    let mut found = INGESTERS
        .iter()
        .filter_map(|ingester| Some((*ingester, (ingester.recognise)(sample)?)))
        .collect::<Vec<_>>();
    match (found.len(), found.pop()) {
        (1, Some(only)) => Ok(only),
        (_, None) if sample.empty() => Err(Error::Empty { path }),
        (_, None) => Err(Error::Unknown { path, looks: sample.looks(), hint: nearest(sample) }),
        (_, Some(last)) => {
            let mut formats: Vec<_> = found.iter().map(|(ingester, _)| ingester.id).collect();
            formats.push(last.0.id);
            Err(Error::Ambiguous { path, formats })
        }
    }
}

/// What the file is instead of what it was said to be.
fn recognised(sample: &Sample<'_>) -> String {
    let knows = |ingester: &&&Ingester| (ingester.recognise)(sample).is_some();
    let found: Vec<_> = INGESTERS.iter().filter(knows).map(|ingester| ingester.id).collect();
    match found.as_slice() {
        [] => format!("it looks like {}", sample.looks()),
        [one] => format!("it is recognised as {one} (write that, or remove `format`)"),
        several => format!("it could be {} (write one of these)", several.join(" or ")),
    }
}

/// The format that shares most names with the file, if any does, and the cure.
fn nearest(sample: &Sample<'_>) -> String {
    let names = sample.names();
    let shared = |ingester: &Ingester| {
        ingester.names.iter().filter(|name| names.iter().any(|n| n == *name)).count()
    };
    let best = INGESTERS.iter().rev().max_by_key(|ingester| shared(ingester));
    match best.filter(|ingester| shared(ingester) > 1) {
        Some(near) => format!(
            " (nearest is {}, but it lacks what that is recognised by: compare its documentation, \
             read it as events-csv or events-json with a mapping, or leave the file out)",
            near.id
        ),
        None => " (any table or list of objects can be read as events-csv or events-json, with a \
                 mapping below its [[source]]; or leave it out of the sources)"
            .into(),
    }
}
