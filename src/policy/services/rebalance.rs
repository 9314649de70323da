//! Availability Zone rebalancing: how many tasks of a service are to move to other zones
//! (facts/ecs.md 124 to 128).

/// The number of tasks that are to start in one of the zones with the fewest, before tasks in the zones with the
/// most stop; `None`: a service in steady state is balanced. `tasks` has the number of its tasks
/// in each of its zones, which sum to the desired count. It is balanced when each zone has the desired
/// count ÷ the number of zones, rounded up or down (126). The maximum limits how many tasks there may
/// be at a time (128).
pub fn rebalance(tasks: &[u32], maximum_total: u32) -> Option<u32> {
    let desired: u32 = tasks.iter().sum();
    let zones = u32::try_from(tasks.len()).ok().filter(|zones| *zones > 1)?;
    let least = tasks.iter().copied().min()?;
    let (low, high) = (desired / zones, desired.div_ceil(zones));
    let too_many: u32 = tasks.iter().map(|count| count.saturating_sub(high)).sum();
    let too_few: u32 = tasks.iter().map(|count| low.saturating_sub(*count)).sum();
    if too_many == 0 && too_few == 0 {
        return None;
    }
    // What this zone can take until it is as full as the others are to be.
    let missing = high.saturating_sub(least).min(too_many.max(too_few));
    let room = maximum_total.saturating_sub(desired);
    let count = missing.min(room);
    (count > 0).then_some(count)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn moves(tasks: &[u32]) -> Option<u32> {
        rebalance(tasks, 2 * tasks.iter().sum::<u32>())
    }

    #[test]
    fn fact_126_worked_example() {
        assert_eq!(moves(&[2, 0]), Some(1));
        assert_eq!(moves(&[1, 1]), None);
    }

    #[test]
    fn fact_126_each_zone_gets_the_quotient_rounded_up_or_down() {
        assert_eq!(moves(&[2, 1, 1]), None);
        assert_eq!(moves(&[6, 6, 0]), Some(4));
        assert_eq!(moves(&[3, 1, 1]), Some(1), "a zone has more than 2");
        assert_eq!(moves(&[2, 2, 0]), Some(1), "a zone has fewer than 1");
        assert_eq!(moves(&[5]), None);
        assert_eq!(moves(&[0, 0]), None);
    }

    #[test]
    fn fact_128_the_maximum_limits_the_tasks_that_start_first() {
        assert_eq!(rebalance(&[6, 6, 0], 14), Some(2));
        assert_eq!(rebalance(&[6, 6, 0], 12), None);
    }

    #[test]
    fn moves_end_in_balance() {
        for first in 0..8_u32 {
            for second in 0..8 {
                for third in 0..8 {
                    let mut tasks = [first, second, third];
                    for _ in 0..50 {
                        let Some(wanted) = rebalance(&tasks, 100) else {
                            break;
                        };
                        let least = *tasks.iter().min().expect("three");
                        let to = tasks.iter().position(|count| *count == least);
                        tasks[to.expect("it is there")] += wanted;
                        for _ in 0..wanted {
                            let most = *tasks.iter().max().expect("three");
                            let from = tasks.iter().position(|count| *count == most);
                            tasks[from.expect("it is there")] -= 1;
                        }
                    }
                    assert_eq!(rebalance(&tasks, 100), None, "{tasks:?}");
                    assert_eq!(tasks.iter().sum::<u32>(), first + second + third);
                }
            }
        }
    }
}
