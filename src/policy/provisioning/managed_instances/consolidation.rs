//! The underused instance that ECS drains next (facts/ecs.md 42k).

use super::packing::Offer;
use super::work::{Batch, Work};
use crate::cluster::{Prospect, Request};
use crate::units::{Ratio, Usd};
use std::cmp::Reverse;

/// Tasks on an instance with equal needs.
#[derive(Clone, Debug)]
pub struct HostedTasks<'a> {
    /// What each of them requires of an instance.
    pub request: Request<'a>,
    /// Number of tasks.
    pub count: u32,
    /// By type of the provider: whether an instance without other tasks has room for one.
    pub holds: Vec<bool>,
}

/// An ACTIVE instance of the provider.
#[derive(Clone, Debug)]
pub struct Host<'a> {
    /// Its type among those of the provider.
    pub kind: usize,
    /// Its zone among those of the provider.
    pub zone: usize,
    /// The instance with its tasks.
    pub as_is: Prospect<'a>,
    /// Its tasks, daemons left out.
    pub tasks: Vec<HostedTasks<'a>>,
    /// True when it may be drained: it has tasks, and only those of replica services.
    pub may_leave: bool,
}

/// An instance that may leave, and what takes its tasks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Underused {
    /// The instance among the hosts.
    pub host: usize,
    /// The types of which one new instance takes its tasks, the cheapest first; none: other instances
    /// take them.
    pub replaced_by: Vec<usize>,
}

/// What an instance is compared with.
pub struct Market<'a> {
    /// By zone of the provider: its types.
    pub offers: &'a [Vec<Offer>],
    /// The share of its price that a replacement must save.
    pub least_saving: Ratio,
    /// The most tasks of an instance that takes tasks of others.
    pub most_tasks: u32,
    /// True for a type and a zone in which launches have failed lately.
    pub is_dry: &'a dyn Fn(usize, usize) -> bool,
}

/// The instance that is drained next: one whose tasks fit other instances of its zone, or one whose
/// tasks fit a type that saves more than a share of its price. Of several the one with the least
/// work, then the most expensive, then the first. One at a time, so that there is capacity for
/// whatever comes (facts/ecs.md 42k).
pub fn underused(hosts: &[Host<'_>], market: &Market<'_>) -> Option<Underused> {
    let mut candidates: Vec<usize> = (0..hosts.len()).filter(|at| hosts[*at].may_leave).collect();
    let price = |host: &Host<'_>| market.offers[host.zone][host.kind].price;
    candidates.sort_by_key(|at| {
        let host = &hosts[*at];
        (work(host).weight(), Reverse(price(host)), *at)
    });
    candidates.into_iter().find_map(|host| {
        let replaced_by = match fits_others(hosts, host, market.most_tasks) {
            true => Vec::new(),
            false => Some(cheaper_types(&hosts[host], market)).filter(|types| !types.is_empty())?,
        };
        Some(Underused { host, replaced_by })
    })
}

/// The tasks of a host.
fn work<'a>(host: &'a Host<'_>) -> Work<'a> {
    let batch = |hosted: &'a HostedTasks<'_>| Batch {
        request: hosted.request,
        count: hosted.count,
        holds: &hosted.holds,
    };
    Work::new(host.tasks.iter().map(batch).collect())
}

fn count(host: &Host<'_>) -> u32 {
    host.tasks.iter().map(|hosted| hosted.count).sum()
}

/// True when all tasks of a host fit the free capacity of other hosts of its zone. So the tasks of
/// a service stay spread over zones. An empty instance is idle: it will be removed, and takes no tasks
/// of another one.
fn fits_others(hosts: &[Host<'_>], at: usize, most: u32) -> bool {
    let others = hosts.iter().enumerate().filter(|(index, other)| {
        *index != at && other.zone == hosts[at].zone && !other.tasks.is_empty()
    });
    let mut left = work(&hosts[at]);
    for (_, other) in others {
        if !left.has_a_task_for(&other.as_is) {
            continue;
        }
        let most = most.saturating_sub(count(other));
        let placed = left.fill(other.as_is.clone(), most);
        for (batch, count) in placed {
            left.batches[batch].count -= count;
        }
        left = Work::new(left.batches);
        if left.is_empty() {
            return true;
        }
    }
    false
}

/// The types of which one instance takes all tasks of a host and costs less by more than the share, the
/// cheapest first. Types with GPUs replace only such types.
fn cheaper_types(host: &Host<'_>, market: &Market<'_>) -> Vec<usize> {
    let offers = &market.offers[host.zone];
    let own = &offers[host.kind];
    let saves = |price: Usd| {
        let millionths = i128::from(Ratio::MILLIONTHS - market.least_saving.as_millionths());
        price.as_nanos() * i128::from(Ratio::MILLIONTHS) < own.price.as_nanos() * millionths
    };
    let gpus = |offer: &Offer| offer.prospect.free().gpus;
    let work = work(host);
    let takes_all = |kind: &usize| {
        let offer = &offers[*kind];
        saves(offer.price)
            && (gpus(offer) == 0 || gpus(own) > 0)
            && !(market.is_dry)(*kind, host.zone)
            && work.fits_on(offer.prospect.clone())
    };
    let mut found: Vec<usize> = (0..offers.len()).filter(takes_all).collect();
    found.sort_by_key(|kind| (offers[*kind].price, *kind));
    found
}
