//! The verdict on an expectation, and what work lacked that was not done.

use crate::figures::{Unit, WaitReason};
use serde::{Deserialize, Serialize};

/// The tasks of an entry or a service that lacked capacity.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Lacking {
    /// The entry of `tasks` or the service.
    pub name: String,
    /// What most of them lacked, weighted by time.
    pub reason: WaitReason,
    /// The instances that the latest such task was compared with.
    pub instances: u32,
    /// How many of these instances lacked what.
    pub by_instance: Vec<(WaitReason, u32)>,
}

/// The verdict on one line of `expect:`. A figure is compared once, by its mean over the runs; a
/// level at a time and events are compared in each run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Verdict {
    /// The line as written: `cost.total.perMonth of ec2 below $450`.
    pub text: String,
    /// The variant it was checked on.
    pub variant: String,
    /// True when the mean of the figure satisfies all bounds; of a level and of events, when it does
    /// in as many runs as are asked for.
    pub passed: bool,
    /// The mean of the figure with its unit and all its digits; why there is none. Of a level and of
    /// events the values of the runs, or what the first run showed in which a bound did not hold.
    pub found: String,
    /// The mean over the runs in its unit, of an event its time in seconds; `None` where no run has
    /// a value.
    #[serde(default)]
    pub value: Option<f64>,
    /// The unit of `value` and `bounds`; `None` where the variant has no such figure.
    #[serde(default)]
    pub unit: Option<Unit>,
    /// The values that the mean was compared with.
    #[serde(default)]
    pub bounds: Vec<f64>,
    /// Number of runs that have a value.
    #[serde(default)]
    pub n: usize,
    /// Number of runs.
    #[serde(default)]
    pub runs: usize,
    /// Number of runs in which all bounds hold; of a level and of events only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub held: Option<usize>,
    /// The seed of the first run in which a bound does not hold.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seed: Option<u64>,
    /// What happened instead in that run, in a sentence; only where the expectation failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sentence: Option<String>,
}
