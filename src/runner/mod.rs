//! Plays a study, variants × seeds on several threads, and folds the runs into results.
//!
//! A run is one variant with one seed. It is played on one thread and shares no state. Runs are
//! folded in the order of variants, then seeds, on any number of threads: so sums of floats have
//! one order, and every file has the same bytes. Memory grows by one row of figures per run.
//!
//! A run whose plan has faults is played a second time without them, with the same seed; the
//! difference is the cost of the faults. The second run has no observers, and only its cost is
//! kept.
//!
//! Not here: files, printing (`report`, `cli`), and everything inside of a run (`simulation`).

mod bill_line;
mod checked;
mod compare;
mod distinct;
mod done;
mod error;
mod expect;
mod expect_runs;
mod expect_told;
mod expect_words;
mod fit;
mod fitted;
mod fold;
mod folding;
mod incomplete;
mod median;
mod memory;
mod one_run;
mod options;
mod ordered;
mod played_plan;
mod prices;
mod results;
mod runs;
mod scaled;
mod shared;
mod story;
mod story_data;
mod study;
mod summaries;
mod timeline;
mod twins;
mod values;
mod verdict;

pub use crate::metrics::{Interruptions, MetricSeries, RolloutPoint, StoryLevel};
pub use done::{Done, Ran, Serving};
pub use error::RunError;
pub use fitted::fitted;
pub use one_run::{Played, play, play_watched, play_with, replay};
pub use options::{
    Finished, MOST_DETAILED, Options, PolicyFactory, Progress, SchedulerFactory, Sink, Watch,
    built_in_scheduler,
};
pub use ordered::in_order;
pub use played_plan::PlayedPlan;
pub use prices::price_book;
pub use results::{
    Band, BillLineSummary, Confidence, Difference, Estimate, FigureSummary, Figures, FitFound,
    OneLess, Results, RunRow, Runs, Timeline, TimelineColumn, VariantResults, WaitDistribution,
};
pub use scaled::{scaled_why, scaler_limit, scaler_metric, scaler_name};
pub use story::story_of;
pub use story_data::{Story, StoryFault, StoryMetric, StoryPolicy, StoryRollout, StoryScaling};
pub use study::{run, run_read, run_watched};
pub use verdict::{Lacking, Verdict};
