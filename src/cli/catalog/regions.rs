//! The regions that the catalog has prices for, and the check of `--region`.

use crate::catalog;
use crate::cli::output::Failure;

/// Every region with a price of some kind.
pub(super) fn all_regions() -> Vec<&'static str> {
    let mut regions: Vec<&str> = catalog::regions().collect();
    regions.extend(catalog::fargate_quotes().map(|quote| quote.region));
    regions.sort_unstable();
    regions.dedup();
    regions
}

/// Checks that a region is one of `known`.
///
/// # Errors
/// With the list of known regions, when it is not.
pub(super) fn known_region(region: &str, known: &[&str]) -> Result<(), Failure> {
    if known.contains(&region) {
        return Ok(());
    }
    let known: Vec<String> = known.iter().map(|name| format!("`{name}`")).collect();
    Err(Failure::message(format!(
        "no such prices for region `{region}`; known regions: {}",
        known.join(", ")
    )))
}
