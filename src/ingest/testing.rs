//! What tests of ingesters share: inputs in memory, readers that give little at a time, and
//! records as text.

use std::io::{self, Cursor, Read};

use super::decode::{Decoded, MAX_INFLATED};
use super::window::Window;
use super::{Input, Open, Settings, read};
use crate::model::{AccountId, Dataset, Instant, SubjectId};

/// A reader that gives at most `step` bytes at a time.
pub(super) struct Drip {
    bytes: Cursor<Vec<u8>>,
    step: usize,
}

impl Drip {
    pub(super) fn new(bytes: &[u8], step: usize) -> Self {
        Self { bytes: Cursor::new(bytes.to_vec()), step }
    }
}

impl Read for Drip {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let len = buf.len().min(self.step);
        self.bytes.read(&mut buf[..len])
    }
}

pub(super) fn window(bytes: &[u8], step: usize) -> Window {
    Window::new(Decoded::new(Box::new(Drip::new(bytes, step)), MAX_INFLATED).unwrap())
}

/// A file in memory.
pub(super) struct Memory {
    pub(super) path: &'static str,
    pub(super) bytes: Vec<u8>,
}

impl Open for Memory {
    fn path(&self) -> &str {
        self.path
    }

    fn open(&self) -> io::Result<Box<dyn Read + Send>> {
        Ok(Box::new(Cursor::new(self.bytes.clone())))
    }
}

/// What was read from one text, in lines that tests compare.
pub(super) struct Told(pub(super) Dataset);

/// Reads one text; every account is watched.
pub(super) fn told(text: &str, settings: &Settings) -> Told {
    let file = Memory { path: "file", bytes: text.as_bytes().to_vec() };
    let input = Input { open: &file, settings };
    match read(&[input], &|_: &str| true, &|_| ()) {
        Ok(data) => Told(data),
        Err(errors) => panic!("{errors}"),
    }
}

impl Told {
    fn account(&self, id: AccountId) -> &str {
        self.0.text(id.0)
    }

    fn subject(&self, id: SubjectId) -> &str {
        self.0.text(id.0)
    }

    fn at(at: Option<Instant>) -> String {
        at.map_or("-".to_owned(), |at| at.to_string())
    }

    /// `github:acme/pay#1 Change Done title url repository target revision created done updated`
    pub(super) fn subjects(&self) -> Vec<String> {
        let text = |symbol: Option<_>| symbol.map_or("-", |symbol| self.0.text(symbol));
        let line = |s: &crate::model::Subject| {
            let texts = [s.title, s.url, s.repository, s.target, s.revision].map(text).join(" ");
            let times = [s.created, s.done, s.updated].map(Self::at).join(" ");
            let reviews = if s.reviews_listed { " reviews-listed" } else { "" };
            format!("{} {:?} {:?} {texts} {times}{reviews}", self.subject(s.id), s.kind, s.state)
        };
        self.0.subjects().iter().map(|subject| line(&subject.record)).collect()
    }

    /// `github:ann author github:acme/pay#1 2026-10-01T00:00:00Z`
    pub(super) fn acts(&self) -> Vec<String> {
        let line = |act: &crate::model::Act| {
            let revision = act.revision.map_or(String::new(), |r| format!(" {}", self.0.text(r)));
            let dismissed = if act.dismissed { " dismissed" } else { "" };
            let (by, to) = (self.account(act.by), self.subject(act.to));
            format!("{by} {} {to} {}{revision}{dismissed}", act.duty, Self::at(act.at))
        };
        self.0.acts().iter().map(|act| line(&act.record)).collect()
    }

    /// `github:acme/pay#1 head github:acme/pay@c0ffee`
    pub(super) fn links(&self) -> Vec<String> {
        let links = self.0.links().iter().map(|link| link.record);
        links
            .map(|link| {
                format!("{} {} {}", self.subject(link.from), link.kind, self.subject(link.to))
            })
            .collect()
    }

    /// `github:ann human email name`
    pub(super) fn accounts(&self) -> Vec<String> {
        let text = |symbol: Option<_>| symbol.map_or("-", |symbol| self.0.text(symbol));
        let accounts = self.0.accounts().iter().map(|account| account.record);
        accounts
            .map(|a| {
                format!("{} {} {} {}", self.account(a.id), a.kind, text(a.email), text(a.name))
            })
            .collect()
    }

    /// `okta:ann okta:approver scope from until known`
    pub(super) fn grants(&self) -> Vec<String> {
        let grants = self.0.grants().iter().map(|grant| grant.record);
        grants
            .map(|g| {
                format!(
                    "{} {} {} {} {} {:?}",
                    self.account(g.holder),
                    self.0.text(g.role.0),
                    g.scope.map_or("-", |scope| self.0.text(scope)),
                    Self::at(g.from),
                    Self::at(g.until),
                    g.known,
                )
            })
            .collect()
    }

    /// `actor outcome action resource code control`
    pub(super) fn decisions(&self) -> Vec<String> {
        let text = |symbol: Option<_>| symbol.map_or("-", |symbol| self.0.text(symbol));
        let decisions = self.0.decisions().iter().map(|decision| decision.record);
        decisions
            .map(|d| {
                format!(
                    "{} {} {} {} {} {}",
                    self.account(d.actor),
                    d.outcome,
                    self.0.text(d.action),
                    text(d.resource),
                    text(d.code),
                    text(d.control),
                )
            })
            .collect()
    }

    /// `line 3: why`
    pub(super) fn rejects(&self) -> Vec<String> {
        let rejects = self.0.rejects().iter();
        rejects.map(|(_, r)| format!("{}: {}", r.place.text(self.0.symbols()), r.reason)).collect()
    }

    /// Items, lowered, irrelevant, rejected.
    pub(super) fn counts(&self) -> [u64; 4] {
        let tally = &self.0.sources()[0].tally;
        [tally.items, tally.lowered, tally.irrelevant_total(), tally.rejected]
    }

    pub(super) fn gaps(&self) -> &[String] {
        &self.0.sources()[0].gaps
    }
}
