//! The underused instance that ECS drains next (facts/ecs.md 42k).

use super::super::displaced::{Room, resettle};
use super::super::reservation::WaitingGroup;
use super::packing::{Batch, Offer, by_size, fill, weight};
use crate::cluster::Shape;
use crate::units::{Ratio, Usd};
use std::cmp::Reverse;

/// Tasks on an instance with equal needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HostedTasks {
    /// Their needs and their number.
    pub tasks: WaitingGroup,
    /// By type of the provider: whether it meets their constraints.
    pub allows: Vec<bool>,
}

/// An ACTIVE instance of the provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Host {
    /// Its type among those of the provider.
    pub kind: usize,
    /// Its zone.
    pub zone: usize,
    /// The capacity that is not promised.
    pub free: Shape,
    /// Its tasks, daemons left out.
    pub tasks: Vec<HostedTasks>,
    /// True when it may be drained: it has tasks, and only those of replica services.
    pub may_leave: bool,
}

/// The instance that is drained next: one whose tasks fit other instances of its zone, or one whose
/// tasks fit a type that saves more than a share of its price. Of several the one with the least
/// work, then the most expensive, then the first. One at a time, so that there is capacity for
/// whatever comes (facts/ecs.md 42k). `may_use(task, host)` is false for hosts that take none of
/// the tasks of `(host, tasks)`.
pub fn underused(
    hosts: &[Host],
    offers: &[Offer],
    least_saving: Ratio,
    may_use: impl Fn((usize, usize), usize) -> bool,
) -> Option<usize> {
    let mut candidates: Vec<usize> = (0..hosts.len()).filter(|at| hosts[*at].may_leave).collect();
    candidates.sort_by_key(|at| {
        let host = &hosts[*at];
        (work(host), Reverse(offers[host.kind].price), *at)
    });
    let is_underused = |at: &usize| {
        fits_others(hosts, *at, &may_use) || has_cheaper_type(&hosts[*at], offers, least_saving)
    };
    candidates.into_iter().find(is_underused)
}

/// CPU and memory of the tasks of a host, as one number.
fn work(host: &Host) -> u128 {
    let tasks = host.tasks.iter().map(|hosted| &hosted.tasks);
    tasks
        .map(|group| weight(&group.need) * u128::from(group.waiting))
        .sum()
}

/// True when all tasks of a host fit the free capacity of other hosts of its zone. So the tasks of
/// a service stay spread over zones.
fn fits_others(
    hosts: &[Host],
    at: usize,
    may_use: &impl Fn((usize, usize), usize) -> bool,
) -> bool {
    let others = |index: &usize| *index != at && hosts[*index].zone == hosts[at].zone;
    let others: Vec<usize> = (0..hosts.len()).filter(others).collect();
    let room = |index: &usize| Room {
        free: hosts[*index].free,
        empty: hosts[*index].tasks.is_empty(),
    };
    let mut rooms: Vec<Room> = others.iter().map(room).collect();
    let mut tasks = hosts[at].tasks.iter().enumerate();
    tasks.all(|(number, hosted)| {
        let mut group = hosted.tasks;
        resettle(&mut group, &mut rooms, |room| {
            // An empty instance is idle: it will be removed, and takes no tasks of another one.
            !hosts[others[room]].tasks.is_empty() && may_use((at, number), others[room])
        });
        group.waiting == 0
    })
}

/// True when one instance of another type holds all tasks of a host and costs less by more than
/// the share.
fn has_cheaper_type(host: &Host, offers: &[Offer], least_saving: Ratio) -> bool {
    let batch = |hosted: &'_ HostedTasks| (hosted.tasks, hosted.allows.clone());
    let groups: Vec<(WaitingGroup, Vec<bool>)> = host.tasks.iter().map(batch).collect();
    let batches: Vec<Batch<'_>> = groups
        .iter()
        .map(|(group, allows)| Batch {
            need: group.need,
            count: group.waiting,
            one_per_instance: group.one_per_instance,
            allows,
        })
        .collect();
    let order = by_size(&batches);
    let own = offers[host.kind].price;
    let saves = |price: Usd| {
        let millionths = i128::from(Ratio::MILLIONTHS - least_saving.as_millionths());
        price.as_nanos() * i128::from(Ratio::MILLIONTHS) < own.as_nanos() * millionths
    };
    offers.iter().enumerate().any(|(kind, offer)| {
        saves(offer.price) && {
            let taken = fill(&batches, &order, kind, offer.capacity, u32::MAX);
            let counts = batches.iter().map(|batch| batch.count);
            counts.zip(taken).all(|(count, taken)| count == taken)
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::units::{Cpu, Memory};

    fn shape(cpu: u64, gib: u64) -> Shape {
        Shape {
            cpu: Cpu::vcpus(cpu),
            memory: Memory::gib(gib),
            interfaces: 0,
            gpus: 0,
        }
    }

    const SAVING: Ratio = Ratio::millionths(200_000).expect("below one");

    /// Types of 2, 4 and 8 vCPUs at 10 cents for two vCPUs.
    fn offers() -> Vec<Offer> {
        [2, 4, 8]
            .map(|cpu| Offer {
                capacity: shape(cpu, 4 * cpu),
                price: Usd::nanos(50_000_000 * i128::from(cpu)),
            })
            .into()
    }

    /// A host of a type with tasks of one vCPU.
    fn host(kind: usize, zone: usize, tasks: u32) -> Host {
        let (of, is_empty) = (shape(1, 2), tasks == 0);
        let whole = offers()[kind].capacity;
        let taken = shape(u64::from(tasks), 2 * u64::from(tasks));
        let tasks = WaitingGroup {
            need: of,
            waiting: tasks,
            ..WaitingGroup::default()
        };
        let hosted = HostedTasks {
            tasks,
            allows: vec![true; 3],
        };
        Host {
            kind,
            zone,
            free: whole.less(&taken),
            tasks: if tasks.waiting > 0 {
                vec![hosted]
            } else {
                Vec::new()
            },
            may_leave: !is_empty,
        }
    }

    fn next(hosts: &[Host]) -> Option<usize> {
        underused(hosts, &offers(), SAVING, |_, _| true)
    }

    #[test]
    fn the_one_with_the_least_work_leaves_if_others_of_its_zone_have_room() {
        assert_eq!(next(&[host(1, 0, 3), host(1, 0, 1)]), Some(1));
        assert_eq!(
            next(&[host(0, 0, 2), host(0, 0, 1), host(0, 0, 1)]),
            Some(1)
        );
        // Not into another zone, and not onto an instance that is idle itself.
        assert_eq!(next(&[host(0, 0, 1), host(0, 1, 1)]), None);
        assert_eq!(next(&[host(0, 0, 2), host(0, 0, 0)]), None);
        let mut busy = [host(1, 0, 3), host(1, 0, 1)];
        busy[1].may_leave = false;
        assert_eq!(next(&busy), Some(0), "its three tasks fit there");
        busy[0].may_leave = false;
        assert_eq!(next(&busy), None);
    }

    #[test]
    fn one_that_a_cheaper_type_could_replace_leaves() {
        assert_eq!(next(&[host(2, 0, 5), host(2, 1, 4)]), Some(1));
        assert_eq!(next(&[host(2, 0, 5)]), None);
        // 50 % less is not more than a share of 50 %.
        let half = Ratio::millionths(500_000).expect("below one");
        assert_eq!(
            underused(&[host(2, 1, 4)], &offers(), half, |_, _| true),
            None
        );
        assert_eq!(
            underused(&[host(2, 1, 2)], &offers(), half, |_, _| true),
            Some(0)
        );
    }

    #[test]
    fn tasks_that_no_other_instance_takes_stay() {
        let hosts = [host(1, 0, 3), host(1, 0, 3)];
        assert_eq!(next(&hosts), None);
        let hosts = [host(0, 0, 1), host(0, 0, 1)];
        assert_eq!(underused(&hosts, &offers(), SAVING, |_, _| false), None);
    }
}
