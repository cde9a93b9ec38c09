//! Where policy and evidence speak of different things.
//!
//! A pattern that matches nothing judges nothing, and looks like a month without a fault. So every
//! pattern of `policy.toml` is held against what the evidence names, and what was merged or
//! executed outside all patterns is counted. That a log shows no use of an action says nothing: an
//! action is told only where no export is of its system.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::{Context, execution};
use crate::{
    model::{Dataset, Instant, Subject, SubjectKind, Symbol},
    policy::{Control, Pattern, Policy},
};

/// The key of patterns that are held against systems.
const ACTIONS: &str = "actions";

/// Patterns of one key of `policy.toml` that match nothing.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct Unmatched {
    /// Line of the entry; 0 where the table stands once.
    pub line: u32,
    /// The table, with its name where it has one: ``[[capability]] `approve` ``.
    pub entry: String,
    /// The key: `repositories`.
    pub key: &'static str,
    /// The patterns, as written.
    pub patterns: Vec<String>,
    /// What none of them matches: `repository`.
    pub of: &'static str,
}

/// Something that was done outside of what policy names.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct Uncovered {
    /// What: `branch main of acme/pay`, `environment staging`.
    pub what: String,
    /// How often.
    pub times: u64,
}

/// How far policy reaches the evidence.
#[derive(Clone, Debug, Default, Eq, PartialEq, Serialize)]
pub struct PolicyCoverage {
    /// Patterns that match nothing, in the order of the tables.
    pub unmatched: Vec<Unmatched>,
    /// Merged changes that are judged.
    pub protected: u64,
    /// Branches of which merged changes are not, because no `[[protected]]` covers them.
    pub unprotected: Vec<Uncovered>,
    /// Executions that count as in production.
    pub production: u64,
    /// Environments of which executions do not, because no `[[production]]` counts them.
    pub not_production: Vec<Uncovered>,
}

/// How far the policy of a judged period reaches its evidence.
pub fn coverage_of_policy(cx: &Context<'_>) -> PolicyCoverage {
    PolicyCoverage::of(cx.dataset, cx.policy, &|at| cx.period.contains(at))
}

impl PolicyCoverage {
    /// Holds a policy against evidence. What was merged and executed is counted where its time is
    /// `inside`, or not known; patterns are held against everything.
    pub fn of(dataset: &Dataset, policy: &Policy, inside: &dyn Fn(Instant) -> bool) -> Self {
        let mut this = Self { unmatched: unmatched(dataset, policy), ..Self::default() };
        let (mut branches, mut environments) = (BTreeMap::new(), BTreeMap::new());
        for subject in dataset.subjects().iter().map(|subject| &subject.record) {
            let repository = subject.repository.map(|symbol| dataset.text(symbol));
            let target = subject.target.map(|symbol| dataset.text(symbol));
            if subject.kind == SubjectKind::Change {
                if !subject.done.is_some_and(inside) {
                    continue;
                }
                match policy.leaves_out(repository, target) {
                    false => this.protected += 1,
                    true => *branches.entry((repository, target)).or_insert(0) += 1,
                }
            } else if execution::is_execution(subject)
                && execution::when(dataset, subject).is_none_or(inside)
            {
                match target {
                    Some(name) if !policy.is_production(name, repository) => {
                        *environments.entry(name).or_insert(0) += 1;
                    }
                    Some(_) => this.production += 1,
                    None => {}
                }
            }
        }
        let of = |what, times| Uncovered { what, times };
        let branch = |((repository, target), times): ((Option<&str>, Option<&str>), u64)| {
            let (repository, target) = (repository.unwrap_or_default(), target.unwrap_or_default());
            of(format!("branch {target} of {repository}"), times)
        };
        this.unprotected = branches.into_iter().map(branch).collect();
        let environment = |(name, times)| of(format!("environment {name}"), times);
        this.not_production = environments.into_iter().map(environment).collect();
        this
    }

    /// Tells whether changes were merged, or things executed, and policy leaves all of them out.
    pub fn judges_nothing(&self) -> bool {
        let none = |within: u64, outside: &[Uncovered]| within == 0 && !outside.is_empty();
        none(self.protected, &self.unprotected) || none(self.production, &self.not_production)
    }

    /// What policy leaves out, in sentences, where it leaves out everything of its kind.
    pub fn all_left_out(&self) -> Vec<String> {
        let (merged, executed) = self.left_out();
        let merged = merged.into_iter().filter(|_| self.protected == 0);
        merged.chain(executed.into_iter().filter(|_| self.production == 0)).collect()
    }

    /// Each finding in a sentence, the gravest first.
    pub fn told(&self) -> Vec<String> {
        let (mut all, executed) = self.left_out();
        all.extend(executed);
        let (actions, names): (Vec<_>, Vec<_>) =
            self.unmatched.iter().partition(|unmatched| unmatched.key == ACTIONS);
        all.extend(names.into_iter().map(Unmatched::told));
        // A policy for systems of which nothing was exported would fill a page with its actions.
        if !actions.is_empty() {
            let entry = |u: &&Unmatched| format!("{} (line {})", u.entry, u.line);
            let entries = actions.iter().map(entry).collect::<Vec<_>>().join(", ");
            all.push(format!(
                "policy.toml: no export is of the systems whose actions are named by {entries}"
            ));
        }
        all
    }
}

impl PolicyCoverage {
    /// What was merged and what was executed outside of all that policy names.
    fn left_out(&self) -> (Vec<String>, Vec<String>) {
        let times = |n: u64, one: &str, more: &str| match n {
            1 => format!("1 {one}"),
            n => format!("{n} {more}"),
        };
        let them = |n: u64| if n == 1 { "it" } else { "them" };
        let merged = self.unprotected.iter().map(|Uncovered { what, times: n }| {
            let merged = times(*n, "change was merged", "changes were merged");
            format!(
                "{merged} into {what}, which no [[protected]] of policy.toml covers: no rule about \
                 changes judges {}",
                them(*n)
            )
        });
        let executed = self.not_production.iter().map(|Uncovered { what, times: n }| {
            let executions = times(*n, "execution", "executions");
            format!(
                "{executions} in {what}, which no [[production]] of policy.toml counts: no rule \
                 about executions judges {}",
                them(*n)
            )
        });
        (merged.collect(), executed.collect())
    }
}

impl Unmatched {
    fn told(&self) -> String {
        let patterns: Vec<_> = self.patterns.iter().map(|text| format!("`{text}`")).collect();
        let (at, of, patterns) = (self.at(), self.of, patterns.join(" or "));
        format!("{at}: no {of} of the evidence matches {patterns}")
    }

    fn at(&self) -> String {
        match self.line {
            0 => format!("policy.toml: {}", self.entry),
            line => format!("policy.toml:{line}: {}", self.entry),
        }
    }
}

/// Every name of the evidence that patterns are about.
struct Named<'a> {
    repositories: BTreeSet<&'a str>,
    branches: BTreeSet<(&'a str, &'a str)>,
    environments: BTreeSet<&'a str>,
    roles: BTreeSet<&'a str>,
    accounts: BTreeSet<&'a str>,
    resources: BTreeSet<&'a str>,
    systems: BTreeSet<&'a str>,
}

impl<'a> Named<'a> {
    fn of(dataset: &'a Dataset) -> Self {
        let text = |symbol: Symbol| dataset.text(symbol);
        let subjects = || dataset.subjects().iter().map(|subject| &subject.record);
        let executions = subjects().filter(|subject| execution::is_execution(subject));
        let branch = |s: &Subject| Some((text(s.repository?), text(s.target?)));
        let system = |name: &'a str| name.split(':').next().unwrap_or(name);
        let decisions = dataset.decisions().iter().map(|decision| &decision.record);
        Self {
            repositories: subjects().filter_map(|s| s.repository.map(text)).collect(),
            branches: subjects()
                .filter(|s| !execution::is_execution(s))
                .filter_map(branch)
                .collect(),
            environments: executions.filter_map(|s| s.target.map(text)).collect(),
            roles: dataset.grants().iter().map(|grant| text(grant.record.role.0)).collect(),
            accounts: accounts(dataset),
            resources: decisions.clone().filter_map(|d| d.resource.map(text)).collect(),
            systems: decisions
                .map(|d| system(text(d.action)))
                .chain(dataset.sources().iter().map(|source| source.system.as_str()))
                .collect(),
        }
    }
}

fn accounts(dataset: &Dataset) -> BTreeSet<&str> {
    let described = dataset.accounts().iter().map(|account| account.record.id);
    let acted = dataset.acts().iter().map(|act| act.record.by);
    let tried = dataset.decisions().iter().map(|decision| decision.record.actor);
    let held = dataset.grants().iter().map(|grant| grant.record.holder);
    described.chain(acted).chain(tried).chain(held).map(|id| dataset.text(id.0)).collect()
}

/// Gathers what matches nothing.
struct Search {
    found: Vec<Unmatched>,
}

impl Search {
    /// Holds the patterns of one key against names.
    fn hold<'p>(
        &mut self,
        (line, entry): (u32, &str),
        (key, of): (&'static str, &'static str),
        patterns: impl IntoIterator<Item = &'p Pattern>,
        matched: impl Fn(&Pattern) -> bool,
    ) {
        let unmatched = patterns.into_iter().filter(|pattern| !matched(pattern));
        let patterns: Vec<_> = unmatched.map(|pattern| pattern.text().to_owned()).collect();
        if !patterns.is_empty() {
            self.found.push(Unmatched { line, entry: entry.to_owned(), key, patterns, of });
        }
    }
}

fn unmatched(dataset: &Dataset, policy: &Policy) -> Vec<Unmatched> {
    let named = Named::of(dataset);
    let mut search = Search { found: Vec::new() };
    targets(policy, &named, &mut search);
    roles(policy, &named, &mut search);
    operations(policy, &named, &mut search);
    search.found
}

fn any<'a>(names: impl IntoIterator<Item = &'a &'a str>, pattern: &Pattern) -> bool {
    names.into_iter().any(|name| pattern.matches(name))
}

fn targets(policy: &Policy, named: &Named<'_>, search: &mut Search) {
    let repository = ("repositories", "repository");
    for entry in &policy.protected {
        let at = (entry.line, "[[protected]]");
        search.hold(at, repository, &entry.repositories, |p| any(&named.repositories, p));
        let covered = |name: &str| entry.repositories.iter().any(|p| p.matches(name));
        let branches: BTreeSet<_> =
            named.branches.iter().filter(|(r, _)| covered(r)).map(|(_, branch)| *branch).collect();
        // Where the repository is wrong, so is every branch.
        if !branches.is_empty() {
            let key = ("branches", "branch");
            search.hold(at, key, &entry.branches, |p| any(&branches, p));
        }
    }
    for entry in &policy.production {
        let at = (entry.line, "[[production]]");
        let key = ("environments", "environment");
        search.hold(at, key, &entry.environments, |p| any(&named.environments, p));
        search.hold(at, repository, &entry.repositories, |p| any(&named.repositories, p));
    }
    for entry in &policy.owners {
        let at = (entry.line, "[[owner]]");
        search.hold(at, repository, &entry.repositories, |p| any(&named.repositories, p));
    }
}

fn roles(policy: &Policy, named: &Named<'_>, search: &mut Search) {
    let held = |pattern: &Pattern| any(&named.roles, pattern);
    for entry in policy.capabilities.iter().filter(|entry| entry.line > 0) {
        let name = format!("[[capability]] `{}`", entry.name);
        let at = (entry.line, name.as_str());
        search.hold(at, ("roles", "role"), &entry.roles, held);
        search.hold(at, (ACTIONS, "system"), &entry.actions, |p| of_system(named, p));
    }
    for entry in policy.incompatible_roles.iter().filter(|entry| entry.line > 0) {
        let name = format!("[[incompatible-roles]] `{}`", entry.name);
        let at = (entry.line, name.as_str());
        search.hold(at, ("one", "role"), &entry.one, held);
        search.hold(at, ("other", "role"), &entry.other, held);
    }
    let at = (0, "[break-glass]");
    search.hold(at, ("roles", "role"), &policy.break_glass.roles, held);
    let folded = |p: &Pattern| {
        let lower = Pattern::new(&p.text().to_lowercase());
        named.accounts.iter().any(|account| lower.matches(&account.to_lowercase()))
    };
    search.hold(at, ("accounts", "account"), &policy.break_glass.accounts, folded);
}

fn operations(policy: &Policy, named: &Named<'_>, search: &mut Search) {
    for entry in &policy.playbooks {
        let name = format!("[[playbook]] `{}`", entry.name);
        let at = (entry.line, name.as_str());
        let key = ("resources", "resource that a log names");
        search.hold(at, key, &entry.resources, |p| any(&named.resources, p));
    }
    for entry in policy.controls.iter().filter(|entry| entry.line > 0) {
        let name = format!("[[control]] `{}`", entry.name);
        let actions = Control::actions(entry);
        search.hold((entry.line, &name), (ACTIONS, "system"), actions, |p| of_system(named, p));
    }
}

/// Tells whether the evidence is of the system that actions belong to.
fn of_system(named: &Named<'_>, actions: &Pattern) -> bool {
    let text = actions.text();
    let system = Pattern::new(text.split_once(':').map_or(text, |(system, _)| system));
    any(&named.systems, &system)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        crossref::{
            Verdict,
            scene::{Scene, day},
        },
        model::Outcome,
        policy::{Production, Severity},
    };

    fn coverage(scene: Scene) -> PolicyCoverage {
        scene.assess(|assessment| coverage_of_policy(assessment.cx))
    }

    fn patterns(texts: &[&str]) -> Vec<Pattern> {
        texts.iter().map(|text| Pattern::new(text)).collect()
    }

    /// A merged change and a deployment, with a policy that fits.
    fn scene() -> Scene {
        let mut scene = Scene::new();
        scene.policy.capabilities.retain(|capability| capability.name == "approve");
        scene.policy.incompatible_roles.clear();
        scene.change(1, "ann", "cat", 9.0);
        scene.execute(1, "cat", "m1", 9.5);
        scene
    }

    #[test]
    fn a_policy_that_fits_has_nothing_to_say() {
        let found = coverage(scene());
        assert!(found.told().is_empty() && !found.judges_nothing(), "{found:?}");
        assert_eq!((found.protected, found.production), (1, 1));
    }

    #[test]
    fn protected_patterns_of_another_repository_or_branch() {
        let mut other = scene();
        other.policy.protected[0].repositories = patterns(&["example/*"]);
        let found = coverage(other);
        assert!(found.protected == 0 && found.judges_nothing());
        assert_eq!(found.unprotected[0].what, "branch main of acme/pay");
        assert_eq!(found.all_left_out(), found.told()[..1]);
        let told = found.told().join("\n");
        assert!(told.contains("1 change was merged into branch main of acme/pay"), "{told}");
        assert!(
            told.contains("[[protected]]: no repository of the evidence matches `ex"),
            "{told}"
        );
        assert!(!told.contains("no branch"), "the repository is the cause: {told}");

        let mut branch = scene();
        branch.policy.protected[0].branches = patterns(&["main", "release/*"]);
        let found = coverage(branch);
        assert_eq!(found.all_left_out(), Vec::<String>::new());
        let told = found.told().join("\n");
        assert!(told.contains("no branch of the evidence matches `release/*`"), "{told}");
    }

    #[test]
    fn environments_that_no_entry_counts() {
        let mut typo = scene();
        let environments = patterns(&["produktion"]);
        let entry = Production { environments, repositories: patterns(&["acme/*"]), line: 9 };
        typo.policy.production.push(entry);
        let found = coverage(typo);
        assert!(found.production == 0 && found.judges_nothing());
        assert_eq!(
            found.told(),
            [
                "1 execution in environment production, which no [[production]] of policy.toml \
                 counts: no rule about executions judges it",
                "policy.toml:9: [[production]]: no environment of the evidence matches \
                 `produktion`",
            ]
        );
    }

    #[test]
    fn roles_playbooks_owners_and_systems() {
        let mut all = scene();
        all.policy.capabilities[0].roles.extend(patterns(&["okta:aprover"]));
        all.policy.capabilities[0].actions = patterns(&["aws:s3:*", "gcp:storage.*"]);
        all.policy.incompatible_roles.push(crate::policy::IncompatibleRoles {
            name: "builds and runs".to_owned(),
            one: patterns(&["okta:change-*"]),
            other: patterns(&["okta:runner"]),
            severity: Severity::High,
            line: 5,
        });
        all.policy.owners.push(crate::policy::Owner {
            principal: "bob".to_owned(),
            repositories: patterns(&["akme/*"]),
            tiers: Vec::new(),
            line: 6,
        });
        all.policy.break_glass.accounts = patterns(&["AWS:Bot", "aws:root"]);
        all.playbook("restart", "bob", 0.0);
        all.attempt("bot", "ec2:Run", 3.0, Outcome::Denied);
        let found = coverage(all);
        let of: Vec<_> = found.unmatched.iter().map(|u| (u.key, u.patterns.join(" "))).collect();
        let wanted = [
            ("repositories", "akme/*"),
            ("roles", "okta:aprover"),
            ("actions", "gcp:storage.*"),
            ("other", "okta:runner"),
            ("accounts", "aws:root"),
        ];
        for (key, pattern) in wanted {
            assert!(of.contains(&(key, pattern.to_owned())), "{key} {pattern}: {of:?}");
        }
        assert!(of.iter().any(|(key, _)| *key == "resources"), "{of:?}");
        assert_eq!(of.len(), 6, "{of:?}");
    }

    #[test]
    fn only_what_lies_inside_is_counted() {
        let scene = scene();
        let sealed = scene.assess(|assessment| {
            let cx = assessment.cx;
            let after = |at: Instant| at > day(20.0);
            PolicyCoverage::of(cx.dataset, cx.policy, &after)
        });
        assert_eq!((sealed.protected, sealed.production), (0, 0));
    }

    #[test]
    fn a_period_of_which_policy_covers_nothing_proves_nothing() {
        let mut other = scene();
        other.policy.protected[0].repositories = patterns(&["example/*"]);
        other.assess(|assessment| {
            let count = |rule: &str| assessment.counts.iter().find(|c| c.rule.id == rule).unwrap();
            assert_eq!(count("no-approval").not_applicable, 1);
            assert_eq!(count("no-approval").indeterminate, 1);
        });
        let mut typo = scene();
        let environments = patterns(&["produktion"]);
        typo.policy.production.push(Production { environments, repositories: Vec::new(), line: 9 });
        typo.assess(|assessment| {
            let count = |rule: &str| assessment.counts.iter().find(|c| c.rule.id == rule).unwrap();
            assert_eq!(count("author-executed").not_applicable, 1);
            assert_eq!(count("author-executed").indeterminate, 1);
        });
        assert_ne!(scene().verdict("author-executed"), Verdict::NotApplicable);
    }
}
