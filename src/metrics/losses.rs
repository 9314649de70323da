//! Tasks that a service loses: the time until ECS detects the loss, and the time until a
//! replacement is healthy.
//!
//! A task is lost when it was healthy and then stops serving although ECS did not stop it: its
//! host fails, its health check begins to fail, an essential container exits, or AWS reclaims
//! Fargate Spot capacity. Losses before the reported time are left out.

use super::Spread;
use crate::units::{SimTime, Span};
use std::collections::{BTreeSet, VecDeque};

/// The losses of a service, or of several services together.
#[derive(Clone, Debug, Default)]
pub struct Losses {
    /// Times from the loss to its detection by ECS, of tasks whose host failed or whose health
    /// check fails. Exits and interruptions with a notice are detected at once and are left out.
    pub detections: Spread,
    /// Times from the loss until a replacement is healthy; replacements are matched to losses in
    /// order of loss. A loss without replacement counts up to the end of the run. Empty for a
    /// daemon.
    pub replacements: Spread,
    origin: SimTime,
    /// Times of the losses without a healthy replacement, ascending.
    open: VecDeque<SimTime>,
    /// Ordinals of tasks that are counted as lost and have not stopped yet.
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

    /// Records that ECS detects the loss of a task now, `after` it occurred. `missing` is the
    /// number of healthy tasks below the desired count.
    pub(super) fn noticed(&mut self, now: SimTime, ordinal: u64, after: Span, missing: u64) {
        if !self.lost.insert(ordinal) {
            return; // Its health check had failed before its host did.
        }
        let at = SimTime::micros((now.as_micros()).saturating_sub(after.as_micros()));
        if at >= self.origin {
            self.detections.record(after);
        }
        self.add_open(at, missing);
    }

    /// Records that a task leaves now. With `unplanned` it is lost, unless it was counted as lost
    /// before.
    pub(super) fn left(&mut self, now: SimTime, ordinal: u64, unplanned: bool, missing: u64) {
        let was_lost = self.lost.remove(&ordinal);
        if unplanned && !was_lost {
            self.add_open(now, missing);
        }
    }

    /// Records that a task becomes healthy. For the first time, or after it was counted as lost, it
    /// is the replacement of the earliest open loss.
    pub(super) fn healthy(&mut self, now: SimTime, ordinal: u64, is_new: bool) {
        if !self.lost.remove(&ordinal) && !is_new {
            return;
        }
        if let Some(at) = self.open.pop_front() {
            self.replaced(at, now);
        }
    }

    /// Limits the open losses to the number of missing healthy tasks. The latest losses are
    /// dropped: they need no replacement.
    pub(super) fn limit(&mut self, missing: u64) {
        self.open
            .truncate(usize::try_from(missing).unwrap_or(usize::MAX));
    }

    /// Closes all open losses at the end of the run.
    pub(super) fn finish(&mut self, end: SimTime) {
        while let Some(at) = self.open.pop_front() {
            self.replaced(at, end);
        }
    }

    /// Adds the times of another service.
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
        // One task exits at 100 s. The loss of another at 50 s is detected at 230 s.
        losses.left(second(100), 0, true, 2);
        losses.noticed(second(230), 1, Span::seconds(180), 2);
        losses.healthy(second(240), 2, true);
        assert_eq!(seconds(&losses.replacements), (1, 190.0, 190));
        losses.healthy(second(250), 3, true);
        assert_eq!(seconds(&losses.replacements), (2, 170.0, 190));
        losses.healthy(second(260), 4, true);
        assert_eq!(losses.replacements.count, 2, "no task is missing");
        assert_eq!(seconds(&losses.detections), (1, 180.0, 180));
    }

    #[test]
    fn a_task_that_fails_its_check_and_then_its_host_is_lost_once() {
        let mut losses = Losses::new(SimTime::ZERO);
        losses.noticed(second(30), 0, Span::seconds(20), 1);
        losses.noticed(second(90), 0, Span::seconds(10), 1);
        losses.left(second(90), 0, true, 1);
        losses.finish(second(110));
        assert_eq!(seconds(&losses.detections), (1, 20.0, 20));
        assert_eq!(seconds(&losses.replacements), (1, 100.0, 100));
    }

    #[test]
    fn a_recovered_task_is_its_own_replacement_and_a_restarted_one_is_none() {
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
    fn a_loss_that_needs_no_replacement_is_dropped() {
        let mut losses = Losses::new(SimTime::ZERO);
        losses.left(second(10), 0, true, 2);
        losses.left(second(20), 1, true, 2);
        losses.limit(1);
        losses.healthy(second(50), 2, true);
        losses.healthy(second(60), 3, true);
        assert_eq!(seconds(&losses.replacements), (1, 40.0, 40));
        // More tasks are healthy than desired.
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
