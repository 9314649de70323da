//! The plan of one variant as it is played, outside of a study.

use super::error::RunError;
use super::fit::resolve;
use super::options::{Options, built_in_scheduler};
use crate::plan::Plan;
use std::sync::atomic::AtomicBool;

/// The plan as it is played with the built-in policies: with the count that `count: fit` finds in the
/// runs of seeds 1 to `seeds`, where it has one.
///
/// # Errors
/// When no count fits, and as [`play`](super::play).
pub fn fitted(plan: &Plan, seeds: u32, stop: &AtomicBool) -> Result<Plan, RunError> {
    let seeds = if plan.is_without_chance() { 1 } else { seeds };
    let policies = |plan: &Plan| built_in_scheduler(plan).into();
    let (plan, _) = resolve(plan, seeds, &Options::default(), &policies, &(), stop)?;
    Ok(plan.into_owned())
}
