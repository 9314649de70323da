//! Clients that send a request again which was not served, in the fluid model.
//!
//! What is lost in a second of the run comes again in a later second, as a constant rate: the retries of a
//! second begin at the end of that second or at its begin + the delay, in whole seconds, whichever is
//! later. Of what is lost each attempt has its share of what arrives at that time.

use crate::plan::ClientRetries;
use crate::units::{SimTime, Span};
use std::collections::VecDeque;

/// The units of [`Requests`](crate::simulation::Requests) of a rate of one millionth per second in a second.
const PER_SECOND: u128 = 1_000_000;

/// The attempts of the requests of a service.
#[derive(Clone, Debug)]
pub(super) struct Retries {
    rules: ClientRetries,
    /// The rates of the attempts now, in millionths per second; the first are those of the load.
    rates: Vec<u64>,
    /// What was lost of each attempt but the last since the beginning of this second.
    lost: Vec<u128>,
    /// By attempt: what is left of earlier seconds, as it is less than the smallest rate.
    rest: Vec<u128>,
    /// By attempt: the rates that come, each for a second from this time on.
    coming: Vec<VecDeque<(SimTime, u64)>>,
    /// The end of the present second, where something happens then.
    tick: Option<SimTime>,
}

/// What passed of the retries in a time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Retried {
    /// Attempts after the first that arrived.
    pub(super) retried: u128,
    /// Lost requests that are not sent again.
    pub(super) given_up: u128,
}

impl Retries {
    pub(super) fn new(rules: ClientRetries) -> Self {
        let attempts = rules.attempts as usize;
        Self {
            rules,
            rates: vec![0; attempts],
            lost: vec![0; attempts - 1],
            rest: vec![0; attempts - 1],
            coming: vec![VecDeque::new(); attempts - 1],
            tick: None,
        }
    }

    /// The rate of new requests is another one.
    pub(super) fn set_first(&mut self, rate: u64) {
        self.rates[0] = rate;
    }

    /// The rate of all attempts together.
    pub(super) fn rate(&self) -> u64 {
        self.rates
            .iter()
            .fold(0, |sum, rate| sum.saturating_add(*rate))
    }

    /// In a time of this length `lost` requests were not served.
    pub(super) fn pass(&mut self, span: Span, lost: u128) -> Retried {
        let micros = u128::from(span.as_micros());
        let later: u128 = self.rates[1..].iter().map(|rate| u128::from(*rate)).sum();
        let all = later + u128::from(self.rates[0]);
        let mut left = lost;
        for (attempt, kept) in self.lost.iter_mut().enumerate().rev() {
            // Of requests that waited at a time without arrivals all count as first attempts.
            let part = match (attempt, all) {
                (0, 0) => lost,
                (_, 0) => 0,
                _ => lost * u128::from(self.rates[attempt]) / all,
            };
            *kept += part;
            left -= part;
        }
        Retried {
            retried: later * micros,
            given_up: left,
        }
    }

    /// The end of the present second, where it must be looked at: something is lost, comes, or is coming.
    /// Returns it once.
    pub(super) fn next_tick(&mut self, now: SimTime, may_lose: bool) -> Option<SimTime> {
        let is_active = may_lose
            || self.lost.iter().any(|lost| *lost > 0)
            || self.rates[1..].iter().any(|rate| *rate > 0)
            || self.coming.iter().any(|rates| !rates.is_empty());
        if !is_active || self.tick.is_some() {
            return None;
        }
        let second = Span::seconds(1).as_micros();
        let at = SimTime::micros((now.as_micros() / second + 1) * second);
        self.tick = Some(at);
        Some(at)
    }

    /// The end of a second: what was lost in it comes again later, and what comes now has its rate. Does
    /// nothing at another time.
    pub(super) fn tick(&mut self, now: SimTime) {
        if self.tick != Some(now) {
            return;
        }
        self.tick = None;
        for attempt in 0..self.lost.len() {
            let amount = std::mem::take(&mut self.lost[attempt]) + self.rest[attempt];
            let rate = amount / PER_SECOND;
            self.rest[attempt] = amount % PER_SECOND;
            let coming = &mut self.coming[attempt];
            if rate > 0 {
                let from = from(now, self.rules.delay_after(attempt as u32 + 1));
                coming.push_back((from, u64::try_from(rate).unwrap_or(u64::MAX)));
            }
            let due = coming.pop_front_if(|(from, _)| *from <= now);
            self.rates[attempt + 1] = due.map_or(0, |(_, rate)| rate);
        }
    }
}

/// The beginning of the second in which comes again what was lost in the second before `now`.
fn from(now: SimTime, delay: Span) -> SimTime {
    let second = Span::seconds(1);
    let seconds = delay.ceil_seconds().saturating_sub(1);
    now + Span::micros(seconds.saturating_mul(second.as_micros()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const REQUEST: u128 = 1_000_000_000_000;

    fn at(seconds: u64) -> SimTime {
        SimTime::ZERO + Span::seconds(seconds)
    }

    fn rules(attempts: u32, delay: Span) -> ClientRetries {
        ClientRetries {
            attempts,
            delay,
            backoff_rate: 2.0,
        }
    }

    /// Everything is lost: three attempts of each request come, one and then two seconds later.
    #[test]
    fn what_is_lost_comes_again_until_the_last_attempt() {
        let mut retries = Retries::new(rules(3, Span::seconds(1)));
        retries.set_first(10_000_000);
        let (mut rates, mut given_up) = (Vec::new(), 0);
        for second in 1..=6 {
            let now = at(second);
            assert_eq!(retries.next_tick(at(second - 1), true), Some(now));
            assert_eq!(retries.next_tick(at(second - 1), true), None);
            let lost = u128::from(retries.rate()) * 1_000_000;
            given_up += retries.pass(Span::seconds(1), lost).given_up;
            retries.tick(now);
            rates.push(retries.rate() / 1_000_000);
        }
        assert_eq!(rates, [20, 20, 30, 30, 30, 30]);
        assert_eq!(given_up, 30 * REQUEST);
    }

    #[test]
    fn one_attempt_is_never_repeated() {
        let mut retries = Retries::new(rules(1, Span::seconds(1)));
        retries.set_first(10_000_000);
        let passed = retries.pass(Span::seconds(1), 10 * REQUEST);
        let nothing = Retried {
            retried: 0,
            given_up: 10 * REQUEST,
        };
        assert_eq!(passed, nothing);
        assert_eq!(retries.next_tick(at(0), false), None);
    }

    /// Each lost request is given up or comes again; small parts are kept until they are a rate.
    #[test]
    fn no_retry_is_lost() {
        let mut retries = Retries::new(rules(4, Span::millis(300)));
        let (mut lost, mut back, mut given_up) = (0, 0, 0);
        for second in 0..200 {
            retries.set_first([7_654_321, 3, 0][second as usize / 50 % 3]);
            retries.next_tick(at(second), true);
            let all = u128::from(retries.rate()) * 1_000_000;
            let part = all * u128::from(second % 7) / 7;
            let passed = retries.pass(Span::seconds(1), part);
            lost += part;
            back += passed.retried;
            given_up += passed.given_up;
            retries.tick(at(second + 1));
        }
        let waiting = retries.coming.iter().flatten().map(|(_, rate)| rate);
        let coming = retries.rates[1..].iter().chain(waiting);
        let coming: u128 = coming.map(|rate| u128::from(*rate)).sum();
        let kept: u128 = retries.rest.iter().sum();
        assert!(given_up > 0 && back > given_up);
        assert_eq!(lost, back + given_up + coming * PER_SECOND + kept);
    }
}
