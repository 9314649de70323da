//! New instances for waiting tasks: a zone for each task, and the types of an instance in the order in
//! which they are tried.

use super::super::displaced::{fitting, times};
use crate::cluster::Shape;
use crate::units::{Cpu, GIB, Usd};
use std::cmp::{Ordering, Reverse};

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

/// The types that hold the largest waiting task, in the order in which ECS tries to launch one: by the
/// price per hour for the work that an instance takes, then those that take more, then the cheaper ones.
pub fn preferences(batches: &[Batch<'_>], offers: &[Offer], most: u32) -> Vec<usize> {
    let order = by_size(batches);
    let Some(largest) = order.iter().find(|index| batches[**index].count > 0) else {
        return Vec::new();
    };
    let holds = |(kind, offer): &(usize, &Offer)| {
        batches[*largest].allows[*kind] && fitting(&batches[*largest].need, &offer.capacity) > 0
    };
    let value = |kind: usize, offer: &Offer| -> u128 {
        let taken = fill(batches, &order, kind, offer.capacity, most);
        let tasks = batches.iter().zip(taken);
        tasks
            .map(|(batch, count)| weight(&batch.need) * u128::from(count))
            .sum()
    };
    let held = offers.iter().enumerate().filter(holds);
    let mut found: Vec<(usize, u128, Usd)> = held
        .map(|(kind, offer)| (kind, value(kind, offer), offer.price))
        .collect();
    found.sort_by(|one, other| cheaper(one, other));
    found.into_iter().map(|(kind, ..)| kind).collect()
}

/// Compares price ÷ value, without a division.
fn cheaper(one: &(usize, u128, Usd), other: &(usize, u128, Usd)) -> Ordering {
    let nanos = |price: Usd| u128::try_from(price.as_nanos()).unwrap_or(0);
    let (left, right) = (nanos(one.2) * other.1, nanos(other.2) * one.1);
    left.cmp(&right)
        .then(other.1.cmp(&one.1))
        .then(one.2.cmp(&other.2))
        .then(one.0.cmp(&other.0))
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
        assert_eq!(
            [first(1), first(2), first(4), first(9), first(40)],
            [0, 0, 1, 2, 3]
        );
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
