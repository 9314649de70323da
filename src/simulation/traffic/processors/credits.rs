//! The CPU credits of an instance over time (facts/platform.md 1.4.1 to 1.4.6). While its use of CPU is
//! constant the balance changes evenly, so that it is counted at changes only. Credits are counted in
//! 1/128,000 vCPU × µs, exactly.

use crate::catalog::{Burstable, CpuCredits};
use crate::units::{Cpu, SimTime, Span};

/// The amount of one credit: a minute of a vCPU.
pub(in crate::simulation) const CREDIT: i128 = Cpu::BASE_PER_VCPU as i128 * 60_000_000;

/// The credits of an instance.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::simulation) struct Credits {
    option: CpuCredits,
    /// The CPU that it can use without an end.
    baseline: u64,
    /// The most that it keeps, and the most surplus credits that are not charged.
    most: i128,
    /// `CPUCreditBalance` − `CPUSurplusCreditBalance`, launch credits left out; one of both is zero.
    balance: i128,
    /// Launch credits that are left. They are spent first.
    launch: i128,
    /// Up to this time all is counted.
    since: SimTime,
    /// Credits spent since they were measured last.
    pub(in crate::simulation) spent: u128,
    /// Surplus credits that are to be charged and were not billed yet.
    pub(in crate::simulation) charged: u128,
}

impl Credits {
    /// The credits of an instance at its launch, with a part of the most that it keeps, in millionths.
    pub(in crate::simulation) fn new(
        of: Burstable,
        option: CpuCredits,
        part: u32,
        launched: SimTime,
    ) -> Self {
        let baseline = of.baseline().as_base();
        let most = i128::from(baseline) * i128::from(Burstable::KEPT.as_micros());
        Self {
            option,
            baseline,
            most,
            balance: most * i128::from(part) / 1_000_000,
            // An instance whose share is given has run for long.
            launch: match part {
                0 => i128::from(of.launch_credits(option)) * CREDIT,
                _ => 0,
            },
            since: launched,
            spent: 0,
            charged: 0,
        }
    }

    /// Time passes until `now`, in which the instance uses this CPU.
    pub(in crate::simulation) fn pass(&mut self, used: u64, now: SimTime) {
        let micros = i128::from(now.since(self.since).as_micros());
        self.since = now;
        let mut spent = i128::from(used) * micros;
        self.spent += spent.unsigned_abs();
        let of_launch = self.launch.min(spent);
        self.launch -= of_launch;
        spent -= of_launch;
        if of_launch > 0 && spent > 0 {
            // What is earned while launch credits are spent is discarded above the most.
            let until = of_launch / i128::from(used.max(1));
            self.earn(until);
            return self.change(spent, micros - until);
        }
        self.change(spent, micros);
    }

    /// Earns for a time in µs without spending.
    fn earn(&mut self, micros: i128) {
        let earned = i128::from(self.baseline) * micros;
        self.balance = (self.balance + earned).min(self.most);
    }

    /// Earns for a time in µs, in which this is spent evenly.
    fn change(&mut self, spent: i128, micros: i128) {
        let earned = i128::from(self.baseline) * micros;
        let balance = (self.balance + earned - spent).min(self.most);
        let least = match self.option {
            CpuCredits::Standard => 0,
            CpuCredits::Unlimited => -self.most,
        };
        if balance < least && self.option == CpuCredits::Unlimited {
            self.charged += (least - balance).unsigned_abs();
        }
        self.balance = balance.max(least);
    }

    /// The CPU that the instance can use now, of all that it has. Without credits one in standard mode
    /// uses its baseline at most.
    pub(in crate::simulation) fn cpu(&self, all: u64, wanted: u64) -> u64 {
        let is_empty = self.balance == 0 && self.launch == 0;
        let is_throttled =
            self.option == CpuCredits::Standard && is_empty && wanted > self.baseline;
        match is_throttled {
            true => all.min(self.baseline),
            false => all,
        }
    }

    /// The time at which an instance in standard mode that uses this CPU from now on has no credits left;
    /// `None`: it does not come to that.
    pub(in crate::simulation) fn empty_at(&self, used: u64) -> Option<SimTime> {
        let excess = i128::from(used) - i128::from(self.baseline);
        let is_empty = self.balance == 0 && self.launch == 0;
        if self.option == CpuCredits::Unlimited || excess <= 0 || is_empty {
            return None;
        }
        let of_launch = self.launch / i128::from(used.max(1));
        let earned = i128::from(self.baseline) * of_launch;
        let then = (self.balance + earned).min(self.most);
        let micros = of_launch + (then + excess - 1) / excess;
        let micros = u64::try_from(micros.max(1)).unwrap_or(u64::MAX);
        Some(self.since + Span::micros(micros))
    }

    /// The instance is terminated: the surplus credits that it has spent are charged
    /// (facts/platform.md 1.4.6).
    pub(in crate::simulation) fn end(&mut self) {
        self.charged += self.surplus().unsigned_abs();
        self.balance = self.balance.max(0);
    }

    /// `CPUCreditBalance`, with launch credits.
    pub(in crate::simulation) fn balance(&self) -> i128 {
        self.balance.max(0) + self.launch
    }

    /// `CPUSurplusCreditBalance`.
    pub(in crate::simulation) fn surplus(&self) -> i128 {
        (-self.balance).max(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::burstable;

    /// Plays periods of (hours, utilization in tenths of a per cent of all vCPUs) on an instance with two
    /// vCPUs, and returns balance, surplus and charged credits after each.
    fn played(option: CpuCredits, periods: &[(u64, u64)]) -> Vec<(f64, f64, f64)> {
        let nano = burstable("t3.nano").unwrap();
        let mut credits = Credits::new(nano, option, 0, SimTime::ZERO);
        let mut now = SimTime::ZERO;
        let all = 2 * Cpu::BASE_PER_VCPU;
        let mut after = Vec::new();
        for (hours, utilization) in periods {
            let end = now + Span::hours(*hours);
            let wanted = all * utilization / 1_000;
            while now < end {
                let used = wanted.min(credits.cpu(all, wanted));
                let next = credits.empty_at(used).map_or(end, |at| at.min(end));
                credits.pass(used, next);
                now = next;
            }
            let whole = |amount: i128| amount as f64 / CREDIT as f64;
            let charged = credits.charged as i128;
            after.push((
                whole(credits.balance()),
                whole(credits.surplus()),
                whole(charged),
            ));
        }
        after
    }

    fn close(got: &[(f64, f64, f64)], wanted: &[(f64, f64, f64)]) {
        for (got, wanted) in got.iter().zip(wanted) {
            let pairs = [(got.0, wanted.0), (got.1, wanted.1), (got.2, wanted.2)];
            let is_close = pairs
                .iter()
                .all(|(got, wanted)| (got - wanted).abs() < 1e-6);
            assert!(is_close, "{got:?}, not {wanted:?}");
        }
        assert_eq!(got.len(), wanted.len());
    }

    /// AWS's example of a `t3.nano` in unlimited mode (facts/platform.md 1.4.8): 304 credits are charged.
    /// The example rounds 122.4, 570 and 447.6.
    #[test]
    fn fact_1_4_8_unlimited() {
        let periods = [
            (24, 0),
            (12, 25),
            (24, 70),
            (12, 25),
            (5, 1_000),
            (13, 50),
            (24, 0),
        ];
        close(
            &played(CpuCredits::Unlimited, &periods),
            &[
                (144.0, 0.0, 0.0),
                (144.0, 0.0, 0.0),
                (86.4, 0.0, 0.0),
                (122.4, 0.0, 0.0),
                (0.0, 144.0, 303.6),
                (0.0, 144.0, 303.6),
                (0.0, 0.0, 303.6),
            ],
        );
    }

    /// AWS's example of a `t3.nano` in standard mode (facts/platform.md 1.4.8).
    #[test]
    fn fact_1_4_8_standard() {
        let periods = [
            (24, 0),
            (12, 25),
            (24, 70),
            (12, 25),
            (2, 1_000),
            (14, 50),
            (24, 0),
        ];
        close(
            &played(CpuCredits::Standard, &periods),
            &[
                (144.0, 0.0, 0.0),
                (144.0, 0.0, 0.0),
                (86.4, 0.0, 0.0),
                (122.4, 0.0, 0.0),
                (0.0, 0.0, 0.0),
                (0.0, 0.0, 0.0),
                (144.0, 0.0, 0.0),
            ],
        );
    }

    /// AWS's example of a `t2.nano` in standard mode, with launch credits (facts/platform.md 1.4.8).
    #[test]
    fn fact_1_4_8_launch_credits_are_spent_first() {
        let nano = burstable("t2.nano").unwrap();
        let mut credits = Credits::new(nano, CpuCredits::Standard, 0, SimTime::ZERO);
        let mut now = SimTime::ZERO;
        for (hours, per_cent, wanted) in [
            (24, 0, 102.0),
            (12, 0, 102.0),
            (25, 2, 72.0),
            (11, 2, 72.0),
            (3, 20, 45.0),
            (15, 2, 72.0),
            (6, 0, 72.0),
        ] {
            now += Span::hours(hours);
            credits.pass(Cpu::BASE_PER_VCPU * per_cent / 100, now);
            let balance = credits.balance() as f64 / CREDIT as f64;
            assert!((balance - wanted).abs() < 1e-6, "{balance}, not {wanted}");
        }
    }

    #[test]
    fn an_instance_that_ends_is_charged_for_its_surplus() {
        let nano = burstable("t3.nano").unwrap();
        let mut credits = Credits::new(nano, CpuCredits::Unlimited, 0, SimTime::ZERO);
        credits.pass(2 * Cpu::BASE_PER_VCPU, SimTime::ZERO + Span::hours(1));
        assert_eq!((credits.surplus(), credits.charged), (114 * CREDIT, 0));
        credits.end();
        assert_eq!(credits.charged, (114 * CREDIT).unsigned_abs());
        assert_eq!(credits.surplus(), 0);
    }

    #[test]
    fn looking_at_more_times_changes_nothing() {
        let large = burstable("t3.large").unwrap();
        let played = |steps: u64| {
            let mut credits = Credits::new(large, CpuCredits::Unlimited, 500_000, SimTime::ZERO);
            for step in 1..=steps {
                let now = SimTime::ZERO + Span::seconds(200_000 * step / steps);
                credits.pass(2 * Cpu::BASE_PER_VCPU, now);
            }
            credits
        };
        assert_eq!(played(1), played(100));
    }
}
