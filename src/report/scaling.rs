//! `scaling.csv`: every change of an Auto Scaling group's desired capacity in one run per variant,
//! with the value of the metric at that time. Contract: columns are appended, never changed.

use super::number::exact_quotient;
use crate::runner::Results;
use std::io::{self, Write};

/// Writes `scaling.csv` from the stories of the variants that have one.
///
/// # Errors
/// When `out` cannot be written.
pub fn scaling(results: &Results, out: impl Write) -> io::Result<()> {
    let mut file = csv::Writer::from_writer(out);
    file.write_record([
        "variant",
        "seed",
        "timeMicros",
        "provider",
        "from",
        "to",
        "reason",
        "needed",
        "running",
        "metricPercent",
    ])?;
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
