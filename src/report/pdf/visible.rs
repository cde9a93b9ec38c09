//! Makes visible what would otherwise let text pretend to be another text.
//!
//! Names and titles come from whoever could write them. A right-to-left override reverses what
//! stands after it, a zero-width space makes two equal-looking names differ, a pile of combining
//! marks paints over the neighbouring rows. Each such character is replaced by its code point
//! between angle brackets, for example `⟨U+202E⟩`, so that the reader sees that it is there.
//! (Unicode Technical Report 36 describes the tricks.)

use std::borrow::Cow;
use std::fmt::Write as _;

/// Combining marks allowed on one base; natural writing needs at most three.
const MARKS: usize = 3;

/// Shows control, bidirectional-format and invisible characters by their code point.
///
/// Line feeds stay (`\r\n` becomes one), tabs become a space.
pub fn controls(text: &str) -> Cow<'_, str> {
    shown(text, |_| true)
}

/// As [`controls`], and also shows by code point each character that `covered` denies.
pub fn shown(text: &str, covered: impl Fn(char) -> bool) -> Cow<'_, str> {
    if text.bytes().all(|byte| matches!(byte, b' '..=b'~' | b'\n')) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    let mut before: Option<char> = None;
    let mut marks = 0;
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        marks = if is_mark(c) { marks + 1 } else { 0 };
        match c {
            '\r' if rest.peek() == Some(&'\n') => continue,
            '\n' => out.push('\n'),
            '\t' => out.push(' '),
            // Chooses between the text and the emoji form of what stands before
            '\u{fe0e}' | '\u{fe0f}' if before.is_some_and(takes_variation) => continue,
            '\u{200c}' | '\u{200d}' if before.is_some_and(joins) => out.push(c),
            _ if deceives(c) || marks > MARKS || !covered(c) => token(&mut out, c),
            _ => out.push(c),
        }
        before = Some(c);
    }
    Cow::Owned(out)
}

/// The text on one line: line feeds become spaces.
pub fn one_line(text: &str) -> Cow<'_, str> {
    match controls(text) {
        shown if shown.contains('\n') => Cow::Owned(shown.replace('\n', " ")),
        shown => shown,
    }
}

fn token(out: &mut String, c: char) {
    // Writing to a string cannot fail
    let _ = write!(out, "\u{27e8}U+{:04X}\u{27e9}", u32::from(c));
}

/// Control characters, and characters that act on others or are not seen at all.
fn deceives(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
            | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{2800}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}'
            | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{1d173}'..='\u{1d17a}'
            | '\u{e0000}'..='\u{e0fff}')
}

/// Marks of the scripts whose fonts are at hand, and the general ones.
fn is_mark(c: char) -> bool {
    matches!(c,
        '\u{300}'..='\u{36f}' | '\u{483}'..='\u{489}' | '\u{591}'..='\u{5bd}'
        | '\u{610}'..='\u{61a}' | '\u{64b}'..='\u{65f}' | '\u{1ab0}'..='\u{1aff}'
        | '\u{1dc0}'..='\u{1dff}' | '\u{20d0}'..='\u{20ff}' | '\u{fe20}'..='\u{fe2f}')
}

/// Emoji, symbols and keycap bases.
fn takes_variation(c: char) -> bool {
    matches!(c, '#' | '*' | '0'..='9' | '©' | '®') || c >= '\u{2000}'
}

/// Scripts in which a joiner changes how the letters are written, and emoji sequences.
fn joins(c: char) -> bool {
    matches!(c, '\u{600}'..='\u{6ff}' | '\u{750}'..='\u{77f}' | '\u{8a0}'..='\u{97f}'
        | '\u{2190}'..='\u{2bff}' | '\u{fe0f}' | '\u{1f000}'..='\u{1faff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn overrides_and_invisible_characters_are_shown() {
        assert_eq!(controls("alice\u{202e}gpj.exe"), "alice⟨U+202E⟩gpj.exe");
        assert_eq!(controls("ad\u{200b}min\u{feff}"), "ad⟨U+200B⟩min⟨U+FEFF⟩");
        assert_eq!(controls("a\u{1b}[31m"), "a⟨U+001B⟩[31m");
        assert_eq!(controls("\u{e0041}"), "⟨U+E0041⟩");
    }

    #[test]
    fn writing_that_needs_joiners_keeps_them() {
        let persian = "می\u{200c}خواهم";
        assert_eq!(controls(persian), persian);
        assert_eq!(controls("ab\u{200d}c"), "ab⟨U+200D⟩c");
        assert_eq!(controls("⚠\u{fe0f} x"), "⚠ x");
    }

    #[test]
    fn piles_of_marks_end_after_three() {
        let pile = format!("e{}", "\u{301}".repeat(5));
        assert_eq!(controls(&pile), "e\u{301}\u{301}\u{301}⟨U+0301⟩⟨U+0301⟩");
    }

    #[test]
    fn line_ends_are_one_line_feed_and_uncovered_characters_are_named() {
        assert_eq!(controls("a\r\nb\tc\rd"), "a\nb c⟨U+000D⟩d");
        assert_eq!(one_line("a\nb"), "a b");
        assert_eq!(shown("a🐛", |c| c.is_ascii()), "a⟨U+1F41B⟩");
    }
}
