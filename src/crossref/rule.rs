//! What a rule is, and what it may answer.

use serde::Serialize;

use super::{
    Boundary, ChangeFacts, Context, Drilled, Emergency, Execution, Guarded, Identity, Population,
    Preparer, exception::Exception,
};
use crate::{
    model::{AccountId, Decision, Grant, Located, Origin, Source, Subject, SubjectId},
    policy::{Drill, Justification, PrincipalId, Severity},
};

/// Which level of separation a rule tests.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Ord, PartialOrd, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Class {
    /// Two duties used on one object, or a control that failed on it: a breach.
    Breach,
    /// Two conflicting roles held: an exposure, used or not.
    Exposure,
    /// How exceptions and evidence are handled.
    Process,
}

impl Class {
    /// The name in tables.
    pub fn name(self) -> &'static str {
        match self {
            Self::Breach => "breach",
            Self::Exposure => "exposure",
            Self::Process => "process",
        }
    }
}

/// Evidence without which a change cannot be tested.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Need {
    /// The change's reviews, or the certainty that there were none.
    Reviews,
    /// The change's commits.
    Commits,
}

/// What testing one thing may find.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Ord, PartialOrd, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// The evidence proves that the rule was kept.
    Pass,
    /// The evidence proves that it was broken.
    Violation,
    /// Evidence is missing, so neither is proven.
    Indeterminate,
    /// The rule has nothing to test here.
    NotApplicable,
}

impl Verdict {
    /// The name in tables.
    pub fn name(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Violation => "violation",
            Self::Indeterminate => "indeterminate",
            Self::NotApplicable => "not applicable",
        }
    }
}

/// A party to a finding.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Ord, PartialOrd)]
pub enum Who {
    /// Somebody the registry knows.
    Principal(PrincipalId),
    /// An account that resolves to nobody.
    Account(AccountId),
}

/// A record that a finding rests on.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Evidence {
    /// What it shows: `approval`, `merge`.
    pub shows: &'static str,
    /// Where it is.
    pub origin: Origin,
}

/// What a rule found about one thing.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Finding {
    /// The verdict.
    pub verdict: Verdict,
    /// Why, in a sentence without a full stop.
    pub statement: String,
    /// The parties, for a violation; sorted, each once.
    pub persons: Vec<Who>,
    /// The records that show it.
    pub evidence: Vec<Evidence>,
    /// How bad it is, where that differs from the rule's own severity.
    pub severity: Option<Severity>,
    /// What tells it from other findings on the same thing, such as a conflict's name.
    pub about: Option<String>,
}

impl Finding {
    fn new(verdict: Verdict, statement: impl Into<String>) -> Self {
        let statement = statement.into();
        Self {
            verdict,
            statement,
            persons: Vec::new(),
            evidence: Vec::new(),
            severity: None,
            about: None,
        }
    }

    /// The rule was kept.
    pub fn pass(statement: impl Into<String>) -> Self {
        Self::new(Verdict::Pass, statement)
    }

    /// The rule was broken by `persons`.
    pub fn violation(statement: impl Into<String>, mut persons: Vec<Who>) -> Self {
        persons.sort();
        persons.dedup();
        Self { persons, ..Self::new(Verdict::Violation, statement) }
    }

    /// Evidence is missing.
    pub fn indeterminate(missing: impl Into<String>) -> Self {
        Self::new(Verdict::Indeterminate, missing)
    }

    /// There is nothing to test.
    pub fn not_applicable(reason: impl Into<String>) -> Self {
        Self::new(Verdict::NotApplicable, reason)
    }

    /// Adds a record that the finding rests on.
    pub fn with(mut self, shows: &'static str, origin: Origin) -> Self {
        let evidence = Evidence { shows, origin };
        if !self.evidence.contains(&evidence) {
            self.evidence.push(evidence);
        }
        self
    }

    /// Adds several records.
    pub fn with_all(self, shows: &'static str, origins: impl IntoIterator<Item = Origin>) -> Self {
        origins.into_iter().fold(self, |this, origin| this.with(shows, origin))
    }
}

/// What a rule tests one at a time, and the function that tests it.
#[derive(Clone, Copy, Debug)]
pub enum Test {
    /// Every change merged in the period.
    Change(fn(&Context<'_>, &ChangeFacts<'_>) -> Finding),
    /// Every commit that became the newest of a protected branch in the period.
    Commit(fn(&Context<'_>, &Located<Subject>) -> Finding),
    /// Every run or deployment into production that was started in the period.
    Execution(fn(&Context<'_>, &Execution<'_>) -> Finding),
    /// Every ticket of a change merged in the period, and every one approved in it.
    Ticket(fn(&Context<'_>, SubjectId) -> Finding),
    /// Every principal of the registry; several findings where there are several things to say.
    Principal(fn(&Context<'_>, PrincipalId) -> Vec<Finding>),
    /// Every account that acted in the period.
    Account(fn(&Context<'_>, &Identity) -> Finding),
    /// Every attempt of a registered agent or service in the period.
    Attempt(fn(&Context<'_>, &Located<Decision>) -> Finding),
    /// The same, and what humans did of the capabilities that policy names for their tier.
    Use(fn(&Context<'_>, &Located<Decision>) -> Finding),
    /// Every decision of a control in the period that a log shows, whoever it was about.
    Decision(fn(&Context<'_>, &Located<Decision>) -> Finding),
    /// Every drill whose window touches the period, with the records that are about it.
    Drill(fn(&Context<'_>, &Drill, &Drilled) -> Finding),
    /// Every capability that policy forbids to a tier.
    Boundary(fn(&Context<'_>, &Boundary<'_>) -> Finding),
    /// Every role that was given in the period, with all records that say so.
    Grant(fn(&Context<'_>, &[Located<Grant>]) -> Finding),
    /// Every control of policy as a whole, and of each thing that an edit of it names; several
    /// findings where there are several things to say.
    Control(fn(&Context<'_>, &Guarded<'_>) -> Vec<Finding>),
    /// Every use of an emergency access in the period.
    Emergency(fn(&Context<'_>, &Emergency<'_>) -> Finding),
    /// Every repository that has changes or a history; several findings where there are several
    /// things to say.
    Repository(fn(&Context<'_>, &Population<'_>) -> Vec<Finding>),
    /// Everybody who made exports, with the exceptions of the period and the names of who justified
    /// any.
    Preparer(fn(&Context<'_>, &Preparer<'_>, &[Exception]) -> Finding),
    /// Every input file.
    Source(fn(&Context<'_>, &Source) -> Finding),
    /// Every justification, with the exception it answers.
    Justification(fn(&Context<'_>, &Justification, Option<&Exception>) -> Finding),
}

/// A rule: what it says about itself, and the one function that tests it.
///
/// Declared with `rule!` from a doc comment. Its page, `sodpack explain` and its part of the pack
/// are made from this.
#[derive(Debug)]
pub struct Rule {
    /// Kebab-case name of the violation, the same as the file's name.
    pub id: &'static str,
    /// What a violation is: lowercase, no full stop.
    pub summary: &'static str,
    /// The doc comment: `## What it tests`, `## Why it matters`, `## What it cannot see`.
    pub docs: &'static str,
    /// The level that it tests.
    pub class: Class,
    /// How bad a violation is.
    pub severity: Severity,
    /// Criteria that it is evidence for: `CC8.1`.
    pub criteria: &'static [&'static str],
    /// Evidence without which a change is indeterminate.
    pub needs: &'static [Need],
    /// Rules whose violation on the same thing is the same fact, and needs no answer of its own.
    pub implies: &'static [&'static str],
    /// The version that it first appeared in.
    pub since: &'static str,
    /// What is tested, and how.
    pub test: Test,
}

/// Declares a [`Rule`] from a doc comment and its metadata.
macro_rules! rule {
    (
        $(#[doc = $doc:literal])+
        $vis:vis static $name:ident = $id:literal {
            summary: $summary:literal,
            class: $class:ident,
            severity: $severity:ident,
            criteria: $criteria:expr,
            needs: [$($need:ident),* $(,)?],
            implies: $implies:expr,
            since: $since:literal,
            test: $test:expr,
        }
    ) => {
        $(#[doc = $doc])+
        $vis static $name: $crate::crossref::Rule = $crate::crossref::Rule {
            id: $id,
            summary: $summary,
            docs: concat!($($doc, "\n"),+),
            class: $crate::crossref::Class::$class,
            severity: $crate::policy::Severity::$severity,
            criteria: &$criteria,
            needs: &[$($crate::crossref::Need::$need),*],
            implies: &$implies,
            since: $since,
            test: $test,
        };
    };
}
pub(super) use rule;

#[cfg(test)]
mod tests {
    use super::Class;

    #[test]
    fn a_class_is_called_alike_in_tables_and_data() {
        for class in [Class::Breach, Class::Exposure, Class::Process] {
            assert_eq!(serde_json::to_value(class).unwrap(), class.name());
        }
    }
}
