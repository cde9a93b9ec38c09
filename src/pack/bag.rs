//! The tag files of BagIt 1.0 (RFC 8493): `bagit.txt`, and the lines of `bag-info.txt`.
//!
//! The standard lets a value go over several lines and labels repeat. A pack uses neither, and the
//! reader refuses both: one label, one line, one meaning.

use super::{
    line::{MAX_VALUE, one_line},
    manifest::Problems,
};

/// The whole of `bagit.txt` (RFC 8493 section 2.1.1).
pub(super) const BAGIT_TXT: &str = "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n";

/// Lines of `bag-info.txt` in the order they are written.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct BagInfo(Vec<(String, String)>);

impl BagInfo {
    /// Adds a line; the value is brought onto one line and may turn out empty.
    pub(super) fn push(&mut self, label: &str, value: &str) {
        self.0.push((label.to_owned(), one_line(value, MAX_VALUE)));
    }

    /// All lines, in order.
    pub(super) fn lines(&self) -> &[(String, String)] {
        &self.0
    }

    /// Value of a label.
    pub(super) fn get(&self, label: &str) -> Option<&str> {
        self.0.iter().find(|(l, _)| l == label).map(|(_, value)| value.as_str())
    }

    /// Text of the file.
    pub(super) fn to_text(&self) -> String {
        self.0.iter().map(|(label, value)| format!("{label}: {value}\n")).collect()
    }

    /// Reads the one accepted form, with all problems.
    pub(super) fn parse(bytes: &[u8]) -> Result<Self, Vec<String>> {
        let Ok(text) = std::str::from_utf8(bytes) else {
            return Err(vec!["bag-info.txt: not utf-8".to_owned()]);
        };
        let mut problems = Problems::default();
        let mut info = Self::default();
        if !text.ends_with('\n') {
            problems.push("bag-info.txt: the last line is cut off".to_owned());
        }
        for (index, line) in text.split_terminator('\n').enumerate() {
            let mut fault =
                |what: &str| problems.push(format!("bag-info.txt:{}: {what}", index + 1));
            match line.split_once(": ") {
                Some((label, value)) if is_label(label) => {
                    if value.is_empty() || one_line(value, MAX_VALUE) != value {
                        fault("the value is not one plain line");
                    }
                    if info.0.iter().any(|(other, _)| other.eq_ignore_ascii_case(label)) {
                        fault("the label is repeated");
                    }
                    info.0.push((label.to_owned(), value.to_owned()));
                }
                _ => fault("not `Label: value`"),
            }
        }
        problems.into_result(info)
    }
}

/// Labels are ASCII letters, digits and dashes.
pub(super) fn is_label(text: &str) -> bool {
    !text.is_empty()
        && text.len() <= 80
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_cannot_forge_lines() {
        let mut info = BagInfo::default();
        info.push("Source-Organization", "Acme\nPack-Sequence: 9");
        assert_eq!(info.to_text(), "Source-Organization: Acme Pack-Sequence: 9\n");
        assert_eq!(BagInfo::parse(info.to_text().as_bytes()), Ok(info));
    }

    #[test]
    fn other_forms_are_refused() {
        for bad in [
            "A: 1\r\n",
            "A: 1",
            "A: 1\n  folded\n",
            "A: 1\na: 2\n",
            "A:1\n",
            "A: \n",
            "A B: 1\n",
            "A:  1\n",
            "A: 1 \n",
            "\n",
            "\u{feff}A: 1\n",
            "A: a\u{202e}b\n",
            "",
        ] {
            assert!(BagInfo::parse(bad.as_bytes()).is_err(), "{bad:?}");
        }
    }
}
