//! Patterns of roles, actions, resources and accounts.

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
}
