//! allowed_signers: which key may sign as whom, for what, and when.
//!
//! The file is OpenSSH's (ssh-keygen(1), ALLOWED SIGNERS) and is read with its rules: whoever
//! passes here passes `ssh-keygen -Y verify`, and the other way round, with the differences that
//! [`AllowedSigners::notes`] names. It is the root of trust, so a line that cannot be read makes
//! the whole file refused instead of being skipped.

use chrono::{DateTime, Utc};
use ssh_key::{HashAlg, PublicKey, public::KeyData};

mod line;
mod pattern;

use self::pattern::matches_list;
use crate::pack::NAMESPACE;

/// Why an identity cannot stand in allowed_signers and in commands.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "the identity {0:?} is not usable; write it like evidence@acme.example, with letters, digits and . _ @ + -"
)]
pub struct IdentityFault(pub String);

/// Checks an identity: it becomes a pattern in allowed_signers and a word in VERIFY.txt.
///
/// # Errors
/// When it is empty, longer than 200 bytes, begins with a dash, or holds a character that is a
/// wildcard, a separator or special to a shell.
pub fn check_identity(text: &str) -> Result<(), IdentityFault> {
    let fit = |b: u8| b.is_ascii_alphanumeric() || b"._@+-".contains(&b);
    if text.is_empty() || text.len() > 200 || text.starts_with('-') || !text.bytes().all(fit) {
        return Err(IdentityFault(text.to_owned()));
    }
    Ok(())
}

/// The line for allowed_signers that lets one key sign packs as `identity`.
pub(crate) fn line_for(identity: &str, key: &PublicKey) -> Result<String, ssh_key::Error> {
    let bare = PublicKey::from(key.key_data().clone()).to_openssh()?;
    Ok(format!("{identity} namespaces=\"{}\" {}\n", NAMESPACE, bare.trim_end()))
}

/// The signers somebody decided to trust.
#[derive(Debug, Clone, Default)]
pub struct AllowedSigners {
    lines: Vec<Allowed>,
    notes: Vec<String>,
}

/// One line.
#[derive(Debug, Clone)]
struct Allowed {
    place: String,
    principals: String,
    namespaces: Option<String>,
    after: Option<DateTime<Utc>>,
    before: Option<DateTime<Utc>>,
    key: KeyData,
}

/// What allowed_signers holds that it cannot be used with.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", .0.join("\n"))]
pub struct AllowedSignersError(pub Vec<String>);

impl AllowedSigners {
    /// Reads the bytes of an allowed_signers file; `file` names it in problems.
    ///
    /// # Errors
    /// Every line that cannot be read, at once; a file without any usable line.
    pub fn parse(bytes: &[u8], file: &str) -> Result<Self, AllowedSignersError> {
        if bytes.starts_with(b"\xef\xbb\xbf") {
            let text = format!(
                "{file}: begins with a byte order mark, which ssh-keygen refuses; save it as plain utf-8"
            );
            return Err(AllowedSignersError(vec![text]));
        }
        let Ok(text) = std::str::from_utf8(bytes) else {
            return Err(AllowedSignersError(vec![format!(
                "{file}: not utf-8; save it as plain text"
            )]));
        };
        if text.starts_with("-----BEGIN") {
            return Err(AllowedSignersError(vec![format!(
                "{file}: this is a key or certificate of its own; use the .allowed_signers file that \
                 was made with it"
            )]));
        }
        let (mut signers, mut problems) = (Self::default(), Vec::new());
        for (index, line) in text.lines().enumerate() {
            let place = format!("{file}:{}", index + 1);
            let line = line.trim_start_matches([' ', '\t']).trim_end();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            match line::read(line) {
                Ok(parsed) => signers.take(place, parsed),
                Err(fault) => problems.push(format!("{place}: {fault}")),
            }
        }
        if problems.is_empty() && signers.lines.is_empty() {
            problems.push(format!(
                "{file}: names no signer; add a line `identity namespaces=\"{}\" ssh-ed25519 …`",
                NAMESPACE
            ));
        }
        if problems.is_empty() { Ok(signers) } else { Err(AllowedSignersError(problems)) }
    }

    /// Trusts exactly one key under one identity, for packs only.
    pub fn of_key(identity: &str, key: &PublicKey) -> Self {
        let line = Allowed {
            place: "the configured key".to_owned(),
            principals: identity.to_owned(),
            namespaces: Some(NAMESPACE.to_owned()),
            after: None,
            before: None,
            key: key.key_data().clone(),
        };
        Self { lines: vec![line], notes: Vec::new() }
    }

    /// What was read in another way than a reader may expect: skipped authorities, local times.
    pub fn notes(&self) -> &[String] {
        &self.notes
    }

    fn take(&mut self, place: String, line: line::Line) {
        let mut note = |text: &str| self.notes.push(format!("{place}: {text}"));
        if line.cert_authority {
            return note(
                "a cert-authority line; certificates are not checked here, so it is skipped",
            );
        }
        if line.namespaces.is_none() {
            note("allows every namespace; add namespaces=\"…\" so that only packs can be signed");
        }
        if line.local_time {
            note("a time without Z is read as UTC here, and as local time by ssh-keygen; add Z");
        }
        self.lines.push(Allowed {
            place,
            principals: line.principals,
            namespaces: line.namespaces,
            after: line.after,
            before: line.before,
            key: line.key,
        });
    }

    /// Finds the line that lets `key` sign in our namespace as `identity` at a time.
    ///
    /// Gives the place of the line, or every reason why none fits.
    pub(crate) fn permit(
        &self,
        key: &KeyData,
        identity: &str,
        at: DateTime<Utc>,
    ) -> Result<&str, Vec<String>> {
        let mut reasons = Vec::new();
        for line in self.lines.iter().filter(|line| line.key == *key) {
            match line.refusal(identity, at) {
                None => return Ok(&line.place),
                Some(reason) => reasons.push(format!("{}: {reason}", line.place)),
            }
        }
        if reasons.is_empty() {
            let print = key.fingerprint(HashAlg::Sha256);
            reasons.push(format!("no allowed signer has the key {print}"));
        }
        Err(reasons)
    }

    /// Principals of the lines that hold `key`, for telling who countersigned.
    pub(crate) fn principals_of(&self, key: &KeyData, at: DateTime<Utc>) -> Vec<&str> {
        let fits = |line: &&Allowed| line.key == *key && line.bounds(at).is_none();
        self.lines.iter().filter(fits).map(|line| line.principals.as_str()).collect()
    }
}

impl Allowed {
    fn refusal(&self, identity: &str, at: DateTime<Utc>) -> Option<String> {
        if !matches_list(identity, &self.principals) {
            return Some(format!("the key belongs to {}, not to {identity}", self.principals));
        }
        self.bounds(at)
    }

    /// Why the line does not hold for packs at a time.
    fn bounds(&self, at: DateTime<Utc>) -> Option<String> {
        if self.namespaces.as_deref().is_some_and(|list| !matches_list(NAMESPACE, list)) {
            return Some(format!("the key may not sign in the namespace {}", NAMESPACE));
        }
        // Both ends are inside, as in OpenSSH
        match (self.after, self.before) {
            (Some(after), _) if at < after => Some(format!("the key is valid only after {after}")),
            (_, Some(before)) if at > before => {
                Some(format!("the key is valid only before {before}"))
            }
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str =
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAILM+rvN+ot98qgEN796jTiQfZfG1KaT0PtFDJ/XFSqti";

    fn permit(lines: &str, identity: &str, at: &str) -> Result<(), Vec<String>> {
        let signers = AllowedSigners::parse(lines.as_bytes(), "as").unwrap();
        let key = PublicKey::from_openssh(KEY).unwrap();
        let at = line::time(at).unwrap().0;
        signers.permit(key.key_data(), identity, at).map(drop)
    }

    #[test]
    fn a_key_file_is_told_as_one() {
        let told = |text: &str| AllowedSigners::parse(text.as_bytes(), "as").unwrap_err().0;
        let [public] = &told(&format!("{KEY} e@x\n"))[..] else { panic!("one problem") };
        assert!(public.starts_with("as:1: this is a public key; use the .allowed_signers file"));
        let [private] = &told("-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\nAAAA\n")[..] else {
            panic!("one problem")
        };
        assert!(private.starts_with("as: this is a key or certificate of its own"), "{private}");
    }

    #[test]
    fn windows_include_both_ends() {
        let line = format!("e@x valid-after=\"20260101Z\",valid-before=\"20261231Z\" {KEY}\n");
        for (at, ok) in [
            ("20251231235959Z", false),
            ("20260101Z", true),
            ("20261231Z", true),
            ("20261231000001Z", false),
        ] {
            assert_eq!(permit(&line, "e@x", at).is_ok(), ok, "{at}");
        }
    }

    #[test]
    fn a_later_line_may_permit_what_an_earlier_refuses() {
        let ns = NAMESPACE;
        let lines = format!(
            "# keys\r\ne@x namespaces=\"git\" {KEY}\r\n\r\n  other,e@* namespaces=\"{ns}\" {KEY} comment\r\n"
        );
        assert_eq!(permit(&lines, "e@x", "20260101Z"), Ok(()));
        let only_git = permit(&format!("e@x namespaces=\"git\" {KEY}"), "e@x", "20260101Z");
        assert!(only_git.unwrap_err()[0].contains("namespace"));
    }

    #[test]
    fn authorities_are_skipped_aloud_and_marks_refused() {
        let lines = format!("*@x cert-authority {KEY}\ne@x {KEY}\n");
        let signers = AllowedSigners::parse(lines.as_bytes(), "as").unwrap();
        assert_eq!((signers.lines.len(), signers.notes().len()), (1, 2), "{:?}", signers.notes());
        assert!(AllowedSigners::parse(format!("\u{feff}e@x {KEY}").as_bytes(), "as").is_err());
        assert!(AllowedSigners::parse(b"# nobody\n", "as").is_err());
    }

    #[test]
    fn all_bad_lines_are_told() {
        let bad = AllowedSigners::parse(b"e@x\ne@x ssh-ed25519 AAAA\n", "as").unwrap_err();
        assert_eq!(bad.0.len(), 2, "{bad}");
    }

    #[test]
    fn identities_are_plain_words() {
        assert_eq!(check_identity("evidence+sod@acme.example"), Ok(()));
        for bad in ["", "-x", "a b", "*@x", "a,b", "a'b", "a\"b", "$(x)", "a\nb", "ü@x"] {
            assert!(check_identity(bad).is_err(), "{bad:?}");
        }
    }
}
