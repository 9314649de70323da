//! How the requests of a target group are divided among targets that get different shares: by zone where
//! cross-zone load balancing is off, and by how far their slow start is (facts/platform.md 4.1.2, 4.1.9,
//! 4.2.2). No request is lost in the division.

use super::side::Side;
use crate::simulation::life::TargetClass;

/// Divides an amount by weights. What the division leaves goes to the largest weight, of several to the last;
/// without weights all goes to the first.
pub(super) fn divide(total: u64, weights: &[u64]) -> Vec<u64> {
    let all: u128 = weights.iter().map(|weight| u128::from(*weight)).sum();
    let mut largest = 0;
    let mut left = total;
    let mut parts = vec![0; weights.len()];
    for (place, weight) in weights.iter().enumerate() {
        if *weight > 0 && *weight >= weights[largest] {
            largest = place;
        }
        let part = (u128::from(total) * u128::from(*weight)).checked_div(all);
        parts[place] = part.unwrap_or(0) as u64;
        left -= parts[place];
    }
    if let Some(part) = parts.get_mut(largest) {
        *part += left;
    }
    parts
}

/// Divides an amount among classes with these numbers of targets: evenly among the zones that have some, and
/// in each zone by the weights of the targets.
pub(super) fn among_classes(total: u64, classes: &[(TargetClass, u32)]) -> Vec<u64> {
    let mut zones: Vec<u8> = classes.iter().map(|(class, _)| class.zone).collect();
    zones.sort_unstable();
    zones.dedup();
    let weight = |zone: u8, (class, tasks): &(TargetClass, u32)| match class.zone == zone {
        true => u64::from(*tasks) * class.weight(),
        false => 0,
    };
    let in_zone = |zone: u8| -> Vec<u64> { classes.iter().map(|of| weight(zone, of)).collect() };
    let has_some = |zone: &u8| u64::from(in_zone(*zone).iter().any(|weight| *weight > 0));
    let of_zones = divide(total, &zones.iter().map(has_some).collect::<Vec<u64>>());
    let mut parts = vec![0; classes.len()];
    for (zone, of_zone) in zones.into_iter().zip(of_zones) {
        if of_zone == 0 {
            continue;
        }
        let of_classes = divide(of_zone, &in_zone(zone));
        for (part, of_class) in parts.iter_mut().zip(of_classes) {
            *part += of_class;
        }
    }
    parts
}

/// Moves the requests that wait at tasks which have left their class along with them: to the next step of the
/// slow start, or to other tasks of their zone; when these are the last of their zone, to the tasks of the other
/// zones. `before` are the numbers of targets that the sides had.
pub(super) fn move_waiting(sides: &mut [Side<'_>], before: &[u32]) {
    for place in 0..sides.len().min(before.len()) {
        let side = &sides[place];
        let now = side.routed.total();
        let left = before[place].saturating_sub(now);
        let is_moved = side.class.step > 0 || now == 0;
        if left == 0 || side.flow.queued == 0 || !is_moved {
            continue;
        }
        let Some(to) = next_of(sides, place) else {
            move_to_zones(sides, place);
            continue;
        };
        let queued = sides[place].flow.queued;
        let moved = queued * u128::from(left) / u128::from(before[place]);
        sides[place].flow.queued -= moved;
        sides[to].flow.queued += moved;
    }
}

/// Moves all that waits at a side to the other zones of its target group, by their numbers of targets. Without any it
/// stays.
fn move_to_zones(sides: &mut [Side<'_>], place: usize) {
    let group = sides[place].group;
    let others = sides.iter().enumerate();
    let others = others.filter(|(other, side)| *other != place && side.group == group);
    let targets = others.map(|(other, side)| (other, side.routed.total()));
    let mut targets: Vec<_> = targets.filter(|(_, targets)| *targets > 0).collect();
    let mut all: u32 = targets.iter().map(|(_, targets)| targets).sum();
    while let Some((to, targets)) = targets.pop() {
        let part = sides[place].flow.queued * u128::from(targets) / u128::from(all);
        sides[place].flow.queued -= part;
        sides[to].flow.queued += part;
        all -= targets;
    }
}

/// The side with targets that the requests which wait at a side move to.
fn next_of(sides: &[Side<'_>], place: usize) -> Option<usize> {
    let own = &sides[place];
    let is_open = |(other, side): &(usize, &Side<'_>)| {
        let is_like = (side.group, side.class.zone) == (own.group, own.class.zone);
        *other != place && is_like && side.routed.total() > 0
    };
    let open = sides.iter().enumerate().filter(is_open);
    let rank = |step: u8| match step {
        step if step == own.class.step + 1 => 0,
        0 => 1,
        step => u16::from(step) + 1,
    };
    let next = open.min_by_key(|(_, side)| rank(side.class.step));
    next.map(|(place, _)| place)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn class(zone: u8, step: u8) -> TargetClass {
        TargetClass { zone, step }
    }

    #[test]
    fn a_target_in_slow_start_gets_the_share_of_the_middle_of_its_step() {
        // 3 targets of weight 1 and one of 0.05, then of 0.95.
        let parts = |step| among_classes(30_500_000, &[(class(0, 0), 3), (class(0, step), 1)]);
        assert_eq!(parts(1), [30_000_000, 500_000]);
        assert_eq!(parts(10)[1], 30_500_000 * 19 / 79);
    }

    #[test]
    fn zones_with_targets_get_equal_parts() {
        let of = [(class(1, 0), 1), (class(2, 0), 3), (class(3, 0), 0)];
        assert_eq!(among_classes(100, &of), [50, 50, 0]);
        let none = [(class(0, 0), 0), (class(1, 0), 0)];
        assert_eq!(among_classes(100, &none), [100, 0]);
    }

    proptest! {
        #[test]
        fn no_request_is_lost(
            total in 0..u64::MAX / 2,
            classes in proptest::collection::vec((0..4u8, 0..=10u8, 0..50u32), 1..12)
        ) {
            let classes: Vec<_> = classes.into_iter().map(|(z, s, n)| (class(z, s), n)).collect();
            let parts = among_classes(total, &classes);
            prop_assert_eq!(parts.iter().sum::<u64>(), total);
            let any = classes.iter().any(|(_, tasks)| *tasks > 0);
            for (part, (_, tasks)) in parts.iter().zip(&classes) {
                prop_assert!(!any || *tasks > 0 || *part == 0);
            }
        }
    }
}
