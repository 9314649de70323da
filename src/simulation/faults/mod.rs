//! What goes wrong: each fault of the plan strikes at its times or by its own stream, and is
//! over when it is over.

mod containers;
mod fargate;
mod instances;
mod occurrences;
mod outages;

pub(super) use instances::{instance_fails, instance_registered};
pub(super) use occurrences::{begin, end, occur};

use crate::cluster::InstanceId;
use crate::engine::random::{Purpose, StreamKey};
use crate::plan::{Fault, FaultKind, Plan};
use crate::units::SimTime;
use std::collections::VecDeque;

/// All faults of a run.
pub(super) struct Faults<'p> {
    states: Vec<FaultState<'p>>,
    seed: u64,
}

struct FaultState<'p> {
    plan: &'p Fault,
    gaps: StreamKey,
    lengths: StreamKey,
    choices: StreamKey,
    /// Occurrences so far.
    occurrences: u32,
    /// Those that are not over.
    active: Vec<Active>,
    /// Failed instances that wait for a repair crew, by occurrence, the first first.
    unrepaired: VecDeque<(u32, InstanceId)>,
    /// How often each instance that has failed did so.
    failures: Vec<(InstanceId, u64)>,
    /// Instances that were down by another fault when it was to strike them.
    missed: Vec<InstanceId>,
}

/// An occurrence that is not over, with what it has struck.
struct Active {
    number: u32,
    since: SimTime,
    zone: Option<usize>,
    instances: Vec<InstanceId>,
}

impl<'p> Faults<'p> {
    pub(super) fn new(plan: &'p Plan, seed: u64) -> Self {
        let state = |fault: &'p Fault| {
            let key = |purpose| StreamKey::new(seed, purpose, &fault.name);
            FaultState {
                plan: fault,
                gaps: key(Purpose::FaultOccurrence),
                lengths: key(Purpose::FaultLength),
                choices: key(Purpose::FaultChoice),
                occurrences: 0,
                active: Vec::new(),
                unrepaired: VecDeque::new(),
                failures: Vec::new(),
                missed: Vec::new(),
            }
        };
        Self {
            states: plan.faults.iter().map(state).collect(),
            seed,
        }
    }

    /// An instance is gone for good: nothing is remembered of it.
    pub(super) fn instance_gone(&mut self, instance: InstanceId) {
        for state in &mut self.states {
            state.failures.retain(|(id, _)| *id != instance);
            state.missed.retain(|id| *id != instance);
            state.unrepaired.retain(|(_, id)| *id != instance);
        }
    }
}

/// True for what is drawn for each instance, container or task by itself.
fn is_each_by_itself(kind: &FaultKind) -> bool {
    matches!(
        kind,
        FaultKind::InstanceFailure { .. }
            | FaultKind::AgentDisconnect { .. }
            | FaultKind::ContainerCrash { .. }
            | FaultKind::HealthCheckFailure { .. }
            | FaultKind::OutOfMemory { .. }
            | FaultKind::FargateHostLoss
    )
}

/// True when an operator replaces the instances of fixed fleets that are lost.
fn is_replaced_by_operator(fault: &Fault) -> bool {
    let replaced = matches!(
        fault.kind,
        FaultKind::InstanceFailure { replaced: true, .. }
    );
    replaced && fault.lasts.is_none()
}

fn id(number: usize) -> u16 {
    u16::try_from(number).expect("at most 65,535 faults")
}
