//! Manifests: one line `<sha-256>  <path>` a file, as `sha256sum` writes and checks them.
//!
//! RFC 8493 section 2.1.3 allows more (other spacing, `%`-encoded line breaks, any order). A pack
//! holds only the one form that we write: sorted by bytes, two spaces, LF. The reader refuses the
//! rest, so that no two readers can understand one manifest differently.

use std::{collections::BTreeMap, fmt::Write as _};

use crate::model::{Digest, NotADigest};
use crate::pack::name;

/// Most problems named for one file: the rest is counted.
const MAX_PROBLEMS: usize = 20;

/// Paths of files with their digests.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Manifest(pub(crate) BTreeMap<String, Digest>);

impl Manifest {
    /// The manifest's text: LF, byte-sorted, one line a file.
    pub(crate) fn to_text(&self) -> String {
        let mut text = String::with_capacity(self.0.len() * 100);
        for (path, digest) in &self.0 {
            // Writing to a String cannot fail
            let _ = writeln!(text, "{digest}  {path}");
        }
        text
    }

    /// Reads the one accepted form; `file` is named in each problem.
    pub(crate) fn parse(bytes: &[u8], file: &str) -> Result<Self, Vec<String>> {
        let Ok(text) = std::str::from_utf8(bytes) else {
            return Err(vec![format!("{file}: not utf-8")]);
        };
        let mut problems = Problems::default();
        if !text.is_empty() && !text.ends_with('\n') {
            problems.push(format!("{file}: the last line is cut off"));
        }
        let mut paths = BTreeMap::new();
        let mut last = "";
        for (index, line) in text.split_terminator('\n').enumerate() {
            match entry(line).and_then(safe) {
                Err(fault) => problems.push(format!("{file}:{}: {fault}", index + 1)),
                Ok((_, path)) if path <= last => problems
                    .push(format!("{file}:{}: {path:?} is repeated or out of order", index + 1)),
                Ok((digest, path)) => {
                    last = path;
                    paths.insert(path.to_owned(), digest);
                }
            }
        }
        problems.into_result(Self(paths))
    }
}

/// Splits one line into its digest and its path, which is still to be checked.
pub(crate) fn entry(line: &str) -> Result<(Digest, &str), String> {
    let (digest, path) = line.split_once("  ").ok_or("not `<sha-256>  <path>`")?;
    let digest = digest.parse().map_err(|fault: NotADigest| fault.to_string())?;
    Ok((digest, path))
}

/// Passes an entry on when its path is a safe member name.
fn safe((digest, path): (Digest, &str)) -> Result<(Digest, &str), String> {
    name::check(path).map_err(|fault| format!("{path:?} has {fault}"))?;
    Ok((digest, path))
}

/// Problems of one file, bounded.
#[derive(Debug, Default)]
pub(crate) struct Problems {
    named: Vec<String>,
    more: usize,
}

impl Problems {
    pub(crate) fn push(&mut self, problem: String) {
        if self.named.len() < MAX_PROBLEMS {
            self.named.push(problem);
        } else {
            self.more += 1;
        }
    }

    /// All problems, with a last line that counts those not named.
    pub(crate) fn into_vec(mut self) -> Vec<String> {
        if self.more > 0 {
            self.named.push(format!("and {} more", self.more));
        }
        self.named
    }

    /// `value` when there is no problem.
    pub(crate) fn into_result<T>(self, value: T) -> Result<T, Vec<String>> {
        if self.named.is_empty() { Ok(value) } else { Err(self.into_vec()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> Manifest {
        let of = |path: &str| (path.to_owned(), Digest::of(path.as_bytes()));
        Manifest(["data/b.csv", "data/a.csv", "data/B/x"].map(of).into())
    }

    #[test]
    fn what_is_written_is_sorted_and_read_back() {
        let text = sample().to_text();
        let paths: Vec<_> = text.lines().map(|line| &line[66..]).collect();
        assert_eq!(paths, ["data/B/x", "data/a.csv", "data/b.csv"]);
        assert_eq!(Manifest::parse(text.as_bytes(), "m"), Ok(sample()));
    }

    #[test]
    fn other_forms_are_refused() {
        let text = sample().to_text();
        let first = text.lines().next().unwrap();
        for bad in [
            text.replace('\n', "\r\n"),
            text.trim_end().to_owned(),
            text.replace("  ", " *"),
            text.to_uppercase(),
            format!("{text}\n"),
            format!("{text}{first}\n"),
            text.replace("data/a.csv", "data/../a.csv"),
            text.replace("data/a.csv", "data/a%0A.csv"),
            format!("\u{feff}{text}"),
            format!("# comment\n{text}"),
        ] {
            assert!(Manifest::parse(bad.as_bytes(), "m").is_err(), "{bad}");
        }
        assert!(Manifest::parse(b"\xff", "m").is_err());
    }

    #[test]
    fn every_problem_is_told_but_bounded() {
        let problems = Manifest::parse("bad\n".repeat(50).as_bytes(), "m").unwrap_err();
        assert_eq!(problems.len(), MAX_PROBLEMS + 1);
        assert_eq!(problems.last().map(String::as_str), Some("and 30 more"));
    }
}
