use super::super::{Context, Execution, Finding, Standing, Test, execution::is_agent, rule};
use crate::policy::Severity;

rule! {
    /// ## What it tests
    /// Every run or deployment into production that was started in the period: that a merged change
    /// explains the revision it executed, as its result, its head, or a commit that landed with it.
    /// What an agent executed without one is of high severity. A revision that reached the branch
    /// without a change explains nothing.
    ///
    /// ## Why it matters
    /// Review guards the branch. What is executed from elsewhere never came by it: this is how an
    /// agent, or anybody with a token, puts unreviewed work into production.
    ///
    /// ## What it cannot see
    /// What an execution did besides its revision. A revision older than every merge that the exports
    /// show, or of a repository whose changes or history are not exported, stays open.
    pub(super) static EXECUTION_WITHOUT_CHANGE = "execution-without-change" {
        summary: "something was executed in production that no merged change explains",
        class: Breach,
        severity: High,
        criteria: ["CC6.1", "CC7.2", "CC8.1"],
        needs: [],
        implies: ["author-executed", "unapproved-revision-executed"],
        since: "0.1.0",
        test: Test::Execution(test),
    }
}

fn test(cx: &Context<'_>, execution: &Execution<'_>) -> Finding {
    let id = |subject: crate::model::SubjectId| cx.dataset.text(subject.0);
    let told: Vec<_> = execution
        .revisions
        .iter()
        .filter_map(|(to, standing)| match standing {
            Standing::Unmerged(change) => {
                Some(format!("{} is of {}, which was not merged", id(*to), id(*change)))
            }
            Standing::Pushed => {
                Some(format!("{} reached its branch without a merged change", id(*to)))
            }
            Standing::Stray => Some(format!(
                "{} was never the newest of a protected branch and is in no change",
                id(*to)
            )),
            Standing::Merged(_) | Standing::Earlier(_) | Standing::Unknown(_) => None,
        })
        .collect();
    if !told.is_empty() {
        let starts = || execution.started.iter();
        let names: Vec<_> = starts().map(|act| cx.name(act.record.by)).collect();
        let who = if names.is_empty() { "somebody".to_owned() } else { names.join(" and ") };
        let told = format!("{who} executed in {}: {}", execution.environment(cx), told.join("; "));
        let agents = starts().any(|act| is_agent(cx, act.record.by));
        let severity = if agents { Severity::High } else { Severity::Medium };
        let finding = Finding::violation(told, execution.starters(cx));
        return Finding { severity: Some(severity), ..finding }
            .with_all("execution", starts().map(|act| act.origin));
    }
    if let Some(why) = execution.unplaced() {
        return Finding::indeterminate(why);
    }
    let (changes, origins): (Vec<_>, Vec<_>) = execution
        .revisions
        .iter()
        .filter_map(|(_, standing)| match standing {
            Standing::Merged(change) | Standing::Earlier(change) => {
                Some((id(*change), cx.dataset.subject(*change).map(|subject| subject.origin)))
            }
            _ => None,
        })
        .unzip();
    Finding::pass(format!("what it executed is of {}", changes.join(" and ")))
        .with_all("change", origins.into_iter().flatten())
}

#[cfg(test)]
mod tests {
    use crate::{
        crossref::{Verdict, scene::Scene},
        policy::Severity,
    };

    const RULE: &str = "execution-without-change";

    fn scene(who: &str, revision: &str) -> Scene {
        let mut scene = Scene::new();
        scene.change(1, "bob", "cat", 9.0);
        scene.head(1);
        scene.merged_as(1, "m1");
        scene.commit_of(1, "early");
        scene.commit("cat", "m1", &["old", "a1"], 9.0);
        scene.commit("bob", "pushed", &["m1"], 9.1);
        scene.open_change(4, "bob", 8.0);
        scene.execute(7, who, revision, 9.5);
        scene
    }

    #[test]
    fn revisions() {
        let verdict = |revision: &str| scene("ann", revision).verdict(RULE);
        assert_eq!(verdict("m1"), Verdict::Pass);
        assert_eq!(verdict("a1"), Verdict::Pass);
        assert_eq!(verdict("early"), Verdict::Pass);
        assert_eq!(verdict("a4"), Verdict::Violation);
        assert_eq!(verdict("pushed"), Verdict::Violation);
        assert_eq!(verdict("elsewhere"), Verdict::Violation);
    }

    #[test]
    fn missing_evidence() {
        let mut unnamed = Scene::new();
        unnamed.execute_unnamed(7, "ann", 9.5);
        assert_eq!(unnamed.verdict(RULE), Verdict::Indeterminate);
        let mut without_history = Scene::new();
        without_history.change(1, "bob", "cat", 9.0);
        without_history.execute(7, "ann", "elsewhere", 9.5);
        assert_eq!(without_history.verdict(RULE), Verdict::Indeterminate);
    }

    #[test]
    fn agents_weigh_more_and_one_fact_is_told_once() {
        let led = |who: &str| {
            scene(who, "a4").assess(|assessment| {
                let own = |e: &&crate::crossref::Exception| {
                    assessment.cx.dataset.text(match e.tested {
                        crate::crossref::Tested::Subject(id) => id.0,
                        _ => return false,
                    }) == "github:acme/pay/deployments/7"
                };
                let own: Vec<_> = assessment.exceptions.iter().filter(own).collect();
                let also = own[0].also.iter().map(|(rule, _)| rule.id).collect::<Vec<_>>();
                (own.len(), own[0].rule.id, also)
            })
        };
        let unapproved = vec!["unapproved-revision-executed"];
        assert_eq!(led("bot"), (1, RULE, unapproved));
        let both = vec!["unapproved-revision-executed", "author-executed"];
        assert_eq!(led("bob"), (1, RULE, both));
        let weighs =
            |who: &str| scene(who, "a4").found(RULE)[0].severity.unwrap_or(Severity::Medium);
        assert_eq!((weighs("bot"), weighs("bob")), (Severity::High, Severity::Medium));
    }
}
