//! What tables and deviations share: the names of sections, and names in paths of figures.

use super::super::figure::mean;
use crate::runner::VariantResults;

/// The names of sections.
pub(super) const COMPARISON: &str = "comparison";
pub(super) const BILL: &str = "bill";
pub(super) const EXPECTATIONS: &str = "expectations";
pub(super) const SERVICES: &str = "services";
pub(super) const REQUESTS: &str = "requests";
pub(super) const QUEUES: &str = "queues";
pub(super) const DEPLOYMENTS: &str = "deployments";
pub(super) const ENTRIES: &str = "standalone";
pub(super) const CAPACITY: &str = "capacity";

/// The names that stand between two parts of paths, `all` left out.
pub(super) fn names<'a>(variant: &'a VariantResults, before: &str, after: &str) -> Vec<&'a str> {
    let paths = variant
        .figures
        .iter()
        .map(|summary| summary.figure.path.as_str());
    let names = paths.filter_map(|path| path.strip_prefix(before)?.strip_suffix(after));
    names.filter(|name| *name != "all").collect()
}

/// The share of the time in which a service had its tasks; `None` for a daemon, and where no task is
/// desired.
pub(super) fn availability(variant: &VariantResults, service: &str) -> Option<f64> {
    let of = |figure: &str| mean(variant, &format!("service.{service}.{figure}"));
    of("desired.mean").filter(|desired| *desired > 0.0)?;
    of("available.share")
}
