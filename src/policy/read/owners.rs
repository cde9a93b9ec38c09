//! Reads the parts of `policy.toml` about who sees to exceptions.

use super::document::values;
use super::shape::{self, Wrong};
use super::spelling::did_you_mean;
use super::table::Table;
use crate::policy::{Owner, Tier};

/// Reads one `[[owner]]`; `tiers` are those that it may name.
pub(super) fn owner(mut table: Table<'_>, tiers: &[Tier]) -> Option<Owner> {
    let known = |text: &str| {
        let names = || tiers.iter().map(|tier| tier.name.as_str());
        if names().any(|name| name == text) {
            return Ok(text.to_owned());
        }
        let cure = did_you_mean(text, names(), "define it as a `[[tier]]`");
        Err(Wrong { which: "is no tier".to_owned(), cure })
    };
    let of_nothing = !table.has("repositories") && !table.has("tiers");
    let principal = table.need("principal", "\"ann\"", shape::line);
    let repositories = values(table.list("repositories", shape::bare));
    let tiers = table.list("tiers", known);
    let line = table.line();
    if of_nothing {
        let cure = "name `repositories` or `tiers`, such as `repositories = [\"*\"]`";
        table.note(line, "an [[owner]] of nothing", cure);
    }
    table.close();
    Some(Owner { principal: principal?.value, repositories, tiers: values(tiers), line })
}
