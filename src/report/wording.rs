//! Names and words for what the rules found, the same in every format.

use chrono::{Datelike as _, NaiveDate};

use crate::{
    crossref::{Basis, Class, Context, Doubt, Proof, Reason, Tested, Weakness},
    model::{Duty, HowKnown, Instant, Period},
    policy::{PrincipalKind, SelfMerge, SponsorApproval, TicketNeed},
};

/// `yes`, `no` or `unknown`: unknown is never one of the others.
pub(super) fn ternary(answer: Option<bool>) -> &'static str {
    match answer {
        Some(true) => "yes",
        Some(false) => "no",
        None => "unknown",
    }
}

/// `yes` or `no`.
pub(super) fn binary(answer: bool) -> &'static str {
    ternary(Some(answer))
}

/// A class's name in tables.
pub(super) fn class(class: Class) -> &'static str {
    match class {
        Class::Breach => "breach",
        Class::Exposure => "exposure",
        Class::Process => "process",
    }
}

/// What a principal is, by the registry.
pub(super) fn kind(kind: PrincipalKind) -> &'static str {
    match kind {
        PrincipalKind::Human => "human",
        PrincipalKind::Agent => "agent",
        PrincipalKind::Service => "service",
    }
}

/// What kind of thing was tested.
pub(super) fn tested(tested: Tested) -> &'static str {
    match tested {
        Tested::Subject(_) => "subject",
        Tested::Principal(_) => "principal",
        Tested::Account(_) => "account",
        Tested::Attempt(_) => "attempt",
        Tested::Justification(_) => "justification",
        Tested::Grant(_) => "grant",
        Tested::Drill(_) => "drill",
        Tested::Boundary(_) => "boundary",
        Tested::Control(_) => "control",
        Tested::Repository(_) => "repository",
        Tested::Source(_) => "source",
        Tested::Nothing => "empty population",
    }
}

/// A reason's stable name in tables.
pub(super) fn reason_key(reason: Reason) -> &'static str {
    match reason {
        Reason::Superseded => "superseded",
        Reason::Repeated => "repeated",
        Reason::Dismissed => "dismissed",
        Reason::NotHuman => "not-human",
        Reason::Author => "author",
        Reason::Contributor(Duty::Request) => "requester",
        Reason::Contributor(_) => "contributor",
        Reason::Sponsor(_) => "sponsor",
        Reason::CommonSponsor(_) => "common-sponsor",
        Reason::Late => "late",
        Reason::Stale => "stale",
        Reason::NotEntitled => "not-entitled",
        Reason::Inactive => "inactive",
    }
}

/// The distinct names of an approval's reasons, in their order.
pub(super) fn reason_keys(reasons: &[Reason]) -> Vec<&'static str> {
    let mut keys = Vec::new();
    for key in reasons.iter().map(|reason| reason_key(*reason)) {
        if !keys.contains(&key) {
            keys.push(key);
        }
    }
    keys
}

/// Why an approval does not count.
pub(super) fn reason(cx: &Context<'_>, reason: Reason) -> String {
    let words = match reason {
        Reason::Superseded => "the reviewer decided otherwise later, before the merge",
        Reason::Repeated => "the reviewer approved again later, and that approval is judged",
        Reason::Dismissed => "it was dismissed",
        Reason::NotHuman => "no human gave it",
        Reason::Author => "the reviewer opened the change",
        Reason::Contributor(Duty::Request) => "the reviewer asked for the change",
        Reason::Contributor(Duty::Commit) => "the reviewer committed some of the change",
        Reason::Contributor(_) => "the reviewer wrote some of the change",
        Reason::Sponsor(agent) => {
            let agent = &cx.principal(agent).name;
            return format!("the reviewer answers for {agent}, which took part");
        }
        Reason::CommonSponsor(other) => {
            let other = &cx.principal(other).name;
            return format!("one human stands behind the reviewer and {other}, which took part");
        }
        Reason::Late => "it was given after the merge",
        Reason::Stale => "it was given for another revision than the merged one",
        Reason::NotEntitled => "the reviewer held no role that entitles to approve",
        Reason::Inactive => "the registry does not hold the reviewer to be valid at that time",
    };
    words.to_owned()
}

/// Why nobody can tell whether an approval counts.
pub(super) fn doubt(cx: &Context<'_>, doubt: &Doubt) -> String {
    match doubt {
        Doubt::Reviewer => "the reviewer's account belongs to nobody known".to_owned(),
        Doubt::Contributor(account) => {
            let account = cx.dataset.text(account.0);
            format!("{account} took part and belongs to nobody known, so it may be the reviewer's")
        }
        Doubt::Commits => "no export lists the commits of the change".to_owned(),
        Doubt::Time => "the approval has no time".to_owned(),
        Doubt::Revision => "the approval or the change does not name its revision".to_owned(),
        Doubt::Role(why) => format!("the reviewer's roles then are not known: {why}"),
        Doubt::Objection(account) => {
            let account = cx.dataset.text(account.0);
            format!("{account} objected later and may be the reviewer: one of them is nobody known")
        }
    }
}

/// Why a justification is not accepted.
pub fn weakness(weakness: &Weakness, clock: &dyn Fn(Instant) -> String) -> String {
    let words = match weakness {
        Weakness::Empty => "it has no text",
        Weakness::UnknownAuthor => "its author is no human of the registry",
        Weakness::UnknownApprover => "its approver is no human of the registry",
        Weakness::OnePerson => "one person wrote and approved it",
        Weakness::ApproverIsParty => "its approver is a party to the exception",
        Weakness::ApproverIsSponsor => "its approver answers for an agent that is a party",
        Weakness::AuthorIsParty => "its author is a party to the exception",
        Weakness::AuthorWasGone => {
            "its author was not with the organisation when it was approved, as the registry says"
        }
        Weakness::ApproverWasGone => {
            "its approver was not with the organisation when they approved it, as the registry says"
        }
        Weakness::NotYet(at) => {
            return format!("it was approved on {}, after this pack's moment", clock(*at));
        }
        Weakness::Expired(at) => return format!("it expired on {}", clock(*at)),
    };
    words.to_owned()
}

/// What says that an account is a principal's, or why nothing does.
pub fn basis(cx: &Context<'_>, basis: &Basis) -> String {
    match basis {
        Basis::Registry => "listed in the registry".to_owned(),
        Basis::Pattern(pattern) => format!("covered by the registry's pattern {pattern}"),
        Basis::Email(address, origin) => {
            format!("its system vouches for {address} ({})", cx.dataset.place(*origin))
        }
        Basis::Claim(address) => format!("a commit claims {address}; a claim proves nothing"),
        Basis::Platform => "a service of the system itself; no person acts through it".to_owned(),
        Basis::Ambiguous(owners) => {
            let owners: Vec<_> = owners.iter().map(|id| cx.principal(*id).id.as_str()).collect();
            format!("could be any of {}", owners.join(", "))
        }
        Basis::Nobody => "belongs to nobody known".to_owned(),
    }
}

/// How a role is known to have been held.
pub(super) fn proof(proof: Proof, clock: &dyn Fn(Instant) -> String) -> String {
    match proof {
        Proof::Proven => "proven".to_owned(),
        Proof::BetweenSnapshots(a, b) => {
            format!("inferred from snapshots of {} and {}", clock(a), clock(b))
        }
        Proof::OpenEnded => "open interval: its export does not say when it was made".to_owned(),
        Proof::Uncertain(why) => format!("unknown: {why}"),
    }
}

/// What policy takes a sponsor's approval for.
pub(super) fn sponsor_approval(choice: SponsorApproval) -> &'static str {
    match choice {
        SponsorApproval::Never => {
            "An approval of an agent's change by whoever answers for the agent never counts, and \
             is an exception even where somebody else approved too."
        }
        SponsorApproval::CountsAsOne => {
            "An agent and whoever answers for it are one person: such an approval does not count, \
             and is an exception only where nobody else's approval counts."
        }
        SponsorApproval::Counts => {
            "Whoever answers for an agent is taken for a second person, and may approve the \
             agent's change."
        }
    }
}

/// What kind of record tells that a role was held.
pub(super) fn told(known: HowKnown) -> &'static str {
    match known {
        HowKnown::Interval => "interval",
        HowKnown::GrantEvent | HowKnown::RevokeEvent => "event",
        HowKnown::Snapshot(_) => "snapshot",
    }
}

/// When policy lets an author merge.
pub(super) fn self_merge(choice: SelfMerge) -> &'static str {
    match choice {
        SelfMerge::Allowed => "Whoever wrote a change may merge it.",
        SelfMerge::AllowedWhenApproved => {
            "Whoever wrote a change may merge it where as many persons approved it as it needs."
        }
        SelfMerge::Forbidden => "Whoever wrote a change, or answers for it, must not merge it.",
    }
}

/// Which changes need a ticket.
pub(super) fn ticket_need(need: TicketNeed) -> &'static str {
    match need {
        TicketNeed::Never => "No change needs a ticket.",
        TicketNeed::Agents => "A change that an agent took part in needs a ticket.",
        TicketNeed::Always => "Every change needs a ticket.",
    }
}

/// One part of a rule's doc comment, on one line: `What it tests`.
pub(super) fn section(docs: &str, heading: &str) -> String {
    let mut lines = docs.lines().map(str::trim);
    let found = lines.any(|line| line.strip_prefix("## ") == Some(heading));
    let body = lines.take_while(|line| found && !line.starts_with("## "));
    let text = body.filter(|line| !line.is_empty()).collect::<Vec<_>>().join(" ");
    unlinked(&text.replace('`', ""))
}

/// The text with each link of Markdown, `[no-approval](no-approval.md)`, as its own words.
fn unlinked(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, link)) = rest.split_once('[') {
        out.push_str(before);
        match link.split_once("](").and_then(|(words, to)| Some((words, to.split_once(')')?.1))) {
            Some((words, after)) if !words.contains('[') => {
                out.push_str(words);
                rest = after;
            }
            _ => {
                out.push('[');
                rest = link;
            }
        }
    }
    out + rest
}

/// A period in words: `October 2026`, `1 January 2026 to 15 March 2026`.
pub(super) fn period(period: &Period) -> String {
    let (first, last) = (period.first_day(), period.last_day());
    let next = last.succ_opt().unwrap_or(last);
    let months = (next.year() - first.year()) * 12 + next.month() as i32 - first.month() as i32;
    match (first.day(), next.day(), months) {
        (1, 1, 1) => first.format("%B %Y").to_string(),
        (1, 1, 12) if first.month() == 1 => first.format("%Y").to_string(),
        _ => format!("{} to {}", day(first), day(last)),
    }
}

/// A day in words: `1 January 2026`.
pub(super) fn day(day: NaiveDate) -> String {
    day.format("%-d %B %Y").to_string()
}

/// A number with its thousands apart: `20,000`.
pub(super) fn count(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// A number and its noun: `1 change`, `20,000 changes`.
pub(super) fn counted(number: u64, one: &str, many: &str) -> String {
    format!("{} {}", count(number), if number == 1 { one } else { many })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn periods_in_words() {
        let today = NaiveDate::from_ymd_opt(2026, 11, 5).unwrap();
        let words = |text| period(&Period::parse(text, chrono_tz::UTC, today).unwrap());
        assert_eq!(words("2026-10"), "October 2026");
        assert_eq!(words("2026"), "2026");
        assert_eq!(words("2026-Q4"), "1 October 2026 to 31 December 2026");
        assert_eq!(words("2026-02-03..2026-02-09"), "3 February 2026 to 9 February 2026");
    }

    #[test]
    fn numbers_in_words() {
        assert_eq!([0, 999, 1000, 1_234_567].map(count), ["0", "999", "1,000", "1,234,567"]);
        assert_eq!(counted(1, "change", "changes"), "1 change");
    }

    #[test]
    fn parts_of_a_doc_comment() {
        let docs = " ## What it tests\n Every `x`:\n all.\n\n ## What it cannot see\n Much.\n";
        assert_eq!(section(docs, "What it tests"), "Every x: all.");
        assert_eq!(section(docs, "What it cannot see"), "Much.");
        assert_eq!(section(docs, "Nothing"), "");
        assert_eq!(unlinked("a [b](b.md), [c] and [d](d.md)."), "a b, [c] and d.");
        for rule in crate::crossref::RULES {
            for heading in ["What it tests", "Why it matters", "What it cannot see"] {
                let told = section(rule.docs, heading);
                assert!(!told.is_empty() && !told.contains("]("), "{}: {told}", rule.id);
            }
        }
    }
}
