//! Why a task was placed where it was, for its line `TaskPlaced` in `events.jsonl`: which instances
//! were candidates, and which rule chose among them.
//!
//! The run that is played again for the file has the built-in policies, each wrapped in
//! [`Explained`], which looks at the instances before it lets the policy choose. No other run pays
//! for it, and no choice changes.

use super::rule::described;
use crate::cluster::{Cluster, InstanceId, Lack, WorkId};
use crate::plan::Plan;
use crate::policy::placement::{OneByOne, Placement, Scheduler, Work, built_in};
use crate::report::{LackCounts, PlacementEvent};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

/// Of a larger fleet only the first instances are looked at, in order of launch.
const MOST_EXAMINED: usize = 1_000;
/// At most this number of candidates is listed.
const MOST_LISTED: usize = 20;

/// The reasons of placements that were made and not yet written, by task.
#[derive(Clone, Default)]
pub struct Reasons(Arc<Mutex<BTreeMap<(WorkId, u64), PlacementEvent>>>);

impl Reasons {
    /// The reason of a task's placement, which is then forgotten; `None` where no policy chose, as
    /// on Fargate and for daemons.
    pub fn take(&self, work: WorkId, ordinal: u64) -> Option<PlacementEvent> {
        let mut reasons = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        reasons.remove(&(work, ordinal))
    }

    fn put(&self, work: &Work<'_>, reason: PlacementEvent) {
        let mut reasons = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        reasons.insert((work.work, work.ordinal()), reason);
    }
}

/// The scheduler of [`built_in_scheduler`](crate::runner::built_in_scheduler), which also writes
/// down the reasons of its placements.
pub fn explaining_scheduler(plan: &Plan, reasons: &Reasons) -> Box<dyn Scheduler> {
    let placements = plan.per_work(|work| -> Box<dyn Placement> {
        let rule = plan.placement_of(work);
        Box::new(Explained {
            policy: built_in(rule),
            rule: described(rule),
            reasons: reasons.clone(),
        })
    });
    Box::new(OneByOne::new(plan.job_queue.order, placements))
}

/// A policy whose choices are explained.
struct Explained {
    policy: Box<dyn Placement>,
    rule: String,
    reasons: Reasons,
}

impl Placement for Explained {
    fn place(&mut self, work: &Work<'_>, cluster: &Cluster) -> Option<InstanceId> {
        let chosen = self.policy.place(work, cluster)?;
        let reason = reason(work, cluster, self.rule.clone());
        self.reasons.put(work, reason);
        Some(chosen)
    }

    fn is_greedy(&self) -> bool {
        self.policy.is_greedy()
    }
}

/// What a policy had to choose from. The cluster is as it was before the choice.
fn reason(work: &Work<'_>, cluster: &Cluster, rule: String) -> PlacementEvent {
    let request = work.request();
    let requirement = request.requirement;
    let pools = requirement.pools.iter();
    let all = pools
        .chain(&requirement.member_of.excluded)
        .flat_map(|pool| cluster.pool(*pool).instances());
    let mut all: Vec<InstanceId> = all.copied().collect();
    all.sort_unstable();
    let mut reason = PlacementEvent {
        rule,
        eligible: all.len(),
        examined: all.len().min(MOST_EXAMINED),
        fitting: 0,
        candidates: Vec::new(),
        lack: LackCounts::default(),
    };
    for id in all.into_iter().take(MOST_EXAMINED) {
        match cluster.lack(id, &request) {
            Some(lack) => *count(&mut reason.lack, lack) += 1,
            None => {
                reason.fitting += 1;
                if reason.candidates.len() < MOST_LISTED {
                    reason.candidates.push(id.index() as u64);
                }
            }
        }
    }
    reason
}

/// The count of a lack.
fn count(counts: &mut LackCounts, lack: Lack) -> &mut usize {
    match lack {
        Lack::Attribute => &mut counts.attribute,
        Lack::Cpu => &mut counts.cpu,
        Lack::Memory => &mut counts.memory,
        Lack::Ports => &mut counts.ports,
        Lack::Gpu => &mut counts.gpu,
        Lack::Interface => &mut counts.interface,
        Lack::MemberOf => &mut counts.member_of,
        Lack::Constraint => &mut counts.constraint,
        Lack::Agent => &mut counts.agent,
    }
}
