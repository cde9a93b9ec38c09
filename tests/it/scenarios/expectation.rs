//! Reads a line of `expect:`.

use sodpack::crossref::{RULES, Verdict};

use super::{
    scenario::{Expected, Untested},
    words::Fault,
};

/// What a line of `expect:` says.
pub(super) enum Expectation {
    Verdict(Expected),
    Untested(Untested),
    Tolerated(String),
}

fn untested(line: u32, rule: &str, on: Option<String>) -> Result<Expectation, Fault> {
    let on = on.ok_or("want `untested on …`")?;
    Ok(Expectation::Untested(Untested { line, rule: rule.to_owned(), on }))
}

/// `no-approval violation [ann bob] on #1 saying "wrote the change"`, `* indeterminate on #1`
pub(super) fn expected(line: u32, text: &str) -> Result<Expectation, Fault> {
    let (text, saying) = match text.split_once(" saying ") {
        Some((text, said)) => (text, Some(said.trim().trim_matches('"').to_owned())),
        None => (text, None),
    };
    let (text, on) = match text.split_once(" on ") {
        Some((text, on)) => (text, Some(on.trim().to_owned())),
        None => (text, None),
    };
    let (text, persons) = match text.trim().strip_suffix(']').and_then(|t| t.split_once('[')) {
        Some((text, persons)) => {
            let mut persons: Vec<_> = persons.split_whitespace().map(str::to_owned).collect();
            persons.sort();
            (text, Some(persons))
        }
        None => (text, None),
    };
    let (rule, verdict) = text.trim().split_once(' ').ok_or("want a rule and a verdict")?;
    if rule != "*" && !RULES.iter().any(|known| known.id == rule) {
        return Err(format!("`{rule}` is no rule"));
    }
    let verdict = match verdict.trim() {
        "pass" => Verdict::Pass,
        "violation" => Verdict::Violation,
        "indeterminate" => Verdict::Indeterminate,
        "not applicable" => Verdict::NotApplicable,
        "untested" => return untested(line, rule, on),
        other => return Err(format!("`{other}` is no verdict")),
    };
    if rule == "*" {
        let on = on.filter(|_| verdict == Verdict::Indeterminate);
        return on.map(Expectation::Tolerated).ok_or("want `* indeterminate on …`".to_owned());
    }
    if verdict == Verdict::Violation && persons.is_none() {
        return Err("a violation names its persons: `[ann bob]`, or `[]` if there are none".into());
    }
    let rule = rule.to_owned();
    Ok(Expectation::Verdict(Expected { line, rule, verdict, persons, on, saying }))
}
