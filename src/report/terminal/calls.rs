//! What kept arrivals from starting: calls of `RunTask` that AWS throttled, arrivals that were
//! skipped, and tasks that were replaced, by entry of `tasks`.

use super::super::figure::mean;
use super::super::text::{clean, number};
use super::page::Page;
use super::table::names;
use crate::figures::Measure;
use crate::runner::Results;

/// The figures, each with what it counts.
const COUNTED: [(&str, &str); 3] = [
    (
        "throttled.count",
        "calls of RunTask throttled by AWS (Rate exceeded)",
    ),
    (
        "skipped.count",
        "scheduled arrivals skipped, as earlier tasks had not left",
    ),
    ("replaced.count", "tasks replaced by a later arrival"),
];

/// A line for each entry of each variant and each of these figures that is above zero.
pub(super) fn write(page: &mut Page, results: &Results) {
    let several = results.variants.len() > 1;
    let mut lines = Vec::new();
    for variant in &results.variants {
        let entries = names(variant, |measure| matches!(measure, Measure::Tasks(..)));
        // `all` has the same counts as an only entry.
        let each = entries
            .iter()
            .filter(|name| **name != "all" || entries.len() == 1);
        for name in each {
            for (figure, what) in COUNTED {
                let path = format!("tasks.{name}.{figure}");
                let Some(count) = mean(variant, &path).filter(|count| *count > 0.0) else {
                    continue;
                };
                let mut of = Vec::new();
                if several {
                    of.push(clean(&variant.name));
                }
                if entries.len() > 1 {
                    of.push(clean(name));
                }
                of.push(format!("{} {what}", number(count)));
                lines.push(of.join(": "));
            }
        }
    }
    if lines.is_empty() {
        return;
    }
    page.heading("Arrivals that did not simply start, in a run");
    for line in lines {
        page.paragraph(&line, 2);
    }
}
