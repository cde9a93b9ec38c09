//! Changes of the small company, their reviews and commits.

use super::{REPOSITORY, Scene, day};
use crate::model::{Act, Duty, Link, LinkKind, Subject, SubjectKind, SubjectState};

impl Scene {
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

    /// A review that was dismissed since, and of which nobody says what it said.
    pub(crate) fn dismissed_review(&mut self, n: u32, who: &str, at: f64) {
        let (place, by) = (self.place(), self.batch.account_id("github", who));
        let to = self.batch.subject_id("github", &format!("{REPOSITORY}#{n}"));
        let (at, duty) = (Some(day(at)), Duty::Review);
        self.batch.act(place, Act { to, at, duty, by, revision: None, dismissed: true });
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
}
