//! The credential report: who can sign in to an account, and how.

use crate::ingest::attempt::{Actor, Lowered};
use crate::ingest::ingester::Context;
use crate::ingest::json_tree::Node;
use crate::ingest::{base64, rows};
use crate::model::{AccountKind, Batch, Grant, HowKnown, Instant, Place};

/// How the report's header begins.
const HEADER: &str = "user,arn,user_creation_time,";

pub(super) fn is_header(line: &str) -> bool {
    line.starts_with(HEADER)
}

/// Columns, and the credential that somebody has if one of them says `true`.
const CREDENTIALS: &[(&[&str], &str)] = &[
    (&["password_enabled"], "credential:password"),
    (&["access_key_1_active", "access_key_2_active"], "credential:access-key"),
];

/// The report's columns.
pub(super) struct Table {
    names: Vec<String>,
}

impl Table {
    pub(super) fn new(header: &str) -> Self {
        let names = rows::fields(header, b',');
        Self { names: names.iter().map(|name| name.trim().to_owned()).collect() }
    }

    /// Lowers one user.
    pub(super) fn row(
        &self,
        row: &str,
        place: Place,
        at: Option<Instant>,
        context: &Context<'_>,
        out: &mut Batch,
    ) -> Result<Lowered, String> {
        let fields = rows::fields(row, b',');
        if fields.len() != self.names.len() {
            let (has, want) = (fields.len(), self.names.len());
            return Err(format!("it has {has} fields, the header has {want}"));
        }
        let cell = |name: &str| {
            let at = self.names.iter().position(|known| known == name)?;
            fields.get(at).map(|cell| cell.trim())
        };
        let arn = cell("arn").filter(|arn| arn.starts_with("arn:")).ok_or("its arn is no ARN")?;
        let name = cell("user").filter(|name| *name != "<root_account>");
        let user = Actor { name, ..Actor::new(arn, AccountKind::Unknown) };
        let holder = user.add(place, context.system, out);
        for (columns, role) in CREDENTIALS {
            if !columns.iter().any(|column| cell(column) == Some("true")) {
                continue;
            }
            let grant = Grant {
                holder,
                role: out.role_id(context.system, role),
                scope: out.maybe(account(arn)),
                from: None,
                until: None,
                granted_by: None,
                known: HowKnown::Snapshot(at),
            };
            out.grant(place, grant);
        }
        Ok(Lowered::Records)
    }
}

/// The number of the account that an ARN belongs to.
pub(super) fn account(arn: &str) -> Option<&str> {
    arn.split(':').nth(4).filter(|account| !account.is_empty() && *account != "aws")
}

/// Lowers the report as the interface replies it: CSV in base64, or decoded by some tools.
pub(super) fn report(
    content: &Node<'_>,
    place: Place,
    at: Option<Instant>,
    context: &Context<'_>,
    out: &mut Batch,
) -> Result<Lowered, String> {
    let text = content.text().ok_or("its Content is no text")?;
    let decoded = match is_header(text) {
        true => text.to_owned(),
        false => base64::decode(text)
            .and_then(|bytes| String::from_utf8(bytes).ok())
            .filter(|text| is_header(text))
            .ok_or("its Content is no credential report")?,
    };
    let place = place.inside(out.text("/Content"));
    let mut lines = decoded.lines().filter(|line| !line.trim().is_empty());
    let table = Table::new(lines.next().unwrap_or_default());
    for (at_row, line) in lines.enumerate() {
        let lowered = table.row(line, place, at, context, out);
        lowered.map_err(|reason| format!("row {} of its Content: {reason}", at_row + 2))?;
    }
    Ok(Lowered::Records)
}
