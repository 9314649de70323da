//! How fast a task works on its requests, by their number.

/// The rates at which a task completes requests.
///
/// A task shares its CPU evenly among the requests that it works on; each of them uses at most one vCPU
/// (processor sharing). Beside its CPU time a request takes a latency, in which it uses no CPU.
#[derive(Clone, Debug, PartialEq)]
pub struct TaskRates {
    /// CPU for requests, in vCPUs; above zero.
    cores: f64,
    /// The mean CPU time of a request, in vCPU-seconds; above zero.
    demand: f64,
    /// The latency in seconds.
    latency: f64,
    /// The most requests that a task works on at once.
    limit: Option<u32>,
    /// The rate with 1, 2, … requests in progress, up to the first that is the highest; empty where
    /// no latency and limit act together.
    table: Vec<f64>,
}

impl TaskRates {
    /// The rates of a task with this CPU for requests, in vCPUs.
    pub fn new(cores: f64, demand: f64, latency: f64, limit: Option<u32>) -> Self {
        let mut rates = Self {
            cores,
            demand,
            latency,
            limit,
            table: Vec::new(),
        };
        if let Some(limit) = limit.filter(|_| latency > 0.0 && cores > 0.0) {
            let most = cores / demand;
            for number in 1..=limit {
                let rate = rates.with_latency(number);
                rates.table.push(rate);
                if rate >= most * (1.0 - 1e-9) {
                    break;
                }
            }
        }
        rates
    }

    /// The throughput of a task with `number` requests, each of which uses CPU or waits for its latency:
    /// that of a closed queueing network of two stations (the CPU, and a delay), which depends on the
    /// mean CPU time alone.
    fn with_latency(&self, number: u32) -> f64 {
        let (mut share, mut all, mut rate) = (1.0, 1.0, 0.0);
        // `share` is the stationary probability of `at_cpu` requests at the CPU, not normalized.
        for at_cpu in 1..=number {
            let completes = f64::from(at_cpu).min(self.cores) / self.demand;
            share *= f64::from(number + 1 - at_cpu) / self.latency / completes;
            if share > 1e200 {
                (share, all, rate) = (share * 1e-200, all * 1e-200, rate * 1e-200);
            }
            all += share;
            rate += share * completes;
        }
        rate / all
    }

    /// The mean CPU time of a request, in vCPU-seconds.
    pub const fn demand(&self) -> f64 {
        self.demand
    }

    /// The latency in seconds.
    pub const fn latency(&self) -> f64 {
        self.latency
    }

    /// The most requests that the task works on at once.
    pub const fn limit(&self) -> Option<u32> {
        self.limit
    }

    /// Requests per second that the task completes while it works on `number` of them, at least 1.
    /// Without a limit those in their latency do not count.
    pub fn rate(&self, number: usize) -> f64 {
        if let Some(last) = self.table.last() {
            return *self.table.get(number - 1).unwrap_or(last);
        }
        let number = self
            .limit
            .map_or(number, |limit| number.min(limit as usize));
        (number as f64).min(self.cores) / self.demand
    }

    /// The least number of requests with which the rate is the highest.
    pub fn saturated_at(&self) -> usize {
        if !self.table.is_empty() {
            return self.table.len();
        }
        let cores = (libm::ceil(self.cores) as usize).max(1);
        self.limit
            .map_or(cores, |limit| cores.min((limit as usize).max(1)))
    }

    /// The highest rate, in requests per second.
    pub fn most(&self) -> f64 {
        self.rate(self.saturated_at())
    }

    /// The factor by which the CPU time of a request takes longer than on a vCPU of its own while the
    /// task works on `number` requests, with this one.
    pub fn slowdown(&self, number: usize) -> f64 {
        let in_latency = self.limit.map_or(0.0, |_| self.latency);
        (number as f64 / self.rate(number) - in_latency) / self.demand
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(got: f64, wanted: f64) {
        assert!((got - wanted).abs() < 1e-9 * wanted, "{got}, not {wanted}");
    }

    #[test]
    fn requests_share_the_cpu_of_a_task() {
        let rates = TaskRates::new(1.5, 0.01, 0.0, None);
        close(rates.rate(1), 100.0);
        close(rates.rate(2), 150.0);
        close(rates.most(), 150.0);
        assert_eq!(rates.saturated_at(), 2);
        close(rates.slowdown(1), 1.0);
        close(rates.slowdown(3), 2.0);
        let quarter = TaskRates::new(0.25, 0.01, 0.0, None);
        close(quarter.most(), 25.0);
        close(quarter.slowdown(1), 4.0);
    }

    #[test]
    fn a_limit_and_a_latency_bound_the_rate() {
        // One request at a time: 10 ms of CPU and 90 ms of latency.
        let one = TaskRates::new(4.0, 0.01, 0.09, Some(1));
        close(one.most(), 10.0);
        close(one.slowdown(1), 1.0);
        // Two with one vCPU: by hand 1 ÷ (1 − blocking) of two stations.
        let two = TaskRates::new(1.0, 1.0, 1.0, Some(2));
        close(two.rate(1), 0.5);
        close(two.rate(2), 0.8);
        // Many: the CPU is the bound, and the table ends.
        let many = TaskRates::new(1.0, 0.01, 0.1, Some(10_000));
        close(many.most(), 100.0);
        assert!(many.saturated_at() < 100);
        let narrow = TaskRates::new(4.0, 0.01, 0.0, Some(2));
        close(narrow.most(), 200.0);
        assert_eq!(narrow.saturated_at(), 2);
    }
}
