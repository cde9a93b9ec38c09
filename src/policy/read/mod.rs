//! From the text of each file to its checked type, with every problem on the way.
//!
//! A reader never stops at the first problem and never gives a half-read value: it returns the
//! checked type only where its file is sound. Reading the disk is its caller's business.

mod append;
mod collection;
mod config;
mod document;
mod drills;
mod duties;
mod justifications;
mod mapping;
mod owners;
mod principals;
mod rulebook;
mod safeguards;
mod shape;
mod sheet;
mod source;
mod spelling;
mod sponsors;
mod table;

pub use append::{NewJustification, appended};
pub use config::Files;
pub use drills::DRILL_COLUMNS;
pub use principals::PRINCIPAL_COLUMNS;
pub use spelling::nearest;

use super::Problems;

/// Bytes of a file that are searched for what no text in UTF-8 holds.
const LOOKED_AT: usize = 1024;

/// The text of a file, or a problem with the first line that is not UTF-8.
///
/// Spreadsheets still write the code page of their own system unless told otherwise, and a name
/// with an umlaut is where it shows.
pub fn utf8<'a>(file: &str, bytes: &'a [u8], problems: &mut Problems) -> Option<&'a str> {
    // UTF-16 without a mark is sound UTF-8 as long as all its letters are plain.
    let marked = bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff");
    if marked || bytes.iter().take(LOOKED_AT).any(|byte| *byte == 0) {
        let cure = "save the file as UTF-8 (in Excel: `CSV UTF-8`, not `Unicode text`)";
        problems.note(file, 0, "it is UTF-16, or no text at all", cure);
        return None;
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => Some(text),
        Err(error) => {
            let sound = &bytes[..error.valid_up_to()];
            let line = 1 + sound.iter().filter(|byte| **byte == b'\n').count() as u32;
            problems.note(
                file,
                line,
                "not UTF-8",
                "save the file as UTF-8 (in Excel: `CSV UTF-8`)",
            );
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_encodings_are_named() {
        let mut problems = Problems::default();
        assert_eq!(utf8("a.csv", "id\nJürgen".as_bytes(), &mut problems), Some("id\nJürgen"));
        assert_eq!(utf8("b.csv", b"id\nJ\xfcrgen", &mut problems), None);
        assert!(problems.to_string().starts_with("b.csv:2: not UTF-8; save"));
        for bytes in [&b"\xff\xfei\0d\0"[..], b"\xfe\xff\0i\0d", b"i\0d\0\n\0", b"\0i\0d"] {
            let mut problems = Problems::default();
            assert_eq!(utf8("c.csv", bytes, &mut problems), None);
            assert!(problems.to_string().starts_with("c.csv: it is UTF-16"), "{problems}");
        }
    }
}
