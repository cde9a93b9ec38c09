//! The files that a new folder begins with: they are sound as they stand, and teach every key.

/// `sodpack.toml`: every key with a line about it, one source, and one left out for everything else
/// that `collect.sh` collects.
pub const CONFIG: &str = include_str!("../../templates/init/sodpack.toml");
/// `policy.toml`: the three tiers and one for pipelines, with roles and actions as examples.
pub const POLICY: &str = include_str!("../../templates/init/policy.toml");
/// `principals.csv`: two people and an agent.
pub const PRINCIPALS: &str = include_str!("../../templates/init/principals.csv");
/// `justifications.csv`: its header, for an example would be a justification of nothing.
pub const JUSTIFICATIONS: &str = include_str!("../../templates/init/justifications.csv");
/// `collect.sh`: the monthly collection with the vendors' own tools, and its log.
pub const COLLECT: &str = include_str!("../../templates/init/collect.sh");

/// `drills.csv`: its header; `sodpack drills plan` proposes the rows.
pub const DRILLS: &str = include_str!("../../templates/init/drills.csv");

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::{Config, Drills, Files, Justifications, Policy, Principals, Problems};

    /// Reads the files; `config` and `policy` may differ from what is written.
    fn read(config: &str, policy: &str) -> Result<(Config, Policy, Principals), Problems> {
        let mut problems = Problems::default();
        let zone = Files::of(config).timezone;
        let config = Config::read("sodpack.toml", config, &mut problems);
        let policy = Policy::read("policy.toml", policy, &mut problems);
        let principals =
            Principals::read("principals.csv", PRINCIPALS, zone, policy.as_ref(), &mut problems);
        Justifications::read("justifications.csv", JUSTIFICATIONS, zone, &mut problems);
        Drills::read("drills.csv", DRILLS, zone, principals.as_ref(), &mut problems);
        problems.into_result()?;
        Ok((config.unwrap(), policy.unwrap(), principals.unwrap()))
    }

    /// With every setting that is left out put in.
    fn complete(text: &str) -> String {
        let setting = |line: &str| line.starts_with(|c: char| c == '[' || c.is_ascii_lowercase());
        text.lines()
            .map(|line| line.strip_prefix('#').filter(|rest| setting(rest)).unwrap_or(line))
            .map(|line| format!("{line}\n"))
            .collect()
    }

    #[test]
    fn sound_as_they_stand() {
        let (config, _, principals) = read(CONFIG, POLICY).unwrap();
        assert_eq!((config.sources.len(), principals.all.len()), (1, 3));
    }

    #[test]
    fn sound_with_every_setting_and_the_defaults_are_the_defaults() {
        let (least, _, _) = read(CONFIG, POLICY).unwrap();
        let (full, policy, _) = read(&complete(CONFIG), &complete(POLICY)).unwrap();
        assert_eq!(full.policy, least.policy);
        assert_eq!(full.principals, least.principals);
        assert_eq!(full.justifications, least.justifications);
        assert_eq!(full.drills, least.drills);
        assert_eq!(full.output.folder, least.output.folder);
        assert_eq!(full.output.pdf_rows, least.output.pdf_rows);
        assert_eq!(full.output.html_rows, least.output.html_rows);
        assert_eq!(full.output.archive, least.output.archive);
        let source = &full.sources[0].settings;
        assert!(source.snapshot_at.is_some() && source.export.command.is_some());
        assert!(source.columns.email.is_some() && source.scope.is_some());
        assert_eq!(policy.capability("rotate-secret").unwrap().resources.len(), 1);
    }

    #[test]
    fn the_tiers_and_names_are_the_built_in_ones() {
        let (_, written, _) = read(CONFIG, POLICY).unwrap();
        let built_in = Policy::read("", "", &mut Problems::default()).unwrap();
        let names = |policy: &Policy| {
            let tiers =
                policy.tiers.iter().map(|t| (t.name.clone(), t.may.clone(), t.must_not.clone()));
            let mut capabilities: Vec<_> =
                policy.capabilities.iter().map(|c| c.name.clone()).collect();
            capabilities.sort();
            (tiers.collect::<Vec<_>>(), capabilities)
        };
        let (mut tiers, capabilities) = names(&written);
        let pipeline = tiers.pop_if(|(name, ..)| name == "pipeline").unwrap();
        assert_eq!(pipeline.1, ["deploy"]);
        assert_eq!((tiers, capabilities), names(&built_in));
        assert!(!written.capabilities.iter().any(|c| c.roles.is_empty() && c.actions.is_empty()));
        assert_eq!(written.approvals, built_in.approvals);
    }

    #[test]
    fn a_file_cut_off_anywhere_is_read_without_a_panic() {
        let zone = chrono_tz::UTC;
        for at in (0..CONFIG.len().max(POLICY.len())).step_by(37) {
            let mut problems = Problems::default();
            let cut = |text: &'static str| text.get(..at.min(text.len())).unwrap_or(text);
            Config::read("", cut(CONFIG), &mut problems);
            Policy::read("", cut(POLICY), &mut problems);
            Principals::read("", cut(PRINCIPALS), zone, None, &mut problems);
            Justifications::read("", cut(JUSTIFICATIONS), zone, &mut problems);
            Drills::read("", cut(DRILLS), zone, None, &mut problems);
            assert!(problems.0.iter().all(|problem| !problem.cure.is_empty()));
        }
    }
}
