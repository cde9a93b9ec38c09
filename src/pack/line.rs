//! Text from data, made fit for one line of a tag file or of a terminal.
//!
//! Names, reasons and file names come from outside. A line break would forge a second field of
//! bag-info, an escape sequence would repaint the terminal, a bidi override would show an auditor
//! another text than the one that was signed.

/// Longest value kept, in characters: a reason may be a paragraph, not a book.
pub(super) const MAX_VALUE: usize = 4_000;

/// Returns `text` on one line: control and direction characters become spaces, runs of white
/// space one space, and what exceeds `max` characters is cut and marked with `…`.
pub(super) fn one_line(text: &str, max: usize) -> String {
    let mut line = String::with_capacity(text.len().min(max));
    let mut kept = 0;
    for word in text.split(|c: char| c.is_whitespace() || is_unfit(c)).filter(|w| !w.is_empty()) {
        let gap = usize::from(kept > 0);
        let chars = word.chars().count();
        if kept + gap + chars <= max {
            line.extend([" "].iter().take(gap).copied().chain([word]));
            kept += gap + chars;
            continue;
        }
        let room = max.saturating_sub(kept + gap + 1);
        if room > 0 {
            line.extend([" "].iter().take(gap).copied());
            line.extend(word.chars().take(room));
        }
        line.push('…');
        break;
    }
    line
}

/// Characters that move the cursor, break the line, or turn the direction of reading.
fn is_unfit(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}'
            | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_forged_second_line_stays_on_the_first() {
        assert_eq!(one_line("Acme\r\nPack-Period:  2026-09", 99), "Acme Pack-Period: 2026-09");
    }

    #[test]
    fn escapes_and_direction_marks_are_gone() {
        assert_eq!(one_line("\u{1b}[2Jok \u{202e}drow\u{2066}", 99), "[2Jok drow");
    }

    #[test]
    fn what_is_cut_is_marked() {
        assert_eq!(one_line("one two three", 8), "one two…");
        assert_eq!(one_line("abcdefgh", 4), "abc…");
        assert_eq!(one_line("abcd", 4), "abcd");
    }
}
