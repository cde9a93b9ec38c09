//! The shapes that single values must have, whichever file they are written in.
//!
//! Each function takes a text and gives the checked value, or what is wrong in words that follow
//! "`key` is `text`, which".

use std::path::PathBuf;

use chrono::{Datelike as _, NaiveDate, NaiveTime};
use globset::GlobBuilder;

use super::spelling::{did_you_mean, steers};
use crate::model::{Instant, TimeError};
use crate::policy::Pattern;

/// Longest pattern, in bytes. Patterns become state machines; nobody needs longer ones.
const PATTERN: usize = 1024;

/// What is wrong with a value.
#[derive(Debug)]
pub(super) struct Wrong {
    /// What is wrong, to follow "which".
    pub(super) which: String,
    /// What to do about it.
    pub(super) cure: String,
}

pub(super) type Shaped<T> = Result<T, Wrong>;

fn wrong<T>(which: impl Into<String>, cure: impl Into<String>) -> Shaped<T> {
    Err(Wrong { which: which.into(), cure: cure.into() })
}

/// One of these, by its name.
pub(super) fn one_of<T: Copy>(
    text: &str,
    all: &[T],
    name: impl Fn(T) -> &'static str,
) -> Shaped<T> {
    if let Some(value) = all.iter().find(|value| name(**value) == text) {
        return Ok(*value);
    }
    let cure = did_you_mean(text, all.iter().map(|value| name(*value)), "write one of");
    Err(Wrong { which: "is not known".to_owned(), cure })
}

/// One line of text.
pub(super) fn line(text: &str) -> Shaped<String> {
    match text.chars().find(|c| steers(*c)) {
        Some(c) => wrong(format!("holds the control character {}", code(c)), "remove it"),
        None => Ok(text.trim().to_owned()),
    }
}

/// Text that may have several lines.
pub(super) fn prose(text: &str) -> Shaped<String> {
    match text.chars().find(|c| steers(*c) && !matches!(c, '\n' | '\r' | '\t')) {
        Some(c) => wrong(format!("holds the control character {}", code(c)), "remove it"),
        None => Ok(text.trim().replace("\r\n", "\n").replace('\r', "\n")),
    }
}

fn code(c: char) -> String {
    format!("U+{:04X}", u32::from(c))
}

/// Short name of the organisation, for names of folders.
pub(super) fn slug(text: &str) -> Shaped<String> {
    if kebab(text, 40) {
        return Ok(text.to_owned());
    }
    wrong(
        "is not 1 to 40 of `a-z`, `0-9` and `-`, beginning with a letter or digit",
        "write a short name such as `acme`",
    )
}

/// Name of a tier or capability.
pub(super) fn name(text: &str) -> Shaped<String> {
    if kebab(text, 60) {
        return Ok(text.to_owned());
    }
    wrong(
        "is not 1 to 60 of `a-z`, `0-9` and `-`, beginning with a letter or digit",
        "write a name such as `modify-definition`",
    )
}

/// Name of a system, the part of an account or role before its first colon.
pub(super) fn system(text: &str) -> Shaped<String> {
    if kebab(text, 40) {
        return Ok(text.to_owned());
    }
    wrong(
        "is no name of a system (1 to 40 of `a-z`, `0-9` and `-`)",
        "write a name such as `github`",
    )
}

fn kebab(text: &str, most: usize) -> bool {
    (1..=most).contains(&text.len())
        && !text.starts_with('-')
        && text.bytes().all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'-'))
}

/// Name of the signer. It stands in `allowed_signers`, where blanks, quotes, commas and wildcards
/// mean something, and in the commands that the pack prints for a shell.
pub(super) fn identity(text: &str) -> Shaped<String> {
    let allowed = |b: u8| b.is_ascii_alphanumeric() || b"._@+-".contains(&b);
    let first = text.bytes().next().is_some_and(|b| b.is_ascii_alphanumeric());
    if first && text.len() <= 120 && text.bytes().all(allowed) {
        return Ok(text.to_owned());
    }
    wrong(
        "is not 1 to 120 of `A-Z`, `a-z`, `0-9` and `.` `_` `@` `+` `-`, beginning with a letter or digit",
        "write an address such as `evidence@acme.example`",
    )
}

/// Time zone by its IANA name.
pub(super) fn zone(text: &str) -> Shaped<chrono_tz::Tz> {
    let names = || chrono_tz::TZ_VARIANTS.iter().map(|zone| zone.name());
    text.parse().or_else(|_| {
        let cure = did_you_mean(text, names(), "write an IANA name such as `Europe/Berlin`");
        wrong("is no time zone", cure)
    })
}

/// What is said of a text that should be a time and is none.
pub(super) const NOT_A_TIME: &str = "is not a time";

/// A moment. A time without a zone is in `zone`; a date is its first moment.
pub(super) fn start(text: &str, zone: chrono_tz::Tz) -> Shaped<Instant> {
    Instant::parse_in(text, zone).or_else(|error| match error {
        TimeError::Range(_) => wrong("lies outside the years 1 to 9999", "correct the year"),
        _ => wrong(NOT_A_TIME, "write `2026-10-31` or `2026-10-31T09:30:00Z`"),
    })
}

/// The first moment after a span. A date is the span's last day and belongs to it, so the moment
/// is the next midnight in `zone`; a time is that moment itself.
pub(super) fn end(text: &str, zone: chrono_tz::Tz) -> Shaped<Instant> {
    let Ok(date) = NaiveDate::parse_from_str(text.trim(), "%Y-%m-%d") else {
        return start(text, zone);
    };
    match date.succ_opt().filter(|next| (1..=9999).contains(&next.year())) {
        Some(next) => Ok(Instant::of_local(next.and_time(NaiveTime::MIN), zone)),
        None => wrong("lies outside the years 1 to 9999", "correct the year"),
    }
}

/// Path of a file or folder.
pub(super) fn path(text: &str) -> Shaped<PathBuf> {
    line(text).map(|_| PathBuf::from(text))
}

/// File, folder or glob.
pub(super) fn glob(text: &str) -> Shaped<String> {
    line(text)?;
    match GlobBuilder::new(text).literal_separator(true).build() {
        Ok(_) => Ok(text.to_owned()),
        Err(error) => wrong(
            format!("is no valid glob ({})", error.kind()),
            "correct it, or put special characters in brackets: `[[]`",
        ),
    }
}

/// Pattern of names that belong to no system: repositories, branches, resources.
pub(super) fn bare(text: &str) -> Shaped<Pattern> {
    line(text)?;
    if text.len() > PATTERN {
        return wrong(format!("is longer than {PATTERN} bytes"), "shorten it with `*`");
    }
    if text.trim() != text {
        return wrong("begins or ends with a blank", "remove the blank");
    }
    Ok(Pattern::new(text))
}

/// Pattern of the keys of tickets. Keys are compared in capitals.
pub(super) fn ticket_key(text: &str) -> Shaped<Pattern> {
    let pattern = bare(text)?;
    if text.chars().any(char::is_lowercase) {
        return wrong("has small letters", format!("write `{}`", text.to_uppercase()));
    }
    if !text.chars().any(char::is_alphanumeric) {
        return wrong("names no key", "write a pattern such as `CHG-*`");
    }
    Ok(pattern)
}

/// Pattern of roles or actions: `system:name`.
pub(super) fn pattern(text: &str) -> Shaped<Pattern> {
    let pattern = bare(text)?;
    let Some((owner, local)) = text.split_once(':') else {
        return wrong("names no system", format!("write `system:{text}`, such as `okta:{text}`"));
    };
    if local.is_empty() {
        return wrong("has nothing after the system", "add the name, or `*` for all of the system");
    }
    if !owner.is_empty()
        && owner.chars().all(|c| matches!(c, 'a'..='z' | '0'..='9' | '-' | '*' | '?'))
    {
        return Ok(pattern);
    }
    let lower = owner.to_lowercase();
    match system(&lower) {
        Ok(_) => wrong("names a system in capitals", format!("write `{lower}:{local}`")),
        Err(_) => wrong(
            "does not begin with the name of a system",
            "write it as `system:name`, such as `okta:change-approver`",
        ),
    }
}

/// Pattern of a principal's accounts: `system:local`. The system stands for itself, and the
/// pattern must not claim all accounts of it, for then every unknown account would have an owner.
pub(super) fn account(text: &str) -> Shaped<Pattern> {
    let pattern = pattern(text)?;
    let (owner, local) = text.split_once(':').unwrap_or_default();
    if owner.contains(['*', '?']) {
        return wrong("has a wildcard in the system", "write one account for each system");
    }
    if local.chars().all(|c| matches!(c, '*' | '?')) {
        return wrong(
            format!("claims every account of `{owner}`"),
            "write out the accounts that are this principal's",
        );
    }
    Ok(pattern)
}

/// E-mail address, in lower case.
pub(super) fn email(text: &str) -> Shaped<String> {
    line(text)?;
    let sound = text.split_once('@').is_some_and(|(local, domain)| {
        !local.is_empty() && !domain.is_empty() && !domain.contains('@')
    });
    if sound && !text.contains(['<', '>', ',', ';', '"']) {
        return Ok(text.to_lowercase());
    }
    wrong("is no e-mail address", "write `ann@acme.example`, several with blanks between")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused<T>(shaped: Shaped<T>, which: &str) {
        let wrong = shaped.err().map(|wrong| wrong.which).unwrap_or_default();
        assert!(wrong.contains(which), "want `{which}`, have `{wrong}`");
    }

    #[test]
    fn names() {
        assert!(slug("acme-2").is_ok() && name("read-state").is_ok() && system("k8s").is_ok());
        for text in ["", "Acme", "a b", "-a", "a/b", "ä", &"a".repeat(41)] {
            refused(slug(text), "is not 1 to 40");
        }
        assert!(identity("evidence+sod@acme.example").is_ok());
        for text in ["", "a b", "a\"b", "a,b", "*", "a!", "$(x)", "-a", "#a", "a;b"] {
            refused(identity(text), "is not 1 to 120");
        }
    }

    #[test]
    fn zones_by_their_iana_names() {
        assert_eq!(zone("Europe/Berlin").unwrap(), chrono_tz::Europe::Berlin);
        assert_eq!(zone("Europe/Berln").unwrap_err().cure, "did you mean `Europe/Berlin`?");
        refused(zone("Nowhere"), "is no time zone");
    }

    #[test]
    fn a_last_day_belongs_to_the_span() {
        let berlin = chrono_tz::Europe::Berlin;
        assert_eq!(start("2026-10-25", berlin).unwrap().to_string(), "2026-10-24T22:00:00Z");
        // Clocks go back on this day: it has 25 hours.
        assert_eq!(end("2026-10-25", berlin).unwrap().to_string(), "2026-10-25T23:00:00Z");
        assert_eq!(end("2026-10-25 09:00", berlin).unwrap().to_string(), "2026-10-25T08:00:00Z");
        refused(end("31.10.2026", berlin), "is not a time");
        refused(end("9999-12-31", berlin), "outside the years");
        refused(start("0000-01-01T00:00:00Z", berlin), "outside the years");
    }

    #[test]
    fn patterns_name_their_system() {
        for text in ["okta:Change Approvers", "aws:s3:Put*", "github:x[bot]", "*:admin"] {
            assert_eq!(pattern(text).unwrap().text(), text);
        }
        refused(pattern("admin"), "names no system");
        refused(pattern("okta:"), "nothing after");
        refused(pattern(":x"), "does not begin");
        refused(pattern("Okta:x"), "in capitals");
        refused(pattern(" okta:x"), "begins or ends");
        refused(pattern("okta:\u{202e}x"), "U+202E");
        refused(account("*:ann"), "wildcard in the system");
        refused(account("github:*"), "claims every account");
        assert!(account("aws:arn:aws:sts::*:assumed-role/agent/*").is_ok());
    }

    #[test]
    fn globs_and_addresses() {
        assert!(glob("../exports/**/*.json").is_ok());
        refused(glob("exports/[a"), "is no valid glob");
        refused(glob("a\0b"), "U+0000");
        assert_eq!(email("Ann@Acme.example").unwrap(), "ann@acme.example");
        for text in ["ann", "@x", "ann@", "a@b@c", "Ann <ann@x>", "a@x;b@y"] {
            refused(email(text), "is no e-mail address");
        }
    }
}
