//! New instances for waiting tasks: a zone for each task, and the types of an instance in the order in
//! which they are tried.

use super::work::Work;
use crate::cluster::{Prospect, Shape};
use crate::units::Usd;
use std::cmp::Reverse;

/// An instance type of the provider in a zone.
#[derive(Clone, Debug)]
pub struct Offer {
    /// A new instance with its daemons.
    pub prospect: Prospect<'static>,
    /// Its price per hour for the provider's purchase option, with the fee.
    pub price: Usd,
}

/// The zone of the next task of a service: the one with the fewest of its tasks, then with the fewest
/// instances of the provider, then the first. `None` without an open zone.
pub fn zone_for(tasks: &[u32], instances: &[u32], is_open: &[bool]) -> Option<usize> {
    let open = (0..tasks.len()).filter(|zone| is_open[*zone]);
    open.min_by_key(|zone| (tasks[*zone], instances[*zone], *zone))
}

/// The types that hold the largest waiting task, in the order in which ECS tries to launch one: by what
/// all waiting work would cost with this instance first, then those that take more of it, then the
/// cheaper ones. No type comes before another that costs no more and holds at least the same. Types with
/// GPUs are for tasks with GPUs, as long as another type holds the task.
pub fn preferences(work: &Work<'_>, offers: &[Offer], most: u32) -> Vec<usize> {
    let Some(largest) = work.largest() else {
        return Vec::new();
    };
    let largest = &work.batches[largest];
    let has_gpus = |kind: &usize| offers[*kind].prospect.free().gpus > 0;
    let holders = (0..offers.len()).filter(|kind| largest.holds[*kind]);
    let wants_gpus = largest.request.shape.gpus > 0 || holders.clone().all(|kind| has_gpus(&kind));
    let suits = |kind: &usize| wants_gpus || !has_gpus(kind);
    let taken = |kind: usize| Taken {
        kind,
        work: work.weight_of(work.fill(offers[kind].prospect.clone(), most)),
        nanos: u128::try_from(offers[kind].price.as_nanos()).unwrap_or(0),
    };
    let kinds: Vec<Taken> = (0..offers.len()).filter(suits).map(taken).collect();
    let all = work.weight();
    let mut found: Vec<(u128, Reverse<u128>, u128, usize)> = kinds
        .iter()
        .filter(|of| largest.holds[of.kind])
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
    unbeaten_first(work, offers, found.into_iter().map(|(.., kind)| kind))
}

/// Moves each type behind those that beat it.
fn unbeaten_first(
    work: &Work<'_>,
    offers: &[Offer],
    kinds: impl Iterator<Item = usize>,
) -> Vec<usize> {
    let mut left: Vec<usize> = kinds.collect();
    let mut order = Vec::with_capacity(left.len());
    while !left.is_empty() {
        let is_unbeaten =
            |kind: &usize| !left.iter().any(|other| beats(work, offers, *other, *kind));
        let first = left.iter().position(is_unbeaten);
        order.push(left.remove(first.expect("no types beat each other in a circle")));
    }
    order
}

/// True when a type costs no more than another one and holds at least the same. Of two that are equal
/// in everything the first beats the second.
fn beats(work: &Work<'_>, offers: &[Offer], one: usize, other: usize) -> bool {
    let is_no_worse = |one: usize, other: usize| {
        let (a, b) = (&offers[one], &offers[other]);
        a.price <= b.price
            && has_all(&a.prospect.free(), &b.prospect.free())
            && work
                .batches
                .iter()
                .all(|batch| batch.holds[one] || !batch.holds[other])
    };
    one != other && is_no_worse(one, other) && (one < other || !is_no_worse(other, one))
}

/// True when there is at least as much of every resource.
fn has_all(free: &Shape, of: &Shape) -> bool {
    of.less(free) == Shape::default()
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
