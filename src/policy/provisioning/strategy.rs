//! How tasks are divided over the capacity providers of a capacity provider strategy, by base and
//! weight (facts/ecs.md 129 to 132). ECS does not choose another provider when one lacks capacity
//! (133), so that capacity is no input here.

/// One item of a `capacityProviderStrategy`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct StrategyItem {
    /// Number of tasks that this provider gets before weights apply; 0 unless set (129).
    pub base: u32,
    /// Relative share of the tasks beyond all bases; 0 unless set. A provider with weight 0 gets no
    /// tasks (129).
    pub weight: u32,
}

/// Index of the provider of the next task: the first whose base is not full, else the one with the
/// smallest (tasks beyond the base + 1) ÷ weight, ties in list order (131). `current` has the
/// number of tasks of each provider. `None` when all weights are zero.
pub fn next(items: &[StrategyItem], current: &[u32]) -> Option<usize> {
    let usable = || {
        let pairs = items.iter().zip(current).enumerate();
        pairs.filter(|(_, (item, _))| item.weight > 0)
    };
    let unfilled = usable().find(|(_, (item, tasks))| **tasks < item.base);
    if let Some((index, _)) = unfilled {
        return Some(index);
    }
    let rank = |(_, (item, tasks)): &(usize, (&StrategyItem, &u32))| {
        (u64::from(**tasks - item.base) + 1, u64::from(item.weight))
    };
    // `min_by` keeps the first of equals. (c + 1) ÷ w is compared by cross-multiplication.
    let first = usable().min_by(|a, b| {
        let ((a, weight_a), (b, weight_b)) = (rank(a), rank(b));
        (u128::from(a) * u128::from(weight_b)).cmp(&(u128::from(b) * u128::from(weight_a)))
    });
    first.map(|(index, _)| index)
}

/// The number of tasks of each provider when `desired` tasks are assigned one by one by [`next`],
/// beginning with none.
pub fn split(items: &[StrategyItem], desired: u32) -> Vec<u32> {
    let mut tasks = vec![0; items.len()];
    let mut left = desired;
    for (item, tasks) in items.iter().zip(&mut tasks) {
        if item.weight > 0 {
            *tasks = item.base.min(left);
            left -= *tasks;
        }
    }
    // By the rule of 131 each provider gets at least the whole part of its exact share, so that
    // only the last few tasks are assigned one by one.
    let rest = u64::from(left);
    let weights: u64 = items.iter().map(|item| u64::from(item.weight)).sum();
    for (item, tasks) in items.iter().zip(&mut tasks) {
        let share = (rest * u64::from(item.weight)).checked_div(weights);
        let share = u32::try_from(share.unwrap_or(0)).expect("a share of a u32");
        *tasks += share;
        left -= share;
    }
    for _ in 0..left {
        match next(items, &tasks) {
            Some(index) => tasks[index] += 1,
            None => break,
        }
    }
    tasks
}

/// Index of the provider on which a task stops when the service is scaled in to `desired`: the one
/// with the most tasks above its share of `desired`, ties to the last in the list (132). `None`
/// when no provider has a task.
pub fn surplus(items: &[StrategyItem], current: &[u32], desired: u32) -> Option<usize> {
    let shares = split(items, desired);
    let pairs = current.iter().zip(&shares).enumerate();
    // `max_by_key` keeps the last of equals.
    pairs
        .filter(|(_, (tasks, _))| **tasks > 0)
        .max_by_key(|(_, (tasks, share))| i64::from(**tasks) - i64::from(**share))
        .map(|(index, _)| index)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn item(base: u32, weight: u32) -> StrategyItem {
        StrategyItem { base, weight }
    }

    fn one_by_one(items: &[StrategyItem], desired: u32) -> Vec<u32> {
        let mut tasks = vec![0; items.len()];
        for _ in 0..desired {
            let index = next(items, &tasks).expect("a provider has a weight");
            tasks[index] += 1;
        }
        tasks
    }

    #[test]
    fn fact_129_weight_zero_gets_no_tasks() {
        let items = [item(0, 0), item(0, 1)];
        assert_eq!(split(&items, 7), [0, 7]);
        assert_eq!(next(&[item(2, 0), item(0, 0)], &[0, 0]), None);
        assert_eq!(split(&[item(2, 0), item(0, 0)], 5), [0, 0]);
        assert_eq!(next(&[], &[]), None);
    }

    #[test]
    fn fact_129a_worked_examples() {
        assert_eq!(one_by_one(&[item(2, 1), item(0, 3)], 10), [4, 6]);
        assert_eq!(one_by_one(&[item(0, 1), item(0, 1)], 10), [5, 5]);
        assert_eq!(one_by_one(&[item(0, 1), item(0, 4)], 5), [1, 4]);
    }

    #[test]
    fn fact_131_ties_go_in_list_order() {
        let items = [item(0, 1), item(0, 1)];
        assert_eq!(next(&items, &[0, 0]), Some(0));
        assert_eq!(next(&items, &[1, 0]), Some(1));
        assert_eq!(next(&items, &[1, 1]), Some(0));
        assert_eq!(next(&[item(0, 1), item(1, 1)], &[0, 0]), Some(1));
    }

    #[test]
    fn fact_131_a_lost_base_task_is_replaced_first() {
        assert_eq!(next(&[item(2, 1), item(0, 3)], &[1, 0]), Some(0));
    }

    #[test]
    fn the_split_is_what_one_by_one_gives() {
        for (base, a, b, c) in [(0, 1, 1, 1), (3, 1, 7, 2), (10, 5, 0, 3), (1, 1000, 1, 999)] {
            let items = [item(0, a), item(base, b), item(0, c)];
            for desired in 0..60 {
                assert_eq!(split(&items, desired), one_by_one(&items, desired));
            }
        }
    }

    #[test]
    fn fact_132_scale_in_takes_from_the_largest_surplus() {
        let items = [item(2, 1), item(0, 3)];
        // Six beyond the base: 2 ÷ 1 is more than 5 ÷ 3, so the last goes to the second.
        assert_eq!(split(&items, 8), [3, 5]);
        assert_eq!(surplus(&items, &[4, 6], 8), Some(1));
        assert_eq!(surplus(&items, &[6, 4], 8), Some(0));
        assert_eq!(surplus(&[item(0, 1), item(0, 1)], &[1, 1], 0), Some(1));
        assert_eq!(surplus(&items, &[0, 0], 0), None);
        // Tasks on a provider that the strategy leaves out now go first.
        assert_eq!(surplus(&[item(0, 0), item(0, 1)], &[2, 9], 10), Some(0));
    }
}
