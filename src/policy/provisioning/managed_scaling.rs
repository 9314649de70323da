//! Managed scaling of one capacity provider: the decision of each minute about the group's desired
//! capacity, from a datapoint of `CapacityProviderReservation` (facts/ecs.md 147 to 157).
//!
//! ```text
//!            high alarm: a larger group
//!   ┌──────┐ ─────────────────────────▶ ┌───────────┐
//!   │ ready│                            │ 15 min no │◀─┐ another scale-out starts
//!   └──────┘ ◀───────────────────────── │ scale-in  │──┘ the 15 min again
//!     │  ▲         15 min are over      └───────────┘
//!     └──┘ low alarm, no instance warming up: every two minutes at most one step, half of the
//!          group, is removed
//! ```
//!
//! While instances warm up, nothing is scaled out or in.
//!
//! The two alarms and the delay of the metric are in `monitoring`. Which instances are past their
//! warm-up is counted by the simulation; which ones are terminated is decided in `group`.

pub use super::decision::{Decision, Reason};

use super::Percent;
use super::reservation::{Reservation, desired};
use crate::units::{Ratio, SimTime, Span};
use std::cmp::Ordering;

/// Time after each scale-out in which nothing is scaled in (facts/ecs.md 155).
pub const SCALE_IN_WAIT: Span = Span::seconds(15 * 60);
/// Number of one-minute datapoints above the target in a row that raise the high alarm
/// (facts/ecs.md 148).
pub const HIGH_ALARM_DATAPOINTS: u32 = 1;
/// Number of one-minute datapoints below the target in a row that raise the low alarm
/// (facts/ecs.md 148).
pub const LOW_ALARM_DATAPOINTS: u32 = 15;

/// The Auto Scaling group behind the provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GroupState {
    /// Its desired capacity.
    pub desired: u32,
    /// Its minimum size, which managed scaling never changes (facts/ecs.md 156).
    pub minimum: u32,
    /// Its maximum size.
    pub maximum: u32,
    /// ACTIVE instances past their warm-up.
    pub warm: u32,
    /// Instances that were launched and are not past their warm-up, booting ones included.
    pub warming: u32,
}

/// What AWS leaves open about the steps of managed scaling.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rules {
    /// The largest share of the group that one step of scale-in takes away (facts/ecs.md 153).
    pub step: Ratio,
    /// The shortest time between two steps of scale-in (facts/ecs.md 153).
    pub interval: Span,
    /// True: a scale-out does not wait for instances that warm up, if the need is above their
    /// number as well (facts/ecs.md 150).
    pub scales_out_in_warm_up: bool,
}

/// The input of managed scaling in one minute.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Minute {
    /// The simulated time.
    pub now: SimTime,
    /// The newest datapoint that CloudWatch shows; `None` before the first.
    pub reservation: Option<Reservation>,
    /// The time of which this datapoint is.
    pub measured: SimTime,
    /// True when the high alarm is in ALARM: the metric was above the target.
    pub high_alarm: bool,
    /// True when the low alarm is in ALARM: the metric was below the target for 15 minutes.
    pub low_alarm: bool,
    /// The group.
    pub group: GroupState,
}

/// The state of one capacity provider's managed scaling.
#[derive(Clone, Debug)]
pub struct ManagedScaling {
    target: u32,
    rules: Rules,
    last_scale_out: Option<SimTime>,
    last_scale_in: Option<SimTime>,
    settled: bool,
}

impl ManagedScaling {
    /// The initial state, for a `targetCapacity` in percent, 1 to 100 (facts/ecs.md 147).
    ///
    /// # Panics
    /// When the target is zero.
    pub fn new(target: u32, rules: Rules) -> Self {
        assert!(target > 0, "`targetCapacity` is at least 1");
        Self {
            target,
            rules,
            last_scale_out: None,
            last_scale_in: None,
            settled: false,
        }
    }

    /// `targetCapacity`, the threshold of both alarms.
    pub fn target(&self) -> Percent {
        Percent::whole(self.target)
    }

    /// The decision of one minute. The caller must carry out a change of the size: a scale-out
    /// starts the 15 minutes without scale-in, and a step of scale-in the time until the next one.
    pub fn evaluate(&mut self, minute: &Minute) -> Decision {
        let Some(reservation) = minute.reservation else {
            self.settled = true;
            return Decision::Keep(Reason::NoData);
        };
        let decision = if minute.high_alarm {
            self.scale_out(reservation, minute)
        } else if minute.low_alarm {
            self.scale_in(reservation, minute)
        } else {
            Decision::Keep(Reason::NoAlarm)
        };
        self.settled = self.is_final(reservation, minute, decision);
        decision
    }

    /// True when every further minute would give [`Decision::Keep`] until the datapoint or the
    /// group changes. The caller may then skip the minutes.
    pub fn is_settled(&self) -> bool {
        self.settled
    }

    fn scale_out(&mut self, reservation: Reservation, minute: &Minute) -> Decision {
        let group = minute.group;
        if group.warming > 0 && !self.rules.scales_out_in_warm_up {
            let instances = group.warming;
            return Decision::Keep(Reason::WarmingUp { instances });
        }
        let wanted = self.wanted_out(reservation, group);
        let to = wanted.min(group.maximum);
        if to > group.desired {
            self.last_scale_out = Some(minute.now);
            let metric = reservation.metric(self.target);
            return Decision::ScaleOut { to, metric, wanted };
        }
        Decision::Keep(if wanted > group.desired {
            Reason::AtMaximum { wanted }
        } else if group.warming > 0 {
            let instances = group.warming;
            Reason::WarmingUp { instances }
        } else {
            Reason::Enough { wanted }
        })
    }

    /// The size that follows from the metric (facts/ecs.md 149): ⌈N × (M ÷ N) ÷ target⌉ with the N of
    /// the measurement; with that of now, instances that have come since would count twice. Without
    /// running instances the metric does not show M (136): the size is that of the first step. In a
    /// warm-up, if the rules allow a scale-out then, all instances count (150): a size that is not
    /// above them becomes 0, which asks for nothing.
    fn wanted_out(&self, reservation: Reservation, group: GroupState) -> u32 {
        let metric = reservation.metric(self.target);
        let counted = group.warm.saturating_add(group.warming);
        let is_met = |wanted| group.warming > 0 && wanted <= counted;
        match reservation {
            Reservation::Measured { needed, running } if running > 0 => {
                let wanted = Percent::whole(100).scale(needed, self.target());
                if is_met(wanted) { 0 } else { wanted }
            }
            Reservation::Measured { .. } => desired(0, metric, self.target),
            Reservation::AtTarget { .. } => 0,
        }
    }

    fn scale_in(&mut self, reservation: Reservation, minute: &Minute) -> Decision {
        let group = minute.group;
        if group.warming > 0 {
            let instances = group.warming;
            return Decision::Keep(Reason::WarmingUp { instances });
        }
        let (to, wanted) = self.smaller(reservation, group);
        if to >= group.desired {
            return Decision::Keep(if wanted >= group.desired {
                Reason::Enough { wanted }
            } else {
                Reason::AtMinimum { wanted }
            });
        }
        if let Some(until) = self.last_scale_out.map(|at| at + SCALE_IN_WAIT)
            && minute.now < until
        {
            return Decision::Keep(Reason::AfterScaleOut { until });
        }
        if let Some(last) = self.last_scale_in {
            let until = last + self.rules.interval;
            if minute.measured <= last || minute.now < until {
                return Decision::Keep(Reason::AfterScaleIn { until });
            }
        }
        self.last_scale_in = Some(minute.now);
        let metric = reservation.metric(self.target);
        Decision::ScaleIn { to, metric, wanted }
    }

    /// The size after one step of scale-in, and the size that follows from the metric (facts/ecs.md
    /// 153). A step is a share of the group, rounded to the nearest number (a half down), but at
    /// least one instance: otherwise a group of one would never reach zero, as it does in fact 152.
    /// So 334 instances go to 34 in four steps of one half, and in 45 steps of 5 %, as published.
    fn smaller(&self, reservation: Reservation, group: GroupState) -> (u32, u32) {
        let wanted = match reservation {
            // ⌈N × (M ÷ N) ÷ target⌉.
            Reservation::Measured { needed, .. } => {
                Percent::whole(100).scale(needed, self.target())
            }
            Reservation::AtTarget { .. } => group.desired,
        };
        let whole = u64::from(Ratio::MILLIONTHS);
        let share = u64::from(group.desired) * u64::from(self.rules.step.as_millionths());
        let step = ((2 * share + whole - 1) / (2 * whole)) as u32;
        let least = group.desired.saturating_sub(step.max(1));
        (wanted.max(least).max(group.minimum), wanted)
    }

    /// True when the decision stays the same with the same datapoint and group, at any later time.
    fn is_final(&self, reservation: Reservation, minute: &Minute, decision: Decision) -> bool {
        if !matches!(decision, Decision::Keep(_)) {
            return false;
        }
        let group = minute.group;
        match reservation.metric(self.target).cmp(&self.target()) {
            Ordering::Equal => true,
            Ordering::Less => self.smaller(reservation, group).0 >= group.desired,
            // Not final while the alarm is not raised yet or a warm-up has not ended.
            Ordering::Greater => {
                group.desired >= group.maximum || (minute.high_alarm && group.warming == 0)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Half of the group, not within a minute, and no scale-out in a warm-up.
    const HALF: Rules = Rules {
        step: Ratio::millionths(500_000).expect("below one"),
        interval: Span::seconds(60),
        scales_out_in_warm_up: false,
    };

    /// One provider, its group and its alarms, minute by minute. Instances are ready and
    /// past their warm-up `warmup` minutes after they were requested; they register at once.
    struct Played {
        scaling: ManagedScaling,
        group: GroupState,
        minute: u64,
        warmup: u64,
        low: u32,
        launched: Vec<(u64, u32)>,
        /// The metric of the minute before, if it comes a minute late.
        late: Option<Option<Reservation>>,
    }

    impl Played {
        fn new(target: u32, size: u32) -> Self {
            Self {
                scaling: ManagedScaling::new(target, HALF),
                late: None,
                group: GroupState {
                    desired: size,
                    minimum: 0,
                    maximum: 100,
                    warm: size,
                    warming: 0,
                },
                minute: 0,
                warmup: 5,
                low: 0,
                launched: Vec::new(),
            }
        }

        /// A minute in which `needed` instances are needed of those that run.
        fn next(&mut self, needed: u32) -> Decision {
            self.minute += 1;
            let warm: u32 = {
                let past = |(at, _): &&(u64, u32)| at + self.warmup <= self.minute;
                self.launched.iter().filter(past).map(|(_, n)| n).sum()
            };
            self.launched
                .retain(|(at, _)| at + self.warmup > self.minute);
            self.group.warm += warm;
            self.group.warming -= warm;
            let running = self.group.warm + self.group.warming;
            let new = Reservation::Measured { needed, running };
            let age = u64::from(self.late.is_some());
            let reservation = match &mut self.late {
                Some(late) => late.replace(new).unwrap_or(new),
                None => new,
            };
            let metric = reservation.metric(self.scaling.target);
            let below = metric < self.scaling.target();
            self.low = if below { self.low + 1 } else { 0 };
            let decision = self.scaling.evaluate(&Minute {
                now: SimTime::ZERO + Span::seconds(60 * self.minute),
                measured: SimTime::ZERO + Span::seconds(60 * (self.minute - age)),
                reservation: Some(reservation),
                high_alarm: metric > self.scaling.target(),
                low_alarm: self.low >= LOW_ALARM_DATAPOINTS,
                group: self.group,
            });
            match decision {
                Decision::Keep(_) => {}
                Decision::ScaleOut { to, .. } => {
                    let more = to - self.group.desired;
                    self.launched.push((self.minute, more));
                    self.group.warming += more;
                    self.group.desired = to;
                }
                Decision::ScaleIn { to, .. } => {
                    self.group.warm = to;
                    self.group.desired = to;
                }
            }
            decision
        }

        fn size(&mut self, needed: u32) -> u32 {
            self.next(needed);
            self.group.desired
        }

        /// Minutes until the size changes.
        fn until_change(&mut self, needed: u32) -> u32 {
            let size = self.group.desired;
            (1..1_000)
                .find(|_| self.size(needed) != size)
                .expect("the size changes")
        }
    }

    #[test]
    fn fact_148_one_datapoint_above_the_target_scales_out_15_below_it_scale_in() {
        let mut played = Played::new(100, 10);
        assert_eq!(played.until_change(13), 1);
        assert_eq!(played.group.desired, 13);
        let mut played = Played::new(100, 10);
        assert_eq!(played.until_change(9), 15);
        assert_eq!(played.group.desired, 9);
    }

    #[test]
    fn fact_149_scale_out_stops_at_the_maximum() {
        let mut played = Played::new(100, 10);
        played.group.maximum = 12;
        let decision = played.next(15);
        let metric = Percent::whole(150);
        assert_eq!(
            decision,
            Decision::ScaleOut {
                to: 12,
                metric,
                wanted: 15
            }
        );
        played.warmup = 0;
        played.next(12);
        assert_eq!(
            played.next(15),
            Decision::Keep(Reason::AtMaximum { wanted: 15 })
        );
        assert!(played.scaling.is_settled());
    }

    /// From ten instances three are on their way, when 17 are needed.
    fn while_three_warm_up(rules: Rules) -> (Decision, bool) {
        let mut scaling = ManagedScaling::new(100, rules);
        let decision = scaling.evaluate(&Minute {
            now: SimTime::ZERO,
            measured: SimTime::ZERO,
            reservation: Some(Reservation::Measured {
                needed: 17,
                running: 10,
            }),
            high_alarm: true,
            low_alarm: false,
            group: GroupState {
                desired: 13,
                minimum: 0,
                maximum: 100,
                warm: 10,
                warming: 3,
            },
        });
        (decision, scaling.is_settled())
    }

    #[test]
    fn fact_150_a_scale_out_waits_for_the_warm_up() {
        let waits = Decision::Keep(Reason::WarmingUp { instances: 3 });
        assert_eq!(while_three_warm_up(HALF), (waits, false));
        let at_once = Rules {
            scales_out_in_warm_up: true,
            ..HALF
        };
        let (decision, _) = while_three_warm_up(at_once);
        assert!(matches!(decision, Decision::ScaleOut { to: 17, .. }));
        let mut played = Played::new(100, 10);
        assert_eq!(played.size(13), 13);
        assert_eq!(played.until_change(17), 5);
        assert_eq!(played.group.desired, 17);
    }

    #[test]
    fn fact_150_by_the_other_reading_warming_instances_count_first() {
        let mut played = Played::new(100, 10);
        played.scaling.rules.scales_out_in_warm_up = true;
        assert_eq!(played.size(13), 13);
        // The three are not registered yet. The metric is still above the target, but they suffice.
        let waits = Minute {
            now: SimTime::ZERO,
            measured: SimTime::ZERO,
            reservation: Some(Reservation::Measured {
                needed: 13,
                running: 10,
            }),
            high_alarm: true,
            low_alarm: false,
            group: played.group,
        };
        assert_eq!(
            played.scaling.evaluate(&waits),
            Decision::Keep(Reason::WarmingUp { instances: 3 })
        );
        assert!(!played.scaling.is_settled());
        // A need beyond them is requested at once.
        assert_eq!(played.size(17), 17);
    }

    /// The worked example: 28 tasks, four per instance.
    #[test]
    fn fact_137_from_zero_the_true_need_shows_once_the_first_two_are_warm() {
        let mut played = Played::new(100, 0);
        assert_eq!(played.size(7), 2);
        assert_eq!(played.until_change(7), 5);
        assert_eq!(played.group.desired, 7);
    }

    #[test]
    fn fact_150_scale_in_waits_for_the_warm_up() {
        let mut played = Played::new(100, 10);
        played.warmup = 40;
        assert_eq!(played.size(12), 12);
        let minutes = played.until_change(3);
        assert_eq!(minutes, 40);
        assert_eq!(played.group.desired, 6);
    }

    #[test]
    fn fact_152_an_empty_cluster_below_target_100_goes_to_two_and_back() {
        let mut played = Played::new(80, 0);
        let mut sizes = vec![0];
        for _ in 0..40 {
            let size = played.size(0);
            if sizes.last() != Some(&size) {
                sizes.push(size);
            }
        }
        assert_eq!(sizes, [0, 2, 1, 0, 2, 1, 0, 2]);
    }

    #[test]
    fn fact_153_each_step_takes_at_most_half() {
        let mut played = Played::new(100, 33);
        assert_eq!(played.until_change(2), 15);
        let sizes: Vec<u32> = (0..5).map(|_| played.size(2)).collect();
        assert_eq!(played.group.desired, 2);
        assert_eq!(sizes, [9, 5, 3, 2, 2]);
    }

    /// The published scale-in: from 334 to 34 instances in 10 minutes by halves, and in 80 by
    /// steps of 5 %. A step is about two minutes after the one before, whether or not the metric
    /// comes a minute late.
    #[test]
    fn fact_153_the_published_scale_in() {
        let sizes = |percent: u32, late: bool| {
            let mut played = Played::new(100, 334);
            played.group.maximum = 334;
            played.late = late.then_some(None);
            played.scaling.rules = Rules {
                step: Ratio::millionths(10_000 * percent).expect("a share"),
                interval: Span::seconds(120),
                ..HALF
            };
            played.until_change(34);
            let (mut sizes, mut minutes) = (vec![played.group.desired], 0);
            while played.group.desired > 34 {
                let wait = played.until_change(34);
                assert_eq!(wait, 2);
                minutes += wait;
                sizes.push(played.group.desired);
            }
            (sizes, minutes)
        };
        for late in [false, true] {
            // The first step has taken two minutes as well, until it has had its effect.
            let (halves, minutes) = sizes(50, late);
            assert_eq!(halves, [167, 84, 42, 34]);
            assert!((8..=13).contains(&(minutes + 2)), "{minutes}");
            let (twentieths, minutes) = sizes(5, late);
            assert_eq!(twentieths.len(), 45);
            assert!((65..=95).contains(&(minutes + 2)), "{minutes}");
        }
    }

    #[test]
    fn fact_153_scale_in_stops_at_the_minimum() {
        let mut played = Played::new(100, 8);
        played.group.minimum = 6;
        assert_eq!(played.until_change(0), 15);
        assert_eq!(played.group.desired, 6);
        let decision = played.next(0);
        assert_eq!(decision, Decision::Keep(Reason::AtMinimum { wanted: 0 }));
        assert!(played.scaling.is_settled());
    }

    #[test]
    fn facts_154_and_155_a_scale_out_stops_a_scale_in_for_15_minutes() {
        let mut played = Played::new(100, 64);
        assert_eq!(played.until_change(4), 15);
        assert_eq!(played.size(4), 16);
        assert_eq!(played.size(20), 20);
        assert_eq!(played.until_change(4), 15);
        assert_eq!(played.group.desired, 10);
    }

    #[test]
    fn fact_155_scale_in_waits_even_when_the_low_alarm_is_there_already() {
        let mut scaling = ManagedScaling::new(100, HALF);
        let mut minute = Minute {
            now: SimTime::ZERO,
            measured: SimTime::ZERO,
            reservation: Some(Reservation::Measured {
                needed: 6,
                running: 5,
            }),
            high_alarm: true,
            low_alarm: false,
            group: GroupState {
                desired: 5,
                minimum: 0,
                maximum: 10,
                warm: 5,
                warming: 0,
            },
        };
        let Decision::ScaleOut { to: 6, .. } = scaling.evaluate(&minute) else {
            panic!("one more");
        };
        minute.group.desired = 6;
        minute.group.warm = 6;
        minute.high_alarm = false;
        minute.low_alarm = true;
        minute.reservation = Some(Reservation::Measured {
            needed: 4,
            running: 6,
        });
        minute.now = SimTime::ZERO + Span::seconds(14 * 60 + 59);
        let until = SimTime::ZERO + SCALE_IN_WAIT;
        let waits = Decision::Keep(Reason::AfterScaleOut { until });
        assert_eq!(scaling.evaluate(&minute), waits);
        assert!(!scaling.is_settled());
        minute.now = until;
        let Decision::ScaleIn { to: 4, .. } = scaling.evaluate(&minute) else {
            panic!("two fewer");
        };
    }

    #[test]
    fn fact_157_the_worked_example() {
        for (target, needed, to) in [(100, 15, 15), (100, 13, 13), (80, 13, 17)] {
            assert_eq!(Played::new(target, 10).size(needed), to);
        }
    }

    #[test]
    fn a_settled_state_never_changes_by_time_alone() {
        for target in [1, 50, 67, 80, 99, 100] {
            for size in 0..12 {
                for needed in 0..=size {
                    let mut played = Played::new(target, size);
                    played.group.minimum = size.min(2);
                    let mut settled = None;
                    for _ in 0..60 {
                        let now = played.size(needed.min(played.group.desired));
                        match settled {
                            Some(size) => assert_eq!(now, size, "{target} {size} {needed}"),
                            None if played.scaling.is_settled() => settled = Some(now),
                            None => {}
                        }
                        assert!(now <= played.group.maximum && now >= played.group.minimum);
                    }
                }
            }
        }
    }

    #[test]
    fn a_metric_on_its_target_is_settled_at_once() {
        let mut played = Played::new(100, 10);
        assert_eq!(played.next(10), Decision::Keep(Reason::NoAlarm));
        assert!(played.scaling.is_settled());
        played.next(9);
        assert!(!played.scaling.is_settled());
        // One of two is below 80 %, but ⌈1 ÷ 80 %⌉ is two.
        let mut played = Played::new(80, 2);
        played.next(1);
        assert!(played.scaling.is_settled());
        let mut scaling = ManagedScaling::new(100, HALF);
        let unseen = Minute {
            now: SimTime::ZERO,
            measured: SimTime::ZERO,
            reservation: None,
            high_alarm: false,
            low_alarm: false,
            group: played.group,
        };
        assert_eq!(scaling.evaluate(&unseen), Decision::Keep(Reason::NoData));
        assert!(scaling.is_settled());
    }
}
