//! Flash crowds: a steep rise to a peak, and an exponential decay.

use super::moment::{Moment, next_minute};
use crate::units::{Rate, SimTime, Span};

/// A crowd is over this many half-lives after its peak, when a thousandth of it is left.
const HALF_LIVES: u64 = 10;

/// Requests of a crowd that comes suddenly and goes slowly.
#[derive(Clone, Debug)]
pub struct FlashCrowd {
    /// The rate without a crowd: 0 where the crowd is added, 1 where it is a factor.
    pub base: Rate,
    /// The rate at the peak of one crowd.
    pub peak: Rate,
    /// How long the rate rises, in a straight line.
    pub rise_time: Span,
    /// How long the rate stays at the peak.
    pub plateau: Span,
    /// The time in which what is above the base falls to a half; above zero.
    pub half_life: Span,
    /// When crowds begin.
    pub occurring: Occurring,
}

/// When crowds begin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Occurring {
    /// At these times, ascending.
    At(Vec<SimTime>),
    /// At a first time and then again after each period.
    Every {
        /// The first time.
        first: SimTime,
        /// The period, above zero.
        period: Span,
    },
    /// At random: the gaps have an exponential distribution with this mean, above zero.
    Random {
        /// The mean time between two beginnings.
        mean_time_between: Span,
    },
}

impl FlashCrowd {
    /// How long a crowd lasts: what is left of it then, a thousandth of its peak, is cut off.
    pub fn length(&self) -> Span {
        let decay = self.half_life.as_micros().saturating_mul(HALF_LIVES);
        let rise = self.rise_time.as_micros();
        let to_peak = rise.saturating_add(self.plateau.as_micros());
        Span::micros(to_peak.saturating_add(decay))
    }

    /// The share of its peak that a crowd has this long after its beginning.
    pub fn height(&self, since: Span) -> f64 {
        let (rise, since) = (self.rise_time.as_micros(), since.as_micros());
        let peak_ends = rise.saturating_add(self.plateau.as_micros());
        if since < rise {
            return since as f64 / rise as f64;
        }
        if since <= peak_ends {
            return 1.0;
        }
        if since >= self.length().as_micros() {
            return 0.0;
        }
        libm::exp2(-((since - peak_ends) as f64) / self.half_life.as_micros() as f64)
    }

    /// The rate with crowds that have together this many peaks.
    pub fn with(&self, heights: f64) -> f64 {
        let base = self.base.as_per_second();
        (base + (self.peak.as_per_second() - base) * heights).max(0.0)
    }

    /// The time at which a crowd that began at `begun` changes next; `None` when it is over.
    pub fn next_of(&self, begun: SimTime, now: SimTime) -> Option<SimTime> {
        let after = |span: u64| SimTime::micros(begun.as_micros().saturating_add(span));
        let top = after(self.rise_time.as_micros());
        let falls = SimTime::micros(top.as_micros().saturating_add(self.plateau.as_micros()));
        let end = after(self.length().as_micros());
        match now {
            now if now < top => Some(next_minute(now).min(top)),
            now if now < falls => Some(falls),
            now if now < end => Some(next_minute(now).min(end)),
            _ => None,
        }
    }

    /// The rate of crowds that come at known times.
    pub(super) fn at(&self, moment: &Moment) -> f64 {
        let heights = self.going_on(moment.at).into_iter();
        self.with(
            heights
                .map(|begun| self.height(moment.at.since(begun)))
                .sum(),
        )
    }

    pub(super) fn next(&self, moment: &Moment) -> Option<SimTime> {
        let now = moment.at;
        let changes = self.going_on(now).into_iter();
        let changes = changes.filter_map(|begun| self.next_of(begun, now));
        changes.chain(self.begins_after(now)).min()
    }

    pub(super) fn highest(&self) -> f64 {
        self.peak.as_per_second().max(self.base.as_per_second())
    }

    /// The beginnings of the crowds that are not over, at known times.
    fn going_on(&self, now: SimTime) -> Vec<SimTime> {
        let length = self.length().as_micros();
        let earliest = now.as_micros().saturating_sub(length);
        match &self.occurring {
            Occurring::At(times) => {
                let first = times.partition_point(|time| time.as_micros() < earliest);
                let last = times.partition_point(|time| *time <= now);
                times.get(first..last).unwrap_or_default().to_vec()
            }
            Occurring::Every { first, period } => {
                let Some(passed) = now.as_micros().checked_sub(first.as_micros()) else {
                    return Vec::new();
                };
                let period = period.as_micros().max(1);
                let newest = passed / period;
                let oldest = newest.saturating_sub(length / period);
                let begun = (oldest..=newest).map(|n| first.as_micros() + n * period);
                begun.map(SimTime::micros).collect()
            }
            Occurring::Random { .. } => Vec::new(),
        }
    }

    /// The beginning of the next crowd, at known times.
    fn begins_after(&self, now: SimTime) -> Option<SimTime> {
        match &self.occurring {
            Occurring::At(times) => times.iter().copied().find(|time| *time > now),
            Occurring::Every { first, .. } if now < *first => Some(*first),
            Occurring::Every { first, period } => {
                let (first, period) = (first.as_micros(), period.as_micros().max(1));
                let number = (now.as_micros() - first) / period + 1;
                Some(SimTime::micros(
                    first.saturating_add(number.saturating_mul(period)),
                ))
            }
            Occurring::Random { .. } => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: u64) -> Moment {
        Moment::new(0, SimTime::ZERO + Span::seconds(seconds))
    }

    fn crowd(occurring: Occurring) -> FlashCrowd {
        FlashCrowd {
            base: Rate::default(),
            peak: Rate::per_second(800.0).unwrap(),
            rise_time: Span::seconds(120),
            plateau: Span::seconds(60),
            half_life: Span::seconds(600),
            occurring,
        }
    }

    #[test]
    fn a_crowd_rises_stays_and_falls_by_half() {
        let crowd = crowd(Occurring::At(vec![at(1_000).at]));
        let rates = [999, 1_030, 1_060, 1_120, 1_180].map(|s| crowd.at(&at(s)));
        assert_eq!(rates, [0.0, 200.0, 400.0, 800.0, 800.0]);
        let rates = [1_780, 2_380, 2_980, 7_179, 7_180].map(|s| crowd.at(&at(s)));
        assert_eq!(rates[..3], [400.0, 200.0, 100.0]);
        assert!((0.781..0.783).contains(&rates[3]), "{}", rates[3]);
        assert_eq!(rates[4], 0.0);
        let next = [0, 1_000, 1_080, 1_120, 1_180, 1_200, 7_140, 7_180].map(|s| crowd.next(&at(s)));
        let wanted = [1_000, 1_020, 1_120, 1_180, 1_200, 1_260, 7_180].map(|s| Some(at(s).at));
        assert_eq!((&next[..7], next[7]), (&wanted[..], None));
    }

    #[test]
    fn a_crowd_as_a_factor_begins_at_one() {
        let crowd = FlashCrowd {
            base: Rate::per_second(1.0).unwrap(),
            peak: Rate::per_second(8.0).unwrap(),
            ..crowd(Occurring::At(vec![at(0).at]))
        };
        let rates = [0, 60, 120, 780, 99_999].map(|s| crowd.at(&at(s)));
        assert_eq!(rates, [1.0, 4.5, 8.0, 4.5, 1.0]);
    }

    #[test]
    fn crowds_come_again_and_are_added() {
        let crowd = crowd(Occurring::Every {
            first: at(0).at,
            period: Span::seconds(1_380),
        });
        // A crowd of two half-lives ago, and the peak of the next.
        assert_eq!(crowd.at(&at(1_500)), 800.0 + 800.0 * libm::exp2(-2.2));
        assert_eq!(crowd.next(&at(1_379)), Some(at(1_380).at));
        assert_eq!(crowd.next(&at(1_380)), Some(at(1_440).at));
        let late = at(1_380 * 1_000 + 120);
        let heights = (0..=4).map(|n| crowd.height(Span::seconds(120 + n * 1_380)));
        assert!((crowd.at(&late) - 800.0 * heights.sum::<f64>()).abs() < 1e-9);
    }
}
