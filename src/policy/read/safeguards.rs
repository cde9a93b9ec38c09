//! Reads the parts of `policy.toml` about playbooks, controls and emergencies.

use super::document::values;
use super::shape;
use super::table::Table;
use crate::policy::builtin_controls;
use crate::policy::{BreakGlass, Control, Grants, Playbook, ReviewLog};

/// Reads one `[[playbook]]`.
pub(super) fn playbook(mut table: Table<'_>) -> Option<Playbook> {
    let name = table.need("name", "\"patch-hosts\"", shape::line);
    let resources = table.some("resources", "[\"documentName=patch-hosts\"]", shape::bare);
    let version = table.get("version", shape::line).map(|at| at.value);
    let category = table.get("category", shape::line).map(|at| at.value);
    let approved_by = table.need("approved-by", "\"dan\"", shape::line);
    if !table.has("approved-at") {
        let cure = "add `approved-at = 2026-09-30T09:00:00Z`, when it was approved";
        table.note(table.line(), "no `approved-at` in [[playbook]]", cure);
    }
    // A date stands for its end: an approval of that day does not cover its morning.
    let approved_at = table.moment_after("approved-at", chrono_tz::UTC);
    let until = table.moment_after("until", chrono_tz::UTC);
    let line = table.line();
    if let (Some(at), Some(until)) = (approved_at, until)
        && until <= at
    {
        table.note(line, "`until` is not after `approved-at`", "correct one of them");
    }
    table.close();
    Some(Playbook {
        name: name?.value,
        resources,
        version,
        category,
        approved_by: approved_by?.value,
        approved_at: approved_at?,
        until,
        line,
    })
}

/// Reads one `[[control]]`.
pub(super) fn control(mut table: Table<'_>) -> Option<Control> {
    let name = table.need("name", "\"branch protection\"", shape::line);
    let mut actions = |key| values(table.list(key, shape::pattern));
    let (removes, restores) = (actions("removes"), actions("restores"));
    let edits = actions("edits");
    let line = table.line();
    if !table.has("removes") && !table.has("edits") {
        let cure = "add `removes` or `edits` with the actions of logs that show it";
        table.note(line, "[[control]] has neither `removes` nor `edits`", cure);
    }
    for both in removes.iter().filter(|one| restores.iter().any(|r| r.text() == one.text())) {
        let fault = format!("`{}` stands in `removes` and in `restores`", both.text());
        table.note(line, fault, "remove it from one of them");
    }
    table.close();
    Some(Control { name: name?.value, removes, restores, edits, line })
}

/// Reads `[break-glass]`.
pub(super) fn break_glass(table: Option<Table<'_>>) -> BreakGlass {
    let mut found = builtin_controls::break_glass();
    let Some(mut table) = table else { return found };
    found.roles = values(table.list("roles", shape::pattern));
    found.accounts = values(table.list("accounts", shape::pattern));
    let hours = table.number("review-within-hours", 1..=8760);
    found.review_within_hours = hours.unwrap_or(found.review_within_hours);
    table.close();
    found
}

/// Reads `[grants]`.
pub(super) fn grants(table: Option<Table<'_>>) -> Grants {
    let mut found = builtin_controls::GRANTS;
    let Some(mut table) = table else { return found };
    found.request_required = table.flag("request-required").unwrap_or(found.request_required);
    table.close();
    found
}

/// Reads `[review-log]`.
pub(super) fn review_log(table: Option<Table<'_>>) -> ReviewLog {
    let mut found = builtin_controls::review_log();
    let Some(mut table) = table else { return found };
    if table.has("actions") {
        found.actions = values(table.list("actions", shape::pattern));
    }
    table.close();
    found
}

#[cfg(test)]
mod tests {
    use crate::policy::{Policy, Problems};

    fn read(text: &str) -> Result<Policy, Vec<String>> {
        let mut problems = Problems::default();
        let policy = Policy::read("p.toml", text, &mut problems);
        problems.0.sort();
        policy.ok_or_else(|| problems.0.iter().map(ToString::to_string).collect())
    }

    #[track_caller]
    fn one(text: &str, want: &str) {
        let have = read(text).err().unwrap_or_default();
        assert!(have.len() == 1 && have[0].starts_with(want), "want {want}\nhave {have:#?}");
    }

    const PLAYBOOK: &str = "[[playbook]]\nname = 'p'\nresources = ['documentName=p']\n\
        approved-by = 'dan'\n";

    #[test]
    fn what_is_left_out_is_filled_in() {
        let policy = read("").unwrap();
        assert_eq!(policy.break_glass.review_within_hours, 72);
        assert!(!policy.break_glass.is_named() && !policy.grants.request_required);
        assert!(policy.playbooks.is_empty());
        let systems: Vec<_> = policy.controls.iter().flat_map(|c| c.systems()).collect();
        assert_eq!(systems, ["github", "github", "gitlab", "aws", "okta"]);
        assert_eq!(policy.review_log.actions[0].text(), "github:pull_request_review.submit");
        assert_eq!(policy.windows.definition_days, 90);
        assert_eq!(policy.windows.control_weakened_hours, 24);

        let own = read("[[control]]\nname = 'c'\nremoves = ['x:off']").unwrap();
        assert_eq!(own.controls.len(), 1);
        let none = read("[review-log]\nactions = []").unwrap();
        assert!(none.review_log.actions.is_empty());
    }

    #[test]
    fn a_date_of_approval_counts_from_its_end() {
        let at = |written: &str| {
            let policy = read(&format!("{PLAYBOOK}approved-at = {written}")).unwrap();
            policy.playbooks[0].approved_at.to_string()
        };
        assert_eq!(at("2026-09-30"), "2026-10-01T00:00:00Z");
        assert_eq!(at("2026-09-30T09:00:00+02:00"), "2026-09-30T07:00:00Z");
    }

    #[test]
    fn single_faults() {
        one(PLAYBOOK, "p.toml:1: no `approved-at` in [[playbook]]; add `approved-at = 2026");
        one(
            &format!("{PLAYBOOK}approved-at = 2026-09-30\nuntil = 2026-09-01"),
            "p.toml:1: `until` is not after `approved-at`",
        );
        one(
            &format!("{PLAYBOOK}approved-at = 2026-09-30\nversoin = '7'"),
            "p.toml:6: unknown key `versoin` in [[playbook]]; did you mean `version`?",
        );
        one(
            "[[control]]\nname = 'c'\nrestores = ['x:on']",
            "p.toml:1: [[control]] has neither `removes` nor `edits`",
        );
        one(
            "[[control]]\nname = 'c'\nremoves = ['x:a']\nrestores = ['x:a']",
            "p.toml:1: `x:a` stands in `removes` and in `restores`",
        );
        one("[[control]]\nname = 'c'\nremoves = ['off']", "p.toml:3: `removes` holds `off`, which");
        one("[break-glass]\nrole = []", "p.toml:2: unknown key `role` in [break-glass]; did you");
        one("[break-glass]\nreview-within-hours = 0", "p.toml:2: `review-within-hours` is `0`");
        one("[grants]\nrequest-required = 'yes'", "p.toml:2: `request-required` holds a text");
        one("[review-log]\nactons = []", "p.toml:2: unknown key `actons` in [review-log]");
        one("[windows]\ncontrol-weakened-hours = 0", "p.toml:2: `control-weakened-hours` is `0`");
    }
}
