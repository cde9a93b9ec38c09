//! Roles that the audit log shows being given and taken away.

use std::collections::BTreeSet;

use super::lower::member;
use crate::ingest::github_accounts::{canonical, repository};
use crate::ingest::json_tree::Node;
use crate::ingest::role_event::RoleEvent;
use crate::model::Batch;

/// Roles that the file has shown being given so far: holder, role, limit.
#[derive(Default)]
pub(in crate::ingest) struct Seen {
    held: BTreeSet<(String, String, Option<String>)>,
    any: bool,
}

impl Seen {
    /// Whether there was any.
    pub(in crate::ingest) fn any(&self) -> bool {
        self.any
    }
}

/// What one event did to somebody's roles.
pub(super) struct Moved {
    user: String,
    scope: Option<String>,
    given: Vec<String>,
    taken: Vec<String>,
}

impl Moved {
    /// Adds it.
    pub(super) fn write(&self, change: &RoleEvent, system: &str, seen: &mut Seen, out: &mut Batch) {
        let (login, kind) = canonical(&self.user, false);
        let holder = out.account_id(system, &login);
        out.account(change.place, holder, kind, None, None);
        let scope = out.maybe(self.scope.as_deref());
        for (roles, gives) in [(&self.taken, false), (&self.given, true)] {
            for name in roles {
                let role = out.role_id(system, name);
                RoleEvent { gives, ..*change }.write(holder, role, scope, out);
                let key = (self.user.clone(), name.clone(), self.scope.clone());
                if gives {
                    seen.held.insert(key);
                } else {
                    seen.held.remove(&key);
                }
                seen.any = true;
            }
        }
    }
}

/// Older events of collaborators do not say which permission they were about.
const UNSAID: &str = "collaborators were added or removed in events that do not say with which \
                      permission (export the collaborators of each repository)";

/// Whether the event is about a collaborator's role but does not say which.
pub(super) fn unsaid(action: &str, out: &mut Batch) -> bool {
    let about = matches!(action, "repo.add_member" | "repo.update_member" | "repo.remove_member");
    if about {
        out.gap(UNSAID.to_owned());
    }
    about
}

/// What the event did to somebody's roles, if it is such an event and says so.
pub(super) fn moved(action: &str, event: &Node<'_>, seen: &Seen) -> Result<Option<Moved>, String> {
    let Some((category, what)) = action.split_once('.') else { return Ok(None) };
    let lower = match category {
        "org" => org,
        "team" => team,
        "repo" => repo,
        "business" => business,
        "organization_moderators" => moderator,
        _ => return Ok(None),
    };
    lower(what, event, seen)
}

fn user(event: &Node<'_>) -> Result<String, String> {
    let user = member(event, "user").text().ok_or("it does not say whose role")?;
    Ok(user.to_lowercase())
}

fn org_name(event: &Node<'_>) -> Result<String, String> {
    let org = member(event, "org").text();
    let owner = || member(event, "repo").text()?.split_once('/').map(|(owner, _)| owner);
    let org = org.or_else(owner).ok_or("it does not name its organisation")?;
    Ok(org.to_lowercase())
}

/// GitHub's names for what a member of an organisation is.
fn org_level(permission: &str) -> &str {
    match permission {
        "read" | "direct_member" => "member",
        "admin" | "owner" => "admin",
        other => other,
    }
}

fn org(what: &str, event: &Node<'_>, seen: &Seen) -> Result<Option<Moved>, String> {
    if !matches!(what, "add_member" | "update_member" | "remove_member") {
        return Ok(None);
    }
    let (user, org) = (user(event)?, org_name(event)?);
    let role = |permission: &str| format!("org:{org}:{}", org_level(permission));
    let (new, old) = (member(event, "permission").text(), member(event, "old_permission").text());
    let (given, taken) = match what {
        // Whoever is added without a word about it is a member.
        "add_member" => (vec![role(new.unwrap_or("read"))], Vec::new()),
        "update_member" => {
            let new = new.ok_or("it does not say which permission was given")?;
            (vec![role(new)], old.map(role).into_iter().collect())
        }
        _ => {
            let prefix = format!("org:{org}:");
            let held =
                seen.held.iter().filter(|(who, role, _)| *who == user && role.starts_with(&prefix));
            let mut taken: BTreeSet<_> = held.map(|(_, role, _)| role.clone()).collect();
            taken.insert(role(new.or(old).unwrap_or("read")));
            (Vec::new(), taken.into_iter().collect())
        }
    };
    Ok(Some(Moved { user, scope: None, given, taken }))
}

fn team(what: &str, event: &Node<'_>, seen: &Seen) -> Result<Option<Moved>, String> {
    let known =
        ["add_member", "remove_member", "promote_maintainer", "demote_maintainer"].contains(&what);
    if !known {
        return Ok(None);
    }
    let user = user(event)?;
    let named = member(event, "team").text().ok_or("it does not name its team")?;
    let team = match repository(named) {
        Some(team) => team,
        None => format!("{}/{}", org_name(event)?, named.to_lowercase()),
    };
    let (plain, maintainer) = (format!("team:{team}"), format!("team-maintainer:{team}"));
    let (given, taken) = match what {
        "add_member" => (vec![plain], Vec::new()),
        "promote_maintainer" => (vec![maintainer], Vec::new()),
        "demote_maintainer" => (Vec::new(), vec![maintainer]),
        _ => {
            let held = seen.held.contains(&(user.clone(), maintainer.clone(), None));
            (Vec::new(), [Some(plain), held.then_some(maintainer)].into_iter().flatten().collect())
        }
    };
    Ok(Some(Moved { user, scope: None, given, taken }))
}

fn repo(what: &str, event: &Node<'_>, seen: &Seen) -> Result<Option<Moved>, String> {
    if !matches!(what, "add_member" | "update_member" | "remove_member") {
        return Ok(None);
    }
    let user = user(event)?;
    let repo = member(event, "repo").text().and_then(repository);
    let repo = repo.ok_or("it does not name its repository")?;
    let level = |name: &str| match name {
        "push" => "repo:write".to_owned(),
        "pull" => "repo:read".to_owned(),
        other => format!("repo:{}", other.to_lowercase()),
    };
    let text = |names: &[&str]| names.iter().find_map(|name| member(event, name).text()).map(level);
    let new = text(&["new_repo_permission", "permission"]);
    let old = text(&["old_repo_permission", "old_permission"]);
    let held = || {
        let mine = seen.held.iter().filter(|(who, role, scope)| {
            *who == user && role.starts_with("repo:") && scope.as_ref() == Some(&repo)
        });
        mine.map(|(_, role, _)| role.clone()).collect::<Vec<_>>()
    };
    let (given, taken) = match what {
        "remove_member" => {
            let mut taken = held();
            taken.extend(old.or(new).filter(|role| !taken.contains(role)));
            (Vec::new(), taken)
        }
        _ => (new.into_iter().collect(), old.into_iter().collect()),
    };
    if given.is_empty() && taken.is_empty() {
        return Ok(None);
    }
    Ok(Some(Moved { user, scope: Some(repo), given, taken }))
}

fn one(event: &Node<'_>, role: String, gives: bool) -> Result<Option<Moved>, String> {
    let (given, taken) = if gives { (vec![role], vec![]) } else { (vec![], vec![role]) };
    Ok(Some(Moved { user: user(event)?, scope: None, given, taken }))
}

fn business(what: &str, event: &Node<'_>, _: &Seen) -> Result<Option<Moved>, String> {
    if !matches!(what, "add_admin" | "remove_admin") {
        return Ok(None);
    }
    let name = member(event, "business").text().ok_or("it does not name its enterprise")?;
    one(event, format!("enterprise:{}:admin", name.to_lowercase()), what == "add_admin")
}

fn moderator(what: &str, event: &Node<'_>, _: &Seen) -> Result<Option<Moved>, String> {
    if !matches!(what, "add_user" | "remove_user") {
        return Ok(None);
    }
    one(event, format!("org:{}:moderator", org_name(event)?), what == "add_user")
}
