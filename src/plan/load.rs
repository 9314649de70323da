//! The load of a service: the requests that arrive at it over time, and what each of them costs its
//! tasks.

use super::TaskRates;
use super::cluster::REFERENCE_SPEED;
use super::rates::{LoadShape, Moment, random_shapes, sum_at, sum_constant_until, sum_highest};
use crate::engine::random::Distribution;
use crate::units::{Cpu, Decimal, Memory, SimTime, Span};

/// The load of a service.
#[derive(Clone, Debug)]
pub struct Load {
    /// The rates of the requests, which are added.
    pub rates: Vec<LoadShape>,
    /// The standard deviation of a factor with mean 1 by which the rate of each minute is multiplied; it
    /// has a lognormal distribution. 0: no noise.
    pub noise: f64,
    /// The mean time of one vCPU that a request needs; above zero.
    pub cpu_per_request: Span,
    /// The law of this time, in seconds, with that mean. `None`: every request needs the mean.
    pub cpu_law: Option<Distribution>,
    /// The time that a request takes beside its CPU time, in which it uses no CPU.
    pub latency: Span,
    /// The most requests that a task works on at once; others wait in the task. `None`: no limit.
    pub max_concurrency: Option<u32>,
    /// The CPU that a RUNNING task uses without requests.
    pub idle_cpu: Cpu,
    /// The memory that a RUNNING task uses without requests.
    pub idle_memory: Memory,
    /// The memory that a request uses while it is in a task.
    pub memory_per_request: Memory,
    /// The most CPU that a task can use; `None`: what the task reserves where that is a hard limit, else all
    /// that its instance has. See [`limit_of_task`](Self::limit_of_task).
    pub cpu_limit: Option<Cpu>,
    /// A client waits this long for its answer.
    pub timeout: Span,
    /// How clients send a request again that was not served; `None`: they do not.
    pub client_retries: Option<ClientRetries>,
    /// How the requests are simulated.
    pub mode: LoadMode,
    /// Which task gets a request, with [`LoadMode::Exact`]. The fluid model takes it as random.
    pub routing: Routing,
    /// Bytes of a request.
    pub request_size: Memory,
    /// Bytes of an answer.
    pub response_size: Memory,
    /// Requests that a client sends over one connection; at least one.
    pub requests_per_connection: u32,
    /// The time for which a connection is open.
    pub connection_duration: Span,
}

/// How clients send a request again that was refused, failed or timed out.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ClientRetries {
    /// The most times that a request is sent, the first included; at least 1.
    pub attempts: u32,
    /// The time from the loss of the first attempt to the second; above zero.
    pub delay: Span,
    /// The factor by which this time grows from attempt to attempt; at least 1.
    pub backoff_rate: f64,
}

impl ClientRetries {
    /// The most attempts of a request.
    pub const MOST_ATTEMPTS: u32 = 20;

    /// The time from the loss of an attempt, counted from 1, to the next one; at most a day.
    pub fn delay_after(&self, attempt: u32) -> Span {
        let factor = libm::pow(self.backoff_rate, f64::from(attempt.saturating_sub(1)));
        let seconds = (self.delay.as_seconds_f64() * factor).min(86_400.0);
        Span::from_seconds_f64(seconds)
    }
}

/// How the requests of a service are simulated.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LoadMode {
    /// As a fluid: rates that are constant between two changes. The cost does not grow with the rates.
    #[default]
    Fluid,
    /// One by one.
    Exact,
}

/// Which of the tasks that serve gets a request.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Routing {
    /// One at random.
    #[default]
    Random,
    /// One after the other.
    RoundRobin,
    /// The one that has the fewest requests.
    LeastOutstanding,
}

impl Load {
    /// A load with this rate and the defaults of a scenario file; each request needs 10 ms of a vCPU.
    pub fn new(rate: LoadShape) -> Self {
        Self {
            rates: vec![rate],
            noise: 0.0,
            cpu_per_request: Span::millis(10),
            cpu_law: None,
            latency: Span::ZERO,
            max_concurrency: None,
            idle_cpu: Cpu::ZERO,
            idle_memory: Memory::ZERO,
            memory_per_request: Memory::ZERO,
            cpu_limit: None,
            timeout: Span::seconds(60),
            request_size: Memory::bytes(1 << 10),
            response_size: Memory::bytes(10 << 10),
            requests_per_connection: 10,
            connection_duration: Span::seconds(60),
            client_retries: None,
            mode: LoadMode::Fluid,
            routing: Routing::Random,
        }
    }

    /// True when no random numbers are drawn.
    pub fn is_certain(&self) -> bool {
        self.noise == 0.0 && self.random().is_empty() && self.mode == LoadMode::Fluid
    }

    /// True when it says what memory tasks use.
    pub fn has_memory(&self) -> bool {
        self.idle_memory > Memory::ZERO || self.memory_per_request > Memory::ZERO
    }

    /// The shapes whose values are drawn, in the order in which [`at`](Self::at) takes their values.
    pub fn random(&self) -> Vec<&LoadShape> {
        random_shapes(&self.rates)
    }

    /// Requests per second at a time, without noise. `drawn` gives the present values of the random
    /// shapes.
    pub fn at(&self, moment: &Moment, drawn: &mut dyn Iterator<Item = f64>) -> f64 {
        sum_at(&self.rates, moment, drawn)
    }

    /// A bound of the requests per second until `end`, without noise.
    pub fn highest(&self, end: SimTime) -> f64 {
        sum_highest(&self.rates, end)
    }

    /// The time up to which the rate is taken as constant from `moment` on, but for random shapes;
    /// `None`: to the end of the run.
    pub fn constant_until(&self, moment: &Moment) -> Option<SimTime> {
        sum_constant_until(&self.rates, self.noise, moment)
    }

    /// How fast a task works on its requests that has this CPU for them, on processors of this speed.
    pub fn rates_of_task(&self, free: Cpu, speed: Decimal) -> TaskRates {
        TaskRates::new(
            free.as_vcpus_f64(),
            self.cpu_per_request.as_seconds_f64() / speed.as_f64(),
            self.latency.as_seconds_f64(),
            self.max_concurrency,
        )
    }

    /// The requests per second that a task can serve by its CPU, in millionths.
    pub fn capacity_by_cpu(&self, free: Cpu, speed: Decimal) -> u64 {
        let free = u128::from(free.as_base()) * u128::from(speed.as_millionths());
        let per_request =
            u128::from(Cpu::BASE_PER_VCPU) * u128::from(self.cpu_per_request.as_micros());
        let capacity = free * 1_000_000 / per_request.max(1);
        u64::try_from(capacity).unwrap_or(u64::MAX)
    }

    /// The requests per second that a task can serve whose CPU has this limit, on a processor of the
    /// reference, in millionths.
    pub fn capacity_of_task(&self, limit: Cpu) -> u64 {
        let free = limit.saturating_sub(self.idle_cpu);
        let by_cpu = self.capacity_by_cpu(free, REFERENCE_SPEED);
        match self.max_concurrency {
            None => by_cpu,
            Some(_) if by_cpu > 0 => by_cpu.min(self.most_at_once(free, REFERENCE_SPEED)),
            Some(_) => 0,
        }
    }

    /// The requests per second that a task serves while it works on as many as it can, in millionths.
    pub fn most_at_once(&self, free: Cpu, speed: Decimal) -> u64 {
        // `as` truncates toward zero and saturates.
        (self.rates_of_task(free, speed).most() * 1e6) as u64
    }
}

#[cfg(test)]
mod tests {
    use super::super::RateShape;
    use super::*;
    use crate::units::Rate;

    fn load(rates: &[f64], noise: f64) -> Load {
        let constant = |rate: &f64| {
            let rate = Rate::per_second(*rate).unwrap();
            LoadShape::Rate(RateShape::Constant(rate))
        };
        Load {
            rates: rates.iter().map(constant).collect(),
            noise,
            idle_cpu: Cpu::units(102),
            ..Load::new(LoadShape::Rate(RateShape::Constant(
                Rate::per_second(0.0).unwrap(),
            )))
        }
    }

    #[test]
    fn a_task_serves_what_its_cpu_allows_beside_its_idle_use() {
        let constant = load(&[1.0], 0.0);
        // (1,024 − 102) of 1,024 units, 10 ms of a vCPU each: 90.04 requests per second.
        assert_eq!(constant.capacity_of_task(Cpu::units(1_024)), 90_039_062);
        assert_eq!(constant.capacity_of_task(Cpu::units(100)), 0);
        let free = Cpu::units(922);
        let fast = "1.5".parse().unwrap();
        assert_eq!(constant.capacity_by_cpu(free, fast), 135_058_593);
        // Three at once, each for a latency of 40 ms and 10 ms of CPU or a little more.
        let few = Load {
            max_concurrency: Some(3),
            latency: Span::millis(40),
            ..constant
        };
        let capacity = few.capacity_of_task(Cpu::units(2_048));
        assert!((59_000_000..60_000_000).contains(&capacity), "{capacity}");
    }

    #[test]
    fn rates_are_added_and_noise_changes_each_minute() {
        let sum = load(&[1.0, 2.5], 0.0);
        let moment = Moment::new(0, SimTime::ZERO + Span::seconds(59));
        assert_eq!(sum.at(&moment, &mut std::iter::empty()), 3.5);
        assert_eq!(sum.highest(SimTime::ZERO), 3.5);
        assert_eq!(
            (sum.constant_until(&moment), sum.is_certain()),
            (None, true)
        );
        let noisy = load(&[1.0], 0.1);
        let minute = SimTime::ZERO + Span::seconds(60);
        assert_eq!(noisy.constant_until(&moment), Some(minute));
        assert!(!noisy.is_certain());
    }
}
