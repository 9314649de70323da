//! Tasks without capacity, by what they lack. The reason is that of the latest task that found no
//! room; it applies to all waiting tasks of its entry or service until another one is reported.

use super::Level;
use crate::cluster::{Lack, Lacks};
use crate::figures::WaitReason;
use crate::simulation::Obstacle;
use crate::units::SimTime;

const REASONS: usize = WaitReason::ALL.len();

/// The time integrals of waiting tasks by reason.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Waiting {
    reason: Option<WaitReason>,
    /// The integral of the level when the reason was set.
    from: u128,
    /// The integrals, tasks × µs, in the order of [`WaitReason::ALL`].
    integrals: [u128; REASONS],
    /// The latest counts of instances by what they lacked.
    lacks: Lacks,
}

impl Waiting {
    /// Sets the reason from `now` on; `level` is the number of waiting tasks.
    pub(super) fn set(&mut self, now: SimTime, level: &mut Level, obstacle: Obstacle) {
        self.advance(now, level);
        self.reason = Some(reason(obstacle));
        if let Obstacle::NoRoom(lacks) = obstacle {
            self.lacks = lacks;
        }
    }

    /// Integrates up to `now`.
    pub(super) fn advance(&mut self, now: SimTime, level: &mut Level) {
        level.advance(now);
        if let Some(reason) = self.reason {
            self.integrals[reason as usize] += level.integral - self.from;
        }
        self.from = level.integral;
    }

    /// Adds the integrals of another entry, service or run. The counts of instances are those of the
    /// first that has some.
    pub fn add(&mut self, other: &Self) {
        if self.lacks == Lacks::default() {
            self.lacks = other.lacks;
        }
        self.reason = self.reason.or(other.reason);
        for (sum, own) in self.integrals.iter_mut().zip(other.integrals) {
            *sum += own;
        }
    }

    /// The time mean of waiting tasks with this reason over a reported time of `micros` µs; `None`
    /// when that is zero.
    pub fn mean(&self, reason: WaitReason, micros: u64) -> Option<f64> {
        (micros > 0).then(|| self.integrals[reason as usize] as f64 / micros as f64)
    }

    /// The reason for which most time was spent, by tasks × time; where no time was spent, that of
    /// the latest refusal; `None` where every task had capacity at once.
    pub fn main_reason(&self) -> Option<WaitReason> {
        let integral = |reason: &WaitReason| self.integrals[*reason as usize];
        let reasons = WaitReason::ALL.into_iter().rev();
        reasons
            .max_by_key(integral)
            .filter(|reason| integral(reason) > 0)
            .or(self.reason)
    }

    /// The latest task without room: see [`counted`].
    pub fn lacks(&self) -> (u32, Vec<(WaitReason, u32)>) {
        counted(&self.lacks)
    }
}

/// The number of instances that a task was compared with, and how many of them lacked what, the most
/// frequent first.
pub fn counted(lacks: &Lacks) -> (u32, Vec<(WaitReason, u32)>) {
    let count = |lack: Lack| (of_lack(lack), lacks.count(lack));
    let mut counts: Vec<_> = Lack::ALL.map(count).into();
    counts.retain(|(_, count)| *count > 0);
    counts.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    (lacks.instances, counts)
}

/// The reason of an obstacle: of an instance's lacks that of the closest one.
pub fn reason(obstacle: Obstacle) -> WaitReason {
    match obstacle {
        Obstacle::NoRoom(lacks) => of_lack(lacks.closest()),
        Obstacle::NoType(lack) => of_lack(lack),
        Obstacle::Behind | Obstacle::EarlierTasks => WaitReason::Queue,
        Obstacle::ControlPlane => WaitReason::NoInstance,
        Obstacle::NoFargate => WaitReason::Fargate,
        Obstacle::ProvisioningFull
        | Obstacle::FargateQuota
        | Obstacle::FargateRate
        | Obstacle::RunTaskRate => WaitReason::Limit,
    }
}

/// The reason of a lack.
pub const fn of_lack(lack: Lack) -> WaitReason {
    match lack {
        Lack::Attribute => WaitReason::Attribute,
        Lack::Cpu => WaitReason::Cpu,
        Lack::Memory => WaitReason::Memory,
        Lack::Ports => WaitReason::Ports,
        Lack::Gpu => WaitReason::Gpu,
        Lack::Interface => WaitReason::Interface,
        Lack::MemberOf => WaitReason::MemberOf,
        Lack::Constraint => WaitReason::Constraint,
        Lack::Agent => WaitReason::NoInstance,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_applies_until_the_next_one() {
        let mut level = Level::new(SimTime::micros(10));
        let mut waiting = Waiting::default();
        let at = SimTime::micros;
        level.change(at(0), 2, 0);
        let mut lacks = Lacks::default();
        lacks.add(3, Some(Lack::Cpu));
        lacks.add(1, Some(Lack::Memory));
        waiting.set(at(0), &mut level, Obstacle::NoRoom(lacks));
        level.change(at(20), 1, 0);
        waiting.set(at(30), &mut level, Obstacle::Behind);
        level.change(at(50), 0, 3);
        waiting.advance(at(110), &mut level);
        assert_eq!(waiting.mean(WaitReason::Memory, 100), Some(0.5));
        assert_eq!(waiting.mean(WaitReason::Queue, 100), Some(0.6));
        assert_eq!(waiting.main_reason(), Some(WaitReason::Queue));
        let by = vec![(WaitReason::Cpu, 3), (WaitReason::Memory, 1)];
        assert_eq!(waiting.lacks(), (4, by));
    }

    #[test]
    fn reasons_are_numbered_in_the_order_of_reports() {
        for (number, reason) in WaitReason::ALL.into_iter().enumerate() {
            assert_eq!(reason as usize, number);
        }
        for (number, lack) in Lack::ALL.into_iter().enumerate() {
            assert_eq!(lack as usize, number);
            assert_eq!(of_lack(lack).code(), lack.code());
        }
    }
}
