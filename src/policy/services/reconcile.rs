//! One pass of a service: how many tasks to stop and how many to start
//! (facts/ecs.md 93, 194, 197, 201, 202, 225, 226).
//!
//! *Current* tasks count towards the desired count. *Old* tasks are to be replaced: they belong
//! to an older deployment, or are on a DRAINING instance. Healthy tasks of both kinds serve, and
//! both kinds count for the limits. In a pass ECS stops tasks first, then it starts tasks.
//!
//! While a deployment is in progress, the revision that served before it is *kept*: as far as the
//! minimum needs its tasks, those that are lost are replaced by tasks of the same revision (202).

use super::Bounds;

/// The number of tasks of a service before a pass, by state. A task whose desired status is STOPPED
/// is counted in `stopping` only.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// The desired count.
    pub desired: u32,
    /// Current, RUNNING and healthy.
    pub healthy: u32,
    /// Current, RUNNING and found unhealthy.
    pub unhealthy: u32,
    /// Current and pending: waiting for capacity, starting, or RUNNING with health not yet
    /// known.
    pub pending: u32,
    /// Old, RUNNING and healthy.
    pub old_healthy: u32,
    /// Old, RUNNING and found unhealthy.
    pub old_unhealthy: u32,
    /// Old and pending.
    pub old_pending: u32,
    /// The most tasks of the kept revision that are still needed; 0 without one. It is the number that
    /// were RUNNING when the deployment began, and only falls.
    pub kept: u32,
    /// Of the kept revision and found unhealthy. They are not in `old_unhealthy`.
    pub kept_unhealthy: u32,
    /// Of the kept revision and pending: they replace lost tasks of it. They are not in
    /// `old_pending`.
    pub kept_pending: u32,
    /// Stopping. They count neither as healthy nor towards the maximum (194).
    pub stopping: u32,
    /// Those of the above that may not stop: their scale-in protection is on (227).
    pub protected: Stops,
}

/// How many tasks of each kind to stop.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stops {
    /// Old tasks that are pending.
    pub old_pending: u32,
    /// Old tasks that are unhealthy.
    pub old_unhealthy: u32,
    /// Old tasks that are healthy.
    pub old_healthy: u32,
    /// Tasks of the kept revision that are pending and not needed.
    pub kept_pending: u32,
    /// Tasks of the kept revision that are unhealthy, and replaced or not needed.
    pub kept_unhealthy: u32,
    /// Current tasks that are pending and exceed the desired count.
    pub pending: u32,
    /// Current tasks that are unhealthy.
    pub unhealthy: u32,
    /// Current tasks that are healthy and exceed the desired count.
    pub healthy: u32,
}

/// The stops and starts of one pass.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Step {
    /// Tasks to stop, in the order of the fields.
    pub stop: Stops,
    /// Number of tasks to start after that. The caller limits it to capacity and launch rates.
    pub start: u32,
    /// Number of tasks of the kept revision to start before those.
    pub start_kept: u32,
    /// True when tasks must be replaced or started, and the limits allow neither a stop nor a
    /// start, now or later. ECS reports it in a service event (201).
    pub is_blocked: bool,
}

impl Stops {
    /// The sum of all fields.
    pub fn total(&self) -> u32 {
        let old = self.old_pending + self.old_unhealthy + self.old_healthy;
        let kept = self.kept_pending + self.kept_unhealthy;
        old + kept + self.pending + self.unhealthy + self.healthy
    }
}

impl Counts {
    /// Number of RUNNING and PENDING tasks, which the maximum limits (194).
    pub fn total(&self) -> u32 {
        self.old() + self.pending + self.unhealthy + self.healthy
    }

    /// Number of tasks that are to be replaced, whatever their health.
    pub fn old(&self) -> u32 {
        let kept = self.kept_pending + self.kept_unhealthy;
        self.old_pending + self.old_unhealthy + self.old_healthy + kept
    }
}

/// Decides one pass. Protected tasks do not stop (227).
///
/// - Old tasks that are not healthy stop at once (225). Healthy ones stop as far as the minimum
///   allows (197).
/// - A current task that is unhealthy counts as missing. It stops when its replacement is
///   healthy. When the maximum does not allow a replacement, unhealthy tasks stop one at a time,
///   the next after the previous one has stopped and is replaced (202).
/// - The same holds for unhealthy and lost tasks of the kept revision, up to the number that the
///   minimum needs beside the healthy tasks. Their replacements start before current tasks.
/// - Tasks above the desired count stop: pending ones first, then healthy ones (93).
pub fn reconcile(counts: &Counts, bounds: Bounds) -> Step {
    let needed = kept_needed(counts, bounds);
    let mut stop = not_needed(counts, bounds, needed);
    let missing = counts
        .desired
        .saturating_sub(counts.healthy + counts.pending);
    let missing_kept = needed.saturating_sub(counts.kept_pending);
    // A start or a stop that is under way changes the counts: then the pass is not blocked.
    let is_waiting = counts.pending > 0 || counts.stopping > 0;
    let kept_is_waiting = counts.kept_pending > 0 || counts.stopping > 0;
    // Tasks that the maximum allows to start after these stops.
    let room = |stop: &Stops| {
        let left = counts.total() - stop.total();
        bounds.maximum_total.saturating_sub(left)
    };
    if missing > 0 && room(&stop) == 0 && stop.unhealthy < counts.unhealthy && !is_waiting {
        stop.unhealthy += 1;
    }
    let is_left = stop.kept_unhealthy < counts.kept_unhealthy;
    if missing_kept > 0 && room(&stop) == 0 && is_left && !kept_is_waiting {
        stop.kept_unhealthy += 1;
    }
    let start_kept = missing_kept.min(room(&stop));
    let start = missing.min(room(&stop) - start_kept);
    let acts = start + start_kept + stop.total() > 0;
    Step {
        stop,
        start,
        start_kept,
        is_blocked: missing > 0 && !acts && !is_waiting && !kept_is_waiting,
    }
}

/// The number of tasks of the kept revision that the minimum needs beside all healthy tasks.
fn kept_needed(counts: &Counts, bounds: Bounds) -> u32 {
    let missing = bounds.minimum_healthy.saturating_sub(counts.healthy);
    missing.min(counts.kept).saturating_sub(counts.old_healthy)
}

/// The tasks that stop in any case: old ones as far as the minimum allows, those above the desired
/// count, and unhealthy ones whose replacement is healthy.
fn not_needed(counts: &Counts, bounds: Bounds, kept_needed: u32) -> Stops {
    // Healthy tasks that may stop without going below the minimum.
    let serving = counts.healthy + counts.old_healthy;
    let spare = serving.saturating_sub(bounds.minimum_healthy);
    let old_healthy = (counts.old_healthy - counts.protected.old_healthy).min(spare);

    let too_many = (counts.healthy + counts.pending).saturating_sub(counts.desired);
    let pending = (counts.pending - counts.protected.pending).min(too_many);
    let healthy = (too_many - pending)
        .min(spare - old_healthy)
        .min(counts.healthy - counts.protected.healthy);

    let replaced = (counts.healthy + counts.unhealthy).saturating_sub(counts.desired);
    Stops {
        old_pending: counts.old_pending - counts.protected.old_pending,
        old_unhealthy: counts.old_unhealthy,
        old_healthy,
        kept_pending: counts.kept_pending.saturating_sub(kept_needed),
        kept_unhealthy: counts.kept_unhealthy.saturating_sub(kept_needed),
        pending,
        unhealthy: counts.unhealthy.min(replaced),
        healthy,
    }
}

#[cfg(test)]
mod tests {
    use super::super::DeploymentConfiguration;
    use super::*;

    /// A service in a cluster that holds at most `room` tasks. Between two passes tasks stop and
    /// become healthy.
    struct Played {
        counts: Counts,
        bounds: Bounds,
        room: u32,
    }

    impl Played {
        fn new(counts: Counts, minimum: u32, maximum: u32, room: u32) -> Self {
            let configuration = DeploymentConfiguration {
                minimum_healthy_percent: minimum,
                maximum_percent: maximum,
            };
            let bounds = configuration.bounds(counts.desired);
            Self {
                counts,
                bounds,
                room,
            }
        }

        /// Plays passes until nothing changes. Returns each stop and start with the numbers of old
        /// and current tasks after it, as "old+current".
        fn steps(&mut self) -> Vec<String> {
            let mut steps = Vec::new();
            for _ in 0..50 {
                let step = reconcile(&self.counts, self.bounds);
                let least = self.serving().min(self.bounds.minimum_healthy);
                let stopped = self.stop(step.stop);
                assert!(self.serving() >= least, "the minimum holds");
                if stopped > 0 {
                    steps.push(format!("stop {stopped}: {}", self.split()));
                }
                let free = self.room.saturating_sub(self.counts.total());
                let start = step.start.min(free);
                self.counts.pending += start;
                if start > 0 {
                    steps.push(format!("start {start}: {}", self.split()));
                    let total = self.counts.total();
                    assert!(total <= self.bounds.maximum_total, "the maximum holds");
                }
                if step.stop.total() == 0 && start == 0 && self.counts.pending == 0 {
                    return steps;
                }
                // What was started is healthy before the next pass.
                self.counts.healthy += std::mem::take(&mut self.counts.pending);
            }
            panic!("the passes do not end: {steps:?}");
        }

        fn split(&self) -> String {
            let counts = &self.counts;
            let old = counts.old_healthy + counts.old_unhealthy + counts.old_pending;
            format!("{old}+{}", counts.total() - old)
        }

        fn stop(&mut self, stop: Stops) -> u32 {
            let counts = &mut self.counts;
            counts.old_pending -= stop.old_pending;
            counts.old_unhealthy -= stop.old_unhealthy;
            counts.old_healthy -= stop.old_healthy;
            counts.kept_pending -= stop.kept_pending;
            counts.kept_unhealthy -= stop.kept_unhealthy;
            counts.pending -= stop.pending;
            counts.unhealthy -= stop.unhealthy;
            counts.healthy -= stop.healthy;
            stop.total()
        }

        fn serving(&self) -> u32 {
            self.counts.healthy + self.counts.old_healthy
        }
    }

    fn deployment(desired: u32) -> Counts {
        Counts {
            desired,
            old_healthy: desired,
            ..Counts::default()
        }
    }

    fn running(desired: u32, healthy: u32, unhealthy: u32) -> Counts {
        Counts {
            desired,
            healthy,
            unhealthy,
            ..Counts::default()
        }
    }

    fn bounds(minimum_healthy: u32, maximum_total: u32) -> Bounds {
        Bounds {
            minimum_healthy,
            maximum_total,
        }
    }

    #[test]
    fn fact_195_two_may_stop_first_or_four_start_first() {
        let step = reconcile(&deployment(4), bounds(2, 4));
        assert_eq!((step.stop.old_healthy, step.start), (2, 2));
        let step = reconcile(&deployment(4), bounds(4, 8));
        assert_eq!((step.stop.total(), step.start), (0, 4));
    }

    #[test]
    fn fact_198_six_tasks_with_room_for_eight() {
        let mut played = Played::new(deployment(6), 100, 200, 8);
        assert_eq!(
            played.steps(),
            [
                "start 2: 6+2",
                "stop 2: 4+2",
                "start 2: 4+4",
                "stop 2: 2+4",
                "start 2: 2+6",
                "stop 2: 0+6"
            ]
        );
    }

    #[test]
    fn fact_199_six_tasks_with_room_for_ten_and_half_of_them_needed() {
        let mut played = Played::new(deployment(6), 50, 200, 10);
        assert_eq!(
            played.steps(),
            ["stop 3: 3+0", "start 6: 3+6", "stop 3: 0+6"]
        );
    }

    #[test]
    fn fact_201_100_and_100_block_a_replacement() {
        let step = reconcile(&deployment(4), bounds(4, 4));
        assert!(step.is_blocked);
        assert_eq!((step.stop, step.start), (Stops::default(), 0));
        // A service with pending tasks is not blocked.
        let counts = Counts {
            pending: 4,
            ..deployment(4)
        };
        assert_eq!(reconcile(&counts, bounds(4, 8)), Step::default());
    }

    #[test]
    fn fact_202_the_replacement_of_an_unhealthy_task_starts_first() {
        let mut played = Played::new(running(4, 3, 1), 100, 200, 100);
        assert_eq!(played.steps(), ["start 1: 0+5", "stop 1: 0+4"]);
        assert_eq!(played.counts, running(4, 4, 0));
        // While the replacement is pending, nothing stops.
        let counts = Counts {
            pending: 1,
            ..running(4, 3, 1)
        };
        assert_eq!(reconcile(&counts, bounds(4, 8)), Step::default());
    }

    /// A deployment that makes no progress, with `pending` tasks of the new revision; the old one had
    /// four tasks.
    fn hanging(pending: u32, old_healthy: u32, kept_unhealthy: u32) -> Counts {
        Counts {
            pending,
            old_healthy,
            kept_unhealthy,
            kept: 4,
            ..deployment(4)
        }
    }

    #[test]
    fn fact_202_a_lost_task_is_replaced_by_one_of_its_revision() {
        let with = |counts: Counts, limits| {
            let step = reconcile(&counts, limits);
            (step.start_kept, step.start, step.stop.total())
        };
        assert_eq!(
            with(hanging(4, 4, 0), bounds(4, 8)),
            (0, 0, 0),
            "none is lost"
        );
        assert_eq!(
            with(hanging(4, 3, 0), bounds(4, 8)),
            (1, 0, 0),
            "one is lost"
        );
        assert_eq!(
            with(hanging(4, 3, 0), bounds(2, 8)),
            (0, 0, 1),
            "two are needed"
        );
        assert_eq!(
            with(hanging(0, 3, 0), bounds(4, 6)),
            (1, 2, 0),
            "the old one first"
        );
        let scaled_out = Counts {
            desired: 8,
            ..hanging(8, 4, 0)
        };
        assert_eq!(
            with(scaled_out, bounds(8, 16)),
            (0, 0, 0),
            "there were four"
        );
        let replaced = Counts {
            healthy: 4,
            ..hanging(0, 0, 0)
        };
        assert_eq!(with(replaced, bounds(4, 8)), (0, 0, 0));
    }

    #[test]
    fn fact_202_unhealthy_tasks_of_a_replaced_revision_stop_when_they_are_replaced() {
        let step = reconcile(&hanging(0, 3, 1), bounds(4, 8));
        assert_eq!((step.start_kept, step.start, step.stop.total()), (1, 3, 0));
        let pending = Counts {
            kept_pending: 1,
            ..hanging(3, 3, 1)
        };
        assert_eq!(reconcile(&pending, bounds(4, 8)), Step::default());
        let replaced = reconcile(&hanging(3, 4, 1), bounds(4, 8));
        assert_eq!((replaced.stop.kept_unhealthy, replaced.start), (1, 1));
        // Without room one stops first.
        let full = reconcile(&hanging(4, 2, 2), bounds(4, 8));
        assert_eq!((full.stop.kept_unhealthy, full.start_kept), (1, 1));
        let stopping = Counts {
            stopping: 1,
            kept_pending: 1,
            ..hanging(4, 2, 1)
        };
        assert_eq!(reconcile(&stopping, bounds(4, 8)), Step::default());
    }

    #[test]
    fn fact_227_protected_tasks_do_not_stop() {
        let protected = |old_healthy, healthy| Stops {
            old_healthy,
            healthy,
            ..Stops::default()
        };
        let scaled_in = Counts {
            protected: protected(0, 3),
            ..running(1, 4, 0)
        };
        assert_eq!(reconcile(&scaled_in, bounds(1, 2)).stop.healthy, 1);
        // The room of a protected old task is not free: one new task less may start.
        let deployed = Counts {
            protected: protected(3, 0),
            ..deployment(4)
        };
        let step = reconcile(&deployed, bounds(2, 4));
        assert_eq!((step.stop.old_healthy, step.start), (1, 1));
    }

    #[test]
    fn fact_202_without_room_unhealthy_tasks_stop_one_at_a_time() {
        let mut played = Played::new(running(4, 1, 3), 100, 100, 100);
        assert_eq!(
            played.steps(),
            [
                "stop 1: 0+3",
                "start 1: 0+4",
                "stop 1: 0+3",
                "start 1: 0+4",
                "stop 1: 0+3",
                "start 1: 0+4"
            ]
        );
        // The next unhealthy task stays until the previous one has stopped.
        let counts = Counts {
            pending: 1,
            stopping: 1,
            ..running(4, 1, 2)
        };
        assert_eq!(reconcile(&counts, bounds(4, 4)), Step::default());
    }

    #[test]
    fn fact_93_scale_in_stops_pending_then_unhealthy_then_healthy() {
        let counts = Counts {
            pending: 2,
            ..running(3, 4, 1)
        };
        let step = reconcile(&counts, bounds(3, 6));
        assert_eq!((step.stop.pending, step.stop.healthy), (2, 1));
        assert_eq!((step.stop.unhealthy, step.start), (1, 0));
        let to_zero = reconcile(&running(0, 3, 1), bounds(0, 0));
        assert_eq!(to_zero.stop.total(), 4);
    }

    #[test]
    fn fact_225_draining_with_minimum_100_replaces_first() {
        let counts = Counts {
            old_healthy: 2,
            ..running(4, 2, 0)
        };
        let mut played = Played::new(counts, 100, 200, 100);
        assert_eq!(played.steps(), ["start 2: 2+4", "stop 2: 0+4"]);
    }

    #[test]
    fn fact_225_draining_with_maximum_100_stops_first() {
        let counts = Counts {
            old_healthy: 2,
            ..running(4, 2, 0)
        };
        let mut played = Played::new(counts, 50, 100, 100);
        assert_eq!(played.steps(), ["stop 2: 0+2", "start 2: 0+4"]);
        assert!(reconcile(&counts, bounds(4, 4)).is_blocked);
    }

    #[test]
    fn fact_225_old_tasks_that_are_not_healthy_stop_at_once() {
        let counts = Counts {
            old_pending: 2,
            old_unhealthy: 1,
            ..running(4, 1, 0)
        };
        let step = reconcile(&counts, bounds(4, 4));
        assert_eq!((step.stop.old_pending, step.stop.old_unhealthy), (2, 1));
        assert_eq!(step.start, 3);
    }

    #[test]
    fn every_service_that_is_not_blocked_reaches_its_desired_count() {
        for desired in 0..6 {
            for (healthy, unhealthy, old) in [(0, 0, 5), (2, 1, 3), (7, 0, 0), (0, 4, 0), (1, 1, 1)]
            {
                for (minimum, maximum) in [(0, 100), (50, 150), (100, 200), (100, 101)] {
                    let counts = Counts {
                        old_healthy: old,
                        ..running(desired, healthy, unhealthy)
                    };
                    let mut played = Played::new(counts, minimum, maximum, 1_000);
                    played.steps();
                    let blocked = reconcile(&played.counts, played.bounds).is_blocked;
                    let reached = running(desired, desired, 0);
                    assert!(blocked || played.counts == reached, "{counts:?}");
                }
            }
        }
    }
}
