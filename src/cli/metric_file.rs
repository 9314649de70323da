//! `metrics.jsonl`: the metrics of one run per variant as CloudWatch would have shown them.

use super::output::Failure;
use super::told::{Wanted, failure};
use crate::metrics::CloudWatchReader;
use crate::report::{EventWriter, Folder, MetricData};
use crate::runner::{self, PlayedPlan, Results, RunError, built_in_scheduler};
use std::sync::atomic::AtomicBool;

/// Plays one run of each variant again for `--metrics`: that of `--seed`, or else the run with the median cost.
/// It is played for this file alone, as its reader wants facts that the others do not. Returns false when
/// interrupted.
pub(super) fn write_metrics(
    wanted: &Wanted,
    folder: &Folder,
    results: &Results,
    plans: &[PlayedPlan<'_>],
    stop: &AtomicBool,
) -> Result<bool, Failure> {
    const NAME: &str = "metrics.jsonl";
    if !wanted.metrics {
        return Ok(true);
    }
    let disk = |error| failure(folder.error(NAME, error));
    let mut file = EventWriter::begin(folder.create(NAME).map_err(failure)?);
    for (plan, variant) in plans.iter().zip(&results.variants) {
        let seed = wanted.seed.unwrap_or(variant.median_seed);
        let reader = CloudWatchReader::new(plan);
        match runner::play_with(plan, seed, &built_in_scheduler, stop, reader) {
            Ok((played, reader)) => {
                let series = reader.finish(played.end);
                let line = MetricData::new(plan, seed, &series);
                file.row(&line).map_err(disk)?;
            }
            Err(RunError::Interrupted) => return Ok(false),
            Err(error) => return Err(Failure::message(error.to_string())),
        }
    }
    let file = file.finish().map_err(disk)?;
    file.finish().map_err(failure)?;
    Ok(true)
}
