//! Who held which role from when until when, as a table that people or a directory export.

use std::borrow::Cow;

use super::decode::Trouble;
use super::error::printable;
use super::feed::{Container, Feed, Item};
use super::rows;
use super::sample::Sample;
use super::{
    Columns,
    ingester::{Context, ingester},
};
use crate::model::{AccountKind, Batch, Grant, HowKnown, TimeError};

ingester! {
    /// A table of roles: one row says who held which role, on what, from when until when.
    ///
    /// ## How to make it
    ///
    /// From any directory or access review, saved as CSV with a header:
    ///
    /// ```text
    /// principal,role,scope,from,until,granted-by,email
    /// ann@acme.example,change-approver,acme/pay,2026-01-01T00:00:00Z,,eve@acme.example,
    /// ```
    ///
    /// Commas, semicolons and tabs separate columns. Other headers are named in the source's
    /// `columns`; upper and lower case, hyphens, underscores and blanks make no difference. Set
    /// `system` to the directory that the accounts and roles belong to; without it they belong to
    /// `roles`.
    ///
    /// Times are written as `2026-10-01T09:30:00Z`, `2026-10-01 09:30` or `2026-10-01`. Set `timezone`
    /// where they have no zone: a row with such a time is rejected otherwise, whatever the
    /// organisation's zone is. A table that writes them in another way (`01.10.2026`) is read as
    /// [events-csv](events-csv.md), with `gives = "grant"` and a pattern.
    ///
    /// ## Fields read
    ///
    /// Holder and role are needed. Scope, begin, end, who granted and the holder's address are
    /// optional. A role without a begin was held all along, one without an end still is. The end is
    /// the first moment at which it is no longer held: a bare date means that day's first moment.
    ///
    /// ## What it proves
    ///
    /// Which roles an account held at any moment, if the table has columns for begin or end. A table
    /// without both shows only the moment it was exported at: set `snapshot-at` for its source.
    ///
    /// ## What it cannot prove
    ///
    /// That the table is complete, or how it was made: say so with the source's `exported-by`,
    /// `exported-at` and `command`.
    pub(super) static ROLES_CSV = "roles-csv" {
        title: "Role assignments (CSV)",
        system: "roles",
        since: "0.1.0",
        names: &["principal", "role", "scope", "from", "until", "granted-by", "email"],
        recognise: recognise,
        read: read,
    }
}

const PRINCIPAL: &[&str] = &["principal", "user", "username", "login", "account", "member"];
const ROLE: &[&str] = &["role", "rolename", "group", "groupname", "entitlement"];
const SCOPE: &[&str] = &["scope"];
const FROM: &[&str] = &[
    "from",
    "validfrom",
    "since",
    "start",
    "startdate",
    "startsat",
    "granted",
    "grantedat",
    "grantedon",
    "assignedat",
    "assignedon",
    "begin",
];
const UNTIL: &[&str] = &[
    "until",
    "validuntil",
    "validto",
    "to",
    "end",
    "enddate",
    "endsat",
    "revoked",
    "revokedat",
    "revokedon",
    "removedat",
    "expires",
    "expiresat",
    "expiry",
];
const GRANTED_BY: &[&str] = &["grantedby", "assignedby"];
const EMAIL: &[&str] = &["email", "mail", "emailaddress"];

fn recognise(sample: &Sample<'_>) -> Option<Container> {
    let header = sample.header()?;
    // A table begins with names, never with what begins JSON or markup.
    if header.trim_start().starts_with(['{', '[', '<'])
        || header.contains(|c: char| c.is_control() && c != '\t')
    {
        return None;
    }
    let delimiter = rows::delimiter(header);
    let columns = Header::new(&rows::fields(header, delimiter), &sample.settings.columns);
    let fits = columns.is_ok() || sample.configured_as(ROLES_CSV.id);
    fits.then_some(Container::Csv(delimiter))
}

/// Spelling without what makes no difference.
fn plain(name: &str) -> String {
    name.chars().filter(|c| !matches!(c, '-' | '_' | ' ')).flat_map(char::to_lowercase).collect()
}

/// Which column holds what.
struct Header {
    width: usize,
    principal: usize,
    role: usize,
    scope: Option<usize>,
    from: Option<usize>,
    until: Option<usize>,
    granted_by: Option<usize>,
    email: Option<usize>,
    /// Names of the columns that hold none of these.
    unread: Vec<String>,
}

impl Header {
    fn new(names: &[Cow<'_, str>], columns: &Columns) -> Result<Self, String> {
        let names: Vec<_> = names.iter().map(|name| plain(name.trim())).collect();
        let find = |what: &str, set: &Option<String>, usual: &[&str]| match set {
            Some(name) => match names.iter().position(|known| *known == plain(name.trim())) {
                Some(at) => Ok(Some(at)),
                None => Err(format!(
                    "the header has no column `{name}` (correct `columns.{what}` of its source)"
                )),
            },
            None => Ok(usual.iter().find_map(|name| names.iter().position(|known| known == name))),
        };
        let need = |what: &str, found: Option<usize>| {
            found.ok_or_else(|| {
                format!(
                    "the header has no column for the {what} (set `columns.{what}` of its source)"
                )
            })
        };
        let mut header = Self {
            width: names.len(),
            principal: need("principal", find("principal", &columns.principal, PRINCIPAL)?)?,
            role: need("role", find("role", &columns.role, ROLE)?)?,
            scope: find("scope", &columns.scope, SCOPE)?,
            from: find("from", &columns.from, FROM)?,
            until: find("until", &columns.until, UNTIL)?,
            granted_by: find("granted-by", &columns.granted_by, GRANTED_BY)?,
            email: find("email", &columns.email, EMAIL)?,
            unread: Vec::new(),
        };
        let Self { principal, role, scope, from, until, granted_by, email, .. } = header;
        let read = [Some(principal), Some(role), scope, from, until, granted_by, email];
        let unread = names.into_iter().enumerate().filter(|(at, _)| !read.contains(&Some(*at)));
        header.unread = unread.map(|(_, name)| name).collect();
        Ok(header)
    }

    /// A table with one end of the interval may well hold the other under a name of its own. Roles
    /// that seem to be held for ever must not come from a column that nobody read.
    fn gap(&self) -> Option<String> {
        let lacks = match (self.from, self.until) {
            (Some(_), None) => "until",
            (None, Some(_)) => "from",
            _ => return None,
        };
        let unread: Vec<_> = self.unread.iter().map(|n| printable(n.as_bytes(), 30)).collect();
        (!unread.is_empty()).then(|| {
            format!(
                "no column `{lacks}` was found, and {} not read (set `columns.{lacks}` of the \
                 source, or leave out columns that hold no times)",
                match &unread[..] {
                    [one] => format!("the column `{one}` was"),
                    more => format!("the columns `{}` were", more.join("`, `")),
                }
            )
        })
    }

    fn known(&self, context: &Context<'_>) -> HowKnown {
        if self.from.is_some() || self.until.is_some() {
            HowKnown::Interval
        } else {
            HowKnown::Snapshot(context.settings.snapshot_at)
        }
    }
}

fn read(feed: &mut Feed<'_>, context: &Context<'_>, out: &mut Batch) -> Result<(), Trouble> {
    let Some(first) = feed.next(out)? else { return Ok(()) };
    let delimiter = rows::delimiter(first.text);
    let header = Header::new(&rows::fields(first.text, delimiter), &context.settings.columns);
    if let Ok(header) = &header {
        out.proves_roles(header.known(context));
        if let Some(gap) = header.gap() {
            out.gap(gap);
        }
    }
    let mut rows = false;
    while let Some(item) = feed.next(out)? {
        rows = true;
        let place = item.place;
        let lowered = match &header {
            Ok(header) => lower(&item, header, delimiter, context, out),
            Err(reason) => Err(reason.clone()),
        };
        match lowered {
            Ok(()) => out.lowered(),
            Err(reason) => out.reject(place, reason),
        }
    }
    if let Some(fault) = header.err().filter(|_| !rows) {
        out.gap(format!("{fault}, and no row stands below it"));
    }
    Ok(())
}

fn lower(
    item: &Item<'_>,
    header: &Header,
    delimiter: u8,
    context: &Context<'_>,
    out: &mut Batch,
) -> Result<(), String> {
    let fields = rows::fields(item.text, delimiter);
    if fields.len() != header.width {
        return Err(format!("it has {} fields, the header has {}", fields.len(), header.width));
    }
    let cell = |at: Option<usize>| {
        at.and_then(|at| fields.get(at)).map(|cell| cell.trim()).filter(|cell| !cell.is_empty())
    };
    let need = |at, what| cell(Some(at)).ok_or_else(|| format!("its {what} is empty"));
    let principal = need(header.principal, "principal")?.to_lowercase();
    let role = need(header.role, "role")?;
    let time = |at| context.maybe_time(cell(at)).map_err(|error| cure(&error));
    let (from, until) = (time(header.from)?, time(header.until)?);
    if let (Some(from), Some(until)) = (from, until)
        && until < from
    {
        return Err(format!("it ends at {until}, before it begins at {from}"));
    }
    let email = cell(header.email).or(Some(&principal)).filter(|email| is_address(email));
    let holder = out.account_id(context.system, &principal);
    out.account(item.place, holder, AccountKind::Unknown, email, None);
    let granted_by = cell(header.granted_by).map(|by| {
        let by = by.to_lowercase();
        let id = out.account_id(context.system, &by);
        out.account(
            item.place,
            id,
            AccountKind::Unknown,
            Some(&*by).filter(|by| is_address(by)),
            None,
        )
    });
    let grant = Grant {
        holder,
        role: out.role_id(context.system, role),
        scope: out.maybe(cell(header.scope)),
        from,
        until,
        granted_by,
        known: header.known(context),
    };
    out.grant(item.place, grant);
    Ok(())
}

/// What is wrong with a time, and where other ways of writing one are read.
fn cure(error: &TimeError) -> String {
    match error {
        TimeError::Unreadable(_) => format!(
            "{error}; a table that writes times in another way is read as `events-csv`, with \
             `gives = \"grant\"` and a pattern such as `time = \"%d.%m.%Y\"`"
        ),
        TimeError::NoZone(_) | TimeError::Range(_) => error.to_string(),
    }
}

fn is_address(text: &str) -> bool {
    let parts = text.split_once('@');
    parts.is_some_and(|(local, domain)| {
        !local.is_empty() && domain.contains('.') && !text.contains(char::is_whitespace)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ingest::{Settings, testing::told};

    fn okta() -> Settings {
        Settings { system: Some("okta".into()), ..Settings::default() }
    }

    #[test]
    fn intervals() {
        let text = "\u{feff}Principal;ROLE;Granted_By;valid from;Until;scope\r\n\
            Ann@Acme.example;change-approver;eve;2026-01-01T00:00:00Z;;acme/pay\r\n\
            bob;\"a;b\";;;2026-02-01T00:00:00+01:00;\r\n";
        let told = told(text, &okta());
        assert_eq!(told.counts(), [2, 2, 0, 0]);
        assert_eq!(
            told.grants(),
            [
                "okta:ann@acme.example okta:change-approver acme/pay 2026-01-01T00:00:00Z - \
                 Interval",
                "okta:bob okta:a;b - - 2026-01-31T23:00:00Z Interval",
            ]
        );
        assert_eq!(
            told.accounts(),
            [
                "okta:ann@acme.example unknown ann@acme.example -",
                "okta:bob unknown - -",
                "okta:eve unknown - -",
            ]
        );
        assert_eq!(told.0.sources()[0].roles, Some(HowKnown::Interval));
    }

    #[test]
    fn rows_that_cannot_be_read() {
        let text = "principal,role,from,until\n\
            a,b,2026-01-01,\n\
            a,b\n\
            a,b,2026-01-02T00:00:00Z,2026-01-01T00:00:00Z\n\
            ,b,,\n\
            a,,,\n\
            a,b,soon,\n\
            a,b,,\n\
            \"a,b,,\n";
        let told = told(text, &Settings::default());
        assert_eq!(told.counts(), [8, 1, 0, 7]);
        let rejects = told.rejects();
        for (reject, want) in rejects.iter().zip([
            "line 2: `2026-01-01` has no time zone",
            "line 3: it has 2 fields",
            "line 4: it ends at",
            "line 5: its principal is empty",
            "line 6: its role is empty",
            "line 7: `soon` is not a time (want RFC 3339, such as 2026-10-01T09:30:00Z); a table that",
            "line 9: a quote of this row is never closed",
        ]) {
            assert!(reject.starts_with(want), "{reject}");
        }
        assert_eq!(told.gaps().len(), 1);
    }

    #[test]
    fn zones_columns_and_snapshots_come_from_the_settings() {
        let settings = Settings {
            timezone: Some(chrono_tz::Europe::Berlin),
            columns: Columns {
                principal: Some("Konto".into()),
                role: Some("Rolle".into()),
                from: Some("ab".into()),
                ..Columns::default()
            },
            ..Settings::default()
        };
        let berlin = told("konto\trolle\tab\nann\tx\t2026-07-01\n", &settings);
        assert_eq!(berlin.grants(), ["roles:ann roles:x - 2026-06-30T22:00:00Z - Interval"]);
        let at = crate::model::Instant::parse("2026-10-01T00:00:00Z").unwrap();
        let settings = Settings { snapshot_at: Some(at), ..Settings::default() };
        let table = told("user,role\nann,x\n", &settings);
        assert!(table.grants()[0].contains("Snapshot(Some"), "{:?}", table.grants());
    }

    #[test]
    fn an_end_that_nobody_read_is_a_gap() {
        let of = |header: &str| {
            let text = format!("{header}\nann,x,2026-01-01T00:00:00Z,y\n");
            told(&text, &Settings::default()).gaps().join("")
        };
        assert!(of("user,role,from,valid_upto").contains("the column `validupto` was not read"));
        assert_eq!(of("user,role,from,scope"), "");
        assert_eq!(of("user,role,note,remark"), "");
    }

    #[test]
    fn a_missing_column_rejects_each_row_with_the_cure() {
        let settings = Settings { format: Some("roles-csv".into()), ..Settings::default() };
        let told = told("who,what\na,b\nc,d\n", &settings);
        assert_eq!(told.counts(), [2, 0, 0, 2]);
        assert!(told.rejects()[1].contains("set `columns.principal`"));
        let alone = self::told("ann,x\n", &settings);
        assert!(alone.gaps()[0].ends_with("and no row stands below it"), "{:?}", alone.gaps());
    }
}
