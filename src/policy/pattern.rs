//! Patterns of roles, actions, resources and accounts.

use std::collections::{BTreeMap, BTreeSet};

use globset::{GlobBuilder, GlobMatcher};
use serde::{Serialize, Serializer};

/// A text that may hold `*` (any run of characters, `/` and `:` included) and `?` (any one).
#[derive(Clone, Debug)]
pub struct Pattern {
    text: String,
    matcher: Option<GlobMatcher>,
}

impl Pattern {
    /// Reads a pattern. Everything but `*` and `?` stands for itself.
    pub fn new(text: &str) -> Self {
        let wild = text.contains(['*', '?']);
        // Two asterisks mean no more than one; the matcher would see folders in them.
        let mut single = text.to_owned();
        while single.contains("**") {
            single = single.replace("**", "*");
        }
        // Only the two wildcards are special: brackets and braces occur in account names.
        let escaped: String = single
            .chars()
            .flat_map(|c| {
                let special = matches!(c, '[' | ']' | '{' | '}' | '\\' | '!');
                special.then_some('\\').into_iter().chain([c])
            })
            .collect();
        let glob = || GlobBuilder::new(&escaped).backslash_escape(true).build().ok();
        let matcher = wild.then(glob).flatten().map(|glob| glob.compile_matcher());
        Self { text: text.to_owned(), matcher }
    }

    /// Tells whether the whole of `text` matches.
    pub fn matches(&self, text: &str) -> bool {
        match &self.matcher {
            Some(matcher) => matcher.is_match(text),
            None => self.text == text,
        }
    }

    /// Tells whether the pattern stands for one text only.
    pub fn is_literal(&self) -> bool {
        self.matcher.is_none()
    }

    /// The pattern as written.
    pub fn text(&self) -> &str {
        &self.text
    }
}

/// Many patterns, each with something that it stands for, asked together without regard to case.
///
/// A text is only held against the patterns whose literal beginning it has: a registry of hundreds
/// of agents is asked once for each record of a log.
#[derive(Debug)]
pub struct PatternSet<T> {
    /// Lengths of the literal beginnings, in bytes, each once.
    lengths: BTreeSet<usize>,
    by_beginning: BTreeMap<String, Vec<(Pattern, T)>>,
}

impl<T> PatternSet<T> {
    /// Puts patterns together.
    pub fn new<'a>(patterns: impl IntoIterator<Item = (&'a Pattern, T)>) -> Self {
        let mut this = Self { lengths: BTreeSet::new(), by_beginning: BTreeMap::new() };
        for (pattern, value) in patterns {
            let folded = pattern.text().to_lowercase();
            let beginning = folded.split(['*', '?']).next().unwrap_or_default().to_owned();
            this.lengths.insert(beginning.len());
            let entry = (Pattern::new(&folded), value);
            this.by_beginning.entry(beginning).or_default().push(entry);
        }
        this
    }

    /// What the patterns that match `text`, which is in lower case, stand for.
    pub fn matching<'a>(&'a self, text: &'a str) -> impl Iterator<Item = &'a T> {
        self.lengths
            .iter()
            .filter_map(|length| self.by_beginning.get(text.get(..*length)?))
            .flatten()
            .filter(|(pattern, _)| pattern.matches(text))
            .map(|(_, value)| value)
    }
}

impl Serialize for Pattern {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_two_wildcards() {
        assert!(Pattern::new("github:x[bot]").matches("github:x[bot]"));
        assert!(!Pattern::new("github:x[bot]").matches("github:xb"));
        assert!(Pattern::new("github:*[bot]").matches("github:x[bot]"));
        assert!(Pattern::new("aws:s3:Put*").matches("aws:s3:PutBucketPolicy"));
        assert!(Pattern::new("acme/*").matches("acme/a/b"));
        assert!(!Pattern::new("acme/*").matches("other/a"));
        assert!(Pattern::new("a?c").matches("abc"));
        assert!(!Pattern::new("**/x").matches("x"));
    }

    #[test]
    fn a_set_matches_as_its_patterns_do() {
        let patterns = ["aws:*", "aws:Role/A/*", "github:ann", "github:?nn", "*", "aws:role/b/*"];
        let patterns: Vec<_> = patterns.iter().map(|text| Pattern::new(text)).collect();
        let set = PatternSet::new(patterns.iter().zip(0..));
        for text in ["aws:role/a/7", "github:ann", "aws:", "", "ä", "github:bnn"] {
            let mut found: Vec<i32> = set.matching(text).copied().collect();
            found.sort_unstable();
            let folded = |p: &Pattern| Pattern::new(&p.text().to_lowercase()).matches(text);
            let want: Vec<i32> =
                patterns.iter().zip(0..).filter(|(p, _)| folded(p)).map(|(_, i)| i).collect();
            assert_eq!(found, want, "{text}");
        }
    }
}
