//! Plays a run again to answer a question about it.

use super::at_end::EndWatcher;
use super::deployments::{DeploymentEnd, DeploymentReader, DeploymentStory};
use super::error::ExplainError;
use super::hosts::TaskName;
use super::life::TaskReader;
use super::notebook::Shared;
use super::scene::{Photographer, Scene};
use super::scheduler::noting_scheduler;
use super::service::{ServiceReader, ServiceStory};
use super::story::TaskStory;
use super::watcher::TaskWatcher;
use crate::cluster::{ServiceId, WorkId};
use crate::engine::{Reader, Watcher};
use crate::metrics::Observed;
use crate::plan::{Plan, Scheduling, Service, Until};
use crate::policy::services::within_capacity;
use crate::runner::{self, RunError, built_in_scheduler};
use crate::simulation::{Fact, Policies, ServiceEvent, World};
use crate::units::{Memory, SimTime};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// One run, a plan with a seed, about which questions are asked. Each question plays it again, with the
/// built-in policies, until the answer is known.
pub struct Replay<'a> {
    plan: Arc<Plan>,
    seed: u64,
    stop: &'a AtomicBool,
    memory: Option<Memory>,
}

impl<'a> Replay<'a> {
    /// The run of a plan with a seed. `seeds` is the scenario's number of seeds, in whose runs
    /// `count: fit` is found, where the plan has one. When `stop` becomes true, questions end with
    /// [`RunError::Interrupted`].
    ///
    /// # Errors
    /// When no count fits.
    pub fn new(
        plan: &Plan,
        seeds: u32,
        seed: u64,
        stop: &'a AtomicBool,
    ) -> Result<Self, ExplainError> {
        let plan = Arc::new(runner::fitted(plan, seeds, stop)?);
        Ok(Self {
            plan,
            seed,
            stop,
            memory: None,
        })
    }

    /// The same with a limit of the memory that the tasks of the run may take.
    #[must_use]
    pub fn within(self, memory: Option<Memory>) -> Self {
        Self { memory, ..self }
    }

    /// The plan of the run.
    pub fn plan(&self) -> &Plan {
        &self.plan
    }

    /// The seed of the run.
    pub fn seed(&self) -> u64 {
        self.seed
    }

    /// The life of a task, which is named as in `tasks.csv` and `events.jsonl`: `web/3`.
    ///
    /// # Errors
    /// When there is no such task, and when the run fails.
    pub fn task(&self, name: &str) -> Result<TaskStory, ExplainError> {
        let (work, ordinal) = self.task_named(name)?;
        let book = Shared::new(work, ordinal);
        let mut reader = TaskReader::new(&self.plan, book.clone(), work, ordinal);
        let policies = noting_scheduler(&self.plan, &book).into();
        let mut watcher = TaskWatcher::new(&self.plan, book);
        let end = self.play(policies, &mut reader, &mut watcher)?;
        let tasks = reader.tasks;
        let mut story = reader.story(self.seed, end).ok_or_else(|| {
            let task = TaskName::new(&self.plan, work, ordinal);
            ExplainError::NoSuchTask { task, tasks }
        })?;
        if story.met_the_quota() {
            story.quota = self.least_quota(work, ordinal)?;
        }
        let full = story.full_of_interfaces();
        if !full.is_empty() {
            story.trunking = self.trunking(work, ordinal, &full)?;
        }
        if let Some(provider) = story.full_group() {
            story.max_size = self.least_max_size(work, ordinal, provider)?;
        }
        Ok(story)
    }

    /// What the scheduler saw of a service.
    ///
    /// # Errors
    /// When there is no such service, and when the run fails.
    pub fn service(&self, name: &str) -> Result<ServiceStory, ExplainError> {
        let service = self.service_named(name)?;
        let reader = ServiceReader::new(&self.plan, self.seed, service);
        let mut readers = (Observed::new(&self.plan), reader);
        let mut watcher = EndWatcher::new(&self.plan, service);
        let policies = built_in_scheduler(&self.plan).into();
        let end = self.play(policies, &mut readers, &mut watcher)?;
        let (mut observed, reader) = readers;
        observed.finish(end);
        let shortfall = &observed.services.service(service.index()).shortfall;
        let mut story = reader.story(self.seed, end);
        story.availability = shortfall.availability().filter(|_| !story.is_daemon);
        story.is_complete_once = shortfall.never_complete == 0;
        story.without_room = watcher.without_room;
        story.closed = watcher.closed;
        if let Some(last) = story.deployments.last_mut() {
            last.tries = self.deployment_tries(last, service)?;
        }
        Ok(story)
    }

    /// The story of a deployment, which is named by its service and the name of its revision: `web/v2`;
    /// the second one of a revision is `web/v2#2`.
    ///
    /// # Errors
    /// When there is no such deployment in this run, and when the run fails.
    pub fn deployment(&self, name: &str) -> Result<DeploymentStory, ExplainError> {
        let plan = &self.plan;
        let (service, wanted) = name.split_once('/').unwrap_or((name, ""));
        let id = self.service_named(service)?;
        let mut reader = DeploymentReader::new(plan, self.seed, id);
        let mut watcher = EndWatcher::new(plan, id);
        let policies = built_in_scheduler(plan).into();
        let end = self.play(policies, &mut reader, &mut watcher)?;
        let stories = reader.stories(end);
        let known = stories
            .iter()
            .map(|of| format!("{service}/{}", of.deployment));
        let unknown = ExplainError::Unknown {
            what: "deployment",
            name: name.into(),
            known: known.collect(),
        };
        let mut stories = stories.into_iter();
        let mut story = stories.find(|of| of.deployment == wanted).ok_or(unknown)?;
        if story.end == DeploymentEnd::InProgress {
            story.closed = watcher.closed;
        }
        story.tries = self.deployment_tries(&story, id)?;
        Ok(story)
    }

    fn service_named(&self, name: &str) -> Result<ServiceId, ExplainError> {
        let mut services = self.plan.services.iter();
        let found = services.position(|service| service.name == name);
        let number = found.ok_or_else(|| ExplainError::Unknown {
            what: "service",
            name: name.into(),
            known: self.plan.services.iter().map(|s| s.name.clone()).collect(),
        })?;
        Ok(ServiceId::new(number))
    }

    /// The cluster at an instant, before and after its placement pass.
    ///
    /// # Errors
    /// When the run has ended before, and when it fails.
    pub fn at(&self, at: SimTime) -> Result<Scene, ExplainError> {
        self.scene(at).map(|(scene, _)| scene)
    }

    /// The cluster at an instant with one of its instances only, by its number.
    ///
    /// # Errors
    /// When there is no such instance at that time, and as [`at`](Self::at).
    pub fn instance_at(&self, at: SimTime, instance: u64) -> Result<Scene, ExplainError> {
        let (mut scene, launched) = self.scene(at)?;
        scene.hosts.retain(|host| host.host.instance == instance);
        if let Some(before) = &mut scene.before {
            before.retain(|host| host.host.instance == instance);
        }
        if scene.hosts.is_empty() {
            return Err(ExplainError::NoSuchInstance {
                instance,
                at,
                launched,
                is_gone: instance < launched,
            });
        }
        Ok(scene)
    }

    /// The cluster at an instant, and the number of instances launched until then.
    fn scene(&self, at: SimTime) -> Result<(Scene, u64), ExplainError> {
        if let Until::Elapsed(span) = self.plan.until {
            let end = SimTime::ZERO + span;
            if at > end {
                return Err(ExplainError::AfterTheEnd { at, end });
            }
        }
        let done = Arc::new(AtomicBool::new(false));
        let mut reader = UntilDone::new(&self.plan, at, &done);
        let mut photographer = Photographer::new(&self.plan, self.seed, at, done);
        let policies = built_in_scheduler(&self.plan).into();
        let end = self.play(policies, &mut reader, &mut photographer)?;
        let launched = photographer.launched;
        match photographer.scene {
            Some(mut scene) if scene.next.is_some() || at <= end => {
                scene.short = reader.short(&photographer.of_services);
                scene.refused = reader.refused;
                Ok((scene, launched))
            }
            _ => Err(ExplainError::AfterTheEnd { at, end }),
        }
    }

    /// The same run with another plan.
    pub(super) fn with_plan(&self, plan: Plan) -> Self {
        Self {
            plan: Arc::new(plan),
            ..*self
        }
    }

    /// Plays the run. Returns its end.
    pub(super) fn play<'p>(
        &'p self,
        policies: Policies,
        reader: &mut dyn Reader<Fact>,
        watcher: &mut dyn Watcher<World<'p>>,
    ) -> Result<SimTime, RunError> {
        let (plan, seed, memory) = (&*self.plan, self.seed, self.memory);
        runner::replay(plan, seed, policies, self.stop, reader, watcher, memory)
    }

    /// The entry or service of a task, and its ordinal.
    fn task_named(&self, name: &str) -> Result<(WorkId, u64), ExplainError> {
        let plan = &self.plan;
        let example = || {
            let first = plan.works().next();
            first.map_or("web".into(), |work| plan.work_name(work).to_string())
        };
        let of_work = |name: &str| plan.works().find(|work| plan.work_name(*work) == name);
        let Some((entry, ordinal)) = name.rsplit_once('/') else {
            let example = match of_work(name) {
                Some(_) => name.to_string(),
                None => example(),
            };
            let text = name.to_string();
            return Err(ExplainError::NotATask { text, example });
        };
        let work = of_work(entry).ok_or_else(|| ExplainError::Unknown {
            what: "entry or service",
            name: entry.into(),
            known: plan
                .works()
                .map(|work| plan.work_name(work).into())
                .collect(),
        })?;
        let ordinal = ordinal.parse().map_err(|_| ExplainError::NotATask {
            text: name.into(),
            example: entry.into(),
        })?;
        Ok((work, ordinal))
    }
}

/// A reader that counts the tasks that are refused at the time of the picture, and ends the run when it
/// is taken.
pub(super) struct UntilDone<'a> {
    plan: &'a Plan,
    at: SimTime,
    refused: BTreeMap<String, u64>,
    /// By service; `None` for a daemon service.
    desired: Vec<Option<u32>>,
    done: Arc<AtomicBool>,
}

impl<'a> UntilDone<'a> {
    pub(super) fn new(plan: &'a Plan, at: SimTime, done: &Arc<AtomicBool>) -> Self {
        Self {
            plan,
            at,
            refused: BTreeMap::new(),
            desired: plan.services.iter().map(desired).collect(),
            done: Arc::clone(done),
        }
    }

    /// The services that have fewer tasks than desired.
    fn short(&self, tasks: &[u64]) -> BTreeMap<String, (u64, u32)> {
        let services = self.plan.services.iter().zip(&self.desired).zip(tasks);
        let short = services.filter_map(|((service, desired), tasks)| {
            let desired = desired.filter(|desired| *tasks < u64::from(*desired))?;
            Some((service.name.clone(), (*tasks, desired)))
        });
        short.collect()
    }
}

/// The desired count of a service at the start of the run.
fn desired(service: &Service) -> Option<u32> {
    let count = within_capacity(
        service.desired_count,
        service.min_capacity,
        service.max_capacity,
    );
    (service.scheduling == Scheduling::Replica).then_some(count)
}

impl Reader<Fact> for UntilDone<'_> {
    fn read(&mut self, now: SimTime, fact: &Fact) {
        if let Fact::Service(of, ServiceEvent::DesiredCountUpdated { to, .. }) = fact
            && now <= self.at
        {
            self.desired[of.index()] = Some(*to);
        }
        if let (Fact::TaskRejected(of, _) | Fact::SubmissionRefused(of, _), true) =
            (fact, now == self.at)
        {
            let name = self.plan.work_name(of.work).to_string();
            *self.refused.entry(name).or_insert(0) += 1;
        }
    }

    fn is_done(&self) -> bool {
        self.done.load(Ordering::Relaxed)
    }
}
