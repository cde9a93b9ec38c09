//! One line of allowed_signers: principals, options, key (ssh-keygen(1), ALLOWED SIGNERS).

use chrono::{DateTime, NaiveDateTime, Utc};
use ssh_key::{PublicKey, public::KeyData};

/// What a line says.
#[derive(Debug)]
pub(crate) struct Line {
    pub(crate) principals: String,
    pub(crate) cert_authority: bool,
    pub(crate) namespaces: Option<String>,
    pub(crate) after: Option<DateTime<Utc>>,
    pub(crate) before: Option<DateTime<Utc>>,
    /// A time was given without `Z`.
    pub(crate) local_time: bool,
    pub(crate) key: KeyData,
}

/// Reads a line that is neither empty nor a comment; the error is fault and cure.
pub(crate) fn read(line: &str) -> Result<Line, String> {
    if PublicKey::from_openssh(line).is_ok() {
        return Err(
            "this is a public key; use the .allowed_signers file that was made with it, or \
                    write who may sign before it: `identity namespaces=\"…\" key`"
                .to_owned(),
        );
    }
    let (principals, rest) = principals(line)?;
    let mut options = Options::default();
    // The key may follow at once; only what is no key is read as options
    let key = match PublicKey::from_openssh(rest) {
        Ok(key) => key,
        Err(_) => {
            let after = options.read(rest)?;
            PublicKey::from_openssh(after.trim_start_matches([' ', '\t'])).map_err(|fault| {
                format!("no public key that can be read ({fault}); paste the line of the .pub file")
            })?
        }
    };
    if let (Some(after), Some(before)) = (options.after, options.before)
        && after >= before
    {
        return Err("valid-after is not before valid-before; swap or correct them".to_owned());
    }
    Ok(Line {
        principals: principals.to_owned(),
        cert_authority: options.cert_authority,
        namespaces: options.namespaces,
        after: options.after,
        before: options.before,
        local_time: options.local_time,
        key: key.key_data().clone(),
    })
}

/// Splits off the first word, which may stand in double quotes.
fn principals(line: &str) -> Result<(&str, &str), String> {
    let blank = [' ', '\t'];
    let cut = match line.strip_prefix('"') {
        Some(quoted) => quoted.split_once('"'),
        None => line.split_once(blank),
    };
    let (word, rest) = cut.ok_or("only one word; write `identity options key`")?;
    if word.is_empty() {
        return Err("the identity is empty".to_owned());
    }
    Ok((word, rest.trim_start_matches(blank)))
}

#[derive(Default)]
struct Options {
    cert_authority: bool,
    namespaces: Option<String>,
    after: Option<DateTime<Utc>>,
    before: Option<DateTime<Utc>>,
    local_time: bool,
}

impl Options {
    /// Reads comma-separated options up to a blank outside quotes; gives what follows.
    fn read<'a>(&mut self, text: &'a str) -> Result<&'a str, String> {
        let mut rest = text;
        loop {
            let end = rest.find(['=', ',', ' ', '\t']).unwrap_or(rest.len());
            let name = rest[..end].to_ascii_lowercase();
            rest = &rest[end..];
            let value = match rest.strip_prefix('=') {
                Some(quoted) => {
                    let (value, after) = dequote(quoted)
                        .ok_or_else(|| format!("{name} has no value in double quotes"))?;
                    rest = after;
                    Some(value)
                }
                None => None,
            };
            self.set(&name, value)?;
            match rest.chars().next() {
                Some(',') => rest = &rest[1..],
                Some(' ' | '\t') => return Ok(rest),
                Some(_) => return Err(format!("{name} is not followed by a comma or a blank")),
                None => return Err("options but no key".to_owned()),
            }
        }
    }

    fn set(&mut self, name: &str, value: Option<String>) -> Result<(), String> {
        let twice = |is: bool| if is { Err(format!("{name} is given twice")) } else { Ok(()) };
        match (name, value) {
            ("cert-authority", None) => {
                self.cert_authority = true;
                Ok(())
            }
            ("namespaces", Some(list)) => twice(self.namespaces.replace(list).is_some()),
            ("valid-after", Some(text)) => {
                let time = self.time(name, &text)?;
                twice(self.after.replace(time).is_some())
            }
            ("valid-before", Some(text)) => {
                let time = self.time(name, &text)?;
                twice(self.before.replace(time).is_some())
            }
            _ => Err(format!(
                "{name:?} is neither a key nor an option; known are namespaces, valid-after, valid-before and cert-authority"
            )),
        }
    }

    fn time(&mut self, name: &str, text: &str) -> Result<DateTime<Utc>, String> {
        let (time, local) = time(text).ok_or_else(|| {
            format!("{name}: {text:?} is not a time; write YYYYMMDDZ or YYYYMMDDHHMMSSZ")
        })?;
        self.local_time |= local;
        Ok(time)
    }
}

/// Takes a value in double quotes, in which `\"` stands for a quote.
fn dequote(text: &str) -> Option<(String, &str)> {
    let inner = text.strip_prefix('"')?;
    let mut value = String::new();
    let mut chars = inner.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        match c {
            '"' => return Some((value, &inner[at + 1..])),
            '\\' if chars.peek().is_some_and(|(_, next)| *next == '"') => {
                value.push('"');
                chars.next();
            }
            _ => value.push(c),
        }
    }
    None
}

/// Reads OpenSSH's `YYYYMMDD[HHMM[SS]][Z]`; the flag says that the `Z` was missing.
pub(crate) fn time(text: &str) -> Option<(DateTime<Utc>, bool)> {
    let (digits, local) = text.strip_suffix(['Z', 'z']).map_or((text, true), |d| (d, false));
    if !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let full = match digits.len() {
        8 => format!("{digits}000000"),
        12 => format!("{digits}00"),
        14 => digits.to_owned(),
        _ => return None,
    };
    let naive = NaiveDateTime::parse_from_str(&full, "%Y%m%d%H%M%S").ok()?;
    Some((naive.and_utc(), local))
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str =
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAILM+rvN+ot98qgEN796jTiQfZfG1KaT0PtFDJ/XFSqti";

    #[test]
    fn options_come_in_any_order_and_case() {
        let text = format!(
            "\"a@x,b@x\"\tValid-Before=\"20270101\",NAMESPACES=\"one,t*\",valid-after=\"202601011200Z\"  {KEY} c"
        );
        let line = read(&text).unwrap();
        assert_eq!(line.principals, "a@x,b@x");
        assert_eq!(line.namespaces.as_deref(), Some("one,t*"));
        assert_eq!(line.after.unwrap().to_rfc3339(), "2026-01-01T12:00:00+00:00");
        assert!(line.before.is_some() && line.local_time && !line.cert_authority);
    }

    #[test]
    fn faulty_lines_are_refused() {
        for options in [
            "namespaces=one",
            "namespaces=\"a\",namespaces=\"b\"",
            "unknown=\"x\"",
            "no-touch-required",
            "namespaces=\"a\",",
            "namespaces=\"a\"valid-after=\"20260101Z\"",
            "valid-after=\"soon\"",
            "valid-after=\"20270101Z\",valid-before=\"20260101Z\"",
            "namespaces=\"open",
            "valid-after=\"20261301Z\"",
        ] {
            assert!(read(&format!("e@x {options} {KEY}")).is_err(), "{options}");
        }
        for line in ["e@x", "\"\" x", "\"open", &format!("e@x namespaces=\"a\" {}", &KEY[..40])] {
            assert!(read(line).is_err(), "{line}");
        }
    }
}
