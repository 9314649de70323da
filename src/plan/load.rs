//! The load of a service: the requests that arrive at it over time, and what each of them costs its
//! tasks.

use super::RateShape;
use crate::units::{Cpu, HOUR, Rate, SimTime, Span};
use jiff::Timestamp;
use jiff::civil::Weekday;
use jiff::tz::TimeZone;

/// The time for which a rate that changes without steps is taken as constant.
const MINUTE: Span = Span::seconds(60);

/// The load of a service.
#[derive(Clone, Debug)]
pub struct Load {
    /// The rates of the requests, which are added.
    pub rates: Vec<LoadShape>,
    /// The standard deviation of a factor with mean 1 by which the rate of each minute is multiplied; it
    /// has a lognormal distribution. 0: no noise.
    pub noise: f64,
    /// The time of one vCPU that a request needs; above zero.
    pub cpu_per_request: Span,
    /// The CPU that a RUNNING task uses without requests.
    pub idle_cpu: Cpu,
    /// The most CPU that a task can use; `None`: the CPU of the task.
    pub cpu_limit: Option<Cpu>,
    /// A client waits this long for its answer.
    pub timeout: Span,
}

/// A rate of requests over time.
#[derive(Clone, Debug)]
pub enum LoadShape {
    /// A rate that counts from the start of the run.
    Rate(RateShape),
    /// A rate with a daily cycle by the clock of a time zone.
    Daily(DailyShape),
}

/// A daily cycle: a cosine with its highest value at a time of day, and less on weekends.
#[derive(Clone, Debug)]
pub struct DailyShape {
    /// The lowest rate, twelve hours from the peak.
    pub low: Rate,
    /// The highest rate.
    pub high: Rate,
    /// The time of day of the highest rate.
    pub peak_at: Span,
    /// The factor of the rate on Saturdays and Sundays.
    pub weekend: f64,
    /// The time zone of the clock.
    pub zone: TimeZone,
}

impl Load {
    /// True when no random numbers are drawn.
    pub fn is_certain(&self) -> bool {
        self.noise == 0.0
    }

    /// Requests per second at a time, without noise. `start` is the time of the start of the run, in
    /// seconds since 1970.
    pub fn at(&self, start: i64, at: SimTime) -> f64 {
        self.rates.iter().map(|shape| shape.at(start, at)).sum()
    }

    /// A bound of the requests per second, without noise.
    pub fn highest(&self) -> f64 {
        self.rates.iter().map(LoadShape::highest).sum()
    }

    /// The time up to which the rate is taken as constant from `now` on; `None`: to the end of the run.
    pub fn constant_until(&self, now: SimTime) -> Option<SimTime> {
        let ends = self.rates.iter().filter_map(|shape| shape.step_after(now));
        let ends = ends.chain((!self.is_certain()).then(|| next_minute(now)));
        ends.min()
    }

    /// The requests per second that a task with this CPU can serve, in millionths.
    pub fn capacity_of_task(&self, cpu: Cpu) -> u64 {
        let limit = self.cpu_limit.unwrap_or(cpu);
        let free = u128::from(limit.saturating_sub(self.idle_cpu).as_base());
        let per_request =
            u128::from(Cpu::BASE_PER_VCPU) * u128::from(self.cpu_per_request.as_micros());
        let capacity = free * 1_000_000_000_000 / per_request.max(1);
        u64::try_from(capacity).unwrap_or(u64::MAX)
    }
}

impl LoadShape {
    fn at(&self, start: i64, at: SimTime) -> f64 {
        match self {
            Self::Rate(shape) => shape.at(at),
            Self::Daily(shape) => shape.at(start, at),
        }
    }

    fn highest(&self) -> f64 {
        match self {
            Self::Rate(shape) => shape.highest(),
            Self::Daily(shape) => shape.high.as_per_second() * shape.weekend.max(1.0),
        }
    }

    fn step_after(&self, now: SimTime) -> Option<SimTime> {
        match self {
            Self::Rate(RateShape::Constant(_)) => None,
            Self::Rate(RateShape::Piecewise { steps, every }) => next_step(steps, *every, now),
            Self::Rate(RateShape::Sinusoidal { .. }) | Self::Daily(_) => Some(next_minute(now)),
        }
    }
}

impl DailyShape {
    fn at(&self, start: i64, at: SimTime) -> f64 {
        let elapsed = (at.as_micros() / 1_000_000).cast_signed();
        // A run may end after the last time that a calendar has; its clock stands still there.
        let instant = Timestamp::from_second(start + elapsed).unwrap_or(Timestamp::MAX);
        let local = self.zone.to_datetime(instant);
        let (hour, minute, second) = (local.hour(), local.minute(), local.second());
        let of_day = i64::from(hour) * 3_600 + i64::from(minute) * 60 + i64::from(second);
        let day = 24.0 * (HOUR / 1_000_000) as f64;
        let from_peak = (of_day as f64 - self.peak_at.as_seconds_f64()) / day;
        let wave = (1.0 + libm::cos(std::f64::consts::TAU * from_peak)) / 2.0;
        let (low, high) = (self.low.as_per_second(), self.high.as_per_second());
        let factor = match local.weekday() {
            Weekday::Saturday | Weekday::Sunday => self.weekend,
            _ => 1.0,
        };
        (low + (high - low) * wave) * factor
    }
}

/// The next whole minute after `now`.
fn next_minute(now: SimTime) -> SimTime {
    let minute = MINUTE.as_micros();
    SimTime::micros((now.as_micros() / minute + 1) * minute)
}

/// The next time after `now` at which the rate of a piecewise shape changes.
fn next_step(steps: &[(Span, Rate)], every: Option<Span>, now: SimTime) -> Option<SimTime> {
    let (base, offset) = match every.map(Span::as_micros) {
        Some(cycle) => (now.as_micros() / cycle * cycle, now.as_micros() % cycle),
        None => (0, now.as_micros()),
    };
    let later = steps.iter().map(|(from, _)| from.as_micros());
    let later = later.chain(every.map(Span::as_micros));
    let next = later.filter(|from| *from > offset).min()?;
    Some(SimTime::micros(base + next))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rate(per_second: f64) -> Rate {
        Rate::per_second(per_second).unwrap()
    }

    fn load(shape: LoadShape) -> Load {
        Load {
            rates: vec![shape],
            noise: 0.0,
            cpu_per_request: Span::micros(10_000),
            idle_cpu: Cpu::units(102),
            cpu_limit: None,
            timeout: Span::seconds(60),
        }
    }

    fn at(seconds: u64) -> SimTime {
        SimTime::ZERO + Span::seconds(seconds)
    }

    #[test]
    fn a_task_serves_what_its_cpu_allows_beside_its_idle_use() {
        let constant = load(LoadShape::Rate(RateShape::Constant(rate(1.0))));
        // (1,024 − 102) of 1,024 units, 10 ms of a vCPU each: 90.04 requests per second.
        assert_eq!(constant.capacity_of_task(Cpu::units(1_024)), 90_039_062);
        assert_eq!(constant.capacity_of_task(Cpu::units(100)), 0);
        let limited = Load {
            cpu_limit: Some(Cpu::units(2_048)),
            ..constant
        };
        assert_eq!(limited.capacity_of_task(Cpu::units(1_024)), 190_039_062);
    }

    #[test]
    fn a_daily_rate_follows_the_clock_of_its_zone() {
        let shape = LoadShape::Daily(DailyShape {
            low: rate(10.0),
            high: rate(50.0),
            peak_at: Span::seconds(20 * 3_600),
            weekend: 0.5,
            zone: TimeZone::get("Europe/Berlin").unwrap(),
        });
        let daily = load(shape);
        // 2 November 2026 is a Monday; Berlin is an hour ahead.
        let start = 1_793_577_600;
        let close = |at: SimTime, wanted: f64| {
            let got = daily.at(start, at);
            assert!((got - wanted).abs() < 1e-9, "{got} instead of {wanted}");
        };
        close(at(19 * 3_600), 50.0);
        close(at(7 * 3_600), 10.0);
        close(at(13 * 3_600), 30.0);
        close(at(5 * 86_400 + 19 * 3_600), 25.0);
        assert_eq!(daily.constant_until(at(59)), Some(at(60)));
        assert_eq!(daily.constant_until(at(60)), Some(at(120)));
        assert_eq!(daily.highest(), 50.0);
    }

    #[test]
    fn a_piecewise_rate_is_constant_between_its_steps() {
        let steps = vec![
            (Span::ZERO, rate(5.0)),
            (Span::seconds(90), rate(20.0)),
            (Span::seconds(600), rate(5.0)),
        ];
        let once = load(LoadShape::Rate(RateShape::Piecewise {
            steps: steps.clone(),
            every: None,
        }));
        let rates: Vec<f64> = [0, 89, 90, 600, 9_000].map(|s| once.at(0, at(s))).into();
        assert_eq!(rates, [5.0, 5.0, 20.0, 5.0, 5.0]);
        assert_eq!(once.constant_until(at(0)), Some(at(90)));
        assert_eq!(once.constant_until(at(90)), Some(at(600)));
        assert_eq!(once.constant_until(at(600)), None);
        let again = load(LoadShape::Rate(RateShape::Piecewise {
            steps,
            every: Some(Span::seconds(1_000)),
        }));
        assert_eq!(again.at(0, at(1_090)), 20.0);
        assert_eq!(again.constant_until(at(600)), Some(at(1_000)));
        assert_eq!(again.constant_until(at(1_000)), Some(at(1_090)));
        assert_eq!(again.highest(), 20.0);
    }
}
