//! Who can neither write nor approve the justification of an exception.
//!
//! A finding names who broke a rule, and its id hangs on them. Whoever else had a hand in what was
//! tested has a stake in its excuse all the same: the one who merged what nobody approved, the one
//! who made the export that is too early.

use std::collections::BTreeSet;

use crate::crossref::{
    Case, Context, Execution, Finding, Judgement, Tested, Who, execution::is_pipeline,
    preparer::exporter,
};
use crate::model::{Act, Duty, LinkKind, Located, SubjectId, SubjectKind};

/// Duties by which somebody has a part in what was done. Whoever refused it, took an approval back
/// or looked at it afterwards has none.
const PARTS: [Duty; 7] = [
    Duty::Request,
    Duty::Author,
    Duty::Commit,
    Duty::Approve,
    Duty::Merge,
    Duty::Execute,
    Duty::Bypass,
];

/// The persons of a violation, and everybody who had a part in what it is about; sorted, each once.
/// A pipeline has none: it runs what others decided.
pub(super) fn parties(cx: &Context<'_>, judgement: &Judgement) -> Vec<Who> {
    let Judgement { tested, finding, .. } = judgement;
    let mut all: BTreeSet<Who> = finding.persons.iter().copied().collect();
    match *tested {
        Tested::Subject(subject) => all.extend(of_subject(cx, subject)),
        Tested::Repository(_) => all.extend(about(cx, finding).flat_map(|id| of_subject(cx, id))),
        Tested::Principal(principal) => all.extend([Who::Principal(principal)]),
        Tested::Account(account) => all.extend([cx.who(account)]),
        Tested::Attempt(index) => {
            let attempt = cx.dataset.decisions().get(index as usize);
            all.extend(attempt.map(|attempt| cx.who(attempt.record.actor)));
        }
        Tested::Grant(index) => {
            let grant = cx.dataset.grants().get(index as usize).map(|grant| grant.record);
            let accounts =
                grant.into_iter().flat_map(|grant| [Some(grant.holder), grant.granted_by]);
            all.extend(accounts.flatten().map(|account| cx.who(account)));
        }
        Tested::Drill(index) => {
            let drill = cx.drills.all.get(index as usize);
            all.extend(drill.into_iter().flat_map(|d| [d.who, d.conductor]).map(Who::Principal));
        }
        Tested::Source(source) => {
            all.extend(exporter(cx, cx.dataset.source(source)).map(Who::Principal));
        }
        Tested::Justification(line) => {
            let answer = cx.justifications.all.iter().find(|answer| answer.line == line);
            let names = answer.into_iter().flat_map(|answer| [&answer.author, &answer.approver]);
            let known = names.filter_map(|name| cx.identities.principals().named(name));
            all.extend(known.map(Who::Principal));
        }
        Tested::Boundary(_) | Tested::Control(_) | Tested::Nothing => {}
    }
    all.into_iter().collect()
}

/// The subject that a finding on something larger is about.
fn about(cx: &Context<'_>, finding: &Finding) -> impl Iterator<Item = SubjectId> {
    let named = finding.about.as_deref().and_then(|about| cx.dataset.symbols().find(about));
    named.map(SubjectId).into_iter()
}

/// Everybody who had a part in a subject, or in the change that it is part of.
fn of_subject(cx: &Context<'_>, id: SubjectId) -> BTreeSet<Who> {
    let mut acts: Vec<&Located<Act>> = cx.dataset.acts_on(id).iter().collect();
    let subject = cx.dataset.subject(id);
    let changes: Vec<SubjectId> = match subject.map(|subject| subject.record.kind) {
        Some(SubjectKind::Run | SubjectKind::Deployment) => {
            if let Some(Ok(execution)) = subject.map(|subject| Execution::gather(cx, subject)) {
                acts.extend(execution.authors(cx));
                acts.extend(execution.changes.iter().flat_map(|facts| &facts.case.acts));
            }
            Vec::new()
        }
        Some(SubjectKind::Ticket) => {
            let links = cx.dataset.links_from(id).iter().map(|link| link.record);
            let linked = links.filter(|link| link.kind == LinkKind::Answers).map(|link| link.to);
            linked.chain(cx.naming(id)).collect()
        }
        Some(SubjectKind::Commit) => {
            cx.linked_by(id, &[LinkKind::Contains, LinkKind::Head, LinkKind::MergedAs]).collect()
        }
        _ => vec![id],
    };
    for change in changes.iter().filter_map(|change| cx.dataset.subject(*change)) {
        acts.extend(Case::gather(cx, change).into_iter().flat_map(|case| case.acts));
    }
    let parts = acts.into_iter().filter(|act| PARTS.contains(&act.record.duty));
    let persons = parts.map(|act| act.record.by).filter(|by| !is_pipeline(cx, *by));
    persons.map(|by| cx.who(by)).collect()
}

#[cfg(test)]
mod tests {
    use crate::crossref::scene::{Scene, day};
    use crate::crossref::{Exception, Status};

    /// Whom the exception of a rule bars, by id.
    fn barred(scene: Scene, rule: &str) -> Vec<String> {
        scene.assess(|assessment| {
            let own = |e: &&Exception| e.rule.id == rule;
            let found = assessment.exceptions.iter().find(own).unwrap();
            found.parties.iter().map(|who| assessment.cx.who_id(*who).to_owned()).collect()
        })
    }

    #[test]
    fn whoever_had_a_part_in_a_change_is_one() {
        let mut scene = Scene::new();
        scene.change(1, "ann", "cat", 9.0);
        assert_eq!(barred(scene, "no-approval"), ["ann", "cat"]);
        let mut scene = Scene::new();
        scene.change(1, "ann", "cat", 9.0);
        scene.approve(1, "bob", 9.5);
        assert_eq!(barred(scene, "late-approval"), ["ann", "bob", "cat"]);
    }

    #[test]
    fn whoever_refused_it_is_none() {
        let mut scene = Scene::new();
        scene.change(1, "ann", "cat", 9.0);
        scene.act("bob", crate::model::Duty::Reject, "acme/pay#1", 8.9, None);
        assert_eq!(barred(scene, "no-approval"), ["ann", "cat"]);
    }

    #[test]
    fn whoever_made_an_export_is_one() {
        let mut scene = Scene::new();
        scene.export.by = Some("bob".to_owned());
        scene.export.at = Some(day(20.0));
        scene.change(1, "ann", "cat", 9.0);
        assert_eq!(barred(scene, "source-gap"), ["bob"]);
    }

    /// A change that nobody approved, and two people who had no part in it.
    fn unapproved() -> Scene {
        let mut scene = Scene::new();
        scene.human("dan");
        scene.change(1, "ann", "cat", 9.0);
        scene
    }

    #[test]
    fn the_merger_cannot_excuse_what_nobody_approved() {
        let id = unapproved().assess(|assessment| assessment.exceptions[0].id.clone());
        let status = |author: &str, approver: &str| {
            let mut scene = unapproved();
            scene.justify(&id, author, approver);
            scene.assess(|assessment| assessment.exceptions[0].status)
        };
        assert_eq!(status("bob", "dan"), Status::Justified);
        assert_eq!(status("bob", "cat"), Status::NotAccepted);
        assert_eq!(status("cat", "bob"), Status::NotAccepted);
    }

    #[test]
    fn who_had_left_answers_for_nothing() {
        let id = unapproved().assess(|assessment| assessment.exceptions[0].id.clone());
        let status = |who: usize, from: Option<f64>, until: Option<f64>| {
            let mut scene = unapproved();
            scene.justify(&id, "bob", "dan");
            scene.justifications.all[0].at = day(33.0);
            scene.principals.all[who].valid_from = from.map(day);
            scene.principals.all[who].valid_until = until.map(day);
            scene.assess(|assessment| {
                assessment.exceptions.iter().find(|e| e.id == id).unwrap().status
            })
        };
        let dan = Scene::new().principals.all.len();
        for who in [1, dan] {
            assert_eq!(status(who, Some(33.0), Some(33.5)), Status::Justified);
            assert_eq!(status(who, None, Some(33.0)), Status::NotAccepted);
            assert_eq!(status(who, Some(33.5), None), Status::NotAccepted);
        }
    }
}
