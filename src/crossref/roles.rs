//! Who held which role at a moment, and how that is known.
//!
//! Interval exports and events prove a role at a moment. A snapshot proves it only at its own
//! time: between two snapshots that agree it is inferred, and outside any it is unknown. Unknown
//! is not no, and not yes.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    Identities,
    membership::{inherited, is_group},
};
use crate::{
    model::{
        AccountId, Dataset, Grant, HowKnown, Instant, Located, Origin, Period, RoleId, Symbol,
    },
    policy::{Pattern, PrincipalId},
};

/// How a role is known to have been held during a span.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Ord, PartialOrd)]
pub enum Proof {
    /// An interval or event says so.
    Proven,
    /// Two snapshots that agree enclose the span.
    BetweenSnapshots(Instant, Instant),
    /// The interval is open, and its export does not say when it was made.
    OpenEnded,
    /// Not known: the reason.
    Uncertain(&'static str),
}

/// A span during which an account held a role.
#[derive(Clone, Copy, Debug)]
pub struct Span {
    /// Who held it.
    pub holder: AccountId,
    /// The role.
    pub role: RoleId,
    /// What it is limited to.
    pub scope: Option<Symbol>,
    /// First moment.
    pub from: Option<Instant>,
    /// First moment after it.
    pub until: Option<Instant>,
    /// How it is known.
    pub proof: Proof,
    /// Who gave it.
    pub granted_by: Option<AccountId>,
    /// What kind of record tells of it.
    pub known: HowKnown,
    /// What it was read from.
    pub origin: Origin,
    /// For a role that a group holds, what the membership was read from.
    pub through: Option<Origin>,
}

impl Span {
    /// Tells whether the role was held at `at`, if the span's proof holds.
    pub fn holds(&self, at: Instant) -> bool {
        self.from.is_none_or(|from| from <= at) && self.until.is_none_or(|until| at < until)
    }

    /// The part of the span that lies in `other` too, as bounds.
    pub fn overlap(&self, other: &Self) -> Option<(Option<Instant>, Option<Instant>)> {
        let from = self.from.max(other.from);
        let until = match (self.until, other.until) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (a, b) => a.or(b),
        };
        let some = from.zip(until).is_none_or(|(from, until)| from < until);
        some.then_some((from, until))
    }

    /// Tells whether some of the span lies in `period`.
    pub fn touches(&self, period: &Period) -> bool {
        self.from.is_none_or(|from| from < period.until)
            && self.until.is_none_or(|until| period.from < until)
    }
}

/// Whether a role was held.
#[derive(Clone, Debug)]
pub enum Held {
    /// It was: by these spans, the best known first.
    Yes(Vec<Span>),
    /// It was not, and these systems' exports would show it.
    No,
    /// Nobody can tell: why.
    Unknown(String),
}

/// All spans, by principal.
#[derive(Debug)]
pub struct Roles<'a> {
    dataset: &'a Dataset,
    by_principal: BTreeMap<PrincipalId, Vec<Span>>,
    unowned: Vec<Span>,
    /// Systems with an interval export, and the first moment that each export no longer shows.
    intervals: BTreeMap<&'a str, Vec<Option<Instant>>>,
    snapshots: BTreeMap<RoleId, (Instant, Instant)>,
}

/// One role of one account, with its limit.
type Key = (AccountId, RoleId, Option<Symbol>);

impl<'a> Roles<'a> {
    /// Works out every span of `dataset`.
    pub fn new(dataset: &'a Dataset, identities: &Identities<'_>) -> Self {
        let mut this = Self {
            dataset,
            by_principal: BTreeMap::new(),
            unowned: Vec::new(),
            intervals: BTreeMap::new(),
            snapshots: BTreeMap::new(),
        };
        for source in dataset.sources() {
            if source.roles == Some(HowKnown::Interval) {
                let until = source.export.at.map(after);
                this.intervals.entry(source.system.as_str()).or_default().push(until);
            }
        }
        let mut spans = this.interval_spans();
        spans.extend(this.event_spans());
        spans.extend(this.snapshot_spans());
        spans.extend(inherited(&spans));
        for span in spans {
            match identities.principal(span.holder) {
                Some(principal) => this.by_principal.entry(principal).or_default().push(span),
                None => this.unowned.push(span),
            }
        }
        for spans in this.by_principal.values_mut() {
            spans.sort_by_key(|s| (s.role, s.scope, s.from, s.until, s.origin));
        }
        this
    }

    /// The spans of a principal, by role.
    pub fn of(&self, principal: PrincipalId) -> &[Span] {
        self.by_principal.get(&principal).map_or(&[], Vec::as_slice)
    }

    /// Every principal that holds roles.
    pub fn holders(&self) -> impl Iterator<Item = PrincipalId> {
        self.by_principal.keys().copied()
    }

    /// The spans of accounts that belong to nobody known.
    pub fn unowned(&self) -> &[Span] {
        &self.unowned
    }

    /// Tells whether `principal` held a role that matches one of `roles` for `scope` at `at`.
    pub fn held(
        &self,
        principal: PrincipalId,
        roles: &[Pattern],
        scope: Option<&str>,
        at: Instant,
    ) -> Held {
        let matching = |span: &&Span| {
            let role = self.dataset.text(span.role.0);
            span.holds(at) && roles.iter().any(|p| p.matches(role)) && self.covers(span, scope)
        };
        let mut spans: Vec<Span> = self.of(principal).iter().filter(matching).copied().collect();
        spans.sort_by_key(|span| span.proof);
        let (sure, unsure): (Vec<Span>, Vec<Span>) =
            spans.into_iter().partition(|span| !matches!(span.proof, Proof::Uncertain(_)));
        if !sure.is_empty() {
            return Held::Yes(sure);
        }
        if let Some(Proof::Uncertain(why)) = unsure.first().map(|span| span.proof) {
            return Held::Unknown(why.to_owned());
        }
        match roles.iter().find(|pattern| !self.would_show(pattern, at)) {
            Some(pattern) => {
                Held::Unknown(format!("no export shows who held {} then", pattern.text()))
            }
            None if roles.is_empty() => Held::Unknown("policy names no such role".to_owned()),
            None => match self.held_by_unseen_group(&matching, at) {
                Some(group) => {
                    Held::Unknown(format!("{group} held it, and no export shows its members"))
                }
                None => Held::No,
            },
        }
    }

    /// A group that held such a role and whose members the exports do not show.
    fn held_by_unseen_group(
        &self,
        matching: &dyn Fn(&&Span) -> bool,
        at: Instant,
    ) -> Option<&'a str> {
        let groups = self.unowned.iter().filter(|span| is_group(self.dataset, span.holder));
        let names = groups.filter(matching).map(|span| self.dataset.text(span.holder.0));
        names.into_iter().find(|name| !self.would_show(&Pattern::new(name), at))
    }

    fn covers(&self, span: &Span, wanted: Option<&str>) -> bool {
        let Some(scope) = span.scope.map(|scope| self.dataset.text(scope)) else { return true };
        let Some(wanted) = wanted else { return false };
        let wider = wanted.strip_prefix(scope).is_some_and(|rest| rest.starts_with('/'));
        scope == wanted || wider || Pattern::new(scope).matches(wanted)
    }

    /// Tells whether a role that matches `pattern`, had it been held at `at`, would be in the
    /// exports.
    fn would_show(&self, pattern: &Pattern, at: Instant) -> bool {
        self.would_show_through(pattern, at, at)
    }

    /// Tells whether the exports would show a role that matches one of `patterns`, had anybody
    /// held it at any moment of `period`.
    pub fn would_show_all(&self, patterns: &[Pattern], period: &Period) -> bool {
        let last = Instant::from_micros(period.until.micros() - 1).unwrap_or(period.until);
        patterns.iter().all(|pattern| self.would_show_through(pattern, period.from, last))
    }

    fn would_show_through(&self, pattern: &Pattern, first: Instant, last: Instant) -> bool {
        let system = pattern.text().split(':').next().unwrap_or_default();
        let reaches = |until: &Option<Instant>| until.is_none_or(|until| last < until);
        if self.intervals.get(system).is_some_and(|all| all.iter().any(reaches)) {
            return true;
        }
        let mut listed = self
            .snapshots
            .iter()
            .filter(|(role, _)| pattern.matches(self.dataset.text(role.0)))
            .peekable();
        listed.peek().is_some() && listed.all(|(_, (from, to))| *from <= first && last <= *to)
    }

    fn grants(&self, kind: impl Fn(HowKnown) -> bool) -> impl Iterator<Item = &'a Located<Grant>> {
        self.dataset.grants().iter().filter(move |grant| kind(grant.record.known))
    }

    fn interval_spans(&self) -> Vec<Span> {
        self.grants(|known| known == HowKnown::Interval)
            .map(|located| {
                let grant = located.record;
                let made = self.dataset.source(located.origin.source).export.at;
                let proof = match (grant.from, grant.until, made) {
                    (None, _, _) => Proof::Uncertain("the export does not say since when"),
                    (_, None, None) => Proof::OpenEnded,
                    _ => Proof::Proven,
                };
                let until = grant.until.or(made.map(after));
                Span { until, ..span(located, proof) }
            })
            .collect()
    }

    /// Until when the logs of each system tell what was given and taken away: what came later is in
    /// none of them.
    fn reach_of_logs(&self) -> BTreeMap<&'a str, Instant> {
        let mut reach = BTreeMap::new();
        let event = |known| matches!(known, HowKnown::GrantEvent | HowKnown::RevokeEvent);
        for source in self.dataset.sources().iter().filter(|s| s.roles.is_some_and(event)) {
            let last = source.tally.times.map(|(_, last)| last);
            if let Some(at) = source.export.at.max(last) {
                let latest = reach.entry(source.system.as_str()).or_insert(at);
                *latest = (*latest).max(at);
            }
        }
        reach
    }

    /// A role is held from each grant event until the next revocation, as far as logs tell.
    fn event_spans(&self) -> Vec<Span> {
        let event = |known| matches!(known, HowKnown::GrantEvent | HowKnown::RevokeEvent);
        let mut by_key: BTreeMap<Key, Vec<(Instant, &Located<Grant>)>> = BTreeMap::new();
        for located in self.grants(event) {
            let grant = located.record;
            let at = if grant.known == HowKnown::GrantEvent { grant.from } else { grant.until };
            if let Some(at) = at {
                by_key.entry(key(&grant)).or_default().push((at, located));
            }
        }
        let reach = self.reach_of_logs();
        let mut spans = Vec::new();
        for mut events in by_key.into_values() {
            events.sort();
            for (index, (at, located)) in events.iter().enumerate() {
                let revoked = events[index + 1..]
                    .iter()
                    .find(|(_, next)| next.record.known == HowKnown::RevokeEvent);
                if located.record.known == HowKnown::GrantEvent {
                    let system = self.dataset.source(located.origin.source).system.as_str();
                    let told = reach.get(system).map(|at| after(*at));
                    let until = revoked.map(|(until, _)| *until).or(told);
                    let proof = if until.is_some() { Proof::Proven } else { Proof::OpenEnded };
                    spans.push(Span { from: Some(*at), until, ..span(located, proof) });
                } else if index == 0 {
                    let proof = Proof::Uncertain("only its revocation is recorded");
                    spans.push(Span { from: None, until: Some(*at), ..span(located, proof) });
                }
            }
        }
        spans
    }

    fn snapshot_spans(&mut self) -> Vec<Span> {
        let snapshot = |known| matches!(known, HowKnown::Snapshot(_));
        let mut times: BTreeMap<RoleId, BTreeSet<Instant>> = BTreeMap::new();
        let mut held: BTreeMap<Key, BTreeMap<Instant, &Located<Grant>>> = BTreeMap::new();
        let mut spans = Vec::new();
        for located in self.grants(snapshot) {
            match located.record.known {
                HowKnown::Snapshot(Some(at)) => {
                    times.entry(located.record.role).or_default().insert(at);
                    held.entry(key(&located.record)).or_default().insert(at, located);
                }
                _ => {
                    let proof = Proof::Uncertain("the time of the snapshot is not known");
                    spans.push(Span { from: None, until: None, ..span(located, proof) });
                }
            }
        }
        for ((_, role, _), mine) in &held {
            let all: Vec<Instant> = times[role].iter().copied().collect();
            spans.extend(between(&all, mine));
        }
        self.snapshots = times
            .into_iter()
            .filter_map(|(role, at)| Some((role, (*at.first()?, *at.last()?))))
            .collect();
        spans
    }
}

/// The spans of one holder of a role that was listed at the times `all`.
fn between(all: &[Instant], mine: &BTreeMap<Instant, &Located<Grant>>) -> Vec<Span> {
    let mut spans = Vec::new();
    for (at, located) in mine {
        let exact = span(located, Proof::Proven);
        spans.push(Span { from: Some(*at), until: Some(after(*at)), ..exact });
    }
    for pair in all.windows(2) {
        let (a, b) = (pair[0], pair[1]);
        let (proof, located) = match (mine.get(&a), mine.get(&b)) {
            (Some(located), Some(_)) => (Proof::BetweenSnapshots(a, b), located),
            (Some(located), None) | (None, Some(located)) => {
                (Proof::Uncertain("the snapshots before and after disagree"), located)
            }
            (None, None) => continue,
        };
        spans.push(Span { from: Some(after(a)), until: Some(b), ..span(located, proof) });
    }
    spans
}

fn key(grant: &Grant) -> Key {
    (grant.holder, grant.role, grant.scope)
}

fn span(located: &Located<Grant>, proof: Proof) -> Span {
    let Grant { holder, role, scope, from, until, granted_by, known } = located.record;
    Span {
        holder,
        role,
        scope,
        from,
        until,
        proof,
        granted_by,
        known,
        origin: located.origin,
        through: None,
    }
}

/// The first moment after `at`.
fn after(at: Instant) -> Instant {
    Instant::from_micros(at.micros() + 1).unwrap_or(at)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crossref::scene::{Scene, day};

    const ROLE: &str = "github:team:acme/ops";

    fn held(at: f64, prepare: impl Fn(&mut Scene)) -> String {
        let mut scene = Scene::new();
        prepare(&mut scene);
        scene.assess(|assessment| {
            let roles = &assessment.cx.roles;
            match roles.held(PrincipalId(1), &[Pattern::new(ROLE)], None, day(at)) {
                Held::Yes(spans) => format!("yes {:?}", spans[0].proof),
                Held::No => "no".to_owned(),
                Held::Unknown(why) => format!("unknown: {why}"),
            }
        })
    }

    fn snapshots(scene: &mut Scene) {
        for (at, who) in
            [(5.0, "bob"), (5.0, "cat"), (10.0, "bob"), (10.0, "cat"), (20.0, "cat"), (25.0, "cat")]
        {
            scene.snapshot(who, ROLE, at);
        }
    }

    #[test]
    fn snapshots_prove_only_their_own_time() {
        assert_eq!(held(5.0, snapshots), "yes Proven");
        let inferred = format!("yes {:?}", Proof::BetweenSnapshots(day(5.0), day(10.0)));
        assert_eq!(held(7.0, snapshots), inferred);
        let between = "unknown: the snapshots before and after disagree";
        assert_eq!(held(15.0, snapshots), between);
        assert_eq!(held(22.0, snapshots), "no");
        let outside = "unknown: no export shows who held github:team:acme/ops then";
        assert_eq!(held(4.0, snapshots), outside);
        assert_eq!(held(26.0, snapshots), outside);
    }

    #[test]
    fn an_interval_proves_each_moment_of_it() {
        let interval = |at| {
            held(at, |scene| {
                scene.role("bob", "github:team:acme/ops", 5.0, Some(10.0));
            })
        };
        assert_eq!(interval(5.0), "yes Proven");
        assert_eq!(interval(9.99), "yes Proven");
        // The scene's interval export covers okta, and not github.
        assert!(interval(10.0).starts_with("unknown"));
    }

    #[test]
    fn an_open_interval_of_an_undated_export_is_inferred() {
        let found = held(9.0, |scene| {
            scene.export.at = None;
            scene.role("bob", ROLE, 5.0, None);
        });
        assert_eq!(found, "yes OpenEnded");
    }

    #[test]
    fn an_export_shows_a_period_if_it_reaches_its_last_moment() {
        let shown = |made_before: i64, lists: bool| {
            let mut scene = Scene::new();
            let made = Instant::from_micros(day(32.0).micros() - made_before).unwrap();
            scene.export.at = Some(made);
            if lists {
                scene.snapshot("bob", ROLE, 0.0);
                scene.snapshot_at("bob", ROLE, made);
            }
            let role = if lists { ROLE } else { "okta:deployer" };
            scene.assess(|assessment| {
                let cx = assessment.cx;
                cx.roles.would_show_all(&[Pattern::new(role)], cx.period)
            })
        };
        // The period's last microsecond is the one before day 32 begins.
        for lists in [false, true] {
            assert!(shown(1, lists));
            assert!(!shown(2, lists));
        }
    }
}
