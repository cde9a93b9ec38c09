use super::super::{Context, Finding, Test, rule};
use crate::model::{HowKnown, Source};

rule! {
    /// ## What it tests
    /// Every input file: that it was exported after the period had ended, and that its reader found
    /// it whole. An export made during the period is a violation, for it cannot hold the rest of it,
    /// unless a later one of the same system and format does. What the reader could not read, or
    /// found missing, leaves open what stood there. A list of roles at one moment may be older: it
    /// proves only that moment.
    ///
    /// ## Why it matters
    /// Each verdict rests on the exports. What an incomplete one leaves out is judged by nobody.
    ///
    /// ## What it cannot see
    /// Rows that the exporting system left out without a trace, and whether a later export of the
    /// same kind is of the same repository or account. When an export was made is what people say;
    /// a record from after the period proves it too.
    pub(super) static SOURCE_GAP = "source-gap" {
        summary: "an export was made before the period had ended, or is not whole",
        class: Process,
        severity: Medium,
        criteria: ["CC2.1"],
        needs: [],
        implies: [],
        since: "0.1.0",
        test: Test::Source(test),
    }
}

fn test(cx: &Context<'_>, source: &Source) -> Finding {
    let end = cx.period.until;
    let snapshot = matches!(source.roles, Some(HowKnown::Snapshot(_)));
    let later = source.tally.times.is_some_and(|(_, last)| last >= end);
    // An export made after the period completes itself.
    if let Some(at) = source.export.at.filter(|_| !snapshot) {
        if at < cx.period.from {
            return Finding::not_applicable("it was exported before the period began");
        }
        let completes = |other: &Source| {
            let alike = other.format == source.format && other.system == source.system;
            alike && other.export.at.is_some_and(|at| at >= end)
        };
        if !cx.dataset.sources().iter().any(completes) {
            let (path, at) = (&source.path, cx.clock(at));
            let told = format!("{path} was exported on {at}, before the period ended");
            return Finding::violation(told, Vec::new());
        }
    }
    let mut missing = source.gaps.clone();
    match source.tally.rejected {
        0 => {}
        1 => missing.push("an item could not be read and may hide a violation".to_owned()),
        items => missing.push(format!("{items} items could not be read and may hide a violation")),
    }
    if source.export.at.is_none() && !snapshot && !later {
        missing.push("nobody says when it was exported (add `exported-at`)".to_owned());
    }
    if missing.is_empty() {
        return Finding::pass(
            "it was read as a whole, and nothing of the period is younger than its export",
        );
    }
    Finding::indeterminate(missing.join("; "))
}

#[cfg(test)]
mod tests {
    use crate::crossref::{
        Verdict,
        scene::{Scene, day},
    };

    fn verdict(prepare: impl Fn(&mut Scene)) -> Verdict {
        let mut scene = Scene::new();
        prepare(&mut scene);
        scene.verdict("source-gap")
    }

    #[test]
    fn cases() {
        assert_eq!(verdict(|_| {}), Verdict::Pass);
        assert_eq!(verdict(|s| s.export.at = Some(day(32.0))), Verdict::Pass);
        assert_eq!(verdict(|s| s.export.at = Some(day(31.9))), Verdict::Violation);
        assert_eq!(verdict(|s| s.export.at = Some(day(1.0))), Verdict::Violation);
        assert_eq!(verdict(|s| s.export.at = Some(day(0.9))), Verdict::NotApplicable);
        assert_eq!(verdict(|s| s.gap("the last page is missing")), Verdict::Indeterminate);
        assert_eq!(verdict(|s| s.reject("not a time")), Verdict::Indeterminate);
        assert_eq!(verdict(|s| s.export.at = None), Verdict::Indeterminate);
    }

    #[test]
    fn a_later_export_of_the_same_kind_completes_an_early_one() {
        let with = |later: f64| {
            let mut scene = Scene::new();
            scene.export.at = Some(day(20.0));
            scene.second_export = Some(day(later));
            scene.verdicts("source-gap").into_iter().map(|(_, verdict)| verdict).collect::<Vec<_>>()
        };
        assert_eq!(with(33.0), ["pass", "pass"]);
        assert_eq!(with(25.0), ["violation", "violation"]);
    }

    #[test]
    fn a_later_record_proves_a_later_export() {
        let later = verdict(|scene| {
            scene.export.at = None;
            scene.change(1, "ann", "bob", 33.0);
        });
        assert_eq!(later, Verdict::Pass);
    }

    #[test]
    fn a_snapshot_speaks_for_its_own_moment() {
        let listed = verdict(|scene| {
            scene.lists_roles_at(0.0);
            scene.export.at = Some(day(0.0));
        });
        assert_eq!(listed, Verdict::Pass);
    }
}
