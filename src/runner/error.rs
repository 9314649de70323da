//! Why a study has no results.

use crate::policy::placement::PolicyFailed;
use crate::pricing::MissingPrice;
use std::fmt;

/// Why a study ended without results.
#[derive(Debug)]
pub enum RunError {
    /// The flag to stop was set.
    Interrupted,
    /// A policy that is not built in failed.
    Policy {
        /// The variant.
        variant: String,
        /// The seed.
        seed: u64,
        /// What it said.
        failed: PolicyFailed,
    },
    /// A run that was to drain had work left after a hundred years.
    TooLong {
        /// The variant.
        variant: String,
        /// The seed.
        seed: u64,
    },
    /// Something was used for which there is no price.
    Price {
        /// The variant.
        variant: String,
        /// What has no price.
        missing: MissingPrice,
    },
    /// No count makes a fleet fit.
    NoFit {
        /// The variant.
        variant: String,
        /// The largest count that was tried.
        tried: u32,
        /// Why it does not fit.
        reason: String,
    },
    /// A run could not be written down.
    Sink(std::io::Error),
}

impl fmt::Display for RunError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Interrupted => f.write_str("interrupted; nothing was written"),
            Self::Policy {
                variant,
                seed,
                failed,
            } => {
                write!(f, "variant `{variant}`, seed {seed}: {failed}")
            }
            Self::TooLong { variant, seed } => write!(
                f,
                "variant `{variant}`, seed {seed}: work is left after 100 years; `until` a duration instead of `drained`?"
            ),
            Self::Price { variant, missing } => write!(f, "variant `{variant}`: {missing}"),
            Self::NoFit {
                variant,
                tried,
                reason,
            } => write!(
                f,
                "variant `{variant}`: `count: fit` found no count that fits, up to {tried}: {reason}"
            ),
            Self::Sink(error) => write!(f, "{error}"),
        }
    }
}

impl std::error::Error for RunError {}
