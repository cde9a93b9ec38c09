//! Holds what came of a scenario against what must come of it.

use sodpack::crossref::Verdict;

use super::{
    judge::{Found, Judged},
    scenario::{Expected, Scenario, Untested},
};

/// What is wrong with a scenario, if anything.
///
/// It is held strictly: besides what it lists, nothing may be violated, and nothing that was tested
/// may be left open unless a line `* indeterminate on …` allows it.
pub(crate) fn wrong(scenario: &Scenario) -> Option<String> {
    let judged = match scenario.judge() {
        Ok(judged) => judged,
        Err(error) => return Some(format!("{}: {error}", scenario.name)),
    };
    let mut wrong: Vec<String> =
        scenario.expected.iter().filter_map(|expected| missed(expected, &judged)).collect();
    for found in judged.all.iter().filter(|found| !listed(scenario, found)) {
        wrong.push(format!("  not listed: {}", told(found)));
    }
    for Untested { line, rule, on } in &scenario.untested {
        if judged.all.iter().any(|found| found.rule == *rule && found.on == *on) {
            wrong.push(format!("  line {line}: {rule} tested {on}, which it must leave alone"));
        }
    }
    if scenario.expected.is_empty() && scenario.untested.is_empty() {
        wrong.push("  it expects nothing".to_owned());
    }
    (!wrong.is_empty())
        .then(|| format!("{}: {}\n{}", scenario.name, scenario.why, wrong.join("\n")))
}

fn concerns(expected: &Expected, found: &Found) -> bool {
    found.rule == expected.rule && expected.on.as_ref().is_none_or(|on| *on == found.on)
}

fn fits(expected: &Expected, found: &Found) -> bool {
    let said = |words: &String| found.statement.contains(words.as_str());
    expected.verdict == found.verdict
        && expected.persons.as_ref().is_none_or(|persons| *persons == found.persons)
        && expected.saying.as_ref().is_none_or(said)
}

/// Lines on one rule and thing say together what its verdicts are.
fn missed(expected: &Expected, judged: &Judged) -> Option<String> {
    let about: Vec<_> = judged.all.iter().filter(|found| concerns(expected, found)).collect();
    if about.iter().any(|found| fits(expected, found)) {
        return None;
    }
    let there: Vec<_> = about.iter().map(|found| format!("\n    {}", told(found))).collect();
    let Expected { line, rule, verdict, on, .. } = expected;
    let on = on.as_deref().unwrap_or("anything");
    let name = verdict.name();
    Some(format!("  line {line}: {rule} {name} on {on} is wanted, and there is{}", there.concat()))
}

fn listed(scenario: &Scenario, found: &Found) -> bool {
    let mut lines =
        scenario.expected.iter().filter(|expected| concerns(expected, found)).peekable();
    if lines.peek().is_some() {
        return lines.any(|expected| fits(expected, found));
    }
    match found.verdict {
        Verdict::Pass | Verdict::NotApplicable => true,
        Verdict::Violation => false,
        Verdict::Indeterminate => found.nothing || scenario.tolerated.contains(&found.on),
    }
}

/// A verdict as a line of a scenario.
pub(crate) fn told(found: &Found) -> String {
    let persons = match found.verdict {
        Verdict::Violation => format!(" [{}]", found.persons.join(" ")),
        _ => String::new(),
    };
    let on = if found.nothing { String::new() } else { format!(" on {}", found.on) };
    format!("{} {}{persons}{on} // {}", found.rule, found.verdict.name(), found.statement)
}

#[cfg(test)]
mod tests {
    use super::super::{parse, root};

    /// What is wrong with these expectations of a change that Ann approved herself.
    fn wrong(expectations: &[&str]) -> String {
        let lines: String = expectations.iter().map(|line| format!("  {line}\n")).collect();
        let text = format!("Why.\n\ncompany: self-approved\nexpect:\n{lines}");
        let scenario = parse::read(&root(), "s", &text).unwrap();
        super::wrong(&scenario).unwrap_or_default()
    }

    const OWN: &str = "self-approval violation [ann] on #1";
    const NONE: &str = "no-approval violation [ann] on #1";

    #[test]
    fn each_surprise_is_seen() {
        assert_eq!(wrong(&[OWN, NONE]), "");
        assert!(wrong(&[OWN]).contains("not listed: no-approval violation [ann] on #1"));
        for other in [
            "self-approval violation [bob] on #1",
            "self-approval violation [ann bob] on #1",
            "self-approval violation [ann] on #2",
            "self-approval pass on #1",
            "self-approval violation [ann] on #1 saying \"Bob\"",
        ] {
            assert!(wrong(&[other, NONE]).contains("self-approval"), "{other}");
        }
        assert!(
            wrong(&[OWN, NONE, "late-approval untested on #1"]).contains("late-approval tested")
        );
        assert!(wrong(&[]).contains("it expects nothing"));
    }
}
