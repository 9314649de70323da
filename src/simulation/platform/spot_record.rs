//! The recorded capacity of a Spot pool.
//!
//! A record gives the number of instances that a pool holds over time. When it falls, AWS has
//! terminated the surplus instances at that time, so that their notices came one notice period
//! before (facts/platform.md 8.4.1). An instance that would get its notice within the notice period
//! is not launched. So the number of instances without a notice is at most the minimum of the
//! record from now until one notice period from now.

use crate::plan::SpotSeries;
use crate::units::{SimTime, Span};
use std::collections::VecDeque;

/// The largest number of instances without a notice in a pool, over time.
#[derive(Clone, Debug)]
pub(in crate::simulation) struct SpotRecord {
    /// (from this time, the number), ascending.
    changes: Vec<(SimTime, u32)>,
    /// The index of the present change.
    at: usize,
}

impl SpotRecord {
    /// The record of a pool whose instances get their notice this long before their end. The last
    /// recorded number holds until the end of the run.
    pub(in crate::simulation) fn new(series: &SpotSeries, notice: Span) -> Self {
        let levels = levels(series);
        let ends = levels.iter().skip(1).map(|(from, _)| *from);
        let ends = ends.chain([SimTime::MAX]);
        let mut coming = levels.iter().zip(ends).peekable();
        // A fall has an effect one notice period before, a rise at its time.
        let ahead = |from: SimTime| SimTime::ZERO + from.since(SimTime::ZERO + notice);
        let mut times: Vec<SimTime> = levels
            .iter()
            .flat_map(|(from, _)| [ahead(*from), *from])
            .collect();
        times.sort_unstable();
        times.dedup();
        let mut changes: Vec<(SimTime, u32)> = Vec::new();
        // A monotone queue for the sliding minimum: (end of a level, level). Levels ascend, so
        // that the first one is the minimum of the window.
        let mut window: VecDeque<(SimTime, u32)> = VecDeque::new();
        for now in times {
            let is_near = |next: &(&(SimTime, u32), SimTime)| next.0.0 <= now + notice;
            while let Some(((_, level), end)) = coming.next_if(is_near) {
                while window.back().is_some_and(|(_, other)| other >= level) {
                    window.pop_back();
                }
                window.push_back((end, *level));
            }
            while window.front().is_some_and(|(end, _)| *end <= now) {
                window.pop_front();
            }
            let least = window.front().map_or(0, |(_, level)| *level);
            if changes.last().is_none_or(|(_, level)| *level != least) {
                changes.push((now, least));
            }
        }
        Self { changes, at: 0 }
    }

    /// The number that holds now.
    pub(in crate::simulation) fn level(&self) -> u32 {
        self.changes.get(self.at).map_or(0, |(_, level)| *level)
    }

    /// The time of the next change.
    pub(in crate::simulation) fn next(&self) -> Option<SimTime> {
        self.changes.get(self.at + 1).map(|(from, _)| *from)
    }

    /// Goes on to the next change.
    pub(in crate::simulation) fn advance(&mut self) {
        self.at += 1;
    }
}

/// The changes of a record: (time, number). In a record of zeros and ones, a one means that the
/// pool is not limited. Times that do not fit in 64 bits of µs are dropped.
fn levels(series: &SpotSeries) -> Vec<(SimTime, u32)> {
    let mut levels: Vec<(SimTime, u32)> = Vec::new();
    for (number, level) in series.levels.iter().enumerate() {
        let level = match series.is_binary && *level > 0 {
            true => u32::MAX,
            false => *level,
        };
        let Some(from) = series.gap.as_micros().checked_mul(number as u64) else {
            break;
        };
        if levels.last().is_none_or(|(_, before)| *before != level) {
            levels.push((SimTime::micros(from), level));
        }
    }
    levels
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(gap: u64, levels: &[u32]) -> SpotRecord {
        let series = SpotSeries {
            instance_type: None,
            zone: 0,
            gap: Span::seconds(gap),
            levels: levels.into(),
            is_binary: levels.iter().all(|level| *level <= 1),
        };
        SpotRecord::new(&series, Span::seconds(120))
    }

    fn played(gap: u64, levels: &[u32]) -> Vec<(u64, u32)> {
        let mut record = record(gap, levels);
        let mut played = vec![(0, record.level())];
        while let Some(at) = record.next() {
            record.advance();
            played.push((at.as_micros() / crate::units::SECOND, record.level()));
        }
        played
    }

    #[test]
    fn a_fall_has_effect_a_notice_period_before_and_a_rise_at_its_time() {
        assert_eq!(played(300, &[2, 2]), [(0, 2)]);
        assert_eq!(
            played(300, &[4, 4, 1, 3, 3, 0]),
            [(0, 4), (480, 1), (900, 3), (1_380, 0)]
        );
        let all = u32::MAX;
        assert_eq!(
            played(300, &[0, 1, 1, 0, 1]),
            [(0, 0), (300, all), (780, 0), (1_200, all)]
        );
        assert_eq!(played(300, &[]), [(0, 0)]);
    }

    #[test]
    fn a_rise_that_is_shorter_than_a_notice_period_has_no_effect() {
        assert_eq!(played(60, &[0, 5, 0, 0, 5, 5, 5, 5]), [(0, 0), (240, 5)]);
        assert_eq!(played(100, &[3, 0, 2, 2]), [(0, 0), (200, 2)]);
        // The same for a rise of exactly one notice period: a new instance would get its notice at
        // once.
        assert_eq!(played(120, &[0, 5, 0]), [(0, 0)]);
    }

    /// Compared with the definition, on random records.
    #[test]
    fn the_number_is_the_minimum_of_the_record_within_a_notice_period() {
        let mut state = 7_u64;
        for gap in [7, 30, 60, 119, 120, 121, 500] {
            let levels: Vec<u32> = (0..400)
                .map(|_| {
                    state = state
                        .wrapping_mul(6_364_136_223_846_793_005)
                        .wrapping_add(1);
                    (state >> 60) as u32 / 2
                })
                .collect();
            let mut record = record(gap, &levels);
            for second in 0..gap * levels.len() as u64 {
                while record
                    .next()
                    .is_some_and(|at| at <= SimTime::micros(second * 1_000_000))
                {
                    record.advance();
                }
                let until = ((second + 120) / gap).min(levels.len() as u64 - 1);
                let within = &levels[(second / gap) as usize..=until as usize];
                assert_eq!(
                    Some(&record.level()),
                    within.iter().min(),
                    "{gap}: {second} s"
                );
            }
        }
    }
}
