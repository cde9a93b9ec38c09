//! What a rule may ask besides the thing it tests.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    Drilled, Identities, PlaybookUses, ReviewRecords, Roles, Who, branch, drill, execution, ticket,
};
use crate::{
    model::{
        AccountId, Act, Dataset, Duty, Instant, LinkKind, Located, Origin, Period, Subject,
        SubjectId, SubjectKind, Symbol,
    },
    policy::{Drill, Drills, Justifications, Policy, PrincipalId, Principals},
};

/// How often an account acted in the period, and where that was first read.
#[derive(Clone, Copy, Debug)]
pub struct Activity {
    /// Acts, attempts and roles given.
    pub times: u64,
    /// The first of them in the order of the evidence.
    pub first: Origin,
}

/// Everything that rules may ask.
#[derive(Debug)]
pub struct Context<'a> {
    /// The evidence.
    pub dataset: &'a Dataset,
    /// What the organisation decided.
    pub policy: &'a Policy,
    /// What it wrote about exceptions.
    pub justifications: &'a Justifications,
    /// Which boundary tests it planned.
    pub drills: &'a Drills,
    /// The span that is judged.
    pub period: &'a Period,
    /// The moment for which it is judged: later justifications do not exist yet.
    pub as_of: Instant,
    /// Who is who.
    pub identities: Identities<'a>,
    /// Who held which role when.
    pub roles: Roles<'a>,
    /// Who acted in the period.
    pub activity: BTreeMap<AccountId, Activity>,
    /// Commits that were, one after the other, the newest of a protected branch in the period.
    pub mainline: Vec<SubjectId>,
    /// What came of each drill, in the order of [`drills`](Self::drills).
    pub drilled: Vec<Drilled>,
    drill_of: BTreeMap<u32, u32>,
    /// The same whenever it was, by id.
    pub(super) main_line: Vec<SubjectId>,
    /// The moments at which each commit was executed in each environment, as far as it ended
    /// well.
    pub(super) executed: execution::Executed,
    /// Who executed something, whenever.
    pub executions: Vec<&'a Located<Act>>,
    /// Requests for access.
    pub access_requests: Vec<&'a Located<Subject>>,
    /// Runs and changes of playbooks.
    pub playbooks: PlaybookUses<'a>,
    /// What logs tell of reviews.
    pub review_records: ReviewRecords<'a>,
    linked: Vec<(SubjectId, LinkKind, SubjectId)>,
    /// Changes, and the tickets that they name in their titles.
    named: Vec<(SubjectId, SubjectId)>,
    reviewed: BTreeSet<Symbol>,
    /// Repositories of which changes are known, with the first merge that is.
    changed: BTreeMap<Symbol, Option<Instant>>,
    /// Repositories of which a protected branch's history is known.
    histories: BTreeSet<Symbol>,
    change_systems: BTreeSet<&'a str>,
}

impl<'a> Context<'a> {
    /// Joins and indexes the evidence.
    pub fn new(
        dataset: &'a Dataset,
        policy: &'a Policy,
        principals: &'a Principals,
        justifications: &'a Justifications,
        drills: &'a Drills,
        period: &'a Period,
        as_of: Instant,
    ) -> Self {
        let identities = Identities::join(dataset, principals, policy.approvals.sponsor_approval);
        let roles = Roles::new(dataset, &identities);
        let mut linked: Vec<_> = dataset
            .links()
            .iter()
            .map(|link| (link.record.to, link.record.kind, link.record.from))
            .collect();
        linked.sort_unstable();
        let main_line = branch::main_line(dataset, policy);
        let mut this = Self {
            dataset,
            policy,
            justifications,
            drills,
            period,
            as_of,
            identities,
            roles,
            activity: BTreeMap::new(),
            drilled: Vec::new(),
            drill_of: BTreeMap::new(),
            mainline: branch::inside(dataset, &main_line, period),
            main_line,
            executed: execution::executed(dataset),
            executions: Vec::new(),
            access_requests: Vec::new(),
            playbooks: PlaybookUses::default(),
            review_records: ReviewRecords::default(),
            linked,
            named: ticket::named(dataset, policy),
            reviewed: BTreeSet::new(),
            changed: BTreeMap::new(),
            histories: BTreeSet::new(),
            change_systems: BTreeSet::new(),
        };
        this.note_repositories();
        this.activity = this.count_activity();
        this.drilled = drill::drilled(&this);
        this.drill_of = drill::belonging(&this.drilled);
        let executes = |act: &&Located<Act>| act.record.duty == Duty::Execute;
        this.executions = dataset.acts().iter().filter(executes).collect();
        let requests =
            |subject: &&Located<Subject>| subject.record.kind == SubjectKind::AccessGrant;
        this.access_requests = dataset.subjects().iter().filter(requests).collect();
        this.playbooks = PlaybookUses::new(&this);
        this.review_records = ReviewRecords::new(&this);
        this
    }

    fn note_repositories(&mut self) {
        for change in self.changes() {
            let id = self.dataset.text(change.record.id.0);
            self.change_systems.extend(id.split(':').next());
            let Some(repository) = change.record.repository else { continue };
            let first = self.changed.entry(repository).or_default();
            *first = (*first).into_iter().chain(change.record.done).min();
            let decides = |duty| matches!(duty, Duty::Approve | Duty::Reject);
            if self.dataset.acts_on(change.record.id).iter().any(|act| decides(act.record.duty)) {
                self.reviewed.insert(repository);
            }
        }
        let commits = self.main_line.iter().filter_map(|id| self.dataset.subject(*id));
        self.histories = commits.filter_map(|commit| commit.record.repository).collect();
    }

    fn count_activity(&self) -> BTreeMap<AccountId, Activity> {
        let mut activity: BTreeMap<AccountId, Activity> = BTreeMap::new();
        let mut saw = |account, origin| {
            activity.entry(account).or_insert(Activity { times: 0, first: origin }).times += 1;
        };
        let inside = |at: Option<Instant>| at.is_some_and(|at| self.period.contains(at));
        for act in self.dataset.acts().iter().filter(|act| inside(act.record.at)) {
            saw(act.record.by, act.origin);
        }
        for decision in self.dataset.decisions().iter().filter(|d| inside(Some(d.record.at))) {
            saw(decision.record.actor, decision.origin);
        }
        for grant in self.dataset.grants().iter().filter(|grant| inside(grant.record.from)) {
            if let Some(by) = grant.record.granted_by {
                saw(by, grant.origin);
            }
        }
        activity
    }

    /// Every proposed change, merged or not, in or out of the period.
    pub fn changes(&self) -> impl Iterator<Item = &'a Located<Subject>> + use<'a> {
        self.dataset.subjects().iter().filter(|s| s.record.kind == SubjectKind::Change)
    }

    /// The changes that were merged in the period.
    pub fn merged(&self) -> impl Iterator<Item = &'a Located<Subject>> {
        self.changes().filter(|s| s.record.done.is_some_and(|at| self.period.contains(at)))
    }

    /// What names a subject in a ticket's answer or an execution.
    pub fn linked_to(&self, subject: SubjectId) -> impl Iterator<Item = SubjectId> {
        self.linked_by(subject, &[LinkKind::Answers, LinkKind::Executes])
    }

    /// The subjects that link to this one in one of these ways.
    pub fn linked_by(
        &self,
        subject: SubjectId,
        kinds: &'static [LinkKind],
    ) -> impl Iterator<Item = SubjectId> {
        let start = self.linked.partition_point(|(to, ..)| *to < subject);
        self.linked[start..]
            .iter()
            .take_while(move |(to, ..)| *to == subject)
            .filter(move |(_, kind, _)| kinds.contains(kind))
            .map(|(_, _, from)| *from)
    }

    /// Tells whether the evidence holds any review of the repository that a change belongs to.
    pub fn reviews_known(&self, change: &Subject) -> bool {
        change.repository.is_some_and(|repository| self.reviewed.contains(&repository))
    }

    /// Tells whether the evidence holds any change of a repository.
    pub fn changes_known(&self, repository: Symbol) -> bool {
        self.changed.contains_key(&repository)
    }

    /// The first merge of a repository that the evidence holds.
    pub fn first_merge(&self, repository: Symbol) -> Option<Instant> {
        self.changed.get(&repository).copied().flatten()
    }

    /// Tells whether the evidence holds the history of a protected branch of a repository.
    pub fn history_known(&self, repository: Symbol) -> bool {
        self.histories.contains(&repository)
    }

    /// Tells whether a commit was once the newest of a protected branch.
    pub fn on_main_line(&self, commit: SubjectId) -> bool {
        self.main_line.binary_search(&commit).is_ok()
    }

    /// The tickets that a change names in its title.
    pub fn named_by(&self, change: SubjectId) -> impl Iterator<Item = SubjectId> {
        let start = self.named.partition_point(|(from, _)| *from < change);
        self.named[start..].iter().take_while(move |(from, _)| *from == change).map(|(_, to)| *to)
    }

    /// The changes whose titles name a ticket.
    pub(super) fn naming(&self, ticket: SubjectId) -> impl Iterator<Item = SubjectId> {
        self.named.iter().filter(move |(_, to)| *to == ticket).map(|(change, _)| *change)
    }

    /// Why a change is not tested, where policy does not protect its branch. A repository or branch
    /// that is not known counts as protected.
    pub(super) fn unprotected(&self, change: &Subject) -> Option<String> {
        let (repository, branch) = (change.repository?, change.target?);
        let (repository, branch) = (self.dataset.text(repository), self.dataset.text(branch));
        let out = self.policy.leaves_out(Some(repository), Some(branch));
        out.then(|| format!("policy does not protect branch {branch} of {repository}"))
    }

    /// The drill that a decision belongs to, by the decision's index.
    pub fn drill_of(&self, decision: u32) -> Option<&'a Drill> {
        self.drill_index_of(decision).and_then(|drill| self.drills.all.get(drill as usize))
    }

    /// The index of that drill.
    pub(super) fn drill_index_of(&self, decision: u32) -> Option<u32> {
        self.drill_of.get(&decision).copied()
    }

    /// The repositories of which the evidence holds changes.
    pub fn changed_repositories(&self) -> impl Iterator<Item = Symbol> {
        self.changed.keys().copied()
    }

    /// The systems in which changes are proposed.
    pub fn change_systems(&self) -> impl Iterator<Item = &'a str> {
        self.change_systems.iter().copied()
    }

    /// The party that an account stands for.
    pub fn who(&self, account: AccountId) -> Who {
        self.identities.principal(account).map_or(Who::Account(account), Who::Principal)
    }

    /// A party's id: of the registry, else of the account.
    pub fn who_id(&self, who: Who) -> &str {
        match who {
            Who::Principal(principal) => &self.principal(principal).id,
            Who::Account(account) => self.dataset.text(account.0),
        }
    }

    /// A party's name as people say it.
    pub fn who_name(&self, who: Who) -> &str {
        match who {
            Who::Principal(principal) => &self.principal(principal).name,
            Who::Account(account) => self.dataset.text(account.0),
        }
    }

    /// The name of whoever an account stands for.
    pub fn name(&self, account: AccountId) -> &str {
        self.who_name(self.who(account))
    }

    /// An entry of the registry.
    pub fn principal(&self, id: PrincipalId) -> &'a crate::policy::Principal {
        self.identities.principals().get(id)
    }

    /// A moment as people of the organisation read it.
    pub fn clock(&self, at: Instant) -> String {
        at.local(self.period.zone())
    }
}

#[cfg(test)]
mod tests {
    use crate::crossref::scene::Scene;

    #[test]
    fn activity_counts_what_an_account_did_in_the_period() {
        let mut scene = Scene::new();
        scene.change(1, "ann", "cat", 9.0);
        scene.approve(1, "bob", 8.7);
        scene.approve(1, "bob", 8.8);
        scene.approve(1, "bob", -3.0);
        scene.assess(|assessment| {
            let cx = assessment.cx;
            let times = |wanted: &str| {
                let all = cx.activity.iter();
                all.filter(|(id, _)| cx.dataset.text(id.0) == wanted)
                    .map(|(_, a)| a.times)
                    .sum::<u64>()
            };
            assert_eq!((times("github:bob"), times("github:cat")), (2, 1));
        });
    }
}
