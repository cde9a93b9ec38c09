use super::super::{ChangeFacts, Context, Execution, Finding, Standing, Test, rule};
use crate::model::{Origin, SubjectId};

rule! {
    /// ## What it tests
    /// Every run or deployment into production that was started in the period: that what it executed
    /// is the merged revision of a change, and was merged by then. An earlier revision of the change,
    /// a branch that was not merged, and a merged revision executed before its merge are none that
    /// anybody let go. Where the branch is protected and too few persons approved the change, that is
    /// told of the change, and asked of people once; where policy does not protect the branch, it is
    /// told here.
    ///
    /// ## Why it matters
    /// An approval is of one revision. To execute another, or the same one before the others have
    /// decided, makes the approval a formality.
    ///
    /// ## What it cannot see
    /// Whether what ran is what the record of the execution says. Times are those of the systems'
    /// clocks.
    pub(super) static UNAPPROVED_REVISION_EXECUTED = "unapproved-revision-executed" {
        summary: "what was executed in production is not the merged revision of an approved change",
        class: Breach,
        severity: High,
        criteria: ["CC8.1"],
        needs: [],
        implies: [],
        since: "0.1.0",
        test: Test::Execution(test),
    }
}

/// What one executed revision means.
enum Worth {
    Approved,
    ToldElsewhere(String),
    Unapproved(String),
    Unknown(String),
}

fn test(cx: &Context<'_>, execution: &Execution<'_>) -> Finding {
    let judged: Vec<_> = execution
        .revisions
        .iter()
        .map(|(to, standing)| worth(cx, execution, *to, standing))
        .collect();
    let changes = execution.changes.iter().map(|facts| facts.case.change.origin);
    let places: Vec<Origin> =
        changes.chain(execution.started.iter().map(|act| act.origin)).collect();
    let pick = |wanted: fn(&Worth) -> Option<&String>| {
        let told: Vec<_> = judged.iter().filter_map(wanted).map(String::as_str).collect();
        (!told.is_empty()).then(|| told.join("; "))
    };
    let unapproved = pick(|worth| if let Worth::Unapproved(t) = worth { Some(t) } else { None });
    let unknown = pick(|worth| if let Worth::Unknown(t) = worth { Some(t) } else { None });
    let elsewhere = pick(|worth| if let Worth::ToldElsewhere(t) = worth { Some(t) } else { None });
    let unnamed = || judged.is_empty().then_some(()).and_then(|()| execution.unplaced());
    let finding = if let Some(told) = unapproved {
        Finding::violation(told, execution.starters(cx))
    } else if let Some(why) = unknown.or_else(unnamed) {
        Finding::indeterminate(why)
    } else if let Some(told) = elsewhere {
        Finding::not_applicable(told)
    } else {
        Finding::pass("it is the merged revision of an approved change, and was merged by then")
    };
    finding.with_all("what it executed", places)
}

fn worth(cx: &Context<'_>, execution: &Execution<'_>, to: SubjectId, standing: &Standing) -> Worth {
    let id = |subject: SubjectId| cx.dataset.text(subject.0);
    match standing {
        Standing::Merged(change) => {
            let facts =
                execution.changes.iter().find(|facts| facts.case.change.record.id == *change);
            match facts {
                Some(facts) => merged(cx, execution, facts),
                None => Worth::Unknown(format!("no export shows {}", id(*change))),
            }
        }
        Standing::Earlier(change) => Worth::Unapproved(format!(
            "{} is an earlier revision of {} than the one that was merged",
            id(to),
            id(*change)
        )),
        Standing::Unmerged(change) => {
            Worth::Unapproved(format!("{} is of {}, which was not merged", id(to), id(*change)))
        }
        Standing::Pushed | Standing::Stray => {
            Worth::Unapproved(format!("{} is no merged change's result", id(to)))
        }
        Standing::Unknown(why) => Worth::Unknown(why.clone()),
    }
}

fn merged(cx: &Context<'_>, execution: &Execution<'_>, facts: &ChangeFacts<'_>) -> Worth {
    let change = &facts.case.change.record;
    let (id, merged) = (cx.dataset.text(change.id.0), facts.case.merged);
    match execution.at {
        None => return Worth::Unknown("no export says when it was executed".to_owned()),
        Some(at) if at < merged => {
            return Worth::Unapproved(format!(
                "it was executed on {}, and {id} was merged on {}",
                cx.clock(at),
                cx.clock(merged)
            ));
        }
        Some(_) => {}
    }
    match (facts.approvals.enough(), cx.unprotected(change)) {
        (Some(true), _) => Worth::Approved,
        (None, _) => Worth::Unknown(format!("whether enough persons approved {id} cannot be told")),
        (Some(false), Some(why)) => {
            Worth::Unapproved(format!("too few persons approved {id}, and {why}"))
        }
        (Some(false), None) => Worth::ToldElsewhere(format!(
            "it is the merged revision of {id}; that too few persons approved it is told of the \
             change"
        )),
    }
}

#[cfg(test)]
mod tests {
    use crate::{
        crossref::{Verdict, scene::Scene},
        policy::Pattern,
    };

    fn verdict(revision: &str, at: f64, prepare: impl Fn(&mut Scene)) -> Verdict {
        let mut scene = Scene::new();
        scene.change(1, "bob", "cat", 9.0);
        scene.head(1);
        scene.merged_as(1, "m1");
        scene.commit_of(1, "early");
        scene.commit("cat", "m1", &["old", "a1"], 9.0);
        scene.open_change(4, "bob", 8.0);
        prepare(&mut scene);
        scene.execute(7, "ann", revision, at);
        scene.verdict("unapproved-revision-executed")
    }

    #[test]
    fn revisions_of_an_approved_change() {
        let approved = |s: &mut Scene| s.approve(1, "cat", 8.8);
        assert_eq!(verdict("m1", 9.5, approved), Verdict::Pass);
        assert_eq!(verdict("a1", 9.5, approved), Verdict::Pass);
        assert_eq!(verdict("a1", 8.9, approved), Verdict::Violation);
        assert_eq!(verdict("early", 9.5, approved), Verdict::Violation);
        assert_eq!(verdict("a4", 9.5, approved), Verdict::Violation);
        assert_eq!(verdict("elsewhere", 9.5, approved), Verdict::Violation);
    }

    #[test]
    fn what_is_told_of_the_change_is_not_asked_again() {
        assert_eq!(verdict("m1", 9.5, |_| {}), Verdict::NotApplicable);
        assert_eq!(verdict("m1", 9.5, |s| s.approve(1, "x", 8.8)), Verdict::Indeterminate);
        let unprotected = |s: &mut Scene| s.policy.protected[0].branches = vec![Pattern::new("x")];
        assert_eq!(verdict("m1", 9.5, unprotected), Verdict::Violation);
    }

    #[test]
    fn a_revision_that_no_export_names() {
        let mut scene = Scene::new();
        scene.execute_unnamed(7, "ann", 9.5);
        assert_eq!(scene.verdict("unapproved-revision-executed"), Verdict::Indeterminate);
    }
}
