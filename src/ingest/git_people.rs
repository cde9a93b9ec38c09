//! People in commits: names and addresses that the commit's maker typed.
//!
//! An address in a commit is a claim, not proof: it makes an account `email:…` of its own, and is
//! never an address that a system vouches for. Only addresses that GitHub itself hands out name a
//! GitHub account.

use std::collections::BTreeSet;

use super::github_accounts::{GITHUB, canonical};
use super::trailers::{named, trailers};
use crate::model::{
    AccountId, AccountKind, Act, Batch, Duty, Instant, Link, LinkKind, Place, Subject, SubjectId,
    SubjectKind, SubjectState,
};

/// Somebody in a commit.
#[derive(Clone, Copy, Debug)]
pub(super) enum Who<'a> {
    /// An account that the platform names.
    Account(AccountId),
    /// What the commit says.
    Claim { name: &'a str, email: &'a str },
}

/// A commit, from whatever export.
pub(super) struct Commit<'a> {
    pub(super) system: &'a str,
    /// In lower case.
    pub(super) repository: &'a str,
    pub(super) sha: &'a str,
    pub(super) parents: &'a [&'a str],
    pub(super) message: &'a str,
    pub(super) url: Option<&'a str>,
    /// The branch, if it is known to be on one.
    pub(super) branch: Option<&'a str>,
    pub(super) authors: Vec<Who<'a>>,
    pub(super) authored: Option<Instant>,
    pub(super) committer: Option<Who<'a>>,
    pub(super) committed: Option<Instant>,
}

impl Commit<'_> {
    /// Adds the commit, its parents and everybody who had a duty in it. Returns its subject.
    ///
    /// Trailers that speak of review (`Reviewed-by`, `Acked-by`, `Approved-by`) are the author's own
    /// words: they are kept as reviews, never as approvals.
    pub(super) fn lower(&self, out: &mut Batch, place: Place) -> SubjectId {
        let id = commit_id(out, self.system, self.repository, self.sha);
        self.subject(out, place, id);
        for (index, to) in self.parents(out).into_iter().enumerate() {
            let kind = if index == 0 { LinkKind::FirstParent } else { LinkKind::OtherParent };
            out.link(place, Link { from: id, kind, to });
        }
        let mut duties = BTreeSet::new();
        for author in &self.authors {
            duties.extend(author.add(out, place).map(|by| (Duty::Author, by)));
        }
        if let Some(committer) = &self.committer {
            duties.extend(committer.add(out, place).map(|by| (Duty::Commit, by)));
        }
        for (key, value) in trailers(self.message) {
            let duty = match &*key {
                "co-authored-by" => Duty::Author,
                "reviewed-by" | "acked-by" | "approved-by" => Duty::Review,
                _ => continue,
            };
            // A value without an address still names somebody.
            let (name, email) = named(&value).unwrap_or((&value, ""));
            duties.extend(Who::Claim { name, email }.add(out, place).map(|by| (duty, by)));
        }
        for (duty, by) in duties {
            let at = if duty == Duty::Commit { self.committed } else { self.authored };
            out.act(place, Act { to: id, at, duty, by, revision: None, dismissed: false });
        }
        id
    }

    /// The subjects of its parents.
    pub(super) fn parents(&self, out: &mut Batch) -> Vec<SubjectId> {
        let parents = self.parents.iter();
        parents.map(|parent| commit_id(out, self.system, self.repository, parent)).collect()
    }

    fn subject(&self, out: &mut Batch, place: Place, id: SubjectId) {
        let on_branch = self.branch.is_some();
        let sha = self.sha.to_lowercase();
        let subject = Subject {
            state: if on_branch { SubjectState::Done } else { SubjectState::Unknown },
            title: out.maybe(self.message.lines().find(|line| !line.trim().is_empty())),
            url: out.maybe(self.url),
            repository: out.maybe(Some(self.repository)),
            target: out.maybe(self.branch),
            revision: out.maybe(Some(&sha)),
            created: self.authored,
            done: self.committed.filter(|_| on_branch),
            ..Subject::new(id, SubjectKind::Commit)
        };
        out.subject(place, subject);
    }
}

/// The subject of a commit: the same, whichever export names it.
pub(super) fn commit_id(out: &mut Batch, system: &str, repository: &str, sha: &str) -> SubjectId {
    out.subject_id(system, &format!("{repository}@{}", sha.to_lowercase()))
}

/// Whether the text is a commit's id: 40 or 64 hexadecimal digits.
pub(super) fn is_sha(text: &str) -> bool {
    matches!(text.len(), 40 | 64) && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

impl Who<'_> {
    /// Adds the account; none for somebody without name and address.
    pub(super) fn add(&self, out: &mut Batch, place: Place) -> Option<AccountId> {
        let (name, email) = match *self {
            Self::Account(id) => return Some(id),
            Self::Claim { name, email } => (name.trim(), email.trim().to_lowercase()),
        };
        let (system, local, kind) = identify(name, &email)?;
        let id = out.account_id(system, &local);
        Some(out.account(place, id, kind, None, Some(name)))
    }
}

/// System, local id and kind of whoever has this name and address (in lower case).
fn identify(name: &str, email: &str) -> Option<(&'static str, String, AccountKind)> {
    if let Some(local) = email.strip_suffix("@users.noreply.github.com") {
        let login = local.split_once('+').map_or(local, |(_, login)| login);
        if !login.is_empty() {
            let (login, kind) = canonical(login, false);
            return Some((GITHUB, login, kind));
        }
    }
    if email == "noreply@github.com" && name == "GitHub" {
        let (login, kind) = canonical("web-flow", false);
        return Some((GITHUB, login, kind));
    }
    let bot = name.to_lowercase().ends_with("[bot]");
    let kind = if bot { AccountKind::Agent } else { AccountKind::Unknown };
    match (email.is_empty(), name.is_empty()) {
        (false, _) => Some(("email", email.to_owned(), kind)),
        // Git allows commits without an address; the name is then all there is.
        (true, false) => Some(("git-name", name.to_lowercase(), kind)),
        (true, true) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn claims_become_accounts() {
        let of = |name: &str, email: &str| {
            let found = identify(name, email);
            found.map(|(system, local, kind)| format!("{system}:{local} {kind}"))
        };
        for (name, email, want) in [
            ("Ann", "ann@acme.example", "email:ann@acme.example unknown"),
            ("Ann", "1+ann@users.noreply.github.com", "github:ann unknown"),
            ("Ann", "ann@users.noreply.github.com", "github:ann unknown"),
            ("d", "9+devin[bot]@users.noreply.github.com", "github:devin[bot] agent"),
            ("GitHub", "noreply@github.com", "github:web-flow service"),
            ("Eve", "noreply@github.com", "email:noreply@github.com unknown"),
            ("renovate[bot]", "bot@renovate.example", "email:bot@renovate.example agent"),
            ("Ann Lee", "", "git-name:ann lee unknown"),
            ("x", "@users.noreply.github.com", "email:@users.noreply.github.com unknown"),
        ] {
            assert_eq!(of(name, email).as_deref(), Some(want), "{name} {email}");
        }
        assert_eq!(of("", ""), None);
    }

    #[test]
    fn ids_of_commits() {
        assert!(is_sha(&"a".repeat(40)) && is_sha(&"0F".repeat(32)));
        assert!(!is_sha(&"g".repeat(40)) && !is_sha("abc") && !is_sha(""));
    }
}
