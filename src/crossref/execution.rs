//! What a run or deployment put into production, and who started it.
//!
//! An execution delivers the change whose result it executed, and with it all that landed on the
//! branch since the execution before it in the same environment, by a change or without one. Where no
//! earlier one is known, there may be more than the evidence shows.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    ChangeFacts, Context, Finding, Who,
    standing::{Standing, delivered_with, standing},
};
use crate::{
    model::{
        Act, Dataset, Duty, Instant, LinkKind, Located, Subject, SubjectId, SubjectKind,
        SubjectState, Symbol,
    },
    policy::PrincipalKind,
};

/// Capabilities by which a tier lets a service execute what people decided.
const EXECUTING: [&str; 2] = ["deploy", "execute-playbook"];

/// Environment and commit, and each moment at which the commit was executed there, with whether it
/// is known that this ended well.
pub(super) type Executed = BTreeMap<(Option<Symbol>, SubjectId), Vec<(Instant, bool)>>;

/// A run or deployment into production.
#[derive(Debug)]
pub struct Execution<'a> {
    /// The run or deployment.
    pub subject: &'a Located<Subject>,
    /// Who started it, by time.
    pub started: Vec<&'a Located<Act>>,
    /// Who let it go on.
    pub let_through: Vec<&'a Located<Act>>,
    /// When it was started, as far as is known.
    pub at: Option<Instant>,
    /// What it executed, and where that stands.
    pub revisions: Vec<(SubjectId, Standing)>,
    /// The merged changes that it delivered, as far as they are known.
    pub changes: Vec<ChangeFacts<'a>>,
    /// The commits that it delivered and that reached the branch without a change.
    pushed: BTreeSet<SubjectId>,
    /// Why it is not known whether it delivered more than the changes whose results it executed.
    began: Option<&'static str>,
}

/// The runs and deployments that were started in the period.
pub(super) fn tested<'a>(cx: &Context<'a>) -> impl Iterator<Item = &'a Located<Subject>> {
    let inside = |at: Option<Instant>| at.is_none_or(|at| cx.period.contains(at));
    cx.dataset.subjects().iter().filter(move |subject| {
        is_execution(&subject.record) && {
            let mut starts = started(cx.dataset, subject.record.id).peekable();
            match starts.peek() {
                None => inside(when(cx.dataset, &subject.record)),
                Some(_) => starts.any(|act| inside(act.record.at)),
            }
        }
    })
}

/// When commits were executed where, by executions that ended well or of which nobody says how they
/// ended.
pub(super) fn executed(dataset: &Dataset) -> Executed {
    let mut all = Executed::new();
    let ended = |state| matches!(state, SubjectState::Done | SubjectState::Unknown);
    let subjects = dataset.subjects().iter().map(|subject| subject.record);
    for subject in subjects.filter(|s| is_execution(s) && ended(s.state)) {
        let Some(at) = when(dataset, &subject) else { continue };
        for to in executes(dataset, subject.id) {
            let known = subject.state == SubjectState::Done;
            all.entry((subject.target, to)).or_default().push((at, known));
        }
    }
    all
}

pub(super) fn is_execution(subject: &Subject) -> bool {
    matches!(subject.kind, SubjectKind::Run | SubjectKind::Deployment)
}

fn started(dataset: &Dataset, id: SubjectId) -> impl Iterator<Item = &Located<Act>> {
    dataset.acts_on(id).iter().filter(|act| act.record.duty == Duty::Execute)
}

/// When it was started, else when it was made or ended, as far as any export says.
pub(super) fn when(dataset: &Dataset, subject: &Subject) -> Option<Instant> {
    let start = started(dataset, subject.id).find_map(|act| act.record.at);
    start.or(subject.created).or(subject.done)
}

fn executes(dataset: &Dataset, id: SubjectId) -> impl Iterator<Item = SubjectId> {
    let links = dataset.links_from(id).iter();
    links.filter(|link| link.record.kind == LinkKind::Executes).map(|link| link.record.to)
}

impl<'a> Execution<'a> {
    /// Gathers an execution.
    ///
    /// # Errors
    ///
    /// Why it is none in production, or not known to be one.
    pub fn gather(cx: &Context<'a>, subject: &'a Located<Subject>) -> Result<Self, String> {
        let record = &subject.record;
        in_production(cx, record)?;
        let approves = |act: &&Located<Act>| act.record.duty == Duty::Approve;
        let at = when(cx.dataset, record);
        let revisions: Vec<_> = executes(cx.dataset, record.id)
            .map(|to| (to, standing(cx, record.repository, to)))
            .collect();
        let (mut delivered, mut pushed, mut began) = (BTreeSet::new(), BTreeSet::new(), None);
        for (to, standing) in &revisions {
            match standing {
                Standing::Merged(change) => delivered.insert(*change),
                Standing::Pushed => pushed.insert(*to),
                Standing::Unknown(_) => continue,
                Standing::Earlier(_) | Standing::Unmerged(_) | Standing::Stray => {
                    began = Some(
                        "it was never the newest commit of a protected branch, so what came with \
                         it is not known",
                    );
                    continue;
                }
            };
            let came = delivered_with(cx, record.target, at, *to);
            delivered.extend(came.changes);
            pushed.extend(came.pushed);
            began = began.or(came.more);
        }
        let subjects = delivered.iter().filter_map(|change| cx.dataset.subject(*change));
        Ok(Self {
            subject,
            started: started(cx.dataset, record.id).collect(),
            let_through: cx.dataset.acts_on(record.id).iter().filter(approves).collect(),
            at,
            changes: subjects.filter_map(|change| ChangeFacts::gather(cx, change)).collect(),
            revisions,
            pushed,
            began,
        })
    }

    /// Where it went.
    pub fn environment<'c>(&self, cx: &Context<'c>) -> &'c str {
        self.subject.record.target.map_or("production", |target| cx.dataset.text(target))
    }

    /// Everybody who started it.
    pub(super) fn starters(&self, cx: &Context<'_>) -> Vec<Who> {
        self.started.iter().map(|act| cx.who(act.record.by)).collect()
    }

    /// Who wrote what it executed: the changes that it delivered, what was pushed between them and,
    /// where an executed revision is no merged change's result, that revision and the change that it
    /// was proposed in.
    pub(super) fn authors(&self, cx: &Context<'a>) -> Vec<&'a Located<Act>> {
        let wrote = |act: &&'a Located<Act>| matches!(act.record.duty, Duty::Author | Duty::Commit);
        let contributions = self.changes.iter().flat_map(|facts| facts.case.contributions());
        let mut all: Vec<_> = contributions.filter(wrote).collect();
        for (to, standing) in &self.revisions {
            let parts = match standing {
                Standing::Merged(_) | Standing::Pushed => continue,
                Standing::Earlier(change) | Standing::Unmerged(change) => vec![*to, *change],
                Standing::Stray | Standing::Unknown(_) => vec![*to],
            };
            let acts = parts.into_iter().flat_map(|part| cx.dataset.acts_on(part));
            all.extend(acts.filter(wrote));
        }
        let acts = self.pushed.iter().flat_map(|commit| cx.dataset.acts_on(*commit));
        all.extend(acts.filter(wrote));
        all
    }

    /// Why it is not known which changes it delivered, or who wrote all of them; `None` if it is.
    pub(super) fn unknown(&self, cx: &Context<'_>) -> Option<String> {
        let unlisted = || {
            let facts = self.changes.iter().find(|facts| facts.case.commits.is_none())?;
            let change = cx.dataset.text(facts.case.change.record.id.0);
            Some(format!("no export shows the commits of {change}"))
        };
        let wrote = |act: &Located<Act>| matches!(act.record.duty, Duty::Author | Duty::Commit);
        let unwritten = || {
            let mut pushed = self.pushed.iter();
            let commit = pushed.find(|commit| !cx.dataset.acts_on(**commit).iter().any(wrote))?;
            Some(format!("no export shows who wrote {}", cx.dataset.text(commit.0)))
        };
        self.unbounded().or_else(unlisted).or_else(unwritten)
    }

    /// Why it is not known who approved the changes that it delivered; `None` if it is.
    pub(super) fn unreviewed(&self, cx: &Context<'_>) -> Option<String> {
        let listed = |change: &Subject| change.reviews_listed || cx.reviews_known(change);
        let mut changes = self.changes.iter().map(|facts| &facts.case.change.record);
        let change = changes.find(|change| !listed(change))?;
        Some(format!("no export shows the reviews of {}", cx.dataset.text(change.id.0)))
    }

    /// Why it is not known which changes it delivered; `None` if it is.
    pub(super) fn unbounded(&self) -> Option<String> {
        self.unplaced().or_else(|| self.began.map(str::to_owned))
    }

    /// Why it is not known which change it executed; `None` if it is.
    pub(super) fn unplaced(&self) -> Option<String> {
        if self.revisions.is_empty() {
            return Some("its export does not name the revision that it executed".to_owned());
        }
        self.revisions.iter().find_map(|(_, standing)| match standing {
            Standing::Unknown(why) => Some(why.clone()),
            _ => None,
        })
    }

    /// A finding on it as far as it may be believed: one that failed, was given up, or of which
    /// nobody says how it ended, is not known to have taken effect.
    pub(super) fn as_it_ended(&self, finding: Finding) -> Finding {
        let why = match self.subject.record.state {
            SubjectState::Done => return finding,
            SubjectState::Abandoned => "it failed or was given up, and how far it came",
            SubjectState::Open => "it had not ended when it was exported, and what came of it",
            SubjectState::Unknown => "how it ended",
        };
        if finding.verdict != super::Verdict::Violation {
            return finding;
        }
        let told = format!("{}; {why} is not known", finding.statement);
        let severity = finding.severity;
        Finding { evidence: finding.evidence, severity, ..Finding::indeterminate(told) }
    }
}

/// Tells whether an account belongs to a service whose tier may execute, so that it runs what others
/// decided. The registry says what is a service; an agent is never one.
pub(super) fn is_pipeline(cx: &Context<'_>, account: crate::model::AccountId) -> bool {
    let Who::Principal(principal) = cx.who(account) else { return false };
    let entry = cx.principal(principal);
    let tier = entry.tier.as_deref().and_then(|name| cx.policy.tier(name));
    let may = |name: &str| tier.is_some_and(|tier| tier.may.iter().any(|may| may == name));
    entry.kind == PrincipalKind::Service && EXECUTING.iter().any(|name| may(name))
}

/// Tells whether an agent acts through an account. What the registry calls a service is none, though
/// its system marks it as a bot.
pub(super) fn is_agent(cx: &Context<'_>, account: crate::model::AccountId) -> bool {
    match cx.who(account) {
        Who::Principal(principal) => cx.principal(principal).kind == PrincipalKind::Agent,
        Who::Account(account) => cx.identities.is_agent(account),
    }
}

/// Tells whether a run or deployment went into production; else why not.
pub(super) fn in_production(cx: &Context<'_>, execution: &Subject) -> Result<(), String> {
    let Some(environment) = execution.target.map(|target| cx.dataset.text(target)) else {
        return Err("no export names an environment that it went into".to_owned());
    };
    let repository = execution.repository.map(|repository| cx.dataset.text(repository));
    match cx.policy.is_production(environment, repository) {
        true => Ok(()),
        false => Err(format!("policy does not count {environment} as production")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crossref::scene::Scene;

    /// What the execution `e` delivered, and where its revision stands.
    fn of(prepare: impl Fn(&mut Scene)) -> (Vec<String>, Option<Standing>) {
        let mut scene = Scene::new();
        for (n, revision, parent) in [(1, "m1", "old"), (2, "m2", "m1"), (3, "m3", "m2")] {
            let at = 5.0 + f64::from(n);
            scene.change(n, "ann", "cat", at);
            scene.head(n);
            scene.merged_as(n, revision);
            scene.commit("cat", revision, &[parent, &format!("a{n}")], at);
        }
        prepare(&mut scene);
        scene.assess(|assessment| {
            let cx = assessment.cx;
            let last = tested(cx).last().unwrap();
            let execution = Execution::gather(cx, last).unwrap();
            let ids = execution.changes.iter().map(|facts| facts.case.change.record.id);
            let local =
                |id: SubjectId| cx.dataset.text(id.0).rsplit('/').next().unwrap().to_owned();
            (ids.map(local).collect(), execution.revisions.first().map(|(_, s)| s.clone()))
        })
    }

    #[test]
    fn it_delivers_what_landed_since_the_last_one() {
        let delivered = |prepare: fn(&mut Scene)| of(prepare).0;
        assert_eq!(delivered(|s| s.execute(9, "bob", "m3", 10.0)), ["pay#3"]);
        let two: fn(&mut Scene) = |s| {
            s.execute(1, "bob", "m1", 6.1);
            s.execute(9, "bob", "m3", 10.0);
        };
        assert_eq!(delivered(two), ["pay#2", "pay#3"]);
        let failed: fn(&mut Scene) = |s| {
            s.execute(1, "bob", "m1", 6.1);
            s.execution(2, "bob", "m2", 7.1, SubjectState::Abandoned);
            s.execute(9, "bob", "m3", 10.0);
        };
        assert_eq!(delivered(failed), ["pay#2", "pay#3"]);
    }

    #[test]
    fn after_a_rollback_more_is_delivered_and_after_one_in_doubt_nobody_knows() {
        let rolled_back = of(|s| {
            s.execute(1, "bob", "m1", 6.1);
            s.execute(2, "bob", "m2", 7.1);
            s.execute(3, "bob", "m1", 7.5);
            s.execute(9, "bob", "m3", 10.0);
        });
        assert_eq!(rolled_back.0, ["pay#2", "pay#3"]);
        let mut scene = Scene::new();
        scene.change(1, "ann", "cat", 9.0);
        scene.landed(1, 9.0);
        scene.execution(2, "bob", "base", 1.0, SubjectState::Unknown);
        scene.execute(9, "bob", "m1", 10.0);
        scene.assess(|assessment| {
            let cx = assessment.cx;
            let execution = Execution::gather(cx, tested(cx).last().unwrap()).unwrap();
            assert!(execution.unbounded().unwrap().contains("ended is not known"));
        });
    }

    #[test]
    fn that_a_change_was_not_merged_must_be_known() {
        let mut scene = Scene::new();
        scene.change(1, "ann", "cat", 9.0);
        scene.landed(1, 9.0);
        scene.commit_of(8, "unheld");
        scene.execute(9, "bob", "unheld", 10.0);
        scene.assess(|assessment| {
            let cx = assessment.cx;
            let execution = Execution::gather(cx, tested(cx).last().unwrap()).unwrap();
            assert!(execution.unplaced().unwrap().ends_with("no export shows github:acme/pay#8"));
        });
    }

    #[test]
    fn revisions_stand_somewhere() {
        let stands = |revision: &'static str| {
            of(move |scene| {
                scene.open_change(4, "ann", 8.0);
                scene.commit("bob", "old", &[], -9.0);
                scene.commit("bob", "pushed", &["m3"], 9.0);
                scene.commit_of(2, "early");
                scene.execute(9, "bob", revision, 10.0);
            })
            .1
            .unwrap()
        };
        assert!(matches!(stands("m2"), Standing::Merged(_)));
        assert!(matches!(stands("a2"), Standing::Merged(_)));
        assert!(matches!(stands("early"), Standing::Earlier(_)));
        assert!(matches!(stands("a4"), Standing::Unmerged(_)));
        assert_eq!(stands("pushed"), Standing::Pushed);
        assert_eq!(stands("elsewhere"), Standing::Stray);
        assert!(matches!(stands("old"), Standing::Unknown(why) if why.contains("older")));
    }

    #[test]
    fn without_changes_or_history_nothing_is_known() {
        let stands = |prepare: fn(&mut Scene)| {
            let mut scene = Scene::new();
            prepare(&mut scene);
            scene.execute(9, "bob", "elsewhere", 10.0);
            scene.assess(|assessment| {
                let cx = assessment.cx;
                let execution = Execution::gather(cx, tested(cx).next().unwrap()).unwrap();
                execution.unknown(cx).unwrap()
            })
        };
        assert!(stands(|_| {}).contains("the changes of acme/pay"));
        assert!(stands(|s| s.change(1, "ann", "cat", 9.0)).contains("the history of acme/pay"));
    }
}
