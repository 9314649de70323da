//! `ecsim catalog fargate`: the sizes of Fargate tasks and what an hour of each costs.

use super::regions::known_region;
use crate::catalog::{self, Architecture, FargateSize};
use crate::cli::listing::{Cell, Column, Listing};
use crate::cli::output::{Exit, Outcome, Output};
use crate::cli::values::{Format, gib, vcpus};
use crate::units::{Cpu, GIB, Memory, Usd};
use clap::Args;

/// Sizes of Fargate tasks on Linux, with the price of an hour, on Spot too where it is known
#[derive(Debug, Args)]
pub(super) struct FargateArguments {
    /// Smallest number of vCPUs
    #[arg(long, value_name = "N", value_parser = vcpus)]
    min_vcpu: Option<Cpu>,
    /// Smallest memory; in GiB without a unit
    #[arg(long, value_name = "SIZE", value_parser = gib)]
    min_memory: Option<Memory>,
    /// The region of the prices
    #[arg(long, default_value = "us-east-1")]
    region: String,
    /// How to write it
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

/// Prints the sizes that match all options.
pub(super) fn fargate(arguments: &FargateArguments, output: &mut Output) -> Outcome {
    let mut regions: Vec<&str> = catalog::fargate_quotes()
        .map(|quote| quote.region)
        .collect();
    regions.dedup();
    known_region(&arguments.region, &regions)?;
    let [x86, arm] = [Architecture::X86, Architecture::Arm]
        .map(|architecture| catalog::fargate_prices(&arguments.region, architecture));
    let [x86_spot, arm_spot] = [x86, arm].map(|prices| prices.and_then(|prices| prices.spot));
    // No price of ARM on Spot is published: the column is empty, and only in JSON and CSV.
    let spot_column = |key, title, is_known: bool| match is_known {
        true => Column::shown(key, title),
        false => Column::hidden(key),
    };
    let mut listing = Listing::new(vec![
        Column::shown("vcpus", "vCPU"),
        Column::shown("cpuUnits", "cpu"),
        Column::shown("memoryMib", "memory"),
        Column::hidden("region"),
        Column::shown("usdPerHourX86", "hour on X86_64"),
        Column::shown("usdPerHourArm", "hour on ARM64"),
        spot_column("usdPerHourX86Spot", "Spot, X86_64", x86_spot.is_some()),
        spot_column("usdPerHourArmSpot", "Spot, ARM64", arm_spot.is_some()),
    ]);
    let wanted = catalog::fargate_sizes().filter(|size| {
        arguments.min_vcpu.is_none_or(|least| size.cpu >= least)
            && arguments
                .min_memory
                .is_none_or(|least| size.memory >= least)
    });
    for size in wanted {
        let price = |vcpu_hour, gb_hour| Cell::Price(price_per_hour(size, vcpu_hour, gb_hour));
        listing.row(vec![
            Cell::Number(size.cpu.as_vcpus_f64()),
            Cell::Count(size.cpu.ceil_units()),
            Cell::Mib(size.memory),
            Cell::text(arguments.region.as_str()),
            Cell::maybe(x86, |x86| price(x86.vcpu_hour, x86.gb_hour)),
            Cell::maybe(arm, |arm| price(arm.vcpu_hour, arm.gb_hour)),
            Cell::maybe(x86_spot, |spot| price(spot.vcpu_hour, spot.gb_hour)),
            Cell::maybe(arm_spot, |spot| price(spot.vcpu_hour, spot.gb_hour)),
        ]);
    }
    listing.print(arguments.format, output)?;
    if listing.is_empty() {
        output.talk("no Fargate size matches");
    }
    Ok(Exit::Done)
}

/// The price of an hour of a size.
fn price_per_hour(size: FargateSize, vcpu_hour: Usd, gb_hour: Usd) -> Usd {
    let cpu = vcpu_hour.times(size.cpu.as_base().into(), Cpu::BASE_PER_VCPU.into());
    let memory = gb_hour.times(size.memory.as_bytes().into(), GIB.into());
    cpu + memory
}
