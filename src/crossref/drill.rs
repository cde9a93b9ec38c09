//! Planned boundary tests and the records that answer them.
//!
//! A drill is answered by one complete refusal of what was planned: who, what, on what, when, with
//! which code. One refusal answers one drill: it is not proof of two. Refusals that were met while
//! a drill ran belong to it, whether they answer it or not, and are none from the wild.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    Context, Control, Strength, Who,
    denial::strength,
    near_miss::{NearMiss, near_misses},
};
use crate::{
    model::{Decision, Instant, Located, Outcome, Source},
    policy::Drill,
};

/// What came of a drill.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Ord, PartialOrd)]
pub enum DrillState {
    /// What was tried went through, or the control was overridden.
    LetThrough,
    /// It was refused as planned.
    Refused,
    /// Its window is over and no refusal answers it.
    Missed,
    /// No refusal answers it yet, and its window ends after the period or after the moment that is
    /// judged for.
    NotDue,
}

impl DrillState {
    /// The name in tables.
    pub fn name(self) -> &'static str {
        match self {
            Self::LetThrough => "let through",
            Self::Refused => "refused as planned",
            Self::Missed => "missed",
            Self::NotDue => "ends after the period",
        }
    }
}

/// A drill with the records that are about it. Decisions are named by their index in
/// [`Dataset::decisions`](crate::model::Dataset::decisions).
#[derive(Clone, Debug)]
pub struct Drilled {
    /// The refusal that answers it.
    pub answer: Option<u32>,
    /// Every refusal of what was planned, in its window; with the answer.
    pub refused: Vec<u32>,
    /// Every attempt at what was planned, in its window, that was allowed or went around the
    /// control.
    pub let_through: Vec<u32>,
    /// The same where the log does not say what came of it.
    pub unclear: Vec<u32>,
    /// Refusals that nearly answer it, nearest first; none where one answers it.
    pub near: Vec<NearMiss>,
    /// What its positive control shows.
    pub control: Control,
    /// What came of it.
    pub state: DrillState,
}

impl Drilled {
    /// Tells whether its window is over, as far as the period and the moment that is judged for
    /// reach.
    pub fn is_due(&self, cx: &Context<'_>, drill: &Drill) -> bool {
        drill.until <= cx.period.until && drill.until <= cx.as_of
    }

    /// The decision that settles what came of it, by its index: the first that let it through, else
    /// the refusal that answers it.
    pub fn decisive(&self) -> Option<u32> {
        self.let_through.first().copied().or(self.answer)
    }

    /// Every decision that is shown with it, by index.
    pub fn shown(&self) -> impl Iterator<Item = u32> {
        let near = self.near.iter().map(|near| near.decision);
        let through = self.let_through.iter().copied();
        self.answer.into_iter().chain(self.control.decision()).chain(through).chain(near)
    }

    /// Why a log might lack an attempt at what was planned, in its window; `None` if each log is
    /// whole and one reaches the window's end.
    pub(super) fn unseen(&self, cx: &Context<'_>, drill: &Drill) -> Option<String> {
        if drill.until > cx.as_of {
            return Some(format!("its window ends only on {}", cx.clock(drill.until)));
        }
        let system = drill.action.text().split(':').next().unwrap_or_default();
        let mut kinds = BTreeSet::new();
        for (index, decision) in between(cx, drill.from, drill.until) {
            if cx.dataset.text(decision.action).split(':').next() == Some(system) {
                let located = cx.dataset.decisions().get(index as usize);
                let source = located.map(|decision| cx.dataset.source(decision.origin.source));
                kinds.extend(source.map(|source| (source.system.as_str(), source.format)));
            }
        }
        let sources = cx.dataset.sources().iter();
        let logs: Vec<_> =
            sources.filter(|s| kinds.contains(&(s.system.as_str(), s.format))).collect();
        let broken = |log: &&&Source| log.tally.rejected > 0 || !log.gaps.is_empty();
        if let Some(log) = logs.iter().find(broken) {
            return Some(format!("{} is not whole, and what it lacks may be an attempt", log.path));
        }
        let end = || format!("no log of {system} is known to reach the end of its window");
        (!logs.iter().any(|log| log.reaches(drill.until))).then(end)
    }

    /// Why the logs of the drill's system cannot show that it was missed, where there are some and
    /// none is known to reach the end of its window.
    pub(super) fn cut_short(&self, cx: &Context<'_>, drill: &Drill) -> Option<String> {
        let system = drill.action.text().split(':').next().unwrap_or_default();
        let of_system = |decision: &&Located<Decision>| {
            cx.dataset.text(decision.record.action).split(':').next() == Some(system)
        };
        let kind = |source: &'_ Source| (source.system.clone(), source.format);
        let own = cx.dataset.decisions().iter().filter(of_system);
        let kinds: BTreeSet<_> =
            own.map(|decision| kind(cx.dataset.source(decision.origin.source))).collect();
        let mut logs =
            cx.dataset.sources().iter().filter(|source| kinds.contains(&kind(source))).peekable();
        logs.peek()?;
        let told = format!("no log of {system} is known to reach the end of its window");
        (!logs.any(|log| log.reaches(drill.until))).then_some(told)
    }

    /// Tells whether no log holds any decision of the drill's system in its window.
    pub fn silent(&self, cx: &Context<'_>, drill: &Drill) -> bool {
        let system = drill.action.text().split(':').next().unwrap_or_default();
        let own = |decision: &Decision| {
            cx.dataset.text(decision.action).split(':').next() == Some(system)
        };
        !between(cx, drill.from, drill.until).any(|(_, decision)| own(decision))
    }
}

/// The drills whose windows touch the period, with their indices and records.
pub fn drills_of_period<'a>(
    cx: &'a Context<'a>,
) -> impl Iterator<Item = (u32, &'a Drill, &'a Drilled)> {
    let touches = |drill: &Drill| drill.from < cx.period.until && cx.period.from < drill.until;
    let all = (0..).zip(cx.drills.all.iter().zip(&cx.drilled));
    all.map(|(index, (drill, drilled))| (index, drill, drilled))
        .filter(move |(_, drill, _)| touches(drill))
}

/// Every drill with its records, in the order of the file.
pub(super) fn drilled(cx: &Context<'_>) -> Vec<Drilled> {
    let drills = &cx.drills.all;
    let mut all: Vec<Drilled> = drills.iter().map(|drill| gather(cx, drill)).collect();
    let fits: Vec<Vec<u32>> = all
        .iter()
        .zip(drills)
        .map(|(found, drill)| {
            found.refused.iter().copied().filter(|index| proves(cx, drill, *index)).collect()
        })
        .collect();
    // Which of two drills one refusal answers must not hang on the order of the file's rows.
    let mut order: Vec<usize> = (0..drills.len()).collect();
    order.sort_by_key(|drill| (drills[*drill].until, drills[*drill].from, &drills[*drill].id));
    let sorted: Vec<_> = order.iter().map(|drill| fits[*drill].as_slice()).collect();
    let claims = assign(&sorted).into_iter();
    let claims: BTreeMap<u32, usize> = claims.map(|(refusal, n)| (refusal, order[n])).collect();
    for (decision, drill) in &claims {
        all[*drill].answer = Some(*decision);
    }
    for (index, drill) in drills.iter().enumerate() {
        all[index].state = state(cx, drill, &all[index]);
        if all[index].answer.is_none() {
            all[index].near = near_misses(cx, drill, &claims);
        }
    }
    all
}

/// Which drill each decision of the logs belongs to, by index: the one that it answers, else the
/// first whose plan it fits.
pub(super) fn belonging(drilled: &[Drilled]) -> BTreeMap<u32, u32> {
    let mut belongs = BTreeMap::new();
    for (drill, found) in (0..).zip(drilled) {
        for decision in found.refused.iter().chain(&found.let_through).chain(&found.unclear) {
            belongs.entry(*decision).or_insert(drill);
        }
    }
    for (drill, found) in (0..).zip(drilled) {
        belongs.extend(found.answer.map(|decision| (decision, drill)));
    }
    belongs
}

/// The decisions from `from` up to `until`, with their indices. Later ones than the moment that is
/// judged for do not exist yet.
pub(super) fn between<'a>(
    cx: &Context<'a>,
    from: Instant,
    until: Instant,
) -> impl Iterator<Item = (u32, &'a Decision)> + use<'a> {
    let all = cx.dataset.decisions();
    let start = all.partition_point(|d| d.record.at < from);
    let as_of = cx.as_of;
    all[start..]
        .iter()
        .zip(start as u32..)
        .take_while(move |(d, _)| d.record.at < until && d.record.at <= as_of)
        .map(|(d, index)| (index, &d.record))
}

fn gather(cx: &Context<'_>, drill: &Drill) -> Drilled {
    let mut found = Drilled {
        answer: None,
        refused: Vec::new(),
        let_through: Vec::new(),
        unclear: Vec::new(),
        near: Vec::new(),
        control: Control::of(cx, drill),
        state: DrillState::NotDue,
    };
    for (index, decision) in between(cx, drill.from, drill.until) {
        let tried = cx.who(decision.actor) == Who::Principal(drill.who)
            && drill.action.matches(cx.dataset.text(decision.action))
            && on_target(cx, drill, decision);
        if tried {
            match decision.outcome {
                Outcome::Denied => found.refused.push(index),
                Outcome::Allowed | Outcome::Bypassed => found.let_through.push(index),
                Outcome::Unknown => found.unclear.push(index),
            }
        }
    }
    found
}

/// Tells whether an attempt was on what the drill names.
pub(super) fn on_target(cx: &Context<'_>, drill: &Drill, decision: &Decision) -> bool {
    let Some(target) = &drill.target else { return true };
    decision.resource.is_some_and(|resource| target.matches(cx.dataset.text(resource)))
}

/// Tells whether a refusal has the code that the drill names.
pub(super) fn has_code(cx: &Context<'_>, drill: &Drill, decision: &Decision) -> bool {
    let Some(want) = &drill.code else { return true };
    decision.code.is_some_and(|code| cx.dataset.text(code) == want)
}

fn proves(cx: &Context<'_>, drill: &Drill, index: u32) -> bool {
    cx.dataset.decisions().get(index as usize).is_some_and(|decision| {
        strength(cx, &decision.record) == Strength::Complete
            && has_code(cx, drill, &decision.record)
    })
}

fn state(cx: &Context<'_>, drill: &Drill, found: &Drilled) -> DrillState {
    if !found.let_through.is_empty() {
        DrillState::LetThrough
    } else if found.answer.is_some() {
        DrillState::Refused
    } else if found.is_due(cx, drill) {
        DrillState::Missed
    } else {
        DrillState::NotDue
    }
}

/// Gives as many drills as possible a refusal of their own (augmenting paths). `fits` has for each
/// drill the refusals that could answer it; the result has the drill that each answers.
fn assign(fits: &[&[u32]]) -> BTreeMap<u32, usize> {
    let mut claims = BTreeMap::new();
    for drill in 0..fits.len() {
        claim(fits, drill, &mut claims, &mut BTreeSet::new());
    }
    claims
}

fn claim(
    fits: &[&[u32]],
    drill: usize,
    claims: &mut BTreeMap<u32, usize>,
    seen: &mut BTreeSet<u32>,
) -> bool {
    for refusal in fits[drill] {
        if !seen.insert(*refusal) {
            continue;
        }
        let free = match claims.get(refusal).copied() {
            None => true,
            Some(other) => claim(fits, other, claims, seen),
        };
        if free {
            claims.insert(*refusal, drill);
            return true;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        crossref::{BoundaryState, boundaries, denials, scene::Scene},
        model::Outcome::{Allowed, Denied},
    };

    /// A drill of the bot's on day 10 that was refused.
    fn scene() -> Scene {
        let mut scene = Scene::new();
        scene.drill("D1", "bot", "aws:iam:CreateUser", (10.0, 11.0));
        scene.attempt("bot", "iam:CreateUser", 10.5, Denied);
        scene
    }

    #[test]
    fn what_a_drill_met_is_none_from_the_wild() {
        let mut scene = scene();
        // Tried again in the window, with a record that proves nothing and one that does.
        scene.refused("bot", "iam:CreateUser", 10.7, [None, None, None]);
        scene.attempt("bot", "iam:CreateUser", 10.8, Denied);
        scene.attempt("bot", "iam:CreateUser", 12.0, Denied);
        scene.attempt("bot2", "iam:CreateUser", 10.5, Denied);
        scene.assess(|assessment| {
            let drills: Vec<_> =
                denials(assessment.cx).iter().map(|d| d.drill.map(|d| d.id.clone())).collect();
            let planned = || Some("D1".to_owned());
            assert_eq!(drills.iter().filter(|drill| **drill == planned()).count(), 3);
            let all = boundaries(assessment.cx);
            let own = all.iter().find(|b| b.capability == "modify-definition").unwrap();
            let counts = (own.drilled.len(), own.wild.len(), own.unexplained.len());
            assert_eq!((counts, own.state), ((2, 2, 1), BoundaryState::RefusedInDrill));
            assert_eq!(own.last, Some(crate::crossref::scene::day(12.0)));
        });
    }

    #[test]
    fn a_drill_that_went_through_failed_though_it_was_refused_too() {
        let mut scene = scene();
        scene.attempt("bot", "iam:CreateUser", 10.6, Allowed);
        scene.assess(|assessment| {
            let drilled = &assessment.cx.drilled[0];
            assert_eq!(drilled.state, DrillState::LetThrough);
            assert!(drilled.answer.is_some() && drilled.decisive() == Some(drilled.let_through[0]));
        });
    }

    #[test]
    fn as_many_drills_as_possible_are_answered() {
        let answered = |fits: &[&[u32]]| assign(fits).into_iter().collect::<Vec<_>>();
        assert_eq!(answered(&[&[1, 2], &[1]]), [(1, 1), (2, 0)]);
        assert_eq!(answered(&[&[1], &[1]]), [(1, 0)]);
        assert_eq!(answered(&[&[1, 2], &[1, 3], &[1]]), [(1, 2), (2, 0), (3, 1)]);
        assert_eq!(answered(&[&[], &[7]]), [(7, 1)]);
    }

    #[test]
    fn the_order_of_rows_decides_nothing() {
        let states = |ids: [&str; 2]| {
            let mut scene = Scene::new();
            for id in ids {
                scene.drill(id, "bot", "aws:iam:CreateUser", (10.0, 11.0));
            }
            scene.attempt("bot", "iam:CreateUser", 10.5, Denied);
            scene.assess(|assessment| {
                let drills = assessment.cx.drills.all.iter().zip(&assessment.cx.drilled);
                drills.map(|(drill, found)| (drill.id.clone(), found.state)).collect::<Vec<_>>()
            })
        };
        let (one, mut other) = (states(["D1", "D2"]), states(["D2", "D1"]));
        other.reverse();
        assert_eq!(one, other);
        assert_eq!(one[0].1, DrillState::Refused);
    }
}
