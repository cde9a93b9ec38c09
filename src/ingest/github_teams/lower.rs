//! From a membership to grants.

use super::record::Record;
use super::scope::Scope;
use crate::ingest::github_accounts::User;
use crate::ingest::ingester::Context;
use crate::model::{AccountId, Batch, Grant, HowKnown};

/// What became of a record.
pub(super) enum Lowered {
    Grants,
    Nothing(&'static str),
}

/// Where a record stands, and what its file and settings say about it.
pub(super) struct Place<'a> {
    pub(super) place: crate::model::Place,
    pub(super) context: &'a Context<'a>,
    /// The organisation that the page is about.
    pub(super) org: Option<&'a str>,
}

const NO_SCOPE: &str = "a list does not name what it is a list of (set `scope = \
                        \"team:ORG/TEAM\"`, `\"org:ORG\"` or `\"repo:OWNER/REPO\"` for its source)";
const NO_TIME: &str =
    "a webhook holds no time (set `snapshot-at` for its source to when it arrived)";
const NOT_YET: &str = "invitation that was not accepted";

impl Place<'_> {
    /// Lowers one record.
    pub(super) fn lower(&self, record: &Record<'_>, out: &mut Batch) -> Result<Lowered, String> {
        if record.action.is_some() {
            return self.webhook(record, out);
        }
        if record.slug.is_some() || record.combined_slug.is_some() {
            return self.team(record, out);
        }
        if let Some(user) = &record.node {
            let scope = self.org_scope(None)?;
            return self.hold(user, &scope, record.role.as_deref(), out);
        }
        if record.state.as_deref() == Some("pending") {
            return Ok(Lowered::Nothing(NOT_YET));
        }
        if record.permission.is_some() {
            return self.permission(record, out);
        }
        if record.role.is_some() && record.login.is_none() {
            return self.membership(record, out);
        }
        self.listed(record, out)
    }

    fn settings_scope(&self) -> Option<Scope> {
        Scope::parse(self.context.settings.scope.as_deref()?)
    }

    fn org_scope(&self, named: Option<&str>) -> Result<Scope, String> {
        let set = match self.settings_scope() {
            Some(Scope::Org(org)) => Some(org),
            _ => None,
        };
        let org = named.or(self.org).map(str::to_lowercase).or(set);
        Ok(Scope::Org(org.ok_or(NO_SCOPE)?))
    }

    fn repo_scope(&self) -> Result<Scope, String> {
        let set = self.context.settings.repository.as_deref();
        let scope = self.settings_scope().or_else(|| Scope::parse(&format!("repo:{}", set?)));
        match scope {
            Some(scope @ Scope::Repo(_)) => Ok(scope),
            _ => Err("it does not name its repository (set `scope = \"repo:OWNER/REPO\"` for its \
                      source)"
                .to_owned()),
        }
    }

    /// An account in a list.
    fn listed(&self, record: &Record<'_>, out: &mut Batch) -> Result<Lowered, String> {
        let login = record.login.as_deref().ok_or("it names nobody: not a member")?;
        let own = record.role_name.as_deref().or(record.permissions.and_then(|p| p.role()));
        let set = self.context.settings.role.as_deref();
        // Only collaborators carry permissions.
        let scope = if record.permissions.is_some() || record.role_name.is_some() {
            self.repo_scope()?
        } else {
            self.settings_scope().ok_or(NO_SCOPE)?
        };
        let user = User { kind: record.kind.clone(), ..User::named(login) };
        self.hold(&user, &scope, own.or(set), out)
    }

    /// Somebody's membership of an organisation or team.
    fn membership(&self, record: &Record<'_>, out: &mut Batch) -> Result<Lowered, String> {
        let url = record.url.as_deref().unwrap_or_default();
        let of_team = url.contains("/teams/") || url.contains("/team/");
        let scope = if of_team {
            match self.settings_scope() {
                Some(scope @ Scope::Team(_)) => scope,
                _ => return Err(NO_SCOPE.to_owned()),
            }
        } else {
            let org = record.organization.as_ref().and_then(|org| org.login.as_deref());
            let in_url = url.split_once("/orgs/").and_then(|(_, rest)| rest.split('/').next());
            self.org_scope(org.or(in_url))?
        };
        // A membership of a team names its user in the address only.
        let named = url.rsplit_once("/memberships/").map(|(_, login)| login);
        let user = match (&record.user, named) {
            (Some(user), _) => user.clone(),
            (None, Some(login)) => User::named(login),
            (None, None) => return Err("it names nobody: not a membership".to_owned()),
        };
        self.hold(&user, &scope, record.role.as_deref(), out)
    }

    /// What somebody may do in a repository.
    fn permission(&self, record: &Record<'_>, out: &mut Batch) -> Result<Lowered, String> {
        let role = record.role_name.as_deref().or(record.permission.as_deref());
        if role == Some("none") {
            return Ok(Lowered::Nothing("account without access"));
        }
        let user = record.user.as_ref().ok_or("it names nobody: not a permission")?;
        self.hold(user, &self.repo_scope()?, role, out)
    }

    /// A team with its members, in GraphQL.
    fn team(&self, record: &Record<'_>, out: &mut Batch) -> Result<Lowered, String> {
        let Some(members) = &record.members else {
            return Err(
                "the team comes without its members (add `members` to the query)".to_owned()
            );
        };
        let scope = match (&record.combined_slug, &record.slug) {
            (Some(combined), _) => Scope::parse(&format!("team:{}", &**combined)),
            (None, Some(slug)) => match self.org_scope(None)? {
                Scope::Org(org) => Scope::parse(&format!("team:{org}/{}", &**slug)),
                _ => None,
            },
            (None, None) => None,
        };
        let scope = scope.ok_or("it does not name its team (add `combinedSlug` to the query)")?;
        let mut any = false;
        for edge in &members.edges {
            if let Some(user) = &edge.node {
                self.hold(user, &scope, edge.role.as_deref(), out)?;
                any = true;
            }
        }
        if members.edges.is_empty() {
            for user in &members.nodes {
                self.hold(user, &scope, None, out)?;
                any = true;
            }
        }
        Ok(if any { Lowered::Grants } else { Lowered::Nothing("team without members") })
    }

    fn hold(
        &self,
        user: &User<'_>,
        scope: &Scope,
        role: Option<&str>,
        out: &mut Batch,
    ) -> Result<Lowered, String> {
        let known = HowKnown::Snapshot(self.context.settings.snapshot_at);
        self.grant(user, scope, role, known, None, out)?;
        Ok(Lowered::Grants)
    }

    fn grant(
        &self,
        user: &User<'_>,
        scope: &Scope,
        role: Option<&str>,
        known: HowKnown,
        granted_by: Option<AccountId>,
        out: &mut Batch,
    ) -> Result<(), String> {
        let roles = scope.roles(role)?;
        let system = self.context.system;
        let holder = user.add(out, self.place, system);
        let at = self.context.settings.snapshot_at;
        for role in roles {
            let grant = Grant {
                holder,
                role: out.role_id(system, &role),
                scope: out.maybe(scope.limit()),
                from: at.filter(|_| known == HowKnown::GrantEvent),
                until: at.filter(|_| known == HowKnown::RevokeEvent),
                granted_by,
                known,
            };
            out.grant(self.place, grant);
        }
        Ok(())
    }

    /// A webhook: somebody was added or removed.
    fn webhook(&self, record: &Record<'_>, out: &mut Batch) -> Result<Lowered, String> {
        let known = match record.action.as_deref() {
            Some("added" | "member_added" | "edited") => HowKnown::GrantEvent,
            Some("removed" | "member_removed") => HowKnown::RevokeEvent,
            Some("member_invited") => return Ok(Lowered::Nothing(NOT_YET)),
            _ => return Ok(Lowered::Nothing("event about no membership")),
        };
        if record.membership.as_ref().is_some_and(|m| m.state.as_deref() == Some("pending")) {
            return Ok(Lowered::Nothing(NOT_YET));
        }
        let (user, scope, role) = self.concerned(record)?;
        if self.context.settings.snapshot_at.is_none() {
            return Err(NO_TIME.to_owned());
        }
        // Checked before the sender is added, so that a rejected record leaves nothing behind.
        scope.roles(role)?;
        let by =
            record.sender.as_ref().map(|sender| sender.add(out, self.place, self.context.system));
        self.grant(user, &scope, role, known, by, out)?;
        Ok(Lowered::Grants)
    }

    /// Whom a webhook is about, and which role.
    fn concerned<'r>(
        &'r self,
        record: &'r Record<'_>,
    ) -> Result<(&'r User<'r>, Scope, Option<&'r str>), String> {
        let org = record.organization.as_ref().and_then(|org| org.login.as_deref());
        if let Some(membership) = &record.membership {
            let user = membership.user.as_ref().ok_or("it names nobody")?;
            return Ok((user, self.org_scope(org)?, membership.role.as_deref()));
        }
        let user = record.member.as_ref().ok_or("it names nobody")?;
        if let Some(team) = &record.team {
            let slug =
                team.slug.as_deref().ok_or("the team was deleted and has no name any more")?;
            let name = format!("team:{}/{slug}", org.ok_or(NO_SCOPE)?);
            return Ok((user, Scope::parse(&name).ok_or("the team has no usable name")?, None));
        }
        let repo = record.repository.as_ref().and_then(|repo| repo.full_name.as_deref());
        let scope = repo.and_then(|name| Scope::parse(&format!("repo:{name}")));
        let changes = record.changes.as_ref();
        let change = changes.and_then(|c| c.role_name.as_ref().or(c.permission.as_ref()));
        let role = change.and_then(|change| change.to.as_deref());
        let set = self.context.settings.role.as_deref();
        Ok((user, scope.ok_or("it does not name its repository")?, role.or(set)))
    }
}
