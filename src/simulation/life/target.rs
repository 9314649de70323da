//! A task as a target of a load balancer, and the results of its health checks
//! (facts/platform.md 4.1.3, 4.1.4).
//!
//! The single checks are not events: the time of the next change is computed. The first check comes
//! one interval after the registration, so that a task with the healthy threshold of 5 and the interval
//! of 30 s is healthy after 150 s, as AWS's best practices count (4.1.4). A check at the time of a
//! change finds the new state.
//!
//! A slow start has ten steps of equal length, in each of which the share of the target is constant
//! (facts/platform.md 4.1.2).

use super::serving_tasks::TargetClass;
use crate::plan::{TargetGroup, TargetHealthCheck};
use crate::units::{SimTime, Span};
use smallvec::SmallVec;
use std::collections::BTreeMap;

/// A target group of a revision's tasks, and which of their containers the load balancer checks.
#[derive(Clone, Copy, Debug)]
pub(in crate::simulation) struct TargetContainer<'p> {
    pub(super) group: &'p TargetGroup,
    /// The index of the target group in the plan.
    pub(super) number: usize,
    /// The index of the container in the task definition.
    pub(super) container: usize,
}

/// By target group: the healthy targets that are in no slow start, as numbers by the time since when they are.
pub(super) type FullTargets = BTreeMap<usize, BTreeMap<SimTime, u32>>;

/// The health status of a target.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TargetState {
    /// `initial`: it is registered, and has not passed enough checks yet.
    Initial,
    /// `healthy`: it gets requests.
    Healthy,
    /// `unhealthy`: it gets requests only when no target is healthy.
    Unhealthy,
}

/// The targets of a task, one for each target group of its service. The first gets the requests.
#[derive(Clone, Debug)]
pub(super) struct Targets {
    pub(super) all: SmallVec<[Target; 1]>,
}

/// A registered target.
#[derive(Clone, Copy, Debug)]
pub(super) struct Target {
    check: TargetHealthCheck,
    registered: SimTime,
    pub(super) state: TargetState,
    /// Whether its container answers checks and requests now.
    pub(super) answers: Answers,
    /// Since when it does or does not.
    since: SimTime,
    /// The changes to come, in order.
    ready: Option<SimTime>,
    fails: Option<SimTime>,
    /// The time of its next change. An event for another time is stale.
    pub(super) due: Option<SimTime>,
    /// Since when it is in slow start, for how long, and in which step.
    slow: Option<(SimTime, Span, u8)>,
    /// When it was registered, another target of its group was healthy and in no slow start.
    joins_others: bool,
    /// It was healthy before, and then unhealthy.
    was_healthy: bool,
    /// The target group whose healthy targets without a slow start it is counted with, and since when.
    pub(super) counted_in: Option<(usize, SimTime)>,
}

/// Whether a container answers the checks of a load balancer, and its requests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Answers {
    /// It does.
    Well,
    /// Connections are refused, or the answer is an error: a check fails at once.
    Refuses,
    /// There is no answer: a check fails at its time-out.
    Never,
}

impl Targets {
    /// The target that gets the requests.
    pub(super) fn first(&self) -> &Target {
        &self.all[0]
    }

    /// True when each of them is healthy.
    pub(super) fn are_healthy(&self) -> bool {
        let mut all = self.all.iter();
        all.all(|target| target.state == TargetState::Healthy)
    }

    /// True when one of them is unhealthy.
    pub(super) fn has_unhealthy(&self) -> bool {
        let mut all = self.all.iter();
        all.any(|target| target.state == TargetState::Unhealthy)
    }
}

impl Target {
    /// A target that is registered now, whose container does not answer yet.
    pub(super) fn new(check: TargetHealthCheck, now: SimTime, joins_others: bool) -> Self {
        Self {
            check,
            registered: now,
            state: TargetState::Initial,
            answers: Answers::Refuses,
            since: now,
            ready: None,
            fails: None,
            due: None,
            slow: None,
            joins_others,
            was_healthy: false,
            counted_in: None,
        }
    }

    /// The step of its slow start, from 1; 0 when it is in none.
    pub(super) fn slow_step(&self) -> u8 {
        self.slow.map_or(0, |(.., step)| step)
    }

    /// True when it is healthy and in no slow start.
    pub(super) fn is_full(&self) -> bool {
        self.state == TargetState::Healthy && self.slow.is_none()
    }

    /// True when it may begin a slow start: it joined others, or it was healthy before.
    pub(super) const fn may_start_slowly(&self) -> bool {
        self.joins_others || self.was_healthy
    }

    /// Its slow start begins.
    pub(super) const fn start_slowly(&mut self, now: SimTime, lasts: Span) {
        self.slow = Some((now, lasts, 1));
    }

    /// When the present step of its slow start is over.
    fn step_ends(&self) -> Option<SimTime> {
        let (since, lasts, step) = self.slow?;
        let micros = lasts.as_micros() * u64::from(step) / u64::from(TargetClass::STEPS);
        Some(since + Span::micros(micros))
    }

    /// Its container answers in this way from now on; it is `ready` later, and `fails` for good after
    /// that.
    pub(super) fn begin(
        &mut self,
        answers: Answers,
        (ready, fails): (Option<SimTime>, Option<SimTime>),
        now: SimTime,
    ) {
        self.answer(answers, now);
        (self.ready, self.fails) = (ready, fails);
    }

    /// Its container answers in this way from now on. Checks in a row that have failed count on when it
    /// fails in another way, as after a restart.
    fn answer(&mut self, answers: Answers, now: SimTime) {
        let was_well = self.answers == Answers::Well;
        if was_well != (answers == Answers::Well) {
            self.since = now;
        }
        self.answers = answers;
    }

    /// Makes the changes that are due now; a failing container then answers as `failing`. Returns its
    /// new health status, if that has changed.
    pub(super) fn pass(&mut self, now: SimTime, failing: Answers) -> Option<TargetState> {
        if self.ready.is_some_and(|at| at <= now) {
            self.ready = None;
            self.answer(Answers::Well, now);
        }
        if self.fails.is_some_and(|at| at <= now) {
            self.fails = None;
            self.answer(failing, now);
        }
        while self.step_ends().is_some_and(|end| end <= now) {
            let begun = self
                .slow
                .map(|(since, lasts, step)| (since, lasts, step + 1));
            self.slow = begun.filter(|(.., step)| *step <= TargetClass::STEPS);
        }
        let (at, state) = self.verdict()?;
        if at > now {
            return None;
        }
        if state == TargetState::Unhealthy {
            self.slow = None;
            self.was_healthy |= self.state == TargetState::Healthy;
        }
        self.state = state;
        Some(state)
    }

    /// Since when its container answers as it does.
    pub(super) fn since(&self) -> SimTime {
        self.since
    }

    /// The time of the next change.
    pub(super) fn next(&self) -> Option<SimTime> {
        let verdict = self.verdict().map(|(at, _)| at);
        [self.ready, self.fails, verdict, self.step_ends()]
            .into_iter()
            .flatten()
            .min()
    }

    /// When the checks give it another health status, if it goes on to answer as it does, and which.
    fn verdict(&self) -> Option<(SimTime, TargetState)> {
        let check = &self.check;
        let (checks, state) = match (self.state, self.answers) {
            (TargetState::Initial, Answers::Well) => {
                (check.initial_threshold, TargetState::Healthy)
            }
            (TargetState::Unhealthy, Answers::Well) => {
                (check.healthy_threshold, TargetState::Healthy)
            }
            (TargetState::Healthy, Answers::Well) | (TargetState::Unhealthy, _) => return None,
            (TargetState::Initial | TargetState::Healthy, _) => {
                (check.unhealthy_threshold, TargetState::Unhealthy)
            }
        };
        let interval = check.interval.as_micros().max(1);
        let before = self.since.since(self.registered).as_micros();
        let first = before.div_ceil(interval).max(1);
        let last = first + u64::from(checks.saturating_sub(1));
        let hangs = match self.answers {
            Answers::Never => check.timeout,
            Answers::Well | Answers::Refuses => Span::ZERO,
        };
        let begins = self.registered + Span::micros(last.saturating_mul(interval));
        Some((begins + hangs, state))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::LoadBalancerKind;

    fn at(seconds: u64) -> SimTime {
        SimTime::ZERO + Span::seconds(seconds)
    }

    /// The changes of health of a target that is registered at 100 s.
    fn changes(
        check: TargetHealthCheck,
        (ready, fails): (u64, Option<u64>),
        failing: Answers,
    ) -> Vec<(u64, TargetState)> {
        let mut target = Target::new(check, at(100), false);
        let now = at(100);
        let answers = match ready <= 100 {
            true => Answers::Well,
            false => Answers::Refuses,
        };
        let ready = Some(at(ready)).filter(|ready| *ready > now);
        target.begin(answers, (ready, fails.map(at)), now);
        let mut changes = Vec::new();
        while let Some(next) = target.next() {
            if let Some(state) = target.pass(next, failing) {
                changes.push((next.since(SimTime::ZERO).ceil_seconds(), state));
            }
        }
        changes
    }

    const ALB: TargetHealthCheck = TargetHealthCheck::of(LoadBalancerKind::Application);

    #[test]
    fn fact_4_1_4_one_check_or_the_healthy_threshold_makes_a_new_target_healthy() {
        use TargetState::Healthy;
        assert_eq!(changes(ALB, (0, None), Answers::Refuses), [(130, Healthy)]);
        let as_counted_by_aws = TargetHealthCheck {
            initial_threshold: 5,
            ..ALB
        };
        assert_eq!(
            changes(as_counted_by_aws, (0, None), Answers::Refuses),
            [(250, Healthy)],
            "30 × 5 = 150 s"
        );
    }

    #[test]
    fn fact_w17_two_failures_in_a_row_and_then_the_healthy_threshold() {
        use TargetState::{Healthy, Unhealthy};
        // It would be ready at 175 s: two checks at 130 and 160 s have failed; five must pass.
        assert_eq!(
            changes(ALB, (175, None), Answers::Refuses),
            [(160, Unhealthy), (310, Healthy)]
        );
        // It fails at 200 s: checks at 220 and 250 s, which hang for 5 s.
        for (failing, late) in [(Answers::Refuses, 0), (Answers::Never, 5)] {
            assert_eq!(
                changes(ALB, (100, Some(200)), failing),
                [(130, Healthy), (250 + late, Unhealthy)]
            );
        }
        // An interval of 5 s and a threshold of 2: in service after about 10 s.
        let quick = TargetHealthCheck {
            interval: Span::seconds(5),
            healthy_threshold: 2,
            ..ALB
        };
        assert_eq!(
            changes(quick, (121, None), Answers::Refuses),
            [(110, Unhealthy), (130, Healthy)]
        );
    }

    /// A container that restarts and is not ready for long: the failures before and after count together.
    #[test]
    fn failures_before_and_after_a_restart_count_together() {
        let mut target = Target::new(ALB, at(0), false);
        target.begin(Answers::Well, (None, Some(at(61))), at(0));
        assert_eq!(
            target.pass(at(30), Answers::Refuses),
            Some(TargetState::Healthy)
        );
        assert_eq!(target.pass(at(61), Answers::Refuses), None);
        // It exits at 100 s and is ready again at 700 s.
        target.begin(Answers::Refuses, (Some(at(700)), None), at(100));
        assert_eq!(target.next(), Some(at(120)), "the checks at 90 and 120 s");
    }

    #[test]
    fn a_check_at_the_time_of_a_change_finds_the_new_state() {
        use TargetState::Healthy;
        assert_eq!(
            changes(ALB, (160, None), Answers::Refuses),
            [(160, Healthy)]
        );
    }
}
