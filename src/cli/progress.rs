//! A progress bar over runs, on a terminal only.

use crate::runner::Progress;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// Counts finished runs on stderr. It may be told from any thread.
#[derive(Debug)]
pub struct Bar {
    bar: ProgressBar,
}

impl Bar {
    /// A bar; silent unless somebody watches.
    pub fn new(watched: bool) -> Self {
        let target = match watched {
            true => ProgressDrawTarget::stderr(),
            false => ProgressDrawTarget::hidden(),
        };
        Self {
            bar: ProgressBar::with_draw_target(None, target),
        }
    }

    /// All runs are finished, or given up: the bar disappears.
    pub fn finish(&self) {
        self.bar.finish_and_clear();
    }
}

impl Progress for Bar {
    fn begin(&self, stage: &str, runs: u64) {
        // A search does not know how many steps it takes.
        let template = match runs {
            0 => "{spinner} {msg}: {pos} counts tried",
            _ => "{msg} {bar:30} {pos}/{len} runs, {eta} left",
        };
        let style = ProgressStyle::with_template(template).expect("the template is right");
        self.bar.set_style(style);
        self.bar.set_message(stage.to_string());
        self.bar.set_length(runs);
        self.bar.set_position(0);
    }

    fn advance(&self) {
        self.bar.inc(1);
    }

    fn end(&self) {}
}

impl Drop for Bar {
    fn drop(&mut self) {
        self.finish();
    }
}
