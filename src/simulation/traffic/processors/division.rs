//! How tasks divide the CPU of an instance, as Linux does by CPU shares: as long as all of it is wanted,
//! each gets a part in proportion to its shares; what one does not want is divided among the others.

/// What equal tasks on an instance want. CPU is in 1/128,000 vCPU.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Claim {
    /// The number of tasks; above zero.
    pub(super) tasks: u64,
    /// The CPU shares of each; above zero.
    pub(super) shares: u64,
    /// The CPU that each wants.
    pub(super) wanted: u64,
}

/// Stands for CPU that is not decided yet.
const OPEN: u64 = u64::MAX;

/// Writes the CPU that each task of each claim gets to `got`.
pub(super) fn divide(cpu: u64, claims: &[Claim], got: &mut Vec<u64>) {
    got.clear();
    let all: u64 = claims.iter().map(|claim| claim.tasks * claim.wanted).sum();
    if all <= cpu {
        got.extend(claims.iter().map(|claim| claim.wanted));
        return;
    }
    got.resize(claims.len(), OPEN);
    let mut left = cpu;
    loop {
        let open = claims.iter().zip(got.iter());
        let open = open.filter(|(_, got)| **got == OPEN);
        let shares: u64 = open.map(|(claim, _)| claim.tasks * claim.shares).sum();
        if shares == 0 {
            return;
        }
        let (before, mut is_even) = (left, true);
        for (claim, got) in claims.iter().zip(got.iter_mut()) {
            let part = part_of(before, claim.shares, shares);
            if *got == OPEN && claim.wanted <= part {
                *got = claim.wanted;
                left -= claim.tasks * claim.wanted;
                is_even = false;
            }
        }
        if is_even {
            for (claim, got) in claims.iter().zip(got.iter_mut()) {
                if *got == OPEN {
                    *got = part_of(before, claim.shares, shares);
                }
            }
            return;
        }
    }
}

/// The part of `cpu` that belongs to these of all `shares`.
fn part_of(cpu: u64, own: u64, shares: u64) -> u64 {
    // The quotient is at most `cpu`.
    (u128::from(cpu) * u128::from(own) / u128::from(shares)) as u64
}

/// The CPU that one task of a claim would get if it wanted `most`, while all others want what they want.
/// `scratch` is overwritten.
pub(super) fn within_reach(
    cpu: u64,
    claims: &[Claim],
    which: usize,
    most: u64,
    (scratch, got): (&mut Vec<Claim>, &mut Vec<u64>),
) -> u64 {
    let own = claims[which];
    let all: u64 = claims.iter().map(|claim| claim.tasks * claim.wanted).sum();
    if all - own.wanted + most <= cpu {
        return most;
    }
    scratch.clear();
    scratch.extend_from_slice(claims);
    scratch[which].tasks -= 1;
    if scratch[which].tasks == 0 {
        scratch.remove(which);
    }
    scratch.push(Claim {
        tasks: 1,
        wanted: most,
        ..own
    });
    divide(cpu, scratch, got);
    got.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn claim(tasks: u64, shares: u64, wanted: u64) -> Claim {
        Claim {
            tasks,
            shares,
            wanted,
        }
    }

    fn divided(cpu: u64, claims: &[Claim]) -> Vec<u64> {
        let mut got = Vec::new();
        divide(cpu, claims, &mut got);
        got
    }

    fn reach(cpu: u64, claims: &[Claim], which: usize, most: u64) -> u64 {
        let buffers = (&mut Vec::new(), &mut Vec::new());
        within_reach(cpu, claims, which, most, buffers)
    }

    #[test]
    fn tasks_that_want_all_get_parts_by_their_shares() {
        assert_eq!(
            divided(900, &[claim(1, 5, 900), claim(1, 5, 900)]),
            [450; 2]
        );
        assert_eq!(
            divided(900, &[claim(1, 10, 900), claim(1, 5, 900)]),
            [600, 300]
        );
        assert_eq!(
            divided(900, &[claim(2, 10, 900), claim(1, 10, 500)]),
            [300; 2]
        );
    }

    #[test]
    fn what_one_does_not_want_is_for_the_others() {
        assert_eq!(
            divided(900, &[claim(1, 5, 100), claim(1, 5, 900)]),
            [100, 800]
        );
        // The second wants less than its part only after the first has left some.
        let three = [claim(1, 10, 100), claim(1, 10, 350), claim(1, 10, 900)];
        assert_eq!(divided(900, &three), [100, 350, 450]);
    }

    #[test]
    fn the_reach_of_a_task_is_what_the_others_leave_and_at_least_its_part() {
        let two = [claim(1, 5, 100), claim(1, 5, 300)];
        assert_eq!(reach(900, &two, 0, 900), 600);
        assert_eq!(reach(900, &two, 1, 900), 800);
        assert_eq!(reach(900, &two, 1, 700), 700, "it is capped");
        let busy = [claim(1, 5, 100), claim(1, 5, 900)];
        assert_eq!(reach(900, &busy, 0, 900), 450);
        assert_eq!(reach(900, &[claim(3, 5, 200)], 0, 900), 500);
        assert_eq!(reach(900, &[claim(3, 5, 300)], 0, 900), 300);
    }

    proptest! {
        /// No more than all of the CPU is used, no task gets more than it wants, and none gets less than
        /// its part unless it wants less. CPU is left only when no task wants more.
        #[test]
        fn cpu_is_conserved(
            cpu in 1..100_000u64,
            claims in proptest::collection::vec((1..5u64, 1..2_000u64, 0..120_000u64), 1..7)
        ) {
            let claims: Vec<_> = claims.into_iter().map(|(n, s, w)| claim(n, s, w)).collect();
            let got = divided(cpu, &claims);
            let pairs = || claims.iter().zip(&got);
            let used: u64 = pairs().map(|(claim, got)| claim.tasks * got).sum();
            let tasks: u64 = claims.iter().map(|claim| claim.tasks).sum();
            let shares: u64 = claims.iter().map(|claim| claim.tasks * claim.shares).sum();
            prop_assert!(used <= cpu);
            let lacks = pairs().any(|(claim, got)| got < &claim.wanted);
            prop_assert!(!lacks || cpu - used < tasks, "{used} of {cpu}");
            for (which, (claim, got)) in pairs().enumerate() {
                prop_assert!(*got <= claim.wanted);
                prop_assert!(*got >= claim.wanted.min(part_of(cpu, claim.shares, shares)));
                let reach = reach(cpu, &claims, which, 120_000);
                prop_assert!(reach + 1 >= *got && reach <= cpu.max(*got));
            }
        }
    }
}
