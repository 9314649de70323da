//! Reads `targetValue` of a scaling policy.

use crate::plan::ServiceMetric;
use crate::scenario::reading::reader::Cursor;

/// A target of a metric, as millionths of its unit.
pub fn target(at: &Cursor<'_>, metric: ServiceMetric) -> Option<u64> {
    let number = at.number()?;
    let (least, most, expected) = match metric.usual() {
        ServiceMetric::CpuUtilization | ServiceMetric::MemoryUtilization => {
            (1.0, 1e3, "a number of per cent from 1 to 1000")
        }
        ServiceMetric::RequestCount | ServiceMetric::RequestCountPerTarget => (
            1.0,
            1e9,
            "a number of requests a minute from 1 to 1000000000",
        ),
        _ => (1e-3, 1e9, "a number from 0.001 to 1000000000"),
    };
    if !(least..=most).contains(&number) {
        at.problem("this target cannot be kept")
            .expected(expected)
            .report();
        return None;
    }
    Some((number * 1e6 + 0.5) as u64)
}
