//! New instances for waiting tasks: a zone for each task, and the types of an instance in the order in
//! which they are tried.

use super::super::displaced::{fitting, times};
use crate::cluster::Shape;
use crate::units::{Cpu, GIB, Usd};
use std::cmp::Reverse;

/// One vCPU weighs as much as this many GiB of memory: the rounded ratio of Fargate's unit prices.
const CPU_WEIGHT: u128 = 9;

/// Waiting tasks of one zone with equal needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Batch<'a> {
    /// The resources that each of them needs.
    pub need: Shape,
    /// Number of tasks.
    pub count: u32,
    /// True when an instance can hold one of them only.
    pub one_per_instance: bool,
    /// By type of the provider: whether it meets their constraints.
    pub allows: &'a [bool],
}

/// An instance type of the provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Offer {
    /// Its capacity less that of daemon tasks.
    pub capacity: Shape,
    /// Its price per hour for the provider's purchase option, with the fee.
    pub price: Usd,
}

/// The zone of the next task of a service: the one with the fewest of its tasks, then with the fewest
/// instances of the provider, then the first. `None` without an open zone.
pub fn zone_for(tasks: &[u32], instances: &[u32], is_open: &[bool]) -> Option<usize> {
    let open = (0..tasks.len()).filter(|zone| is_open[*zone]);
    open.min_by_key(|zone| (tasks[*zone], instances[*zone], *zone))
}

/// The batches from the largest needs to the smallest, as First Fit Decreasing takes them: by GPUs,
/// then by CPU and memory together.
pub fn by_size(batches: &[Batch<'_>]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..batches.len()).collect();
    order.sort_by_key(|index| {
        let need = &batches[*index].need;
        (Reverse((need.gpus, weight(need))), *index)
    });
    order
}

/// The number of tasks of each batch that an instance of type `kind` takes into its free capacity, at
/// most `most` in all. The batches are taken in `order`.
pub fn fill(
    batches: &[Batch<'_>],
    order: &[usize],
    kind: usize,
    mut free: Shape,
    most: u32,
) -> Vec<u32> {
    let mut taken = vec![0; batches.len()];
    let mut left = most;
    for index in order {
        let batch = &batches[*index];
        if !batch.allows[kind] {
            continue;
        }
        let alone = if batch.one_per_instance { 1 } else { u32::MAX };
        let wanted = batch.count.min(alone).min(left);
        let count = fitting(&batch.need, &free).min(wanted.into());
        free = free.less(&times(&batch.need, count));
        let count = u32::try_from(count).expect("not more than are waiting");
        taken[*index] = count;
        left -= count;
    }
    taken
}

/// The types that hold the largest waiting task, in the order in which ECS tries to launch one: by what
/// all waiting work would cost with this instance first, then those that take more of it, then the
/// cheaper ones.
pub fn preferences(batches: &[Batch<'_>], offers: &[Offer], most: u32) -> Vec<usize> {
    let order = by_size(batches);
    let Some(largest) = order.iter().find(|index| batches[**index].count > 0) else {
        return Vec::new();
    };
    let holds_largest = |kind: usize| {
        let batch = &batches[*largest];
        batch.allows[kind] && fitting(&batch.need, &offers[kind].capacity) > 0
    };
    let taken = |(kind, offer): (usize, &Offer)| Taken {
        kind,
        work: work(batches, &fill(batches, &order, kind, offer.capacity, most)),
        nanos: u128::try_from(offer.price.as_nanos()).unwrap_or(0),
    };
    let all: Vec<u32> = batches.iter().map(|batch| batch.count).collect();
    let all = work(batches, &all);
    let kinds: Vec<Taken> = offers.iter().enumerate().map(taken).collect();
    let mut found: Vec<(u128, Reverse<u128>, u128, usize)> = kinds
        .iter()
        .filter(|of| holds_largest(of.kind))
        .map(|of| {
            (
                of.nanos + cost_of(all - of.work, &kinds),
                Reverse(of.work),
                of.nanos,
                of.kind,
            )
        })
        .collect();
    found.sort_unstable();
    found.into_iter().map(|(.., kind)| kind).collect()
}

/// What an instance of a type takes of the waiting work.
struct Taken {
    kind: usize,
    work: u128,
    /// Its price per hour in nano-dollars.
    nanos: u128,
}

/// The least that work would cost per hour on equal instances, each of which takes as much as the first
/// one of its type. An estimate: the rest is chosen for when its turn comes.
fn cost_of(rest: u128, kinds: &[Taken]) -> u128 {
    let used = kinds.iter().filter(|of| of.work > 0);
    let costs = used.map(|of| rest.div_ceil(of.work) * of.nanos);
    costs.min().unwrap_or(0)
}

/// The weight of some tasks of each batch.
fn work(batches: &[Batch<'_>], counts: &[u32]) -> u128 {
    let tasks = batches.iter().zip(counts);
    tasks
        .map(|(batch, count)| weight(&batch.need) * u128::from(*count))
        .sum()
}

/// CPU and memory as one number, in bytes of memory; at least 1.
pub(super) fn weight(shape: &Shape) -> u128 {
    let cpu = u128::from(shape.cpu.as_base()) * CPU_WEIGHT * u128::from(GIB);
    (cpu / u128::from(Cpu::BASE_PER_VCPU) + u128::from(shape.memory.as_bytes())).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::units::Memory;

    fn shape(cpu: u64, gib: u64) -> Shape {
        Shape {
            cpu: Cpu::vcpus(cpu),
            memory: Memory::gib(gib),
            interfaces: 0,
            gpus: 0,
        }
    }

    fn offer(cpu: u64, gib: u64, cents: i128) -> Offer {
        Offer {
            capacity: shape(cpu, gib),
            price: Usd::nanos(cents * 10_000_000),
        }
    }

    fn batch(need: Shape, count: u32) -> Batch<'static> {
        Batch {
            need,
            count,
            one_per_instance: false,
            allows: &[true; 4],
        }
    }

    /// One task of 5 GiB and one of 9 GiB, with one vCPU each, share the cheapest type that holds
    /// both (the published walk-through, facts/ecs.md 42d).
    #[test]
    fn ecs_42d_the_cheapest_type_that_holds_all_is_first() {
        let offers = [
            offer(2, 4, 7),
            offer(2, 8, 9),
            offer(2, 16, 11),
            offer(4, 16, 18),
        ];
        let batches = [batch(shape(1, 5), 1), batch(shape(1, 9), 1)];
        assert_eq!(preferences(&batches, &offers, 100), [2, 3]);
        let order = by_size(&batches);
        assert_eq!(order, [1, 0]);
        assert_eq!(fill(&batches, &order, 2, offers[2].capacity, 100), [1, 1]);
    }

    #[test]
    fn many_tasks_share_a_large_instance_and_few_a_small_one() {
        // The same price per vCPU in every size.
        let offers = [
            offer(2, 8, 10),
            offer(4, 16, 20),
            offer(8, 32, 40),
            offer(16, 64, 80),
        ];
        let first = |count| preferences(&[batch(shape(1, 2), count)], &offers, 100)[0];
        let counts = [1, 2, 3, 4, 9, 40];
        assert_eq!(counts.map(first), [0, 0, 1, 1, 2, 3]);
        // An instance for each task.
        let alone = preferences(&[batch(shape(1, 2), 40)], &offers, 1);
        assert_eq!(alone[0], 0);
        let one = Batch {
            one_per_instance: true,
            ..batch(shape(1, 2), 40)
        };
        assert_eq!(preferences(&[one], &offers, 100)[0], 0);
    }

    #[test]
    fn types_that_cannot_hold_the_largest_task_are_left_out() {
        let offers = [offer(2, 8, 10), offer(4, 16, 20)];
        let batches = [batch(shape(1, 1), 5), batch(shape(3, 4), 1)];
        assert_eq!(preferences(&batches, &offers, 100), [1]);
        assert!(preferences(&[batch(shape(5, 4), 1)], &offers, 100).is_empty());
        assert!(preferences(&[batch(shape(1, 1), 0)], &offers, 100).is_empty());
        let arm_only = Batch {
            allows: &[false, true],
            ..batch(shape(1, 1), 1)
        };
        assert_eq!(preferences(&[arm_only], &offers, 100), [1]);
    }

    #[test]
    fn a_task_goes_to_the_open_zone_with_the_fewest() {
        let zone = |tasks: &[u32], open: &[bool]| zone_for(tasks, &[3, 1, 2], open);
        assert_eq!(zone(&[1, 0, 0], &[true; 3]), Some(1));
        assert_eq!(zone(&[0, 0, 0], &[true, false, true]), Some(2));
        assert_eq!(zone(&[0, 0, 0], &[false; 3]), None);
    }
}
