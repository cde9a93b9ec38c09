//! What can keep a whole file from being read. Faults of single records are rejects instead.

use std::fmt;

use super::decode::Trouble;

/// Why a file could not be read at all.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// No ingester knows it.
    #[error("{path}: no ingester reads this file, which looks like {looks}{hint}")]
    Unknown {
        /// The file.
        path: String,
        /// What it looks like.
        looks: String,
        /// The nearest format and the cure.
        hint: String,
    },
    /// Several ingesters know it.
    #[error(
        "{path}: could be {} (set `format` for its source in sodpack.toml)",
        .formats.join(" or ")
    )]
    Ambiguous {
        /// The file.
        path: String,
        /// Their ids.
        formats: Vec<&'static str>,
    },
    /// It holds no record to recognise it by.
    #[error(
        "{path}: holds no records, so its format cannot be recognised (set `format` for its \
         source in sodpack.toml if an empty export is right)"
    )]
    Empty {
        /// The file.
        path: String,
    },
    /// The configured format does not exist.
    #[error("{path}: there is no format `{format}` (`sodpack list ingesters` names them all)")]
    NoSuchFormat {
        /// The file.
        path: String,
        /// What was configured.
        format: String,
    },
    /// The configured format is not the file's.
    #[error("{path}: is not {format}, which its source is configured as: {found}")]
    OtherFormat {
        /// The file.
        path: String,
        /// The configured format.
        format: &'static str,
        /// What recognises it and the cure, or what it looks like.
        found: String,
    },
    /// Two inputs have one path.
    #[error("{path}: is named by two sources (let each file belong to one source)")]
    Twice {
        /// The path.
        path: String,
    },
    /// Its bytes cannot be had.
    #[error("{path}: {trouble}")]
    Unreadable {
        /// The file.
        path: String,
        /// Why.
        #[source]
        trouble: Trouble,
    },
    /// It is no longer what was read before.
    #[error("{path}: changed while the pack was made (run again when nothing writes to it)")]
    Changed {
        /// The file.
        path: String,
    },
    /// It has no record at a place that was read before.
    #[error("{path}: has no record at {place} (run again when nothing writes to it)")]
    NoRecord {
        /// The file.
        path: String,
        /// The place.
        place: String,
    },
}

impl Error {
    /// Whether what people say of the file's source is at fault, or can mend it.
    pub fn is_of_settings(&self) -> bool {
        matches!(
            self,
            Self::Unknown { .. }
                | Self::Ambiguous { .. }
                | Self::Empty { .. }
                | Self::NoSuchFormat { .. }
                | Self::OtherFormat { .. }
        )
    }

    /// The file that it is about.
    pub fn path(&self) -> &str {
        match self {
            Self::Unknown { path, .. }
            | Self::Ambiguous { path, .. }
            | Self::Empty { path }
            | Self::NoSuchFormat { path, .. }
            | Self::OtherFormat { path, .. }
            | Self::Twice { path }
            | Self::Unreadable { path, .. }
            | Self::Changed { path }
            | Self::NoRecord { path, .. } => path,
        }
    }
}

/// The errors of all files, by path.
#[derive(Debug)]
pub struct Errors(pub Vec<Error>);

impl fmt::Display for Errors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, error) in self.0.iter().enumerate() {
            if index > 0 {
                f.write_str("\n")?;
            }
            write!(f, "{error}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Errors {}

/// The beginning of some text from a file, safe to show: at most `max` characters, none of which
/// moves the cursor, breaks the line or changes the direction of writing.
pub(super) fn printable(bytes: &[u8], max: usize) -> String {
    // Four bytes a character, and one more to see that there is more.
    let head = &bytes[..bytes.len().min(max.saturating_mul(4).saturating_add(4))];
    let text = String::from_utf8_lossy(head);
    let mut shown: String = text.chars().take(max).map(harmless).collect();
    if text.chars().nth(max).is_some() || head.len() < bytes.len() {
        shown.push('…');
    }
    shown
}

fn harmless(char: char) -> char {
    match char {
        '\n' | '\r' | '\t' => ' ',
        '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => '\u{fffd}',
        char if char.is_control() => '\u{fffd}',
        char => char,
    }
}

/// Why a record could not be parsed, without the parser's own line and column, which count from
/// the record's beginning.
pub(super) fn unparsed(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let reason = match text.rsplit_once(" at line ") {
        Some((reason, place)) if error.line() > 0 && place.contains(" column ") => reason,
        _ => &text,
    };
    let kind = if error.is_data() { "unexpected content" } else { "not JSON" };
    format!("{kind}: {}", printable(reason.as_bytes(), 200))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shown_text_is_harmless_and_short() {
        assert_eq!(printable("a\u{1b}[2J\u{202e}b\nc".as_bytes(), 80), "a\u{fffd}[2J\u{fffd}b c");
        assert_eq!(printable("äöü".as_bytes(), 2), "äö…");
        assert_eq!(printable(b"\xff\xfe", 9), "\u{fffd}\u{fffd}");
        assert_eq!(printable(&[b'x'; 1000], 3), "xxx…");
    }

    #[test]
    fn reasons_without_positions() {
        let error = serde_json::from_str::<u8>("\"x at line 1 column 2\"").unwrap_err();
        assert!(unparsed(&error).starts_with("unexpected content: invalid type: string"));
        let error = serde_json::from_str::<u8>("[").unwrap_err();
        assert!(!unparsed(&error).contains("line"), "{}", unparsed(&error));
    }
}
