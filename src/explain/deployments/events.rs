//! What the reader of deployments makes of their events and of the requests of the service.

use super::differs::differs;
use super::reader::DeploymentReader;
use super::stage::TaskCounts;
use super::story::{BreakerRule, DeploymentStory, Failure};
use super::traffic::StageName;
use super::tried::DeploymentEnd;
use crate::plan::ALL_REQUESTS;
use crate::simulation::{DeploymentCause, DeploymentEvent, ReleaseRequests, Requests};
use crate::units::SimTime;

impl DeploymentReader<'_> {
    /// Adds requests to the deployments in which they arrived.
    pub(super) fn passed(&mut self, now: SimTime, passed: &Requests) {
        let began = SimTime::micros(now.as_micros().saturating_sub(passed.span.as_micros()));
        for (story, requests) in self.stories.iter().zip(&mut self.requests).rev() {
            let ended = match story.end {
                DeploymentEnd::InProgress => SimTime::MAX,
                _ => story.ended,
            };
            if ended <= began {
                return;
            }
            requests.add(passed, now, [story.began, ended]);
        }
    }

    pub(super) fn begin(&mut self, now: SimTime, number: usize, cause: DeploymentCause) {
        let service = &self.plan.services[self.service.index()];
        if let DeploymentCause::Planned(index) = cause
            && let Some(rules) = &self.plan.deployments[index as usize].rules
        {
            self.rules = rules.clone();
        }
        let before = (!self.stories.is_empty()).then(|| {
            let before = service.revision(self.primary);
            [before.name.to_string(), before.definition.to_string()]
        });
        let differs = match before {
            Some(_) => differs(service, self.primary, number),
            None => Vec::new(),
        };
        self.primary = number;
        self.failed_tasks = 0;
        let parts = service.revision(number);
        let same = self.stories.iter().filter(|of| of.revision == parts.name);
        let name = match same.count() {
            0 => parts.name.to_string(),
            before => format!("{}#{}", parts.name, before + 1),
        };
        self.tasks = TaskCounts::default();
        let primary = self.primary;
        for (number, healthy) in self.alive.values() {
            *self.tasks.count(*number == primary, *healthy) += 1;
        }
        let tasks = self.tasks;
        self.best = (tasks.new_healthy, tasks.old_healthy + tasks.old_other);
        if let Some(last) = self.stories.last_mut() {
            last.next = Some(name.clone());
            last.is_rolled_back = cause == DeploymentCause::RolledBack;
        }
        self.stories.push(DeploymentStory {
            before,
            differs,
            cause,
            ..DeploymentStory::new(self.plan, self.seed, service, (name, number), now, tasks)
        });
        self.requests.push(ReleaseRequests::default());
        self.take_rules();
    }

    /// Notes the rules of the newest deployment.
    fn take_rules(&mut self) {
        let percentages = self.rules.percentages;
        if let Some(story) = self.stories.last_mut() {
            story.percent = [
                percentages.minimum_healthy_percent,
                percentages.maximum_percent,
            ];
            // Only rolling deployments have it (facts/ecs.md 224).
            let is_rolling = self.rules.shift.is_none();
            story.circuit_breaker = BreakerRule::of(&self.rules).filter(|_| is_rolling);
            let alarms = self.rules.alarms.as_ref();
            let name = |index: &usize| self.plan.alarms[*index].name.clone();
            story.alarms = alarms.map_or(Vec::new(), |of| of.alarms.iter().map(name).collect());
            story.alarms_roll_back = alarms.is_some_and(|of| of.rollback);
        }
    }

    pub(super) fn event(&mut self, now: SimTime, number: usize, event: DeploymentEvent) {
        let tasks = self.tasks;
        if let DeploymentEvent::Began(cause) = event {
            return self.begin(now, number, cause);
        }
        let failed_tasks = self.failed_tasks;
        let Some(story) = self.stories.last_mut() else {
            return;
        };
        match event {
            DeploymentEvent::Began(_) | DeploymentEvent::TurnedBad => return,
            DeploymentEvent::TrafficShifted(weight) => {
                if let Some(traffic) = &mut story.traffic {
                    traffic.shifted(now, weight);
                }
                story.latest_progress = now;
                return;
            }
            DeploymentEvent::CleansUp => {
                if let Some(traffic) = &mut story.traffic {
                    traffic.reach(now, StageName::CleanUp, ALL_REQUESTS);
                }
                story.latest_progress = now;
                return;
            }
            DeploymentEvent::FailedTasks(count) => {
                self.failed_tasks = count;
                if let Some(stage) = story.stages.last_mut() {
                    stage.failed_tasks = Some(count);
                    stage.until = now;
                }
                return;
            }
            DeploymentEvent::Replaced => {
                story.bakes = Some(now);
                return;
            }
            DeploymentEvent::Completed => story.end = DeploymentEnd::Completed,
            DeploymentEvent::Superseded => story.end = DeploymentEnd::Superseded,
            DeploymentEvent::Failed(why) => {
                story.end = DeploymentEnd::Failed;
                story.failure = Some(Failure {
                    at: now,
                    why,
                    failed_tasks,
                });
            }
        }
        (story.ended, story.tasks) = (now, tasks);
    }
}
