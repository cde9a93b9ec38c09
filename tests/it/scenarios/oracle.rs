//! Judges the changes of a month in the most naive way: by going through all that happened, again
//! and again, without any of the engine's joins.

use sodpack::{
    crossref::Verdict,
    model::{Duty, Instant, SubjectKind},
};

use super::{
    record::{Deed, Thing, What},
    scenario::Scenario,
};

/// Accounts that act, with the person behind each: an agent's is its sponsor. `ghost` and `gone`
/// are nobody's.
pub(super) const ACCOUNTS: &[(&str, Option<&str>)] = &[
    ("github:ann", Some("ann")),
    ("github:bob", Some("bob")),
    ("github:bob-admin", Some("bob")),
    ("github:cat", Some("cat")),
    ("github:dan", Some("dan")),
    ("github:bot", Some("ann")),
    ("github:pipe", Some("cat")),
    ("github:ghost", None),
    ("github:gone", None),
];

pub(super) const MACHINES: &[&str] = &["github:bot", "github:pipe"];

/// The oracle's view of a month: nothing but its records.
pub(super) struct Oracle<'a> {
    facts: Vec<&'a What>,
}

/// What the oracle thinks of one approval.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Worth {
    Counts,
    Open,
    Void,
}

impl<'a> Oracle<'a> {
    pub(super) fn new(month: &'a Scenario) -> Self {
        let facts = month.files.iter().flat_map(|file| &file.facts).map(|fact| &fact.what);
        Self { facts: facts.collect() }
    }

    pub(super) fn deeds(&self, duty: Duty, to: &str) -> Vec<&'a Deed> {
        let mut deeds = Vec::new();
        for fact in &self.facts {
            if let What::Act(deed) = fact
                && deed.duty == duty
                && deed.to == to
                && !deeds.contains(&deed)
            {
                deeds.push(deed);
            }
        }
        deeds
    }

    /// The changes of October on the protected branch.
    pub(super) fn changes(&self) -> Vec<&'a Thing> {
        let (from, until) = (
            Instant::parse("2026-10-01T00:00:00Z").unwrap(),
            Instant::parse("2026-11-01T00:00:00Z").unwrap(),
        );
        let mut changes = Vec::new();
        for fact in &self.facts {
            if let What::Subject(thing) = fact
                && thing.kind == SubjectKind::Change
                && thing.done.is_some_and(|done| from <= done && done < until)
            {
                changes.push(thing);
            }
        }
        changes
    }

    pub(super) fn wrote(&self, change: &Thing) -> Vec<&'a str> {
        let mut wrote: Vec<&str> =
            self.deeds(Duty::Author, &change.id).iter().map(|deed| deed.by.as_str()).collect();
        for fact in &self.facts {
            if let What::Link { from, to, .. } = fact
                && *from == change.id
            {
                wrote.extend(self.deeds(Duty::Author, to).iter().map(|deed| deed.by.as_str()));
            }
        }
        wrote
    }

    /// Whether anybody but the reviewer wrote it: `None` if an account is nobody's.
    pub(super) fn independent(&self, change: &Thing, reviewer: &str) -> Option<bool> {
        let mut answer = Some(true);
        for author in self.wrote(change) {
            if author == reviewer
                || (person(author).is_some() && person(author) == person(reviewer))
            {
                return Some(false);
            }
            if person(author).is_none() || person(reviewer).is_none() {
                answer = None;
            }
        }
        answer
    }

    /// Whether the reviewer held the role at the approval.
    pub(super) fn entitled(&self, approval: &Deed) -> Option<bool> {
        let (who, at) = (person(&approval.by)?, approval.at?);
        let holds = |fact: &&What| match fact {
            What::Grant(given) => {
                given.role == "okta:change-approver"
                    && given.holder == format!("okta:{who}")
                    && given.from.is_some_and(|from| from <= at)
                    && given.until.is_none_or(|until| at < until)
            }
            _ => false,
        };
        Some(self.facts.iter().any(holds))
    }

    /// The reviewer's last word at the merge, where it can be told whose words are whose.
    pub(super) fn last_word(&self, change: &Thing, approval: &Deed) -> Option<bool> {
        let (given, merged) = (approval.at?, change.done?);
        let mut answer = Some(true);
        for other in self.deeds(Duty::Reject, &change.id) {
            let theirs = other.by == approval.by
                || (person(&other.by).is_some() && person(&other.by) == person(&approval.by));
            let unknown = person(&other.by).is_none() || person(&approval.by).is_none();
            match other.at {
                None if unknown => answer = None,
                None => {}
                Some(at) if at < given || at > merged => {}
                Some(_) if theirs => return Some(false),
                Some(_) if unknown => answer = None,
                Some(_) => {}
            }
        }
        answer
    }

    /// What an approval is worth. One that its giver repeated later is judged by the later one.
    pub(super) fn worth(&self, change: &Thing, approval: &Deed) -> Worth {
        let repeated = self.deeds(Duty::Approve, &change.id).iter().any(|other| {
            let same = other.by == approval.by
                || (person(&other.by).is_some() && person(&other.by) == person(&approval.by));
            let in_time = other.at.is_some_and(|at| Some(at) <= change.done);
            same && !other.dismissed && in_time && other.at > approval.at && approval.at.is_some()
        });
        let seen = match (&approval.revision, &change.revision) {
            (Some(seen), Some(merged)) => Some(seen == merged),
            _ => None,
        };
        let machine = MACHINES.contains(&approval.by.as_str());
        let answers = [
            Some(!approval.dismissed),
            Some(!repeated || late(change, approval)),
            if machine { Some(false) } else { person(&approval.by).map(|_| true) },
            approval.at.map(|at| Some(at) <= change.done),
            seen,
            self.independent(change, &approval.by),
            if machine { None } else { self.entitled(approval) },
            self.last_word(change, approval),
        ];
        if answers.contains(&Some(false)) {
            Worth::Void
        } else if answers.contains(&None) {
            Worth::Open
        } else {
            Worth::Counts
        }
    }

    /// The verdict of `no-approval`.
    pub(super) fn no_approval(&self, change: &Thing) -> Verdict {
        let approvals = self.deeds(Duty::Approve, &change.id);
        let worths: Vec<_> = approvals.iter().map(|a| self.worth(change, a)).collect();
        if unprotected(change) {
            Verdict::NotApplicable
        } else if worths.contains(&Worth::Counts) {
            Verdict::Pass
        } else if worths.contains(&Worth::Open) {
            Verdict::Indeterminate
        } else {
            Verdict::Violation
        }
    }

    /// Whether `self-approval` is violated: somebody who opened the change gave an approval that
    /// they did not take back.
    pub(super) fn self_approved(&self, change: &Thing) -> bool {
        let opened = self.deeds(Duty::Author, &change.id);
        let approvals = self.deeds(Duty::Approve, &change.id);
        approvals.iter().any(|approval| {
            let own = opened.iter().any(|deed| {
                let one =
                    principal(&deed.by).is_some() && principal(&deed.by) == principal(&approval.by);
                deed.by == approval.by || one
            });
            own && !unprotected(change) && self.stands(change, approval)
        })
    }

    /// Whether an approval was neither taken back nor given again.
    pub(super) fn stands(&self, change: &Thing, approval: &Deed) -> bool {
        let replaced = self.deeds(Duty::Approve, &change.id).iter().any(|other| {
            let same = other.by == approval.by
                || (person(&other.by).is_some() && person(&other.by) == person(&approval.by));
            let in_time = other.at.is_some_and(|at| Some(at) <= change.done);
            same && !other.dismissed && in_time && other.at > approval.at && approval.at.is_some()
        });
        !approval.dismissed
            && (late(change, approval)
                || (!replaced && self.last_word(change, approval) != Some(false)))
    }

    /// Whether a rule that charges approvals which `fail` is violated: some of them stand, and
    /// without them nothing counts or may count.
    pub(super) fn rested_on(&self, change: &Thing, fails: impl Fn(&Deed) -> bool) -> bool {
        let approvals = self.deeds(Duty::Approve, &change.id);
        let failing =
            approvals.iter().any(|approval| self.stands(change, approval) && fails(approval));
        failing && self.no_approval(change) == Verdict::Violation
    }
}

/// The person behind an account.
pub(super) fn person(account: &str) -> Option<&'static str> {
    ACCOUNTS.iter().find(|(known, _)| *known == account).and_then(|(_, person)| *person)
}

/// The principal of an account: a machine is its own.
pub(super) fn principal(account: &str) -> Option<String> {
    match MACHINES.contains(&account) {
        true => Some(account.to_owned()),
        false => person(account).map(str::to_owned),
    }
}

pub(super) fn unprotected(change: &Thing) -> bool {
    change.target.as_deref() != Some("main")
}

pub(super) fn late(change: &Thing, approval: &Deed) -> bool {
    approval.at.is_some_and(|at| Some(at) > change.done)
}
