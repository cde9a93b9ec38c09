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

/// The text of a file, or a problem with the first line that is not UTF-8.
///
/// Spreadsheets still write the code page of their own system unless told otherwise, and a name
/// with an umlaut is where it shows.
pub fn utf8<'a>(file: &str, bytes: &'a [u8], problems: &mut Problems) -> Option<&'a str> {
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
    }
}
