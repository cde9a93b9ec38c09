//! What earlier packs of the chain reported.

use super::{
    exit::{Consequence as _, Failure},
    signing,
    workspace::Workspace,
};
use crate::{
    model::{Digest, Instant},
    pack::{EarlierPack, Slot, earlier_packs, has_packs},
    report::{EarlierReport, History},
};

/// The table that is read from earlier packs.
const TABLE: &str = "data/tables/exceptions.csv";

/// The reports of earlier packs, each with the digest that a correction names.
pub(super) struct Earlier {
    all: Vec<(Digest, EarlierReport)>,
    superseded: Vec<Digest>,
}

impl Earlier {
    /// Reads the reports of packs that verified.
    pub(super) fn of(packs: &[EarlierPack]) -> anyhow::Result<Self> {
        let mut all = Vec::new();
        for pack in packs {
            let bytes = pack.table(TABLE)?.unwrap_or_default();
            let exceptions = crate::report::reported(&bytes).map_err(|fault| {
                let place = pack.path.join(TABLE).display().to_string();
                anyhow::anyhow!("{place}: {fault}; make the pack again and supersede this one")
            })?;
            let info = &pack.info;
            let (Ok(until), Ok(as_of)) =
                (Instant::parse(&info.period.until), Instant::parse(&info.as_of))
            else {
                anyhow::bail!("{}: its times cannot be read", pack.path.display());
            };
            let (folder, label) = (pack.folder.clone(), info.period.label.clone());
            let report = EarlierReport { folder, label, until, as_of, exceptions };
            all.push((pack.tagmanifest, report));
        }
        let superseded =
            packs.iter().filter_map(|pack| Some(pack.info.supersedes.as_ref()?.sha256));
        Ok(Self { all, superseded: superseded.collect() })
    }

    /// Verifies and reads the packs in a workspace's output folder; none is no error.
    pub(super) fn open(workspace: &Workspace, consequence: &str) -> Result<Self, Failure> {
        let folder = workspace.path(&workspace.config.output.folder);
        if !has_packs(&folder, &workspace.config.slug).or_fail(consequence)? {
            return Ok(Self { all: Vec::new(), superseded: Vec::new() });
        }
        let trust = signing::trusted(workspace).or_fail(consequence)?;
        let packs = earlier_packs(&folder, &workspace.config.slug, &trust).or_fail(consequence)?;
        Self::of(&packs).or_fail(consequence)
    }

    /// The same where the pack that is being made corrects one of them.
    pub(super) fn correcting(mut self, slot: &Slot) -> Self {
        self.superseded.extend(slot.supersedes.as_ref().map(|old| old.sha256));
        self
    }

    /// What they reported. What a correction replaced no longer stands, and is told only as having
    /// been reported then.
    pub(super) fn history(self) -> History {
        let Self { all, superseded } = self;
        let stands = |digest: &Digest| !superseded.contains(digest);
        History::new(all.into_iter().map(|(digest, report)| (stands(&digest), report)).collect())
    }
}
