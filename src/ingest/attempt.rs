//! What logs of access decisions have in common: who tried what, and whether it is kept.

use std::borrow::Cow;

use super::decode::Trouble;
use super::feed::Feed;
use super::ingester::Context;
use super::json_tree::Node;
use super::pages;
use crate::model::{AccountId, AccountKind, Batch, Decision, Instant, Outcome, Place};

/// What became of a record.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Lowered {
    /// It gave records.
    Records,
    /// It holds nothing that is judged: why.
    Nothing(&'static str),
}

impl Lowered {
    /// The same, or records if the record gave some besides.
    pub(super) fn or(self, gave: bool) -> Self {
        if gave { Self::Records } else { self }
    }
}

/// Reasons that several logs share.
pub(super) const READING: Lowered = Lowered::Nothing("allowed and only reading");
pub(super) const UNWATCHED: Lowered = Lowered::Nothing(
    "allowed, by nobody who is watched, and nothing that policy watches or forbids to their tier",
);
pub(super) const OTHER_FAILURE: Lowered =
    Lowered::Nothing("failed for another reason than a missing permission");

/// How much of a system's own words is kept: some append kilobytes of detail.
const MESSAGE: usize = 1000;

/// Reads every record of a file as a tree and counts what became of it.
pub(super) fn each_record(
    feed: &mut Feed<'_>,
    out: &mut Batch,
    mut lower: impl FnMut(&Node<'_>, Place, &mut Batch) -> Result<Lowered, String>,
) -> Result<(), Trouble> {
    while let Some(item) = feed.next(out)? {
        let lowered = match Node::parse(item.text) {
            Ok(node) => lower(&node, item.place, out),
            Err(reason) => Err(reason),
        };
        match lowered {
            Ok(Lowered::Records) => out.lowered(),
            Ok(Lowered::Nothing(reason)) => out.irrelevant(reason),
            Err(reason) => out.reject(item.place, reason),
        }
    }
    Ok(())
}

/// Notes that a file holds exactly as many records as one reply does: there may be more. Unless the
/// command that made the export is said to have asked for every page.
pub(super) fn full_reply(sizes: &[u64], context: &Context<'_>, out: &mut Batch) {
    let command = context.settings.export.command.as_deref().unwrap_or_default();
    let items = out.tally().items;
    if sizes.contains(&items) && !pages::asks_for_all(command) {
        out.gap(format!(
            "it holds exactly {items} records, as many as one reply does: see that the replies \
             after it were exported too (if one command fetched every page, say it in `command`)"
        ));
    }
}

/// An account as a record names it.
#[derive(Clone, Debug)]
pub(super) struct Actor<'a> {
    /// Its id within its system.
    pub(super) local: Cow<'a, str>,
    pub(super) kind: AccountKind,
    /// An address that the system vouches for.
    pub(super) email: Option<&'a str>,
    pub(super) name: Option<&'a str>,
}

impl<'a> Actor<'a> {
    /// An account of which only the id is known.
    pub(super) fn new(local: impl Into<Cow<'a, str>>, kind: AccountKind) -> Self {
        Self { local: local.into(), kind, email: None, name: None }
    }

    /// Adds the account.
    pub(super) fn add(&self, place: Place, system: &str, out: &mut Batch) -> AccountId {
        let id = out.account_id(system, &self.local);
        out.account(place, id, self.kind, self.email, self.name)
    }
}

/// Something that was tried.
pub(super) struct Attempt<'a> {
    pub(super) at: Instant,
    pub(super) actor: Actor<'a>,
    /// Without the system.
    pub(super) action: Cow<'a, str>,
    pub(super) resource: Option<Cow<'a, str>>,
    pub(super) outcome: Outcome,
    pub(super) code: Option<Cow<'a, str>>,
    pub(super) control: Option<Cow<'a, str>>,
    pub(super) message: Option<Cow<'a, str>>,
    pub(super) request: Option<Cow<'a, str>>,
}

impl Attempt<'_> {
    /// Keeps it, unless it was allowed and neither the account nor the action is watched.
    pub(super) fn keep(self, place: Place, context: &Context<'_>, out: &mut Batch) -> Lowered {
        let settled = matches!(self.outcome, Outcome::Denied | Outcome::Bypassed);
        if !settled && !context.keeps(&self.actor.local, &self.action) {
            return UNWATCHED;
        }
        let decision = Decision {
            at: self.at,
            actor: self.actor.add(place, context.system, out),
            action: out.text(&format!("{}:{}", context.system, self.action)),
            resource: out.maybe(self.resource.as_deref()),
            outcome: self.outcome,
            code: out.maybe(self.code.as_deref()),
            control: out.maybe(self.control.as_deref()),
            message: out.maybe(self.message.as_deref().map(shortened).as_deref()),
            request: out.maybe(self.request.as_deref()),
        };
        out.decision(place, decision);
        Lowered::Records
    }
}

fn shortened(message: &str) -> Cow<'_, str> {
    match message.char_indices().nth(MESSAGE) {
        Some((at, _)) => format!("{}…", &message[..at]).into(),
        None => message.into(),
    }
}

/// An address, if the text looks like one: something, `@`, and a domain with a dot.
pub(super) fn address(text: &str) -> Option<&str> {
    let (local, domain) = text.split_once('@')?;
    let odd = |c: char| c.is_whitespace() || matches!(c, '@' | '/' | ':');
    (!local.is_empty() && domain.contains('.') && !domain.contains(odd) && !local.contains(odd))
        .then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_as_long_as_a_page_are_gaps_unless_a_command_asked_for_all() {
        let gaps = |items: u64, command: Option<&str>| {
            let mut settings = crate::model::Settings::default();
            settings.export.command = command.map(str::to_owned);
            let context = Context { settings: &settings, system: "x", watch: &|_: &str| false };
            let mut out = Batch::default();
            (0..items).for_each(|_| out.lowered());
            full_reply(&[20, 100], &context, &mut out);
            let facts = crate::model::FileFacts {
                path: "x".to_owned(),
                format: "x",
                system: "x".to_owned(),
                digest: crate::model::Digest::of(b""),
                bytes: 0,
                export: crate::model::Export::default(),
            };
            crate::model::Dataset::seal(vec![(facts, out)]).sources()[0].gaps.len()
        };
        assert_eq!([gaps(19, None), gaps(20, None), gaps(100, Some("glab api x"))], [0, 1, 1]);
        assert_eq!(gaps(100, Some("glab api --paginate x")), 0);
    }

    #[test]
    fn addresses() {
        assert_eq!(address("ann@acme.example"), Some("ann@acme.example"));
        for text in
            ["ann", "@acme.example", "ann@acme", "a b@acme.example", "user:a@b.c", "a@b@c.d"]
        {
            assert_eq!(address(text), None, "{text}");
        }
    }

    #[test]
    fn long_messages_are_cut_between_characters() {
        assert_eq!(shortened("short"), "short");
        let cut = shortened(&"ä".repeat(2000)).into_owned();
        assert_eq!(cut.chars().count(), MESSAGE + 1);
        assert!(cut.ends_with('…'));
    }
}
