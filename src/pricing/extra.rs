//! Lines of the user's own on a bill: a fixed amount per month each.

use super::BillLine;
use crate::units::{HOUR, Span, Usd};
use crate::usage::{Item, MeterKey, Owner};

/// The lines of the user's own for the reported time of a run. `lines` are their names and amounts
/// per month of `month_hours`. Each cost is rounded half up to a nano-dollar.
///
/// # Panics
/// When `month_hours` is 0.
pub fn extra<'a>(
    lines: impl IntoIterator<Item = (&'a str, Usd)>,
    reported: Span,
    month_hours: u32,
) -> Vec<BillLine> {
    let usage = u128::from(reported.as_micros());
    let month = u128::from(month_hours) * u128::from(HOUR);
    let line = |(index, (name, price)): (usize, (&str, Usd))| {
        let item = Item::Extra(index);
        let terms = item.terms(name);
        BillLine {
            meter: MeterKey {
                owner: Owner::Cluster,
                zone: None,
                item,
            },
            service: terms.service,
            usage_type: terms.usage_type,
            label: terms.label,
            unit: terms.unit,
            usage,
            topped_up: 0,
            quantity: usage as f64 / month as f64,
            price,
            cost: price.times(usage, month),
        }
    };
    lines.into_iter().enumerate().map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_costs_its_part_of_the_month() {
        let lines = [("load balancer", Usd::nanos(22_500_000_000))];
        for (hours, month, cost) in [
            (730, 730, 22_500_000_000),
            (744, 744, 22_500_000_000),
            (73, 730, 2_250_000_000),
            (0, 730, 0),
        ] {
            let lines = extra(lines, Span::hours(hours), month);
            assert_eq!(lines[0].cost, Usd::nanos(cost));
            assert_eq!(lines[0].label, "load balancer");
            assert_eq!(lines[0].quantity, hours as f64 / f64::from(month));
        }
    }
}
