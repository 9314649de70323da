//! Amounts of CPU, exact in ECS's unit of 1/1024 vCPU and in Kubernetes' unit of 1/1000 vCPU.

use super::{ParseUnitError, scale_decimal, split_number};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// An amount of CPU, in the base unit of 1/128,000 vCPU. ECS's unit is 125 base units, Kubernetes'
/// millicore 128, so that both are exact.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
pub struct Cpu(u64);

impl Cpu {
    /// No CPU.
    pub const ZERO: Self = Self(0);
    /// Base units per vCPU.
    pub const BASE_PER_VCPU: u64 = 128_000;
    const BASE_PER_UNIT: u64 = 125;
    const BASE_PER_MILLI: u64 = 128;

    /// ECS CPU units: 1,024 are one vCPU.
    pub const fn units(units: u64) -> Self {
        Self(units * Self::BASE_PER_UNIT)
    }
    /// Thousandths of a vCPU, as Kubernetes counts.
    pub const fn millis(millis: u64) -> Self {
        Self(millis * Self::BASE_PER_MILLI)
    }
    /// Whole vCPUs.
    pub const fn vcpus(vcpus: u64) -> Self {
        Self(vcpus * Self::BASE_PER_VCPU)
    }
    /// From the base unit of 1/128,000 vCPU.
    pub const fn base(base: u64) -> Self {
        Self(base)
    }
    /// In the base unit of 1/128,000 vCPU.
    pub const fn as_base(self) -> u64 {
        self.0
    }
    /// Rounds to the nearest whole ECS unit, half up. The result is at most a million vCPUs, which
    /// is above any machine; negative and NaN give zero.
    pub fn from_units_f64(units: f64) -> Self {
        Self::units(((units + 0.5) as u64).min(1024 * 1_000_000))
    }
    /// In vCPUs, for reports only.
    pub fn as_vcpus_f64(self) -> f64 {
        self.0 as f64 / Self::BASE_PER_VCPU as f64
    }
    /// The difference, at least zero.
    pub const fn saturating_sub(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }
    /// In ECS units, rounded up.
    pub const fn ceil_units(self) -> u64 {
        self.0.div_ceil(Self::BASE_PER_UNIT)
    }
    /// The sum; the largest amount where it would overflow.
    #[must_use]
    pub const fn saturating_add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
    /// The sum, or `None` when it is too large.
    pub fn checked_add(self, other: Self) -> Option<Self> {
        self.0.checked_add(other.0).map(Self)
    }
}

const EXPECTED_CPU: &str = "CPU such as `256` (ECS units, 1/1024 vCPU), `0.25 vCPU` or `250m`";

impl FromStr for Cpu {
    type Err = ParseUnitError;

    fn from_str(text: &str) -> Result<Self, ParseUnitError> {
        let bad = |problem: String| ParseUnitError::new(EXPECTED_CPU, problem);
        let (number, unit) = split_number(text);
        let scale = match unit.to_ascii_lowercase().as_str() {
            "" | "units" | "unit" => Self::BASE_PER_UNIT,
            "vcpu" | "vcpus" => Self::BASE_PER_VCPU,
            "m" => Self::BASE_PER_MILLI,
            _ => return Err(bad(format!("`{unit}` is not a unit of CPU"))),
        };
        // `0.5` most likely means half a vCPU; half a unit of 1/1024 vCPU would pass unseen.
        let fraction = number.split_once('.').map_or("", |(_, fraction)| fraction);
        if unit.is_empty() && fraction.contains(|c: char| ('1'..='9').contains(&c)) {
            return Err(bad(format!(
                "`{text}` is not a whole number of ECS units; did you mean `{number} vCPU`?"
            )));
        }
        let base = scale_decimal(number, u128::from(scale)).map_err(bad)?;
        // A million vCPUs is far above any machine and keeps sums inside 64 bits.
        if base > u128::from(Self::BASE_PER_VCPU) * 1_000_000 {
            return Err(bad(format!("`{text}` is too large")));
        }
        Ok(Self(base as u64))
    }
}

impl fmt::Display for Cpu {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let whole = self.0 / Self::BASE_PER_VCPU;
        // Ten digits are exact: the base unit is 0.0000078125 vCPU.
        let digits = (self.0 % Self::BASE_PER_VCPU) * (10_000_000_000 / Self::BASE_PER_VCPU);
        let fraction = format!("{digits:010}");
        match fraction.trim_end_matches('0') {
            "" => write!(f, "{whole} vCPU"),
            digits => write!(f, "{whole}.{digits} vCPU"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quarter_vcpu_is_the_same_in_every_notation() {
        let quarter = Cpu::units(256);
        assert_eq!(quarter, Cpu::millis(250));
        for text in ["256", "0.25 vCPU", "0.25vcpu", "250m", ".25 vCPU"] {
            assert_eq!(text.parse::<Cpu>().unwrap(), quarter, "{text}");
        }
        assert_eq!(quarter.to_string(), "0.25 vCPU");
    }

    #[test]
    fn every_amount_is_written_in_full() {
        for (cpu, text) in [
            (Cpu::units(341), "0.3330078125 vCPU"),
            (Cpu::units(1), "0.0009765625 vCPU"),
            (Cpu::base(1), "0.0000078125 vCPU"),
            (Cpu::millis(1_001), "1.001 vCPU"),
        ] {
            assert_eq!(cpu.to_string(), text);
            assert_eq!(text.parse::<Cpu>().unwrap(), cpu);
        }
    }

    #[test]
    fn text_that_is_not_cpu_is_refused() {
        for text in ["", "lots", "-1", "1 GiB", "NaN", "99999999999999 vCPU"] {
            assert!(text.parse::<Cpu>().is_err(), "{text}");
        }
    }

    #[test]
    fn a_fraction_without_a_unit_is_most_likely_of_a_vcpu() {
        for text in ["0.5", ".25", "1.5"] {
            let problem = text.parse::<Cpu>().unwrap_err().problem;
            assert!(problem.contains(&format!("`{text} vCPU`")), "{problem}");
        }
        assert_eq!("256.0".parse::<Cpu>().unwrap(), Cpu::units(256));
    }
}
