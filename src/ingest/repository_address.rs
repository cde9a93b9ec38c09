//! Which repository of which system an address to clone from leads to.
//!
//! Only the public services are known by their host: what runs on another host cannot be told from
//! the address.

use super::git_people::{commit_id, is_sha};
use crate::model::{Batch, SubjectId};

/// The subject of a commit in the repository at `url`, if both are known.
pub(super) fn commit_at(url: &str, sha: &str, out: &mut Batch) -> Option<SubjectId> {
    let (system, repository) = repository_at(url)?;
    is_sha(sha).then(|| commit_id(out, system, &repository, sha))
}

/// System and name, in lower case, of the repository at an address as `git clone` takes it.
pub(super) fn repository_at(url: &str) -> Option<(&'static str, String)> {
    let url = url.trim().to_lowercase();
    let (host, path) = match url.split_once("://") {
        Some((_, rest)) => rest.split_once('/')?,
        // `git@github.com:acme/pay.git`, as ssh is written for short.
        None => url.split_once(':')?,
    };
    let host = host.rsplit('@').next()?.split(':').next()?;
    let path = path.trim_matches('/');
    let path = path.strip_suffix(".git").unwrap_or(path);
    let parts: Vec<_> = path.split('/').collect();
    if parts.iter().any(|part| part.is_empty() || part.contains(['@', '#', '?'])) {
        return None;
    }
    match (host, &*parts) {
        ("github.com" | "www.github.com" | "ssh.github.com", [_, _]) => {
            Some(("github", path.into()))
        }
        ("gitlab.com", [_, _, ..]) => Some(("gitlab", path.into())),
        ("bitbucket.org", [_, _]) => Some(("bitbucket", path.into())),
        ("dev.azure.com", [_, project, "_git", name])
        | ("ssh.dev.azure.com", ["v3", _, project, name]) => {
            Some(("azure-devops", format!("{project}/{name}")))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn repositories() {
        for (url, want) in [
            ("https://github.com/Acme/Pay.git", "github:acme/pay"),
            ("git@github.com:acme/pay.git", "github:acme/pay"),
            ("ssh://git@github.com:22/acme/pay", "github:acme/pay"),
            ("https://token@github.com/acme/pay/", "github:acme/pay"),
            ("https://gitlab.com/acme/core/pay.git", "gitlab:acme/core/pay"),
            ("https://bitbucket.org/acme/pay", "bitbucket:acme/pay"),
            ("https://acme@dev.azure.com/acme/Core/_git/pay", "azure-devops:core/pay"),
            ("git@ssh.dev.azure.com:v3/acme/core/pay", "azure-devops:core/pay"),
        ] {
            let found = repository_at(url).map(|(system, name)| format!("{system}:{name}"));
            assert_eq!(found.as_deref(), Some(want), "{url}");
        }
        for url in [
            "",
            "acme/pay",
            "https://git.acme.example/acme/pay",
            "https://github.com/acme",
            "a:b:c",
        ] {
            assert_eq!(repository_at(url), None, "{url}");
        }
    }
}
