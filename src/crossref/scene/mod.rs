//! A small company for tests: three engineers, an agent of Ann's and a pipeline, one repository.
//!
//! Times are written as days of October 2026: `3.5` is the third at noon.

use std::collections::BTreeMap;

use self::company::{policy, principal};
use crate::model::{
    AccountKind, Act, Batch, Decision, Digest, Duty, Export, HowKnown, Instant, Outcome, Place,
};
use crate::policy::{
    Drills, Justification, Justifications, Pattern, Policy, PrincipalKind, Principals,
};

mod changes;
mod company;
mod drills;
mod found;
mod judge;
mod log;
mod operations;
mod roles;

pub(crate) const REPOSITORY: &str = "acme/pay";
pub(crate) const APPROVER: &str = "okta:change-approver";

pub(crate) struct Scene {
    pub(super) batch: Batch,
    line: u32,
    titles: BTreeMap<u32, String>,
    pub(crate) policy: Policy,
    pub(crate) principals: Principals,
    pub(crate) justifications: Justifications,
    pub(crate) drills: Drills,
    pub(crate) export: Export,
    pub(super) system: String,
    /// Another system, whose roles a second export lists from when to when they were held.
    pub(super) roles_of: Option<String>,
    /// When another export of the same kind was made, that holds nothing.
    pub(crate) second_export: Option<Instant>,
}

/// The moment `day` days into October 2026 (1.0 is its first midnight in UTC).
pub(crate) fn day(day: f64) -> Instant {
    let start = Instant::parse("2026-09-30T00:00:00Z").unwrap();
    Instant::from_micros(start.micros() + (day * 86_400e6) as i64).unwrap()
}

pub(super) fn patterns(texts: &[&str]) -> Vec<Pattern> {
    texts.iter().map(|text| Pattern::new(text)).collect()
}

impl Scene {
    pub(crate) fn new() -> Self {
        let human = |id| principal(id, PrincipalKind::Human, None, "platform");
        let all = vec![
            human("ann"),
            human("bob"),
            human("cat"),
            principal("bot", PrincipalKind::Agent, Some(0), "agents"),
            principal("bot2", PrincipalKind::Agent, Some(0), "agents"),
        ];
        let mut scene = Self {
            batch: Batch::default(),
            line: 0,
            titles: BTreeMap::new(),
            policy: policy(),
            principals: Principals { digest: Digest::of(b""), all },
            justifications: Justifications { digest: Digest::of(b""), all: Vec::new() },
            drills: Drills::none(),
            export: Export::default(),
            system: "okta".to_owned(),
            roles_of: None,
            second_export: None,
        };
        scene.export.at = Some(day(40.0));
        scene.batch.proves_roles(HowKnown::Interval);
        for who in ["ann", "bob", "cat"] {
            scene.role(who, APPROVER, 0.0, None);
        }
        scene
    }

    pub(super) fn place(&mut self) -> Place {
        self.line += 1;
        Place::Line { n: self.line, within: None }
    }

    pub(crate) fn account(&mut self, who: &str, kind: AccountKind) {
        let (place, id) = (self.place(), self.batch.account_id("github", who));
        self.batch.account(place, id, kind, None, None);
    }

    /// An account, by its whole id, as its system describes it.
    pub(crate) fn described(&mut self, id: &str, email: Option<&str>, name: Option<&str>) {
        let (system, local) = id.split_once(':').unwrap();
        let (place, id) = (self.place(), self.batch.account_id(system, local));
        self.batch.account(place, id, AccountKind::Unknown, email, name);
    }

    pub(crate) fn act(&mut self, who: &str, duty: Duty, to: &str, at: f64, revision: Option<&str>) {
        let (place, by) = (self.place(), self.batch.account_id("github", who));
        let to = self.batch.subject_id("github", to);
        let revision = self.batch.maybe(revision);
        let at = Some(day(at));
        self.batch.act(place, Act { to, at, duty, by, revision, dismissed: false });
    }

    pub(crate) fn attempt(&mut self, who: &str, action: &str, at: f64, outcome: Outcome) {
        let place = self.place();
        let actor = self.batch.account_id("aws", who);
        let action = self.batch.text(&format!("aws:{action}"));
        let control = self.batch.maybe(Some("service control policy"));
        let request = self.batch.maybe(Some(&format!("event-{}", self.line)));
        self.batch.decision(
            place,
            Decision {
                at: day(at),
                actor,
                action,
                resource: None,
                outcome,
                code: None,
                control,
                message: None,
                request,
            },
        );
    }

    pub(crate) fn justify(&mut self, exception: &str, author: &str, approver: &str) {
        self.justifications.all.push(Justification {
            exception: exception.to_owned(),
            text: "an outage; reviewed the next day".to_owned(),
            author: author.to_owned(),
            approver: approver.to_owned(),
            at: day(33.0),
            compensating_control: None,
            ticket: None,
            expires: None,
            line: self.justifications.all.len() as u32 + 2,
        });
    }

    /// Another engineer.
    pub(crate) fn human(&mut self, id: &str) {
        self.principals.all.push(principal(id, PrincipalKind::Human, None, "platform"));
    }

    /// Another account of somebody.
    pub(crate) fn alias(&mut self, who: &str, account: &str) {
        let known = self.principals.all.iter_mut().find(|principal| principal.id == who);
        known.unwrap().accounts.push(Pattern::new(account));
    }

    /// Something that the reader noticed is missing.
    pub(crate) fn gap(&mut self, gap: &str) {
        self.batch.gap(gap.to_owned());
    }

    /// An item that could not be read.
    pub(crate) fn reject(&mut self, reason: &str) {
        let place = self.place();
        self.batch.reject(place, reason);
    }

    /// The source lists roles as they were at one moment.
    pub(crate) fn lists_roles_at(&mut self, at: f64) {
        self.batch.proves_roles(HowKnown::Snapshot(Some(day(at))));
    }
}
