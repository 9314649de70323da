//! Requests: what services with a load were asked for and served, and what scaling did.

use super::super::figure::mean;
use super::super::text::{money, number, percent, seconds};
use super::super::undone::served_share;
use super::entries::service_figure;
use super::grid::{Entry, Tone};
use super::page::Page;
use super::table::{Column, Table, names};
use crate::figures::Measure;
use crate::runner::{Results, VariantResults};

/// The columns; those with low weights are left out first on narrow terminals.
const COLUMNS: [Column; 12] = [
    ("requests", 8, "requests.once", number),
    ("served", 11, "requests.servedOnce", percent),
    ("refused", 6, "requests.refused.count", number),
    ("errors", 5, "requests.errors.count", number),
    ("failed", 3, "requests.failed.count", number),
    ("timed\nout", 7, "requests.timedOut.count", number),
    ("median\nresponse", 6, "response.p50", seconds),
    ("p99\nresponse", 9, "response.p99", seconds),
    ("CPU\nused", 10, "cpu.utilization.mean", percent),
    (
        "cost per\nmillion\nserved",
        9,
        "costPerMillionRequests",
        money,
    ),
    ("scaled\nout", 5, "scaledOut.count", number),
    ("scaled\nin", 4, "scaledIn.count", number),
];

/// What clients sent, where some send a request again.
const ATTEMPTS: [Column; 2] = [
    ("attempts", 8, "requests.offered.count", number),
    ("attempts\nserved", 8, "requests.served.share", percent),
];

/// The services with a load of every variant that has some.
pub(super) fn write(page: &mut Page, results: &Results) {
    if results.variants.iter().all(|v| loaded(v).is_empty()) {
        return;
    }
    let retried = |v| mean(v, "service.all.requests.retried.count") > Some(0.0);
    let retried = results.variants.iter().any(retried);
    let mut columns = COLUMNS.to_vec();
    if retried {
        columns.splice(2..2, ATTEMPTS);
    }
    page.heading(match retried {
        true => "Requests, each counted once, and the attempts of clients; response times of what was served; CPU used of what tasks reserve",
        false => "Requests: offered and served, response times of those served, CPU used of what tasks reserve",
    });
    let table = Table {
        kind: "service",
        named: "service",
        names: loaded,
        columns: &columns,
        entry,
        deviates,
        as_expected: "served all requests",
    };
    table.write(page, results);
}

fn loaded(variant: &VariantResults) -> Vec<&str> {
    names(variant, |measure| matches!(measure, Measure::Load(..)))
}

/// The cell of a figure of a service, or of one of the two values that follow from several figures.
pub(super) fn entry(variant: &VariantResults, path: &str, print: fn(f64) -> String) -> Entry {
    match computed(path) {
        None => service_figure(variant, path, print),
        Some(_) => match computed_or_mean(variant, path) {
            Some(value) => Entry::new(print(value)),
            None => Entry::new("–").tone(Tone::Faint),
        },
    }
}

/// The service and the end of a path that is no figure: `requests.once` are the requests of clients,
/// however often they send them, and `requests.servedOnce` is the share of these that is served.
fn computed(path: &str) -> Option<(&str, &str)> {
    let path = path.strip_prefix("service.")?;
    let split =
        |end: &'static str| Some((path.strip_suffix(end)?.strip_suffix(".requests.")?, end));
    split("servedOnce").or_else(|| split("once"))
}

/// The mean of a figure, or one of the two values that follow from several.
pub(super) fn computed_or_mean(variant: &VariantResults, path: &str) -> Option<f64> {
    match computed(path) {
        None => mean(variant, path),
        Some((service, "servedOnce")) => served_share(variant, service),
        Some((service, _)) => {
            let count = |figure: &str| {
                let path = format!("service.{service}.requests.{figure}.count");
                mean(variant, &path)
            };
            Some(count("offered")? - count("retried").unwrap_or(0.0))
        }
    }
}

/// True for a service that did not serve all requests.
fn deviates(variant: &VariantResults, name: &str) -> bool {
    let share = mean(variant, &format!("service.{name}.requests.served.share"));
    share.is_some_and(|share| share < 1.0)
}
