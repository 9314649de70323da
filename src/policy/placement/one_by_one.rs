//! A scheduler made from one-task policies. It tries waiting tasks in order, one at a time; each
//! placement changes the capacity that the next task sees (facts/ecs.md 89).

use super::{Pass, Placement, PolicyFailed, QueueOrder, Scheduler};
use crate::cluster::{InstanceId, Pending, PerWork, Request};

/// A scheduler of one-task policies: one per entry of the plan, then one per service.
///
/// With another number of policies the first pass returns [`PolicyFailed`], and the run ends.
pub struct OneByOne {
    order: QueueOrder,
    placements: PerWork<Box<dyn Placement>>,
    /// True when every policy is greedy ([`Placement::is_greedy`]). Then a task that was tried
    /// before can fit only on instances where capacity was freed since.
    greedy: bool,
}

impl OneByOne {
    /// A scheduler with a policy for each entry of the plan's `tasks` and for each of its
    /// services. `order` is that of the client's job queue.
    pub fn new(order: QueueOrder, placements: PerWork<Box<dyn Placement>>) -> Self {
        let greedy = placements.iter().all(|placement| placement.is_greedy());
        Self {
            order,
            placements,
            greedy,
        }
    }

    /// The instance that the policy of the task's entry or service chooses.
    fn choose(&mut self, pass: &Pass<'_>, pending: &Pending) -> Option<InstanceId> {
        self.placements[pending.work].place(&pass.work(pending), pass.cluster)
    }

    /// Places the oldest task repeatedly, until one does not fit. Returns true when no task waits
    /// any more.
    fn place_heads(&mut self, pass: &mut Pass<'_>) -> bool {
        // A head that was tried in an earlier pass fitted no instance. Now it can fit only where
        // capacity was freed.
        let mut tried_before = self.greedy && !pass.is_new;
        while let Some((position, head)) = pass.waiting.oldest() {
            let head = *head;
            if tried_before && !fits_where_freed(pass, &head) {
                return false;
            }
            tried_before = false;
            let Some(instance) = self.choose(pass, &head) else {
                return false;
            };
            pass.waiting.remove(position);
            pass.commit(head.task, instance);
        }
        true
    }

    /// Tries all tasks of the queue that may fit, oldest first.
    fn place_all(&mut self, pass: &mut Pass<'_>) {
        let mut candidates = Candidates::new(pass, self.greedy && !pass.is_new);
        let mut from = 0;
        while let Some(position) = candidates.next(pass, from) {
            let Some(pending) = pass.waiting.get(position).copied() else {
                return;
            };
            match self.choose(pass, &pending) {
                Some(instance) => {
                    pass.waiting.remove(position);
                    pass.commit(pending.task, instance);
                }
                None => candidates.failed(pass),
            }
            from = position + 1;
        }
    }
}

/// Which tasks of the queue a pass tries.
enum Candidates {
    /// All: some policy is not greedy, and may place a task that it left waiting before.
    All,
    /// The tasks that fit one of a few freed instances, each compared by itself.
    FitFew,
    /// With many freed instances: the tasks that need no more than the most free CPU and the
    /// most free memory of any of them. Some of these tasks fit no instance.
    WithinMost {
        cpu: u64,
        memory: u64,
        /// Tasks that were tried and fitted no instance since the maxima were computed.
        failures: u32,
    },
}

/// Up to this number of freed instances are compared each by itself.
const FEW: usize = 4;
/// After this number of failures the most free CPU and memory are computed again: placements have
/// lowered them.
const FAILURES: u32 = 64;

impl Candidates {
    fn new(pass: &Pass<'_>, greedy: bool) -> Self {
        match pass.freed.len() {
            _ if !greedy => Self::All,
            0..=FEW => Self::FitFew,
            _ => Self::most(pass),
        }
    }

    /// The limits of [`Self::WithinMost`] as the freed instances are now.
    fn most(pass: &Pass<'_>) -> Self {
        let (cpu, memory) = pass.freed.iter().fold((0, 0), |most, id| {
            let instance = pass.cluster.instance(*id);
            let (cpu, memory) = (instance.free_cpu(), instance.free_memory());
            (cpu.as_base().max(most.0), memory.as_bytes().max(most.1))
        });
        Self::WithinMost {
            cpu,
            memory,
            failures: 0,
        }
    }

    /// Position of the oldest task at or after `from` that is to be tried.
    fn next(&self, pass: &Pass<'_>, from: usize) -> Option<usize> {
        match *self {
            Self::All => pass
                .waiting
                .first_within(from, u64::MAX, u64::MAX, |_| true),
            Self::WithinMost { cpu, memory, .. } => {
                pass.waiting.first_within(from, cpu, memory, |_| true)
            }
            Self::FitFew => {
                let candidates = pass.freed.iter().filter_map(|id| {
                    let instance = pass.cluster.instance(*id);
                    let (cpu, memory) = (instance.free_cpu(), instance.free_memory());
                    pass.waiting
                        .first_within(from, cpu.as_base(), memory.as_bytes(), |pending| {
                            pass.cluster.fits(*id, &request(pass, pending))
                        })
                });
                candidates.min()
            }
        }
    }

    /// Counts a task that was tried and fitted no instance.
    fn failed(&mut self, pass: &Pass<'_>) {
        if let Self::WithinMost { failures, .. } = self {
            *failures += 1;
            if *failures >= FAILURES {
                *self = Self::most(pass);
            }
        }
    }
}

/// The task's request.
fn request<'a>(pass: &Pass<'a>, pending: &Pending) -> Request<'a> {
    Request {
        shape: pending.shape,
        requirement: &pass.requirements[pending.lane.index()],
    }
}

/// True when the task fits an instance where capacity was freed since the last pass.
fn fits_where_freed(pass: &Pass<'_>, pending: &Pending) -> bool {
    let request = request(pass, pending);
    pass.freed.iter().any(|id| pass.cluster.fits(*id, &request))
}

impl Scheduler for OneByOne {
    fn pass(&mut self, pass: &mut Pass<'_>) -> Result<(), PolicyFailed> {
        let given = (
            self.placements.entries.len(),
            self.placements.services.len(),
        );
        let needed = (pass.streams.entries.len(), pass.streams.services.len());
        if given != needed {
            let message = format!(
                "`OneByOne` has policies for {} entries and {} services, for a plan with {} and {}",
                given.0, given.1, needed.0, needed.1
            );
            return Err(PolicyFailed { message });
        }
        let order = pass.order().unwrap_or(self.order);
        let mut open = match order {
            QueueOrder::HeadOfLine => self.place_heads(pass),
            QueueOrder::SkipAhead => {
                self.place_all(pass);
                true
            }
        };
        // Then the tasks that have just arrived, in order. A task that is not placed stays among
        // the fresh ones, and the simulation queues or refuses it. A task that may not wait
        // stands for a direct call of `RunTask`: no queue blocks it, and it blocks no other task.
        let mut kept = 0;
        for next in 0..pass.fresh.len() {
            let pending = pass.fresh[next];
            let tried = open || !pending.may_wait;
            match if tried {
                self.choose(pass, &pending)
            } else {
                None
            } {
                Some(instance) => pass.commit(pending.task, instance),
                None => {
                    open &= !(order == QueueOrder::HeadOfLine && pending.may_wait);
                    pass.fresh[kept] = pending;
                    kept += 1;
                }
            }
        }
        pass.fresh.truncate(kept);
        Ok(())
    }
}
