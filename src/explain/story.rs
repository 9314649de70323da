//! The life of a task.

use super::changes::Change;
use super::chosen::Choice;
use super::hosts::TaskName;
use super::look::Look;
use super::max_size::MaxSizeChange;
use super::needs::Needs;
use super::notebook::Obstructed;
use super::quota::{QuotaChange, QuotaUse};
use super::supply::Supply;
use super::trunking::Trunking;
use crate::cluster::Lack;
use crate::simulation::{DeploymentEvent, Fact, Obstacle, Rejection};
use crate::units::SimTime;
use serde::Serialize;
use std::collections::BTreeSet;

/// The life of a task in one run, with the causes.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct TaskStory {
    /// The task.
    #[serde(flatten)]
    pub task: TaskName,
    /// True for a task of a service.
    pub is_service: bool,
    /// The variant of the run.
    pub variant: String,
    /// The seed of the run.
    pub seed: u64,
    /// What it requires of an instance.
    pub needs: Needs,
    /// True when it runs on Fargate: then no instance is chosen.
    pub on_fargate: bool,
    /// The latest change of its service before it was created: the cause of its creation, as far as there
    /// is one.
    pub cause: Option<Told>,
    /// What happened to the task, and to its instance while it was there.
    pub facts: Vec<Told>,
    /// The number of further facts that are left out.
    pub left_out: u64,
    /// Why it had no capacity, in order of time.
    pub waits: Vec<Look>,
    /// What kept it from capacity besides instances, in order of time.
    pub obstacles: Vec<Obstructed>,
    /// The capacity that was on its way when it was refused, or at the end of the run while it waits.
    pub supply: Vec<Supply>,
    /// The least quota of Fargate with which it would not have waited for it, or been refused; each quota
    /// was tried by playing the run again.
    pub quota: Option<QuotaChange>,
    /// The use of the quota when the task first met it.
    pub quota_use: Option<QuotaUse>,
    /// The latest end of a task on Fargate before this one had capacity: it freed room in the quota.
    pub freed: Option<Freed>,
    /// What the account setting `awsvpcTrunking` does for a task without capacity that found no network
    /// interface; the run was played again with it.
    pub trunking: Option<Trunking>,
    /// The least `maxSize` of the group that was full with which a task without capacity gets some; the
    /// run was played again with each.
    pub max_size: Option<MaxSizeChange>,
    /// Why each of its instances was chosen.
    pub choices: Vec<Choice>,
    /// How it was at the end of its life or of the run.
    pub outcome: TaskOutcome,
    /// The end of its life, or that of the run.
    #[serde(rename = "endMicros")]
    pub end: SimTime,
}

/// A fact with its time.
#[derive(Clone, Copy, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Told {
    /// The time.
    #[serde(rename = "timeMicros")]
    pub at: SimTime,
    /// The fact.
    pub fact: Fact,
}

impl Told {
    /// The revision of a deployment whose count of failed tasks has changed. Of such facts in a row only the
    /// last is kept.
    pub(super) fn failed_tasks(&self) -> Option<u32> {
        match self.fact {
            Fact::Deployment(_, of) if matches!(of.event, DeploymentEvent::FailedTasks(_)) => {
                Some(of.revision)
            }
            _ => None,
        }
    }
}

/// A task on Fargate that has ended, and so has freed room in the quota.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Freed {
    /// The time.
    #[serde(rename = "timeMicros")]
    pub at: SimTime,
    /// The task.
    pub task: TaskName,
}

/// How a task was at the end of its life or of the run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum TaskOutcome {
    /// It had no capacity.
    Waiting,
    /// It had capacity and was not RUNNING yet.
    Starting,
    /// RUNNING.
    Running,
    /// It was stopping.
    Stopping,
    /// It ended with exit code 0.
    Finished,
    /// It has stopped.
    Stopped,
    /// It was refused.
    Refused,
}

impl TaskStory {
    /// The types of the instances on which a task without capacity found no network interface at the
    /// last detailed look.
    pub(super) fn full_of_interfaces(&self) -> BTreeSet<String> {
        let is_without = matches!(self.outcome, TaskOutcome::Waiting | TaskOutcome::Refused);
        let last = self
            .waits
            .iter()
            .rev()
            .find_map(|look| look.detail.as_ref());
        let refusals = last.filter(|_| is_without).map(|last| last.refusals.iter());
        let full = refusals.into_iter().flatten().filter(|refusal| {
            let mut all = refusal.all();
            all.any(|failed| failed.lack == Lack::Interface)
        });
        full.map(|refusal| refusal.host.instance_type.clone())
            .collect()
    }

    /// The capacity provider whose group is at its `maxSize` where one more instance would have helped
    /// a task that got no capacity.
    pub(super) fn full_group(&self) -> Option<&str> {
        if !matches!(self.outcome, TaskOutcome::Waiting | TaskOutcome::Refused) {
            return None;
        }
        let details = self
            .waits
            .iter()
            .rev()
            .filter_map(|look| look.detail.as_ref());
        let mut changes = details.flat_map(|detail| &detail.changes);
        changes.find_map(|tried| match &tried.change {
            Change::MoreInstances {
                provider,
                max_size: Some(_),
                ..
            } => Some(provider.as_str()),
            _ => None,
        })
    }

    /// True when the quota of Fargate has kept it waiting, or refused it.
    pub(super) fn met_the_quota(&self) -> bool {
        let refused = self.facts.iter().any(|told| {
            matches!(
                told.fact,
                Fact::TaskRejected(_, Rejection::FargateQuota)
                    | Fact::SubmissionRefused(_, Rejection::FargateQuota)
            )
        });
        let waits = |of: &Obstructed| of.why == Obstacle::FargateQuota;
        refused || self.obstacles.iter().any(waits)
    }
}
