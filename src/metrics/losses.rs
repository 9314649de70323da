//! Tasks that a service loses: how long ECS takes to notice, and how long until another task
//! is healthy in their place.
//!
//! A task is lost when, having been healthy, it ceases to serve and nobody wanted that: its
//! host dies, its health check begins to fail, an essential container exits, AWS takes
//! Fargate Spot capacity back. Who is lost before the reported time is left out.

use super::Spread;
use crate::units::{SimTime, Span};
use std::collections::{BTreeSet, VecDeque};

/// What became of the losses of a service, or of several together.
#[derive(Clone, Debug, Default)]
pub struct Losses {
    /// From the loss until ECS noticed, of tasks whose host died or whose check fails. What
    /// exits or gets a notice is known at once and is not among them.
    pub detections: Spread,
    /// From the loss until a task became healthy in its place, the first lost the first; what
    /// is open at the end counts up to there. None of a daemon.
    pub replacements: Spread,
    origin: SimTime,
    /// When those were lost in whose place no task is healthy yet, in order.
    open: VecDeque<SimTime>,
    /// Ordinals of those that are counted as lost and have not left yet.
    lost: BTreeSet<u64>,
}

impl Losses {
    /// No losses yet; those from `origin` on count.
    pub(super) fn new(origin: SimTime) -> Self {
        Self {
            origin,
            ..Self::default()
        }
    }

    /// ECS notices now that a task is lost, so long after it was. So many healthy tasks are
    /// missing.
    pub(super) fn noticed(&mut self, now: SimTime, ordinal: u64, after: Span, missing: u64) {
        if !self.lost.insert(ordinal) {
            return; // It was broken before its host died.
        }
        let at = SimTime::micros((now.as_micros()).saturating_sub(after.as_micros()));
        if at >= self.origin {
            self.detections.record(after);
        }
        self.add_open(at, missing);
    }

    /// A task leaves now; unasked, it is lost unless it was before.
    pub(super) fn left(&mut self, now: SimTime, ordinal: u64, unasked: bool, missing: u64) {
        let was_lost = self.lost.remove(&ordinal);
        if unasked && !was_lost {
            self.add_open(now, missing);
        }
    }

    /// A task becomes healthy: for the first time, or again after it was counted as lost, it
    /// takes the place of the first lost.
    pub(super) fn healthy(&mut self, now: SimTime, ordinal: u64, is_new: bool) {
        if !self.lost.remove(&ordinal) && !is_new {
            return;
        }
        if let Some(at) = self.open.pop_front() {
            self.replaced(at, now);
        }
    }

    /// No more losses want a replacement than healthy tasks are missing: the last are
    /// forgotten.
    pub(super) fn limit(&mut self, missing: u64) {
        self.open
            .truncate(usize::try_from(missing).unwrap_or(usize::MAX));
    }

    /// What is open now counts up to here.
    pub(super) fn finish(&mut self, end: SimTime) {
        while let Some(at) = self.open.pop_front() {
            self.replaced(at, end);
        }
    }

    /// Adds those of another service.
    pub(super) fn add(&mut self, other: &Self) {
        self.detections.merge(&other.detections);
        self.replacements.merge(&other.replacements);
    }

    fn add_open(&mut self, at: SimTime, missing: u64) {
        let place = self.open.partition_point(|earlier| *earlier <= at);
        self.open.insert(place, at);
        self.limit(missing);
    }

    fn replaced(&mut self, at: SimTime, now: SimTime) {
        if at >= self.origin {
            self.replacements.record(now.since(at));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn second(second: u64) -> SimTime {
        SimTime::ZERO + Span::seconds(second)
    }

    fn seconds(spread: &Spread) -> (u64, f64, u64) {
        let mean = spread.mean().unwrap_or(0.0);
        (spread.count, mean, spread.maximum.ceil_seconds())
    }

    #[test]
    fn the_first_lost_is_the_first_replaced() {
        let mut losses = Losses::new(SimTime::ZERO);
        // One exits at 100; that another died at 50 is noticed at 230.
        losses.left(second(100), 0, true, 2);
        losses.noticed(second(230), 1, Span::seconds(180), 2);
        losses.healthy(second(240), 2, true);
        assert_eq!(seconds(&losses.replacements), (1, 190.0, 190));
        losses.healthy(second(250), 3, true);
        assert_eq!(seconds(&losses.replacements), (2, 170.0, 190));
        losses.healthy(second(260), 4, true);
        assert_eq!(losses.replacements.count, 2, "nobody is missing");
        assert_eq!(seconds(&losses.detections), (1, 180.0, 180));
    }

    #[test]
    fn who_is_broken_and_then_dies_is_lost_once() {
        let mut losses = Losses::new(SimTime::ZERO);
        losses.noticed(second(30), 0, Span::seconds(20), 1);
        losses.noticed(second(90), 0, Span::seconds(10), 1);
        losses.left(second(90), 0, true, 1);
        losses.finish(second(110));
        assert_eq!(seconds(&losses.detections), (1, 20.0, 20));
        assert_eq!(seconds(&losses.replacements), (1, 100.0, 100));
    }

    #[test]
    fn who_heals_takes_his_own_place_and_who_restarts_nobody_s() {
        let mut losses = Losses::new(SimTime::ZERO);
        losses.noticed(second(30), 0, Span::seconds(20), 1);
        // Not new and not lost: its container was restarted.
        losses.healthy(second(35), 1, false);
        assert_eq!(losses.replacements.count, 0);
        losses.healthy(second(40), 0, false);
        assert_eq!(seconds(&losses.replacements), (1, 30.0, 30));
        // It can be lost again.
        losses.noticed(second(100), 0, Span::seconds(7), 1);
        assert_eq!(seconds(&losses.detections), (2, 13.5, 20));
    }

    #[test]
    fn a_loss_that_needs_no_replacement_is_forgotten() {
        let mut losses = Losses::new(SimTime::ZERO);
        losses.left(second(10), 0, true, 2);
        losses.left(second(20), 1, true, 2);
        losses.limit(1);
        losses.healthy(second(50), 2, true);
        losses.healthy(second(60), 3, true);
        assert_eq!(seconds(&losses.replacements), (1, 40.0, 40));
        // More are there than desired.
        losses.left(second(70), 2, true, 0);
        losses.finish(second(100));
        assert_eq!(losses.replacements.count, 1);
    }

    #[test]
    fn losses_before_the_reported_time_are_left_out() {
        let mut losses = Losses::new(second(100));
        losses.noticed(second(110), 0, Span::seconds(30), 2);
        losses.left(second(105), 1, true, 2);
        losses.healthy(second(120), 2, true);
        assert_eq!((losses.detections.count, losses.replacements.count), (0, 0));
        losses.healthy(second(125), 3, true);
        assert_eq!(seconds(&losses.replacements), (1, 20.0, 20));
    }
}
