//! A percentage such as `CapacityProviderReservation`, kept as an exact fraction. Comparisons
//! multiply crosswise; only printing rounds. No floats.

use std::cmp::Ordering;
use std::fmt;

/// A non-negative fraction, printed in percent: 2 of 3 is `66.67%`.
#[derive(Clone, Copy, Debug)]
pub struct Percent {
    parts: u64,
    /// Never zero.
    whole: u64,
}

impl Percent {
    /// The fraction `parts ÷ whole`; `None` when `whole` is zero.
    pub const fn of(parts: u32, whole: u32) -> Option<Self> {
        if whole == 0 {
            return None;
        }
        Some(Self {
            parts: parts as u64,
            whole: whole as u64,
        })
    }

    /// From whole percent.
    pub const fn whole(percent: u32) -> Self {
        Self {
            parts: percent as u64,
            whole: 100,
        }
    }

    /// In hundredths of a percent, rounded half up. For reports only: decisions compare the exact
    /// fraction.
    pub const fn hundredths(self) -> u64 {
        let doubled = self.parts as u128 * 20_000 + self.whole as u128;
        (doubled / (2 * self.whole as u128)) as u64
    }

    /// ⌈`count` × this ÷ `target`⌉, computed exactly; at most `u32::MAX`.
    ///
    /// # Panics
    /// When the target is zero.
    pub fn scale(self, count: u32, target: Self) -> u32 {
        assert!(target.parts > 0, "the target is above zero");
        let over = u128::from(count) * u128::from(self.parts) * u128::from(target.whole);
        let under = u128::from(self.whole) * u128::from(target.parts);
        u32::try_from(over.div_ceil(under)).unwrap_or(u32::MAX)
    }
}

impl Ord for Percent {
    fn cmp(&self, other: &Self) -> Ordering {
        let left = u128::from(self.parts) * u128::from(other.whole);
        left.cmp(&(u128::from(other.parts) * u128::from(self.whole)))
    }
}

impl PartialOrd for Percent {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Percent {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Percent {}

impl fmt::Display for Percent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let hundredths = self.hundredths();
        let whole = hundredths / 100;
        match format!("{:02}", hundredths % 100).trim_end_matches('0') {
            "" => write!(f, "{whole}%"),
            digits => write!(f, "{whole}.{digits}%"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fractions_compare_exactly_and_print_rounded() {
        let third = Percent::of(1, 3).unwrap();
        assert_eq!(third.to_string(), "33.33%");
        assert!(third > Percent::whole(33));
        assert!(third < Percent::whole(34));
        assert_eq!(Percent::of(2, 4), Percent::of(1, 2));
        assert_eq!(Percent::of(7, 10).unwrap().to_string(), "70%");
        assert_eq!(Percent::of(1, 8).unwrap().to_string(), "12.5%");
        assert_eq!(Percent::of(1, 0), None);
    }

    #[test]
    fn percentages_that_print_alike_may_differ() {
        // 0.099998 %.
        let nearly = Percent::of(49_999, 50_000_000).unwrap();
        assert_eq!(nearly.to_string(), "0.1%");
        assert!(nearly < Percent::of(1, 1_000).unwrap());
    }

    #[test]
    fn halves_are_rounded_up() {
        assert_eq!(Percent::of(1, 20_000).unwrap().hundredths(), 1);
        assert_eq!(Percent::of(1, 20_001).unwrap().hundredths(), 0);
    }
}
