//! Requests: what services with a load were asked for and served, and what scaling did.

use super::super::figure::mean;
use super::super::text::{money, number, percent, seconds};
use super::entries::service_figure;
use super::page::Page;
use super::table::{Column, Table, names};
use crate::figures::Measure;
use crate::runner::{Results, VariantResults};

/// The columns; those with low weights are left out first on narrow terminals.
const COLUMNS: [Column; 12] = [
    ("offered", 8, "requests.offered.count", number),
    ("served", 11, "requests.served.share", percent),
    ("refused", 6, "requests.refused.count", number),
    ("errors", 5, "requests.errors.count", number),
    ("failed", 3, "requests.failed.count", number),
    ("timed\nout", 7, "requests.timedOut.count", number),
    ("median\nresponse", 6, "response.p50", seconds),
    ("p99\nresponse", 9, "response.p99", seconds),
    ("CPU\nused", 10, "cpu.utilization.mean", percent),
    ("cost per\nmillion", 9, "costPerMillionRequests", money),
    ("scaled\nout", 5, "scaledOut.count", number),
    ("scaled\nin", 4, "scaledIn.count", number),
];

/// The services with a load of every variant that has some.
pub(super) fn write(page: &mut Page, results: &Results) {
    if results.variants.iter().all(|v| loaded(v).is_empty()) {
        return;
    }
    page.heading("Requests: offered and served, response times, CPU of what tasks reserve, decisions of policies");
    let table = Table {
        kind: "service",
        named: "service",
        names: loaded,
        columns: &COLUMNS,
        entry: service_figure,
        deviates,
        as_expected: "served all requests",
    };
    table.write(page, results);
}

fn loaded(variant: &VariantResults) -> Vec<&str> {
    names(variant, |measure| matches!(measure, Measure::Load(..)))
}

/// True for a service that did not serve all requests.
fn deviates(variant: &VariantResults, name: &str) -> bool {
    let share = mean(variant, &format!("service.{name}.requests.served.share"));
    share.is_some_and(|share| share < 1.0)
}
