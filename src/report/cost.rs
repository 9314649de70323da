//! `cost.csv`: the parts of every variant's bill, one row per line group, in US dollars.
//! `costPerRun…` is for the reported time of one run. The column `provider` is empty for
//! resources of the whole cluster.

use super::number::cell;
use crate::runner::Results;
use crate::units::Usd;
use std::io::{self, Write};

const COLUMNS: [&str; 20] = [
    "variant",
    "provider",
    "service",
    "usageType",
    "unit",
    "price",
    "n",
    "quantity",
    "quantityLow",
    "quantityHigh",
    "costPerRun",
    "costPerRunLow",
    "costPerRunHigh",
    "costPerHour",
    "costPerHourLow",
    "costPerHourHigh",
    "costPerMonth",
    "costPerMonthLow",
    "costPerMonthHigh",
    "label",
];

/// Writes `cost.csv`.
///
/// # Errors
/// When `out` cannot be written.
pub fn cost(results: &Results, out: impl Write) -> io::Result<()> {
    let mut file = csv::Writer::from_writer(out);
    file.write_record(COLUMNS)?;
    for variant in &results.variants {
        for line in &variant.bill {
            let names = [
                &variant.name,
                line.provider.as_deref().unwrap_or_default(),
                line.service.name(),
                &line.usage_type,
                line.unit.name(),
            ];
            for name in names {
                file.write_field(name)?;
            }
            file.write_field(plain(line.price))?;
            file.write_field(line.cost.n.to_string())?;
            let costs = [&line.cost, &line.cost_per_hour, &line.cost_per_month];
            for estimate in [&line.quantity].into_iter().chain(costs) {
                for value in [estimate.mean, estimate.low(), estimate.high()] {
                    file.write_field(cell(value))?;
                }
            }
            file.write_field(&line.label)?;
            file.write_record(None::<&[u8]>)?;
        }
    }
    file.flush()
}

/// A price with all its digits and without the dollar sign.
fn plain(price: Usd) -> String {
    price.to_string().replacen('$', "", 1)
}
