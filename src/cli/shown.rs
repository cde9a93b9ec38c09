//! Prints the first records of a file as they were understood, one field a column, for a terminal.

use std::io::{self, Write};

use crate::{ingest::Shown, report::hostile};

/// The longest text of one field.
const LONG: usize = 80;

/// Prints each item under its place. Everything in it may come from an export, so that nothing of
/// it reaches the terminal as it is.
pub(super) fn print(items: &[Shown], out: &mut dyn Write) -> io::Result<()> {
    let names = items.iter().flat_map(|item| &item.records).map(|(kind, _)| kind.len());
    let width = names.max().unwrap_or_default();
    for item in items {
        writeln!(out, "  {}", hostile::shown(&item.place))?;
        for (kind, fields) in &item.records {
            let told: Vec<_> =
                fields.iter().map(|(name, text)| format!("{name}: {}", short(text))).collect();
            writeln!(out, "    {kind:width$}  {}", told.join(" | "))?;
        }
    }
    Ok(())
}

fn short(text: &str) -> String {
    let shown = hostile::shown(text);
    match shown.char_indices().nth(LONG) {
        Some((at, _)) => format!("{}…", &shown[..at]),
        None => shown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_steers_the_terminal() {
        let fields = vec![("who", "a\u{1b}[2Jb\nc".to_owned()), ("title", "x".repeat(200))];
        let items = [Shown { place: "line 2".to_owned(), records: vec![("act", fields)] }];
        let mut out = Vec::new();
        print(&items, &mut out).unwrap();
        let text = String::from_utf8(out).unwrap();
        assert_eq!(text.lines().count(), 2, "{text}");
        assert!(!text.contains('\u{1b}') && text.contains("who: a⟨U+001B⟩[2Jb c | title: xxx"));
        assert!(text.trim_end().ends_with('…'));
    }
}
