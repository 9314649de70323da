//! Burstable instance types: the CPU credits that they earn, and what surplus credits cost
//! (facts/platform.md 1.4.1 to 1.4.8).

use crate::units::{Cpu, Span, Usd};
use serde::{Deserialize, Serialize};

/// A family of burstable instance types.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum BurstableFamily {
    /// `t2`.
    T2,
    /// `t3`.
    T3,
    /// `t3a`.
    T3a,
    /// `t4g`.
    T4g,
}

/// The credit option of an instance: `creditSpecification.cpuCredits`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum CpuCredits {
    /// `standard`: without credits an instance uses no more than its baseline.
    Standard,
    /// `unlimited`: without credits it spends surplus credits, which may be charged.
    Unlimited,
}

/// A burstable instance type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Burstable {
    /// Its family.
    pub family: BurstableFamily,
    /// Credits that an instance earns per hour, in tenths.
    earned_tenths: u32,
    /// Its vCPUs.
    vcpus: u32,
}

impl BurstableFamily {
    /// All families, in the order of reports.
    pub const ALL: [Self; 4] = [Self::T2, Self::T3, Self::T3a, Self::T4g];

    /// Its name: `t3a`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::T2 => "t2",
            Self::T3 => "t3",
            Self::T3a => "t3a",
            Self::T4g => "t4g",
        }
    }

    /// The credit option of an instance that is launched without one (facts/platform.md 1.4.3).
    pub const fn default_option(self) -> CpuCredits {
        match self {
            Self::T2 => CpuCredits::Standard,
            Self::T3 | Self::T3a | Self::T4g => CpuCredits::Unlimited,
        }
    }

    /// The price of surplus credits per vCPU-hour, on Linux; the same in all regions
    /// (facts/platform.md 1.4.7).
    pub const fn surplus_price(self) -> Usd {
        match self {
            Self::T2 | Self::T3 | Self::T3a => Usd::nanos(50_000_000),
            Self::T4g => Usd::nanos(40_000_000),
        }
    }

    /// Credits per hour in tenths and vCPUs of a size of the family (facts/platform.md 1.4.2).
    fn size(self, size: &str) -> Option<(u32, u32)> {
        Some(match (self, size) {
            (Self::T2, "nano") => (30, 1),
            (Self::T2, "micro") => (60, 1),
            (Self::T2, "small") => (120, 1),
            (Self::T2, "medium") => (240, 2),
            (Self::T2, "large") => (360, 2),
            (Self::T2, "xlarge") => (540, 4),
            (Self::T2, "2xlarge") => (816, 8),
            (_, "nano") => (60, 2),
            (_, "micro") => (120, 2),
            (_, "small" | "medium") => (240, 2),
            (_, "large") => (360, 2),
            (_, "xlarge") => (960, 4),
            (_, "2xlarge") => (1_920, 8),
            _ => return None,
        })
    }
}

impl Burstable {
    /// The CPU that an instance can use without an end: its baseline, at which it spends as many credits
    /// as it earns. A credit is a minute of one vCPU (facts/platform.md 1.4.1).
    pub const fn baseline(self) -> Cpu {
        // Tenths of a vCPU-minute per hour. The tenths of every type are a multiple of 3.
        Cpu::base(self.earned_tenths as u64 * Cpu::BASE_PER_VCPU / 600)
    }

    /// The most credits that an instance keeps: those that it earns in this time.
    pub const KEPT: Span = Span::hours(24);

    /// The credits that an instance gets at its launch, in vCPU-minutes: T2 in standard mode
    /// (facts/platform.md 1.4.3).
    pub const fn launch_credits(self, option: CpuCredits) -> u64 {
        match (self.family, option) {
            (BurstableFamily::T2, CpuCredits::Standard) => 30 * self.vcpus as u64,
            _ => 0,
        }
    }
}

/// The credits of an instance type; `None` for a type that is not burstable.
pub fn burstable(name: &str) -> Option<Burstable> {
    let (family, size) = name.split_once('.')?;
    let family = BurstableFamily::ALL
        .into_iter()
        .find(|known| known.name() == family)?;
    let (earned_tenths, vcpus) = family.size(size)?;
    Some(Burstable {
        family,
        earned_tenths,
        vcpus,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::instance_types;

    /// The catalog's flag and this table are of the same types.
    #[test]
    fn every_burstable_type_of_the_catalog_has_credits() {
        for facts in instance_types() {
            let of_table = burstable(facts.name);
            let is_burstable = facts.burstable == Some(true);
            assert_eq!(of_table.is_some(), is_burstable, "{}", facts.name);
            if let Some(found) = of_table {
                assert_eq!(found.vcpus, facts.vcpus, "{}", facts.name);
            }
        }
    }

    /// facts/platform.md 1.4.2: the baseline of a vCPU is credits per hour ÷ vCPUs ÷ 60.
    #[test]
    fn fact_1_4_2_baselines_follow_from_the_credits() {
        for (name, per_cent) in [
            ("t3.nano", 5.0),
            ("t3.medium", 20.0),
            ("t3a.large", 30.0),
            ("t4g.2xlarge", 40.0),
            ("t2.xlarge", 22.5),
            ("t2.2xlarge", 17.0),
        ] {
            let found = burstable(name).unwrap();
            let baseline = found.baseline().as_vcpus_f64() / f64::from(found.vcpus);
            assert!((baseline * 100.0 - per_cent).abs() < 1e-9, "{name}");
        }
        assert_eq!(burstable("m5.large"), None);
        assert_eq!(burstable("t3.huge"), None);
    }
}
