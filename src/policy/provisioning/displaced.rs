//! The work of instances that leave their group: how many of the other instances it will need.
//!
//! A service replaces its tasks on a DRAINING instance some time later. In between, those tasks are
//! on no ACTIVE instance and wait nowhere, so that the instances that they will need look empty.
//! Without this count the metric would depend on whether the service or the metric comes first.

use super::reservation::WaitingGroup;
use crate::cluster::Shape;
use crate::units::{Cpu, Memory};

/// The free capacity of an ACTIVE instance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Room {
    /// The resources that are not promised to tasks.
    pub free: Shape,
    /// True when it has no tasks other than daemon tasks, and none that was put there by
    /// [`resettle`].
    pub empty: bool,
}

/// Puts the tasks of a group into rooms: first into those that are not empty, then into empty ones,
/// each in list order. `may_use` is false for rooms that take none of them. Afterwards
/// `group.waiting` has the tasks that have found no room. Returns the number of rooms that were
/// empty and no longer are.
///
/// It is a lower bound, as the metric itself is (facts/ecs.md 141, 145): strategies such as `spread`
/// may use more rooms.
pub fn resettle(
    group: &mut WaitingGroup,
    rooms: &mut [Room],
    may_use: impl Fn(usize) -> bool,
) -> u32 {
    let mut filled = 0;
    for empty in [false, true] {
        for (index, room) in rooms.iter_mut().enumerate() {
            if group.waiting == 0 {
                return filled;
            }
            if room.empty != empty || !may_use(index) {
                continue;
            }
            let most = if group.one_per_instance { 1 } else { u64::MAX };
            let count = fitting(&group.need, &room.free)
                .min(most)
                .min(group.waiting.into());
            if count == 0 {
                continue;
            }
            group.waiting -= u32::try_from(count).expect("not more than are waiting");
            room.free = room.free.less(&times(&group.need, count));
            room.empty = false;
            filled += u32::from(empty);
        }
    }
    filled
}

/// How many tasks fit.
fn fitting(need: &Shape, free: &Shape) -> u64 {
    let pairs: [(u64, u64); 4] = [
        (free.cpu.as_base(), need.cpu.as_base()),
        (free.memory.as_bytes(), need.memory.as_bytes()),
        (free.interfaces.into(), need.interfaces.into()),
        (free.gpus.into(), need.gpus.into()),
    ];
    let each = pairs
        .iter()
        .filter_map(|(has, needs)| has.checked_div(*needs));
    each.min().unwrap_or(u64::MAX)
}

/// What this number of tasks needs together. They fit, so that no number overflows.
fn times(need: &Shape, count: u64) -> Shape {
    let few = u32::try_from(count).expect("not more than are waiting");
    Shape {
        cpu: Cpu::base(need.cpu.as_base() * count),
        memory: Memory::bytes(need.memory.as_bytes() * count),
        interfaces: need.interfaces * few,
        gpus: need.gpus * few,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shape(cpu: u64) -> Shape {
        Shape {
            cpu: Cpu::units(cpu),
            memory: Memory::mib(cpu),
            ..Shape::default()
        }
    }

    fn room(cpu: u64, empty: bool) -> Room {
        let free = shape(cpu);
        Room { free, empty }
    }

    fn group(waiting: u32) -> WaitingGroup {
        WaitingGroup {
            need: shape(1_024),
            waiting,
            ..WaitingGroup::default()
        }
    }

    #[test]
    fn rooms_in_use_are_filled_before_empty_ones() {
        let mut rooms = [room(4_096, true), room(2_048, false), room(4_096, true)];
        let mut tasks = group(3);
        assert_eq!(resettle(&mut tasks, &mut rooms, |_| true), 1);
        assert_eq!(tasks.waiting, 0);
        assert_eq!(rooms[0], room(3_072, false));
        assert_eq!(rooms[1], room(0, false));
        // The next group finds what is left.
        let mut tasks = group(9);
        assert_eq!(resettle(&mut tasks, &mut rooms, |_| true), 1);
        assert_eq!(tasks.waiting, 2);
    }

    #[test]
    fn some_rooms_take_none_and_some_groups_take_one_room_each() {
        let mut rooms = [room(4_096, true), room(4_096, true), room(4_096, false)];
        let mut tasks = group(5);
        tasks.one_per_instance = true;
        assert_eq!(resettle(&mut tasks, &mut rooms, |index| index != 2), 2);
        assert_eq!(tasks.waiting, 3);
    }
}
