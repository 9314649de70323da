//! `ecsim catalog instances`: EC2 instance types.

use super::regions::known_region;
use crate::catalog::{self, InstanceTypeFacts};
use crate::cli::listing::{Cell, Column, Listing};
use crate::cli::output::{Exit, Outcome, Output};
use crate::cli::values::{Arch, Format, gib, vcpus};
use crate::units::{Cpu, Memory};
use clap::Args;

/// EC2 instance types with what they register, hold and cost
///
/// `registers` is the memory that tasks can have; `awsvpc` and `trunk` are how many tasks in
/// network mode awsvpc an instance holds without and with a trunk interface (awsvpcTrunking).
/// With --spot, `saves` is the saving of Spot against on demand, and `interrupted` the share
/// of instances that AWS interrupted within a month. JSON and CSV have all columns.
#[derive(Debug, Args)]
pub(super) struct InstancesArguments {
    /// Only types whose name contains this
    #[arg(long, value_name = "TEXT")]
    name: Option<String>,
    /// Only these families, such as `m7g`
    #[arg(long, value_name = "FAMILY", value_delimiter = ',')]
    family: Vec<String>,
    /// Only this processor
    #[arg(long)]
    arch: Option<Arch>,
    /// Smallest number of vCPUs
    #[arg(long, value_name = "N", value_parser = vcpus)]
    min_vcpu: Option<Cpu>,
    /// Smallest advertised memory; in GiB without a unit
    #[arg(long, value_name = "SIZE", value_parser = gib)]
    min_memory: Option<Memory>,
    /// Smallest number of whole GPUs
    #[arg(long, value_name = "N")]
    gpus: Option<u32>,
    /// Only the current generation
    #[arg(long)]
    current: bool,
    /// Only types on Spot, with what they cost there and how often they are interrupted
    #[arg(long)]
    spot: bool,
    /// The region of the prices
    #[arg(long, default_value = "us-east-1")]
    region: String,
    /// How to write it
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

/// Prints the instance types that match all options.
pub(super) fn instances(arguments: &InstancesArguments, output: &mut Output) -> Outcome {
    let regions: Vec<&str> = catalog::regions().collect();
    known_region(&arguments.region, &regions)?;
    let mut found: Vec<InstanceTypeFacts> = catalog::instance_types()
        .filter(|facts| arguments.wants(facts))
        .collect();
    // By size within a family: the order of names would put 16xlarge before 2xlarge.
    found.sort_by_key(|facts| (facts.family(), facts.vcpus, facts.memory, facts.name));
    let mut listing = Listing::new(columns(arguments.spot));
    for facts in &found {
        listing.row(row(facts, &arguments.region));
    }
    listing.print(arguments.format, output)?;
    if listing.is_empty() {
        output.talk("no instance type matches");
    }
    Ok(Exit::Done)
}

impl InstancesArguments {
    /// True when a type matches all options.
    fn wants(&self, facts: &InstanceTypeFacts) -> bool {
        let named = |part: &String| facts.name.contains(part.as_str());
        let of_family = self.family.is_empty() || self.family.iter().any(|f| f == facts.family());
        of_family
            && self.name.as_ref().is_none_or(named)
            && self
                .arch
                .is_none_or(|a| a.architecture() == facts.architecture)
            && self
                .min_vcpu
                .is_none_or(|least| facts.registered_cpu() >= least)
            && self.min_memory.is_none_or(|least| facts.memory >= least)
            && self.gpus.is_none_or(|least| facts.gpus >= least)
            && (!self.current || facts.current_generation)
            && (!self.spot || catalog::spot(&self.region, facts.name).is_some())
    }
}

/// All columns. A table with `--spot` shows prices and interruptions instead of sizes.
fn columns(is_about_spot: bool) -> Vec<Column> {
    let shown_if = |is_shown: bool, key, title| match is_shown {
        true => Column::shown(key, title),
        false => Column::hidden(key),
    };
    let size = |key, title| shown_if(!is_about_spot, key, title);
    let spot = |key, title| shown_if(is_about_spot, key, title);
    vec![
        Column::shown("instanceType", "type"),
        Column::shown("architecture", "CPU type"),
        Column::shown("vcpus", "vCPU"),
        Column::shown("memoryMib", "memory"),
        size("registeredMemoryMib", "registers"),
        size("gpus", "GPUs"),
        Column::hidden("gpuModel"),
        Column::hidden("gpuMemoryMib"),
        Column::hidden("accelerators"),
        size("awsvpcTasks", "awsvpc"),
        size("awsvpcTasksWithTrunk", "trunk"),
        Column::hidden("networkMbps"),
        Column::hidden("networkPeakMbps"),
        Column::hidden("ebsMbps"),
        Column::hidden("ebsPeakMbps"),
        Column::hidden("instanceStoreGb"),
        Column::hidden("burstable"),
        Column::hidden("bareMetal"),
        Column::hidden("currentGeneration"),
        Column::hidden("region"),
        Column::shown("usdPerHour", "per hour"),
        spot("usdPerHourSpot", "on Spot"),
        spot("spotSavingPercent", "saves %"),
        spot("spotInterruptionsPerMonth", "interrupted"),
        Column::hidden("priceSource"),
        Column::hidden("priceDate"),
        Column::hidden("source"),
        Column::hidden("date"),
    ]
}

/// The cells of a type, in the order of [`columns`].
fn row(facts: &InstanceTypeFacts, region: &str) -> Vec<Cell> {
    let count = |number: u32| Cell::Count(number.into());
    let quote = catalog::on_demand_quote(region, facts.name);
    let spot = catalog::spot(region, facts.name);
    vec![
        Cell::text(facts.name),
        Cell::text(facts.architecture.name()),
        count(facts.vcpus),
        Cell::Mib(facts.memory),
        Cell::Mib(facts.registered_memory(catalog::REGISTERED_SHARE)),
        count(facts.gpus),
        Cell::maybe(facts.gpu_model, Cell::text),
        Cell::maybe(facts.gpu_memory, Cell::Mib),
        count(facts.accelerators),
        count(facts.task_interfaces()),
        Cell::maybe(facts.task_interfaces_with_trunk(), count),
        Cell::maybe(facts.network_mbps, count),
        Cell::maybe(facts.network_peak_mbps, count),
        Cell::maybe(facts.ebs_mbps, count),
        Cell::maybe(facts.ebs_peak_mbps, count),
        Cell::maybe(facts.instance_store_gb, count),
        Cell::maybe(facts.burstable, Cell::Flag),
        Cell::Flag(facts.bare_metal),
        Cell::Flag(facts.current_generation),
        Cell::text(region),
        Cell::maybe(quote, |quote| Cell::Price(quote.price)),
        Cell::maybe(spot.and_then(|offer| offer.price_per_hour), Cell::Price),
        Cell::maybe(spot, |offer| count(offer.saving_percent.into())),
        Cell::maybe(spot, |offer| Cell::text(offer.band.label())),
        Cell::maybe(quote, |quote| Cell::text(quote.source.name)),
        Cell::maybe(quote.and_then(|quote| quote.source.date), Cell::text),
        Cell::text(facts.source.name),
        Cell::maybe(facts.source.date, Cell::text),
    ]
}
