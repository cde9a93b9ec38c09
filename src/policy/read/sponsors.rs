//! Finds the sponsor of every principal, and the human who stands behind each chain of sponsors.

use std::collections::{BTreeMap, BTreeSet};

use super::principals::Ids;
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
    ids: &Ids,
) -> Vec<Option<PrincipalId>> {
    let places: BTreeMap<&str, usize> =
        all.iter().enumerate().map(|(place, principal)| (principal.id.as_str(), place)).collect();
    for (principal, sponsor) in all.iter().zip(named) {
        let unknown =
            |sponsor: &&str| ids.get(&sponsor.to_lowercase()).is_none_or(|(id, _)| id != sponsor);
        if let Some(sponsor) = sponsor.filter(unknown) {
            let fault = format!("sponsor {} is not in the registry", quoted(sponsor));
            let cure =
                did_you_mean(sponsor, ids.values().map(|(id, _)| id.as_str()), "add a row for it");
            sheet.note(principal.line, fault, cure);
        }
    }
    let next: Vec<Option<usize>> =
        named.iter().map(|sponsor| sponsor.and_then(|id| places.get(id).copied())).collect();
    let (ends, circles) = ends(&next);
    for circle in circles {
        tell_circle(sheet, all, &circle);
    }
    for (start, last) in ends.into_iter().enumerate() {
        let Some(last) = last.filter(|last| *last != start) else { continue };
        // A sponsor that could not be resolved was told of already.
        if named[last].is_none() && all[last].kind != PrincipalKind::Human {
            let (from, to) = (quoted(&all[start].id), quoted(&all[last].id));
            let fault = format!("no human stands behind {from}: {to} has no sponsor");
            sheet.note(all[start].line, fault, format!("give {to} a human sponsor"));
        }
    }
    next.into_iter().map(|place| place.map(|place| PrincipalId(place as u32))).collect()
}

/// For each principal the last of its chain of sponsors, `None` where the chain runs into a circle;
/// and the circles. Every principal is visited once, however long the chains are.
fn ends(next: &[Option<usize>]) -> (Vec<Option<usize>>, Vec<BTreeSet<usize>>) {
    let mut ends: Vec<Option<usize>> = vec![None; next.len()];
    let mut seen = vec![false; next.len()];
    let mut circles = Vec::new();
    for start in 0..next.len() {
        let mut path = Vec::new();
        let mut here = start;
        let end = loop {
            if seen[here] {
                // Either a chain that was walked before, or this one has come round.
                if let Some(from) = path.iter().position(|place| *place == here) {
                    circles.push(path[from..].iter().copied().collect());
                }
                break ends[here];
            }
            seen[here] = true;
            path.push(here);
            match next[here] {
                Some(there) => here = there,
                None => break Some(here),
            }
        };
        for place in path {
            ends[place] = end;
        }
    }
    (ends, circles)
}

/// Notes a circle at its first line.
fn tell_circle<const N: usize>(
    sheet: &mut Sheet<'_, N>,
    all: &[&Principal],
    circle: &BTreeSet<usize>,
) {
    let names: Vec<String> = circle.iter().map(|place| quoted(&all[*place].id)).collect();
    let fault = match names.as_slice() {
        [one] => format!("{one} sponsors itself"),
        _ => format!("{} sponsor each other in a circle", names.join(", ")),
    };
    let line = circle.first().map_or(0, |first| all[*first].line);
    sheet.note(line, fault, "name the human who answers for it as sponsor");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ends_and_circles() {
        // 0 → 1 → 2; 3 → 4 ⇄ 5; 6 → 6; 7 → 1
        let next = [Some(1), Some(2), None, Some(4), Some(5), Some(4), Some(6), Some(1)];
        let (ends, circles) = ends(&next);
        assert_eq!(ends, [Some(2), Some(2), Some(2), None, None, None, None, Some(2)]);
        assert_eq!(circles, [BTreeSet::from([4, 5]), BTreeSet::from([6])]);
    }
}
