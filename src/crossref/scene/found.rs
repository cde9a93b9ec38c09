//! What a rule found in the small company, in full.

use super::Scene;
use crate::crossref::{Finding, Tested};

impl Scene {
    /// Everything that one rule found about something.
    pub(crate) fn found(self, rule: &str) -> Vec<Finding> {
        self.assess(|assessment| {
            let mut found = Vec::new();
            assessment.each_judgement(&mut |judgement| {
                if judgement.rule.id == rule && judgement.tested != Tested::Nothing {
                    found.push(judgement.finding.clone());
                }
            });
            found
        })
    }

    /// What one rule said of the only thing that it tests in this scene.
    pub(crate) fn told(self, rule: &str) -> String {
        let found = self.found(rule);
        let [finding] = found.as_slice() else { panic!("{found:#?}") };
        finding.statement.clone()
    }
}
