//! Logs, playbooks and controls for scenes.

use super::{REPOSITORY, Scene, day, patterns};
use crate::{
    model::{AccountKind, Act, Decision, Duty, Link, LinkKind, Outcome, Subject, SubjectKind},
    policy::{Control, Playbook},
};

impl Scene {
    /// What an account of the action's own system did or tried.
    pub(crate) fn event(
        &mut self,
        who: &str,
        action: &str,
        resource: Option<&str>,
        at: f64,
        outcome: Outcome,
    ) {
        self.log(who, (action, outcome), resource, at, None);
    }

    /// The same, allowed, with the system's code.
    pub(crate) fn coded_event(
        &mut self,
        who: &str,
        action: &str,
        resource: Option<&str>,
        at: f64,
        code: Option<&str>,
    ) {
        self.log(who, (action, Outcome::Allowed), resource, at, code);
    }

    fn log(
        &mut self,
        who: &str,
        (action, outcome): (&str, Outcome),
        resource: Option<&str>,
        at: f64,
        code: Option<&str>,
    ) {
        let place = self.place();
        let system = action.split(':').next().unwrap();
        let actor = self.batch.account_id(system, who);
        let crate::model::Place::Line { n, .. } = place else { panic!("scenes have lines") };
        let decision = Decision {
            at: day(at),
            actor,
            action: self.batch.text(action),
            resource: self.batch.maybe(resource),
            outcome,
            code: self.batch.maybe(code),
            control: None,
            message: None,
            request: self.batch.maybe(Some(&format!("event-{n}"))),
        };
        self.batch.decision(place, decision);
    }

    /// A playbook of one resource with the same name, approved by `by` on day `at`.
    pub(crate) fn playbook(&mut self, name: &str, by: &str, at: f64) {
        self.policy.playbooks.push(Playbook {
            name: name.to_owned(),
            resources: patterns(&[name]),
            version: None,
            category: None,
            approved_by: by.to_owned(),
            approved_at: day(at),
            until: None,
            line: 1,
        });
    }

    /// Policy names one control: the protection of branches on GitHub.
    pub(crate) fn controls(&mut self) {
        self.policy.controls.push(Control {
            name: "branch protection".to_owned(),
            removes: patterns(&["github:protected_branch.destroy"]),
            restores: patterns(&["github:protected_branch.create"]),
            edits: patterns(&["github:protected_branch.update_*"]),
            line: 1,
        });
    }

    /// The source is of this system.
    pub(crate) fn system(&mut self, system: &str) {
        self.system = system.to_owned();
    }

    /// The source is a log of all that was done in this system.
    pub(crate) fn logs_edits(&mut self, system: &str) {
        self.system(system);
        self.batch.logs_edits();
    }

    /// A second export lists who held the roles of this system when.
    pub(crate) fn also_exports(&mut self, system: &str) {
        self.roles_of = Some(system.to_owned());
    }

    /// An account in any system.
    pub(crate) fn account_in(&mut self, system: &str, who: &str, kind: AccountKind) {
        let (place, id) = (self.place(), self.batch.account_id(system, who));
        self.batch.account(place, id, kind, None, None);
    }

    /// An act by an account in any system.
    pub(crate) fn act_in(&mut self, system: &str, who: &str, duty: Duty, to: &str, at: f64) {
        let (place, by) = (self.place(), self.batch.account_id(system, who));
        let of = if system == "email" { "github" } else { system };
        let to = self.batch.subject_id(of, to);
        let at = Some(day(at));
        self.batch.act(place, Act { to, at, duty, by, revision: None, dismissed: false });
    }

    /// A subject in any system of which only its kind is known.
    pub(crate) fn subject_in(&mut self, system: &str, id: &str, kind: SubjectKind) {
        let (place, id) = (self.place(), self.batch.subject_id(system, id));
        self.batch.subject(place, Subject::new(id, kind));
    }

    /// A deployment of a revision.
    pub(crate) fn deployment(&mut self, id: &str, revision: &str, at: f64) {
        let (place, id) = (self.place(), self.batch.subject_id("github", id));
        let subject = Subject {
            repository: self.batch.maybe(Some(REPOSITORY)),
            created: Some(day(at)),
            ..Subject::new(id, SubjectKind::Deployment)
        };
        self.batch.subject(place, subject);
        let to = self.batch.subject_id("github", &format!("{REPOSITORY}@{revision}"));
        self.batch.link(place, Link { from: id, kind: LinkKind::Executes, to });
    }
}
