//! The meters of a run: usage is integrated over time as it changes, and closed at every clock
//! hour.
//!
//! A meter keeps the level that is in use and the integral of the open hour, so that the time of
//! a change does not depend on how many resources are in use. AWS bills each resource in whole
//! seconds and with a minimum (facts/pricing.md 1, 2). The top-up is what this adds to the time of
//! use. It counts in the hour in which the resource's last microsecond lies.

use super::meter::Meter;
use super::{HourlyUsage, Ledger, MeterKey};
use crate::units::{SECOND, SimTime, Span};

/// All meters of one run.
#[derive(Clone, Debug)]
pub struct Meters {
    /// Usage counts from here on, in µs.
    origin: u64,
    meters: Vec<Meter>,
}

/// The id of a meter of [`Meters`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct MeterId(u32);

impl Meters {
    /// Meters that count usage from `origin` on, which is the end of the warm-up. Simulated time
    /// zero is the start of a clock hour.
    pub fn new(origin: SimTime) -> Self {
        Self {
            origin: origin.as_micros(),
            meters: Vec::new(),
        }
    }

    /// The meter with this key. A second call with the same key returns the same meter. It
    /// searches all meters: for setting up.
    pub fn register(&mut self, key: MeterKey) -> MeterId {
        let known = self.meters.iter().position(|meter| meter.key == key);
        let index = known.unwrap_or_else(|| {
            self.meters.push(Meter::new(key, self.origin));
            self.meters.len() - 1
        });
        MeterId(u32::try_from(index).expect("there are few meters"))
    }

    /// A resource of `amount` base units is in use from `now` on. Calls are in order of time.
    #[inline]
    pub fn start(&mut self, meter: MeterId, amount: u64, now: SimTime) {
        let now = now.as_micros();
        let meter = &mut self.meters[meter.0 as usize];
        debug_assert!(now >= meter.since || now < self.origin, "time went back");
        meter.advance(now);
        meter.level += amount;
    }

    /// A resource of `amount` base units that was in use since `started` ends at `now`. It is
    /// billed in started seconds, and for at least `minimum`, which is whole seconds.
    ///
    /// A resource that began before the origin counts from the origin on. Its rounding and its
    /// minimum depend on the time since `started`.
    ///
    /// # Panics
    /// When less than `amount` is in use.
    #[inline]
    pub fn stop(
        &mut self,
        meter: MeterId,
        amount: u64,
        started: SimTime,
        now: SimTime,
        minimum: Span,
    ) {
        let meter = &mut self.meters[meter.0 as usize];
        let end = now.as_micros();
        meter.end(amount, end, self.origin);
        let used = (now - started).as_micros();
        let billed = used.next_multiple_of(SECOND).max(minimum.as_micros());
        let top_up = u128::from(amount) * u128::from(billed - used);
        // The last microsecond of a resource that has a length lies before `now`.
        let counts = end > self.origin || (used == 0 && end == self.origin);
        if !counts {
            return;
        }
        meter.topped_up += top_up;
        meter.add(top_up, used == 0 && end == meter.hour_end);
    }

    /// A resource of `amount` base units that was in use since `started` ends at `now` and is
    /// free: its usage is removed from every hour. AWS does not bill a Spot instance that it
    /// interrupts within its first hour (facts/pricing.md 2). The caller decides what is free.
    ///
    /// The time of a call grows with the clock hours between `started` and `now`.
    ///
    /// # Panics
    /// When less than `amount` is in use.
    pub fn cancel(&mut self, meter: MeterId, amount: u64, started: SimTime, now: SimTime) {
        let meter = &mut self.meters[meter.0 as usize];
        let end = now.as_micros();
        meter.end(amount, end, self.origin);
        // Usage before the origin was not counted.
        meter.take_back(amount, started.as_micros().max(self.origin), end);
    }

    /// A quantity, in base units × µs, was used in the time that ends at `now`, and which does not begin
    /// before the clock hour in which its last microsecond lies. Calls are in order of time.
    pub fn count_before(&mut self, meter: MeterId, quantity: u128, now: SimTime) {
        let at = now.as_micros();
        if at <= self.origin {
            return;
        }
        let meter = &mut self.meters[meter.0 as usize];
        meter.advance(at);
        meter.add(quantity, false);
    }

    /// The ledger of a run that ends at `end`. A resource that is still in use counts up to
    /// `end`, without rounding or minimum: [`stop`](Self::stop) those that AWS would round.
    pub fn finish(mut self, end: SimTime) -> Ledger {
        self.meters.sort_by_key(|meter| meter.key);
        let mut rows = Vec::new();
        for (index, meter) in (0u32..).zip(&mut self.meters) {
            meter.advance(end.as_micros());
            // Twice: the open hour, and the hour after it, which may have top-ups.
            meter.close();
            meter.close();
            rows.extend(meter.closed.iter().map(|(hour, quantity)| HourlyUsage {
                hour: *hour,
                meter: index,
                quantity: *quantity,
            }));
        }
        rows.sort_unstable_by_key(|row| (row.hour, row.meter));
        Ledger {
            meters: self.meters.iter().map(|meter| meter.key).collect(),
            topped_up: self.meters.iter().map(|meter| meter.topped_up).collect(),
            rows,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::units::HOUR;
    use crate::usage::{Item, Owner};
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    const MINUTE: Span = Span::seconds(60);

    fn key(zone: usize) -> MeterKey {
        MeterKey {
            owner: Owner::Provider(0),
            zone: Some(zone),
            item: Item::RootVolume,
        }
    }

    fn at(text: &str) -> SimTime {
        SimTime::ZERO + text.parse::<Span>().expect("the tests write spans")
    }

    /// Rows of one meter in which resources of amount 1 ran from and to these times.
    fn seconds_by_hour(origin: &str, lives: &[(&str, &str)]) -> Vec<(u32, u128)> {
        let mut meters = Meters::new(at(origin));
        let meter = meters.register(key(0));
        for (from, to) in lives {
            meters.start(meter, 1, at(from));
            meters.stop(meter, 1, at(from), at(to), MINUTE);
        }
        let end = lives.last().map_or(SimTime::ZERO, |(_, to)| at(to));
        let rows = meters.finish(end).rows;
        let second = u128::from(SECOND);
        rows.iter()
            .map(|row| {
                assert_eq!(row.quantity % second, 0, "billed time is whole seconds");
                (row.hour, row.quantity / second)
            })
            .collect()
    }

    #[test]
    fn usage_is_split_at_clock_hours() {
        // facts/pricing.md 1: from 10:40 to 12:10 are three rows.
        let rows = seconds_by_hour("0s", &[("10h40m", "12h10m")]);
        assert_eq!(rows, [(10, 1_200), (11, 3_600), (12, 600)]);
        assert_eq!(seconds_by_hour("0s", &[("1h", "2h")]), [(1, 3_600)]);
    }

    #[test]
    fn started_seconds_and_the_minimum_count_in_the_hour_of_the_last_microsecond() {
        for (from, to, wanted) in [
            ("0s", "61500ms", vec![(0, 62)]),
            ("0s", "1us", vec![(0, 60)]),
            ("59m30s", "1h", vec![(0, 60)]),
            ("3599s", "3601s", vec![(0, 1), (1, 59)]),
            ("1h", "1h", vec![(1, 60)]),
            ("1h", "3600000001us", vec![(1, 60)]),
        ] {
            assert_eq!(
                seconds_by_hour("0s", &[(from, to)]),
                wanted,
                "{from} to {to}"
            );
        }
    }

    #[test]
    fn what_rounding_and_the_minimum_add_is_known_apart() {
        let mut meters = Meters::new(at("1h"));
        let (meter, other) = (meters.register(key(1)), meters.register(key(0)));
        for (from, to) in [
            ("30m", "30m10s"),
            ("1h", "3610s"),
            ("3650s", "3750500ms"),
            ("3800s", "2h"),
        ] {
            meters.start(meter, 2, at(from));
            meters.stop(meter, 2, at(from), at(to), MINUTE);
        }
        meters.start(other, 1, at("2h"));
        meters.start(other, 1, at("2h"));
        // What is free was not rounded, and neither was what still runs.
        meters.cancel(other, 1, at("2h"), at("7201s"));
        let ledger = meters.finish(at("7202s"));
        let halves = u128::from(SECOND) / 2;
        assert_eq!(ledger.topped_up, [0, 2 * (50 * 2 + 1) * halves]);
    }

    #[test]
    fn a_counted_quantity_falls_in_the_hour_that_ends() {
        let mut meters = Meters::new(at("30m"));
        let meter = meters.register(key(0));
        for (time, quantity) in [("10m", 1), ("30m", 2), ("50m", 4), ("1h", 8), ("5h", 16)] {
            meters.count_before(meter, quantity, at(time));
        }
        let ledger = meters.finish(at("6h"));
        let rows = ledger.rows.iter().map(|row| (row.hour, row.quantity));
        assert_eq!(rows.collect::<Vec<_>>(), [(0, 12), (4, 16)]);
        assert_eq!(ledger.topped_up, [0], "nothing is rounded");
    }

    #[test]
    fn two_that_end_at_one_instant_may_fall_in_two_hours() {
        let mut meters = Meters::new(SimTime::ZERO);
        let meter = meters.register(key(0));
        let (from, boundary) = (at("59m50s"), at("1h"));
        meters.start(meter, 1, from);
        meters.start(meter, 1, boundary);
        meters.stop(meter, 1, boundary, boundary, MINUTE);
        meters.stop(meter, 1, from, boundary, MINUTE);
        let ledger = meters.finish(boundary);
        let rows: Vec<_> = ledger
            .rows
            .iter()
            .map(|row| (row.hour, row.quantity))
            .collect();
        let minute = u128::from(MINUTE.as_micros());
        assert_eq!(rows, [(0, minute), (1, minute)]);
    }

    #[test]
    fn what_was_used_before_the_origin_is_not_counted() {
        assert_eq!(seconds_by_hour("1h30m", &[("10m", "2h")]), [(1, 1_800)]);
        // The minimum goes by the whole life, its top-up by the end.
        assert_eq!(seconds_by_hour("20s", &[("0s", "30s")]), [(0, 40)]);
        assert_eq!(seconds_by_hour("20s", &[("10s", "20s")]), []);
        assert_eq!(seconds_by_hour("20s", &[("20s", "20s")]), [(0, 60)]);
        assert_eq!(seconds_by_hour("20s", &[("19s", "19s")]), []);
        assert_eq!(seconds_by_hour("1h", &[("59m", "1h")]), []);
        assert_eq!(seconds_by_hour("1h", &[("1h", "1h")]), [(1, 60)]);
    }

    #[test]
    fn what_runs_at_the_end_is_not_rounded() {
        let mut meters = Meters::new(SimTime::ZERO);
        let meter = meters.register(key(0));
        meters.start(meter, 3, at("1us"));
        let rows = meters.finish(at("3us")).rows;
        assert_eq!(rows.len(), 1);
        assert_eq!(rows[0].quantity, 6);
    }

    #[test]
    fn meters_are_exported_by_key_and_registered_once() {
        let mut meters = Meters::new(SimTime::ZERO);
        let (late, early) = (meters.register(key(1)), meters.register(key(0)));
        assert_eq!(meters.register(key(1)), late);
        meters.start(late, 1, SimTime::ZERO);
        meters.start(early, 2, SimTime::ZERO);
        let ledger = meters.finish(at("1us"));
        assert_eq!(ledger.meters, [key(0), key(1)]);
        let rows: Vec<_> = ledger
            .rows
            .iter()
            .map(|row| (row.meter, row.quantity))
            .collect();
        assert_eq!(rows, [(0, 2), (1, 1)]);
    }

    #[test]
    fn what_is_cancelled_leaves_nothing_in_the_hours_it_fell_in() {
        // facts/pricing.md 2: a Spot instance that AWS interrupts in its first hour is free.
        for (from, to) in [
            ("10m", "50m"),
            ("10m", "1h"),
            ("40m", "1h39m"),
            ("1h", "2h"),
            ("1h", "1h"),
            ("30m", "3h10m"),
        ] {
            let mut meters = Meters::new(SimTime::ZERO);
            let meter = meters.register(key(0));
            meters.start(meter, 3, at(from));
            meters.cancel(meter, 3, at(from), at(to));
            assert_eq!(meters.finish(at("4h")).rows, [], "{from} to {to}");
        }
    }

    #[test]
    fn what_ran_beside_a_cancelled_one_is_kept() {
        let mut meters = Meters::new(SimTime::ZERO);
        let meter = meters.register(key(0));
        let (from, to) = (at("40m"), at("1h30m"));
        meters.start(meter, 2, SimTime::ZERO);
        meters.start(meter, 5, from);
        meters.cancel(meter, 5, from, to);
        meters.stop(meter, 2, SimTime::ZERO, to, MINUTE);
        let rows = meters.finish(to).rows;
        let found: Vec<_> = rows.iter().map(|row| (row.hour, row.quantity)).collect();
        let hour = u128::from(HOUR);
        assert_eq!(found, [(0, 2 * hour), (1, hour)]);
    }

    /// A resource's life: meter, amount, start and length in µs, and whether it is cancelled
    /// at its end; without a length it runs to the end of the run.
    type Life = (usize, u64, u64, Option<u64>, bool);

    fn life() -> impl Strategy<Value = Life> {
        // Round times among odd ones, so that lives meet at seconds and hours.
        let moment = prop_oneof![
            0..6 * HOUR,
            (0..6 * 3_600u64).prop_map(|second| second * SECOND),
            (0..6u64).prop_map(|hour| hour * HOUR),
        ];
        let length = prop_oneof![
            Just(None),
            Just(Some(0)),
            (0..200 * SECOND).prop_map(Some),
            (0..3u64).prop_map(|hours| Some(hours * HOUR)),
            (0..3 * HOUR).prop_map(Some),
        ];
        let is_cancelled = prop::bool::weighted(0.3);
        (0..2usize, 1..100u64, moment, length, is_cancelled)
    }

    /// Adds up every resource by itself, hour by hour; what is cancelled never was.
    fn by_hand(lives: &[Life], origin: u64, end: u64, minimum: u64) -> BTreeMap<(u32, u32), u128> {
        let mut hours = BTreeMap::new();
        for &(meter, amount, from, length, is_cancelled) in lives {
            if is_cancelled && length.is_some() {
                continue;
            }
            let to = length.map_or(end, |length| from + length);
            let mut pieces = Vec::new();
            for hour in 0..to / HOUR + 1 {
                let start = from.max(origin).max(hour * HOUR);
                pieces.push((hour, to.min((hour + 1) * HOUR).saturating_sub(start)));
            }
            if let Some(length) = length {
                let billed = (length.div_ceil(SECOND) * SECOND).max(minimum);
                let last = if length == 0 { from } else { to - 1 };
                if last >= origin {
                    pieces.push((last / HOUR, billed - length));
                }
            }
            for (hour, micros) in pieces {
                let key = (u32::try_from(hour).unwrap(), u32::try_from(meter).unwrap());
                *hours.entry(key).or_default() += u128::from(amount) * u128::from(micros);
            }
        }
        hours.retain(|_, quantity| *quantity > 0);
        hours
    }

    proptest! {
        #[test]
        fn rows_are_the_sum_over_the_resources(
            lives in proptest::collection::vec(life(), 0..20),
            origin in prop_oneof![Just(0), 0..2 * HOUR, (0..3u64).prop_map(|h| h * HOUR)],
            minimum in prop_oneof![Just(0), Just(60), Just(300)],
        ) {
            let minimum = minimum * SECOND;
            let end = lives.iter().map(|l| l.2 + l.3.unwrap_or(0)).max().unwrap_or(0).max(origin);
            // Starts before ends at one instant, so that what has no length is in use.
            let mut changes = Vec::new();
            for (index, life) in lives.iter().enumerate() {
                changes.push((life.2, 0, index));
                changes.extend(life.3.map(|length| (life.2 + length, 1, index)));
            }
            changes.sort_unstable();
            let mut meters = Meters::new(SimTime::micros(origin));
            let ids = [0, 1].map(|zone| meters.register(key(zone)));
            for (time, ends, index) in changes {
                let (meter, amount, from, _, is_cancelled) = lives[index];
                let (now, from) = (SimTime::micros(time), SimTime::micros(from));
                match ends {
                    0 => meters.start(ids[meter], amount, now),
                    _ if is_cancelled => meters.cancel(ids[meter], amount, from, now),
                    _ => meters.stop(ids[meter], amount, from, now, Span::micros(minimum)),
                }
            }
            let rows = meters.finish(SimTime::micros(end)).rows;
            let ordered = rows.is_sorted_by(|a, b| (a.hour, a.meter) < (b.hour, b.meter));
            prop_assert!(ordered);
            let found: BTreeMap<_, _> =
                rows.iter().map(|row| ((row.hour, row.meter), row.quantity)).collect();
            prop_assert_eq!(found, by_hand(&lives, origin, end, minimum));
        }
    }
}
