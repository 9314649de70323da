//! `ecsim catalog`: prints the embedded catalog: instance types, Fargate sizes and prices.

mod fargate;
mod instances;
mod prices;
mod regions;

use super::output::{Outcome, Output};
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
