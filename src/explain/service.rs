//! What each round of the scheduler saw of a service, and why the service has as many tasks as it has.

use super::at_end::{Closed, WithoutRoom};
use super::deployments::{DeploymentReader, DeploymentStory};
use super::hosts::TaskName;
use super::policies::{self, PolicyRow};
use super::round_row::RoundRow;
use super::story::Told;
use crate::cluster::{Lack, Lacks, ServiceId, WorkId};
use crate::engine::Reader;
use crate::plan::{FaultKind, Plan, Scheduling};
use crate::simulation::{Fact, Obstacle, Round, ServiceEvent, StopReason, TaskFact};
use crate::units::SimTime;
use serde::{Serialize, Serializer};
use std::collections::{BTreeMap, BTreeSet};

/// At most this number of service events is kept, the first and the last halves.
const MOST_EVENTS: usize = 200;

/// A service in one run.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ServiceStory {
    /// The service.
    pub service: String,
    /// The variant of the run.
    pub variant: String,
    /// The seed of the run.
    pub seed: u64,
    /// The end of the run.
    #[serde(rename = "endMicros")]
    pub end: SimTime,
    /// True for a daemon service.
    pub is_daemon: bool,
    /// True when its tasks run on Fargate.
    pub on_fargate: bool,
    /// True for a service with scaling policies or scheduled actions.
    pub scales: bool,
    /// `MinCapacity` and `MaxCapacity` of the plan: the bounds of the desired count.
    pub capacity: [u32; 2],
    /// `minimumHealthyPercent` and `maximumPercent`.
    pub percent: [u32; 2],
    /// The rounds of the scheduler, equal ones in a row in one.
    pub rounds: Vec<RoundRow>,
    /// The number of rounds.
    pub round_count: u64,
    /// What its scaling policies saw and decided, equal evaluations of a policy in a row in one.
    pub policies: Vec<PolicyRow>,
    /// The events of the service.
    pub events: Vec<Told>,
    /// The number of events that are left out.
    pub left_out: u64,
    /// What the latest task without room lacked.
    #[serde(serialize_with = "codes")]
    pub lacks: Option<Lacks>,
    /// The time of that.
    #[serde(rename = "lacksMicros")]
    pub lacks_at: Option<SimTime>,
    /// That task.
    pub lacking: Option<TaskName>,
    /// Its latest task that has stopped, with the reason; the stops by scale-in are left out.
    pub latest_stop: Option<Told>,
    /// Its latest task that was refused.
    pub latest_refusal: Option<Told>,
    /// Tasks that it has created.
    pub created: u64,
    /// Tasks at the end of the run: with capacity and without it.
    pub at_end: [u64; 2],
    /// Those with capacity whose desired status is STOPPED then.
    pub stopping_at_end: u64,
    /// Healthy tasks at the end.
    pub healthy_at_end: u64,
    /// The figure `service.NAME.available.share`; `None` for daemons, and where no time is reported.
    pub availability: Option<f64>,
    /// True when it had as many healthy tasks as desired at some time.
    pub is_complete_once: bool,
    /// Its deployments in order, each with its last stage only.
    pub deployments: Vec<DeploymentStory>,
    /// Of a daemon service: the instances at the end of the run on which it has no task and no room for
    /// one.
    pub without_room: Vec<WithoutRoom>,
    /// The instances that take no tasks at the end of the run, because of their state.
    pub closed: Vec<Closed>,
    /// The outage of the control plane at the end of the run: its beginning and its fault.
    pub outage: Option<(SimTime, String)>,
}

/// The counts by ECS's codes.
fn codes<S: Serializer>(lacks: &Option<Lacks>, to: S) -> Result<S::Ok, S::Error> {
    let counts = lacks.iter().flat_map(|lacks| {
        let counts = Lack::ALL.map(|lack| (lack.code(), lacks.count(lack)));
        let counts = counts.into_iter().filter(|(_, count)| *count > 0);
        std::iter::once(("instances", lacks.instances)).chain(counts)
    });
    to.collect_map(counts)
}

impl ServiceStory {
    /// The name of the newest revision, where there has been a deployment after the first.
    pub fn newest(&self) -> Option<&str> {
        let last = self
            .deployments
            .last()
            .filter(|_| self.deployments.len() > 1);
        last.map(|of| of.revision.as_str())
    }
}

/// Reads the facts about one service.
pub(super) struct ServiceReader<'a> {
    plan: &'a Plan,
    service: ServiceId,
    deployments: DeploymentReader<'a>,
    /// The outages of the control plane that are going on.
    outages: BTreeMap<(usize, u32), SimTime>,
    rounds: Vec<RoundRow>,
    round_count: u64,
    policies: Vec<PolicyRow>,
    events: Vec<Told>,
    left_out: u64,
    lacks: Option<(SimTime, Lacks)>,
    latest_refusal: Option<Told>,
    waiting: BTreeSet<u64>,
    placed: BTreeSet<u64>,
    stopping: BTreeSet<u64>,
    latest_stop: Option<Told>,
    created: u64,
}

impl<'a> ServiceReader<'a> {
    pub(super) fn new(plan: &'a Plan, seed: u64, service: ServiceId) -> Self {
        Self {
            plan,
            service,
            deployments: DeploymentReader::new(plan, seed, service),
            outages: BTreeMap::new(),
            rounds: Vec::new(),
            round_count: 0,
            policies: Vec::new(),
            events: Vec::new(),
            left_out: 0,
            lacks: None,
            latest_refusal: None,
            waiting: BTreeSet::new(),
            placed: BTreeSet::new(),
            stopping: BTreeSet::new(),
            latest_stop: None,
            created: 0,
        }
    }

    pub(super) fn story(self, seed: u64, end: SimTime) -> ServiceStory {
        let plan = self.plan;
        let healthy_at_end = self.deployments.healthy();
        let mut deployments = self.deployments.stories(end);
        for deployment in &mut deployments {
            deployment.keep_last_stage();
        }
        let outage = self.outages.first_key_value();
        let outage = outage.map(|((fault, _), at)| (*at, plan.faults[*fault].name.clone()));
        let service = &plan.services[self.service.index()];
        let work = WorkId::Service(self.service);
        let refused = self
            .latest_refusal
            .and_then(|told| told.fact.task().map(|of| of.task.ordinal));
        let lacking = self.waiting.first().copied().or(refused);
        ServiceStory {
            service: service.name.clone(),
            variant: plan.variant.clone(),
            seed,
            end,
            is_daemon: service.scheduling == Scheduling::Daemon,
            on_fargate: plan.is_on_fargate(&service.target),
            scales: !service.target_tracking.is_empty()
                || !service.step_scaling.is_empty()
                || !service.scheduled.is_empty(),
            capacity: [service.min_capacity, service.max_capacity],
            percent: [
                service.deployment.percentages.minimum_healthy_percent,
                service.deployment.percentages.maximum_percent,
            ],
            rounds: self.rounds,
            round_count: self.round_count,
            policies: self.policies,
            events: self.events,
            left_out: self.left_out,
            lacks: self.lacks.map(|(_, lacks)| lacks),
            lacks_at: self.lacks.map(|(at, _)| at),
            lacking: lacking.map(|ordinal| TaskName::new(plan, work, ordinal)),
            latest_stop: self.latest_stop,
            latest_refusal: self.latest_refusal,
            created: self.created,
            at_end: [self.placed.len() as u64, self.waiting.len() as u64],
            stopping_at_end: self.stopping.len() as u64,
            healthy_at_end,
            availability: None,
            is_complete_once: false,
            deployments,
            without_room: Vec::new(),
            closed: Vec::new(),
            outage,
        }
    }

    fn round(&mut self, now: SimTime, round: Round) {
        self.round_count += 1;
        match self.rounds.last_mut() {
            Some(last) if last.round.is_like(&round) => last.again(now, round),
            _ => self.rounds.push(RoundRow::new(now, round)),
        }
    }

    fn event(&mut self, at: SimTime, fact: &Fact) {
        let told = Told { at, fact: *fact };
        if let (Some(last), Some(next)) = (self.events.last_mut(), told.failed_tasks())
            && last.failed_tasks() == Some(next)
        {
            *last = told;
            return;
        }
        if self.events.len() >= MOST_EVENTS {
            self.events.remove(MOST_EVENTS / 2);
            self.left_out += 1;
        }
        self.events.push(told);
    }

    fn task(&mut self, now: SimTime, fact: &Fact) {
        let own =
            |of: &TaskFact| (of.work == WorkId::Service(self.service)).then_some(of.task.ordinal);
        match fact {
            Fact::TaskArrived(of) => {
                if let Some(ordinal) = own(of) {
                    self.created += 1;
                    self.waiting.insert(ordinal);
                    if let Some(last) = self.rounds.last_mut() {
                        last.created += 1;
                    }
                }
            }
            Fact::TaskPlaced(of) => {
                if let Some(ordinal) = own(of) {
                    self.waiting.remove(&ordinal);
                    self.placed.insert(ordinal);
                }
            }
            Fact::TaskStopping(of, _) => {
                self.stopping.extend(own(of));
            }
            Fact::TaskRejected(of, why) => {
                if let Some(ordinal) = own(of) {
                    self.latest_refusal = Some(Told {
                        at: now,
                        fact: *fact,
                    });
                    if let Some(last) = self.rounds.last_mut() {
                        last.refuse(now, *why);
                    }
                    self.waiting.remove(&ordinal);
                }
            }
            Fact::TaskStopped(of, why) => {
                if let Some(ordinal) = own(of) {
                    if *why != StopReason::ScaledIn {
                        self.latest_stop = Some(Told {
                            at: now,
                            fact: *fact,
                        });
                    }
                    self.waiting.remove(&ordinal);
                    self.placed.remove(&ordinal);
                    self.stopping.remove(&ordinal);
                }
            }
            _ => {}
        }
    }
}

impl Reader<Fact> for ServiceReader<'_> {
    fn read(&mut self, now: SimTime, fact: &Fact) {
        self.deployments.read(now, fact);
        match fact {
            Fact::FaultBegan(of, number) => {
                if matches!(self.plan.faults[*of].kind, FaultKind::ControlPlaneOutage) {
                    self.outages.insert((*of, *number), now);
                }
            }
            Fact::FaultEnded(of, number) => drop(self.outages.remove(&(*of, *number))),
            Fact::ServiceRound(of, round) if *of == self.service => self.round(now, *round),
            Fact::PolicyEvaluated(of, look) if *of == self.service => {
                policies::add(&mut self.policies, now, *look)
            }
            Fact::Service(of, event) if *of == self.service => {
                if let ServiceEvent::PlacementFailed(lacks) = event {
                    self.lacks = Some((now, *lacks));
                }
                self.event(now, fact);
            }
            Fact::Deployment(of, _) if *of == self.service => self.event(now, fact),
            Fact::WorkWaits(WorkId::Service(of), why) if *of == self.service => {
                if let Obstacle::NoRoom(lacks) = why {
                    self.lacks = Some((now, *lacks));
                }
            }
            _ => self.task(now, fact),
        }
    }

    fn wants_details(&self) -> bool {
        true
    }
}
