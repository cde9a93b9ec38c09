//! What a membership is a membership of, and the roles that it means.

use crate::ingest::github_accounts::repository;

/// What a membership is a membership of. Names are in lower case.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum Scope {
    /// `acme/reviewers`.
    Team(String),
    /// `acme`.
    Org(String),
    /// `acme/pay`.
    Repo(String),
}

impl Scope {
    /// Reads `team:acme/reviewers`, `org:acme` or `repo:acme/pay`.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (kind, name) = text.trim().split_once(':')?;
        match kind {
            "team" => repository(name).map(Self::Team),
            "repo" => repository(name).map(Self::Repo),
            "org" => (!name.is_empty() && !name.contains(['/', ' ']))
                .then(|| Self::Org(name.to_lowercase())),
            _ => None,
        }
    }

    /// The roles that somebody with `role` in it holds, as local ids.
    ///
    /// # Errors
    /// Where the scope alone does not say and `role` is missing.
    pub(super) fn roles(&self, role: Option<&str>) -> Result<Vec<String>, String> {
        let role = role.map(|role| role.trim().to_lowercase()).filter(|role| !role.is_empty());
        match (self, role) {
            // Whether somebody is also its maintainer is in the role, being in it is not.
            (Self::Team(team), role) => {
                let mut roles = vec![format!("team:{team}")];
                if role.as_deref() == Some("maintainer") {
                    roles.push(format!("team-maintainer:{team}"));
                }
                Ok(roles)
            }
            (Self::Org(org), Some(role)) => Ok(vec![format!("org:{org}:{role}")]),
            (Self::Repo(_), Some(role)) => Ok(vec![format!("repo:{}", level(&role))]),
            (Self::Org(_), None) => Err("a list of members does not name their role (set `role = \
                                         \"member\"` or `\"admin\"` for its source)"
                .to_owned()),
            (Self::Repo(_), None) => Err("it does not name the role (export \
                                          `repos/OWNER/REPO/collaborators`, or set `role` for its \
                                          source)"
                .to_owned()),
        }
    }

    /// What the grant is limited to: teams and organisations are named by the role itself.
    pub(super) fn limit(&self) -> Option<&str> {
        match self {
            Self::Repo(name) => Some(name),
            Self::Team(_) | Self::Org(_) => None,
        }
    }
}

/// GitHub's two names for the same access: `push` and `pull` in old replies.
fn level(role: &str) -> &str {
    match role {
        "push" => "write",
        "pull" => "read",
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scopes() {
        assert_eq!(Scope::parse("team:Acme/rev"), Some(Scope::Team("acme/rev".into())));
        assert_eq!(Scope::parse("org:Acme"), Some(Scope::Org("acme".into())));
        assert_eq!(Scope::parse("repo:acme/pay"), Some(Scope::Repo("acme/pay".into())));
        for bad in ["acme", "team:acme", "org:", "org:a/b", "user:x", ""] {
            assert_eq!(Scope::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn roles() {
        let team = Scope::Team("acme/rev".into());
        assert_eq!(team.roles(None).unwrap(), ["team:acme/rev"]);
        let both = ["team:acme/rev", "team-maintainer:acme/rev"];
        assert_eq!(team.roles(Some("MAINTAINER")).unwrap(), both);
        assert_eq!(Scope::Org("acme".into()).roles(Some("ADMIN")).unwrap(), ["org:acme:admin"]);
        assert_eq!(Scope::Repo("a/b".into()).roles(Some("push")).unwrap(), ["repo:write"]);
        assert!(Scope::Org("acme".into()).roles(None).is_err());
        assert!(Scope::Repo("a/b".into()).roles(Some(" ")).is_err());
    }
}
