//! Verbatim copies of the records that the report shows as evidence.

use std::collections::BTreeMap;

use super::sources::Sources;
use crate::{
    crossref::{Assessment, denials, drills_of_period},
    ingest,
    model::{Dataset, Digest, Origin, Place, SourceId},
};

/// Where each copied record lies in the pack.
#[derive(Debug, Default)]
pub(super) struct Records {
    paths: BTreeMap<(SourceId, Place), String>,
}

/// A copy, for the pack.
pub(super) struct Copied {
    pub(super) path: String,
    pub(super) source: String,
    pub(super) place: String,
    pub(super) bytes: Vec<u8>,
}

impl Records {
    /// Gives a path to every record that an exception, a refusal or a drill rests on.
    pub(super) fn of(assessment: &Assessment<'_>) -> Self {
        let exceptions = assessment.exceptions.iter().flat_map(|exception| &exception.evidence);
        let refusals = denials(assessment.cx).into_iter().map(|denial| denial.decision.origin);
        let decisions = assessment.cx.dataset.decisions();
        let drills = drills_of_period(assessment.cx)
            .flat_map(|(_, _, drilled)| drilled.shown())
            .filter_map(|index| Some(decisions.get(index as usize)?.origin));
        let all = exceptions.map(|e| e.origin).chain(refusals).chain(drills);
        let mut this = Self::default();
        for Origin { source, place } in all {
            this.paths.entry((source, place.whole())).or_default();
        }
        let mut number = BTreeMap::<SourceId, u32>::new();
        for ((source, _), path) in &mut this.paths {
            let n = number.entry(*source).or_default();
            *n += 1;
            *path = format!("records/{:04}/{:06}.txt", source.0 + 1, n);
        }
        this
    }

    /// Where the record that holds this place was copied to.
    pub(super) fn path(&self, origin: Origin) -> Option<String> {
        self.paths.get(&(origin.source, origin.place.whole())).cloned()
    }

    /// Copies the records from their files, one source after the other, and hands each on.
    pub(super) fn copy(
        &self,
        dataset: &Dataset,
        sources: &Sources,
        mut each: impl FnMut(Copied) -> anyhow::Result<()>,
    ) -> anyhow::Result<()> {
        let mut by_source: BTreeMap<SourceId, Vec<Place>> = BTreeMap::new();
        for (source, place) in self.paths.keys() {
            by_source.entry(*source).or_default().push(*place);
        }
        for (id, places) in by_source {
            let source = dataset.source(id);
            let Some(input) = sources.input(&source.path) else {
                anyhow::bail!("{}: is no longer among the sources", source.path);
            };
            let symbols = dataset.symbols();
            for (place, bytes) in ingest::extract(input, source.digest, &places, symbols)? {
                let path = self.paths[&(id, place)].clone();
                let (source, place) = (source.path.clone(), place.text(symbols));
                each(Copied { path, source, place, bytes })?;
            }
        }
        Ok(())
    }
}

/// The list of copies: which file holds which record of which export.
pub(super) fn index(copies: &[(String, String, String, Digest)]) -> anyhow::Result<Vec<u8>> {
    let mut table = csv::Writer::from_writer(Vec::new());
    table.write_record(["record", "source", "place", "sha256"])?;
    for (path, source, place, digest) in copies {
        let source = crate::report::csv::neutral(source);
        table.write_record([path, source.as_ref(), place, &digest.to_string()])?;
    }
    Ok(table.into_inner()?)
}
