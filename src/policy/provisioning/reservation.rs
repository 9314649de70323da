//! `CapacityProviderReservation`: the number of instances that a capacity provider needs, divided
//! by the number that it has, and the group size that follows from it (facts/ecs.md 135 to 146,
//! 149, 153).
//!
//! The decisions on this metric are in `managed_scaling.rs`; its delay and its alarms are in
//! `monitoring`.

use super::Percent;
use crate::cluster::Shape;

/// Waiting tasks of one capacity provider with equal needs (140a). Only tasks that wait in
/// PROVISIONING for capacity of this provider count; tasks with a launch type do not (146).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct WaitingGroup {
    /// The resources that each of them needs.
    pub need: Shape,
    /// Number of waiting tasks.
    pub waiting: u32,
    /// True when an instance can hold one of them only: `distinctInstance`, or host ports
    /// (143).
    pub one_per_instance: bool,
    /// True when its constraints match no instance type of the Auto Scaling group (144).
    pub matches_no_type: bool,
}

/// Bounds on how many instances are added at once: `minimumScalingStepSize` and
/// `maximumScalingStepSize`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Steps {
    /// The least number of instances.
    pub minimum: u32,
    /// The largest number of instances; the minimum applies when it is above.
    pub maximum: u32,
}

impl Default for Steps {
    /// 1 and 10,000 (facts/ecs.md 151).
    fn default() -> Self {
        Self {
            minimum: 1,
            maximum: 10_000,
        }
    }
}

/// Why a group of waiting tasks is left out of the metric.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Incompatible {
    /// No type of the group satisfies its constraints, or the group has no types (144).
    MatchesNoType,
    /// More CPU than the smallest type has (140c).
    Cpu,
    /// More memory than the smallest type has.
    Memory,
    /// More network interfaces than the smallest type has.
    Interfaces,
    /// More GPUs than the smallest type has.
    Gpus,
}

/// The additional instances that waiting tasks need of a capacity provider.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Demand {
    /// Number of additional instances; zero when no compatible task waits.
    pub additional: u32,
    /// Indices of groups with waiting tasks that are left out, and why.
    pub excluded: Vec<(usize, Incompatible)>,
}

/// The number of instances to add for waiting tasks (140): the largest need of any group (141),
/// limited by the steps (140e). `types` has the capacity of each instance type of the Auto Scaling
/// group, less what daemon tasks reserve.
pub fn demand(groups: &[WaitingGroup], types: &[Shape], steps: Steps) -> Demand {
    let smallest = types.iter().copied().reduce(component_wise(u64::min));
    let largest = types.iter().copied().reduce(component_wise(u64::max));
    let mut demand = Demand::default();
    let mut most = None;
    let waiting = groups.iter().enumerate().filter(|(_, g)| g.waiting > 0);
    for (index, group) in waiting {
        match incompatible(group, smallest) {
            Some(why) => demand.excluded.push((index, why)),
            None => most = most.max(largest.map(|largest| instances_for(group, largest))),
        }
    }
    if let Some(most) = most {
        demand.additional = steps.minimum.max(steps.maximum.min(most));
    }
    demand
}

/// Combines two shapes resource by resource. The smallest and the largest "type" are made this way
/// and need not exist (142).
fn component_wise(pick: fn(u64, u64) -> u64) -> impl Fn(Shape, Shape) -> Shape {
    use crate::units::{Cpu, Memory};
    move |a, b| {
        let small = |a: u32, b: u32| {
            u32::try_from(pick(a.into(), b.into())).expect("one of two u32 is a u32")
        };
        Shape {
            cpu: Cpu::base(pick(a.cpu.as_base(), b.cpu.as_base())),
            memory: Memory::bytes(pick(a.memory.as_bytes(), b.memory.as_bytes())),
            interfaces: small(a.interfaces, b.interfaces),
            gpus: small(a.gpus, b.gpus),
        }
    }
}

/// Why the group does not fit the smallest type (140c); `None` when it does.
fn incompatible(group: &WaitingGroup, smallest: Option<Shape>) -> Option<Incompatible> {
    let Some(smallest) = smallest.filter(|_| !group.matches_no_type) else {
        return Some(Incompatible::MatchesNoType);
    };
    let need = group.need;
    let checks = [
        (need.cpu > smallest.cpu, Incompatible::Cpu),
        (need.memory > smallest.memory, Incompatible::Memory),
        (
            need.interfaces > smallest.interfaces,
            Incompatible::Interfaces,
        ),
        (need.gpus > smallest.gpus, Incompatible::Gpus),
    ];
    checks.into_iter().find(|(lacks, _)| *lacks).map(|c| c.1)
}

/// The number of instances of the largest type that hold the group (143). The group fits the
/// smallest type, so that at least one task fits the largest.
fn instances_for(group: &WaitingGroup, largest: Shape) -> u32 {
    let need = group.need;
    let pairs: [(u64, u64); 4] = [
        (largest.cpu.as_base(), need.cpu.as_base()),
        (largest.memory.as_bytes(), need.memory.as_bytes()),
        (largest.interfaces.into(), need.interfaces.into()),
        (largest.gpus.into(), need.gpus.into()),
    ];
    let each = pairs
        .iter()
        .filter_map(|(has, needs)| has.checked_div(*needs));
    let fit = each.min().unwrap_or(u64::MAX);
    let fit = if group.one_per_instance { 1 } else { fit };
    let count = u64::from(group.waiting).div_ceil(fit);
    u32::try_from(count).expect("no more instances than waiting tasks")
}

/// One datapoint of `CapacityProviderReservation`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reservation {
    /// M instances are needed, N are running (135).
    Measured {
        /// M.
        needed: u32,
        /// N: container instances of the provider that are ACTIVE (138).
        running: u32,
    },
    /// Tasks wait, but no instance of the group could hold any of them. The metric equals the
    /// target, so that the group neither grows nor shrinks (140c).
    AtTarget {
        /// N.
        running: u32,
    },
}

impl Reservation {
    /// The datapoint of a provider with `running` ACTIVE instances (138), `empty` of them
    /// without tasks other than daemon tasks (139), and this demand.
    pub fn new(running: u32, empty: u32, demand: &Demand) -> Self {
        let needed = match (demand.additional, demand.excluded.is_empty()) {
            // No task waits: empty instances are not needed (139).
            (0, true) => running.saturating_sub(empty),
            (0, false) => return Self::AtTarget { running },
            // Tasks wait: all running instances count as needed (140).
            (additional, _) => running.saturating_add(additional),
        };
        Self::Measured { needed, running }
    }

    /// The metric's value, where `target` is `targetCapacity` in percent.
    pub fn metric(self, target: u32) -> Percent {
        match self {
            Self::Measured { needed, running } => metric(needed, running),
            Self::AtTarget { .. } => Percent::whole(target),
        }
    }

    /// M and N. Where the metric is set to the target, all instances that run count as needed.
    pub fn numbers(self) -> (u32, u32) {
        match self {
            Self::Measured { needed, running } => (needed, running),
            Self::AtTarget { running } => (running, running),
        }
    }
}

/// `CapacityProviderReservation` = M ÷ N (135), as an exact fraction. Without instances it
/// is 100 % when none are needed, else 200 %, whatever the need (136).
pub fn metric(needed: u32, running: u32) -> Percent {
    Percent::of(needed, running).unwrap_or(Percent::whole(if needed == 0 { 100 } else { 200 }))
}

/// The group size of target tracking: ⌈`capacity` × metric ÷ target⌉, computed exactly (149).
/// `capacity` is the number of instances past their warm-up; zero counts as one (137). The caller
/// limits the result to the group's minimum and maximum.
///
/// # Panics
/// When the target is zero; AWS allows 1 to 100 (147).
pub fn desired(capacity: u32, metric: Percent, target: u32) -> u32 {
    metric.scale(capacity.max(1), Percent::whole(target))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::units::{Cpu, Memory};

    fn shape(cpu: u64, mib: u64) -> Shape {
        Shape {
            cpu: Cpu::units(cpu),
            memory: Memory::mib(mib),
            ..Shape::default()
        }
    }

    fn group(cpu: u64, mib: u64, waiting: u32) -> WaitingGroup {
        WaitingGroup {
            need: shape(cpu, mib),
            waiting,
            ..WaitingGroup::default()
        }
    }

    fn measured(needed: u32, running: u32) -> Reservation {
        Reservation::Measured { needed, running }
    }

    #[test]
    fn fact_136_without_instances_the_metric_is_100_or_200() {
        assert_eq!(metric(0, 0), Percent::whole(100));
        assert_eq!(metric(1, 0), Percent::whole(200));
        assert_eq!(metric(4_000, 0), Percent::whole(200));
        assert_eq!(metric(50, 10), Percent::whole(500));
    }

    #[test]
    fn fact_137_from_zero_two_instances_come_first() {
        assert_eq!(desired(0, metric(30, 0), 100), 2);
    }

    #[test]
    fn fact_137a_below_100_the_formula_gives_more_from_zero() {
        assert_eq!(desired(0, metric(30, 0), 80), 3);
        assert_eq!(desired(0, metric(30, 0), 50), 4);
    }

    #[test]
    fn fact_139_empty_instances_are_not_needed() {
        let no_demand = Demand::default();
        let all_busy = Reservation::new(10, 0, &no_demand);
        assert_eq!(all_busy.metric(100), Percent::whole(100));
        let three_empty = Reservation::new(10, 3, &no_demand);
        assert_eq!(three_empty, measured(7, 10));
        assert_eq!(three_empty.metric(100), Percent::whole(70));
        assert_eq!(
            Reservation::new(4, 4, &no_demand).metric(100),
            Percent::whole(0)
        );
    }

    #[test]
    fn fact_140_groups_are_counted_on_the_largest_type_and_fit_the_smallest() {
        let types = [shape(2048, 7_000), shape(8192, 15_000)];
        // Eight by CPU on the larger type, seven by memory.
        let waits = [group(1024, 2_000, 15)];
        assert_eq!(demand(&waits, &types, Steps::default()).additional, 3);
        // It would fit the larger type, but not the smaller.
        let large = [group(4096, 2_000, 5), group(1024, 9_000, 5)];
        let found = demand(&large, &types, Steps::default());
        assert_eq!(found.additional, 0);
        let why = vec![(0, Incompatible::Cpu), (1, Incompatible::Memory)];
        assert_eq!(found.excluded, why);
        let held = Reservation::AtTarget { running: 3 };
        assert_eq!(Reservation::new(3, 1, &found), held);
        assert_eq!(held.metric(80), Percent::whole(80));
    }

    #[test]
    fn fact_140_an_excluded_group_does_not_hide_the_others() {
        let types = [shape(2048, 4_000)];
        let waits = [group(4096, 100, 50), group(1024, 100, 4)];
        let found = demand(&waits, &types, Steps::default());
        assert_eq!(found.additional, 2);
        assert_eq!(found.excluded.len(), 1);
        assert_eq!(Reservation::new(3, 1, &found), measured(5, 3));
    }

    #[test]
    fn fact_140e_steps_bound_what_is_added() {
        let types = [shape(1024, 1_000)];
        let waits = [group(1024, 10, 40)];
        let steps = |minimum, maximum| Steps { minimum, maximum };
        assert_eq!(demand(&waits, &types, steps(1, 25)).additional, 25);
        assert_eq!(demand(&waits, &types, steps(60, 100)).additional, 60);
        assert_eq!(demand(&[], &types, steps(5, 100)).additional, 0);
        let none_waiting = [group(1024, 10, 0)];
        assert_eq!(
            demand(&none_waiting, &types, steps(5, 100)),
            Demand::default()
        );
    }

    #[test]
    fn fact_141_groups_combine_by_maximum() {
        let types = [shape(1024, 1_000)];
        let waits = [group(1024, 10, 4), group(512, 10, 14), group(256, 10, 9)];
        assert_eq!(demand(&waits, &types, Steps::default()).additional, 7);
    }

    #[test]
    fn fact_142_the_smallest_and_largest_type_are_taken_by_component() {
        // No real type has 4,096 units and 8,000 MiB, the synthetic largest has.
        let types = [shape(4096, 2_000), shape(1024, 8_000)];
        let waits = [group(1024, 2_000, 8)];
        assert_eq!(demand(&waits, &types, Steps::default()).additional, 2);
        let wide = [group(1025, 100, 1), group(100, 2_001, 1)];
        assert_eq!(demand(&wide, &types, Steps::default()).excluded.len(), 2);
    }

    #[test]
    fn fact_143_interfaces_and_gpus_bound_what_an_instance_holds() {
        let host = Shape {
            interfaces: 3,
            gpus: 4,
            ..shape(16_384, 64_000)
        };
        let mut waits = group(256, 512, 12);
        assert_eq!(demand(&[waits], &[host], Steps::default()).additional, 1);
        waits.need.interfaces = 1;
        assert_eq!(demand(&[waits], &[host], Steps::default()).additional, 4);
        waits.need.gpus = 2;
        assert_eq!(demand(&[waits], &[host], Steps::default()).additional, 6);
        waits.one_per_instance = true;
        assert_eq!(demand(&[waits], &[host], Steps::default()).additional, 12);
        waits.need.gpus = 5;
        let found = demand(&[waits], &[host], Steps::default());
        assert_eq!(found.excluded, vec![(0, Incompatible::Gpus)]);
    }

    #[test]
    fn fact_144_a_group_that_matches_no_type_is_excluded() {
        let mut waits = group(256, 512, 12);
        waits.matches_no_type = true;
        let found = demand(&[waits], &[shape(2048, 4_000)], Steps::default());
        assert_eq!(found.excluded, vec![(0, Incompatible::MatchesNoType)]);
        waits.matches_no_type = false;
        let found = demand(&[waits], &[], Steps::default());
        assert_eq!(found.excluded, vec![(0, Incompatible::MatchesNoType)]);
    }

    #[test]
    fn fact_149_the_worked_example_is_exact() {
        // By a metric rounded to 66.67 it would be five.
        assert_eq!(desired(3, metric(2, 3), 50), 4);
    }

    #[test]
    fn fact_152_spare_capacity_is_a_fifth_at_target_80() {
        assert_eq!(desired(8, metric(8, 8), 80), 10);
        assert_eq!(desired(10, metric(8, 10), 80), 10);
        // An empty cluster shows 100 %, which is above the target.
        assert_eq!(desired(0, metric(0, 0), 80), 2);
    }

    #[test]
    fn fact_157_the_worked_example() {
        let types = [shape(1024, 1_000)];
        let waits = [group(1024, 10, 3)];
        let with = |minimum| {
            let steps = Steps {
                minimum,
                ..Steps::default()
            };
            Reservation::new(10, 0, &demand(&waits, &types, steps))
        };
        assert_eq!(with(5), measured(15, 10));
        assert_eq!(with(5).metric(100), Percent::whole(150));
        assert_eq!(desired(10, with(5).metric(100), 100), 15);
        assert_eq!(with(1).metric(100), Percent::whole(130));
        assert_eq!(desired(10, with(1).metric(100), 100), 13);
        assert_eq!(desired(10, with(1).metric(80), 80), 17);
    }
}
