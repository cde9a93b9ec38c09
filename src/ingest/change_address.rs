//! Which proposed change an address leads to, whatever system it is on.
//!
//! The shape of the path tells the system, since hosts can have any name. What is not one of the
//! shapes below is no change that this program knows.

use super::github_accounts::pull_address;
use crate::model::{Batch, SubjectId};

/// The subject of the change at `url`: the same as its own system's export gives.
pub(super) fn change_at(url: &str, out: &mut Batch) -> Option<SubjectId> {
    let (system, local) = identify(url)?;
    Some(out.subject_id(system, &local))
}

fn identify(url: &str) -> Option<(&'static str, String)> {
    let url = url.trim().split(['?', '#']).next()?;
    let (host, path) = url.split_once("://")?.1.split_once('/')?;
    let parts: Vec<_> = path.split('/').filter(|part| !part.is_empty()).collect();
    let after = |name: &str| {
        let at = parts.iter().rposition(|part| part.eq_ignore_ascii_case(name))?;
        let number: u64 = parts.get(at + 1)?.parse().ok()?;
        Some((&parts[..at], number))
    };
    if let Some((project, number)) = after("merge_requests") {
        let project = project.strip_suffix(&["-"]).unwrap_or(project);
        let name = project.join("/").to_lowercase();
        return (project.len() > 1).then(|| ("gitlab", format!("{name}!{number}")));
    }
    if let Some((before, number)) = after("pull-requests") {
        return Some(("bitbucket", format!("{}#{number}", bitbucket(before)?)));
    }
    if let Some((before, number)) = after("pullrequest") {
        before.iter().position(|part| *part == "_git")?;
        return Some(("azure-devops", format!("{}#{number}", organisation(host, before)?)));
    }
    if let Some((before, number)) = after("+") {
        let at = before.iter().position(|part| *part == "c")?;
        let project = before.get(at + 1..).filter(|project| !project.is_empty())?;
        return Some(("gerrit", format!("{}#{number}", project.join("/").to_lowercase())));
    }
    // Addresses with `pulls` are GitHub's only in its REST interface.
    if after("pull").is_some() || (after("pulls").is_some() && parts.contains(&"repos")) {
        let (repository, number) = pull_address(url)?;
        return Some(("github", format!("{repository}#{number}")));
    }
    None
}

/// `workspace/repository` on bitbucket.org; `project/repository` in Data Center, where `projects`
/// (or `users`) and `repos` stand before the names.
pub(super) fn bitbucket(before: &[&str]) -> Option<String> {
    let name = match before {
        [.., "projects", project, "repos", repository] => format!("{project}/{repository}"),
        [.., "users", user, "repos", repository] => format!("~{user}/{repository}"),
        [workspace, repository] => format!("{workspace}/{repository}"),
        _ => return None,
    };
    Some(name.to_lowercase())
}

/// The organisation of Azure DevOps, in which pull requests are numbered; a server of one's own has
/// its host's name.
pub(super) fn organisation(host: &str, path: &[&str]) -> Option<String> {
    let host = host.rsplit('@').next()?.to_lowercase();
    if host == "dev.azure.com" {
        return path.first().map(|name| name.to_lowercase());
    }
    Some(host.strip_suffix(".visualstudio.com").unwrap_or(&host).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes() {
        for (url, want) in [
            ("https://github.com/Acme/Pay/pull/12/files#r1", "github:acme/pay#12"),
            ("https://api.github.com/repos/acme/pay/pulls/12", "github:acme/pay#12"),
            ("https://git.acme.example/a/b/Pay/-/merge_requests/3/diffs", "gitlab:a/b/pay!3"),
            ("https://gitlab.com/a/pay/merge_requests/3", "gitlab:a/pay!3"),
            ("https://bitbucket.org/Acme/pay/pull-requests/4", "bitbucket:acme/pay#4"),
            (
                "https://bb.acme.example/projects/PAY/repos/core/pull-requests/4/overview",
                "bitbucket:pay/core#4",
            ),
            ("https://dev.azure.com/Acme/Pay/_git/core/pullrequest/5", "azure-devops:acme#5"),
            ("https://acme.visualstudio.com/Pay/_git/core/pullrequest/5", "azure-devops:acme#5"),
            ("https://review.acme.example/c/core/pay/+/77/2", "gerrit:core/pay#77"),
        ] {
            let found = identify(url).map(|(system, local)| format!("{system}:{local}"));
            assert_eq!(found.as_deref(), Some(want), "{url}");
        }
    }

    #[test]
    fn anything_else_is_none() {
        for url in [
            "",
            "#12",
            "https://github.com/acme/pay/issues/12",
            "https://codeberg.example/acme/pay/pulls/12",
            "https://github.com/acme/pay/pull/x",
            "https://gitlab.com/pay/-/merge_requests/3",
            "https://bb.acme.example/a/b/c/pull-requests/4",
            "https://dev.azure.com/acme/pay/pullrequest/5",
            "https://review.acme.example/+/77",
            "javascript:alert(1)//pull/1",
        ] {
            assert_eq!(identify(url), None, "{url}");
        }
    }
}
