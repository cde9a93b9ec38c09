//! Names of members that mean the same file on every system.
//!
//! A pack is unpacked on Linux, macOS and Windows. A name is safe when no shell, archive tool or
//! file system reads it as an option, another folder, a device, or the twin of another name.

use std::collections::BTreeMap;

/// Longest path of a member inside its pack, in bytes.
pub const MAX_PATH: usize = 200;
/// Most folders one inside another.
pub(super) const MAX_DEPTH: usize = 16;

/// Why a name may not stand in a pack.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NameFault {
    /// Nothing, or nothing between two slashes.
    #[error("an empty part; use letters, digits, dot, dash and underscore")]
    Empty,
    /// More than [`MAX_PATH`] bytes or too many folders.
    #[error("too long; keep it under {MAX_PATH} bytes and {MAX_DEPTH} folders")]
    TooLong,
    /// A byte outside `[A-Za-z0-9._-]`, which includes `\`, `:` and everything beyond ASCII.
    #[error("the character {0:?}; use letters, digits, dot, dash and underscore")]
    Character(char),
    /// A part that starts with `.` or `-` or ends with `.`.
    #[error("a part that begins with a dot or dash, or ends with a dot")]
    Edge,
    /// A name Windows keeps for a device.
    #[error("a name reserved for a device on Windows")]
    Device,
    /// The same name as another but for upper and lower case, or a file where a folder is.
    #[error("it collides with {0:?} on a file system that ignores case")]
    Twin(String),
}

/// Checks a relative path with `/` between its parts.
///
/// # Errors
/// The first [`NameFault`] met.
pub fn check(path: &str) -> Result<(), NameFault> {
    if path.len() > MAX_PATH || path.split('/').count() > MAX_DEPTH {
        return Err(NameFault::TooLong);
    }
    path.split('/').try_for_each(check_part)
}

/// Checks a single part: a file or folder name without any slash.
///
/// # Errors
/// The first [`NameFault`] met.
pub fn check_part(part: &str) -> Result<(), NameFault> {
    if part.is_empty() {
        return Err(NameFault::Empty);
    }
    if part.len() > MAX_PATH {
        return Err(NameFault::TooLong);
    }
    if let Some(c) = part.chars().find(|c| !c.is_ascii_alphanumeric() && !"._-".contains(*c)) {
        return Err(NameFault::Character(c));
    }
    if part.starts_with(['.', '-']) || part.ends_with('.') {
        return Err(NameFault::Edge);
    }
    let stem = part.split('.').next().unwrap_or_default().to_ascii_uppercase();
    let numbered = stem.strip_prefix("COM").or_else(|| stem.strip_prefix("LPT"));
    let device = matches!(stem.as_str(), "CON" | "PRN" | "AUX" | "NUL")
        || numbered.is_some_and(|n| n.len() == 1 && n.as_bytes()[0].is_ascii_digit());
    if device { Err(NameFault::Device) } else { Ok(()) }
}

/// The names already taken in one pack, folders included, blind to case.
#[derive(Debug, Default)]
pub(super) struct NameSet {
    /// Lower-case path → (path as written, is it a file).
    taken: BTreeMap<String, (String, bool)>,
}

impl NameSet {
    /// Takes the name of a file together with all the folders above it.
    pub(super) fn insert(&mut self, path: &str) -> Result<(), NameFault> {
        check(path)?;
        let ends = path.match_indices('/').map(|(at, _)| at).chain([path.len()]);
        for end in ends {
            let (part, is_file) = (&path[..end], end == path.len());
            let twin = self.taken.get(&part.to_ascii_lowercase());
            match twin {
                Some((other, file)) if other != part || *file || is_file => {
                    return Err(NameFault::Twin(other.clone()));
                }
                Some(_) => {}
                None => {
                    self.taken.insert(part.to_ascii_lowercase(), (part.to_owned(), is_file));
                }
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_names_pass() {
        for name in ["data/report.html", "data/tables/a_b-1.csv", "COMET.txt", "LPT10"] {
            assert_eq!(check(name), Ok(()), "{name}");
        }
    }

    #[test]
    fn tricks_are_refused() {
        for name in [
            "",
            "/etc/passwd",
            "../x",
            "data/../../x",
            "data//x",
            "data/",
            "a\\b",
            "C:x",
            "a\0b",
            "data/.hidden",
            "-rf",
            "data/x.",
            "nul",
            "data/Com1.csv",
            "lpt9",
            "data/über",
            "a b",
            "data/\u{202e}fdp.exe",
            "a\nb",
        ] {
            assert!(check(name).is_err(), "{name:?}");
        }
        assert_eq!(check(&"a".repeat(201)), Err(NameFault::TooLong));
        assert_eq!(check(&["a"; 17].join("/")), Err(NameFault::TooLong));
    }

    #[test]
    fn twins_are_refused_in_files_and_folders() {
        let mut names = NameSet::default();
        names.insert("data/A/x.csv").unwrap();
        names.insert("data/A/y.csv").unwrap();
        for twin in ["data/A/X.csv", "data/a/z.csv", "data/A", "data/A/x.csv/z", "data/A/x.csv"] {
            assert!(matches!(names.insert(twin), Err(NameFault::Twin(_))), "{twin}");
        }
    }
}
