//! The state of a service's deployments: its revisions, the deployment that is PRIMARY, and the
//! revisions whose deployments have completed (facts/ecs.md 29, 205 to 213).

use crate::cluster::RevisionId;
use crate::plan::TrafficShift;
use crate::policy::services::{StartDelays, StartThrottle};
use crate::units::SimTime;
use std::cmp::Reverse;
use std::collections::BTreeMap;

/// The deployments of a service. A deployment is known by the number of its revision, because a
/// deployment that goes back to an earlier revision continues the deployment of that revision
/// (facts/ecs.md 213).
pub(super) struct Rollout {
    revisions: Vec<Release>,
    /// The PRIMARY deployment.
    pub(super) primary: Primary,
    /// The revisions whose deployments have completed; that which completed last is the last.
    completed: Vec<usize>,
    /// The revision that the deployment in progress keeps.
    kept: Option<Kept>,
}

/// The revision that serves while a deployment is in progress: its lost tasks are replaced by tasks of
/// its own (facts/ecs.md 202).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Kept {
    /// The number of the revision.
    pub(super) number: usize,
    /// The most tasks of it that are still needed: those that were RUNNING when the deployment began,
    /// fewer as tasks of the deployment become healthy.
    pub(super) tasks: u32,
}

/// A revision of a service.
struct Release {
    /// Its tasks.
    revision: RevisionId,
    /// Its bad form; `None`: it cannot be bad.
    bad_form: Option<RevisionId>,
    /// Whether the release is bad; `None`: not drawn yet.
    is_bad: Option<bool>,
    /// Counts its starts in a row that failed (facts/ecs.md 70).
    throttle: StartThrottle,
    /// None of its tasks is started before this time.
    throttled_until: SimTime,
}

/// The PRIMARY deployment of a service.
#[derive(Clone, Debug)]
pub(super) struct Primary {
    /// The number of its revision.
    pub(super) number: usize,
    /// `rolloutState`.
    pub(super) state: RolloutState,
    /// `failedTasks` (facts/ecs.md 30, 211).
    pub(super) failed_tasks: u32,
    /// A task of it has been RUNNING: then tasks that fail to start do not count any more
    /// (facts/ecs.md 211).
    pub(super) has_run: bool,
    /// When it began; it looks at its alarms at whole periods from then on.
    pub(super) began: SimTime,
    /// When all tasks were replaced, so that its bake time began (facts/ecs.md 215).
    pub(super) baking_since: Option<SimTime>,
    /// Alarms that were in ALARM when it began, which are ignored (facts/ecs.md 214).
    pub(super) ignored_alarms: Vec<usize>,
    /// Its tasks run beside those of the earlier revision, and requests are shifted to them; `None`: it
    /// is a rolling deployment, or the earlier tasks stop by now.
    pub(super) shift: Option<Shift>,
}

/// How far a deployment is that shifts traffic (facts/ecs.md 217).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Shift {
    /// Its steps.
    pub(super) rules: TrafficShift,
    /// The number of the revision that has served before.
    pub(super) earlier: usize,
    /// The present stage.
    pub(super) stage: ShiftStage,
    /// Since when.
    pub(super) since: SimTime,
}

/// A stage of a deployment that shifts traffic (facts/ecs.md 217). Stages that do nothing in the model are
/// left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ShiftStage {
    /// SCALE_UP: until its tasks are healthy.
    ScaleUp,
    /// PRODUCTION_TRAFFIC_SHIFT, and after the last step BAKE_TIME: the number of the step.
    Step(u32),
}

/// `rolloutState` of a deployment (facts/ecs.md 29).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum RolloutState {
    InProgress,
    Completed,
    /// It starts no more tasks (facts/ecs.md 211).
    Failed,
}

impl Primary {
    fn new(number: usize, began: SimTime) -> Self {
        Self {
            number,
            began,
            state: RolloutState::InProgress,
            failed_tasks: 0,
            has_run: false,
            baking_since: None,
            ignored_alarms: Vec::new(),
            shift: None,
        }
    }

    pub(super) fn is_in_progress(&self) -> bool {
        self.state == RolloutState::InProgress
    }

    /// True while alarms can end it: a deployment that shifts traffic watches them from the first shift
    /// to the end of the bake time, a rolling one all the time (facts/ecs.md 214, 215, 224).
    pub(super) fn watches_alarms(&self, shifts: bool) -> bool {
        let is_shifted = |shift: Shift| shift.stage != ShiftStage::ScaleUp;
        self.is_in_progress() && (!shifts || self.shift.is_some_and(is_shifted))
    }

    pub(super) fn has_failed(&self) -> bool {
        self.state == RolloutState::Failed
    }
}

impl Rollout {
    /// The first deployment of a service, which is in progress.
    pub(super) fn new(revision: RevisionId) -> Self {
        let mut made = Self {
            revisions: Vec::new(),
            primary: Primary::new(0, SimTime::ZERO),
            completed: Vec::new(),
            kept: None,
        };
        made.add(revision);
        made
    }

    /// Adds a revision; its number is the next one.
    pub(super) fn add(&mut self, revision: RevisionId) {
        self.revisions.push(Release {
            revision,
            bad_form: None,
            is_bad: None,
            throttle: StartThrottle::default(),
            throttled_until: SimTime::ZERO,
        });
    }

    /// Adds the bad form of the newest revision.
    pub(super) fn add_bad_form(&mut self, bad: RevisionId) {
        let newest = self.revisions.last_mut();
        newest.expect("a service has a revision").bad_form = Some(bad);
    }

    /// The revision that was added last.
    pub(super) fn newest(&self) -> RevisionId {
        let newest = self.revisions.last();
        newest.expect("a service has a revision").revision
    }

    /// The tasks of the revision with this number.
    pub(super) fn revision(&self, number: usize) -> RevisionId {
        self.revisions[number].revision
    }

    /// The bad form of the revision with this number.
    pub(super) fn bad_form(&self, number: usize) -> Option<RevisionId> {
        self.revisions[number].bad_form
    }

    /// Whether the release with this number is bad: decided once, by `draw`.
    pub(super) fn is_bad(&mut self, number: usize, draw: impl FnOnce() -> bool) -> bool {
        *self.revisions[number].is_bad.get_or_insert_with(draw)
    }

    /// The revision of the PRIMARY deployment.
    pub(super) fn current(&self) -> RevisionId {
        self.revision(self.primary.number)
    }

    /// The number of the revision that new tasks have: that of the PRIMARY deployment. After a
    /// deployment has failed, that of the deployment that completed last, whose tasks are still
    /// there and are replaced when they stop (facts/ecs.md 202, 211); `None`: no task is started.
    pub(super) fn starts(&self) -> Option<usize> {
        match self.primary.has_failed() {
            true => self.last_completed(),
            false => Some(self.primary.number),
        }
    }

    /// True for a task that the service replaces, as it has another revision than the PRIMARY
    /// deployment. After that has failed, no task is replaced.
    pub(super) fn is_outdated(&self, number: usize) -> bool {
        let is_earlier = self.earlier() == Some(number);
        number != self.primary.number && !is_earlier && !self.primary.has_failed()
    }

    /// The number of the revision that serves beside that of the PRIMARY deployment, which shifts traffic.
    pub(super) fn earlier(&self) -> Option<usize> {
        self.primary.shift.map(|shift| shift.earlier)
    }

    /// The PRIMARY deployment shifts traffic from the earlier revision.
    pub(super) fn begin_shift(&mut self, rules: TrafficShift, earlier: usize, now: SimTime) {
        self.kept = None;
        self.primary.shift = Some(Shift {
            rules,
            earlier,
            stage: ShiftStage::ScaleUp,
            since: now,
        });
    }

    /// The number of the revision whose deployment completed last, other than that of the PRIMARY
    /// deployment: rollback goes to it (facts/ecs.md 213).
    pub(super) fn last_completed(&self) -> Option<usize> {
        let others = self.completed.iter().rev();
        let mut others = others.filter(|number| **number != self.primary.number);
        others.next().copied()
    }

    /// The revision that the deployment in progress keeps.
    pub(super) fn kept(&self) -> Option<Kept> {
        self.kept.filter(|_| self.primary.is_in_progress())
    }

    /// At most `tasks` tasks of the kept revision are needed from now on. A replaced revision gets no
    /// more tasks again when tasks of the new one become unhealthy later.
    pub(super) fn needs_at_most(&mut self, tasks: u32) {
        if let Some(kept) = &mut self.kept {
            kept.tasks = kept.tasks.min(tasks);
        }
    }

    /// No revision is kept, whatever is RUNNING. A daemon service does so: a daemon is replaced on its
    /// instance by one of the new revision.
    pub(super) fn keep_none(&mut self) {
        self.kept = None;
    }

    /// Makes the deployment of a revision PRIMARY and IN_PROGRESS. `running` has the number of RUNNING
    /// tasks of each revision. The other revision with the most of them is kept, the earlier one of
    /// two with equally many; one whose deployment has just failed is not. A deployment that had
    /// completed continues, so that a task of it has been RUNNING; it counts as completed again when
    /// it is (facts/ecs.md 211, 213). Failed starts before do not delay it (facts/ecs.md 70).
    pub(super) fn begin(&mut self, number: usize, now: SimTime, running: &BTreeMap<usize, u32>) {
        let failed = self.primary.has_failed().then_some(self.primary.number);
        let others = running.iter().map(|(of, tasks)| (*of, *tasks));
        let others = others.filter(|(of, _)| *of != number && Some(*of) != failed);
        let most = others.max_by_key(|(of, tasks)| (*tasks, Reverse(*of)));
        self.kept = most.map(|(number, tasks)| Kept { number, tasks });
        self.completed.retain(|done| *done != number);
        self.primary = Primary::new(number, now);
        self.primary.has_run = running.contains_key(&number);
        self.end_throttle(number, now);
    }

    /// No task of the revision that new tasks have is started before this time.
    pub(super) fn throttled_until(&self) -> SimTime {
        let started = self
            .starts()
            .map(|number| self.revisions[number].throttled_until);
        started.unwrap_or(SimTime::ZERO)
    }

    /// No task of a revision is started before this time.
    pub(super) fn revision_throttled_until(&self, number: usize) -> SimTime {
        self.revisions[number].throttled_until
    }

    /// A task of a revision failed before it was RUNNING. Returns true for the failure from which on
    /// its starts are impaired (facts/ecs.md 70, 71).
    pub(super) fn start_failed(
        &mut self,
        number: usize,
        now: SimTime,
        delays: &StartDelays,
    ) -> bool {
        let release = &mut self.revisions[number];
        let was_impaired = release.throttle.is_impaired(delays);
        release.throttle.failed();
        release.throttled_until = now + release.throttle.delay(delays);
        release.throttle.is_impaired(delays) && !was_impaired
    }

    /// The starts of a revision are not throttled any more (facts/ecs.md 70).
    pub(super) fn end_throttle(&mut self, number: usize, now: SimTime) {
        self.revisions[number].throttle.reset();
        self.revisions[number].throttled_until = now;
    }

    /// The PRIMARY deployment has completed.
    pub(super) fn complete(&mut self) {
        let number = self.primary.number;
        self.primary.state = RolloutState::Completed;
        self.completed.retain(|done| *done != number);
        self.completed.push(number);
        self.kept = None;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rollout(revisions: usize) -> Rollout {
        let mut made = Rollout::new(RevisionId::new(10));
        (1..revisions).for_each(|number| made.add(RevisionId::new(10 + number)));
        made
    }

    fn running(tasks: &[(usize, u32)]) -> BTreeMap<usize, u32> {
        tasks.iter().copied().collect()
    }

    #[test]
    fn fact_202_the_revision_with_the_most_running_tasks_is_kept() {
        let mut made = rollout(4);
        let kept = |made: &Rollout| made.kept().map(|kept| (kept.number, kept.tasks));
        made.complete();
        made.begin(1, SimTime::ZERO, &running(&[(0, 4)]));
        assert_eq!(kept(&made), Some((0, 4)));
        made.needs_at_most(3);
        made.needs_at_most(5);
        assert_eq!(kept(&made), Some((0, 3)), "it only falls");
        made.begin(2, SimTime::ZERO, &running(&[(0, 1), (1, 3)]));
        assert_eq!(kept(&made), Some((1, 3)), "it never completed, and serves");
        made.begin(3, SimTime::ZERO, &running(&[(0, 2), (1, 2)]));
        assert_eq!(kept(&made), Some((0, 2)), "the earlier one of two");
        made.primary.state = RolloutState::Failed;
        assert_eq!(kept(&made), None, "nothing is replaced");
        made.begin(0, SimTime::ZERO, &running(&[(0, 1), (1, 2), (3, 3)]));
        assert_eq!(kept(&made), Some((1, 2)), "3 has just failed");
        made.complete();
        assert_eq!(kept(&made), None);
    }

    #[test]
    fn fact_211_a_deployment_that_continues_with_running_tasks_has_run() {
        let mut made = rollout(2);
        made.complete();
        made.begin(1, SimTime::ZERO, &running(&[(0, 4)]));
        assert!(!made.primary.has_run);
        made.begin(0, SimTime::ZERO, &running(&[(0, 1)]));
        assert!(made.primary.has_run);
    }

    #[test]
    fn fact_213_rollback_goes_to_the_revision_that_completed_last() {
        let mut made = rollout(4);
        assert_eq!(made.last_completed(), None, "nothing to roll back to");
        made.complete();
        made.begin(1, SimTime::ZERO, &running(&[]));
        made.complete();
        made.begin(2, SimTime::ZERO, &running(&[]));
        assert_eq!(made.last_completed(), Some(1));
        made.begin(0, SimTime::ZERO, &running(&[]));
        made.complete();
        made.begin(3, SimTime::ZERO, &running(&[]));
        assert_eq!(made.last_completed(), Some(0), "0 completed again");
        made.begin(0, SimTime::ZERO, &running(&[]));
        assert_eq!(made.last_completed(), Some(1));
        made.begin(1, SimTime::ZERO, &running(&[]));
        assert_eq!(
            made.last_completed(),
            None,
            "both are IN_PROGRESS again or have failed"
        );
    }

    #[test]
    fn fact_211_a_failed_deployment_starts_nothing() {
        let mut made = rollout(2);
        made.primary.state = RolloutState::Failed;
        assert_eq!(made.starts(), None);
        let mut made = rollout(2);
        made.complete();
        made.begin(1, SimTime::ZERO, &running(&[]));
        assert_eq!(made.starts(), Some(1));
        assert!(made.is_outdated(0));
        made.primary.state = RolloutState::Failed;
        assert_eq!(made.starts(), Some(0));
        assert!(!made.is_outdated(0) && !made.is_outdated(1));
    }
}
