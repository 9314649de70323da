//! The built-in scheduler, which also notes what happens to one task: why it was placed where it was,
//! and each time it was not, what the instances lacked.

use super::changes::{Tried, changes};
use super::chosen::{Choice, choice};
use super::hosts::TaskName;
use super::notes::Notes;
use super::refusals::{Refusal, Sight};
use crate::cluster::{Cluster, Comparison, InstanceId, Lack, Lacks, ProviderId, WorkId};
use crate::plan::{OnNoCapacity, Plan};
use crate::policy::placement::{
    OneByOne, Pass, Placement, PolicyFailed, QueueOrder, Scheduler, Work, built_in,
};
use crate::units::{SimTime, Span};
use serde::{Serialize, Serializer};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The shortest time between two looks at a waiting task; it doubles after every `LOOKS` looks, so that
/// a long wait costs no more than a short one.
const AGAIN: Span = Span::seconds(60);
const LOOKS: usize = 64;
/// At most this number of looks tell every instance: the first, and those at which the reason changes.
const MOST_DETAILED: usize = 8;

/// Why a task had no capacity, from one time to another.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Look {
    /// The time of the first look with this result.
    #[serde(rename = "timeMicros")]
    pub at: SimTime,
    /// The time of the latest look with this result.
    #[serde(rename = "untilMicros")]
    pub until: SimTime,
    /// The instances that could be given tasks, and how many of them lacked what.
    #[serde(serialize_with = "by_code")]
    pub lacks: Lacks,
    /// Further instances of its capacity providers that are given no tasks, because of their state.
    pub closed: u32,
    /// The head of the job queue, behind which the task stands.
    pub behind: Option<Behind>,
    /// Every instance; only of looks at which the reason changes.
    pub detail: Option<Detail>,
}

/// The head of a job queue that keeps the tasks behind it waiting (`order: headOfLine`).
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Behind {
    /// The head.
    pub head: TaskName,
    /// The number of tasks before this one.
    pub before: usize,
    /// What the instances lack for the head.
    #[serde(serialize_with = "by_code")]
    pub lacks: Lacks,
}

/// Every instance at one look.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Detail {
    /// The instances of the task's capacity providers that refused it, in order of launch.
    pub refusals: Vec<Refusal>,
    /// The number of the closest matching instance (facts/ecs.md 115).
    pub closest: Option<u64>,
    /// Instances of capacity providers that the task may not use.
    pub elsewhere: Vec<Elsewhere>,
    /// The changes that would have placed it, each tried on a copy of the cluster, the smallest first.
    pub changes: Vec<Tried>,
}

/// Instances of a capacity provider that the task may not use.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Elsewhere {
    /// The provider.
    pub provider: String,
    /// The number of its instances.
    pub instances: usize,
}

/// `{ "instances": 5, "RESOURCE:CPU": 4 }`.
fn by_code<S: Serializer>(lacks: &Lacks, to: S) -> Result<S::Ok, S::Error> {
    let counts = Lack::ALL.map(|lack| (lack.code(), lacks.count(lack)));
    let counts = counts.into_iter().filter(|(_, count)| *count > 0);
    let all = std::iter::once(("instances", lacks.instances));
    to.collect_map(all.chain(counts))
}

/// What is noted about one task, by the scheduler and by the reader of the replay.
pub(super) struct Notebook {
    pub(super) notes: Notes,
    /// The task.
    pub(super) work: WorkId,
    pub(super) ordinal: u64,
    /// It exists and has no capacity.
    pub(super) waits: bool,
    pub(super) looks: Vec<Look>,
    pub(super) choices: Vec<Choice>,
    /// The time of the next look, and the number of looks so far.
    next_look: SimTime,
    looked: usize,
}

/// A notebook that the scheduler and the reader share.
#[derive(Clone)]
pub(super) struct Shared(Arc<Mutex<Notebook>>);

impl Shared {
    pub(super) fn new(work: WorkId, ordinal: u64) -> Self {
        Self(Arc::new(Mutex::new(Notebook {
            notes: Notes::default(),
            work,
            ordinal,
            waits: false,
            looks: Vec::new(),
            choices: Vec::new(),
            next_look: SimTime::ZERO,
            looked: 0,
        })))
    }

    pub(super) fn open(&self) -> MutexGuard<'_, Notebook> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Notebook {
    /// It begins to wait, for the first time or again: the next pass is looked at.
    pub(super) fn begins_to_wait(&mut self) {
        self.waits = true;
        self.next_look = SimTime::ZERO;
    }
}

/// The built-in scheduler of a plan, which notes what happens to the task of the notebook.
pub(super) fn noting_scheduler(plan: &Arc<Plan>, book: &Shared) -> Box<dyn Scheduler> {
    let placements = plan.per_work(|work| -> Box<dyn Placement> {
        let policy = built_in(plan.placement_of(work));
        if work != book.open().work {
            return policy;
        }
        Box::new(Noting {
            policy,
            plan: Arc::clone(plan),
            book: book.clone(),
        })
    });
    Box::new(Looking {
        inner: OneByOne::new(plan.job_queue.order, placements),
        plan: Arc::clone(plan),
        book: book.clone(),
    })
}

/// A policy that notes why it chooses an instance for the task.
struct Noting {
    policy: Box<dyn Placement>,
    plan: Arc<Plan>,
    book: Shared,
}

impl Placement for Noting {
    fn place(&mut self, work: &Work<'_>, cluster: &Cluster) -> Option<InstanceId> {
        let chosen = self.policy.place(work, cluster)?;
        let mut book = self.book.open();
        if work.ordinal() == book.ordinal {
            book.choices.push(choice(&self.plan, work, cluster, chosen));
        }
        Some(chosen)
    }

    fn is_greedy(&self) -> bool {
        self.policy.is_greedy()
    }
}

/// A scheduler that looks at the task after each pass in which it was not placed.
struct Looking {
    inner: OneByOne,
    plan: Arc<Plan>,
    book: Shared,
}

impl Scheduler for Looking {
    fn pass(&mut self, pass: &mut Pass<'_>) -> Result<(), PolicyFailed> {
        self.inner.pass(pass)?;
        let book = &mut *self.book.open();
        if book.waits && pass.now() >= book.next_look {
            look(&self.plan, book, pass);
        }
        Ok(())
    }
}

/// Notes why the task was not placed in this pass, if it waits in its queue.
fn look(plan: &Plan, book: &mut Notebook, pass: &Pass<'_>) {
    let is_task = |work: &Work<'_>| work.work == book.work && work.ordinal() == book.ordinal;
    let Some(before) = pass.waiting().position(|work| is_task(&work)) else {
        return;
    };
    let Some(work) = pass.waiting().nth(before) else {
        return;
    };
    // A task that may not wait is not blocked by those that do.
    let order = pass.order().unwrap_or(plan.job_queue.order);
    let is_head_of_line = order == QueueOrder::HeadOfLine && waits_in_queue(plan, book.work);
    let sight = |work, before: usize| Sight {
        plan,
        notes: &book.notes,
        cluster: pass.cluster,
        tasks: pass.tasks,
        requirements: pass.requirements,
        work,
        before: pass.waiting().take(before).collect(),
        is_head_of_line,
    };
    let head = pass
        .waiting()
        .next()
        .filter(|_| is_head_of_line && before > 0);
    let behind = head.map(|head| Behind {
        head: TaskName::new(plan, head.work, head.ordinal()),
        before,
        lacks: sight(head, 0).lacks(),
    });
    let alone = sight(work, 0);
    let lacks = alone.lacks();
    let closed = alone.closed();
    let now = pass.now();
    book.next_look = now + Span::micros(AGAIN.as_micros() << (book.looked / LOOKS).min(20));
    let why = |look: &Look| (look.behind.is_some(), look.lacks.closest());
    let is_new = (behind.is_some(), lacks.closest());
    let details = book
        .looks
        .iter()
        .filter(|look| look.detail.is_some())
        .count();
    let head = |behind: &Option<Behind>| behind.as_ref().map(|behind| behind.head.clone());
    let known = book.looks.last_mut();
    if let Some(known) = known
        && counts(&known.lacks) == counts(&lacks)
        && known.closed == closed
        && head(&known.behind) == head(&behind)
    {
        known.until = now;
    } else {
        let is_other = book.looks.last().is_none_or(|look| why(look) != is_new);
        let detail = (is_other && details < MOST_DETAILED).then(|| sight(work, before).detail());
        book.looks.push(Look {
            at: now,
            until: now,
            lacks,
            closed,
            behind,
            detail,
        });
    }
    book.looked += 1;
}

/// What is compared to tell whether the reason has changed: not which instance is the closest.
fn counts(lacks: &Lacks) -> (u32, [u32; Lack::ALL.len()], Lack) {
    (
        lacks.instances,
        Lack::ALL.map(|lack| lacks.count(lack)),
        lacks.closest(),
    )
}

/// True for work whose tasks wait in the job queue.
fn waits_in_queue(plan: &Plan, work: WorkId) -> bool {
    match work {
        WorkId::Entry(entry) => plan.tasks[entry.index()].on_no_capacity == OnNoCapacity::Queue,
        WorkId::Service(_) => false,
    }
}

impl Sight<'_> {
    /// How many of the instances that may be given tasks lack what, as facts count them.
    fn lacks(&self) -> Lacks {
        let providers = self.providers();
        let mut lacks = Comparison::new(self.cluster, self.request());
        let pools = self.cluster.pools().iter();
        for pool in pools.filter(|pool| providers.contains(&pool.spec.provider)) {
            pool.instances().iter().for_each(|id| lacks.look(*id));
        }
        lacks.result()
    }

    /// The number of instances of the task's providers that are given no tasks.
    fn closed(&self) -> u32 {
        let providers = self.providers();
        let own = self
            .hosts()
            .filter(|id| providers.contains(&self.provider(*id)));
        let closed = own.filter(|id| !self.cluster.instance(*id).is_accepting());
        u32::try_from(closed.count()).unwrap_or(u32::MAX)
    }

    fn detail(&self) -> Detail {
        let (request, own) = (self.request(), self.providers());
        let mut elsewhere: BTreeMap<ProviderId, usize> = BTreeMap::new();
        let mut closest = None;
        for id in self.hosts() {
            let provider = self.provider(id);
            if !own.contains(&provider) {
                *elsewhere.entry(provider).or_default() += 1;
                continue;
            }
            let Some((closeness, _)) = self.cluster.closeness(id, &request) else {
                continue;
            };
            if closest.is_none_or(|closest| closeness < closest) {
                closest = Some(closeness);
            }
        }
        let named = |(provider, instances): (ProviderId, usize)| Elsewhere {
            provider: self.plan.cluster.providers[provider.index()].name.clone(),
            instances,
        };
        Detail {
            refusals: self.refusals(),
            closest: closest.map(|closest| closest.instance.index() as u64),
            elsewhere: elsewhere.into_iter().map(named).collect(),
            changes: changes(self),
        }
    }
}
