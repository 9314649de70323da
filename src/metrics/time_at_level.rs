//! The time that a level spent at each of its values.

use std::collections::BTreeMap;

/// The time at each value of a level, in µs of the reported time. Values that lasted no time are
/// left out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TimeAtLevel {
    /// µs by level.
    micros: BTreeMap<u64, u64>,
    /// The sum of all times, in µs.
    total: u64,
}

impl TimeAtLevel {
    /// Adds `micros` µs, more than zero, at a level.
    pub(super) fn add(&mut self, level: u64, micros: u64) {
        *self.micros.entry(level).or_default() += micros;
        self.total += micros;
    }

    /// Levels with their µs, ascending by level.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (u64, u64)> {
        self.micros.iter().map(|(level, micros)| (*level, *micros))
    }

    /// The share of the time at exactly this level, 0 to 1; `None` when there is no time.
    pub fn share(&self, level: u64) -> Option<f64> {
        let micros = self.micros.get(&level).copied().unwrap_or(0);
        (self.total > 0).then(|| micros as f64 / self.total as f64)
    }

    /// The least level; `None` when there is no time.
    pub fn minimum(&self) -> Option<u64> {
        self.micros.keys().next().copied()
    }

    /// The largest level; `None` when there is no time.
    pub fn maximum(&self) -> Option<u64> {
        self.micros.keys().next_back().copied()
    }

    /// The time-weighted quantile: the least value that the level does not exceed for at least the
    /// share `q` of the time, 0 to 1; `None` when there is no time.
    pub fn quantile(&self, q: f64) -> Option<u64> {
        let wanted = q * self.total as f64;
        let mut below = 0;
        let mut levels = self.micros.iter();
        let reached = levels.find(|(_, micros)| {
            below += **micros;
            below as f64 >= wanted
        });
        reached.map(|(level, _)| *level).or_else(|| self.maximum())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_weighted_by_time() {
        let mut times = TimeAtLevel::default();
        for (level, micros) in [(0, 10), (7, 60), (2, 20), (0, 5), (9, 5)] {
            times.add(level, micros);
        }
        let levels: Vec<_> = times.iter().collect();
        assert_eq!(levels, [(0, 15), (2, 20), (7, 60), (9, 5)]);
        assert_eq!((times.share(0), times.share(1)), (Some(0.15), Some(0.0)));
        assert_eq!((times.minimum(), times.maximum()), (Some(0), Some(9)));
        let quantiles = [0.0, 0.15, 0.16, 0.35, 0.5, 0.95, 0.96, 1.0];
        let found = quantiles.map(|q| times.quantile(q).expect("there was time"));
        assert_eq!(found, [0, 0, 2, 2, 7, 7, 9, 9]);
    }

    #[test]
    fn without_time_there_are_no_values() {
        let times = TimeAtLevel::default();
        assert_eq!((times.share(0), times.quantile(0.5)), (None, None));
        assert_eq!((times.minimum(), times.maximum()), (None, None));
    }
}
