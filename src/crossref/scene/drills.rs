//! What a scene has besides for drills: attempts in full, and plans.

use super::{Scene, day};
use crate::{
    model::{Decision, Outcome},
    policy::{Drill, Pattern},
};

impl Scene {
    /// A refused attempt with its resource, code and control.
    pub(crate) fn refused(&mut self, who: &str, action: &str, at: f64, told: [Option<&str>; 3]) {
        self.decided(who, action, at, told, Outcome::Denied);
    }

    /// An allowed attempt on a resource.
    pub(crate) fn allowed(&mut self, who: &str, action: &str, at: f64, resource: &str) {
        self.decided(who, action, at, [Some(resource), None, None], Outcome::Allowed);
    }

    fn decided(
        &mut self,
        who: &str,
        action: &str,
        at: f64,
        told: [Option<&str>; 3],
        outcome: Outcome,
    ) {
        let place = self.place();
        let [resource, code, control] = told;
        let actor = self.batch.account_id("aws", who);
        let decision = Decision {
            at: day(at),
            actor,
            action: self.batch.text(&format!("aws:{action}")),
            resource: self.batch.maybe(resource),
            outcome,
            code: self.batch.maybe(code),
            control: self.batch.maybe(control),
            message: None,
            request: None,
        };
        self.batch.decision(place, decision);
    }

    /// A planned boundary test, conducted by cat.
    pub(crate) fn drill(&mut self, id: &str, who: &str, action: &str, window: (f64, f64)) {
        let named = |who: &str| self.principals.named(who).unwrap();
        let drill = Drill {
            id: id.to_owned(),
            who: named(who),
            action: Pattern::new(action),
            target: None,
            code: None,
            from: day(window.0),
            until: day(window.1),
            conductor: named("cat"),
            control: None,
            line: self.drills.all.len() as u32 + 2,
        };
        self.drills.all.push(drill);
    }
}
