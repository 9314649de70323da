//! Load balancers of Elastic Load Balancing and their target groups (facts/platform.md 4).

use super::load::Routing;
pub use crate::catalog::LoadBalancerKind;
use crate::units::Span;

/// The most target groups of a service, as `CreateService` allows, and of an action of a listener rule
/// (facts/platform.md 4.1.10).
pub const MOST_TARGET_GROUPS: usize = 5;

/// The shortest and the longest slow start of a target group (facts/platform.md 4.1.2).
pub const SLOW_STARTS: [Span; 2] = [Span::seconds(30), Span::seconds(900)];

/// A load balancer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoadBalancer {
    /// Its name.
    pub name: String,
    /// Application or Network Load Balancer.
    pub kind: LoadBalancerKind,
    /// The rules that are processed for a request; the first ten are free (facts/platform.md 4.3.1).
    pub rules: u32,
}

/// A target group: the tasks of a service that a load balancer sends requests to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TargetGroup {
    /// Its name.
    pub name: String,
    /// The index of its load balancer in the plan.
    pub load_balancer: usize,
    /// Its health check.
    pub health_check: TargetHealthCheck,
    /// `deregistration_delay.timeout_seconds`: a target that is deregistered gets no new requests, and
    /// stays for this time (facts/platform.md 4.1.7).
    pub deregistration_delay: Span,
    /// When ECS stops the containers of a task that is deregistered.
    pub deregistration_ends: DeregistrationEnd,
    /// `load_balancing.algorithm.type`: which of its targets gets a request; a Network Load Balancer takes one
    /// by a hash of the flow (facts/platform.md 4.1.1).
    pub algorithm: Routing,
    /// `slow_start.duration_seconds`: the time in which the share of a target that has become healthy grows
    /// from none to that of the others; zero: there is no slow start (facts/platform.md 4.1.2).
    pub slow_start: Span,
    /// `load_balancing.cross_zone.enabled`: requests are shared among the targets of all zones. Otherwise
    /// each zone with a healthy target gets an equal part (facts/platform.md 4.1.9, 4.2.2).
    pub cross_zone: bool,
}

/// The health check of a target group (facts/platform.md 4.1.3, 4.2.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TargetHealthCheck {
    /// `HealthCheckIntervalSeconds`: the time between two checks.
    pub interval: Span,
    /// `HealthCheckTimeoutSeconds`: a check without an answer fails after this time.
    pub timeout: Span,
    /// `HealthyThresholdCount`: checks in a row that an unhealthy target must pass.
    pub healthy_threshold: u32,
    /// `UnhealthyThresholdCount`: checks in a row that a target must fail.
    pub unhealthy_threshold: u32,
    /// Checks in a row that a target must pass after its registration: AWS's guide says one, its best
    /// practices count with the healthy threshold (facts/platform.md 4.1.4).
    pub initial_threshold: u32,
}

/// When ECS stops the containers of a task whose target is deregistered; AWS's sources leave it open
/// (facts/platform.md 4.4.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeregistrationEnd {
    /// After the whole deregistration delay.
    AfterDelay,
    /// As soon as no request is in flight, which the model takes as at once.
    WhenIdle,
}

/// The container of a service's tasks that a target group sends requests to: an item of the service's
/// `loadBalancers`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServiceTargets {
    /// The index of the target group in the plan.
    pub group: usize,
    /// `advancedConfiguration.alternateTargetGroupArn`: the index of the target group that the other
    /// revision is registered with while a deployment shifts traffic (facts/ecs.md 216, 217).
    pub alternate: Option<usize>,
    /// `containerName`.
    pub container: String,
}

impl TargetHealthCheck {
    /// The defaults of a type of load balancer (facts/platform.md 4.1.3, 4.2.1).
    pub const fn of(kind: LoadBalancerKind) -> Self {
        let timeout = match kind {
            LoadBalancerKind::Application => 5,
            LoadBalancerKind::Network => 10,
        };
        Self {
            interval: Span::seconds(30),
            timeout: Span::seconds(timeout),
            healthy_threshold: 5,
            unhealthy_threshold: 2,
            initial_threshold: 1,
        }
    }
}

impl Routing {
    /// The default of a type of load balancer (facts/platform.md 4.1.1).
    pub const fn of(kind: LoadBalancerKind) -> Self {
        match kind {
            LoadBalancerKind::Application => Self::RoundRobin,
            LoadBalancerKind::Network => Self::Random,
        }
    }
}

impl TargetGroup {
    /// A target group of a load balancer with the defaults of its type.
    pub fn new(name: impl Into<String>, load_balancer: usize, kind: LoadBalancerKind) -> Self {
        Self {
            name: name.into(),
            load_balancer,
            health_check: TargetHealthCheck::of(kind),
            deregistration_delay: Span::seconds(300),
            deregistration_ends: DeregistrationEnd::AfterDelay,
            algorithm: Routing::of(kind),
            slow_start: Span::ZERO,
            cross_zone: kind == LoadBalancerKind::Application,
        }
    }
}
