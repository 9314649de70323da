//! The state of the faults of a run.

use crate::cluster::InstanceId;
use crate::engine::random::{Purpose, StreamKey};
use crate::plan::{Fault, FaultKind, Plan};
use crate::units::SimTime;
use std::collections::VecDeque;

/// All faults of a run.
pub(in crate::simulation) struct Faults<'p> {
    pub(super) states: Vec<FaultState<'p>>,
    pub(super) seed: u64,
}

/// The state of one fault of the plan.
pub(super) struct FaultState<'p> {
    pub(super) plan: &'p Fault,
    /// Key of the times between occurrences.
    pub(super) gaps: StreamKey,
    /// Key of the lengths of occurrences.
    pub(super) lengths: StreamKey,
    /// Key of the choice of what an occurrence affects.
    pub(super) choices: StreamKey,
    /// Occurrences so far.
    pub(super) occurrences: u32,
    /// Occurrences that are not over.
    pub(super) active: Vec<Active>,
    /// Failed instances that wait for a repair crew: (occurrence, instance), oldest first.
    pub(super) unrepaired: VecDeque<(u32, InstanceId)>,
    /// The number of failures of each instance that has failed.
    pub(super) failures: Vec<(InstanceId, u64)>,
    /// Instances that had failed by another fault when this fault was due for them.
    pub(super) missed: Vec<InstanceId>,
}

/// An occurrence that is not over, with the zone and instances that it affects.
pub(super) struct Active {
    pub(super) number: u32,
    pub(super) since: SimTime,
    pub(super) zone: Option<usize>,
    pub(super) instances: Vec<InstanceId>,
}

impl<'p> Faults<'p> {
    pub(in crate::simulation) fn new(plan: &'p Plan, seed: u64) -> Self {
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

    /// Removes a terminated instance from the state.
    pub(in crate::simulation) fn instance_gone(&mut self, instance: InstanceId) {
        for state in &mut self.states {
            state.failures.retain(|(id, _)| *id != instance);
            state.missed.retain(|id| *id != instance);
            state.unrepaired.retain(|(_, id)| *id != instance);
        }
    }
}

/// True for a kind of fault that, with `every`, is drawn for each instance, container or task
/// separately.
pub(super) fn is_each_by_itself(kind: &FaultKind) -> bool {
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

/// True when an operator replaces the instances of fixed fleets that a fault ends.
pub(super) fn is_replaced_by_operator(fault: &Fault) -> bool {
    let replaced = matches!(
        fault.kind,
        FaultKind::InstanceFailure { replaced: true, .. }
    );
    replaced && fault.lasts.is_none()
}

/// The index of a fault in the form of events.
pub(super) fn id(number: usize) -> u16 {
    u16::try_from(number).expect("at most 65,535 faults")
}
