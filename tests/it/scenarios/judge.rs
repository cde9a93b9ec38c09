//! Judges a scenario by the library's own engine.

use sodpack::{
    crossref::{Assessment, Context, Judgement, RuleCount, Tested, Verdict},
    model::Period,
    policy::{Justification, Justifications},
};

use super::{
    record::sealed,
    scenario::{Answer, Answered, Scenario},
};

/// A verdict in the scenario's own words.
#[derive(Clone, Debug, Eq, PartialEq, Ord, PartialOrd)]
pub(crate) struct Found {
    pub(crate) rule: &'static str,
    pub(crate) on: String,
    /// What tells findings on one thing apart.
    pub(crate) about: String,
    pub(crate) verdict: Verdict,
    pub(crate) persons: Vec<String>,
    pub(crate) statement: String,
    /// File and place of each record that it rests on.
    pub(crate) evidence: Vec<String>,
    /// The population is empty, so nothing was tested.
    pub(crate) nothing: bool,
}

/// Everything that came of a scenario.
#[derive(Debug)]
pub(crate) struct Judged {
    pub(crate) all: Vec<Found>,
    pub(crate) counts: Vec<RuleCount>,
    /// Exceptions' ids with rule and thing.
    exceptions: Vec<(String, &'static str, String)>,
}

impl Scenario {
    /// Every verdict of every rule.
    pub(crate) fn judge(&self) -> Result<Judged, String> {
        let before = self.judged_with(&Justifications::none())?;
        if self.answers.is_empty() {
            return Ok(before);
        }
        // The id of an exception is known only once it was found.
        let rows: Result<Vec<_>, String> =
            (1..).zip(&self.answers).map(|(n, answer)| justification(n, answer, &before)).collect();
        let answers = Justifications { all: rows?, ..Justifications::none() };
        self.judged_with(&answers)
    }

    /// The same scenario whose justifications name the exceptions by their ids, so that they stay
    /// when the evidence changes.
    pub(crate) fn answering(&self) -> Self {
        let before = self.judged_with(&Justifications::none()).unwrap();
        let mut fixed = self.clone();
        for answer in &mut fixed.answers {
            answer.of = Answered::Exception(justification(0, answer, &before).unwrap().exception);
        }
        fixed
    }

    fn judged_with(&self, answers: &Justifications) -> Result<Judged, String> {
        let policy = &self.policy;
        let principals = self.principals().map_err(|problems| problems.to_string())?;
        let dataset = sealed(&self.files);
        let drills = self.drills(&principals).map_err(|problems| problems.to_string())?;
        let period = Period::parse(&self.period, self.zone, chrono::NaiveDate::MIN);
        let period = period.map_err(|error| error.to_string())?;
        let cx = Context::new(&dataset, policy, &principals, answers, &drills, &period, self.as_of);
        let assessment = Assessment::new(&cx);
        let mut all = Vec::new();
        assessment.each_judgement(&mut |judgement| all.push(found(&cx, judgement)));
        all.sort();
        let exceptions = assessment.exceptions.iter();
        let exceptions = exceptions.map(|e| (e.id.clone(), e.rule.id, thing(&cx, e.tested)));
        Ok(Judged { all, exceptions: exceptions.collect(), counts: assessment.counts.clone() })
    }
}

fn justification(line: u32, answer: &Answer, before: &Judged) -> Result<Justification, String> {
    let exception = match &answer.of {
        Answered::Exception(id) => id.clone(),
        Answered::Rule { rule, on } => {
            let is_it = |(_, r, o): &&(String, &str, String)| *r == rule.as_str() && o == on;
            let found = before.exceptions.iter().find(is_it);
            found.map(|(id, ..)| id.clone()).ok_or_else(|| {
                let line = answer.line;
                format!("line {line}: no exception of {rule} on {on}; there are {:?}", {
                    before
                        .exceptions
                        .iter()
                        .map(|(_, r, o)| format!("{r} on {o}"))
                        .collect::<Vec<_>>()
                })
            })?
        }
    };
    Ok(Justification {
        exception,
        text: answer.text.clone(),
        author: answer.author.clone(),
        approver: answer.approver.clone(),
        at: answer.at,
        compensating_control: answer.control.clone(),
        ticket: None,
        expires: answer.expires,
        line,
    })
}

fn found(cx: &Context<'_>, judgement: &Judgement) -> Found {
    let Judgement { rule, tested, finding } = judgement;
    let mut persons: Vec<_> =
        finding.persons.iter().map(|who| cx.who_id(*who).to_owned()).collect();
    persons.sort();
    Found {
        rule: rule.id,
        on: thing(cx, *tested),
        about: finding.about.clone().unwrap_or_else(|| apart(cx, *tested)),
        verdict: finding.verdict,
        persons,
        statement: finding.statement.clone(),
        evidence: finding.evidence.iter().map(|e| cx.dataset.place(e.origin)).collect(),
        nothing: *tested == Tested::Nothing,
    }
}

/// A thing as scenarios name it: `#1`, `@a1`, `ann`, `okta:change-approver of ann`.
fn thing(cx: &Context<'_>, tested: Tested) -> String {
    match tested {
        Tested::Subject(_) => short(&tested.id(cx)),
        Tested::Attempt(index) => {
            let attempt = cx.dataset.decisions()[index as usize].record;
            format!("{} by {}", cx.dataset.text(attempt.action), cx.who_id(cx.who(attempt.actor)))
        }
        Tested::Grant(index) => {
            let grant = cx.dataset.grants()[index as usize].record;
            format!("{} of {}", cx.dataset.text(grant.role.0), cx.who_id(cx.who(grant.holder)))
        }
        Tested::Justification(line) => format!("justification {line}"),
        _ => tested.id(cx),
    }
}

/// What tells things of one name apart: when it was tried, or since when a role was held.
fn apart(cx: &Context<'_>, tested: Tested) -> String {
    match tested {
        Tested::Attempt(index) => cx.dataset.decisions()[index as usize].record.at.to_string(),
        Tested::Grant(_) => tested.id(cx),
        _ => String::new(),
    }
}

/// Takes the usual repository off an id, which scenarios leave out.
pub(crate) fn short(id: &str) -> String {
    let of = id.strip_prefix("github:").unwrap_or(id);
    of.strip_prefix("acme/pay").unwrap_or(of).to_owned()
}
