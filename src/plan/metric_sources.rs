//! What gives the metrics of a service their values: its load, its queue and its load balancer (facts/ecs.md
//! 251).

use super::{Load, LoadBalancerKind, Plan, Service, ServiceMetric};

/// What a service has that gives metrics values.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MetricSources {
    /// It has a load.
    pub has_load: bool,
    /// Its load says what memory its tasks use.
    pub has_memory: bool,
    /// It works on a queue.
    pub has_queue: bool,
    /// The kind of the load balancer that its requests come through; `None`: it has no target group.
    pub balancer: Option<LoadBalancerKind>,
}

/// What a metric has no value without.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MetricLack {
    /// A queue that the service works on.
    Queue,
    /// A load.
    Load,
    /// Memory of the load.
    Memory,
    /// A target group.
    TargetGroup,
    /// An Application Load Balancer: it has a Network Load Balancer, which knows no requests.
    ApplicationLoadBalancer,
}

impl MetricSources {
    /// The sources of a service of a plan.
    pub fn of(plan: &Plan, service: &Service) -> Self {
        let group = service.targets.as_ref();
        let group = group.and_then(|targets| plan.target_groups.get(targets.group));
        let balancer = group.and_then(|group| plan.load_balancers.get(group.load_balancer));
        Self {
            has_load: service.load.is_some(),
            has_memory: service.load.as_ref().is_some_and(Load::has_memory),
            has_queue: service.worker.is_some(),
            balancer: balancer.map(|balancer| balancer.kind),
        }
    }

    /// What a metric has no value without; `None` where it has values. Counts of requests also have values
    /// without a load balancer, as those of a proxy that the model does not have.
    pub fn lack(&self, metric: ServiceMetric) -> Option<MetricLack> {
        if metric.is_of_queue() {
            return (!self.has_queue).then_some(MetricLack::Queue);
        }
        if metric.usual() == ServiceMetric::CpuUtilization && self.has_queue {
            return None;
        }
        if !self.has_load {
            return Some(MetricLack::Load);
        }
        if metric == ServiceMetric::MemoryUtilization && !self.has_memory {
            return Some(MetricLack::Memory);
        }
        let is_of_requests = metric.namespace() == "AWS/ApplicationELB";
        match self.balancer {
            Some(LoadBalancerKind::Network) if is_of_requests => {
                Some(MetricLack::ApplicationLoadBalancer)
            }
            None if metric.needs_targets() => Some(MetricLack::TargetGroup),
            _ => None,
        }
    }
}

impl MetricLack {
    /// What is missing.
    pub const fn what(self) -> &'static str {
        match self {
            Self::Queue => "a queue of the service",
            Self::Load => "the requests of the service",
            Self::Memory => "memory of the load",
            Self::TargetGroup => "a target group",
            Self::ApplicationLoadBalancer => "an Application Load Balancer",
        }
    }

    /// How a scenario gives it.
    pub const fn hint(self) -> &'static str {
        match self {
            Self::Queue => "give the service a `worker`",
            Self::Load => "give the service a `load`",
            Self::Memory => "give the `load` of the service `idleMemory` or `memoryPerRequest`",
            Self::TargetGroup => "give the service `loadBalancers`",
            Self::ApplicationLoadBalancer => {
                "a Network Load Balancer has no metrics of requests: use a metric of the tasks, such as `CPUUtilization`, or set `type: application`"
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fact_251_metrics_of_requests_are_those_of_an_application_load_balancer() {
        let behind = |balancer| MetricSources {
            has_load: true,
            balancer,
            ..MetricSources::default()
        };
        let network = behind(Some(LoadBalancerKind::Network));
        for metric in ServiceMetric::ALL {
            let lack = network.lack(metric);
            let is_of_requests = metric.namespace() == "AWS/ApplicationELB";
            assert_eq!(
                lack == Some(MetricLack::ApplicationLoadBalancer),
                is_of_requests,
                "{metric:?}"
            );
        }
        let per_target = ServiceMetric::RequestCountPerTarget;
        let none = behind(None);
        assert_eq!(none.lack(per_target), Some(MetricLack::TargetGroup));
        assert_eq!(none.lack(ServiceMetric::RequestCount), None);
        let application = behind(Some(LoadBalancerKind::Application));
        assert_eq!(application.lack(per_target), None);
    }
}
