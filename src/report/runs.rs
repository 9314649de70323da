//! `runs.csv`: a row per variant and seed, a column per figure. Figures pooled over seeds
//! have no value in a run and no column; a figure that a variant lacks is an empty cell.

use super::number::cell;
use crate::runner::{Results, VariantResults};
use std::collections::BTreeMap;
use std::io::{self, Write};

/// Writes `runs.csv`.
///
/// # Errors
/// When `out` cannot be written.
pub fn runs(results: &Results, out: impl Write) -> io::Result<()> {
    let columns = columns(results);
    let mut file = csv::Writer::from_writer(out);
    file.write_record(
        ["variant", "seed"]
            .into_iter()
            .chain(columns.iter().copied()),
    )?;
    for variant in &results.variants {
        let positions = positions(variant);
        for (run, seed) in variant.runs.seeds().iter().enumerate() {
            file.write_field(&variant.name)?;
            file.write_field(seed.to_string())?;
            for column in &columns {
                let position = positions.get(column);
                let value = position.and_then(|&index| variant.runs.value(run, index));
                file.write_field(cell(value))?;
            }
            file.write_record(None::<&[u8]>)?;
        }
    }
    file.flush()
}

/// The paths of all variants' figures without the pooled ones, in the order of first occurrence.
fn columns(results: &Results) -> Vec<&str> {
    let mut seen = std::collections::BTreeSet::new();
    let figures = results.variants.iter().flat_map(|v| v.figures.iter());
    figures
        .filter(|summary| !summary.figure.definition().pooled)
        .map(|summary| summary.figure.path.as_str())
        .filter(|path| seen.insert(*path))
        .collect()
}

/// The index of each figure of a variant, by path.
fn positions(variant: &VariantResults) -> BTreeMap<&str, usize> {
    let figures = variant.figures.iter().enumerate();
    figures
        .map(|(index, summary)| (summary.figure.path.as_str(), index))
        .collect()
}
