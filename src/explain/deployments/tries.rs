//! Changes with which a deployment that makes no progress is tried again: the run is played again with
//! each of them, until the deployment has ended.

use super::reader::DeploymentReader;
use super::story::DeploymentStory;
use super::traffic::TrafficStory;
use super::tried::{DeploymentChange, DeploymentEnd, DeploymentTry};
use crate::cluster::ServiceId;
use crate::engine::Reader;
use crate::plan::{Capacity, Count, DeploymentRules, Plan};
use crate::simulation::{DeploymentCause, Fact, Rejection, StopReason};
use crate::units::{SimTime, Span};
use std::collections::BTreeSet;
use std::sync::Arc;

/// A deployment in progress that has changed nothing for this time makes no progress.
const STALLED: Span = Span::seconds(60);
/// At most this number of instances is added; of vCPUs of the quota of Fargate sixteen times as many, as a
/// task has at most 16, or as many as there are.
const MOST_MORE: u32 = 16;
/// The grace period is at most this number of steps longer: an hour.
const MOST_GRACE: u32 = 360;
/// Of at most this number of types instances are added: each costs a play of the run.
const MOST_INCREASES: usize = 4;

impl DeploymentStory {
    /// True for a deployment in progress at the end of the run that has made no progress for a minute.
    pub fn is_stalled(&self) -> bool {
        self.end == DeploymentEnd::InProgress
            && self.bakes.is_none()
            && self
                .traffic
                .as_ref()
                .is_none_or(TrafficStory::waits_for_tasks)
            && self.ended.since(self.latest_progress) >= STALLED
    }
}

/// What is raised so that a deployment completes.
#[derive(Clone, Copy, Debug)]
pub(in crate::explain) enum Increase {
    /// Instances of a fixed fleet, or of an Auto Scaling group that does not grow for waiting tasks.
    Instances {
        /// The capacity provider.
        provider: usize,
        /// The number of the member of a fleet; 0 for an Auto Scaling group.
        member: usize,
        /// Their type.
        instance_type: usize,
    },
    /// The `maxSize` of an Auto Scaling group that grows for waiting tasks: it launches instances itself.
    MaxSize {
        /// The capacity provider.
        provider: usize,
    },
    /// The quota of vCPUs on Fargate.
    FargateVcpuQuota,
    /// `healthCheckGracePeriodSeconds` of the service, in steps of ten seconds.
    GracePeriod {
        /// The service.
        service: usize,
    },
}

/// The values of `minimumHealthyPercent` that are tried, the smallest change first: one task may stop,
/// then half of them, then all.
pub(in crate::explain) fn lower_minimums(story: &DeploymentStory) -> Vec<DeploymentChange> {
    let from = story.percent[0];
    let old = story.tasks.old_healthy + story.tasks.old_other;
    let Some(desired) = desired(story).filter(|_| old > 0) else {
        return Vec::new();
    };
    let mut lower = vec![(desired - 1) * 100 / desired, 50, 0];
    lower.retain(|percent| *percent < from);
    lower.sort_unstable_by_key(|percent| std::cmp::Reverse(*percent));
    lower.dedup();
    let change = |to| DeploymentChange::MinimumHealthyPercent { from, to };
    lower.into_iter().map(change).collect()
}

/// The `maximumPercent` that is tried: one task more may start. Only where the limits allow neither a
/// stop nor a start.
pub(in crate::explain) fn higher_maximum(story: &DeploymentStory) -> Vec<DeploymentChange> {
    let from = story.percent[1];
    let is_blocked = is_blocked(story);
    let desired = desired(story).filter(|_| is_blocked);
    let change = |desired: u32| DeploymentChange::MaximumPercent {
        from,
        to: ((desired + 1) * 100).div_ceil(desired).max(from + 1),
    };
    desired.map(change).into_iter().collect()
}

/// The desired count of a service that is no daemon; `None` where it is 0.
fn desired(story: &DeploymentStory) -> Option<u32> {
    let last = story.limits.last().filter(|_| !story.is_daemon)?;
    Some(last.desired).filter(|desired| *desired > 0)
}

/// True where the limits of a deployment allow neither a stop nor a start.
fn is_blocked(story: &DeploymentStory) -> bool {
    let last = story.stages.last();
    last.is_some_and(|stage| stage.round.is_blocked)
}

/// What is raised for a deployment: capacity, or the grace period where health checks fail; nothing where
/// it would not help, as its limits block it or it has one task per instance.
pub(in crate::explain) fn increases(
    plan: &Plan,
    service: ServiceId,
    story: &DeploymentStory,
) -> Vec<Increase> {
    let index = service.index();
    let service = &plan.services[index];
    let mut revisions = service.all_revisions();
    let found = revisions.find(|parts| parts.name == story.revision);
    let Some(parts) = found.filter(|_| !story.is_daemon && !is_blocked(story)) else {
        return Vec::new();
    };
    if story.met_the_quota() {
        return vec![Increase::FargateVcpuQuota];
    }
    if story.failed_health_checks() {
        return vec![Increase::GracePeriod { service: index }];
    }
    let mut found = Vec::new();
    let mut seen = BTreeSet::new();
    for (provider, of) in plan.cluster.providers_of(parts.target) {
        let types: Vec<usize> = match &of.capacity {
            Capacity::Group(_) if of.capacity.grows_for_tasks() => {
                found.push(Increase::MaxSize { provider });
                continue;
            }
            Capacity::Fleet(members) => members.iter().map(|of| of.instance_type).collect(),
            Capacity::Group(group) => group.types.first().copied().into_iter().collect(),
            _ => Vec::new(),
        };
        for (member, instance_type) in types.into_iter().enumerate() {
            if seen.insert((provider, instance_type)) {
                found.push(Increase::Instances {
                    provider,
                    member,
                    instance_type,
                });
            }
        }
    }
    found.truncate(MOST_INCREASES);
    found
}

impl DeploymentStory {
    /// True when the quota of vCPUs on Fargate refused its latest task that failed.
    fn met_the_quota(&self) -> bool {
        let latest = self.latest_failure.map(|told| told.fact);
        matches!(latest, Some(Fact::TaskRejected(_, Rejection::FargateQuota)))
    }

    /// True when a health check stopped its latest task that failed.
    fn failed_health_checks(&self) -> bool {
        let why = match self.latest_failure.map(|told| told.fact) {
            Some(Fact::TaskStopping(_, why) | Fact::TaskStopped(_, why)) => why,
            _ => return false,
        };
        matches!(
            why,
            StopReason::FailedHealthChecks | StopReason::FailedTargetHealthChecks
        )
    }
}

impl Increase {
    /// At most this much is added: instances, vCPUs of the quota, or steps of the grace period.
    pub(in crate::explain) fn most(self, plan: &Plan) -> u32 {
        match self {
            Self::Instances { .. } | Self::MaxSize { .. } => MOST_MORE,
            Self::FargateVcpuQuota => plan.assumptions.fargate_vcpu_quota.max(MOST_MORE * 16),
            Self::GracePeriod { .. } => MOST_GRACE,
        }
    }

    /// True where a deployment with this much more is as it should be. A grace period that is too short by a
    /// little lets a deployment complete after many failed tasks.
    pub(in crate::explain) fn is_enough(self, tried: &DeploymentTry) -> bool {
        let is_clean = tried.is_clean || !matches!(self, Self::GracePeriod { .. });
        tried.end == DeploymentEnd::Completed && is_clean
    }

    /// The change that adds this much.
    pub(in crate::explain) fn more(self, plan: &Plan, more: u32) -> DeploymentChange {
        let max_size = |provider: usize| match &plan.cluster.providers[provider].capacity {
            Capacity::Group(group) => Some(group.max_size),
            _ => None,
        };
        let name = |provider: usize| plan.cluster.providers[provider].name.clone();
        match self {
            Self::Instances {
                provider,
                instance_type,
                ..
            } => DeploymentChange::MoreInstances {
                instances: more,
                instance_type: plan.cluster.instance_types[instance_type].name.clone(),
                provider: name(provider),
                max_size: max_size(provider).map(|size| size.saturating_add(more)),
            },
            Self::MaxSize { provider } => {
                let from = max_size(provider).unwrap_or(0);
                DeploymentChange::MaxSize {
                    provider: name(provider),
                    from,
                    to: from.saturating_add(more),
                }
            }
            Self::FargateVcpuQuota => {
                let from = plan.assumptions.fargate_vcpu_quota;
                let to = from.saturating_add(more);
                DeploymentChange::FargateVcpuQuota { from, to }
            }
            Self::GracePeriod { service } => {
                let from = plan.services[service].health_check_grace_period;
                DeploymentChange::HealthCheckGracePeriod {
                    from: from.ceil_seconds(),
                    to: longer(from, more).ceil_seconds(),
                }
            }
        }
    }

    /// Adds this much to a plan.
    pub(in crate::explain) fn add(self, plan: &mut Plan, more: u32) {
        let (provider, member) = match self {
            Self::FargateVcpuQuota => {
                let quota = &mut Arc::make_mut(&mut plan.assumptions).fargate_vcpu_quota;
                *quota = quota.saturating_add(more);
                return;
            }
            Self::GracePeriod { service } => {
                let grace = &mut plan.services[service].health_check_grace_period;
                *grace = longer(*grace, more);
                return;
            }
            Self::MaxSize { provider } => (provider, 0),
            Self::Instances {
                provider, member, ..
            } => (provider, member),
        };
        match &mut plan.cluster.providers[provider].capacity {
            Capacity::Fleet(members) => {
                if let Count::Fixed(count) = &mut members[member].count {
                    *count = count.saturating_add(more);
                }
            }
            Capacity::Group(group) => {
                group.max_size = group.max_size.saturating_add(more);
                if matches!(self, Self::Instances { .. }) {
                    group.min_size = group.min_size.saturating_add(more);
                    group.desired_capacity = group.desired_capacity.saturating_add(more);
                }
            }
            Capacity::Fargate | Capacity::FargateSpot => {}
        }
    }
}

/// A grace period that is longer by steps of ten seconds.
fn longer(grace: Span, steps: u32) -> Span {
    grace.saturating_add(Span::seconds(10 * u64::from(steps)))
}

/// The plan with other percents of a deployment; `None` for one that no entry of `deployments` began.
pub(in crate::explain) fn with_percents(
    plan: &Plan,
    story: &DeploymentStory,
    change: &DeploymentChange,
) -> Option<Plan> {
    let mut plan = plan.clone();
    let rules = match story.cause {
        DeploymentCause::Created => {
            let mut services = plan.services.iter_mut();
            &mut services.find(|of| of.name == story.service)?.deployment
        }
        DeploymentCause::Planned(index) => {
            let index = index as usize;
            let rules = rules_of(&plan, index);
            plan.deployments[index].rules.insert(rules)
        }
        DeploymentCause::RolledBack => return None,
    };
    match change {
        DeploymentChange::MinimumHealthyPercent { to, .. } => {
            rules.percentages.minimum_healthy_percent = *to;
        }
        DeploymentChange::MaximumPercent { to, .. } => rules.percentages.maximum_percent = *to,
        DeploymentChange::MoreInstances { .. }
        | DeploymentChange::MaxSize { .. }
        | DeploymentChange::HealthCheckGracePeriod { .. }
        | DeploymentChange::FargateVcpuQuota { .. } => return None,
    }
    Some(plan)
}

/// The rules of a deployment of the plan: the latest ones that were set for its service.
fn rules_of(plan: &Plan, index: usize) -> DeploymentRules {
    let service = plan.deployments[index].service;
    let until = plan.deployments[..=index].iter().rev();
    let set = until
        .filter(|of| of.service == service)
        .find_map(|of| of.rules.clone());
    set.unwrap_or_else(|| plan.services[service].deployment.clone())
}

/// Reads the deployments of a service until one of them has ended.
pub(in crate::explain) struct UntilEnded<'a> {
    pub(in crate::explain) reader: DeploymentReader<'a>,
    pub(in crate::explain) deployment: &'a str,
}

impl Reader<Fact> for UntilEnded<'_> {
    fn read(&mut self, now: SimTime, fact: &Fact) {
        self.reader.read(now, fact);
    }

    fn is_done(&self) -> bool {
        self.reader.has_ended(self.deployment)
    }

    fn wants_details(&self) -> bool {
        true
    }
}
