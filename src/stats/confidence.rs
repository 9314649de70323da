//! How sure an interval is.

use serde::{Deserialize, Serialize};
use std::fmt;

/// The level of an interval in percent: of many intervals at 95 %, taken from independent
/// studies, 95 in 100 hold the true mean.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd, Serialize, Deserialize)]
pub struct Confidence(f64);

impl Confidence {
    /// A level of `percent`; `None` unless it is from 50 to 99.99.
    pub fn percent(percent: f64) -> Option<Self> {
        (50.0..=99.99).contains(&percent).then_some(Self(percent))
    }

    /// In percent.
    pub const fn as_percent(self) -> f64 {
        self.0
    }

    /// The share that lies below the upper end of the interval: 0.975 at 95 %.
    pub(super) fn upper(self) -> f64 {
        (1.0 + self.0 / 100.0) / 2.0
    }

    /// True for the level that is used unless another is asked for.
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
    fn a_level_is_a_share_in_the_middle() {
        assert_eq!(Confidence::default().upper(), 0.975);
        let level = Confidence::percent(99.9).expect("it is a level");
        assert_eq!(level.to_string(), "99.9 %");
        for wrong in [0.95, 49.9, 100.0, f64::NAN] {
            assert_eq!(Confidence::percent(wrong), None);
        }
    }
}
