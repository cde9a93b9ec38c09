//! Finds the sponsor of every principal, and the human who stands behind each chain of sponsors.

use std::collections::{BTreeMap, BTreeSet};

use super::sheet::Sheet;
use super::spelling::{did_you_mean, quoted};
use crate::policy::{Principal, PrincipalId, PrincipalKind};

/// Resolves `named`, the sponsors as written, to principals of `all`; the two lists run alike.
/// `ids` are all ids of the file, those of faulty rows included.
///
/// A sponsor who does not exist, a circle, and a chain that ends without a human are problems. A
/// principal that names no sponsor at all is none: a rule judges that.
pub(super) fn resolve<const N: usize>(
    sheet: &mut Sheet<'_, N>,
    all: &[&Principal],
    named: &[Option<&str>],
    ids: &BTreeMap<String, u32>,
) -> Vec<Option<PrincipalId>> {
    let places: BTreeMap<&str, usize> =
        all.iter().enumerate().map(|(place, principal)| (principal.id.as_str(), place)).collect();
    for (principal, sponsor) in all.iter().zip(named) {
        if let Some(sponsor) = sponsor.filter(|sponsor| !ids.contains_key(*sponsor)) {
            let fault = format!("sponsor {} is not in the registry", quoted(sponsor));
            let cure = did_you_mean(sponsor, ids.keys().map(String::as_str), "add a row for it");
            sheet.note(principal.line, fault, cure);
        }
    }
    let next: Vec<Option<usize>> =
        named.iter().map(|sponsor| sponsor.and_then(|id| places.get(id).copied())).collect();
    let mut told = BTreeSet::new();
    for start in 0..all.len() {
        match walk(start, &next) {
            End::Circle(circle) => tell_circle(sheet, all, &circle, &mut told),
            End::At(last) if last != start => {
                // A sponsor that could not be resolved was told of already.
                let open = named[last].is_none() && all[last].kind != PrincipalKind::Human;
                if open {
                    let (from, to) = (quoted(&all[start].id), quoted(&all[last].id));
                    let fault = format!("no human stands behind {from}: {to} has no sponsor");
                    sheet.note(all[start].line, fault, format!("give {to} a human sponsor"));
                }
            }
            End::At(_) => {}
        }
    }
    next.into_iter().map(|place| place.map(|place| PrincipalId(place as u32))).collect()
}

/// Where a chain of sponsors ends.
enum End {
    /// At a principal without a sponsor.
    At(usize),
    /// Nowhere: these sponsor each other.
    Circle(BTreeSet<usize>),
}

fn walk(start: usize, next: &[Option<usize>]) -> End {
    let mut seen = BTreeSet::from([start]);
    let mut here = start;
    while let Some(there) = next[here] {
        if !seen.insert(there) {
            let mut circle = BTreeSet::from([there]);
            let mut at = there;
            while let Some(on) = next[at].filter(|on| circle.insert(*on)) {
                at = on;
            }
            return End::Circle(circle);
        }
        here = there;
    }
    End::At(here)
}

/// Notes a circle once, at its first line.
fn tell_circle<const N: usize>(
    sheet: &mut Sheet<'_, N>,
    all: &[&Principal],
    circle: &BTreeSet<usize>,
    told: &mut BTreeSet<usize>,
) {
    let Some(first) = circle.first().copied().filter(|first| told.insert(*first)) else { return };
    let names: Vec<String> = circle.iter().map(|place| quoted(&all[*place].id)).collect();
    let fault = match names.as_slice() {
        [one] => format!("{one} sponsors itself"),
        _ => format!("{} sponsor each other in a circle", names.join(", ")),
    };
    sheet.note(all[first].line, fault, "name the human who answers for it as sponsor");
}
