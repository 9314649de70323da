//! The bill of a run: a pure function of the usage ledger and a dated price book.
//!
//! Everything is integers: a line's cost is price × quantity rounded half up to a
//! nano-dollar, once per line, and once per line and calendar month where storage is
//! prorated by the month. Totals are sums of lines, so they add up exactly. Amounts are list
//! prices on demand and one price on Spot for the whole run; other discounts and taxes are not
//! here.

mod bill;
mod book;
mod extra;
mod months;

pub use crate::usage::Service;
pub use bill::{Bill, BillLine};
pub use book::{InstancePrice, MissingPrice, PriceBook};
pub use extra::extra;

use crate::units::Usd;
use crate::usage::{Ledger, MeterKey, Terms};
use months::Months;

/// The bill for a ledger: one line per meter, in the order of the ledger. A meter without usage has
/// a line of cost 0, or no line if its price is missing.
///
/// # Errors
/// When the price of a used item is missing.
///
/// # Panics
/// When the ledger names an instance type that the book does not list.
pub fn price(ledger: &Ledger, book: &PriceBook) -> Result<Bill, MissingPrice> {
    let items = ledger.meters.iter().map(|key| key.item);
    let terms: Vec<Terms> = items.map(|item| item.terms(book.name(item))).collect();
    let usage = usage_by_month(ledger, &terms, book);
    let mut lines = Vec::with_capacity(terms.len());
    for (index, (terms, usage)) in terms.into_iter().zip(usage).enumerate() {
        let key = ledger.meters[index];
        let topped_up = ledger.topped_up.get(index).copied().unwrap_or(0);
        let usage_type = terms.usage_type_in(&book.region);
        match book.price(key.item, terms.purchase) {
            Some(price) => {
                let terms = Terms {
                    usage_type,
                    ..terms
                };
                lines.push(line(key, terms, price, &usage, topped_up));
            }
            None if usage.is_empty() => {}
            None => {
                return Err(MissingPrice {
                    region: book.region.clone(),
                    usage_type,
                    label: terms.label,
                });
            }
        }
    }
    Ok(Bill { lines })
}

/// A part of a meter's usage that is priced with one divisor.
struct Usage {
    /// Base units × µs.
    quantity: u128,
    /// The hours of its month, for GB-months; 1 for items that are priced by the hour.
    hours: u32,
}

/// By meter: its usage in one part, or for storage in one part per month. Empty without usage.
fn usage_by_month(ledger: &Ledger, terms: &[Terms], book: &PriceBook) -> Vec<Vec<Usage>> {
    let mut usage: Vec<Vec<Usage>> = ledger.meters.iter().map(|_| Vec::new()).collect();
    let mut months = Months::new(book.start_unix_seconds, book.storage_month_hours);
    // By meter: the month of its last part, as the month's first hour.
    let mut opened = vec![None; ledger.meters.len()];
    for row in ledger.rows.iter().filter(|row| row.quantity > 0) {
        let meter = row.meter as usize;
        let (month, hours) = if terms[meter].unit.is_monthly() {
            months.of(row.hour)
        } else {
            (0, 1)
        };
        match usage[meter].last_mut() {
            Some(part) if opened[meter] == Some(month) => part.quantity += row.quantity,
            _ => usage[meter].push(Usage {
                quantity: row.quantity,
                hours,
            }),
        }
        opened[meter] = Some(month);
    }
    usage
}

/// The line of a meter. Its cost is rounded once for each part.
fn line(meter: MeterKey, terms: Terms, price: Usd, usage: &[Usage], topped_up: u128) -> BillLine {
    let mut cost = Usd::ZERO;
    let mut quantity = 0.0;
    for part in usage {
        let per = terms.unit.per_pricing_unit() * u128::from(part.hours);
        cost += price.times(part.quantity, per);
        quantity += part.quantity as f64 / per as f64;
    }
    BillLine {
        meter,
        service: terms.service,
        usage_type: terms.usage_type,
        label: terms.label,
        unit: terms.unit,
        usage: usage.iter().map(|part| part.quantity).sum(),
        topped_up,
        quantity,
        price,
        cost,
    }
}
