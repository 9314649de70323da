//! The state of a service's deployments: its revisions, the deployment that is PRIMARY, and the
//! revisions whose deployments have completed (facts/ecs.md 29, 205 to 213).

use crate::cluster::RevisionId;
use crate::units::SimTime;

/// The deployments of a service. A deployment is known by the number of its revision, because a
/// deployment that goes back to an earlier revision continues the deployment of that revision
/// (facts/ecs.md 213).
pub(super) struct Rollout {
    revisions: Vec<Release>,
    /// The PRIMARY deployment.
    pub(super) primary: Primary,
    /// The revisions whose deployments have completed; that which completed last is the last.
    completed: Vec<usize>,
}

/// A revision of a service.
struct Release {
    /// Its tasks.
    revision: RevisionId,
    /// Its bad form; `None`: it cannot be bad.
    bad_form: Option<RevisionId>,
    /// Whether the release is bad; `None`: not drawn yet.
    is_bad: Option<bool>,
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
    /// When it began; it looks at its alarms at whole periods from then on.
    pub(super) began: SimTime,
    /// When all tasks were replaced, so that its bake time began (facts/ecs.md 215).
    pub(super) baking_since: Option<SimTime>,
    /// Alarms that were in ALARM when it began, which are ignored (facts/ecs.md 214).
    pub(super) ignored_alarms: Vec<usize>,
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
            baking_since: None,
            ignored_alarms: Vec::new(),
        }
    }

    pub(super) fn is_in_progress(&self) -> bool {
        self.state == RolloutState::InProgress
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
        number != self.primary.number && !self.primary.has_failed()
    }

    /// The number of the revision whose deployment completed last, other than that of the PRIMARY
    /// deployment: rollback goes to it (facts/ecs.md 213).
    pub(super) fn last_completed(&self) -> Option<usize> {
        let others = self.completed.iter().rev();
        let mut others = others.filter(|number| **number != self.primary.number);
        others.next().copied()
    }

    /// Makes the deployment of a revision PRIMARY and IN_PROGRESS. One that had completed counts as completed
    /// again when it is (facts/ecs.md 213).
    pub(super) fn begin(&mut self, number: usize, now: SimTime) {
        self.completed.retain(|done| *done != number);
        self.primary = Primary::new(number, now);
    }

    /// The PRIMARY deployment has completed.
    pub(super) fn complete(&mut self) {
        let number = self.primary.number;
        self.primary.state = RolloutState::Completed;
        self.completed.retain(|done| *done != number);
        self.completed.push(number);
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

    #[test]
    fn fact_213_rollback_goes_to_the_revision_that_completed_last() {
        let mut made = rollout(4);
        assert_eq!(made.last_completed(), None, "nothing to roll back to");
        made.complete();
        made.begin(1, SimTime::ZERO);
        made.complete();
        made.begin(2, SimTime::ZERO);
        assert_eq!(made.last_completed(), Some(1));
        made.begin(0, SimTime::ZERO);
        made.complete();
        made.begin(3, SimTime::ZERO);
        assert_eq!(made.last_completed(), Some(0), "0 completed again");
        made.begin(0, SimTime::ZERO);
        assert_eq!(made.last_completed(), Some(1));
        made.begin(1, SimTime::ZERO);
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
        made.begin(1, SimTime::ZERO);
        assert_eq!(made.starts(), Some(1));
        assert!(made.is_outdated(0));
        made.primary.state = RolloutState::Failed;
        assert_eq!(made.starts(), Some(0));
        assert!(!made.is_outdated(0) && !made.is_outdated(1));
    }
}
