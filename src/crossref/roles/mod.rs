//! Who held which role at a moment, and how that is known.
//!
//! Interval exports and events prove a role at a moment. A snapshot proves it only at its own
//! time: between two snapshots that agree it is inferred, and outside any it is unknown. Unknown
//! is not no, and not yes.

mod events;
mod intervals;
mod membership;
mod snapshots;
mod span;

use std::collections::BTreeMap;

use self::membership::{inherited, is_group};
use self::snapshots::Snapshots;
use super::Identities;
use crate::model::{AccountId, Dataset, Grant, Instant, Period, RoleId, Symbol};
use crate::policy::{Pattern, PrincipalId};

pub use span::{Proof, Span};

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
    /// When the lists of each role first and last showed it.
    listed: BTreeMap<RoleId, (Instant, Instant)>,
}

impl<'a> Roles<'a> {
    /// Works out every span of `dataset`.
    pub fn new(dataset: &'a Dataset, identities: &Identities<'_>) -> Self {
        let Snapshots { spans: from_lists, listed } = Snapshots::of(dataset);
        let mut this = Self {
            dataset,
            by_principal: BTreeMap::new(),
            unowned: Vec::new(),
            intervals: intervals::reach(dataset),
            listed,
        };
        let mut spans = intervals::spans(dataset);
        spans.extend(events::spans(dataset));
        spans.extend(from_lists);
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
            .listed
            .iter()
            .filter(|(role, _)| pattern.matches(self.dataset.text(role.0)))
            .peekable();
        listed.peek().is_some() && listed.all(|(_, (from, to))| *from <= first && last <= *to)
    }
}

/// One role of one account, with its limit.
type Key = (AccountId, RoleId, Option<Symbol>);

fn key(grant: &Grant) -> Key {
    (grant.holder, grant.role, grant.scope)
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

    /// From when a role is known, when a record says that it ended, and until when it is known.
    fn bounds(prepare: impl Fn(&mut Scene)) -> Vec<[Option<Instant>; 3]> {
        let mut scene = Scene::new();
        prepare(&mut scene);
        scene.assess(|assessment| {
            let of_bob = assessment.cx.roles.of(PrincipalId(1)).iter();
            let here = of_bob.filter(|span| assessment.cx.dataset.text(span.role.0) == ROLE);
            here.map(|span| [span.from, span.ended(), span.known_until]).collect()
        })
    }

    #[test]
    fn where_the_evidence_ends_no_role_ends() {
        let made = day(34.0);
        let held = |until: Option<f64>| {
            bounds(|scene| {
                scene.export.at = Some(made);
                scene.role("bob", ROLE, 5.0, until);
            })
        };
        assert_eq!(held(None), [[Some(day(5.0)), None, Some(made)]]);
        assert_eq!(held(Some(10.0)), [[Some(day(5.0)), Some(day(10.0)), None]]);
        let logged = bounds(|scene| scene.granted("bob", ROLE, 6.0, None));
        assert!(logged.iter().all(|[_, ended, known]| ended.is_none() && known.is_some()));
        let listed = bounds(snapshots);
        assert!(listed.iter().all(|[_, ended, _]| ended.is_none()), "{listed:?}");
        assert!(listed.contains(&[Some(day(5.0)), None, Some(day(5.0))]), "{listed:?}");
        // What a group holds ends with the membership, whose end is on record.
        let through = bounds(|scene| {
            scene.role("bob", "okta:group:inner", 5.0, Some(10.0));
            scene.holds("okta:group:inner", ROLE, 1.0);
        });
        assert_eq!(through, [[Some(day(5.0)), Some(day(10.0)), None]]);
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
