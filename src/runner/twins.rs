//! The twins of a run: the same run without one kind of event, which say what these events cost.

use super::error::RunError;
use super::one_run::{Played, bill, simulate};
use super::options::PolicyFactory;
use crate::engine::Reader;
use crate::plan::{Plan, Until};
use crate::simulation::{Fact, Limits};
use crate::units::{SimTime, Usd};
use std::sync::atomic::AtomicBool;

/// The twins of the runs of a plan: the same without one kind of event, so that the difference in
/// cost is that of these events.
#[derive(Debug)]
pub(super) struct Twins {
    without_faults: Option<Plan>,
    without_deployments: Option<Plan>,
}

/// The costs of the twins of a run; `None` for a plan without such events.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct TwinCosts {
    /// Without faults.
    pub(super) without_faults: Option<Usd>,
    /// Without deployments.
    pub(super) without_deployments: Option<Usd>,
}

impl Twins {
    /// The twins of a plan.
    pub(super) fn of(plan: &Plan) -> Self {
        Self {
            without_faults: plan.without_faults(),
            without_deployments: plan.without_deployments(),
        }
    }

    /// Plays the twins of a run and prices them. They have the same seed, hence the same draws.
    ///
    /// # Errors
    /// When `stop` is true, a policy reports an error, or a price is missing.
    pub(super) fn costs<R: Reader<Fact>>(
        &self,
        seed: u64,
        policies: PolicyFactory<'_>,
        stop: &AtomicBool,
        run: &Played,
        reader: &R,
    ) -> Result<TwinCosts, RunError> {
        // Where the reader of the run ended it early, its twins are played to the same time, as a
        // difference of costs is of the same time.
        let end = reader.is_done().then_some(run.end);
        let cost = |twin: &Option<Plan>| {
            let twin = twin.as_ref();
            let cost = twin.map(|twin| cost(twin, seed, policies, stop, end));
            cost.transpose()
        };
        Ok(TwinCosts {
            without_faults: cost(&self.without_faults)?,
            without_deployments: cost(&self.without_deployments)?,
        })
    }
}

/// The cost of the twin of a run, up to `end` where there is one. It has no reader.
fn cost(
    twin: &Plan,
    seed: u64,
    policies: PolicyFactory<'_>,
    stop: &AtomicBool,
    end: Option<SimTime>,
) -> Result<Usd, RunError> {
    let cut = end.map(|end| Plan {
        until: Until::Elapsed(end.since(SimTime::ZERO)),
        ..twin.clone()
    });
    let twin = cut.as_ref().unwrap_or(twin);
    // The run has shown that its tasks fit into the memory.
    let outcome = simulate(Limits::default(), twin, seed, policies, stop, &mut ())?;
    Ok(bill(twin, &outcome)?.total())
}
