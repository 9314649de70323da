//! Tasks that wait for capacity, oldest first, with an index over their needs: it finds the
//! oldest task that fits an amount of free CPU and memory.
//!
//! A task that leaves the queue leaves an empty slot. When half of the slots are empty, the
//! queue is compacted, so that its memory is proportional to the number of waiting tasks.

use super::{LaneId, Shape, TaskId, WorkId};

/// Children per node of the index.
const FAN: usize = 16;

/// One waiting task.
#[derive(Clone, Copy, Debug)]
pub struct Pending {
    /// The task.
    pub task: TaskId,
    /// The entry or service that the task belongs to.
    pub work: WorkId,
    /// The revision and capacity provider of the task: where it may be placed.
    pub lane: LaneId,
    /// The resources that it needs.
    pub shape: Shape,
    /// True when the task waits in the job queue until it fits; false when it is refused at
    /// once if it does not fit (`onNoCapacity: fail`).
    pub may_wait: bool,
}

/// The queue. A position is valid until the next [`push`](Self::push) or
/// [`put_back`](Self::put_back).
#[derive(Clone, Debug, Default)]
pub struct PendingQueue {
    /// In order of arrival; `None` where a task has left.
    slots: Vec<Option<Pending>>,
    /// Number of waiting tasks.
    waiting: usize,
    /// All slots before this one are empty.
    front: usize,
    /// The least need below each node; a node of level 0 covers `FAN` slots.
    levels: Vec<Vec<Need>>,
}

/// CPU in 1/128,000 vCPU and memory in bytes. Of several tasks: the least of each resource by
/// itself, which may be of two different tasks.
type Need = (u64, u64);
/// The need of no task: more than any amount.
const NO_TASK: Need = (u64::MAX, u64::MAX);

impl PendingQueue {
    /// Number of waiting tasks.
    pub fn len(&self) -> usize {
        self.waiting
    }

    /// True when no task waits.
    pub fn is_empty(&self) -> bool {
        self.waiting == 0
    }

    /// The waiting tasks with their positions, oldest first.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = (usize, &Pending)> {
        let from = self.front;
        let slots = self.slots[from..].iter().enumerate();
        slots.filter_map(move |(i, slot)| slot.as_ref().map(|pending| (from + i, pending)))
    }

    /// The task at a position; `None` when the slot is empty or there is none.
    pub fn get(&self, position: usize) -> Option<&Pending> {
        self.slots.get(position)?.as_ref()
    }

    /// The oldest task, with its position; `None` when no task waits.
    pub fn oldest(&self) -> Option<(usize, &Pending)> {
        self.iter().next()
    }

    /// Adds a task at the end.
    pub fn push(&mut self, pending: Pending) {
        if self.slots.len() >= 64 && self.slots.len() >= 2 * self.waiting {
            self.compact();
        }
        let position = self.slots.len();
        self.slots.push(Some(pending));
        self.waiting += 1;
        self.grow();
        let need = need_of(&pending);
        let mut node = position;
        for level in &mut self.levels {
            node /= FAN;
            let least = &mut level[node];
            *least = (least.0.min(need.0), least.1.min(need.1));
        }
    }

    /// Adds a task before the first task for which `younger` is true, or at the end. The time is
    /// proportional to the length of the queue.
    pub fn put_back(&mut self, pending: Pending, younger: impl Fn(&Pending) -> bool) {
        let Some((position, _)) = self.iter().find(|(_, other)| younger(other)) else {
            return self.push(pending);
        };
        self.slots.insert(position, Some(pending));
        self.waiting += 1;
        self.compact();
    }

    /// Removes the task at a position.
    ///
    /// # Panics
    /// When no task is at the position.
    pub fn remove(&mut self, position: usize) -> Pending {
        let pending = self.slots[position]
            .take()
            .expect("a task waits at this position");
        self.waiting -= 1;
        while self.front < self.slots.len() && self.slots[self.front].is_none() {
            self.front += 1;
        }
        if self.waiting == 0 {
            self.slots.clear();
            self.front = 0;
            self.levels.clear();
            return pending;
        }
        // Recompute the least need upwards, until a node keeps its value.
        let mut node = position / FAN;
        let mut least = self.slots[node * FAN..]
            .iter()
            .take(FAN)
            .flatten()
            .map(need_of)
            .fold(NO_TASK, lesser);
        for level in 0..self.levels.len() {
            if self.levels[level][node] == least {
                break;
            }
            self.levels[level][node] = least;
            node /= FAN;
            let children = self.levels[level][node * FAN..].iter().take(FAN);
            least = children.copied().fold(NO_TASK, lesser);
        }
        pending
    }

    /// Position of the oldest task at or after position `from` that needs at most `cpu`
    /// (1/128,000 vCPU) and `memory` (bytes) and for which `accept` is true.
    pub fn first_within(
        &self,
        from: usize,
        cpu: u64,
        memory: u64,
        mut accept: impl FnMut(&Pending) -> bool,
    ) -> Option<usize> {
        let mut position = from.max(self.front);
        let within = |need: &Need| need.0 <= cpu && need.1 <= memory;
        'search: while position < self.slots.len() {
            // Skip the largest node that begins here and has no task within the limits.
            let mut node = position;
            let mut width = 1;
            for level in &self.levels {
                if !node.is_multiple_of(FAN) {
                    break;
                }
                node /= FAN;
                if within(&level[node]) {
                    break;
                }
                width *= FAN;
            }
            if width > 1 {
                position += width;
                continue 'search;
            }
            let end = (position / FAN * FAN + FAN).min(self.slots.len());
            // Here the position is inside a leaf node, or at the beginning of one that may have
            // a task within the limits.
            if self
                .levels
                .first()
                .is_some_and(|leaf| !within(&leaf[position / FAN]))
            {
                position = end;
                continue 'search;
            }
            for at in position..end {
                if let Some(pending) = &self.slots[at]
                    && within(&need_of(pending))
                    && accept(pending)
                {
                    return Some(at);
                }
            }
            position = end;
        }
        None
    }

    /// Removes the empty slots and rebuilds the index.
    fn compact(&mut self) {
        self.slots.retain(Option::is_some);
        self.front = 0;
        self.levels.clear();
        self.grow();
        for position in 0..self.slots.len() {
            let need = self.slots[position].as_ref().map_or(NO_TASK, need_of);
            let mut node = position;
            for level in &mut self.levels {
                node /= FAN;
                level[node] = lesser(level[node], need);
            }
        }
    }

    /// Extends the index to all slots.
    fn grow(&mut self) {
        let mut nodes = self.slots.len().div_ceil(FAN).max(1);
        let mut level = 0;
        loop {
            if level == self.levels.len() {
                let least = level.checked_sub(1).map(|below| {
                    let below = &self.levels[below];
                    below
                        .chunks(FAN)
                        .map(|c| c.iter().copied().fold(NO_TASK, lesser))
                        .collect()
                });
                self.levels.push(least.unwrap_or_default());
            }
            if self.levels[level].len() < nodes {
                self.levels[level].resize(nodes, NO_TASK);
            }
            level += 1;
            if nodes == 1 {
                return;
            }
            nodes = nodes.div_ceil(FAN);
        }
    }
}

fn need_of(pending: &Pending) -> Need {
    (pending.shape.cpu.as_base(), pending.shape.memory.as_bytes())
}

/// The lesser of each resource.
fn lesser(a: Need, b: Need) -> Need {
    (a.0.min(b.0), a.1.min(b.1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::units::{Cpu, Memory};
    use proptest::prelude::*;

    fn pending(number: u32, cpu: u64, memory: u64) -> Pending {
        let shape = Shape {
            cpu: Cpu::base(cpu),
            memory: Memory::bytes(memory),
            ..Shape::default()
        };
        Pending {
            task: TaskId {
                slot: number,
                generation: 0,
            },
            work: WorkId::Entry(crate::cluster::EntryId::new(0)),
            lane: LaneId::new(0),
            shape,
            may_wait: true,
        }
    }

    proptest! {
        #[test]
        fn the_index_agrees_with_a_scan(script in prop::collection::vec((0u8..3, 0u64..20, 0u64..20), 0..1500)) {
            let mut queue = PendingQueue::default();
            let mut plain: Vec<(u32, u64, u64)> = Vec::new();
            for (number, (what, cpu, memory)) in script.into_iter().enumerate() {
                if what == 2 && cpu == 7 {
                    let number = number as u32;
                    let older = plain.iter().position(|p| p.0 % 5 == 0).unwrap_or(plain.len());
                    queue.put_back(pending(number, cpu, memory), |p| p.task.slot % 5 == 0);
                    plain.insert(older, (number, cpu, memory));
                } else if what > 0 {
                    queue.push(pending(number as u32, cpu, memory));
                    plain.push((number as u32, cpu, memory));
                } else {
                    let found = queue.first_within(0, cpu, memory, |_| true);
                    let wanted = plain.iter().position(|p| p.1 <= cpu && p.2 <= memory);
                    prop_assert_eq!(found.is_some(), wanted.is_some());
                    if let (Some(found), Some(wanted)) = (found, wanted) {
                        prop_assert_eq!(queue.remove(found).task.slot, plain.remove(wanted).0);
                    }
                }
                prop_assert_eq!(queue.len(), plain.len());
                prop_assert!(queue.iter().map(|(_, p)| p.task.slot).eq(plain.iter().map(|p| p.0)));
            }
        }
    }
}
