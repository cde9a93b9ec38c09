//! Patterns of principals and namespaces, as OpenSSH matches them (ssh_config(5), PATTERNS).

/// Matches a comma-separated list of patterns; one that begins with `!` and matches refuses.
pub(crate) fn matches_list(text: &str, list: &str) -> bool {
    let mut found = false;
    for pattern in list.split(',') {
        match pattern.strip_prefix('!') {
            Some(pattern) if matches_pattern(text, pattern) => return false,
            Some(_) => {}
            None => found |= matches_pattern(text, pattern),
        }
    }
    found
}

/// Matches `*` (any run) and `?` (any one character), in time linear in both lengths per star.
fn matches_pattern(text: &str, pattern: &str) -> bool {
    let (text, pattern) = (text.as_bytes(), pattern.as_bytes());
    let (mut t, mut p, mut retry) = (0, 0, None);
    while t < text.len() {
        match pattern.get(p) {
            Some(b'*') => {
                retry = Some((t, p));
                p += 1;
            }
            Some(&c) if c == b'?' || c == text[t] => {
                t += 1;
                p += 1;
            }
            _ => {
                // The last star takes one character more
                let Some((from, star)) = retry else { return false };
                retry = Some((from + 1, star));
                t = from + 1;
                p = star + 1;
            }
        }
    }
    pattern[p..].iter().all(|&c| c == b'*')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_match_as_in_openssh() {
        for (text, list, expected) in [
            ("a@x", "a@x", true),
            ("a@x", "b@x,a@x", true),
            ("a@x", "*@x", true),
            ("a@x", "?@x", true),
            ("aa@x", "?@x", false),
            ("a@x", "*,!a@x", false),
            ("a@x", "!b@x", false),
            ("a@x", "", false),
            ("a@x", "*@*x*", true),
            ("a@xy", "*@x", false),
        ] {
            assert_eq!(matches_list(text, list), expected, "{text} in {list}");
        }
    }
}
