//! Items of one file that could not be read for one reason: a wrong date pattern rejects thousands,
//! and people need to see it once.

use std::collections::BTreeMap;

/// Rejected items that are told one by one, of those that are alike.
const TOLD: usize = 3;

/// Rejected items of one file for one reason.
pub(super) struct Alike<'a> {
    /// The file.
    pub(super) path: &'a str,
    /// Place and reason of the first few.
    pub(super) first: Vec<(String, &'a str)>,
    /// How many more there are.
    pub(super) more: u64,
}

impl<'a> Alike<'a> {
    /// Puts together what is alike, by the first of each. What a reason quotes of an item does not
    /// make it another reason.
    pub(super) fn group<P: Into<String>>(
        rejects: impl IntoIterator<Item = (&'a str, P, &'a str)>,
    ) -> Vec<Self> {
        let mut known: BTreeMap<(&str, String), usize> = BTreeMap::new();
        let mut all: Vec<Self> = Vec::new();
        for (path, place, reason) in rejects {
            let index = *known.entry((path, unquoted(reason))).or_insert_with(|| {
                all.push(Self { path, first: Vec::new(), more: 0 });
                all.len() - 1
            });
            match &mut all[index] {
                alike if alike.first.len() < TOLD => alike.first.push((place.into(), reason)),
                alike => alike.more += 1,
            }
        }
        all
    }
}

/// The text without what stands in backquotes.
fn unquoted(reason: &str) -> String {
    reason.split('`').step_by(2).collect::<Vec<_>>().join("`")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_fault_is_told_once_however_many_rows_have_it() {
        let reason = |n: u32| format!("`{n}.10.2026` is not a time");
        let reasons: Vec<_> = (0..3000).map(reason).collect();
        let dates = reasons.iter().enumerate().map(|(n, why)| ("a.csv", n.to_string(), &**why));
        let others = [("a.csv", "9".to_owned(), "no id"), ("b.csv", "1".to_owned(), "no id")];
        let all = Alike::group(dates.chain(others));
        let shape: Vec<_> = all.iter().map(|a| (a.path, a.first.len(), a.more)).collect();
        assert_eq!(shape, [("a.csv", 3, 2997), ("a.csv", 1, 0), ("b.csv", 1, 0)]);
        assert_eq!(all[0].first[1], ("1".to_owned(), "`1.10.2026` is not a time"));
    }
}
