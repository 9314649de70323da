//! Makes a scheduler of one-task policies: tries waiting work in order, one at a time, each
//! placement updating the capacity before the next (facts/ecs.md 89).

use super::{Pass, Placement, PolicyFailed, QueueOrder, Scheduler};
use crate::cluster::{InstanceId, Pending, PerWork, Request};

/// A scheduler of one-task policies: one per entry of the plan, then one per service.
///
/// With too few or too many of them the run ends at its first pass, as [`PolicyFailed`].
pub struct OneByOne {
    order: QueueOrder,
    placements: PerWork<Box<dyn Placement>>,
    /// Every policy places whenever something fits, so that only freed instances can have
    /// room for who is already waiting.
    greedy: bool,
}

impl OneByOne {
    /// A policy for each entry of the plan's `tasks` and for each of its services.
    pub fn new(order: QueueOrder, placements: PerWork<Box<dyn Placement>>) -> Self {
        let greedy = placements.iter().all(|placement| placement.is_greedy());
        Self {
            order,
            placements,
            greedy,
        }
    }

    /// Asks the entry's policy for one task.
    fn choose(&mut self, pass: &Pass<'_>, pending: &Pending) -> Option<InstanceId> {
        self.placements[pending.work].place(&pass.work(pending), pass.cluster)
    }

    /// Tries the oldest, again and again, until one does not go. True when nobody waits.
    fn heads(&mut self, pass: &mut Pass<'_>) -> bool {
        // A head that was tried in an earlier pass found no room anywhere; only a freed
        // instance can have some now.
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

    /// Tries all who have waited, oldest first.
    fn skip(&mut self, pass: &mut Pass<'_>) {
        let mut room = Room::new(pass, self.greedy && !pass.is_new);
        let mut from = 0;
        while let Some(position) = room.next(pass, from) {
            let Some(pending) = pass.waiting.get(position).copied() else {
                return;
            };
            match self.choose(pass, &pending) {
                Some(instance) => {
                    pass.waiting.remove(position);
                    pass.commit(pending.task, instance);
                }
                None => room.disappointed(pass),
            }
            from = position + 1;
        }
    }
}

/// Where those who have waited may find room now.
enum Room {
    /// Anywhere: the policy is not greedy, and may have changed its mind.
    Anywhere,
    /// On a few freed instances, each looked at by itself.
    Few,
    /// On many: whoever needs no more than the most that any of them has free, of each
    /// resource, may try.
    Many {
        cpu: u64,
        memory: u64,
        disappointed: u32,
    },
}

/// At most this number of freed instances are a few.
const FEW: usize = 4;
/// After so many tries in vain the most that is free is looked up again.
const PATIENCE: u32 = 64;

impl Room {
    fn new(pass: &Pass<'_>, greedy: bool) -> Self {
        match pass.freed.len() {
            _ if !greedy => Self::Anywhere,
            0..=FEW => Self::Few,
            _ => Self::most(pass),
        }
    }

    fn most(pass: &Pass<'_>) -> Self {
        let (cpu, memory) = pass.freed.iter().fold((0, 0), |most, id| {
            let instance = pass.cluster.instance(*id);
            let (cpu, memory) = (instance.free_cpu(), instance.free_memory());
            (cpu.as_base().max(most.0), memory.as_bytes().max(most.1))
        });
        Self::Many {
            cpu,
            memory,
            disappointed: 0,
        }
    }

    /// The oldest from a position on who may find room.
    fn next(&self, pass: &Pass<'_>, from: usize) -> Option<usize> {
        match *self {
            Self::Anywhere => pass
                .waiting
                .first_within(from, u64::MAX, u64::MAX, |_| true),
            Self::Many { cpu, memory, .. } => {
                pass.waiting.first_within(from, cpu, memory, |_| true)
            }
            Self::Few => {
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

    /// Somebody tried in vain.
    fn disappointed(&mut self, pass: &Pass<'_>) {
        if let Self::Many { disappointed, .. } = self {
            *disappointed += 1;
            if *disappointed >= PATIENCE {
                *self = Self::most(pass);
            }
        }
    }
}

fn request<'a>(pass: &Pass<'a>, pending: &Pending) -> Request<'a> {
    Request {
        shape: pending.shape,
        requirement: &pass.requirements[pending.lane.index()],
    }
}

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
            QueueOrder::HeadOfLine => self.heads(pass),
            QueueOrder::SkipAhead => {
                self.skip(pass);
                true
            }
        };
        // Those who have just arrived, in order; who finds no room stays among the fresh,
        // and the simulation queues or refuses it. Who does not wait asks `RunTask` directly:
        // no queue blocks it, and it blocks nobody.
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
