//! Memory and storage sizes in whole bytes.

use super::{ParseUnitError, scale_decimal, split_number};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// Bytes in a KiB.
pub const KIB: u64 = 1 << 10;
/// Bytes in a MiB.
pub const MIB: u64 = 1 << 20;
/// Bytes in a GiB.
pub const GIB: u64 = 1 << 30;

/// A size in bytes: memory, volumes, images.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
pub struct Memory(u64);

impl Memory {
    /// Zero bytes.
    pub const ZERO: Self = Self(0);
    /// From bytes.
    pub const fn bytes(bytes: u64) -> Self {
        Self(bytes)
    }
    /// From MiB, the unit of ECS.
    pub const fn mib(mib: u64) -> Self {
        Self(mib * MIB)
    }
    /// From GiB.
    pub const fn gib(gib: u64) -> Self {
        Self(gib * GIB)
    }
    /// In bytes.
    pub const fn as_bytes(self) -> u64 {
        self.0
    }
    /// Rounds a number of bytes to the nearest MiB, half up. The result is at most 1 EiB, which is
    /// above any machine; negative and NaN give zero.
    pub fn from_bytes_f64(bytes: f64) -> Self {
        Self::mib(((bytes / MIB as f64 + 0.5) as u64).min(1 << 40))
    }
    /// In whole MiB, rounded up.
    pub const fn ceil_mib(self) -> u64 {
        self.0.div_ceil(MIB)
    }
    /// In GiB, for reports only.
    pub fn as_gib_f64(self) -> f64 {
        self.0 as f64 / GIB as f64
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
    /// Parses a size. A number without a unit counts in `default_unit` bytes ([`MIB`] in ECS's task
    /// definitions); with 0 a unit is required. `KB`, `MB`, `GB` and `TB` are powers of 1,024, as
    /// in AWS's documentation.
    ///
    /// # Errors
    /// When the text is not a size.
    pub fn parse_with_default(text: &str, default_unit: u64) -> Result<Self, ParseUnitError> {
        let bad = |problem: String| ParseUnitError::new(EXPECTED_MEMORY, problem);
        let (number, unit) = split_number(text);
        // AWS writes GB for 1,024 MiB.
        let scale = match unit.to_ascii_lowercase().as_str() {
            "" if default_unit > 0 => default_unit,
            "" => return Err(bad(format!("`{text}` has no unit"))),
            "b" | "bytes" => 1,
            "k" | "kb" | "kib" | "ki" => KIB,
            "m" | "mb" | "mib" | "mi" => MIB,
            "g" | "gb" | "gib" | "gi" => GIB,
            "t" | "tb" | "tib" | "ti" => GIB << 10,
            _ => return Err(bad(format!("`{unit}` is not a unit of memory"))),
        };
        let bytes = scale_decimal(number, u128::from(scale)).map_err(bad)?;
        // An exbibyte is far above any machine and keeps sums inside 64 bits.
        if bytes > 1 << 60 {
            return Err(bad(format!("`{text}` is too large")));
        }
        Ok(Self(bytes as u64))
    }
}

const EXPECTED_MEMORY: &str = "a size such as `512 MiB`, `2 GB` or `1.5 GiB`";

impl FromStr for Memory {
    type Err = ParseUnitError;

    fn from_str(text: &str) -> Result<Self, ParseUnitError> {
        Self::parse_with_default(text, 0)
    }
}

impl fmt::Display for Memory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0 == 0 {
            return f.write_str("0 MiB");
        }
        let units = [
            ("TiB", GIB << 10),
            ("GiB", GIB),
            ("MiB", MIB),
            ("KiB", KIB),
            ("B", 1),
        ];
        for (name, size) in units {
            // The largest unit in which the size is a multiple of a quarter: 1.5 GiB, 256 MiB.
            if self.0 >= size && (self.0 * 4).is_multiple_of(size) {
                let quarters = self.0 * 4 / size;
                let fraction = ["", ".25", ".5", ".75"][(quarters % 4) as usize];
                return write!(f, "{}{fraction} {name}", quarters / 4);
            }
        }
        write!(f, "{} B", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_print_as_they_are_read() {
        for (text, bytes) in [
            ("512 MiB", 512 * MIB),
            ("1.5 GiB", GIB + GIB / 2),
            ("2 GB", 2 * GIB),
            ("64GiB", 64 * GIB),
            ("7985 MiB", 7985 * MIB),
            ("1000 B", 1000),
        ] {
            let size: Memory = text.parse().unwrap();
            assert_eq!(size.as_bytes(), bytes, "{text}");
            assert_eq!(size.to_string().parse::<Memory>().unwrap(), size, "{text}");
        }
        assert_eq!(
            Memory::parse_with_default("2048", MIB).unwrap(),
            Memory::gib(2)
        );
    }

    #[test]
    fn text_that_is_not_a_size_is_refused() {
        for text in [
            "",
            "2048",
            "-1 MiB",
            "3 apples",
            "0.0001 B",
            "99999999999 TiB",
        ] {
            assert!(text.parse::<Memory>().is_err(), "{text}");
        }
    }
}
