//! `cost.csv`: the parts of every variant's bill, one row per line group, in US dollars.
//! `quantity…` and `costPerRun…` are for the reported time of one run; `quantityPerMonth…` and
//! `costPerMonth…` are for a month of `monthHours`: `price × quantityPerMonth = costPerMonth`. The
//! column `provider` is empty for resources of the whole cluster and for lines of the user's own.

use super::column::{Column, column, header};
use super::number::money_cell;
use crate::runner::{Estimate, Results};
use crate::units::Usd;
use std::io::{self, Write};

/// The columns of `cost.csv`.
pub(super) const COLUMNS: [Column; 24] = [
    column("variant", "The variant"),
    column(
        "provider",
        "The capacity provider that is billed; empty for resources of the whole cluster and for lines of the user's own",
    ),
    column("service", "The AWS service that bills the line"),
    column(
        "usageType",
        "AWS's usage type, such as `BoxUsage:m6i.large`",
    ),
    column("unit", "The pricing unit"),
    column("price", "Dollars for one unit"),
    column("n", "Number of runs"),
    column(
        "quantity",
        "Units in the reported time of a run: mean over the runs",
    ),
    column("quantityLow", "Lower end of its interval"),
    column("quantityHigh", "Upper end of its interval"),
    column(
        "costPerRun",
        "Dollars for the reported time of a run: mean over the runs",
    ),
    column("costPerRunLow", "Lower end of its interval"),
    column("costPerRunHigh", "Upper end of its interval"),
    column("costPerHour", "Dollars per hour of reported time"),
    column("costPerHourLow", "Lower end of its interval"),
    column("costPerHourHigh", "Upper end of its interval"),
    column("monthHours", "Hours of the month of the next columns"),
    column(
        "quantityPerMonth",
        "Units in a month: `price` × this is `costPerMonth`",
    ),
    column("quantityPerMonthLow", "Lower end of its interval"),
    column("quantityPerMonthHigh", "Upper end of its interval"),
    column("costPerMonth", "Dollars per month"),
    column("costPerMonthLow", "Lower end of its interval"),
    column("costPerMonthHigh", "Upper end of its interval"),
    column("label", "The line's name on pages"),
];

/// Writes `cost.csv`.
///
/// # Errors
/// When `out` cannot be written.
pub fn cost(results: &Results, out: impl Write) -> io::Result<()> {
    let mut file = csv::Writer::from_writer(out);
    header(&mut file, &COLUMNS)?;
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
