//! One field in its three shapes: text, stored and displayed value, reference.

use crate::ingest::ingester::Context;
use crate::ingest::json_tree::Node;
use crate::model::Instant;

/// A field of a record.
#[derive(Clone, Copy)]
pub(super) struct Field<'n> {
    /// What the database holds, as far as the shape tells.
    pub(super) stored: Option<&'n str>,
    /// What people see.
    pub(super) shown: Option<&'n str>,
    /// Text that may be either.
    pub(super) plain: Option<&'n str>,
}

impl<'n> Field<'n> {
    pub(super) fn of(record: &'n Node<'_>, name: &str) -> Self {
        let node = &record[name];
        if !node.is_object() {
            return Self { stored: None, shown: None, plain: node.text() };
        }
        // A reference that is displayed keeps the stored value at the end of its link only.
        let linked = node["link"].text().and_then(|link| link.rsplit('/').next());
        Self {
            stored: node["value"].text().or(linked.filter(|id| is_sys_id(id))),
            shown: node["display_value"].text(),
            plain: None,
        }
    }

    /// The value, whichever there is; the stored one first.
    pub(super) fn any(self) -> Option<&'n str> {
        self.stored.or(self.plain).or(self.shown)
    }

    /// The value as people see it, if there is one that they see.
    pub(super) fn seen(self) -> Option<&'n str> {
        self.shown.or(self.plain).or(self.stored)
    }

    /// The id of the record that is referred to.
    pub(super) fn reference(self) -> Option<&'n str> {
        self.stored.or(self.plain.filter(|id| is_sys_id(id)))
    }

    pub(super) fn time(self, context: &Context<'_>) -> Result<Option<Instant>, String> {
        match (self.stored, self.plain) {
            (Some(stored), _) => Instant::parse_in(stored, chrono_tz::UTC).map(Some),
            (None, Some(plain)) => context.time(plain).map(Some),
            (None, None) => Ok(None),
        }
        .map_err(|error| error.to_string())
    }
}

/// Whether the text is the id of a record: 32 hexadecimal digits.
pub(super) fn is_sys_id(text: &str) -> bool {
    text.len() == 32 && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}
