//! What the pack cannot show, said as plainly as what it does.

use serde::Serialize;

use crate::{crossref::RULES, report::wording};

/// What the pack cannot show.
#[derive(Clone, Debug, Serialize)]
pub struct Limits {
    /// Of the pack as a whole.
    pub general: Vec<&'static str>,
    /// Of each rule.
    pub blind: Vec<Blind>,
}

/// What one rule cannot see.
#[derive(Clone, Debug, Serialize)]
pub struct Blind {
    /// The rule.
    pub rule: &'static str,
    /// What it cannot see.
    pub text: String,
}

const GENERAL: &[&str] = &[
    "The pack supports an auditor's judgement and does not replace it. It does not certify that a \
     control was designed suitably or operated effectively.",
    "It prints no required sample size. The whole population is in the tables, so that whoever \
     tests can draw a sample of their own.",
    "No authoritative AICPA text on AI agents exists. That an agent stands together with the human \
     who answers for it is this program's reading of the criteria, and the policy above says where \
     the organisation chose otherwise.",
    "It knows only what the exports hold. Whether an export left something out cannot be seen from \
     the export, except where totals, numbers in sequence or days without a record give it away.",
    "It cannot see an agent that works through a human's account, or two accounts of one person \
     that nothing joins.",
    "A month without a refusal is no proof of good conduct: a boundary that nobody touched is a \
     boundary that nobody tested.",
    "A signature shows that the pack was not changed since it was signed. It does not bind whoever \
     holds the key; a timestamp by a third party and a reviewer's countersignature answer that.",
];

pub(super) fn limits() -> Limits {
    let blind = RULES.iter().map(|rule| Blind {
        rule: rule.id,
        text: wording::section(rule.docs, "What it cannot see"),
    });
    Limits { general: GENERAL.to_vec(), blind: blind.collect() }
}
