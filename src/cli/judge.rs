//! From a workspace and a period to what the rules found.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

use chrono::NaiveDate;

use super::{
    environment,
    exit::Failure,
    progress::Bar,
    sources::Sources,
    workspace::{Setup, Workspace},
};
use crate::{
    crossref::{Assessment, Context},
    ingest::{self, Watch},
    model::{Dataset, Instant, Period},
    policy::{Drills, PatternSet, Policy, PrincipalKind, Principals, Problems},
};

/// Which span is judged, and as of when
#[derive(Clone, Debug, clap::Args)]
pub(super) struct When {
    /// The period: 2026-10, 2026-Q4, 2026, 2026-01-01..2026-12-31 or last-month
    #[arg(short, long, default_value = "last-month")]
    period: String,
    /// The moment that the result speaks for, such as 2026-11-05 or 2026-11-05T09:00:00Z [default:
    /// now]
    #[arg(long, value_name = "TIME")]
    as_of: Option<String>,
}

impl When {
    /// Reads both, in the organisation's zone.
    pub(super) fn read(
        &self,
        zone: chrono_tz::Tz,
        consequence: &str,
    ) -> Result<(Period, Instant), Failure> {
        let now = environment::now();
        let as_of = match &self.as_of {
            None => now,
            Some(text) => Instant::parse_in(text, zone).map_err(|error| {
                let cure = "a day such as 2026-11-05 will do";
                Failure::new(consequence, format!("--as-of: {error}; {cure}"))
            })?,
        };
        // A clock may be wrong, and a pack is made again anywhere: this stops nobody.
        if as_of > now && environment::is_watched() {
            let written = self.as_of_written(as_of);
            let now = now.rfc3339_in(zone);
            environment::remark(&format!(
                "--as-of {written} has not come yet: the pack will speak for a moment after now, {now}"
            ));
        }
        let today: NaiveDate = as_of.date_in(zone);
        let period = Period::parse(&self.period, zone, today)
            .map_err(|error| Failure::new(consequence, format!("--period: {error}")))?;
        Ok((period, as_of))
    }

    /// The moment as it was written, else as it was found.
    pub(super) fn as_of_written(&self, as_of: Instant) -> String {
        self.as_of.clone().unwrap_or_else(|| as_of.to_string())
    }
}

/// A workspace with its evidence.
pub(super) struct Evidence {
    pub(super) workspace: Workspace,
    pub(super) sources: Sources,
    pub(super) dataset: Dataset,
}

impl Evidence {
    /// Reads everything. Problems of the sources are told together.
    pub(super) fn read(setup: &Setup, quiet: bool, consequence: &str) -> Result<Self, Failure> {
        let workspace = Workspace::open(setup, consequence)?;
        Self::of(workspace, quiet, consequence)
    }

    /// Reads the sources of a workspace.
    pub(super) fn of(
        workspace: Workspace,
        quiet: bool,
        consequence: &str,
    ) -> Result<Self, Failure> {
        let mut problems = Problems::default();
        let sources = Sources::find(&workspace, &mut problems);
        problems.into_result().map_err(|problems| Failure::new(consequence, problems))?;
        let Workspace { principals, drills, policy, .. } = &workspace;
        let watched = Watched::new(principals, drills, policy);
        let bar = Bar::new("reading exports", sources.bytes, quiet);
        let dataset = ingest::read(&sources.inputs(), &watched, &|progress| bar.show(progress));
        bar.finish();
        let dataset = dataset.map_err(|errors| {
            let told = errors.0.iter().map(|error| placed(&workspace, &sources, error));
            Failure::new(consequence, told.collect::<Vec<_>>().join("\n"))
        })?;
        Ok(Self { workspace, sources, dataset })
    }

    /// Judges the evidence and hands what was found to `then`.
    pub(super) fn assess<T>(
        &self,
        period: &Period,
        as_of: Instant,
        then: impl FnOnce(&Assessment<'_>) -> T,
    ) -> T {
        then(&Assessment::new(&self.context(period, as_of)))
    }

    /// What rules may ask of the evidence.
    pub(super) fn context<'a>(&'a self, period: &'a Period, as_of: Instant) -> Context<'a> {
        let Workspace { policy, principals, justifications, drills, .. } = &self.workspace;
        let dataset = &self.dataset;
        Context::new(dataset, policy, principals, justifications, drills, period, as_of)
    }
}

/// An error of a file, with the line on which people wrote of its source.
fn placed(workspace: &Workspace, sources: &Sources, error: &ingest::Error) -> String {
    match sources.line(error.path()) {
        Some(line) if error.is_of_settings() => {
            let file = workspace.path(Path::new("sodpack.toml"));
            format!("{error}; its source begins at {}:{line}", file.display())
        }
        _ => error.to_string(),
    }
}

/// What is kept although it was allowed: what registered agents and services, everybody whom a drill
/// names and accounts for emergencies did, the actions that policy watches, and what anybody did that
/// policy forbids to their tier.
struct Watched {
    literal: BTreeSet<String>,
    accounts: PatternSet<()>,
    actions: PatternSet<()>,
    /// Actions that some tier must not do, with its place in the policy.
    forbidden: PatternSet<usize>,
    /// Accounts of those tiers.
    tier_of: BTreeMap<String, usize>,
    tiers_of: PatternSet<usize>,
}

impl Watched {
    fn new(principals: &Principals, drills: &Drills, policy: &Policy) -> Self {
        let controls = drills.all.iter().filter_map(|drill| Some(drill.control.as_ref()?.who));
        let named: BTreeSet<_> = drills.all.iter().map(|drill| drill.who).chain(controls).collect();
        let kept = principals
            .iter()
            .filter(|(id, p)| p.kind != PrincipalKind::Human || named.contains(id));
        let accounts = kept.flat_map(|(_, p)| &p.accounts).chain(&policy.break_glass.accounts);
        let (literal, patterns): (Vec<_>, Vec<_>) =
            accounts.partition(|account| account.is_literal());
        let set = |patterns: Vec<_>| PatternSet::new(patterns.into_iter().map(|p| (p, ())));
        let forbidden = policy.tiers.iter().enumerate().flat_map(|(tier, rules)| {
            let capabilities = rules.must_not.iter().filter_map(|name| policy.capability(name));
            capabilities.flat_map(|c| &c.actions).map(move |action| (action, tier))
        });
        let in_tier = principals.iter().filter_map(|(_, p)| {
            let tier = p.tier.as_deref()?;
            Some((p, policy.tiers.iter().position(|own| own.name == tier)?))
        });
        let of_tier = in_tier.flat_map(|(p, tier)| p.accounts.iter().map(move |a| (a, tier)));
        let (of_literal, of_patterns): (Vec<_>, Vec<_>) =
            of_tier.partition(|(account, _)| account.is_literal());
        Self {
            forbidden: PatternSet::new(forbidden),
            tier_of: of_literal.iter().map(|(a, tier)| (a.text().to_lowercase(), *tier)).collect(),
            tiers_of: PatternSet::new(of_patterns),
            literal: literal.iter().map(|account| account.text().to_lowercase()).collect(),
            accounts: set(patterns),
            actions: set(policy.watched_actions().collect()),
        }
    }
}

impl Watch for Watched {
    fn account(&self, account: &str) -> bool {
        let folded = account.to_lowercase();
        self.literal.contains(&folded) || self.accounts.matching(&folded).next().is_some()
    }

    fn action(&self, action: &str) -> bool {
        self.actions.matching(&action.to_lowercase()).next().is_some()
    }

    fn forbidden(&self, account: &str, action: &str) -> bool {
        let (account, action) = (account.to_lowercase(), action.to_lowercase());
        self.forbidden.matching(&action).any(|tier| {
            // As in the registry, an account that is written out is nobody else's.
            match self.tier_of.get(&account) {
                Some(own) => own == tier,
                None => self.tiers_of.matching(&account).any(|own| own == tier),
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::Watched;
    use crate::{crossref::scene::Scene, ingest::Watch as _, policy::Pattern};

    #[test]
    fn what_a_tier_must_not_do_is_kept_of_its_members() {
        let mut scene = Scene::new();
        scene.policy.tiers[1].must_not = vec!["silence".to_owned()];
        let mut silence = scene.policy.capabilities[3].clone();
        silence.name = "silence".to_owned();
        silence.actions = vec![Pattern::new("aws:cloudtrail:Stop*")];
        scene.policy.capabilities.push(silence);
        scene.principals.all[1].accounts.push(Pattern::new("aws:role/bob/*"));
        let watched = Watched::new(&scene.principals, &scene.drills, &scene.policy);
        let keeps = |account: &str, action: &str| {
            assert!(!watched.action(action));
            watched.forbidden(account, action)
        };
        assert!(keeps("aws:ann", "aws:cloudtrail:StopLogging"));
        assert!(keeps("aws:ANN", "aws:CloudTrail:StopLogging"));
        assert!(keeps("aws:role/bob/session", "aws:cloudtrail:StopLogging"));
        assert!(!keeps("aws:ann", "aws:cloudtrail:LookupEvents"));
        assert!(!keeps("aws:stranger", "aws:cloudtrail:StopLogging"));
        // The agents' tier may.
        assert!(!keeps("aws:bot", "aws:cloudtrail:StopLogging"));
    }
}
