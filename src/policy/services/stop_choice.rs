//! Which task of a service stops when the service has too many (facts/ecs.md 91 to 93, 107).
//!
//! Protected tasks never stop. Tasks that are not RUNNING yet stop first, then unhealthy tasks.
//! Then the service's placement strategies apply in the opposite sense, in order. Ties go to the
//! newest start, then to the lowest ordinal (92).

use crate::cluster::Field;
use crate::units::{Cpu, Memory, SimTime};

/// A placement strategy in the opposite sense.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StopRule {
    /// `binpack`: the task whose instance has the most free of a resource after the stop.
    Binpack(Field),
    /// `spread`: a task of the value with the most tasks of the service.
    Spread(SpreadBy),
    /// `random`: the task with the largest [`key`](StopCandidate::key).
    Random,
}

/// What `spread` counts by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SpreadBy {
    /// The Availability Zone.
    Zone,
    /// Each instance.
    Instance,
    /// An attribute: an index into [`StopCandidate::attributes`].
    Attribute(usize),
}

/// A task of the service whose desired status is RUNNING. The caller gives all of them, protected
/// ones too, because they count for `spread` (84).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StopCandidate<'a> {
    /// True when its status is RUNNING.
    pub running: bool,
    /// False when its health check has failed.
    pub healthy: bool,
    /// Its zone, as a number; the same number for all tasks without a zone.
    pub zone: u32,
    /// Its instance, as a number; the same number for all tasks without an instance.
    pub instance: u32,
    /// The value of each attribute that the strategies spread over, as a number.
    pub attributes: &'a [u32],
    /// CPU that is not promised on its instance after the stop.
    pub cpu_left: Cpu,
    /// Memory that is not promised on its instance after the stop.
    pub memory_left: Memory,
    /// Time at which it became RUNNING; `None` before, which counts as the newest.
    pub started: Option<SimTime>,
    /// True while it is protected (227).
    pub protected: bool,
    /// A random number of the task, for [`StopRule::Random`].
    pub key: u64,
    /// Its number in order of creation.
    pub ordinal: u64,
}

/// Index of the task to stop; `None` when all are protected. Without strategies it is a task of the
/// zone with the most tasks, and in it of the instance with the most (91).
pub fn choose_stop(rules: &[StopRule], tasks: &[StopCandidate<'_>]) -> Option<usize> {
    let rules = match rules {
        [] => &[
            StopRule::Spread(SpreadBy::Zone),
            StopRule::Spread(SpreadBy::Instance),
        ],
        rules => rules,
    };
    let open = |index: &usize| !tasks[*index].protected;
    let mut left: Vec<usize> = (0..tasks.len()).filter(open).collect();
    keep_most(&mut left, |index| u64::from(!tasks[index].running));
    keep_most(&mut left, |index| u64::from(!tasks[index].healthy));
    for rule in rules {
        narrow(*rule, &mut left, tasks);
    }
    let newest_then_first = |index: &usize| {
        let task = &tasks[*index];
        let started = task.started.unwrap_or(SimTime::MAX);
        (std::cmp::Reverse(started), task.ordinal)
    };
    left.into_iter().min_by_key(newest_then_first)
}

/// Keeps the tasks that one strategy would stop.
fn narrow(rule: StopRule, left: &mut Vec<usize>, tasks: &[StopCandidate<'_>]) {
    match rule {
        StopRule::Binpack(Field::Cpu) => {
            keep_most(left, |index| tasks[index].cpu_left.as_base());
        }
        StopRule::Binpack(Field::Memory) => {
            keep_most(left, |index| tasks[index].memory_left.as_bytes());
        }
        StopRule::Random => keep_most(left, |index| tasks[index].key),
        StopRule::Spread(by) => {
            let value = |task: &StopCandidate<'_>| match by {
                SpreadBy::Zone => task.zone,
                SpreadBy::Instance => task.instance,
                SpreadBy::Attribute(index) => task.attributes[index],
            };
            let mut values: Vec<u32> = tasks.iter().map(value).collect();
            values.sort_unstable();
            let count = |index: usize| {
                let of = value(&tasks[index]);
                let from = values.partition_point(|other| *other < of);
                (values.partition_point(|other| *other <= of) - from) as u64
            };
            keep_most(left, count);
        }
    }
}

/// Keeps the indices with the largest key.
fn keep_most(indices: &mut Vec<usize>, key: impl Fn(usize) -> u64) {
    let most = indices.iter().map(|index| key(*index)).max();
    indices.retain(|index| Some(key(*index)) == most);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::units::Span;

    fn task(ordinal: u64, zone: u32, instance: u32) -> StopCandidate<'static> {
        StopCandidate {
            running: true,
            healthy: true,
            zone,
            instance,
            attributes: &[],
            cpu_left: Cpu::ZERO,
            memory_left: Memory::ZERO,
            started: Some(SimTime::ZERO + Span::seconds(ordinal)),
            protected: false,
            key: 0,
            ordinal,
        }
    }

    #[test]
    fn fact_91_with_binpack_the_most_left_after_the_stop() {
        let mut tasks = [task(0, 0, 0), task(1, 0, 1), task(2, 0, 2)];
        tasks[0].cpu_left = Cpu::units(512);
        tasks[1].cpu_left = Cpu::units(1536);
        tasks[2].cpu_left = Cpu::units(1024);
        tasks[2].memory_left = Memory::mib(1);
        let rule = |field| [StopRule::Binpack(field)];
        assert_eq!(choose_stop(&rule(Field::Cpu), &tasks), Some(1));
        assert_eq!(choose_stop(&rule(Field::Memory), &tasks), Some(2));
    }

    #[test]
    fn fact_91_without_strategies_the_fullest_zone_then_its_fullest_instance() {
        let tasks = [
            task(9, 0, 0),
            task(1, 1, 1),
            task(2, 1, 2),
            task(3, 1, 2),
            task(8, 1, 3),
        ];
        assert_eq!(choose_stop(&[], &tasks), Some(3));
    }

    #[test]
    fn fact_92_chains_apply_in_order() {
        let mut tasks = [task(0, 0, 0), task(1, 1, 1), task(2, 1, 2)];
        tasks[0].memory_left = Memory::mib(900);
        tasks[1].memory_left = Memory::mib(800);
        tasks[2].memory_left = Memory::mib(700);
        let spread = StopRule::Spread(SpreadBy::Zone);
        let binpack = StopRule::Binpack(Field::Memory);
        assert_eq!(choose_stop(&[spread, binpack], &tasks), Some(1));
        assert_eq!(choose_stop(&[binpack, spread], &tasks), Some(0));
    }

    #[test]
    fn fact_92_spread_over_an_attribute_counts_its_values() {
        let values = [[7, 0], [8, 0], [8, 0], [7, 1], [7, 1]];
        let mut tasks = [0, 1, 2, 3, 4].map(|n| task(n, 0, 0));
        for (task, values) in tasks.iter_mut().zip(&values) {
            task.attributes = values;
        }
        let rule = |index| [StopRule::Spread(SpreadBy::Attribute(index))];
        assert_eq!(choose_stop(&rule(0), &tasks), Some(4));
        assert_eq!(choose_stop(&rule(1), &tasks), Some(2));
    }

    #[test]
    fn fact_92_ties_go_to_the_newest_start_then_the_lowest_ordinal() {
        let mut tasks = [task(5, 0, 0), task(4, 0, 1), task(3, 0, 2)];
        let rule = [StopRule::Spread(SpreadBy::Instance)];
        assert_eq!(choose_stop(&rule, &tasks), Some(0));
        for task in &mut tasks {
            task.started = Some(SimTime::ZERO);
        }
        assert_eq!(choose_stop(&rule, &tasks), Some(2));
        tasks[0].key = 3;
        assert_eq!(choose_stop(&[StopRule::Random], &tasks), Some(0));
    }

    #[test]
    fn fact_93_not_running_then_unhealthy_then_by_strategy() {
        let mut tasks = [task(0, 0, 0), task(1, 0, 0), task(2, 1, 1), task(3, 2, 2)];
        assert_eq!(choose_stop(&[], &tasks), Some(1));
        tasks[2].healthy = false;
        assert_eq!(choose_stop(&[], &tasks), Some(2));
        tasks[3].running = false;
        tasks[3].started = None;
        assert_eq!(choose_stop(&[], &tasks), Some(3));
    }

    #[test]
    fn fact_93_protected_tasks_stay_but_count() {
        let mut tasks = [task(0, 0, 0), task(1, 0, 0), task(2, 1, 1)];
        tasks[0].protected = true;
        assert_eq!(choose_stop(&[], &tasks), Some(1));
        tasks[1].protected = true;
        assert_eq!(choose_stop(&[], &tasks), Some(2));
        tasks[2].protected = true;
        assert_eq!(choose_stop(&[], &tasks), None);
    }
}
