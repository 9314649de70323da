//! One meter: the level that is in use now, the integral of the open clock hour, and the closed
//! hours.

use super::MeterKey;
use crate::units::HOUR;

/// One meter of [`Meters`](super::Meters).
#[derive(Clone, Debug)]
pub(super) struct Meter {
    pub(super) key: MeterKey,
    /// What is in use now, in base units of the item.
    pub(super) level: u64,
    /// The time up to which `integral` and `closed` count the level, in µs.
    pub(super) since: u64,
    /// The open clock hour, counted from time zero. A change exactly at its end belongs to it,
    /// because the last microsecond of a resource that ends then lies before.
    hour: u32,
    /// The end of the open hour, in µs.
    pub(super) hour_end: u64,
    /// The usage in the open hour so far, in base units × µs.
    integral: u128,
    /// Usage that belongs to the hour after the open one: the top-up of resources that begin and
    /// end at `hour_end`, in base units × µs.
    next_hour: u128,
    /// What the rounding to whole seconds and the minimum have added so far, in base units × µs.
    pub(super) topped_up: u128,
    /// The closed hours with usage, ascending: hour, and base units × µs.
    pub(super) closed: Vec<(u32, u128)>,
}

impl Meter {
    /// A meter that counts from `origin` (µs) on. Nothing is in use.
    pub(super) fn new(key: MeterKey, origin: u64) -> Self {
        let hour = origin / HOUR;
        Self {
            key,
            level: 0,
            since: origin,
            hour: u32::try_from(hour).expect("runs are shorter than 490,000 years"),
            hour_end: (hour + 1) * HOUR,
            integral: 0,
            next_hour: 0,
            topped_up: 0,
            closed: Vec::new(),
        }
    }

    /// A resource of `amount` base units ends at `end`, in µs.
    #[inline]
    pub(super) fn end(&mut self, amount: u64, end: u64, origin: u64) {
        debug_assert!(end >= self.since || end < origin, "time went back");
        self.advance(end);
        let left = self.level.checked_sub(amount);
        self.level = left.expect("what ends was in use before");
    }

    /// Counts the level up to `now` (µs). Time before the origin is not counted.
    #[inline]
    pub(super) fn advance(&mut self, now: u64) {
        if now > self.hour_end {
            self.walk(now);
        }
        self.add_up(now);
    }

    /// Adds a quantity, in base units × µs, to the open hour or to the one after.
    #[inline]
    pub(super) fn add(&mut self, quantity: u128, in_next_hour: bool) {
        if in_next_hour {
            self.next_hour += quantity;
        } else {
            self.integral += quantity;
        }
    }

    /// Counts the level up to a time of the open hour. `since` is the origin at first, so that an
    /// earlier time counts nothing.
    #[inline]
    fn add_up(&mut self, until: u64) {
        let length = until.saturating_sub(self.since);
        self.integral += u128::from(self.level) * u128::from(length);
        self.since += length;
    }

    /// Closes hours until `now` is not after the end of the open one.
    #[cold]
    fn walk(&mut self, now: u64) {
        while now > self.hour_end {
            self.add_up(self.hour_end);
            self.close();
            if self.level == 0 && self.integral == 0 && now > self.hour_end {
                // Nothing is in use: the hours up to the one with the last microsecond before
                // `now` are skipped at once.
                let hour = (now - 1) / HOUR;
                self.hour = u32::try_from(hour).expect("runs are shorter than 490,000 years");
                self.hour_end = (hour + 1) * HOUR;
                self.since = hour * HOUR;
            }
        }
    }

    /// Subtracts what `amount` has added from `from` to `until`, both in µs; `until` lies in the
    /// open hour.
    ///
    /// # Panics
    /// When that was not counted before.
    pub(super) fn take_back(&mut self, amount: u64, from: u64, until: u64) {
        let counted = "usage that is cancelled was counted before";
        let quantity =
            |from: u64, until: u64| u128::from(amount) * u128::from(until.saturating_sub(from));
        let mut hour_start = self.hour_end - HOUR;
        let open = quantity(from.max(hour_start), until);
        self.integral = self.integral.checked_sub(open).expect(counted);
        // The closed hours, from the last. The resource was in use in each of them, so that each
        // has a row.
        let mut index = self.closed.len();
        while from < hour_start && amount > 0 {
            index = index.checked_sub(1).expect(counted);
            let closed = &mut self.closed[index];
            let used = quantity(from.max(hour_start - HOUR), hour_start);
            closed.1 = closed.1.checked_sub(used).expect(counted);
            if closed.1 == 0 {
                self.closed.remove(index);
            }
            hour_start -= HOUR;
        }
    }

    /// Closes the open hour and opens the next.
    pub(super) fn close(&mut self) {
        if self.integral > 0 {
            self.closed.push((self.hour, self.integral));
        }
        self.integral = std::mem::take(&mut self.next_hour);
        self.hour += 1;
        self.hour_end += HOUR;
    }
}
