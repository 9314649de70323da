//! `scaling.csv`: every change of an Auto Scaling group's desired capacity in one run per variant,
//! with the value of the metric at that time. Contract: columns are appended, never changed.

use super::column::{Column, column, header};
use super::number::exact_quotient;
use crate::runner::Results;
use std::io::{self, Write};

/// The columns of `scaling.csv`.
pub(super) const COLUMNS: [Column; 10] = [
    column("variant", "The variant"),
    column("seed", "The seed of the run"),
    column("timeMicros", "Microseconds since the start of the run"),
    column("provider", "The capacity provider of the group"),
    column("from", "Desired capacity before, in instances"),
    column("to", "Desired capacity from now on"),
    column(
        "reason",
        "`above` or `below` the target, `setDesiredCapacity` (an action) or `autoscaler` (a plug-in)",
    ),
    column(
        "needed",
        "Instances needed, M of the metric; empty without a metric",
    ),
    column(
        "running",
        "Instances running, N of the metric; empty without a metric",
    ),
    column(
        "metricPercent",
        "`CapacityProviderReservation` = M ÷ N × 100; empty without a metric",
    ),
];

/// Writes `scaling.csv` from the stories of the variants that have one.
///
/// # Errors
/// When `out` cannot be written.
pub fn scaling(results: &Results, out: impl Write) -> io::Result<()> {
    let mut file = csv::Writer::from_writer(out);
    header(&mut file, &COLUMNS)?;
    for variant in &results.variants {
        let Some(story) = &variant.story else {
            continue;
        };
        for decision in &story.scalings {
            let number = |value: Option<u32>| value.map(|v| v.to_string()).unwrap_or_default();
            let percent = decision.hundredths.map(|h| exact_quotient(h.into(), 100));
            file.write_record([
                &variant.name,
                &story.seed.to_string(),
                &decision.at.as_micros().to_string(),
                &decision.provider,
                &decision.from.to_string(),
                &decision.to.to_string(),
                decision.reason,
                &number(decision.measured.map(|(needed, _)| needed)),
                &number(decision.measured.map(|(_, running)| running)),
                &percent.unwrap_or_default(),
            ])?;
        }
    }
    file.flush()
}
