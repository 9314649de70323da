//! Fargate: the sizes a task may have, and their prices.

use super::prices::{FargatePrices, FargateSpotPrices};
use super::sources::Source;
use super::table::{Row, Table};
use super::{Architecture, regions::price};
use crate::units::{Cpu, Memory};

/// A size that a Fargate task may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct FargateSize {
    /// CPU of the task.
    pub cpu: Cpu,
    /// Memory of the task.
    pub memory: Memory,
}

/// Fargate's unit prices in one region for one architecture, with their sources.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FargateQuote {
    /// The region.
    pub region: &'static str,
    /// The architecture.
    pub architecture: Architecture,
    /// The prices.
    pub prices: FargatePrices,
    /// The source of all prices but those of Spot.
    pub source: Source,
    /// The source of the prices of Fargate Spot; `None` where there are none.
    pub spot_source: Option<Source>,
    /// How reliable the source is: `high`, `medium` or `low`.
    pub confidence: &'static str,
}

/// Sizes on Linux: CPU units and their memory sizes in MiB (facts/ecs.md 25).
const SIZES: [(u64, Memories); 8] = [
    (256, Memories::Listed(&[512, 1_024, 2_048])),
    (512, Memories::stepped(1, 4, 1)),
    (1_024, Memories::stepped(2, 8, 1)),
    (2_048, Memories::stepped(4, 16, 1)),
    (4_096, Memories::stepped(8, 30, 1)),
    (8_192, Memories::stepped(16, 60, 4)),
    (16_384, Memories::stepped(32, 120, 8)),
    (
        32_768,
        Memories::Listed(&[60 * 1_024, 120 * 1_024, 244 * 1_024]),
    ),
];

/// The valid memory sizes of one CPU size.
#[derive(Clone, Copy)]
enum Memories {
    /// These, in MiB.
    Listed(&'static [u64]),
    /// From, to and step, in GB of 1,024 MiB.
    Stepped(u64, u64, u64),
}

impl Memories {
    const fn stepped(from: u64, to: u64, step: u64) -> Self {
        Self::Stepped(from, to, step)
    }

    fn in_mib(self) -> Vec<u64> {
        match self {
            Self::Listed(mib) => mib.to_vec(),
            Self::Stepped(from, to, step) => (from..=to)
                .step_by(usize::try_from(step).expect("steps are small"))
                .map(|gb| gb * 1_024)
                .collect(),
        }
    }

    /// The least that holds `mib`.
    fn at_least(self, mib: u64) -> Option<u64> {
        match self {
            Self::Listed(sizes) => sizes.iter().copied().find(|size| *size >= mib),
            Self::Stepped(from, to, step) => {
                let gb = mib.div_ceil(1_024).max(from);
                let gb = from + (gb - from).div_ceil(step) * step;
                (gb <= to).then_some(gb * 1_024)
            }
        }
    }
}

/// Every size of a Fargate task on Linux, ascending by CPU, then memory.
pub fn fargate_sizes() -> impl Iterator<Item = FargateSize> {
    SIZES.iter().flat_map(|(units, memories)| {
        memories.in_mib().into_iter().map(|mib| FargateSize {
            cpu: Cpu::units(*units),
            memory: Memory::mib(mib),
        })
    })
}

/// The CPU sizes of Fargate, in CPU units, ascending.
pub fn fargate_cpus() -> impl Iterator<Item = u64> {
    SIZES.iter().map(|(units, _)| *units)
}

/// The memory sizes in MiB that are valid with a number of CPU units, ascending; `None` when no
/// Fargate task has that CPU.
pub fn fargate_memories(cpu_units: u64) -> Option<Vec<u64>> {
    SIZES
        .iter()
        .find(|(units, _)| *units == cpu_units)
        .map(|(_, memories)| memories.in_mib())
}

/// The smallest valid size with at least this CPU and memory: the least CPU, then the least memory.
/// A larger CPU size is taken when the memory is not valid with the smaller one. `None` when the
/// largest size is too small.
///
/// It is also the cheapest size at every price of the catalog, because a larger CPU size costs more
/// than the memory that it could save.
pub fn smallest_fargate(cpu: Cpu, memory: Memory) -> Option<FargateSize> {
    let mib = memory.ceil_mib();
    SIZES.iter().find_map(|(units, memories)| {
        let size = Cpu::units(*units);
        if size < cpu {
            return None;
        }
        memories.at_least(mib).map(|mib| FargateSize {
            cpu: size,
            memory: Memory::mib(mib),
        })
    })
}

/// Fargate's Linux prices in a region; `None` where the catalog has none.
pub fn fargate_prices(region: &str, architecture: Architecture) -> Option<FargatePrices> {
    fargate_quote(region, architecture).map(|quote| quote.prices)
}

/// Fargate's Linux prices in a region, with their source.
pub fn fargate_quote(region: &str, architecture: Architecture) -> Option<FargateQuote> {
    table()
        .find_all(region)
        .map(read)
        .find(|quote| quote.architecture == architecture)
}

/// All of Fargate's Linux prices, by region, x86 before ARM.
pub fn fargate_quotes() -> impl Iterator<Item = FargateQuote> {
    table().rows().map(read)
}

fn table() -> Table {
    Table::new(include_str!("data/fargate.csv"))
}

fn read(row: Row) -> FargateQuote {
    let needed = "Fargate's CPU and memory prices are in every row";
    let vcpu_hour = price(row.cell(2)).expect(needed);
    let gb_hour = price(row.cell(3)).expect(needed);
    let listed = spot_prices(row);
    // No page with prices of Spot on ARM is known, and they exist (facts/pricing.md 2).
    let assumed = FargateSpotPrices {
        vcpu_hour: vcpu_hour.times(SPOT_PERCENT, 100),
        gb_hour: gb_hour.times(SPOT_PERCENT, 100),
    };
    FargateQuote {
        region: row.key(),
        architecture: Architecture::of_cell(row.cell(1)),
        prices: FargatePrices {
            vcpu_hour,
            gb_hour,
            storage_gb_hour: price(row.cell(4)),
            spot: Some(listed.unwrap_or(assumed)),
        },
        source: Source::new(row.cell(7), row.cell(8)),
        // All listed Spot prices come from one page of one day.
        spot_source: Some(match listed {
            Some(_) => Source::of_key("fgcalc"),
            None => Source::new("assumed: 0.30 × on demand", ""),
        }),
        confidence: row.cell(9),
    }
}

/// The price of Fargate Spot where none is listed, in percent of the price on demand: AWS says up to
/// 70 % off, and the listed prices are 61 to 70 % off.
const SPOT_PERCENT: u128 = 30;

fn spot_prices(row: Row) -> Option<FargateSpotPrices> {
    Some(FargateSpotPrices {
        vcpu_hour: price(row.cell(5))?,
        gb_hour: price(row.cell(6))?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::units::Usd;

    #[test]
    fn sizes_are_those_of_the_documentation() {
        let count: Vec<usize> = fargate_cpus()
            .map(|units| fargate_memories(units).map_or(0, |m| m.len()))
            .collect();
        assert_eq!(count, [3, 4, 7, 13, 23, 12, 12, 3]);
        assert_eq!(fargate_sizes().count(), 77);
        assert_eq!(
            fargate_memories(256).as_deref(),
            Some(&[512, 1_024, 2_048][..])
        );
        assert_eq!(fargate_memories(257), None);
        for (units, gb, valid) in [
            (256, 3, false),
            (8_192, 20, true),
            (8_192, 18, false),
            (16_384, 36, false),
            (16_384, 120, true),
            (32_768, 244, true),
            (32_768, 128, false),
        ] {
            let is = fargate_memories(units).is_some_and(|sizes| sizes.contains(&(gb * 1_024)));
            assert_eq!(is, valid, "{units} with {gb} GB");
        }
    }

    #[test]
    fn the_smallest_size_steps_up_where_it_must() {
        for (units, mib, wanted) in [
            (0, 0, Some((256, 512))),
            (1, 513, Some((256, 1_024))),
            (257, 512, Some((512, 1_024))),
            // Three gigabytes do not go with a quarter vCPU.
            (256, 3 * 1_024, Some((512, 3 * 1_024))),
            (4_096, 31 * 1_024, Some((8_192, 32 * 1_024))),
            (8_192, 17 * 1_024, Some((8_192, 20 * 1_024))),
            (1_024, 100 * 1_024, Some((16_384, 104 * 1_024))),
            (16_384, 121 * 1_024, Some((32_768, 244 * 1_024))),
            (32_768, 1, Some((32_768, 60 * 1_024))),
            (32_769, 1, None),
            (256, 244 * 1_024 + 1, None),
        ] {
            let found = smallest_fargate(Cpu::units(units), Memory::mib(mib));
            let found = found.map(|size| (size.cpu.ceil_units(), size.memory.ceil_mib()));
            assert_eq!(found, wanted, "{units} units and {mib} MiB");
        }
    }

    #[test]
    fn the_smallest_size_is_the_cheapest_in_every_region() {
        for quote in fargate_quotes() {
            let cost = |size: FargateSize| {
                let cpu = quote
                    .prices
                    .vcpu_hour
                    .times(size.cpu.as_base().into(), Cpu::BASE_PER_VCPU.into());
                let memory = quote
                    .prices
                    .gb_hour
                    .times(size.memory.as_bytes().into(), 1 << 30);
                cpu + memory
            };
            for cpu in [1, 256, 300, 1_024, 4_096, 5_000, 16_384, 32_768].map(Cpu::units) {
                for gib in [1, 3, 5, 9, 17, 29, 31, 33, 57, 61, 97, 121, 200] {
                    let memory = Memory::gib(gib);
                    let cheapest = fargate_sizes()
                        .filter(|size| size.cpu >= cpu && size.memory >= memory)
                        .map(cost)
                        .min();
                    assert_eq!(smallest_fargate(cpu, memory).map(cost), cheapest);
                }
            }
        }
    }

    #[test]
    fn spot_on_arm_has_a_price() {
        let arm = fargate_quote("us-east-1", Architecture::Arm).expect("it is listed");
        let spot = arm.prices.spot.expect("it is assumed");
        assert_eq!(spot.vcpu_hour, Usd::nanos(9_714_000));
        assert_eq!(spot.gb_hour, Usd::nanos(1_068_000));
    }

    #[test]
    fn prices_are_exact_and_empty_cells_stay_empty() {
        let x86 = fargate_quote("us-east-1", Architecture::X86).expect("it is listed");
        assert_eq!(x86.prices.vcpu_hour, Usd::nanos(40_480_000));
        assert_eq!(x86.prices.gb_hour, Usd::nanos(4_445_000));
        assert_eq!(x86.prices.storage_gb_hour, Some(Usd::nanos(111_000)));
        assert_eq!(x86.source.date, Some("2026-09"));
        let arm = fargate_prices("eu-west-1", Architecture::Arm).expect("it is listed");
        assert_eq!(arm.vcpu_hour, Usd::nanos(32_380_000));
        assert_eq!(arm.storage_gb_hour, None);
        assert_eq!(fargate_prices("us-gov-west-1", Architecture::Arm), None);
        assert_eq!(fargate_prices("mars-north-1", Architecture::X86), None);
        assert_eq!(fargate_quotes().count(), 42);
    }

    #[test]
    fn spot_is_listed_on_x86_and_three_tenths_of_the_price_on_arm() {
        let quote = fargate_quote("us-east-1", Architecture::X86).expect("it is listed");
        let spot = quote.prices.spot.expect("it is listed");
        assert_eq!(spot.vcpu_hour, Usd::nanos(12_643_550));
        assert_eq!(spot.gb_hour, Usd::nanos(1_388_350));
        let source = quote.spot_source.expect("it is listed");
        assert_eq!(source.date, Some("2021-01-10"));
        for quote in fargate_quotes() {
            let is_x86 = quote.architecture == Architecture::X86;
            let source = quote.spot_source.expect("it has Spot prices");
            assert_eq!(source.date.is_some(), is_x86, "{}", quote.region);
            // AWS says up to 70 % off, give or take what was rounded.
            if let Some(spot) = quote.prices.spot {
                let [cpu, memory] = [
                    (spot.vcpu_hour, quote.prices.vcpu_hour),
                    (spot.gb_hour, quote.prices.gb_hour),
                ]
                .map(|(spot, full)| spot.as_nanos() * 100 / full.as_nanos());
                assert!((29..40).contains(&cpu), "{}", quote.region);
                assert!((29..40).contains(&memory), "{}", quote.region);
            }
        }
    }
}
