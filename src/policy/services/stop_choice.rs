//! Which task of a service stops when the service has too many (facts/ecs.md 91 to 93, 107).
//!
//! Tasks that are not RUNNING yet stop first, then unhealthy tasks. Then the service's placement
//! strategies apply in the opposite sense, in order. Ties go to the newest start, then to the
//! lowest ordinal (92).

use crate::cluster::Field;
use crate::units::{Cpu, Memory, SimTime};
use std::cmp::Ordering;

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

/// A task of the service whose desired status is RUNNING.
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
    /// A random number of the task, for [`StopRule::Random`].
    pub key: u64,
    /// Its number in order of creation.
    pub ordinal: u64,
}

/// The tasks of a service, from which one after another is chosen to stop. A choice takes time in
/// proportion to the number of tasks, and allocates no memory.
#[derive(Clone, Debug)]
pub struct StopChoice<'a> {
    rules: Vec<Resolved>,
    tasks: Vec<StopCandidate<'a>>,
    /// The indices of the tasks that have not stopped, ascending.
    left: Vec<usize>,
}

/// A rule with what it counts.
#[derive(Clone, Debug)]
enum Resolved {
    Binpack(Field),
    Random,
    /// By task: its value; and by value: the number of tasks that are left.
    Spread {
        value: Vec<u32>,
        tasks: Vec<u64>,
    },
}

impl<'a> StopChoice<'a> {
    /// A choice by the opposites of a service's placement strategies, in order. Without strategies a
    /// task of the zone with the most tasks stops, and in it of the instance with the most (91).
    /// The tasks are all of the service whose desired status is RUNNING, also those that may not
    /// stop, because they count for `spread` (84).
    pub fn new(rules: &[StopRule], tasks: Vec<StopCandidate<'a>>) -> Self {
        let rules = match rules {
            [] => &[
                StopRule::Spread(SpreadBy::Zone),
                StopRule::Spread(SpreadBy::Instance),
            ],
            rules => rules,
        };
        Self {
            rules: rules.iter().map(|rule| resolve(*rule, &tasks)).collect(),
            left: (0..tasks.len()).collect(),
            tasks,
        }
    }

    /// The index of the task that stops next, of those for which `may_stop` is true; `None` when
    /// there is none.
    pub fn next(&self, may_stop: impl Fn(usize) -> bool) -> Option<usize> {
        let open = self.left.iter().copied().filter(|index| may_stop(*index));
        open.max_by(|a, b| self.compare(*a, *b))
    }

    /// Takes a task that has stopped out of the counts. `cpu` and `memory` were freed on its
    /// instance for each other task there.
    pub fn stopped(&mut self, index: usize, cpu: Cpu, memory: Memory) {
        if let Ok(at) = self.left.binary_search(&index) {
            self.left.remove(at);
        }
        let instance = self.tasks[index].instance;
        for rule in &mut self.rules {
            if let Resolved::Spread { value, tasks } = rule {
                tasks[value[index] as usize] -= 1;
            }
        }
        for other in &self.left {
            let task = &mut self.tasks[*other];
            if task.instance == instance {
                task.cpu_left = task.cpu_left.saturating_add(cpu);
                task.memory_left = task.memory_left.saturating_add(memory);
            }
        }
    }

    /// Compares two tasks: the greater stops first.
    fn compare(&self, a: usize, b: usize) -> Ordering {
        let (first, second) = (&self.tasks[a], &self.tasks[b]);
        let first_not_running = second.running.cmp(&first.running);
        let by_status = first_not_running.then(second.healthy.cmp(&first.healthy));
        let by_rules = self.rules.iter().fold(by_status, |so_far, rule| {
            so_far.then_with(|| match rule {
                Resolved::Binpack(Field::Cpu) => first.cpu_left.cmp(&second.cpu_left),
                Resolved::Binpack(Field::Memory) => first.memory_left.cmp(&second.memory_left),
                Resolved::Random => first.key.cmp(&second.key),
                Resolved::Spread { value, tasks } => {
                    let of = |index: usize| tasks[value[index] as usize];
                    of(a).cmp(&of(b))
                }
            })
        });
        let started = |task: &StopCandidate<'_>| task.started.unwrap_or(SimTime::MAX);
        by_rules
            .then_with(|| started(first).cmp(&started(second)))
            .then_with(|| second.ordinal.cmp(&first.ordinal))
    }
}

/// Numbers the values of a `spread` from 0 and counts the tasks of each.
fn resolve(rule: StopRule, tasks: &[StopCandidate<'_>]) -> Resolved {
    let by = match rule {
        StopRule::Binpack(field) => return Resolved::Binpack(field),
        StopRule::Random => return Resolved::Random,
        StopRule::Spread(by) => by,
    };
    let value_of = |task: &StopCandidate<'_>| match by {
        SpreadBy::Zone => task.zone,
        SpreadBy::Instance => task.instance,
        SpreadBy::Attribute(index) => task.attributes[index],
    };
    let mut values: Vec<u32> = tasks.iter().map(value_of).collect();
    values.sort_unstable();
    values.dedup();
    let number = |task| values.partition_point(|value| *value < value_of(task)) as u32;
    let value: Vec<u32> = tasks.iter().map(number).collect();
    let mut counts = vec![0; values.len()];
    for number in &value {
        counts[*number as usize] += 1;
    }
    Resolved::Spread {
        value,
        tasks: counts,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::units::Span;

    fn choose_stop(rules: &[StopRule], tasks: &[StopCandidate<'_>]) -> Option<usize> {
        StopChoice::new(rules, tasks.to_vec()).next(|_| true)
    }

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
    fn fact_93_tasks_that_may_not_stop_count() {
        let tasks = [task(0, 0, 0), task(1, 0, 0), task(2, 1, 1)];
        let choice = StopChoice::new(&[], tasks.to_vec());
        assert_eq!(choice.next(|index| index > 0), Some(1));
        assert_eq!(choice.next(|index| index > 1), Some(2));
        assert_eq!(choice.next(|_| false), None);
    }

    #[test]
    fn one_after_another_is_what_a_new_choice_among_the_rest_gives() {
        let mut random = crate::engine::random::SplitMix64(7);
        let chains: [&[StopRule]; 4] = [
            &[],
            &[StopRule::Binpack(Field::Cpu)],
            &[
                StopRule::Spread(SpreadBy::Zone),
                StopRule::Binpack(Field::Memory),
            ],
            &[StopRule::Spread(SpreadBy::Instance), StopRule::Random],
        ];
        for rules in chains {
            let mut tasks: Vec<StopCandidate<'_>> = (0..40)
                .map(|ordinal| StopCandidate {
                    running: !random.next_u64().is_multiple_of(5),
                    key: random.next_u64() % 3,
                    cpu_left: Cpu::units(random.next_u64() % 3),
                    ..task(ordinal, (ordinal % 3) as u32, (ordinal % 7) as u32)
                })
                .collect();
            let mut choice = StopChoice::new(rules, tasks.clone());
            let (cpu, memory) = (Cpu::units(1), Memory::mib(1));
            while let Some(index) = choice.next(|index| !index.is_multiple_of(11)) {
                let ordinal = choice.tasks[index].ordinal;
                let again = StopChoice::new(rules, tasks.clone());
                let fresh = again.next(|index| !tasks[index].ordinal.is_multiple_of(11));
                assert_eq!(fresh.map(|index| tasks[index].ordinal), Some(ordinal));
                choice.stopped(index, cpu, memory);
                let instance = (ordinal % 7) as u32;
                tasks.retain(|task| task.ordinal != ordinal);
                for other in tasks.iter_mut().filter(|task| task.instance == instance) {
                    other.cpu_left = other.cpu_left.saturating_add(cpu);
                    other.memory_left = other.memory_left.saturating_add(memory);
                }
            }
            assert_eq!(tasks.len(), 4);
        }
    }
}
