//! `ecsim catalog prices`: unit prices, each with its source and date.

use super::regions::{all_regions, known_region};
use crate::catalog::{self, Architecture, FargateQuote, FargateSpotPrices, Quote, ServiceQuote};
use crate::cli::listing::{Cell, Column, Listing};
use crate::cli::output::{Exit, Outcome, Output};
use crate::cli::values::{Arch, Format};
use crate::units::Usd;
use clap::Args;

/// Unit prices with their source and date: Fargate and other services, and instances by name
#[derive(Debug, Args)]
pub(super) struct PricesArguments {
    /// Instance types whose name contains this, instead of services
    #[arg(long, value_name = "TEXT")]
    name: Option<String>,
    /// Instance types of these families, instead of services
    #[arg(long, value_name = "FAMILY", value_delimiter = ',')]
    family: Vec<String>,
    /// Only this processor
    #[arg(long)]
    arch: Option<Arch>,
    /// Only this region; every region unless set
    #[arg(long)]
    region: Option<String>,
    /// How to write it
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

/// Prints the prices that match all options.
pub(super) fn prices(arguments: &PricesArguments, output: &mut Output) -> Outcome {
    let all = all_regions();
    if let Some(region) = &arguments.region {
        known_region(region, &all)?;
    }
    let wanted = |region: &&str| {
        arguments
            .region
            .as_deref()
            .is_none_or(|only| only == *region)
    };
    let mut listing = Listing::new(vec![
        Column::shown("region", "region"),
        Column::shown("item", "item"),
        Column::shown("architecture", "CPU type"),
        Column::shown("unit", "unit"),
        Column::shown("usd", "price"),
        Column::shown("date", "as of"),
        Column::shown("source", "source"),
    ]);
    for region in all.iter().copied().filter(wanted) {
        let rows = match arguments.wants_instances() {
            true => instance_rows(arguments, region),
            false => service_rows(arguments, region),
        };
        rows.into_iter().for_each(|cells| listing.row(cells));
    }
    listing.print(arguments.format, output)?;
    if listing.is_empty() {
        output.talk("no price matches");
    }
    Ok(Exit::Done)
}

impl PricesArguments {
    /// True when instance types are listed instead of services.
    fn wants_instances(&self) -> bool {
        self.name.is_some() || !self.family.is_empty()
    }

    /// True when the architecture matches `--arch`.
    fn wants(&self, architecture: Architecture) -> bool {
        self.arch
            .is_none_or(|only| only.architecture() == architecture)
    }
}

/// The rows of instance types, on demand and on Spot.
fn instance_rows(arguments: &PricesArguments, region: &str) -> Vec<Vec<Cell>> {
    catalog::instance_types()
        .filter(|facts| {
            let families = &arguments.family;
            let named = arguments
                .name
                .as_deref()
                .is_none_or(|part| facts.name.contains(part));
            let of_family = families.is_empty() || families.iter().any(|f| f == facts.family());
            named && of_family && arguments.wants(facts.architecture)
        })
        .flat_map(|facts| {
            let quotes = [
                ("on demand", catalog::on_demand_quote(region, facts.name)),
                ("Spot", catalog::spot_quote(region, facts.name)),
            ];
            quotes.map(|(how, quote)| {
                let item = format!("{}, {how}", facts.name);
                let architecture = Some(facts.architecture);
                let quote = quote?;
                Some(row(region, &item, architecture, "instance-hour", quote))
            })
        })
        .flatten()
        .collect()
}

/// The rows of Fargate and of other services.
fn service_rows(arguments: &PricesArguments, region: &str) -> Vec<Vec<Cell>> {
    let mut rows = Vec::new();
    let architectures = [Architecture::X86, Architecture::Arm];
    for architecture in architectures.into_iter().filter(|a| arguments.wants(*a)) {
        let Some(quote) = catalog::fargate_quote(region, architecture) else {
            continue;
        };
        for (item, unit, quote) in fargate_prices(&quote) {
            rows.push(row(region, item, Some(architecture), unit, quote));
        }
    }
    if arguments.arch.is_none() {
        let services = catalog::service_quotes(region);
        rows.extend(services.map(|service| {
            let ServiceQuote { item, unit, quote } = service;
            row(region, item, None, unit, quote)
        }));
    }
    rows
}

/// The prices of Fargate that the region has, as (item, unit, price).
fn fargate_prices(
    quote: &FargateQuote,
) -> impl Iterator<Item = (&'static str, &'static str, Quote)> {
    let prices = quote.prices;
    let priced = |price, source| Some(Quote { price, source });
    let on_demand = |price| priced(price, quote.source);
    let spot = |pick: fn(FargateSpotPrices) -> Usd| priced(pick(prices.spot?), quote.spot_source?);
    [
        ("Fargate vCPU", "vCPU-hour", on_demand(prices.vcpu_hour)),
        ("Fargate memory", "GB-hour", on_demand(prices.gb_hour)),
        ("Fargate Spot vCPU", "vCPU-hour", spot(|s| s.vcpu_hour)),
        ("Fargate Spot memory", "GB-hour", spot(|s| s.gb_hour)),
        (
            "Fargate storage above 20 GB",
            "GB-hour",
            prices.storage_gb_hour.and_then(on_demand),
        ),
    ]
    .into_iter()
    .filter_map(|(item, unit, quote)| Some((item, unit, quote?)))
}

/// The cells of a price.
fn row(
    region: &str,
    item: &str,
    architecture: Option<Architecture>,
    unit: &str,
    quote: Quote,
) -> Vec<Cell> {
    let Quote { price, source } = quote;
    vec![
        Cell::text(region),
        Cell::text(item),
        Cell::maybe(architecture, |architecture| Cell::text(architecture.name())),
        Cell::text(unit),
        Cell::Price(price),
        Cell::maybe(source.date, Cell::text),
        Cell::text(source.name),
    ]
}
