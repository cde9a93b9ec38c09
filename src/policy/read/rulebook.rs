//! Reads `policy.toml`.

use std::collections::BTreeMap;

use super::document::{Document, values};
use super::shape::{self, Wrong, one_of};
use super::spelling::{did_you_mean, quoted};
use super::table::Table;
use super::{duties, owners, safeguards};
use crate::model::Digest;
use crate::policy::builtin;
use crate::policy::builtin_controls;
use crate::policy::{
    Approvals, Capability, IncompatibleRoles, Policy, Problems, Protected, SelfMerge, Severity,
    SponsorApproval, Tier, Windows,
};

impl Policy {
    /// Reads `policy.toml`. `file` is its name in problems. Gives a policy only where the file is
    /// sound.
    ///
    /// What the file leaves out is filled in: one approval for every change and none by the
    /// sponsor, no tickets, the built-in windows and incompatible duties, the three built-in tiers
    /// and the built-in controls where the file has none of its own, and every built-in capability
    /// that the file does not define, which then nothing entitles to.
    pub fn read(file: &str, text: &str, problems: &mut Problems) -> Option<Self> {
        let document = Document::new(file, text);
        let policy = document.parse().and_then(|table| {
            let root = document.root(&table);
            policy(root, Digest::of(text.as_bytes()))
        });
        if document.close(problems) { policy } else { None }
    }
}

fn policy(mut root: Table<'_>, digest: Digest) -> Option<Policy> {
    let approvals = approvals(root.table("approvals"));
    let tickets = duties::tickets(root.table("tickets"));
    let windows = windows(root.table("windows"));
    let capabilities = each(&mut root, "capability", capability, |c| (&c.name, c.line));
    let capabilities = builtin::with_capabilities(capabilities);
    let tiers = tiers(&mut root, &capabilities);
    let incompatible_roles =
        each(&mut root, "incompatible-roles", incompatible, |i| (&i.name, i.line));
    let incompatible_duties = duties::duties(&mut root);
    let production = root.tables("production").into_iter().map(duties::production).collect();
    let protected = root.tables("protected").into_iter().map(protected).collect();
    let owners =
        root.tables("owner").into_iter().filter_map(|t| owners::owner(t, &tiers)).collect();
    let playbooks = each(&mut root, "playbook", safeguards::playbook, |p| (&p.name, p.line));
    let written = root.has("control");
    let controls = each(&mut root, "control", safeguards::control, |c| (&c.name, c.line));
    let controls = if written { controls } else { builtin_controls::controls() };
    let break_glass = safeguards::break_glass(root.table("break-glass"));
    let grants = safeguards::grants(root.table("grants"));
    let review_log = safeguards::review_log(root.table("review-log"));
    root.close();
    Some(Policy {
        digest,
        approvals,
        tickets,
        windows,
        capabilities,
        tiers,
        incompatible_roles,
        incompatible_duties,
        production,
        protected,
        owners,
        playbooks,
        controls,
        break_glass,
        grants,
        review_log,
    })
}

fn approvals(table: Option<Table<'_>>) -> Approvals {
    let mut approvals = builtin::APPROVALS;
    let Some(mut table) = table else { return approvals };
    if let Some(worth) = table
        .get("sponsor-approval", |text| one_of(text, &SponsorApproval::ALL, SponsorApproval::name))
    {
        approvals.sponsor_approval = worth.value;
    }
    // Zero would make every change approved by nobody look approved.
    approvals.people = table.number("people", 1..=100).unwrap_or(approvals.people);
    approvals.agents = table.number("agents", 1..=100).unwrap_or(approvals.agents);
    if let Some(when) =
        table.get("self-merge", |text| one_of(text, &SelfMerge::ALL, SelfMerge::name))
    {
        approvals.self_merge = when.value;
    }
    table.close();
    approvals
}

fn windows(table: Option<Table<'_>>) -> Windows {
    let mut windows = builtin::WINDOWS;
    let Some(mut table) = table else { return windows };
    let mut set = |key, range, value: &mut u32| *value = table.number(key, range).unwrap_or(*value);
    // Zero would make each of these tests pass whatever happened.
    set("occasional-role-hours", 1..=8760, &mut windows.occasional_role_hours);
    set("hasty-approval-minutes", 1..=1440, &mut windows.hasty_approval_minutes);
    set("justify-within-days", 1..=366, &mut windows.justify_within_days);
    set("definition-days", 1..=3660, &mut windows.definition_days);
    set("control-weakened-hours", 1..=8760, &mut windows.control_weakened_hours);
    table.close();
    windows
}

fn capability(mut table: Table<'_>) -> Option<Capability> {
    let name = table.need("name", "\"approve\"", shape::name);
    let roles = values(table.list("roles", shape::pattern));
    let actions = values(table.list("actions", shape::pattern));
    let resources = values(table.list("resources", shape::bare));
    let line = table.line();
    if actions.is_empty() && !resources.is_empty() {
        let cure = "add the `actions` that touch them, or remove `resources`";
        table.note(line, "`resources` without `actions` in [[capability]]", cure);
    }
    table.close();
    Some(Capability { name: name?.value, roles, actions, resources, line })
}

fn tiers(root: &mut Table<'_>, capabilities: &[Capability]) -> Vec<Tier> {
    if !root.has("tier") {
        // Asked for all the same, so that the key is known.
        root.tables("tier");
        return builtin::tiers();
    }
    each(root, "tier", |table| tier(table, capabilities), |tier| (&tier.name, tier.line))
}

fn tier(mut table: Table<'_>, capabilities: &[Capability]) -> Option<Tier> {
    let known = |text: &str| {
        let names = || capabilities.iter().map(|capability| capability.name.as_str());
        if names().any(|name| name == text) {
            return Ok(text.to_owned());
        }
        let cure = did_you_mean(text, names(), "define it as a `[[capability]]`");
        Err(Wrong { which: "is no capability".to_owned(), cure })
    };
    let name = table.need("name", "\"agents\"", shape::name);
    let may = table.list("may", known);
    let must_not = table.list("must-not", known);
    for both in must_not.iter().filter(|not| may.iter().any(|may| may.value == not.value)) {
        let fault = format!("`{}` stands in `may` and in `must-not`", both.value);
        table.note(both.line, fault, "remove it from one of them");
    }
    let line = table.line();
    table.close();
    Some(Tier { name: name?.value, may: values(may), must_not: values(must_not), line })
}

fn incompatible(mut table: Table<'_>) -> Option<IncompatibleRoles> {
    let name = table.need("name", "\"develops and deploys\"", shape::line);
    let one = table.some("one", "[\"okta:developer\"]", shape::pattern);
    let other = table.some("other", "[\"okta:prod-deployer\"]", shape::pattern);
    let severity = table.get("severity", |text| one_of(text, &Severity::ALL, Severity::name));
    let line = table.line();
    for role in one.iter().filter(|role| other.iter().any(|other| other.text() == role.text())) {
        let fault = format!("{} stands in `one` and in `other`", quoted(role.text()));
        table.note(line, fault, "remove it from one of them: nobody can hold it only once");
    }
    table.close();
    let severity = severity.map_or(Severity::High, |at| at.value);
    Some(IncompatibleRoles { name: name?.value, one, other, severity, line })
}

fn protected(mut table: Table<'_>) -> Protected {
    let repositories = table.some("repositories", "[\"acme/*\"]", shape::bare);
    let branches = table.some("branches", "[\"main\"]", shape::bare);
    let line = table.line();
    table.close();
    Protected { repositories, branches, line }
}

/// Reads the tables under a key, of which no two may have the same name.
fn each<T>(
    root: &mut Table<'_>,
    key: &'static str,
    read: impl Fn(Table<'_>) -> Option<T>,
    named: impl Fn(&T) -> (&str, u32),
) -> Vec<T> {
    let all: Vec<T> = root.tables(key).into_iter().filter_map(read).collect();
    let mut seen = BTreeMap::new();
    for item in &all {
        let (name, line) = named(item);
        if let Some(first) = seen.insert(name.to_owned(), line) {
            let fault = format!("[[{key}]] {} is on line {first} already", quoted(name));
            root.note(line, fault, "put them together, or give one another name");
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::IncompatibleDuties;

    fn read(text: &str) -> Result<Policy, Vec<String>> {
        let mut problems = Problems::default();
        let policy = Policy::read("p.toml", text, &mut problems);
        assert_eq!(policy.is_some(), problems.0.is_empty());
        problems.0.sort();
        policy.ok_or_else(|| problems.0.iter().map(ToString::to_string).collect())
    }

    #[track_caller]
    fn one(text: &str, want: &str) {
        let have = read(text).err().unwrap_or_default();
        assert!(have.len() == 1 && have[0].starts_with(want), "want {want}\nhave {have:#?}");
    }

    #[test]
    fn what_is_left_out_is_filled_in() {
        let policy = read("").unwrap();
        assert_eq!(policy.approvals, builtin::APPROVALS);
        assert_eq!(policy.windows, builtin::WINDOWS);
        let windows = read("[windows]\nhasty-approval-minutes = 5").unwrap().windows;
        assert_eq!(windows, Windows { hasty_approval_minutes: 5, ..builtin::WINDOWS });
        let approvals = read("[approvals]\nself-merge = 'forbidden'").unwrap().approvals;
        assert_eq!(approvals.self_merge, SelfMerge::Forbidden);
        let names: Vec<&str> = policy.tiers.iter().map(|tier| tier.name.as_str()).collect();
        assert_eq!(names, ["agents", "platform", "security"]);
        let known = |name: &String| policy.capability(name).is_some();
        assert!(policy.tiers.iter().all(|t| t.may.iter().chain(&t.must_not).all(known)));

        let policy = read("[[capability]]\nname = 'approve'\nroles = ['okta:a']").unwrap();
        assert_eq!(policy.capabilities[0].roles[0].text(), "okta:a");
        assert_eq!(policy.capabilities.iter().filter(|c| c.name == "approve").count(), 1);
        assert_eq!(policy.tiers.len(), 3);

        let policy = read("[[tier]]\nname = 'all'\nmust-not = ['approve']").unwrap();
        assert_eq!((policy.tiers.len(), policy.tiers[0].line), (1, 1));
    }

    #[test]
    fn duties_are_apart_unless_the_file_has_pairs_of_its_own() {
        let pairs = |text: &str| {
            let policy = read(text).unwrap();
            let [author, approve, execute] = IncompatibleDuties::SEPARABLE;
            [(author, approve), (author, execute), (execute, approve)]
                .map(|(one, other)| policy.incompatible(one, other))
        };
        let (medium, high) = (Some(Severity::Medium), Some(Severity::High));
        assert_eq!(pairs(""), [high, medium, medium]);
        let one = "[[incompatible-duties]]\none = 'execute'\nother = 'author'\nseverity = 'low'";
        assert_eq!(pairs(one), [high, Some(Severity::Low), None]);
        let only = "[[incompatible-duties]]\none = 'author'\nother = 'approve'";
        assert_eq!(pairs(only), [high, None, None]);
    }

    #[test]
    fn production_is_everywhere_unless_named() {
        let of = |text: &str, environment: &str, repository: Option<&str>| {
            read(text).unwrap().is_production(environment, repository)
        };
        assert!(of("", "staging", None));
        let named = "[[production]]\nenvironments = ['prod*']\nrepositories = ['acme/*']";
        assert!(of(named, "production", Some("acme/pay")) && of(named, "prod-eu", None));
        assert!(!of(named, "production", Some("lab/pay")) && !of(named, "staging", None));
    }

    #[test]
    fn single_faults() {
        one(
            "[approvals]\nsponsor-approval = 'nver'",
            "p.toml:2: `sponsor-approval` is `nver`, which is not known; did you mean `never`?",
        );
        one(
            "[approvals]\nsponsor-approval = 'x'",
            "p.toml:2: `sponsor-approval` is `x`, which is not known; write one of: `never`, `counts-as-one` or `counts`",
        );
        one("[approvals]\npeople = 0", "p.toml:2: `people` is `0`; write a number from 1");
        one(
            "[approvals]\nself-merge = 'never'",
            "p.toml:2: `self-merge` is `never`, which is not known; write one of: `allowed`, `allowed-when-approved` or `forbidden`",
        );
        one(
            "[windows]\nhasty-approval-minutes = 0",
            "p.toml:2: `hasty-approval-minutes` is `0`; write a number from 1 to 1440",
        );
        one(
            "[windows]\noccasional-role-hour = 1",
            "p.toml:2: unknown key `occasional-role-hour` in [windows]; did you mean `occasional-role-hours`?",
        );
        one("[aprovals]", "p.toml:1: unknown key `aprovals`; did you mean `approvals`?");
        one(
            "[[capability]]\nname = 'Deploy'",
            "p.toml:2: `name` is `Deploy`, which is not 1 to 60",
        );
        one("[[capability]]", "p.toml:1: no `name` in [[capability]]; add `name = \"approve\"`");
        one(
            "[[capability]]\nname = 'a'\nroles = [\n 'okta:x',\n 'y',\n]",
            "p.toml:5: `roles` holds `y`, which names no system",
        );
        one("[[capability]]\nname = 'a'\nroles = ['']", "p.toml:3: `roles` holds an empty text");
        one(
            "[[capability]]\nname = 'a'\nroles = ['o:x', 'o:x']",
            "p.toml:3: `roles` holds `o:x` twice",
        );
        one(
            "[[capability]]\nname = 'a'\nroles = 'o:x'",
            "p.toml:3: `roles` holds a text; write a list",
        );
        one(
            "[[capability]]\nname = 'a'\nresources = ['x']",
            "p.toml:1: `resources` without `actions`",
        );
        one(
            "[[capability]]\nname = 'a'\n[[capability]]\nname = 'a'",
            "p.toml:3: [[capability]] `a` is on line 1 already",
        );
        one(
            "[[tier]]\nname = 'a'\nmay = ['aprove']",
            "p.toml:3: `may` holds `aprove`, which is no capability; did you mean `approve`?",
        );
        one(
            "[[tier]]\nname = 'a'\nmay = ['approve']\nmust-not = ['approve']",
            "p.toml:4: `approve` stands in `may` and in `must-not`",
        );
        one(
            "[[incompatible-roles]]\nname = 'a'\none = ['o:x']\nother = []",
            "p.toml:4: no `other` in [[incompatible-roles]]",
        );
        one(
            "[[incompatible-roles]]\nname = 'a'\none = ['o:x']\nother = ['o:x']",
            "p.toml:1: `o:x` stands in `one` and in `other`",
        );
        one(
            "[tickets]\nrequired = 'all'",
            "p.toml:2: `required` is `all`, which is not known; write one of: `never`, `agents` or `always`",
        );
        one(
            "[tickets]\nkeys = ['chg-*']",
            "p.toml:2: `keys` holds `chg-*`, which has small letters; write `CHG-*`",
        );
        one("[tickets]\nkeys = ['*']", "p.toml:2: `keys` holds `*`, which names no key");
        one(
            "[[incompatible-duties]]\none = 'author'\nother = 'merge'",
            "p.toml:3: `other` is `merge`, which is not known; write one of: `author`, `approve` or `execute`",
        );
        one(
            "[[incompatible-duties]]\none = 'author'\nother = 'author'",
            "p.toml:1: `author` stands in `one` and in `other`",
        );
        one(
            "[[incompatible-duties]]\none = 'approve'\nother = 'author'\nseverity = 'low'",
            "p.toml:1: author and approve are apart in every policy, and high",
        );
        one(
            "[[incompatible-duties]]\none = 'execute'\nother = 'author'\n\
             [[incompatible-duties]]\none = 'author'\nother = 'execute'",
            "p.toml:4: [[incompatible-duties]] author and execute are on line 1",
        );
        one("[[production]]", "p.toml:1: no `environments` in [[production]]");
        one("[[protected]]\nrepositories = ['*']", "p.toml:1: no `branches` in [[protected]]");
        one("[[owner]]\nrepositories = ['*']", "p.toml:1: no `principal` in [[owner]]; add");
        one(
            "[[owner]]\nprincipal = 'ann'",
            "p.toml:1: an [[owner]] of nothing; name `repositories`",
        );
        one(
            "[[owner]]\nprincipal = 'ann'\ntiers = ['agent']",
            "p.toml:3: `tiers` holds `agent`, which is no tier; did you mean `agents`?",
        );
    }

    #[test]
    fn all_faults_of_a_file_at_once() {
        let text = "[approvals]\npeople = '1'\nagnets = 1\n[[capability]]\nname = 'a'\n\
            rolls = []\nroles = [1]\n[[tier]]\nname = 't'\nmay = ['x']\nmust-not = ['y']\n\
            [[tier]]\nname = 't'\n[[incompatible-roles]]\none = ['a']\n\
            other = ['A:b']\nseverity = 'bad'\n";
        let lines: Vec<String> = read(text)
            .unwrap_err()
            .iter()
            .map(|p| p.split(": ").next().unwrap().to_owned())
            .collect();
        let want: Vec<String> =
            [2, 3, 6, 7, 10, 11, 12, 14, 15, 16, 17].map(|line| format!("p.toml:{line}")).into();
        assert_eq!(lines, want);
    }
}
