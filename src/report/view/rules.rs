//! What each rule tested, and how often it found what.

use serde::Serialize;

use super::exceptions::severity_tone;
use crate::report::{Report, deviation_rate, figure::Tone, wording};

/// One rule and its verdicts.
#[derive(Clone, Debug, Serialize)]
pub struct RuleRow {
    /// Its id.
    pub id: &'static str,
    /// What a violation is.
    pub summary: &'static str,
    /// breach, exposure, process.
    pub class: &'static str,
    /// How bad a violation is.
    pub severity: &'static str,
    /// What that means.
    pub severity_tone: Tone,
    /// Criteria that it is evidence for.
    pub criteria: String,
    /// What it tests.
    pub tests: String,
    /// Why that matters.
    pub why: String,
    /// Things that it tested.
    pub population: u64,
    /// Passes.
    pub pass: u64,
    /// Violations.
    pub violation: u64,
    /// Things of which neither is proven.
    pub indeterminate: u64,
    /// Things to which it does not apply.
    pub not_applicable: u64,
    /// Violations in the population; empty where nothing was tested.
    pub rate: String,
}

pub(super) fn rules(report: &Report<'_>) -> Vec<RuleRow> {
    let row = |count: &crate::crossref::RuleCount| RuleRow {
        id: count.rule.id,
        summary: count.rule.summary,
        class: wording::class(count.rule.class),
        severity: count.rule.severity.name(),
        severity_tone: severity_tone(count.rule.severity),
        criteria: count.rule.criteria.join(", "),
        tests: wording::section(count.rule.docs, "What it tests"),
        why: wording::section(count.rule.docs, "Why it matters"),
        population: count.population(),
        pass: count.pass,
        violation: count.violation,
        indeterminate: count.indeterminate,
        not_applicable: count.not_applicable,
        rate: deviation_rate(count).unwrap_or_default(),
    };
    report.assessment.counts.iter().map(row).collect()
}
