//! GitHub accounts, as REST, GraphQL and `gh` write them.
//!
//! One bot has three spellings: `dependabot[bot]` of type `Bot` in REST, `dependabot` with
//! `__typename` `Bot` in GraphQL, `app/dependabot` with `is_bot` in `gh --json`. All become
//! `dependabot[bot]`. Logins and repository names are compared without regard to case, as GitHub
//! does.

use serde::Deserialize;

use super::json_text::Text;
use super::json_tree::Node;
use crate::model::{AccountId, AccountKind, Batch, Place};

/// The system of accounts on github.com.
pub(super) const GITHUB: &str = "github";

/// An account in any of its shapes.
#[derive(Clone, Debug, Default, Deserialize)]
pub(super) struct User<'a> {
    #[serde(borrow, default)]
    pub(super) login: Option<Text<'a>>,
    #[serde(borrow, default, rename = "type")]
    pub(super) kind: Option<Text<'a>>,
    #[serde(borrow, default, rename = "__typename")]
    pub(super) typename: Option<Text<'a>>,
    #[serde(default)]
    pub(super) is_bot: Option<bool>,
    #[serde(borrow, default)]
    pub(super) name: Option<Text<'a>>,
}

impl<'a> User<'a> {
    /// An account of which only the login is known.
    pub(super) fn named(login: &'a str) -> Self {
        Self { login: Some(Text::from(login)), ..Self::default() }
    }

    /// An account in a record that was read as a tree.
    pub(super) fn of(node: &'a Node<'_>) -> Self {
        Self {
            login: node["login"].text().map(Text::from),
            kind: node["type"].text().map(Text::from),
            typename: node["__typename"].text().map(Text::from),
            is_bot: node["is_bot"].flag(),
            name: node["name"].text().map(Text::from),
        }
    }

    /// Adds the account. One without a login belongs to somebody who left: `ghost`.
    pub(super) fn add(&self, out: &mut Batch, place: Place, system: &str) -> AccountId {
        let Some(login) = self.login.as_deref().map(str::trim).filter(|login| !login.is_empty())
        else {
            return ghost(out, place, system);
        };
        let said = self.kind.as_deref().or(self.typename.as_deref());
        let bot = self.is_bot == Some(true) || said == Some("Bot");
        let (local, known) = canonical(login, bot);
        let kind = match known {
            AccountKind::Unknown if said == Some("User") || self.is_bot == Some(false) => {
                AccountKind::Human
            }
            known => known,
        };
        let id = out.account_id(system, &local);
        out.account(place, id, kind, None, self.name.as_deref())
    }
}

/// Adds the account that GitHub shows in place of a deleted one.
pub(super) fn ghost(out: &mut Batch, place: Place, system: &str) -> AccountId {
    let id = out.account_id(system, "ghost");
    out.account(place, id, AccountKind::Unknown, None, None)
}

/// The one spelling of a login, and what its spelling says of the account.
pub(super) fn canonical(login: &str, bot: bool) -> (String, AccountKind) {
    let login = login.trim().to_lowercase();
    if let Some(app) = login.strip_prefix("app/") {
        return (format!("{app}[bot]"), AccountKind::Agent);
    }
    // GitHub's own name for what is committed in its web interface, of type `User`.
    if login == "web-flow" {
        return (login, AccountKind::Service);
    }
    match (login.ends_with("[bot]"), bot) {
        (true, _) => (login, AccountKind::Agent),
        (false, true) => (format!("{login}[bot]"), AccountKind::Agent),
        (false, false) => (login, AccountKind::Unknown),
    }
}

/// `owner/name`, in lower case, if the text is that.
pub(super) fn repository(text: &str) -> Option<String> {
    let (owner, name) = text.trim().trim_matches('/').split_once('/')?;
    let fits = |part: &str| !part.is_empty() && !part.contains(['/', '#', '@', ' ']);
    (fits(owner) && fits(name)).then(|| format!("{owner}/{name}").to_lowercase())
}

/// The repository and number in an address of a pull request: `https://HOST/O/R/pull/N` or
/// `https://HOST/repos/O/R/pulls/N`, with whatever follows.
pub(super) fn pull_address(url: &str) -> Option<(String, u64)> {
    numbered(url, &["pull", "pulls"])
}

/// The repository and number in an address of a thing of one of these kinds:
/// `https://HOST/repos/O/R/deployments/N`, `https://HOST/O/R/actions/runs/N`.
pub(super) fn numbered(url: &str, kinds: &[&str]) -> Option<(String, u64)> {
    let path = url.split(['?', '#']).next()?.split_once("://")?.1;
    let parts: Vec<_> = path.split('/').skip(1).collect();
    let at = parts.iter().position(|part| kinds.contains(part)).filter(|&at| at >= 2)?;
    let number = parts.get(at + 1)?.parse().ok()?;
    let name = if parts[at - 1] == "actions" { at - 2 } else { at - 1 };
    let owner = name.checked_sub(1)?;
    Some((repository(&format!("{}/{}", parts[owner], parts[name]))?, number))
}

/// The repository in an address of a commit: `https://HOST/O/R/commit/SHA` or
/// `https://HOST/repos/O/R/commits/SHA`.
pub(super) fn commit_address(url: &str) -> Option<String> {
    let path = url.split_once("://")?.1;
    let parts: Vec<_> = path.split('/').skip(1).collect();
    let at = parts.iter().rposition(|part| matches!(*part, "commit" | "commits"))?;
    let owner = at.checked_sub(2)?;
    repository(&format!("{}/{}", parts[owner], parts[owner + 1]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_bot_one_spelling() {
        let of = |text: &str| {
            let mut out = Batch::default();
            let place = Place::Line { n: 1, within: None };
            let user: User<'_> = serde_json::from_str(text).unwrap();
            let id = user.add(&mut out, place, GITHUB);
            let bot = out.account_id(GITHUB, "dependabot[bot]");
            id == bot
        };
        assert!(of(r#"{"login":"dependabot[bot]","type":"Bot"}"#));
        assert!(of(r#"{"login":"dependabot","__typename":"Bot"}"#));
        assert!(of(r#"{"login":"app/dependabot","is_bot":true}"#));
        assert!(of(r#"{"login":"Dependabot[bot]"}"#));
        assert!(!of(r#"{"login":"dependabot","type":"User"}"#));
    }

    #[test]
    fn addresses() {
        let want = Some(("acme/pay".to_owned(), 12));
        assert_eq!(pull_address("https://github.com/Acme/pay/pull/12/files#x"), want);
        assert_eq!(pull_address("https://api.github.com/repos/acme/pay/pulls/12"), want);
        assert_eq!(pull_address("https://ghe.example/api/v3/repos/acme/pay/pulls/12"), want);
        assert_eq!(pull_address("https://github.com/pull/12"), None);
        assert_eq!(pull_address("https://github.com/acme/pay/pull/x"), None);
        assert_eq!(pull_address("javascript:alert(1)"), None);
        let run = "https://github.com/Acme/Pay/actions/runs/7/attempts/2";
        assert_eq!(numbered(run, &["runs"]), Some(("acme/pay".to_owned(), 7)));
        assert_eq!(numbered("https://github.com/actions/runs/7", &["runs"]), None);
        let commit = "https://api.github.com/repos/acme/pay/commits/c0ffee";
        assert_eq!(commit_address(commit).as_deref(), Some("acme/pay"));
        assert_eq!(commit_address("https://github.com/commit/x"), None);
        assert_eq!(repository("Acme/Pay").as_deref(), Some("acme/pay"));
        assert_eq!(repository("acme"), None);
        assert_eq!(repository("a/b/c"), None);
    }
}
