//! The trailers of a commit message, by git's own rules.
//!
//! Encodes `git interpret-trailers` as `git log --format=%(trailers)` applies it: the first
//! paragraph is the title and has none; the last paragraph has them if each of its lines is one, or
//! if a quarter are and one of them is written by git itself (`Signed-off-by:`, `(cherry picked
//! from commit …)`). A line that begins with white space continues the one before.

/// The trailers of `message`: key in lower case, value on one line.
pub(super) fn trailers(message: &str) -> Vec<(String, String)> {
    let mut found: Vec<(String, String)> = Vec::new();
    let mut open = false;
    for line in block(message) {
        if line.starts_with([' ', '\t']) {
            if let Some((_, value)) = found.last_mut().filter(|_| open) {
                value.push(' ');
                value.push_str(line.trim());
            }
            continue;
        }
        let trailer = split(line);
        open = trailer.is_some();
        found.extend(trailer.map(|(key, value)| (key.to_lowercase(), value.to_owned())));
    }
    found
}

/// The lines of the trailer block, if the message has one.
fn block(message: &str) -> Vec<&str> {
    let lines: Vec<_> = message.lines().map(|line| line.trim_end_matches('\r')).collect();
    let blank = |line: &&str| line.trim().is_empty();
    let Some(start) = lines.iter().position(|line| !blank(line)) else { return Vec::new() };
    let Some(title) = lines[start..].iter().position(blank) else { return Vec::new() };
    let body = &lines[start + title..];
    let Some(last) = body.iter().rposition(|line| !blank(line)) else { return Vec::new() };
    let first = body[..last].iter().rposition(blank).map_or(0, |at| at + 1);
    let block = &body[first..=last];
    if is_trailers(block) { block.to_vec() } else { Vec::new() }
}

fn is_trailers(block: &[&str]) -> bool {
    let (mut trailers, mut others, mut by_git) = (0, 0, false);
    let mut continues_trailer = false;
    for line in block {
        if line.starts_with([' ', '\t']) {
            others += usize::from(!continues_trailer);
        } else if line.starts_with("Signed-off-by: ")
            || line.starts_with("(cherry picked from commit ")
        {
            (trailers, by_git, continues_trailer) = (trailers + 1, true, true);
        } else if split(line).is_some() {
            (trailers, continues_trailer) = (trailers + 1, true);
        } else {
            (others, continues_trailer) = (others + 1, false);
        }
    }
    trailers > 0 && (others == 0 || (by_git && trailers * 3 >= others))
}

/// `Key: value`. A key is letters, digits and hyphens; white space may follow it.
fn split(line: &str) -> Option<(&str, &str)> {
    let (key, value) = line.split_once(':')?;
    let key = key.trim_end_matches([' ', '\t']);
    let fits = |char: char| char.is_ascii_alphanumeric() || char == '-';
    (!key.is_empty() && key.chars().all(fits)).then(|| (key, value.trim()))
}

/// Name and address of `Name <address>`; of a bare address, no name.
pub(super) fn named(value: &str) -> Option<(&str, &str)> {
    let value = value.trim();
    if let Some((name, rest)) = value.rsplit_once('<') {
        let (email, _) = rest.split_once('>')?;
        return Some((name.trim().trim_matches('"'), email.trim()));
    }
    (value.contains('@') && !value.contains(char::is_whitespace)).then_some(("", value))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(message: &str) -> Vec<String> {
        trailers(message).into_iter().map(|(key, value)| format!("{key}={value}")).collect()
    }

    #[test]
    fn the_last_paragraph_counts() {
        for (message, want) in [
            ("title\n\nbody\n\nCo-authored-by: A <a@x>\nREVIEWED-BY : B <b@x>\n", 2),
            ("title\r\n\r\nCo-authored-by: A <a@x>\r\n", 1),
            // The title is no block of trailers.
            ("Fix: a thing", 0),
            ("Co-authored-by: A <a@x>\n", 0),
            // Not the last paragraph.
            ("title\n\nCo-authored-by: A <a@x>\n\nmore text\n", 0),
            // Prose among them.
            ("title\n\nthanks to\nCo-authored-by: A <a@x>\n", 0),
            // Prose is allowed beside a line that git itself writes, up to three quarters.
            ("title\n\nthanks to\nSigned-off-by: A <a@x>\n", 1),
            ("title\n\na\nb\nc\nd\nSigned-off-by: A <a@x>\n", 0),
            ("title\n\nnot a key: x\n", 0),
            ("", 0),
            ("\n\n  \n", 0),
        ] {
            assert_eq!(trailers(message).len(), want, "{message:?}");
        }
    }

    #[test]
    fn folded_values_are_one() {
        let message = "t\n\nCo-authored-by: Ann\n  <ann@x>\nAcked-by: Bob <bob@x>\n";
        assert_eq!(keys(message), ["co-authored-by=Ann <ann@x>", "acked-by=Bob <bob@x>"]);
    }

    #[test]
    fn names_and_addresses() {
        assert_eq!(named("Ann Lee <ann@x>"), Some(("Ann Lee", "ann@x")));
        assert_eq!(named("<ann@x> (work)"), Some(("", "ann@x")));
        assert_eq!(named("ann@x"), Some(("", "ann@x")));
        assert_eq!(named("a <b> <ann@x>"), Some(("a <b>", "ann@x")));
        assert_eq!(named("Ann"), None);
        assert_eq!(named("Ann <ann@x"), None);
    }
}
