//! `cost.csv`: the parts of every variant's bill, one row per line group, in US dollars.
//! `quantity…` and `costPerRun…` are for the reported time of one run; `quantityPerMonth…` and
//! `costPerMonth…` are for a month of `monthHours`: `price × quantityPerMonth = costPerMonth`. The
//! column `provider` is empty for resources of the whole cluster and for lines of the user's own.

use super::number::money_cell;
use crate::runner::{Estimate, Results};
use crate::units::Usd;
use std::io::{self, Write};

const COLUMNS: [&str; 24] = [
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
    "monthHours",
    "quantityPerMonth",
    "quantityPerMonthLow",
    "quantityPerMonthHigh",
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
            for estimate in [&line.quantity, &line.cost, &line.cost_per_hour] {
                write(&mut file, estimate)?;
            }
            file.write_field(variant.month.hours.to_string())?;
            for estimate in [&line.quantity_per_month, &line.cost_per_month] {
                write(&mut file, estimate)?;
            }
            file.write_field(&line.label)?;
            file.write_record(None::<&[u8]>)?;
        }
    }
    file.flush()
}

/// Writes a mean with the ends of its interval.
fn write(file: &mut csv::Writer<impl Write>, estimate: &Estimate) -> io::Result<()> {
    for value in [estimate.mean, estimate.low(), estimate.high()] {
        file.write_field(money_cell(value))?;
    }
    Ok(())
}

/// A price with all its digits and without the dollar sign.
fn plain(price: Usd) -> String {
    price.to_string().replacen('$', "", 1)
}
