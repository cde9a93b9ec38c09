//! Text that anybody could write, made safe to read: one place for every format.
//!
//! Titles, names, logins, log fields and paths come from whoever could write them. Escaping for
//! markup is the template engine's work; here is what escaping does not answer: characters that
//! reverse or hide text, texts without end, and addresses that do not lead where they seem to.

use super::pdf::visible;

/// Characters of a text that people see before it is cut.
const BRIEF: usize = 240;

/// Characters of a verdict's own statement before it is cut: what it says at its end is said nowhere
/// else.
const STATEMENT: usize = 4000;

/// The longest address that becomes a link.
const LONGEST_LINK: usize = 2000;

/// The text on one line, with control, bidirectional and invisible characters shown by their code
/// point: `⟨U+202E⟩`.
pub fn shown(text: &str) -> String {
    visible::one_line(text).into_owned()
}

/// As [`shown`], and cut where it is too long to be read, with a note of its length.
pub fn brief(text: &str) -> String {
    cut(text, BRIEF)
}

/// What a rule says of what it found: as [`shown`], and cut only where nobody would read it.
pub fn statement(text: &str) -> String {
    cut(text, STATEMENT)
}

fn cut(text: &str, limit: usize) -> String {
    let cut = match text.char_indices().nth(limit) {
        None => return shown(text),
        Some((end, _)) => &text[..end],
    };
    format!("{}… ({} characters; the tables hold all)", shown(cut.trim_end()), text.chars().count())
}

/// The address, if it may become a link: `http` or `https`, in plain ASCII, without credentials,
/// which serve to disguise the host.
pub fn link(url: &str) -> Option<String> {
    let lower = url.get(..8).unwrap_or(url).to_ascii_lowercase();
    let rest = match lower.as_str() {
        "https://" => &url[8..],
        _ if lower.starts_with("http://") => &url[7..],
        _ => return None,
    };
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let plain = |c: char| c.is_ascii_graphic() && !matches!(c, '"' | '\'' | '<' | '>' | '\\' | '`');
    let honest = !host.is_empty() && !host.contains('@') && url.chars().all(plain);
    (honest && url.len() <= LONGEST_LINK).then(|| url.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn deceiving_characters_are_shown() {
        assert_eq!(shown("a\u{202e}b\u{0}\nc"), "a⟨U+202E⟩b⟨U+0000⟩ c");
    }

    #[test]
    fn endless_text_is_cut_and_says_so() {
        let cut = brief(&"x".repeat(10_000));
        assert!(cut.len() < 320, "{cut}");
        assert!(cut.contains("10000 characters"), "{cut}");
        assert_eq!(brief("short"), "short");
    }

    #[test]
    fn only_honest_web_addresses_become_links() {
        assert!(link("https://github.com/acme/pay/pull/7#issuecomment-1").is_some());
        assert!(link("HTTP://ci.acme.example:8080/job?a=b").is_some());
        for url in [
            "javascript:alert(1)",
            "data:text/html,x",
            "https://github.com@evil.example/",
            "https://git\u{202e}hub.com/",
            "https://gıthub.com/",
            "https://a/\"onmouseover=\"x",
            "https://",
            "//evil.example",
            "",
            "ü",
        ] {
            assert_eq!(link(url), None, "{url}");
        }
    }
}
