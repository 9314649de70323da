//! Variants × seeds on all cores, folded in seed order.
//!
//! A run is (variant, seed), plays on one thread and shares nothing. Runs come back in
//! order whatever the number of threads, so that sums of floats are taken in one order and
//! every file has the same bytes. Memory grows by one row of figures per run.
//!
//! A run whose plan has faults is played a second time without them, with the same seed, to
//! tell what they cost; that run has no observers, and only its cost is kept.

mod error;
mod expect;
mod fit;
mod fold;
mod one_run;
mod options;
mod ordered;
mod prices;
mod results;
mod story;
mod study;
mod values;

pub use error::RunError;
pub use one_run::{Played, play, play_watched, play_with};
pub use options::{
    Finished, Options, PolicyFactory, Progress, SchedulerFactory, Sink, Watch, built_in_scheduler,
};
pub use ordered::in_order;
pub use prices::price_book;
pub use results::{
    Band, BillLineSummary, Confidence, Difference, Estimate, FigureSummary, FitFound, OneLess,
    Results, RunRow, Story, StoryFault, StoryMetric, StoryScaling, Timeline, TimelineColumn,
    VariantResults, Verdict, WaitDistribution,
};
pub use story::{StoryLevel, story_of};
pub use study::{run, run_watched};
