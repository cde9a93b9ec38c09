//! Tickets, runs and deployments of the small company.

use super::company::principal;
use super::{REPOSITORY, Scene, day};
use crate::{
    model::{Act, Duty, Link, LinkKind, Subject, SubjectId, SubjectKind, SubjectState},
    policy::PrincipalKind,
};

impl Scene {
    /// What the change `n`, which is made later, will be called.
    pub(crate) fn titled(&mut self, n: u32, title: &str) {
        self.titles.insert(n, title.to_owned());
    }

    fn done(&mut self, system: &str, who: &str, duty: Duty, to: SubjectId, at: f64) {
        let (place, by) = (self.place(), self.batch.account_id(system, who));
        let (at, revision) = (Some(day(at)), None);
        self.batch.act(place, Act { to, at, duty, by, revision, dismissed: false });
    }

    fn ticket_id(&mut self, key: &str) -> SubjectId {
        self.batch.subject_id("jira", key)
    }

    /// The change `n` landed on main as `m{n}`, on a commit that was executed before the period.
    pub(crate) fn landed(&mut self, n: u32, at: f64) {
        let (merged, head) = (format!("m{n}"), format!("a{n}"));
        self.execution(90, "", "base", 0.2, SubjectState::Done);
        self.commit("cat", "base", &[], 0.1);
        self.merged_as(n, &merged);
        self.commit("cat", &merged, &["base", &head], at);
    }

    /// A ticket that somebody asked for.
    pub(crate) fn ticket(&mut self, key: &str, who: &str, created: f64) {
        let (id, place) = (self.ticket_id(key), self.place());
        let created_at = Some(day(created));
        let subject = Subject { created: created_at, ..Subject::new(id, SubjectKind::Ticket) };
        self.batch.subject(place, subject);
        self.done("github", who, Duty::Request, id, created);
    }

    pub(crate) fn approve_ticket(&mut self, key: &str, who: &str, at: f64) {
        let id = self.ticket_id(key);
        self.done("github", who, Duty::Approve, id, at);
    }

    pub(crate) fn refuse_ticket(&mut self, key: &str, who: &str, at: f64) {
        let id = self.ticket_id(key);
        self.done("github", who, Duty::Reject, id, at);
    }

    /// An export links a ticket to the change `n`.
    pub(crate) fn answers(&mut self, key: &str, n: u32) {
        let (from, place) = (self.ticket_id(key), self.place());
        let to = self.batch.subject_id("github", &format!("{REPOSITORY}#{n}"));
        self.batch.link(place, Link { from, kind: LinkKind::Answers, to });
    }

    /// A service that its tier lets deploy, and that Cat answers for.
    pub(crate) fn pipeline(&mut self) {
        let cat = Some(2);
        self.principals.all.push(principal("runner", PrincipalKind::Service, cat, "pipeline"));
    }

    /// A service that nobody answers for and no tier lets execute.
    pub(crate) fn stray_service(&mut self) {
        self.principals.all.push(principal("cron", PrincipalKind::Service, None, "platform"));
    }

    /// The deployment `n` of a revision into `production`, started on day `at`, which succeeded.
    pub(crate) fn execute(&mut self, n: u32, who: &str, revision: &str, at: f64) {
        self.execution(n, who, revision, at, SubjectState::Done);
    }

    /// The same with another end.
    pub(crate) fn execution(
        &mut self,
        n: u32,
        who: &str,
        revision: &str,
        at: f64,
        state: SubjectState,
    ) {
        let id = self.deployed(n, Some("production"), at, state);
        let to = self.batch.subject_id("github", &format!("{REPOSITORY}@{revision}"));
        let place = self.place();
        self.batch.link(place, Link { from: id, kind: LinkKind::Executes, to });
        if !who.is_empty() {
            self.done("github", who, Duty::Execute, id, at);
        }
    }

    /// A deployment of which no export names the revision.
    pub(crate) fn execute_unnamed(&mut self, n: u32, who: &str, at: f64) {
        let id = self.deployed(n, Some("production"), at, SubjectState::Done);
        self.done("github", who, Duty::Execute, id, at);
    }

    /// A run that went into no environment that an export names.
    pub(crate) fn run_nowhere(&mut self, n: u32, who: &str, at: f64) {
        let id = self.deployed(n, None, at, SubjectState::Done);
        self.done("github", who, Duty::Execute, id, at);
    }

    /// Somebody lets the deployment `n` go on.
    pub(crate) fn let_through(&mut self, n: u32, who: &str, at: f64) {
        let id = self.batch.subject_id("github", &format!("{REPOSITORY}/deployments/{n}"));
        self.done("github", who, Duty::Approve, id, at);
    }

    fn deployed(
        &mut self,
        n: u32,
        environment: Option<&str>,
        at: f64,
        state: SubjectState,
    ) -> SubjectId {
        let id = self.batch.subject_id("github", &format!("{REPOSITORY}/deployments/{n}"));
        let (place, target) = (self.place(), self.batch.maybe(environment));
        let subject = Subject {
            state,
            repository: self.batch.maybe(Some(REPOSITORY)),
            target,
            created: Some(day(at)),
            ..Subject::new(id, SubjectKind::Deployment)
        };
        self.batch.subject(place, subject);
        id
    }

    /// A change by `author` with the head `a{n}`, not merged.
    pub(crate) fn open_change(&mut self, n: u32, author: &str, created: f64) {
        let id = format!("{REPOSITORY}#{n}");
        let (to, place) = (self.batch.subject_id("github", &id), self.place());
        let head = self.batch.subject_id("github", &format!("{REPOSITORY}@a{n}"));
        let subject = Subject {
            state: SubjectState::Open,
            repository: self.batch.maybe(Some(REPOSITORY)),
            target: self.batch.maybe(Some("main")),
            revision: self.batch.maybe(Some(&format!("a{n}"))),
            created: Some(day(created)),
            ..Subject::new(to, SubjectKind::Change)
        };
        self.batch.subject(place, subject);
        for kind in [LinkKind::Head, LinkKind::Contains] {
            self.batch.link(place, Link { from: to, kind, to: head });
        }
        self.act(author, Duty::Author, &id, created, None);
    }

    /// A commit that no export shows on a branch, with its parents in order.
    pub(crate) fn commit_beside(&mut self, revision: &str, parents: &[&str]) {
        let place = self.place();
        let id = self.batch.subject_id("github", &format!("{REPOSITORY}@{revision}"));
        for (index, parent) in parents.iter().enumerate() {
            let to = self.batch.subject_id("github", &format!("{REPOSITORY}@{parent}"));
            let kind = if index == 0 { LinkKind::FirstParent } else { LinkKind::OtherParent };
            self.batch.link(place, Link { from: id, kind, to });
        }
    }

    /// Another commit that the change `n` proposed.
    pub(crate) fn commit_of(&mut self, n: u32, revision: &str) {
        let from = self.batch.subject_id("github", &format!("{REPOSITORY}#{n}"));
        let to = self.batch.subject_id("github", &format!("{REPOSITORY}@{revision}"));
        let place = self.place();
        self.batch.link(place, Link { from, kind: LinkKind::Contains, to });
    }

    /// The head of the change `n` is its commit `a{n}`, as an export says.
    pub(crate) fn head(&mut self, n: u32) {
        let from = self.batch.subject_id("github", &format!("{REPOSITORY}#{n}"));
        let to = self.batch.subject_id("github", &format!("{REPOSITORY}@a{n}"));
        let place = self.place();
        self.batch.link(place, Link { from, kind: LinkKind::Head, to });
    }
}
