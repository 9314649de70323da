//! The CPU and memory that the tasks of services with a load or a queue really use, by capacity provider. Of
//! all other tasks the model knows what they requested.

use crate::cluster::{ProviderId, ServiceId};
use crate::plan::Plan;
use crate::simulation::{Messages, Requests};
use crate::units::{SimTime, Span};

/// CPU in 1/128,000 vCPU and memory in bytes, or either × µs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Use<T> {
    pub(super) cpu: T,
    pub(super) memory: T,
}

/// What the tasks of a service used in a time that ends now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Used {
    pub(super) span: Span,
    /// × µs.
    pub(super) amounts: Use<i128>,
}

impl Used {
    pub(super) const fn of_requests(passed: &Requests) -> Self {
        Self {
            span: passed.span,
            amounts: Use {
                cpu: passed.cpu_used as i128,
                memory: passed.memory_used as i128,
            },
        }
    }

    /// Of the memory of tasks that work on messages nothing is known.
    pub(super) const fn of_messages(passed: &Messages) -> Self {
        Self {
            span: passed.span,
            amounts: Use {
                cpu: passed.cpu_used as i128,
                memory: 0,
            },
        }
    }
}

/// RUNNING tasks.
#[derive(Clone, Copy, Debug, Default)]
struct Running {
    tasks: i64,
    /// What they requested.
    requested: Use<i64>,
}

/// A service whose use of CPU is measured.
#[derive(Clone, Debug)]
struct Measured {
    /// True where its load says what memory it uses.
    has_memory: bool,
    /// By provider: its RUNNING tasks.
    running: Vec<Running>,
    /// The same before the present instant, if they have changed in it.
    before: Vec<Running>,
    changed: SimTime,
    /// By provider: what they used at the latest report.
    latest: Vec<Use<i64>>,
}

/// The use of all services with a load or a queue.
#[derive(Clone, Debug, Default)]
pub(super) struct MeasuredUse {
    /// By service; `None` where the use is not measured.
    services: Vec<Option<Measured>>,
    /// By queue: the service that works on it.
    workers: Vec<Option<ServiceId>>,
}

impl MeasuredUse {
    pub(super) fn new(plan: &Plan) -> Self {
        let providers = plan.cluster.providers.len();
        let mut workers = vec![None; plan.queues.len()];
        let mut services = Vec::new();
        for (index, service) in plan.services.iter().enumerate() {
            if let Some(worker) = &service.worker {
                workers[worker.queue] = Some(ServiceId::new(index));
            }
            let load = service.load.as_ref();
            let is_measured = load.is_some() || service.worker.is_some();
            services.push(is_measured.then(|| Measured {
                has_memory: load.is_some_and(|load| load.has_memory()),
                running: vec![Running::default(); providers],
                before: vec![Running::default(); providers],
                changed: SimTime::ZERO,
                latest: vec![Use::default(); providers],
            }));
        }
        Self { services, workers }
    }

    /// The service that works on a queue.
    pub(super) fn worker(&self, queue: usize) -> Option<ServiceId> {
        self.workers[queue]
    }

    /// A task of a service that requested this much is RUNNING (`sign` 1), or is no longer (−1, the amounts are
    /// negative). Returns which of its CPU and memory are not measured: these count as used as far as they are
    /// requested.
    pub(super) fn change(
        &mut self,
        now: SimTime,
        service: ServiceId,
        (provider, sign): (ProviderId, i64),
        requested: Use<i64>,
    ) -> Use<bool> {
        let Some(measured) = self.services[service.index()].as_mut() else {
            return Use {
                cpu: true,
                memory: true,
            };
        };
        if measured.changed < now {
            measured.changed = now;
            measured.before.clone_from(&measured.running);
        }
        let running = &mut measured.running[provider.index()];
        running.tasks += sign;
        running.requested.cpu += requested.cpu;
        running.requested.memory += requested.memory;
        Use {
            cpu: false,
            memory: !measured.has_memory,
        }
    }

    /// Divides what the tasks of a service used in a time that ends now among the providers, by what the tasks that
    /// ran in it have requested there; by their number where they have requested nothing.
    pub(super) fn divide(
        &mut self,
        now: SimTime,
        service: ServiceId,
        used: &Used,
    ) -> Vec<(ProviderId, Use<i128>)> {
        let Some(measured) = self.services[service.index()].as_mut() else {
            return Vec::new();
        };
        let those = match measured.changed == now {
            true => &measured.before,
            false => &measured.running,
        };
        let micros = used.span.as_micros().max(1);
        if let [_] = those[..] {
            measured.latest[0] = per_micro(used.amounts, micros);
            return vec![(ProviderId::new(0), used.amounts)];
        }
        let sum = |part: fn(&Running) -> i64| those.iter().map(part).map(i128::from).sum::<i128>();
        let requested = Use {
            cpu: sum(|of| of.requested.cpu),
            memory: sum(|of| of.requested.memory),
        };
        let (by_cpu, by_memory) = (requested.cpu > 0, requested.memory > 0);
        let tasks = sum(|of| of.tasks);
        let mut left = used.amounts;
        let mut whole = Use {
            cpu: if by_cpu { requested.cpu } else { tasks },
            memory: if by_memory { requested.memory } else { tasks },
        };
        let mut parts = Vec::new();
        for (number, of) in those.iter().enumerate() {
            let of = Use {
                cpu: if by_cpu { of.requested.cpu } else { of.tasks },
                memory: if by_memory {
                    of.requested.memory
                } else {
                    of.tasks
                },
            };
            let part = Use {
                cpu: share(&mut left.cpu, &mut whole.cpu, of.cpu),
                memory: share(&mut left.memory, &mut whole.memory, of.memory),
            };
            measured.latest[number] = per_micro(part, micros);
            parts.push((ProviderId::new(number), part));
        }
        parts
    }

    /// What the measured tasks of a provider used at the latest reports.
    pub(super) fn latest(&self, provider: usize) -> Use<i64> {
        let mut sum = Use::default();
        for of in self.services.iter().flatten() {
            sum.cpu += of.latest[provider].cpu;
            sum.memory += of.latest[provider].memory;
        }
        sum
    }
}

/// The mean level of what was used in a number of µs.
fn per_micro(used: Use<i128>, micros: u64) -> Use<i64> {
    // Amounts that fit need no division of 128 bits.
    let mean = |amount: i128| match u64::try_from(amount) {
        Ok(amount) => (amount / micros) as i64,
        Err(_) => (amount / i128::from(micros)) as i64,
    };
    Use {
        cpu: mean(used.cpu),
        memory: mean(used.memory),
    }
}

/// Takes the share `of` ÷ `whole` of what is left, and takes `of` from the whole: the last one gets all that is left.
fn share(left: &mut i128, whole: &mut i128, of: i64) -> i128 {
    let part = (*left * i128::from(of)).checked_div(*whole).unwrap_or(0);
    *left -= part;
    *whole -= i128::from(of);
    part
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::{Load, LoadShape, RateShape, Service};

    fn plan() -> Plan {
        let mut plan = Plan::new("use", "us-east-1");
        for name in ["a", "b"] {
            let provider = crate::plan::Provider::fleet(name, Vec::new());
            plan.cluster.providers.push(provider);
        }
        let mut loaded = Service::new("loaded", 2);
        let rate = "1/s".parse().expect("a rate");
        loaded.load = Some(Load::new(LoadShape::Rate(RateShape::Constant(rate))));
        plan.services = vec![loaded, Service::new("plain", 2)];
        plan
    }

    /// Changes what the tasks of a service on a provider request.
    fn change(used: &mut MeasuredUse, second: u64, of: (usize, usize), cpu: i64) -> Use<bool> {
        let now = SimTime::ZERO + Span::seconds(second);
        let requested = Use { cpu, memory: 0 };
        let (service, provider) = (ServiceId::new(of.0), ProviderId::new(of.1));
        used.change(now, service, (provider, cpu.signum()), requested)
    }

    fn cpu(used: &mut MeasuredUse, second: u64, cpu: i128) -> Vec<i128> {
        let now = SimTime::ZERO + Span::seconds(second);
        let used_now = Used {
            span: Span::seconds(1),
            amounts: Use { cpu, memory: 0 },
        };
        let parts = used.divide(now, ServiceId::new(0), &used_now);
        parts.iter().map(|(_, part)| part.cpu).collect()
    }

    #[test]
    fn use_is_divided_by_what_tasks_have_requested_before_the_present_instant() {
        let mut used = MeasuredUse::new(&plan());
        let counts = change(&mut used, 1, (0, 0), 100);
        assert_eq!((counts.cpu, counts.memory), (false, true));
        change(&mut used, 1, (0, 1), 200);
        assert_eq!(cpu(&mut used, 2, 1_000_001), [333_333, 666_668]);
        assert_eq!(
            used.latest(1).cpu,
            0,
            "666,668 in a second are less than one"
        );
        // A task that starts or stops now has not taken part in the time that ends now.
        change(&mut used, 3, (0, 1), -200);
        assert_eq!(cpu(&mut used, 3, 3_000_000), [1_000_000, 2_000_000]);
        assert_eq!(used.latest(1).cpu, 2);
        assert_eq!(cpu(&mut used, 4, 3_000_000), [3_000_000, 0]);
        assert_eq!(used.latest(1).cpu, 0);
        // Tasks that have requested no CPU count by their number.
        let mut used = MeasuredUse::new(&plan());
        for provider in [0, 1, 1] {
            let now = SimTime::ZERO + Span::seconds(1);
            let (service, provider) = (ServiceId::new(0), ProviderId::new(provider));
            used.change(now, service, (provider, 1), Use::default());
        }
        assert_eq!(cpu(&mut used, 2, 3_000_000), [1_000_000, 2_000_000]);
        let plain = change(&mut used, 4, (1, 0), 1);
        assert_eq!((plain.cpu, plain.memory), (true, true));
    }
}
