//! EC2 instance types: their hardware, and the resources that the ECS agent registers.

use super::Architecture;
use super::sources::Source;
use super::table::{Row, Table, number};
use crate::units::{Cpu, Memory, Ratio};

/// The data of an EC2 instance type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InstanceTypeFacts {
    /// Its name, such as `m6i.large`.
    pub name: &'static str,
    /// Its processor.
    pub architecture: Architecture,
    /// Virtual CPUs.
    pub vcpus: u32,
    /// Memory as AWS advertises it.
    pub memory: Memory,
    /// Whole GPUs of any maker; 0 for the types that get a part of one.
    pub gpus: u32,
    /// The model of its GPUs, where known.
    pub gpu_model: Option<&'static str>,
    /// Memory of all its GPUs together, where known.
    pub gpu_memory: Option<Memory>,
    /// Inferentia or Trainium devices.
    pub accelerators: u32,
    /// Network interfaces that can be attached, over all network cards.
    pub max_interfaces: u32,
    /// Branch interfaces behind a trunk as the VPC resource controller counts them; `None`
    /// where it does not list the type, 0 where the type has no trunk.
    pub branch_interfaces: Option<u32>,
    /// Baseline network bandwidth in Mbit/s; `None` where unknown.
    pub network_mbps: Option<u32>,
    /// Peak network bandwidth in Mbit/s; `None` where unknown.
    pub network_peak_mbps: Option<u32>,
    /// Baseline EBS bandwidth in Mbit/s; `None` where unknown.
    pub ebs_mbps: Option<u32>,
    /// Peak EBS bandwidth in Mbit/s; `None` where unknown.
    pub ebs_peak_mbps: Option<u32>,
    /// Instance store in GB; 0 for none, `None` where unknown.
    pub instance_store_gb: Option<u32>,
    /// True for the T families, which use CPU credits above a baseline. `None` where unknown.
    pub burstable: Option<bool>,
    /// True when there is no hypervisor.
    pub bare_metal: bool,
    /// True when AWS lists it as current generation.
    pub current_generation: bool,
    /// Where these figures come from.
    pub source: Source,
}

/// Registered memory in MiB of the types for which a measurement is published (facts/ecs.md 38).
const MEASURED_MIB: [(&str, u64); 3] = [
    ("c4.4xlarge", 30_158),
    ("c4.large", 3_768),
    ("m4.large", 7_985),
];

/// The share of the advertised memory that a type without a measurement registers: an assumption
/// (facts/ecs.md 39).
pub const REGISTERED_SHARE: Ratio = Ratio::millionths(950_000).expect("below one");

/// A share of advertised memory, in whole MiB rounded down.
pub fn share_registered(advertised: Memory, share: Ratio) -> Memory {
    let mib = u128::from(advertised.as_bytes() / crate::units::MIB);
    let mib = mib * u128::from(share.as_millionths()) / u128::from(Ratio::MILLIONTHS);
    Memory::mib(mib as u64)
}

/// Families that cannot have a trunk interface (facts/ecs.md 122).
const WITHOUT_TRUNK: [&str; 14] = [
    "c5n", "d3", "g3", "g4dn", "i3", "i3en", "inf1", "m5dn", "m5n", "m5zn", "r5b", "r5dn", "r5n",
    "z1d",
];

/// The instance type with this name.
pub fn instance_type(name: &str) -> Option<InstanceTypeFacts> {
    table().find(name).map(read)
}

/// Every instance type, by name.
pub fn instance_types() -> impl Iterator<Item = InstanceTypeFacts> + Clone {
    table().rows().map(read)
}

impl InstanceTypeFacts {
    /// The part of the name before the dot, such as `m6i`.
    pub fn family(&self) -> &'static str {
        self.name.split('.').next().unwrap_or(self.name)
    }

    /// GPUs that ECS assigns to containers: those of NVIDIA, whose driver and runtime the
    /// GPU-optimized image has (facts/ecs.md 15). 0 for the GPUs of AMD (`g4ad`) and for the
    /// accelerators of Habana (`dl1`), which the catalog counts as GPUs too.
    pub fn ecs_gpus(&self) -> u32 {
        let is_nvidia = match self.gpu_model {
            Some(model) => model.starts_with("NVIDIA"),
            // The source names no model for p3, whose V100 are NVIDIA's, and for dl1.
            None => self.family() != "dl1",
        };
        if is_nvidia { self.gpus } else { 0 }
    }

    /// Baseline network bandwidth in bits per second; `None` where unknown.
    pub fn network_bits_per_second(&self) -> Option<u64> {
        // AWS's Mbit/s are millions of bits.
        self.network_mbps.map(|mbps| u64::from(mbps) * 1_000_000)
    }

    /// CPU that the agent registers: 1,024 units per vCPU (facts/ecs.md 37).
    pub fn registered_cpu(&self) -> Cpu {
        Cpu::units(u64::from(self.vcpus) * 1_024)
    }

    /// Memory that the agent registers, where a measurement is published (facts/ecs.md 38).
    pub fn measured_memory(&self) -> Option<Memory> {
        let measured = MEASURED_MIB.iter().find(|(name, _)| *name == self.name);
        measured.map(|(_, mib)| Memory::mib(*mib))
    }

    /// Memory that the agent registers: measured where it is known, else this share of what
    /// AWS advertises, usually [`REGISTERED_SHARE`], in whole MiB rounded down
    /// (facts/ecs.md 37 to 39).
    pub fn registered_memory(&self, share: Ratio) -> Memory {
        self.measured_memory()
            .unwrap_or_else(|| share_registered(self.memory, share))
    }

    /// Number of `awsvpc` tasks that it can hold without a trunk: all interfaces but the primary
    /// one (facts/ecs.md 120).
    pub fn task_interfaces(&self) -> u32 {
        self.max_interfaces.saturating_sub(1)
    }

    /// Number of `awsvpc` tasks that it can hold with a trunk (`awsvpcTrunking`); `None` for the
    /// types that cannot have one.
    ///
    /// AWS's table for ECS (facts/ecs.md 121) follows from the branch interfaces: ECS counts
    /// branches and plain interfaces together, and takes off the primary and the trunk.
    pub fn task_interfaces_with_trunk(&self) -> Option<u32> {
        let branches = self.branch_interfaces.filter(|branches| *branches > 0)?;
        let can = !WITHOUT_TRUNK.contains(&self.family());
        can.then(|| (branches + self.max_interfaces).saturating_sub(2))
    }
}

fn table() -> Table {
    Table::new(include_str!("data/instance_types.csv"))
}

fn read(row: Row) -> InstanceTypeFacts {
    let mut cells = row.cells();
    let mut text = || {
        cells
            .next()
            .expect("every row of an embedded table has every column")
    };
    let count = |cell: &'static str| {
        number(cell).map(|n| u32::try_from(n).expect("counts of the catalog fit 32 bits"))
    };
    let flag = |cell: &'static str| number(cell).map(|n| n == 1);
    // The order of the fields is the order of the columns.
    InstanceTypeFacts {
        name: text(),
        architecture: Architecture::of_cell(text()),
        vcpus: count(text()).unwrap_or(0),
        memory: Memory::mib(number(text()).unwrap_or(0)),
        gpus: count(text()).unwrap_or(0),
        gpu_model: Some(text()).filter(|model| !model.is_empty()),
        gpu_memory: number(text()).map(Memory::mib),
        accelerators: count(text()).unwrap_or(0),
        max_interfaces: count(text()).unwrap_or(0),
        branch_interfaces: count(text()),
        network_mbps: count(text()),
        network_peak_mbps: count(text()),
        ebs_mbps: count(text()),
        ebs_peak_mbps: count(text()),
        instance_store_gb: count(text()),
        burstable: flag(text()),
        bare_metal: flag(text()).unwrap_or(false),
        current_generation: flag(text()).unwrap_or(false),
        source: Source::of_key(text()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(name: &str) -> InstanceTypeFacts {
        instance_type(name).expect("the catalog has it")
    }

    #[test]
    fn all_types_are_there_and_each_is_found_by_its_name() {
        let all: Vec<_> = instance_types().collect();
        assert_eq!(all.len(), 1_380);
        assert!(all.is_sorted_by(|a, b| a.name < b.name));
        for facts in all {
            assert_eq!(instance_type(facts.name), Some(facts));
            assert!(
                facts.vcpus > 0 && facts.memory > Memory::ZERO,
                "{}",
                facts.name
            );
        }
        for name in ["", "m5", "m5.larg", "m5.largee", "zzz.large", "M5.LARGE"] {
            assert_eq!(instance_type(name), None, "{name}");
        }
    }

    #[test]
    fn columns_are_read_in_their_order() {
        let g5 = of("g5.12xlarge");
        assert_eq!((g5.vcpus, g5.memory, g5.gpus), (48, Memory::gib(192), 4));
        assert_eq!(g5.gpu_model, Some("NVIDIA A10G"));
        assert_eq!(g5.gpu_memory, Some(Memory::mib(91_552)));
        let m8g = of("m8g.large");
        assert_eq!(m8g.architecture, Architecture::Arm);
        assert_eq!(
            (m8g.network_mbps, m8g.network_peak_mbps),
            (Some(937), Some(12_500))
        );
        assert_eq!((m8g.ebs_mbps, m8g.ebs_peak_mbps), (Some(630), Some(10_000)));
        assert_eq!((m8g.burstable, m8g.current_generation), (Some(false), true));
        assert_eq!(of("t3.medium").burstable, Some(true));
        assert!(of("m5.metal").bare_metal);
        assert_eq!(of("p3.2xlarge").gpu_model, None);
        assert_eq!(of("inf2.48xlarge").accelerators, 12);
        assert_eq!(m8g.source.date, Some("2026-08-02"));
    }

    #[test]
    fn ecs_assigns_gpus_of_nvidia_only() {
        for (name, gpus, assigned) in [
            ("g4dn.xlarge", 1, 1),
            ("g4ad.xlarge", 1, 0),
            ("g4ad.16xlarge", 4, 0),
            ("p3.16xlarge", 8, 8),
            ("dl1.24xlarge", 8, 0),
            ("m5.large", 0, 0),
        ] {
            let facts = of(name);
            assert_eq!((facts.gpus, facts.ecs_gpus()), (gpus, assigned), "{name}");
        }
    }

    #[test]
    fn bandwidths_are_as_aws_lists_them() {
        let m5 = of("m5.large");
        assert_eq!(m5.network_bits_per_second(), Some(750_000_000));
        assert_eq!(m5.network_peak_mbps, Some(10_000));
        assert_eq!((m5.ebs_mbps, m5.ebs_peak_mbps), (Some(650), Some(4_750)));
        let unknown = |of: fn(&InstanceTypeFacts) -> Option<u32>| {
            instance_types().filter(|facts| of(facts).is_none()).count()
        };
        assert_eq!(unknown(|facts| facts.network_mbps), 3);
        assert_eq!(unknown(|facts| facts.network_peak_mbps), 7);
        assert_eq!(unknown(|facts| facts.ebs_mbps), 26);
    }

    /// facts/ecs.md 37 to 39.
    #[test]
    fn memory_is_registered_as_measured_or_as_95_percent() {
        for (name, cpu, mib) in [
            ("m4.large", 2_048, 7_985),
            ("c4.large", 2_048, 3_768),
            ("c4.4xlarge", 16_384, 30_158),
            ("m5.large", 2_048, 7_782),
            ("c5.large", 2_048, 3_891),
        ] {
            let facts = of(name);
            assert_eq!(facts.registered_cpu(), Cpu::units(cpu), "{name}");
            assert_eq!(
                facts.registered_memory(REGISTERED_SHARE),
                Memory::mib(mib),
                "{name}"
            );
        }
    }

    #[test]
    fn interfaces_limit_awsvpc_tasks_as_aws_lists_them() {
        // facts/ecs.md 120 and 121, facts/platform.md W20: without and with a trunk.
        for (name, plain, trunk) in [
            ("m7g.medium", 1, Some(4)),
            ("c5.large", 2, Some(10)),
            ("m6i.xlarge", 3, Some(20)),
            ("r7g.2xlarge", 3, Some(40)),
            ("m5.4xlarge", 7, Some(60)),
            ("m5.8xlarge", 7, Some(60)),
            ("c7i.8xlarge", 7, Some(90)),
            ("m5.12xlarge", 7, Some(60)),
            ("r6i.16xlarge", 14, Some(120)),
            ("m5.24xlarge", 14, Some(120)),
            // facts/ecs.md 122, and types without a trunk.
            ("c5n.large", 2, None),
            ("i3en.xlarge", 3, None),
            ("t3.medium", 2, None),
            ("m4.large", 1, None),
        ] {
            let facts = of(name);
            assert_eq!(facts.task_interfaces(), plain, "{name}");
            assert_eq!(facts.task_interfaces_with_trunk(), trunk, "{name}");
        }
    }
}
