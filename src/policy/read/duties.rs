//! Reads the parts of `policy.toml` about tickets, duties and production: who may do what to a
//! change, and where that counts.

use super::document::values;
use super::shape::{self, one_of};
use super::table::Table;
use crate::model::Duty;
use crate::policy::builtin;
use crate::policy::{IncompatibleDuties, Production, Severity, TicketNeed, Tickets};

/// Reads `[tickets]`; none are needed where there is no such table.
pub(super) fn tickets(table: Option<Table<'_>>) -> Tickets {
    let mut tickets = Tickets { required: TicketNeed::Never, keys: Vec::new() };
    let Some(mut table) = table else { return tickets };
    if let Some(need) =
        table.get("required", |text| one_of(text, &TicketNeed::ALL, TicketNeed::name))
    {
        tickets.required = need.value;
    }
    tickets.keys = values(table.list("keys", shape::ticket_key));
    table.close();
    tickets
}

/// Reads every `[[incompatible-duties]]`. Each pair stands once; the one that every policy has
/// may be repeated as it is.
pub(super) fn duties(root: &mut Table<'_>) -> Vec<IncompatibleDuties> {
    let all: Vec<_> =
        root.tables("incompatible-duties").into_iter().filter_map(pair_of_duties).collect();
    for (index, pair) in all.iter().enumerate() {
        if let Some(first) = all[..index].iter().find(|first| first.are(pair.one, pair.other)) {
            let (one, other) = (pair.one, pair.other);
            let fault =
                format!("[[incompatible-duties]] {one} and {other} are on line {}", first.line);
            root.note(pair.line, fault, "remove one of them");
        }
    }
    builtin::with_duties(all)
}

fn pair_of_duties(mut table: Table<'_>) -> Option<IncompatibleDuties> {
    let duty = |text: &str| one_of(text, &IncompatibleDuties::SEPARABLE, Duty::name);
    let one = table.need("one", "\"author\"", duty);
    let other = table.need("other", "\"execute\"", duty);
    let severity = table.get("severity", |text| one_of(text, &Severity::ALL, Severity::name));
    let line = table.line();
    let severity = severity.map_or(Severity::High, |at| at.value);
    let pair = one.zip(other).map(|(one, other)| IncompatibleDuties {
        one: one.value,
        other: other.value,
        severity,
        line,
    });
    if let Some(pair) = &pair {
        if pair.one == pair.other {
            let fault = format!("`{}` stands in `one` and in `other`", pair.one);
            table.note(line, fault, "name another duty in one of them");
        }
        if pair.are(Duty::Author, Duty::Approve) && severity != Severity::High {
            let cure = "remove the table, or write `severity = \"high\"`";
            table.note(line, "author and approve are apart in every policy, and high", cure);
        }
    }
    table.close();
    pair
}

/// Reads one `[[production]]`.
pub(super) fn production(mut table: Table<'_>) -> Production {
    let environments = table.some("environments", "[\"production\"]", shape::bare);
    let repositories = values(table.list("repositories", shape::bare));
    let line = table.line();
    table.close();
    Production { environments, repositories, line }
}
