//! How a deployment shifted the requests of its service: the stages of ECS with their weights and times.

use crate::plan::{ALL_REQUESTS, ShiftController, TrafficShift};
use crate::simulation::ReleaseRequests;
use crate::units::{SimTime, Span};
use serde::Serialize;

/// How a deployment shifted requests (facts/ecs.md 217).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct TrafficStory {
    /// The deployment controller: `ECS` or `CODE_DEPLOY`.
    pub controller: &'static str,
    /// `strategy`, or the deployment configuration of CodeDeploy.
    pub strategy: &'static str,
    /// Its steps as they are planned.
    pub steps: Vec<TrafficStep>,
    /// The bake time; of CodeDeploy the wait until the earlier tasks stop.
    #[serde(rename = "bakeTimeMicros")]
    pub bake_time: Span,
    /// The stages that it reached, in order of time.
    pub stages: Vec<TrafficStage>,
}

/// A step of a traffic shift as it is planned.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct TrafficStep {
    /// The share of the requests that goes to the new revision, in millionths.
    pub weight_millionths: u32,
    /// How long it lasts before the next step.
    #[serde(rename = "lastsMicros")]
    pub lasts: Span,
}

/// The beginning of a stage.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct TrafficStage {
    /// The time.
    #[serde(rename = "timeMicros")]
    pub at: SimTime,
    /// The stage.
    pub stage: StageName,
    /// The share of the requests that goes to the new revision, in millionths.
    pub weight_millionths: u32,
}

/// A stage of a deployment that shifts requests, by its name in the API (facts/ecs.md 217).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum StageName {
    /// Its tasks start and become healthy.
    ScaleUp,
    /// A share of the requests goes to it; 0 where all go back to the earlier revision.
    ProductionTrafficShift,
    /// All requests go to it, and the tasks of both revisions run.
    BakeTime,
    /// The earlier tasks stop.
    CleanUp,
}

/// The requests of a service while a deployment was going on, in whole requests.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RequestsMet {
    /// Requests to the service.
    pub offered: u64,
    /// Those of them that were sent to tasks of a bad release.
    pub bad: u64,
    /// Those of them that such tasks answered with an error.
    pub errors: u64,
}

impl TrafficStory {
    /// A deployment that began to shift requests at a time.
    pub(super) fn new(rules: &TrafficShift, began: SimTime) -> Self {
        let step = |step: crate::plan::ShiftStep| TrafficStep {
            weight_millionths: step.weight,
            lasts: match step.weight {
                ALL_REQUESTS => Span::ZERO,
                _ => step.lasts,
            },
        };
        Self {
            controller: match rules.controller {
                ShiftController::Ecs => "ECS",
                ShiftController::CodeDeploy => "CODE_DEPLOY",
            },
            strategy: rules.strategy(),
            steps: rules.all_steps().into_iter().map(step).collect(),
            bake_time: rules.bake_time,
            stages: vec![TrafficStage {
                at: began,
                stage: StageName::ScaleUp,
                weight_millionths: 0,
            }],
        }
    }

    /// This share of the requests goes to it from now on.
    pub(super) fn shifted(&mut self, at: SimTime, weight: u32) {
        self.reach(at, StageName::ProductionTrafficShift, weight);
        if weight == ALL_REQUESTS && self.bake_time > Span::ZERO {
            self.reach(at, StageName::BakeTime, weight);
        }
    }

    /// It reaches a stage.
    pub(super) fn reach(&mut self, at: SimTime, stage: StageName, weight_millionths: u32) {
        self.stages.push(TrafficStage {
            at,
            stage,
            weight_millionths,
        });
    }

    /// The stage that it reached last.
    pub fn last(&self) -> TrafficStage {
        *self.stages.last().expect("it begins with SCALE_UP")
    }

    /// True in the stages that wait for tasks, not for a time.
    pub(super) fn waits_for_tasks(&self) -> bool {
        matches!(self.last().stage, StageName::ScaleUp | StageName::CleanUp)
    }
}

impl From<ReleaseRequests> for RequestsMet {
    fn from(amounts: ReleaseRequests) -> Self {
        Self {
            offered: ReleaseRequests::whole(amounts.offered),
            bad: ReleaseRequests::whole(amounts.bad),
            errors: ReleaseRequests::whole(amounts.errors),
        }
    }
}
