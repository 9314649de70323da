//! A progress bar over runs, on a terminal only.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// Counts finished runs on stderr. It may be told from any thread.
#[derive(Debug)]
pub struct Bar {
    bar: ProgressBar,
}

impl Bar {
    /// A bar over so many runs; silent unless somebody watches.
    pub fn new(runs: u64, watched: bool) -> Self {
        let target = match watched {
            true => ProgressDrawTarget::stderr(),
            false => ProgressDrawTarget::hidden(),
        };
        let style = ProgressStyle::with_template("{bar:30} {pos}/{len} runs, {eta} left")
            .expect("the template is right");
        let bar = ProgressBar::with_draw_target(Some(runs), target).with_style(style);
        Self { bar }
    }

    /// There are more runs than thought.
    pub fn expect_more(&self, runs: u64) {
        self.bar.inc_length(runs);
    }

    /// A run is finished.
    pub fn step(&self) {
        self.bar.inc(1);
    }

    /// All runs are finished, or given up: the bar disappears.
    pub fn finish(&self) {
        self.bar.finish_and_clear();
    }
}

impl Drop for Bar {
    fn drop(&mut self) {
        self.finish();
    }
}
