//! A progress bar over runs, on a terminal only.

use crate::runner::Progress;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// A bar on stderr that counts runs that have ended. It may be advanced from any thread.
#[derive(Debug)]
pub struct Bar {
    bar: ProgressBar,
}

impl Bar {
    /// A bar; hidden when `visible` is false.
    pub fn new(visible: bool) -> Self {
        let target = match visible {
            true => ProgressDrawTarget::stderr(),
            false => ProgressDrawTarget::hidden(),
        };
        Self {
            bar: ProgressBar::with_draw_target(None, target),
        }
    }

    /// Removes the bar from the terminal.
    pub fn finish(&self) {
        self.bar.finish_and_clear();
    }
}

impl Progress for Bar {
    fn begin(&self, stage: &str, runs: u64) {
        // The number of steps of a search is not known beforehand.
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
