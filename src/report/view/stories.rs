//! The exceptions told as stories, those first that still want an answer.

use super::Many;
use crate::report::{
    Report,
    story::{Extent, Index, Story, story},
};

/// Stories that the reports tell.
const STORIES: usize = 100;
/// What the reports tell of one story.
const EXTENT: Extent = Extent { events: 60, ..Extent::EVENTS };

pub(super) fn stories(report: &Report<'_>) -> Many<Story> {
    let mut all: Vec<_> = report.assessment.exceptions.iter().collect();
    // Stable, so that the worst stays first in each half.
    all.sort_by_key(|exception| !exception.status.is_open());
    let index = Index::new(report, all.iter().take(STORIES).copied());
    let tell = |exception| {
        let index = &index;
        move || story(report, index, exception, EXTENT)
    };
    Many::of("tables/stories.csv", STORIES, all.into_iter().map(tell))
}
