//! A scenario with one thing changed.

use sodpack::model::{AccountKind, Duty, HowKnown, Instant, Outcome, SubjectKind, SubjectState};

use sodpack::policy::Pattern;

use super::{
    judge::short,
    record::{Attempt, Deed, Fact, File, Given, Thing, What},
    scenario::{Member, Scenario},
};

/// The principal `id` is called `other`: in the registry, in the policy, in the drills, and by each
/// account that bears its name.
pub(crate) fn renamed(scenario: &Scenario, id: &str, other: &str) -> Scenario {
    let mut changed = scenario.clone();
    let account = |account: &mut String| {
        if let Some((system, local)) = account.split_once(':').filter(|(_, local)| *local == id) {
            debug_assert_eq!(local, id);
            *account = format!("{system}:{other}");
        }
    };
    let name = |name: &mut String| {
        if name == id {
            other.clone_into(name);
        }
    };
    for member in &mut changed.people {
        name(&mut member.id);
        member.sponsor.iter_mut().for_each(name);
        member.accounts.iter_mut().for_each(account);
    }
    let policy = &mut changed.policy;
    policy.owners.iter_mut().for_each(|owner| name(&mut owner.principal));
    policy.playbooks.iter_mut().for_each(|playbook| name(&mut playbook.approved_by));
    for pattern in &mut policy.break_glass.accounts {
        let mut text = pattern.text().to_owned();
        account(&mut text);
        *pattern = Pattern::new(&text);
    }
    changed.drills.iter_mut().flat_map(|drill| drill.principals()).for_each(name);
    for answer in &mut changed.answers {
        name(&mut answer.author);
        name(&mut answer.approver);
        if let super::scenario::Answered::Rule { on, .. } = &mut answer.of {
            *on = on
                .split(' ')
                .map(|word| if word == id { other } else { word })
                .collect::<Vec<_>>()
                .join(" ");
        }
    }
    for playbook in &mut changed.policy.playbooks {
        name(&mut playbook.approved_by);
    }
    for pattern in &mut changed.policy.break_glass.accounts {
        let mut text = pattern.text().to_owned();
        account(&mut text);
        *pattern = Pattern::new(&text);
    }
    changed.files.iter_mut().filter_map(|file| file.by.as_mut()).for_each(name);
    for fact in changed.files.iter_mut().flat_map(|file| &mut file.facts) {
        match &mut fact.what {
            What::Account { id, .. } => account(id),
            What::Act(deed) => account(&mut deed.by),
            What::Grant(given) => {
                account(&mut given.holder);
                given.by.iter_mut().for_each(account);
            }
            What::Decision(attempt) => account(&mut attempt.by),
            What::Subject(_) | What::Link { .. } => {}
        }
    }
    changed
}

/// Files, records and rows of the registry in reverse. Each path bears `!` before its own name.
pub(crate) fn reversed(scenario: &Scenario) -> Scenario {
    let mut changed = scenario.clone();
    changed.people.reverse();
    changed.drills.reverse();
    changed.files.reverse();
    for (index, file) in changed.files.iter_mut().enumerate() {
        file.path = format!("{index:03}!{}", file.path);
        file.facts.reverse();
        for fact in &mut file.facts {
            fact.line = 100_000 - fact.line;
        }
    }
    changed
}

/// Beside what happens in another repository and another system to other people.
pub(crate) fn beside_others(scenario: &Scenario) -> Scenario {
    let mut changed = scenario.clone();
    let person = |id: &str| Member {
        line: 0,
        id: id.to_owned(),
        kind: "human".to_owned(),
        sponsor: None,
        accounts: vec![format!("unrelated:{id}")],
        emails: Vec::new(),
        tier: None,
        from: None,
        until: None,
    };
    changed.people.insert(0, person("an-unrelated-one"));
    changed.people.push(person("the-unrelated-other"));
    let facts = (1..).zip(unrelated()).map(|(line, what)| Fact { line, what }).collect();
    changed.files.push(File {
        path: "unrelated/all".to_owned(),
        system: "unrelated".to_owned(),
        exported: Some(Instant::parse("2026-11-04T00:00:00Z").unwrap()),
        roles: None,
        gaps: Vec::new(),
        rejects: 0,
        log: false,
        by: None,
        facts,
    });
    changed
}

/// A change, a role and an attempt that have nothing to do with the scenario.
fn unrelated() -> Vec<What> {
    let at = |text: &str| Some(Instant::parse(text).unwrap());
    let change = "unrelated:unrelated/repo#1".to_owned();
    let merged = at("2026-10-09T12:00:00Z");
    let deed = |by: &str, duty, at, revision: Option<&str>| {
        let (by, to) = (format!("unrelated:{by}"), change.clone());
        let revision = revision.map(str::to_owned);
        What::Act(Deed { by, duty, to, at, revision, dismissed: false })
    };
    vec![
        What::Account {
            id: "unrelated:the-unrelated-other".to_owned(),
            kind: AccountKind::Human,
            email: None,
        },
        What::Subject(Thing {
            id: change.clone(),
            kind: SubjectKind::Change,
            state: SubjectState::Done,
            repository: Some("unrelated/repo".to_owned()),
            target: Some("main".to_owned()),
            revision: Some("u1".to_owned()),
            created: at("2026-10-08T12:00:00Z"),
            done: merged,
            reviews_listed: true,
        }),
        deed("an-unrelated-one", Duty::Author, at("2026-10-08T12:00:00Z"), None),
        deed("the-unrelated-other", Duty::Approve, at("2026-10-08T13:00:00Z"), Some("u1")),
        deed("an-unrelated-one", Duty::Merge, merged, None),
        What::Grant(Given {
            holder: "unrelated:an-unrelated-one".to_owned(),
            role: "unrelated:role".to_owned(),
            scope: None,
            from: at("2026-10-02T12:00:00Z"),
            until: None,
            by: Some("unrelated:the-unrelated-other".to_owned()),
            known: HowKnown::Interval,
        }),
        What::Decision(Attempt {
            at: merged.unwrap(),
            by: "unrelated:an-unrelated-one".to_owned(),
            action: "unrelated:action".to_owned(),
            on: None,
            outcome: Outcome::Allowed,
            code: None,
            control: None,
        }),
    ]
}

/// One file in two: every other record goes into the second.
pub(crate) fn split(scenario: &Scenario, index: usize) -> Scenario {
    let mut changed = scenario.clone();
    let file = &mut changed.files[index];
    let (mut first, mut second) = (Vec::new(), Vec::new());
    for (n, fact) in file.facts.drain(..).enumerate() {
        if n % 2 == 0 { first.push(fact) } else { second.push(fact) }
    }
    file.facts = first;
    let path = format!("{}-2", file.path);
    let half = File { path, facts: second, rejects: 0, gaps: Vec::new(), ..file.clone() };
    changed.files.push(half);
    changed
}

/// What was removed, the scenario without it, and the places that it stood at.
type Without = (String, Scenario, Vec<String>);

pub(crate) fn without_each_approval(scenario: &Scenario) -> Vec<Without> {
    without_each(scenario, |what| match what {
        What::Act(deed) if deed.duty == Duty::Approve => {
            Some(format!("by {} of {}", deed.by, deed.to))
        }
        _ => None,
    })
}

pub(crate) fn without_each_role(scenario: &Scenario) -> Vec<Without> {
    without_each(scenario, |what| match what {
        What::Grant(given) if given.known != HowKnown::RevokeEvent => {
            Some(format!("{} of {}", given.role, given.holder))
        }
        _ => None,
    })
}

fn without_each(scenario: &Scenario, picked: impl Fn(&What) -> Option<String>) -> Vec<Without> {
    let mut all = Vec::new();
    for (f, file) in scenario.files.iter().enumerate() {
        for (n, fact) in file.facts.iter().enumerate() {
            let Some(told) = picked(&fact.what) else { continue };
            let mut without = scenario.clone();
            without.files[f].facts.remove(n);
            all.push((told, without, vec![place(file, n)]));
        }
    }
    all
}

/// The place of a file's record, as the dataset tells it.
fn place(file: &File, n: usize) -> String {
    let line = file.facts[n].line;
    let part = file.facts[..=n].iter().filter(|fact| fact.line == line).count();
    format!("{} line {line} {part}", file.path)
}

/// Without a row of the registry, and without those whose sponsor it is: a registry that names a
/// sponsor whom it does not hold is not read. `None` where drills or owners name any of them, for
/// then nothing is read.
pub(crate) fn without_member(scenario: &Scenario, id: &str) -> Option<Scenario> {
    let mut changed = scenario.clone();
    let mut gone = vec![id.to_owned()];
    while let Some(id) = gone.pop() {
        let named = scenario.drills.iter().any(|drill| drill.names(&id));
        if named || scenario.policy.owners.iter().any(|owner| owner.principal == id) {
            return None;
        }
        changed.people.retain(|member| member.id != id);
        let sponsored = changed.people.iter().filter(|m| m.sponsor.as_deref() == Some(&id));
        gone.extend(sponsored.map(|member| member.id.clone()));
    }
    Some(changed)
}

/// Tells whether an account of the records is covered by this row and by another, by pattern or by
/// an address that its system vouches for.
pub(crate) fn claims_with_another(scenario: &Scenario, member: &Member) -> bool {
    let vouched = |member: &Member, account: &str| {
        let facts = scenario.files.iter().flat_map(|file| &file.facts);
        facts.into_iter().any(|fact| {
            matches!(&fact.what, What::Account { id, email: Some(email), .. }
                if id == account && member.emails.contains(email))
        })
    };
    let covers = |member: &Member, account: &str| {
        let mut patterns = member.accounts.iter().map(|own| Pattern::new(&own.to_lowercase()));
        patterns.any(|pattern| pattern.matches(&account.to_lowercase())) || vouched(member, account)
    };
    let others = || scenario.people.iter().filter(|other| other.id != member.id);
    let facts = scenario.files.iter().flat_map(|file| &file.facts);
    let mut accounts = facts.filter_map(|fact| match &fact.what {
        What::Account { id, .. } => Some(id),
        What::Act(deed) => Some(&deed.by),
        What::Grant(given) => Some(&given.holder),
        What::Decision(attempt) => Some(&attempt.by),
        What::Subject(_) | What::Link { .. } => None,
    });
    accounts.any(|account| covers(member, account) && others().any(|other| covers(other, account)))
}

/// Tells whether a list of roles was made between two others.
pub(crate) fn lies_between(scenario: &Scenario, file: &File) -> bool {
    let made = |file: &File| match file.roles {
        Some(HowKnown::Snapshot(at)) => at,
        _ => None,
    };
    let Some(at) = made(file) else { return false };
    let others: Vec<_> = scenario.files.iter().filter_map(made).collect();
    others.iter().any(|other| *other < at) && others.iter().any(|other| *other > at)
}

/// Tells whether a row stands for an account that its own system calls a service, and that only
/// recorded or merged what others wrote.
pub(crate) fn only_records(scenario: &Scenario, member: &Member) -> bool {
    let records = |duty| matches!(duty, Duty::Commit | Duty::Merge);
    let mut service = false;
    for fact in scenario.files.iter().flat_map(|file| &file.facts) {
        let own = |account: &String| member.accounts.contains(account);
        match &fact.what {
            What::Account { id, kind: AccountKind::Service, .. } if own(id) => service = true,
            What::Act(deed) if own(&deed.by) && !records(deed.duty) => return false,
            What::Grant(Given { by: Some(by), .. }) if own(by) => return false,
            _ => {}
        }
    }
    service
}

/// Each change with one approval: its author and its approver, both in the registry.
pub(crate) fn authors_and_approvers(scenario: &Scenario) -> Vec<(String, String, String)> {
    let facts = || scenario.files.iter().flat_map(|file| &file.facts);
    let owner = |account: &str| {
        let is_owner = |m: &&Member| m.accounts.iter().any(|own| own == account);
        scenario.people.iter().find(is_owner).map(|member| member.id.clone())
    };
    let did = |duty: Duty, to: &str| -> Vec<&Deed> {
        let deeds = facts().filter_map(|fact| match &fact.what {
            What::Act(deed) => Some(deed),
            _ => None,
        });
        deeds.filter(|deed| deed.duty == duty && deed.to == to).collect()
    };
    let mut all = Vec::new();
    for fact in facts() {
        let What::Subject(thing) = &fact.what else { continue };
        let (authors, approvals) = (did(Duty::Author, &thing.id), did(Duty::Approve, &thing.id));
        let ([author], [approval]) = (&authors[..], &approvals[..]) else { continue };
        if let (Some(author), Some(approver)) = (owner(&author.by), owner(&approval.by)) {
            all.push((short(&thing.id), author, approver));
        }
    }
    all
}

/// Two rows of the registry put into one: whoever bears the author's accounts is the approver too.
pub(crate) fn one_person(scenario: &Scenario, author: &str, approver: &str) -> Scenario {
    let mut changed = scenario.clone();
    let gone = changed.people.iter().position(|member| member.id == author).unwrap();
    let gone = changed.people.remove(gone);
    let policy = &mut changed.policy;
    let owners = policy.owners.iter_mut().map(|owner| &mut owner.principal);
    let approvers = policy.playbooks.iter_mut().map(|playbook| &mut playbook.approved_by);
    let drills = changed.drills.iter_mut().flat_map(|drill| drill.principals());
    let named = owners.chain(approvers).chain(drills);
    named.filter(|name| *name == author).for_each(|name| approver.clone_into(name));
    for member in &mut changed.people {
        if member.sponsor.as_deref() == Some(author) {
            member.sponsor = Some(approver.to_owned()).filter(|_| member.id != approver);
        }
        if member.id == approver {
            member.accounts.extend(gone.accounts.iter().cloned());
            member.emails.extend(gone.emails.iter().cloned());
        }
    }
    changed
}
