//! A small company for tests: three engineers, an agent of Ann's and a pipeline, one repository.
//!
//! Times are written as days of October 2026: `3.5` is the third at noon.

use std::collections::BTreeMap;

use crate::{
    crossref::{Assessment, Context, Tested, Verdict},
    model::{
        AccountKind, Act, Batch, Dataset, Decision, Digest, Duty, Export, FileFacts, Grant,
        HowKnown, Instant, Link, LinkKind, Outcome, Period, Place, Subject, SubjectKind,
        SubjectState,
    },
    policy::{
        Approvals, BreakGlass, Capability, Drills, Grants, IncompatibleDuties, IncompatibleRoles,
        Justification, Justifications, Pattern, Policy, Principal, PrincipalId, PrincipalKind,
        Principals, Protected, ReviewLog, SelfMerge, Severity, SponsorApproval, TicketNeed,
        Tickets, Tier, Windows,
    },
};

mod found;
mod operations;

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

fn principal(id: &str, kind: PrincipalKind, sponsor: Option<u32>, tier: &str) -> Principal {
    let accounts = [format!("github:{id}"), format!("okta:{id}@acme.example"), format!("aws:{id}")];
    Principal {
        id: id.to_owned(),
        name: format!("{}{}", id[..1].to_uppercase(), &id[1..]),
        kind,
        sponsor: sponsor.map(PrincipalId),
        accounts: accounts.iter().map(|account| Pattern::new(account)).collect(),
        emails: vec![format!("{id}@acme.example")],
        tier: Some(tier.to_owned()),
        valid_from: None,
        valid_until: None,
        line: 2,
    }
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

    /// A change by `author` with one commit `a1`, merged by `merger` on day `merged` at `head`.
    pub(crate) fn change(&mut self, n: u32, author: &str, merger: &str, merged: f64) {
        self.change_without_merger(n, author, merged);
        self.act(merger, Duty::Merge, &format!("{REPOSITORY}#{n}"), merged, None);
    }

    /// The same where no record says who merged it.
    pub(crate) fn change_without_merger(&mut self, n: u32, author: &str, merged: f64) {
        let id = format!("{REPOSITORY}#{n}");
        let to = self.batch.subject_id("github", &id);
        let head = format!("a{n}");
        let commit = format!("{REPOSITORY}@{head}");
        let commit = self.batch.subject_id("github", &commit);
        let title = self.titles.get(&n).cloned().unwrap_or_else(|| "A change".to_owned());
        let (place, title) = (self.place(), self.batch.maybe(Some(&title)));
        let subject = Subject {
            state: SubjectState::Done,
            title,
            repository: self.batch.maybe(Some(REPOSITORY)),
            target: self.batch.maybe(Some("main")),
            revision: self.batch.maybe(Some(&head)),
            created: Some(day(merged - 0.5)),
            done: Some(day(merged)),
            reviews_listed: true,
            ..Subject::new(to, SubjectKind::Change)
        };
        self.batch.subject(place, subject);
        self.batch.link(place, Link { from: to, kind: LinkKind::Contains, to: commit });
        self.act(author, Duty::Author, &id, merged - 0.5, None);
    }

    pub(crate) fn approve(&mut self, n: u32, who: &str, at: f64) {
        let head = format!("a{n}");
        self.act(who, Duty::Approve, &format!("{REPOSITORY}#{n}"), at, Some(&head));
    }

    /// An approval that was dismissed since.
    pub(crate) fn dismissed(&mut self, n: u32, who: &str, at: f64) {
        self.approval(n, who, Some(at), true);
    }

    /// An approval of which nobody knows when it was given.
    pub(crate) fn approve_undated(&mut self, n: u32, who: &str) {
        self.approval(n, who, None, false);
    }

    fn approval(&mut self, n: u32, who: &str, at: Option<f64>, dismissed: bool) {
        let (place, by) = (self.place(), self.batch.account_id("github", who));
        let to = self.batch.subject_id("github", &format!("{REPOSITORY}#{n}"));
        let revision = self.batch.maybe(Some(&format!("a{n}")));
        let (at, duty) = (at.map(day), Duty::Approve);
        self.batch.act(place, Act { to, at, duty, by, revision, dismissed });
    }

    pub(crate) fn commit_by(&mut self, n: u32, who: &str, at: f64) {
        self.act(who, Duty::Author, &format!("{REPOSITORY}@a{n}"), at, None);
    }

    pub(crate) fn role(&mut self, who: &str, role: &str, from: f64, until: Option<f64>) {
        self.grant(who, role, (from, until), None);
    }

    /// A role that an account holds, by its whole id.
    pub(crate) fn holds(&mut self, holder: &str, role: &str, from: f64) {
        let place = self.place();
        let id = |text: &str| text.split_once(':').map(|(a, b)| (a.to_owned(), b.to_owned()));
        let ((system, local), (of, role)) = (id(holder).unwrap(), id(role).unwrap());
        let holder = self.batch.account_id(&system, &local);
        let (role, from) = (self.batch.role_id(&of, &role), Some(day(from)));
        let (scope, until, granted_by, known) = (None, None, None, HowKnown::Interval);
        self.batch.grant(place, Grant { holder, role, scope, from, until, granted_by, known });
    }

    /// A role that `by` gave.
    pub(crate) fn granted(&mut self, who: &str, role: &str, from: f64, by: Option<&str>) {
        self.grant(who, role, (from, None), by);
    }

    fn grant(&mut self, who: &str, role: &str, when: (f64, Option<f64>), by: Option<&str>) {
        let (place, (from, until)) = (self.place(), when);
        let okta = |by: &str| self.batch.account_id("okta", &format!("{by}@acme.example"));
        let granted_by = by.map(okta);
        let holder = self.batch.account_id("okta", &format!("{who}@acme.example"));
        let (system, local) = role.split_once(':').unwrap();
        let role = self.batch.role_id(system, local);
        self.batch.grant(
            place,
            Grant {
                holder,
                role,
                scope: None,
                from: Some(day(from)),
                until: until.map(day),
                granted_by,
                known: HowKnown::Interval,
            },
        );
    }

    pub(crate) fn snapshot(&mut self, who: &str, role: &str, at: f64) {
        self.snapshot_at(who, role, day(at));
    }

    pub(crate) fn snapshot_at(&mut self, who: &str, role: &str, at: Instant) {
        let place = self.place();
        let holder = self.batch.account_id("github", who);
        let (system, local) = role.split_once(':').unwrap();
        let role = self.batch.role_id(system, local);
        let known = HowKnown::Snapshot(Some(at));
        let (scope, granted_by) = (None, None);
        self.batch.grant(
            place,
            Grant { holder, role, scope, from: None, until: None, granted_by, known },
        );
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

    /// A commit on `main`, with its parents in order.
    pub(crate) fn commit(&mut self, who: &str, revision: &str, parents: &[&str], at: f64) {
        let name = format!("{REPOSITORY}@{revision}");
        let (id, place) = (self.batch.subject_id("github", &name), self.place());
        let subject = Subject {
            repository: self.batch.maybe(Some(REPOSITORY)),
            target: self.batch.maybe(Some("main")),
            done: Some(day(at)),
            ..Subject::new(id, SubjectKind::Commit)
        };
        self.batch.subject(place, subject);
        for (index, parent) in parents.iter().enumerate() {
            let to = self.batch.subject_id("github", &format!("{REPOSITORY}@{parent}"));
            let kind = if index == 0 { LinkKind::FirstParent } else { LinkKind::OtherParent };
            self.batch.link(place, Link { from: id, kind, to });
        }
        self.act(who, Duty::Author, &name, at, None);
    }

    /// One more commit that a change proposes.
    pub(crate) fn contains(&mut self, n: u32, revision: &str) {
        let from = self.batch.subject_id("github", &format!("{REPOSITORY}#{n}"));
        let to = self.batch.subject_id("github", &format!("{REPOSITORY}@{revision}"));
        let place = self.place();
        self.batch.link(place, Link { from, kind: LinkKind::Contains, to });
    }

    pub(crate) fn merged_as(&mut self, n: u32, revision: &str) {
        let from = self.batch.subject_id("github", &format!("{REPOSITORY}#{n}"));
        let to = self.batch.subject_id("github", &format!("{REPOSITORY}@{revision}"));
        let place = self.place();
        self.batch.link(place, Link { from, kind: LinkKind::MergedAs, to });
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

    /// The verdict of a rule on one justification of a self-approval, written by bob and approved by
    /// cat unless `prepare` says otherwise.
    pub(crate) fn justified(
        rule: &str,
        prepare: impl FnOnce(&mut Self, &mut Justification),
    ) -> Verdict {
        let build = || {
            let mut scene = Self::new();
            scene.change(1, "ann", "cat", 9.0);
            scene.approve(1, "ann", 8.8);
            scene
        };
        let id = build().assess(|assessment| assessment.exceptions[0].id.clone());
        let mut scene = build();
        scene.justify(&id, "bob", "cat");
        let mut justification = scene.justifications.all.remove(0);
        prepare(&mut scene, &mut justification);
        scene.justifications.all.push(justification);
        scene.verdict(rule)
    }

    /// Judges October and hands the assessment to `then`.
    pub(crate) fn assess<T>(self, then: impl FnOnce(&Assessment<'_>) -> T) -> T {
        let facts = |path: &str, export: Export| FileFacts {
            path: path.to_owned(),
            format: "scene",
            system: self.system.clone(),
            digest: Digest::of(b"scene"),
            bytes: 5,
            export,
        };
        let mut files = vec![(facts("scene.csv", self.export), self.batch)];
        if let Some(system) = self.roles_of {
            let mut roles = Batch::default();
            roles.proves_roles(HowKnown::Interval);
            let export = Export { at: Some(day(40.0)), ..Export::default() };
            files.push((FileFacts { system, ..facts("roles.csv", export) }, roles));
        }
        if let Some(at) = self.second_export {
            let export = Export { at: Some(at), ..Export::default() };
            files.push((facts("second.csv", export), Batch::default()));
        }
        let dataset = Dataset::seal(files);
        let today = chrono::NaiveDate::from_ymd_opt(2026, 11, 5).unwrap();
        let period = Period::parse("2026-10", chrono_tz::UTC, today).unwrap();
        let cx = Context::new(
            &dataset,
            &self.policy,
            &self.principals,
            &self.justifications,
            &self.drills,
            &period,
            day(35.0),
        );
        then(&Assessment::new(&cx))
    }

    /// The verdicts of one rule: what was tested, and the verdict's name.
    pub(crate) fn verdicts(self, rule: &str) -> Vec<(String, &'static str)> {
        self.assess(|assessment| {
            let mut found = Vec::new();
            assessment.each_judgement(&mut |judgement| {
                if judgement.rule.id == rule {
                    let thing = judgement.tested.id(assessment.cx);
                    let thing = thing.rsplit([':', '/']).next().unwrap_or_default().to_owned();
                    found.push((thing, judgement.finding.verdict.name()));
                }
            });
            found
        })
    }

    /// The verdict of one rule on the only thing that it tests in this scene.
    pub(crate) fn verdict(self, rule: &str) -> Verdict {
        self.assess(|assessment| {
            let mut found = None;
            assessment.each_judgement(&mut |judgement| {
                if judgement.rule.id == rule && judgement.tested != Tested::Nothing {
                    assert_eq!(found, None, "{rule} tested more than one thing");
                    found = Some(judgement.finding.verdict);
                }
            });
            found.unwrap_or_else(|| panic!("{rule} tested nothing"))
        })
    }
}

fn policy() -> Policy {
    let capability = |name: &str, roles: &[&str], actions: &[&str]| Capability {
        name: name.to_owned(),
        roles: patterns(roles),
        actions: patterns(actions),
        resources: Vec::new(),
        line: 1,
    };
    let tier = |name: &str, may: &[&str], must_not: &[&str]| Tier {
        name: name.to_owned(),
        may: may.iter().map(|&name| name.to_owned()).collect(),
        must_not: must_not.iter().map(|&name| name.to_owned()).collect(),
        line: 1,
    };
    Policy {
        digest: Digest::of(b"policy"),
        approvals: Approvals {
            sponsor_approval: SponsorApproval::Never,
            people: 1,
            agents: 1,
            self_merge: SelfMerge::AllowedWhenApproved,
        },
        tickets: Tickets { required: TicketNeed::Never, keys: Vec::new() },
        windows: Windows {
            occasional_role_hours: 24,
            hasty_approval_minutes: 2,
            justify_within_days: 30,
            definition_days: 90,
            control_weakened_hours: 24,
        },
        capabilities: vec![
            capability("approve", &[APPROVER], &[]),
            capability("approve-category", &["okta:playbook-approver"], &[]),
            capability("execute-playbook", &[], &["aws:ssm:*"]),
            capability("modify-definition", &[], &["aws:iam:*"]),
        ],
        tiers: vec![
            tier("agents", &["execute-playbook"], &["approve", "modify-definition"]),
            tier("platform", &["modify-definition"], &[]),
            tier("pipeline", &["deploy"], &[]),
        ],
        incompatible_roles: vec![IncompatibleRoles {
            name: "approves and deploys".to_owned(),
            one: patterns(&[APPROVER]),
            other: patterns(&["okta:deployer"]),
            severity: Severity::High,
            line: 1,
        }],
        incompatible_duties: [
            (Duty::Author, Duty::Execute, Severity::Medium),
            (Duty::Approve, Duty::Execute, Severity::Low),
        ]
        .map(|(one, other, severity)| IncompatibleDuties { one, other, severity, line: 1 })
        .into(),
        production: Vec::new(),
        protected: vec![Protected {
            repositories: patterns(&["acme/*"]),
            branches: patterns(&["main"]),
            line: 1,
        }],
        owners: Vec::new(),
        playbooks: Vec::new(),
        controls: Vec::new(),
        break_glass: BreakGlass {
            roles: Vec::new(),
            accounts: Vec::new(),
            review_within_hours: 72,
        },
        grants: Grants { request_required: false },
        review_log: ReviewLog { actions: Vec::new() },
    }
}
