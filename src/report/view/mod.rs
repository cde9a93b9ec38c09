//! All that a template may see: bounded, in the final order, every text ready to print.
//!
//! Nothing here decides anything. Verdicts come from the rules, rows from the tables; the view
//! says them in words. Every text that somebody outside could have written has gone through
//! [`hostile`](super::hostile).

mod agent_changes;
mod approvers;
mod attention;
mod carried;
mod completeness;
mod cover;
mod denials;
mod drills;
mod exceptions;
mod limits;
mod listings;
mod many;
mod method;
mod rules;
mod sequences;
mod stories;
mod walk;

use serde::Serialize;

pub(in crate::report) use agent_changes::local;
pub use agent_changes::{AgentChange, Deed, Step};
pub use approvers::{Approver, RoleUse};
pub use attention::Attention;
pub use carried::CarriedOver;
pub use completeness::{Completeness, Counts, ExportFacts, MissingDays, SourceFacts, SourceGap};
pub use cover::{Cover, Figure};
pub use denials::{Attempt, Boundary, Denials};
pub use drills::Drill;
pub use exceptions::{Answer, Evidence, Exception, Exceptions, Unused};
pub(in crate::report) use exceptions::{severity_tone, status_tone, unused_of};
pub use limits::{Blind, Limits};
pub use listings::{Cell, Head, Listing};
pub use many::Many;
pub use method::{Definition, Method, Written};
pub use rules::RuleRow;

use super::{Report, csv::Excerpt, story::Story};

/// What the reports show.
#[derive(Clone, Debug, Serialize)]
pub struct View {
    /// Whose pack, of when, with which result.
    pub cover: Cover,
    /// What somebody should look at, worst first.
    pub attention: Vec<Attention>,
    /// Changes that an agent took part in, with the chain of duties.
    pub agent_changes: Many<AgentChange>,
    /// Who approved, and by which role at the time.
    pub approvers: Many<Approver>,
    /// Violations, whether answered or not.
    pub exceptions: Exceptions,
    /// The exceptions, each told in the order of time.
    pub stories: Many<Story>,
    /// Refusals, and what they prove.
    pub denials: Denials,
    /// How completely the evidence was read.
    pub completeness: Completeness,
    /// What each rule tested and found.
    pub rules: Vec<RuleRow>,
    /// What the words mean, and the policy in force.
    pub method: Method,
    /// What the pack cannot show.
    pub limits: Limits,
    /// Every table, with an excerpt of those that people read.
    pub listings: Vec<Listing>,
}

impl View {
    /// Words the report. `excerpts` are what [`write_table`](super::csv::write_table) returned for
    /// each of [`TABLES`](super::tables::TABLES); a list holds as many rows as the most generous
    /// format shows.
    pub fn new(report: &Report<'_>, excerpts: &[Excerpt]) -> Self {
        let limit = report.html_rows.max(report.pdf_rows);
        let walk = walk::Walk::new(report, limit);
        let approvers = approvers::approvers(report, &walk.approvers, limit);
        let completeness = completeness::completeness(report, limit);
        Self {
            cover: cover::cover(report, &walk, &completeness),
            attention: attention::attention(report, &completeness),
            agent_changes: walk.agent_changes,
            approvers,
            exceptions: exceptions::exceptions(report, limit),
            stories: stories::stories(report),
            denials: denials::denials(report, limit),
            completeness,
            rules: rules::rules(report),
            method: method::method(report),
            limits: limits::limits(),
            listings: listings::listings(excerpts),
        }
    }

    /// The same with at most `rows` rows in each list.
    #[must_use]
    pub fn limited(&self, rows: usize) -> Self {
        let mut this = self.clone();
        this.agent_changes.cut(rows);
        this.approvers.cut(rows);
        this.exceptions.cut(rows);
        this.stories.cut(rows);
        this.denials.cut(rows);
        this.completeness.cut(rows);
        this.listings.iter_mut().for_each(|listing| listing.rows.cut(rows));
        this
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::{csv::write_table, sample, tables::TABLES};

    pub(super) fn view(report: &Report<'_>) -> View {
        let tables = TABLES.iter().map(|table| write_table(report, table, std::io::sink()));
        View::new(report, &tables.collect::<Result<Vec<_>, _>>().unwrap())
    }

    fn json(value: &impl Serialize) -> String {
        serde_json::to_string_pretty(value).unwrap()
    }

    #[test]
    fn the_view_of_a_month() {
        sample::company().with(|report| {
            let view = view(report).limited(2);
            insta::assert_snapshot!("cover", json(&view.cover));
            insta::assert_snapshot!("attention", json(&view.attention));
            insta::assert_snapshot!("agent_changes", json(&view.agent_changes.rows));
            insta::assert_snapshot!("approvers", json(&view.approvers));
            insta::assert_snapshot!("exceptions", json(&view.exceptions));
            insta::assert_snapshot!("denials", json(&view.denials));
            insta::assert_snapshot!("completeness", json(&view.completeness));
        });
    }

    #[test]
    fn a_month_in_which_nothing_happened_proves_nothing() {
        sample::Sample::new().with(|report| {
            let view = view(report);
            let told = view.cover.result.join(" ");
            assert!(told.starts_with("The evidence holds no change that was merged"), "{told}");
            assert!(told.contains("The rules found no exception."), "{told}");
            // What an earlier pack left open is open still.
            assert!(
                told.contains("Besides, 1 exception of earlier packs is still open."),
                "{told}"
            );
            assert_eq!(view.cover.tone, crate::report::figure::Tone::Bad);
            assert!(view.denials.statement.starts_with("No refusal was recorded"));
            assert!(view.attention.iter().any(|item| item.kind == "no evidence"));
        });
    }

    #[test]
    fn lists_say_how_much_they_leave_out() {
        sample::company().with(|report| {
            let view = view(report).limited(3);
            assert_eq!(view.agent_changes.rows.len(), 3);
            assert_eq!(view.agent_changes.total, 15);
            assert_eq!(
                view.agent_changes.note.as_deref(),
                Some("The first 3 of 15; all are in tables/changes.csv.")
            );
        });
    }

    #[test]
    fn no_text_of_the_view_deceives() {
        sample::hostile().with(|report| {
            let text = serde_json::to_string(&view(report)).unwrap();
            assert!(!text.contains(['\u{202e}', '\u{2028}']) && !text.contains("\\u0000"));
            assert!(!text.contains("\\u001b") && !text.contains("\\r"));
            assert!(text.contains("⟨U+202E⟩") && text.contains("⟨U+0000⟩"));
            let value: serde_json::Value = serde_json::from_str(&text).unwrap();
            each_url(&value, &mut |url| assert!(url.starts_with("https://"), "{url}"));
        });
    }

    fn each_url(value: &serde_json::Value, seen: &mut dyn FnMut(&str)) {
        match value {
            serde_json::Value::Object(map) => map.iter().for_each(|(key, value)| {
                if let (true, Some(url)) = (key == "url", value.as_str()) {
                    seen(url);
                }
                each_url(value, seen);
            }),
            serde_json::Value::Array(all) => all.iter().for_each(|value| each_url(value, seen)),
            _ => {}
        }
    }
}
