//! `utilization.csv`: levels over time. A row per variant and cell of the grid, with the
//! cell's beginning in seconds since the scenario's `start`; per level the mean over the
//! seeds of the cell's time mean, the minimum and the maximum. CPU is in vCPU, memory in GiB.

use super::number::cell;
use crate::runner::{Results, TimelineColumn, VariantResults};
use std::io::{self, Write};

/// Writes `utilization.csv`.
///
/// # Errors
/// When `out` cannot be written.
pub fn utilization(results: &Results, out: impl Write) -> io::Result<()> {
    let columns = columns(results);
    let mut file = csv::Writer::from_writer(out);
    file.write_field("variant")?;
    file.write_field("timeSeconds")?;
    for (provider, level) in &columns {
        for statistic in ["mean", "min", "max"] {
            file.write_field(format!("{provider}.{level}.{statistic}"))?;
        }
    }
    file.write_record(None::<&[u8]>)?;
    for variant in &results.variants {
        write_variant(&mut file, variant, &columns)?;
    }
    file.flush()
}

/// Writes the rows of one variant, a row per cell.
fn write_variant(
    file: &mut csv::Writer<impl Write>,
    variant: &VariantResults,
    columns: &[(&str, &str)],
) -> io::Result<()> {
    let timeline = &variant.timeline;
    let find = |wanted: &(&str, &str)| timeline.columns.iter().find(|c| key(c) == *wanted);
    let found: Vec<Option<&TimelineColumn>> = columns.iter().map(find).collect();
    let rows = timeline.columns.iter().map(|c| c.points.len()).max();
    for row in 0..rows.unwrap_or(0) {
        let passed = timeline.width.as_micros().saturating_mul(row as u64);
        let micros = timeline.origin.as_micros().saturating_add(passed);
        file.write_field(&variant.name)?;
        file.write_field(super::number::exact_quotient(micros.into(), 1_000_000))?;
        for column in &found {
            let band = column.and_then(|c| c.points.get(row));
            for value in [
                band.map(|b| b.mean),
                band.map(|b| b.min),
                band.map(|b| b.max),
            ] {
                file.write_field(cell(value))?;
            }
        }
        file.write_record(None::<&[u8]>)?;
    }
    Ok(())
}

/// The levels of all variants as (provider, level), in the order of first occurrence.
fn columns(results: &Results) -> Vec<(&str, &str)> {
    let mut columns = Vec::new();
    let all = results.variants.iter().flat_map(|v| &v.timeline.columns);
    for column in all.map(key) {
        if !columns.contains(&column) {
            columns.push(column);
        }
    }
    columns
}

/// What identifies a column: (provider, level).
fn key(column: &TimelineColumn) -> (&str, &str) {
    (&column.provider, column.level)
}
