//! How far reading has come, on a terminal and nowhere else.

use indicatif::{ProgressBar, ProgressStyle};

use super::environment;
use crate::ingest::Progress;

/// A bar that is drawn only where somebody watches.
pub(super) struct Bar(ProgressBar);

impl Bar {
    pub(super) fn new(what: &'static str, bytes: u64, quiet: bool) -> Self {
        if quiet || !environment::is_watched() {
            return Self(ProgressBar::hidden());
        }
        let bar = ProgressBar::new(bytes);
        let style = "{msg} {wide_bar} {bytes}/{total_bytes} {bytes_per_sec} eta {eta}";
        if let Ok(style) = ProgressStyle::with_template(style) {
            bar.set_style(style);
        }
        bar.set_message(what);
        Self(bar)
    }

    pub(super) fn show(&self, progress: Progress<'_>) {
        if let Progress::Bytes(bytes) = progress {
            self.0.inc(bytes);
        }
    }

    pub(super) fn finish(&self) {
        self.0.finish_and_clear();
    }
}
