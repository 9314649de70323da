//! The quantities that laws and columns can have, how each is written in a scenario, and the unit
//! of the number that it becomes.

use crate::scenario::reading::reader::Cursor;
use crate::units::{Cpu, MIB, Memory, Ratio, Span};

/// The quantity of a law.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Quantity {
    /// Durations, in seconds.
    Seconds,
    /// CPU, in ECS units.
    CpuUnits,
    /// Memory, in bytes; a number without a unit counts MiB.
    Bytes,
    /// Memory per vCPU, in bytes.
    BytesPerVcpu,
    /// Shares of one.
    Share,
}

impl Quantity {
    /// Reads a value and returns it in the unit that its variant names.
    pub fn read(self, at: &Cursor<'_>) -> Option<f64> {
        match self {
            Self::Seconds => at.parse::<Span>().map(Span::as_seconds_f64),
            // 125 base units of 1/128,000 vCPU are one ECS unit of 1/1024 vCPU.
            Self::CpuUnits => at.parse::<Cpu>().map(|cpu| cpu.as_base() as f64 / 125.0),
            Self::Bytes => at
                .parse_with(|text| Memory::parse_with_default(text, MIB))
                .map(|memory| memory.as_bytes() as f64),
            Self::BytesPerVcpu => at.parse::<Memory>().map(|m| m.as_bytes() as f64),
            Self::Share => at.parse::<Ratio>().map(Ratio::as_f64),
        }
    }

    /// As [`read`](Self::read); a value of 0 is reported.
    pub fn read_positive(self, at: &Cursor<'_>) -> Option<f64> {
        let value = self.read(at)?;
        if value > 0.0 {
            return Some(value);
        }
        let text = at.node.as_text().unwrap_or_default();
        at.problem(format!("`{text}` must be above 0")).report();
        None
    }
}

/// [`LONGEST`](crate::plan::LONGEST) in a message.
pub const AT_MOST_LONGEST: &str = "at most 100 years (36500d)";
