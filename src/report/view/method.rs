//! What the words of the report mean, and the policy by which it was judged.

use serde::Serialize;

use crate::{
    crossref::Context,
    policy::{Pattern, Playbook},
    report::{Report, hostile, wording},
};

/// How it was judged.
#[derive(Clone, Debug, Serialize)]
pub struct Method {
    /// What the words mean.
    pub definitions: Vec<Definition>,
    /// The policy in force, in words.
    pub policy: Vec<Definition>,
    /// The files that people wrote.
    pub written: Vec<Written>,
    /// The policy file as written, with deceiving characters made visible.
    pub policy_text: String,
}

/// A word and its meaning.
#[derive(Clone, Debug, Serialize)]
pub struct Definition {
    /// The word.
    pub term: String,
    /// Its meaning.
    pub text: String,
}

/// A file that people wrote.
#[derive(Clone, Debug, Serialize)]
pub struct Written {
    /// What it is.
    pub what: String,
    /// Its path.
    pub path: String,
    /// SHA-256 of its bytes.
    pub sha256: String,
}

const DEFINITIONS: &[(&str, &str)] = &[
    (
        "Same person",
        "Accounts are joined to people by the organisation's registry first, then by an address \
         that the account's own system vouches for; every join keeps what it rests on. An address \
         in a commit is only a claim: it can make somebody a party to a change, never independent \
         of it. In every test of separation an agent or service stands together with the human who \
         answers for it, and two agents of one human are one person. An account that belongs to \
         nobody known is a finding, and leaves open every test that it takes part in.",
    ),
    (
        "Approval that counts",
        "It is the reviewer's latest decision before the merge, was not dismissed, was given by a \
         human for the revision that was merged, by somebody who took no part in the change and \
         who does not answer for an agent that did, and whose role at that moment entitled them to \
         approve. An approval that fails any of these is listed with the reason.",
    ),
    (
        "Role at the time",
        "An export of intervals or of grant events proves a role at a moment. A snapshot proves it \
         only for its own moment: between two snapshots that agree the role is inferred, and the \
         report says from which; outside them it is unknown. Unknown is neither yes nor no.",
    ),
    (
        "Breach and exposure",
        "A breach is two duties used on one object, or a control that failed on it. Exposure is two \
         conflicting roles held at one time, whether they were used or not. They are told apart in \
         sections of their own.",
    ),
    (
        "Verdicts",
        "Each rule gives one verdict for each thing that it tests: pass, violation, indeterminate \
         or not applicable. Only proof passes. Where evidence is missing the verdict is \
         indeterminate, and so it is where there was nothing to test. Passes are listed too: \
         tables/verdicts.csv is the whole population.",
    ),
    (
        "Exceptions and justifications",
        "An exception keeps its id from month to month, because the id is computed from the rule, \
         the subject and the persons. A justification needs a text, an author, and an approver \
         who is neither the author nor a party nor answers for one. It may come late or expire, and \
         is shown as such. It answers an exception; it never removes it.",
    ),
    (
        "Refusals",
        "A refusal is evidence that a control works only when its record shows who tried, what, \
         when, and which control refused. One whose reason is not on record proves nothing about \
         a control and is counted apart. A bypass is never a refusal.",
    ),
    (
        "Drills and boundaries",
        "A drill is a planned attempt to do what policy forbids. A complete refusal of the planned \
         principal, action, target, window and code answers it, and answers no other; refusals \
         that were met while it ran are none from the wild. A positive control, somebody in the \
         right role who succeeds in the same window, makes the proof stronger. A boundary is \
         never exercised where the period's logs show neither a complete refusal nor a breach. \
         drills.csv says what was planned, not when it was written.",
    ),
    (
        "Completeness",
        "Every item of every export is either used, set aside for a stated reason, or rejected, \
         and the three add up. Duplicates, records outside the period, gaps that the reader noticed \
         and days without a record are counted. Who made an export, when and how is what people \
         say, and is not checked.",
    ),
];

pub(super) fn method(report: &Report<'_>) -> Method {
    let definition = |(term, text): &(&str, &str)| Definition {
        term: (*term).to_owned(),
        text: (*text).to_owned(),
    };
    let written = |input: &crate::report::Input| Written {
        what: hostile::brief(&input.what),
        path: hostile::brief(&input.path),
        sha256: input.digest.to_string(),
    };
    let lines = report.policy_text.lines().map(hostile::shown);
    Method {
        definitions: DEFINITIONS.iter().map(definition).collect(),
        policy: policy(report.cx()),
        written: report.inputs.iter().map(written).collect(),
        policy_text: lines.collect::<Vec<_>>().join("\n"),
    }
}

fn policy(cx: &Context<'_>) -> Vec<Definition> {
    let policy = cx.policy;
    let approvals = &policy.approvals;
    let needs = |n: u32| wording::counted(u64::from(n), "person", "persons");
    let mut all = vec![
        (
            format!("sponsor-approval = \"{}\"", approvals.sponsor_approval.name()),
            wording::sponsor_approval(approvals.sponsor_approval).to_owned(),
        ),
        (
            "approvals needed".to_owned(),
            format!(
                "{} for a change that people wrote; {} for one that an agent took part in.",
                needs(approvals.people),
                needs(approvals.agents)
            ),
        ),
    ];
    all.push((
        format!("self-merge = \"{}\"", approvals.self_merge.name()),
        wording::self_merge(approvals.self_merge).to_owned(),
    ));
    let windows = &policy.windows;
    all.push((
        "windows".to_owned(),
        format!(
            "A role is occasional that was not held for {} hours before and after the approval; an \
             approval is hasty that came within {} minutes of the commit; a justification is late \
             that was approved more than {} days after the period; nobody may run a playbook within \
             {} days after changing it, nor profit within {} hours after editing a control.",
            windows.occasional_role_hours,
            windows.hasty_approval_minutes,
            windows.justify_within_days,
            windows.definition_days,
            windows.control_weakened_hours
        ),
    ));
    all.push((
        format!("tickets required = \"{}\"", policy.tickets.required.name()),
        format!(
            "{} Keys by which a title may name a ticket: {}.",
            wording::ticket_need(policy.tickets.required),
            texts(&policy.tickets.keys)
        ),
    ));
    for duties in &policy.incompatible_duties {
        let text =
            format!("Nobody may do both on one change (severity {}).", duties.severity.name());
        all.push((format!("incompatible duties: {} and {}", duties.one, duties.other), text));
    }
    if policy.production.is_empty() {
        let text = "Every environment that an export names.".to_owned();
        all.push(("production".to_owned(), text));
    }
    for production in &policy.production {
        let of = match production.repositories.as_slice() {
            [] => String::new(),
            repositories => format!(" for {}", texts(repositories)),
        };
        all.push(("production".to_owned(), format!("{}{of}", texts(&production.environments))));
    }
    for tier in &policy.tiers {
        let list = |names: &[String]| match names {
            [] => "nothing named".to_owned(),
            names => names.join(", "),
        };
        let text = format!("May: {}. Must not: {}.", list(&tier.may), list(&tier.must_not));
        all.push((format!("tier {}", tier.name), text));
    }
    for conflict in &policy.incompatible_roles {
        let text = format!(
            "{} must not be held together with {} (severity {}).",
            texts(&conflict.one),
            texts(&conflict.other),
            conflict.severity.name()
        );
        all.push((format!("incompatible roles: {}", conflict.name), text));
    }
    for protected in &policy.protected {
        let text = format!("{} of {}", texts(&protected.branches), texts(&protected.repositories));
        all.push(("protected branches".to_owned(), text));
    }
    for capability in &policy.capabilities {
        let part = |what: &str, patterns: &[Pattern]| {
            (!patterns.is_empty()).then(|| format!("{what}: {}", texts(patterns)))
        };
        let parts = [
            part("roles", &capability.roles),
            part("actions", &capability.actions),
            part("resources", &capability.resources),
        ];
        let parts: Vec<_> = parts.into_iter().flatten().collect();
        let text = if parts.is_empty() { "nothing named".to_owned() } else { parts.join("; ") };
        all.push((format!("capability {}", capability.name), text));
    }
    all.extend(safeguards(cx));
    let definition = |(term, text): (String, String)| Definition {
        term: hostile::brief(&term),
        text: hostile::shown(&text),
    };
    all.into_iter().map(definition).collect()
}

/// Playbooks, controls, emergencies, grants, what logs tell of reviews, and owners.
fn safeguards(cx: &Context<'_>) -> Vec<(String, String)> {
    let policy = cx.policy;
    let mut all: Vec<_> = policy.playbooks.iter().map(|one| playbook(cx, one)).collect();
    for control in &policy.controls {
        let parts = [
            ("removed by", &control.removes),
            ("restored by", &control.restores),
            ("changed by", &control.edits),
        ];
        let parts = parts.into_iter().filter(|(_, actions)| !actions.is_empty());
        let parts: Vec<_> = parts.map(|(what, all)| format!("{what} {}", texts(all))).collect();
        all.push((format!("control {}", control.name), format!("{}.", parts.join("; "))));
    }
    let emergency = &policy.break_glass;
    let text = match emergency.is_named() {
        false => "No role and no account is for emergencies.".to_owned(),
        true => format!(
            "Roles: {}. Accounts: {}. Somebody else is to review a use within {} hours.",
            texts(&emergency.roles),
            texts(&emergency.accounts),
            emergency.review_within_hours
        ),
    };
    all.push(("break-glass".to_owned(), text));
    let text = match policy.grants.request_required {
        true => "A role that entitles to a duty is given only on an approved request.",
        false => "A role may be given without a request.",
    };
    let required = policy.grants.request_required;
    all.push((format!("grants: request-required = {required}"), text.to_owned()));
    if !policy.review_log.actions.is_empty() {
        let text = format!("Logs record reviews as {}.", texts(&policy.review_log.actions));
        all.push(("review-log".to_owned(), text));
    }
    all
}

fn playbook(cx: &Context<'_>, one: &Playbook) -> (String, String) {
    let approver = cx.identities.principals().named(&one.approved_by);
    let approver = approver.map_or(one.approved_by.as_str(), |id| &cx.principal(id).name);
    let version = one.version.as_ref().map(|version| format!(" in version {version}"));
    let category = one.category.as_ref().map(|name| format!(" under category {name}"));
    let until = one.until.map(|until| format!(", until {}", cx.clock(until)));
    let text = format!(
        "{}; approved{}{} by {approver} on {}{}.",
        texts(&one.resources),
        version.unwrap_or_default(),
        category.unwrap_or_default(),
        cx.clock(one.approved_at),
        until.unwrap_or_default()
    );
    (format!("playbook {}", one.name), text)
}

fn texts(patterns: &[Pattern]) -> String {
    match patterns {
        [] => "nothing named".to_owned(),
        all => all.iter().map(Pattern::text).collect::<Vec<_>>().join(", "),
    }
}
