//! Why a study has no results.

use crate::policy::placement::PolicyFailed;
use crate::pricing::MissingPrice;
use crate::units::Span;
use std::fmt;

/// Why a study ended without results. It prints without a prefix and without a final period.
#[derive(Debug)]
pub enum RunError {
    /// The stop flag was set.
    Interrupted,
    /// A policy from outside the library reported an error.
    Policy {
        /// The variant.
        variant: String,
        /// The seed.
        seed: u64,
        /// The policy's error.
        failed: PolicyFailed,
    },
    /// A run with `until: drained` had standalone work left after 100 simulated years.
    TooLong {
        /// The variant.
        variant: String,
        /// The seed.
        seed: u64,
    },
    /// More tasks existed than [`Options::memory_limit`](super::Options::memory_limit) allows.
    TooManyTasks {
        /// The variant.
        variant: String,
        /// The seed.
        seed: u64,
        /// The entry of `tasks` with the most tasks that wait for capacity.
        entry: String,
        /// The number of its tasks that wait.
        waiting: u64,
        /// Where they wait.
        queue: &'static str,
        /// The time from the start of the run.
        at: Span,
        /// The number of all tasks that exist, which is the most that the memory allows.
        tasks: u64,
    },
    /// In a run with `until: drained`, tasks of an entry with unlimited attempts never found room.
    Endless {
        /// The variant.
        variant: String,
        /// The seed.
        seed: u64,
        /// The entry of `tasks`.
        entry: String,
        /// No standalone task had capacity since this time of the run.
        since: Span,
        /// The number of standalone tasks that are left.
        jobs: u64,
        /// What the tasks did not find.
        lacks: &'static str,
    },
    /// A used resource has no price.
    Price {
        /// The variant.
        variant: String,
        /// The resource.
        missing: MissingPrice,
    },
    /// `count: fit` found no count with which the fleet fits.
    NoFit {
        /// The variant.
        variant: String,
        /// The last count that was tried.
        tried: u32,
        /// Why the fleet does not fit.
        reason: String,
    },
    /// The [`Sink`](super::Sink) could not record a run.
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
                "variant `{variant}`, seed {seed}: standalone work is left after 100 years; set `until` to a duration instead of `drained`"
            ),
            Self::TooManyTasks {
                variant,
                seed,
                entry,
                waiting,
                queue,
                at,
                tasks,
            } => write!(
                f,
                "variant `{variant}`, seed {seed}: after {at} there are {tasks} tasks, the most that the memory limit allows; {waiting} tasks of entry `{entry}` wait {queue}: give them more capacity, correct their arrivals, limit the queue with `jobQueue.limit`, or set `--memory-limit`"
            ),
            Self::Endless {
                variant,
                seed,
                entry,
                since,
                jobs,
                lacks,
            } => write!(
                f,
                "variant `{variant}`, seed {seed}: entry `{entry}` is submitted again without end and never finds {lacks}: no standalone task has run since {since}, and {jobs} are left: give them capacity, limit `retry.attempts`, or set `until` to a duration instead of `drained`"
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
