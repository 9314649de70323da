//! The level of confidence of an interval.

use serde::{Deserialize, Serialize};
use std::fmt;

/// A level of confidence in percent: of many 95 % intervals from independent studies, 95 in 100
/// contain the true mean.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd, Serialize, Deserialize)]
pub struct Confidence(f64);

impl Confidence {
    /// The level `percent`; `None` outside of 50 to 99.99.
    pub fn percent(percent: f64) -> Option<Self> {
        (50.0..=99.99).contains(&percent).then_some(Self(percent))
    }

    /// In percent.
    pub const fn as_percent(self) -> f64 {
        self.0
    }

    /// The probability below the upper end of a two-sided interval: 0.975 at 95 %.
    pub(super) fn upper(self) -> f64 {
        (1.0 + self.0 / 100.0) / 2.0
    }

    /// True for 95 %, the default.
    pub fn is_default(&self) -> bool {
        *self == Self::default()
    }
}

/// 95 %.
impl Default for Confidence {
    fn default() -> Self {
        Self(95.0)
    }
}

/// `95 %`.
impl fmt::Display for Confidence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} %", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_level_is_two_sided_and_from_50_to_99_99() {
        assert_eq!(Confidence::default().upper(), 0.975);
        let level = Confidence::percent(99.9).expect("it is a level");
        assert_eq!(level.to_string(), "99.9 %");
        for wrong in [0.95, 49.9, 100.0, f64::NAN] {
            assert_eq!(Confidence::percent(wrong), None);
        }
    }
}
