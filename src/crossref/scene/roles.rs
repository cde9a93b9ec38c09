//! Who holds which role in the small company, and how the exports tell of it.

use super::{Scene, day};
use crate::model::{Grant, HowKnown, Instant};

impl Scene {
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
}
