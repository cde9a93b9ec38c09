//! Judges what the small company did.

use super::{Scene, day};
use crate::crossref::{Assessment, Context, Tested, Verdict};
use crate::model::{Batch, Dataset, Digest, Export, FileFacts, HowKnown, Period};
use crate::policy::Justification;

impl Scene {
    /// A change that ann wrote and approved, the id of its exception, and dan, who had no part in it.
    pub(crate) fn self_approved() -> (Self, String) {
        let build = || {
            let mut scene = Self::new();
            scene.human("dan");
            scene.change(1, "ann", "cat", 9.0);
            scene.approve(1, "ann", 8.8);
            scene
        };
        let id = build().assess(|assessment| assessment.exceptions[0].id.clone());
        (build(), id)
    }

    /// The verdict of a rule on one justification of a self-approval, written by bob and approved by
    /// dan unless `prepare` says otherwise.
    pub(crate) fn justified(
        rule: &str,
        prepare: impl FnOnce(&mut Self, &mut Justification),
    ) -> Verdict {
        let (mut scene, id) = Self::self_approved();
        scene.justify(&id, "bob", "dan");
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
