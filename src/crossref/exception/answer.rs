//! The justifications that answer an exception, and why one is not accepted.

use crate::crossref::{Context, Exception, RULES, Rule, Test, Verdict, Who};
use crate::model::Instant;
use crate::policy::{Justification, PrincipalId, PrincipalKind};

/// Why a justification is not accepted.
#[derive(Clone, Debug, Eq, PartialEq, Ord, PartialOrd)]
pub enum Weakness {
    /// It has no text.
    Empty,
    /// Its author is not in the registry, or no human.
    UnknownAuthor,
    /// Its approver is not in the registry, or no human.
    UnknownApprover,
    /// One person wrote and approved it.
    OnePerson,
    /// Its approver is a party to the exception.
    ApproverIsParty,
    /// Its approver answers for an agent that is a party.
    ApproverIsSponsor,
    /// Its author is a party to the exception, and so is nobody to judge it.
    AuthorIsParty,
    /// Its author had left, or not come yet, when it was approved.
    AuthorWasGone,
    /// Its approver had left, or not come yet, when it was approved.
    ApproverWasGone,
    /// It was approved after the moment that this pack speaks for.
    NotYet(Instant),
    /// It no longer holds.
    Expired(Instant),
}

/// A justification as it answers one exception.
#[derive(Clone, Debug)]
pub struct Answer {
    /// Its place among the justifications.
    pub index: usize,
    /// Why it is not accepted; empty if it is.
    pub weaknesses: Vec<Weakness>,
}

/// Whether an exception still wants an answer.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Ord, PartialOrd)]
pub enum Status {
    /// Nobody justified it.
    Open,
    /// A justification was given that cannot be accepted.
    NotAccepted,
    /// It was justified once, and no longer is.
    Expired,
    /// A justification is accepted. The exception stays an exception.
    Justified,
}

impl Status {
    /// The name in tables.
    pub fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::NotAccepted => "justification not accepted",
            Self::Expired => "expired",
            Self::Justified => "justified",
        }
    }

    /// Tells whether somebody still has to answer.
    pub fn is_open(self) -> bool {
        self != Self::Justified
    }
}

/// The justifications that name an exception of these parties, and what they come to.
pub fn answered(cx: &Context<'_>, id: &str, parties: &[Who]) -> (Vec<Answer>, Status) {
    let naming = cx.justifications.all.iter().enumerate().filter(|(_, j)| j.exception == id);
    let answers: Vec<_> =
        naming.map(|(index, j)| Answer { index, weaknesses: weaknesses(cx, j, parties) }).collect();
    let status = status(&answers);
    (answers, status)
}

fn status(answers: &[Answer]) -> Status {
    let only_expired =
        |answer: &Answer| matches!(answer.weaknesses.as_slice(), [Weakness::Expired(_)]);
    if answers.is_empty() {
        Status::Open
    } else if answers.iter().any(|answer| answer.weaknesses.is_empty()) {
        Status::Justified
    } else if answers.iter().any(only_expired) {
        Status::Expired
    } else {
        Status::NotAccepted
    }
}

/// The rules about justifications that the one on a line of the file breaks, as it answers this
/// exception; `cx` knows the file.
pub fn broken_by_answer(
    cx: &Context<'_>,
    exception: &Exception,
    line: u32,
) -> Vec<(&'static Rule, String)> {
    let (answers, status) = answered(cx, &exception.id, &exception.parties);
    let exception = Exception { answers, status, ..exception.clone() };
    let Some(answer) = cx.justifications.all.iter().find(|j| j.line == line) else {
        return Vec::new();
    };
    let broken = |rule: &&'static Rule| {
        let Test::Justification(test) = rule.test else { return None };
        let finding = test(cx, answer, Some(&exception));
        (finding.verdict == Verdict::Violation).then_some((*rule, finding.statement))
    };
    RULES.iter().filter_map(broken).collect()
}

/// Why a justification cannot be accepted for an exception of these parties.
pub fn weaknesses(
    cx: &Context<'_>,
    justification: &Justification,
    parties: &[Who],
) -> Vec<Weakness> {
    let mut weak = Vec::new();
    if justification.text.trim().is_empty() {
        weak.push(Weakness::Empty);
    }
    let author = human(cx, &justification.author);
    let approver = human(cx, &justification.approver);
    if author.is_none() {
        weak.push(Weakness::UnknownAuthor);
    }
    let mut roots = parties.iter().filter_map(|who| match who {
        Who::Principal(principal) => Some(cx.identities.root(*principal)),
        Who::Account(_) => None,
    });
    // An agent's sponsor is one person with it, and so a party too.
    if author.is_some_and(|author| roots.any(|root| root == author)) {
        weak.push(Weakness::AuthorIsParty);
    }
    match approver {
        None => weak.push(Weakness::UnknownApprover),
        Some(approver) => {
            if Some(approver) == author {
                weak.push(Weakness::OnePerson);
            }
            if parties.contains(&Who::Principal(approver)) {
                weak.push(Weakness::ApproverIsParty);
            } else if sponsors(cx, parties).any(|sponsor| sponsor == approver) {
                weak.push(Weakness::ApproverIsSponsor);
            }
        }
    }
    let gone = |who: Option<PrincipalId>| {
        who.is_some_and(|who| {
            let entry = cx.principal(who);
            entry.valid_from.is_some_and(|from| justification.at < from)
                || entry.valid_until.is_some_and(|until| justification.at >= until)
        })
    };
    for (who, weakness) in
        [(author, Weakness::AuthorWasGone), (approver, Weakness::ApproverWasGone)]
    {
        weak.extend(gone(who).then_some(weakness));
    }
    if justification.at > cx.as_of {
        weak.push(Weakness::NotYet(justification.at));
    }
    if let Some(expires) = justification.expires.filter(|expires| *expires <= cx.as_of) {
        weak.push(Weakness::Expired(expires));
    }
    weak
}

fn human(cx: &Context<'_>, id: &str) -> Option<PrincipalId> {
    let principal = cx.identities.principals().named(id)?;
    (cx.principal(principal).kind == PrincipalKind::Human).then_some(principal)
}

fn sponsors<'a>(
    cx: &'a Context<'_>,
    parties: &'a [Who],
) -> impl Iterator<Item = PrincipalId> + use<'a> {
    parties.iter().filter_map(move |who| match who {
        Who::Principal(principal) => {
            let root = cx.identities.root(*principal);
            (root != *principal).then_some(root)
        }
        Who::Account(_) => None,
    })
}
