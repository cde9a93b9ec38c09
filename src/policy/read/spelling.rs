//! What people probably meant, and their words as a message may show them.

/// Longest piece of a file that a message repeats, in characters.
const SHOWN: usize = 60;

/// The known word that is spelled most like `word`, if one is near: about one slip in three
/// letters. Case and `_` for `-` do not count as slips. The first of several equally near ones.
pub fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let word = folded(word);
    let allowed = (word.len() / 3).max(1);
    known
        .into_iter()
        .map(|candidate| (slips(&word, &folded(candidate)), candidate))
        .filter(|(slips, _)| *slips <= allowed)
        .min_by_key(|(slips, _)| *slips)
        .map(|(_, candidate)| candidate)
}

/// Cure for an unknown word: the near one, or all of a few, or `otherwise`.
pub(super) fn did_you_mean<'a>(
    word: &str,
    known: impl IntoIterator<Item = &'a str>,
    otherwise: &str,
) -> String {
    let known: Vec<&str> = known.into_iter().collect();
    match nearest(word, known.iter().copied()) {
        Some(near) => format!("did you mean `{near}`?"),
        None if known.is_empty() || known.len() > 12 => otherwise.to_owned(),
        None => format!("{otherwise}: {}", listed(&known)),
    }
}

/// `a`, `b` or `c`, each in backquotes.
pub(super) fn listed(words: &[&str]) -> String {
    let quoted: Vec<String> = words.iter().map(|word| format!("`{word}`")).collect();
    match quoted.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} or {last}", rest.join(", ")),
        _ => quoted.concat(),
    }
}

/// A piece of a file as a message may show it: shortened, in backquotes, with characters that
/// could steer a terminal or turn the text around written as escapes.
pub(super) fn quoted(text: &str) -> String {
    let mut shown = String::from("`");
    for c in text.chars().take(SHOWN) {
        if steers(c) {
            shown.extend(c.escape_unicode());
        } else {
            shown.push(c);
        }
    }
    if text.chars().nth(SHOWN).is_some() {
        shown.push('…');
    }
    shown.push('`');
    shown
}

/// Tells whether a character is a control character, a line separator, or one that turns the
/// direction of the text after it (Unicode Standard Annex 9, explicit formatting).
pub(super) fn steers(c: char) -> bool {
    c.is_control() || matches!(c, '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

fn folded(word: &str) -> Vec<char> {
    word.chars()
        .take(64)
        .flat_map(char::to_lowercase)
        .map(|c| if c == '_' { '-' } else { c })
        .collect()
}

/// Insertions, deletions, replacements and swaps of neighbours that turn `a` into `b` (optimal
/// string alignment).
fn slips(a: &[char], b: &[char]) -> usize {
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, y) in b.iter().enumerate() {
            let replaced = last[j] + usize::from(x != y);
            let mut best = replaced.min(last[j + 1] + 1).min(row[j] + 1);
            if i > 0 && j > 0 && *x == b[j - 1] && a[i - 1] == *y {
                best = best.min(before[j - 1] + 1);
            }
            row.push(best);
        }
        before = std::mem::replace(&mut last, row);
    }
    last[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_words() {
        let known = ["organisation", "slug", "timezone", "pdf-rows"];
        assert_eq!(nearest("organization", known), Some("organisation"));
        assert_eq!(nearest("pdf_rows", known), Some("pdf-rows"));
        assert_eq!(nearest("sulg", known), Some("slug"));
        assert_eq!(nearest("TimeZone", known), Some("timezone"));
        assert_eq!(nearest("colour", known), None);
        assert_eq!(nearest("", known), None);
    }

    #[test]
    fn distances() {
        let distance = |a: &str, b: &str| slips(&folded(a), &folded(b));
        assert_eq!(distance("abc", "abc"), 0);
        assert_eq!(distance("abc", "acb"), 1);
        assert_eq!(distance("kitten", "sitting"), 3);
        assert_eq!(distance("", "abc"), 3);
    }

    #[test]
    fn nothing_shown_steers_a_terminal() {
        assert_eq!(quoted("a\u{1b}[31m\u{202e}b"), "`a\\u{1b}[31m\\u{202e}b`");
        assert_eq!(quoted(&"x".repeat(99)), format!("`{}…`", "x".repeat(60)));
    }
}
