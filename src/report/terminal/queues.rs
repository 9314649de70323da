//! Queues: what was sent and processed, how long messages waited, and what scaling did.

use super::super::figure::mean;
use super::super::text::{money, number, percent, seconds};
use super::entries::service_figure;
use super::grid::{Entry, Tone};
use super::page::Page;
use super::table::{Column, Table, names};
use crate::figures::Measure;
use crate::runner::{Results, VariantResults};

/// The columns; those with low weights are left out first on narrow terminals.
const COLUMNS: [Column; 14] = [
    ("sent", 8, "messages.sent.count", number),
    ("processed", 11, "messages.processed.share", percent),
    ("deliveries\nper message", 6, DELIVERIES, number),
    ("delivered\nagain", 4, "messages.redelivered.count", number),
    ("too old", 4, "messages.expired.count", number),
    ("dead\nletters", 8, "messages.deadLettered.count", number),
    ("wait\nmean", 8, "wait.mean", seconds),
    ("wait\nmedian", 6, "wait.p50", seconds),
    ("wait\np95", 9, "wait.p95", seconds),
    ("oldest\nat most", 7, "oldest.max", seconds),
    ("CPU\nused", 8, "cpu.utilization.mean", percent),
    (
        "cost per\nmillion\nprocessed",
        10,
        "costPerMillionMessages",
        money,
    ),
    ("scaled\nout", 3, "scaledOut.count", number),
    ("scaled\nin", 2, "scaledIn.count", number),
];

/// Deliveries ÷ messages processed: no figure, see [`entry`].
const DELIVERIES: &str = "messages.received.perMessage";

/// The queues of every variant that has some.
pub(super) fn write(page: &mut Page, results: &Results) {
    if results.variants.iter().all(|v| queues(v).is_empty()) {
        return;
    }
    page.heading(
        "Queues: messages sent and processed, wait until the first receipt, CPU used of what tasks reserve",
    );
    let table = Table {
        kind: "queue",
        named: "queue",
        names: queues,
        columns: &COLUMNS,
        entry,
        deviates,
        as_expected: "without dead letters and without messages that became too old",
    };
    table.write(page, results);
}

/// The cell of a figure of a queue, or of the deliveries per message.
fn entry(variant: &VariantResults, path: &str, print: fn(f64) -> String) -> Entry {
    let Some(queue) = path.strip_suffix(DELIVERIES) else {
        return service_figure(variant, path, print);
    };
    let count = |figure: &str| mean(variant, &format!("{queue}messages.{figure}.count"));
    match (count("received"), count("processed")) {
        (Some(received), Some(processed)) if processed > 0.0 => {
            Entry::new(print(received / processed))
        }
        _ => Entry::new("–").tone(Tone::Faint),
    }
}

fn queues(variant: &VariantResults) -> Vec<&str> {
    names(variant, |measure| matches!(measure, Measure::Queue(..)))
}

/// True for a queue with dead letters or with messages that became too old.
fn deviates(variant: &VariantResults, name: &str) -> bool {
    let is_some = |figure: &str| {
        let count = mean(variant, &format!("queue.{name}.messages.{figure}.count"));
        count.is_some_and(|count| count > 0.0)
    };
    is_some("deadLettered") || is_some("expired")
}
