//! `ecsim catalog`: the embedded numbers.

mod fargate;
mod instances;
mod prices;

use super::output::{Failure, Outcome, Output};
use crate::catalog;
use clap::{Args, Subcommand};

/// Look up and filter the embedded numbers: instance types, Fargate sizes, prices
#[derive(Debug, Args)]
pub(super) struct CatalogArguments {
    #[command(subcommand)]
    table: Table,
}

#[derive(Debug, Subcommand)]
enum Table {
    Instances(instances::InstancesArguments),
    Fargate(fargate::FargateArguments),
    Prices(prices::PricesArguments),
}

/// Prints a table of the catalog.
pub(super) fn catalog(arguments: &CatalogArguments, output: &mut Output) -> Outcome {
    match &arguments.table {
        Table::Instances(arguments) => instances::instances(arguments, output),
        Table::Fargate(arguments) => fargate::fargate(arguments, output),
        Table::Prices(arguments) => prices::prices(arguments, output),
    }
}

/// Every region with a price of some kind.
fn all_regions() -> Vec<&'static str> {
    let mut regions: Vec<&str> = catalog::regions().collect();
    regions.extend(catalog::fargate_quotes().map(|quote| quote.region));
    regions.sort_unstable();
    regions.dedup();
    regions
}

/// Refuses a region that is not among the known ones.
fn known_region(region: &str, known: &[&str]) -> Result<(), Failure> {
    if known.contains(&region) {
        return Ok(());
    }
    let known: Vec<String> = known.iter().map(|name| format!("`{name}`")).collect();
    Err(Failure::message(format!(
        "no such prices for region `{region}`; there are some for {}",
        known.join(", ")
    )))
}
