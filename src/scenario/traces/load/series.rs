//! Series: each row is the load of one interval. Intervals are folded into buckets while they are read.

use super::folded::{Folded, MOST_BUCKETS};
use super::out_of_line::{Duplicates, Gaps, OutOfLine, Rules};

/// The most rows that are sorted, which are held in memory.
const MOST_SORTED: usize = 10_000_000;

/// A row by its interval: number, amount, and the index of its file and its line.
type Row = (i64, u128, (u16, u32));

/// A series that is read.
pub struct Series {
    /// The length of an interval in µs.
    interval: u64,
    /// Intervals per bucket.
    per_bucket: u64,
    /// True for rates, false for counts.
    is_rate: bool,
    rules: Rules,
    /// What is out of line.
    pub found: OutOfLine,
    /// The time of the first row: the beginning of interval 0.
    reference: Option<u64>,
    /// The number of the last row without a time.
    rows: i64,
    /// The last interval and its amount.
    last: Option<(i64, u128)>,
    /// The number of the first interval.
    first: i64,
    /// Intervals so far, and the sums of the buckets in millionths.
    intervals: u64,
    sums: Vec<u128>,
    /// Rows that are to be sorted.
    unsorted: Vec<Row>,
}

/// Why a row cannot be taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TooMany {
    /// More buckets than the bound.
    Buckets,
    /// More rows to sort than the bound.
    Rows,
}

impl TooMany {
    /// The reason as a message.
    pub fn message(self) -> String {
        match self {
            Self::Buckets => {
                format!("the trace has more than {MOST_BUCKETS} times at which its rate may change")
            }
            Self::Rows => format!("the trace has more than {MOST_SORTED} rows to sort"),
        }
    }
}

impl Series {
    /// A series of intervals in µs that are taken together until they reach `least` µs.
    pub fn new(interval: u64, least: f64, is_rate: bool, rules: Rules) -> Self {
        // `as` saturates.
        let per_bucket = libm::ceil(least / interval as f64) as u64;
        Self {
            interval,
            per_bucket: per_bucket.max(1),
            is_rate,
            rules,
            found: OutOfLine::default(),
            reference: None,
            rows: 0,
            last: None,
            first: 0,
            intervals: 0,
            sums: Vec::new(),
            unsorted: Vec::new(),
        }
    }

    /// Adds a row with millionths of a request, or of a rate.
    pub fn add(
        &mut self,
        time: Option<u64>,
        amount: u128,
        place: (u16, u32),
    ) -> Result<(), TooMany> {
        let number = match time {
            None => {
                self.rows += 1;
                self.rows - 1
            }
            Some(time) => {
                let reference = *self.reference.get_or_insert(time);
                let since = i128::from(time) - i128::from(reference);
                // The nearest interval: clocks are not exact.
                let interval = i128::from(self.interval);
                let number = (since + interval / 2).div_euclid(interval);
                i64::try_from(number).unwrap_or(i64::MAX)
            }
        };
        if !self.rules.sorts {
            return self.append((number, amount, place));
        }
        if self.unsorted.len() >= MOST_SORTED {
            return Err(TooMany::Rows);
        }
        let before = self.unsorted.last().map(|(number, ..)| *number);
        if before.is_some_and(|before| number < before) {
            self.found.unsorted.add(place.0, place.1);
        }
        self.unsorted.push((number, amount, place));
        Ok(())
    }

    /// Takes the rows that were to be sorted.
    pub fn sort(&mut self) -> Result<(), TooMany> {
        let mut rows = std::mem::take(&mut self.unsorted);
        // Stable: rows of one interval keep the order of the files.
        rows.sort_by_key(|(number, ..)| *number);
        rows.into_iter().try_for_each(|row| self.append(row))
    }

    fn append(&mut self, (number, amount, (file, line)): Row) -> Result<(), TooMany> {
        let Some((last, held)) = self.last else {
            self.first = number;
            self.last = Some((number, amount));
            return self.fill(1, amount);
        };
        if number < last {
            self.found.unsorted.add(file, line);
            return Ok(());
        }
        if number == last {
            self.found.duplicates.add(file, line);
            let kept = match self.rules.duplicates {
                Duplicates::Error | Duplicates::Sum => held + amount,
                Duplicates::First => held,
                Duplicates::Last => amount,
            };
            if let Some(sum) = self.sums.last_mut() {
                *sum = *sum - held + kept;
            }
            self.last = Some((number, kept));
            return Ok(());
        }
        let missing = number.abs_diff(last) - 1;
        if missing > 0 {
            self.found.gaps.add(file, line);
            self.found.missing += missing;
            let amount = match self.rules.gaps {
                Gaps::Error | Gaps::Zero => 0,
                Gaps::Hold => held,
            };
            self.fill(missing, amount)?;
        }
        self.last = Some((number, amount));
        self.fill(1, amount)
    }

    /// Adds intervals with this amount each.
    fn fill(&mut self, mut count: u64, amount: u128) -> Result<(), TooMany> {
        while count > 0 {
            let used = self.intervals % self.per_bucket;
            if used == 0 {
                self.sums.push(0);
            }
            if self.sums.len() as u64 > MOST_BUCKETS {
                return Err(TooMany::Buckets);
            }
            let taken = count.min(self.per_bucket - used);
            if let Some(sum) = self.sums.last_mut() {
                *sum += amount * u128::from(taken);
            }
            self.intervals += taken;
            count -= taken;
        }
        Ok(())
    }

    /// The rates; `None` without a row.
    pub fn finish(self) -> Option<Folded> {
        let count = self.sums.len() as u64;
        let of_last = self.intervals - count.checked_sub(1)? * self.per_bucket;
        let rates = self.sums.iter().enumerate().map(|(index, sum)| {
            let is_last = index as u64 + 1 == count;
            let intervals = if is_last { of_last } else { self.per_bucket };
            // Millionths per µs are requests per second.
            let divisor = match self.is_rate {
                true => intervals as f64 * 1e6,
                false => intervals as f64 * self.interval as f64,
            };
            *sum as f64 / divisor
        });
        let since_reference = i128::from(self.first) * i128::from(self.interval);
        Some(Folded {
            begins: i128::from(self.reference.unwrap_or(0)) + since_reference,
            bucket: self.per_bucket.saturating_mul(self.interval),
            last: of_last.saturating_mul(self.interval),
            rates: rates.collect(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: u64 = 60_000_000;

    fn rules(gaps: Gaps, duplicates: Duplicates, sorts: bool) -> Rules {
        Rules {
            gaps,
            duplicates,
            sorts,
        }
    }

    /// A series of counts of rows of minutes and requests.
    fn series(rules: Rules, rows: &[(u64, u128)]) -> Series {
        let mut series = Series::new(MINUTE, MINUTE as f64, false, rules);
        for (line, (minute, count)) in rows.iter().enumerate() {
            let place = (0, line as u32 + 1);
            let time = Some(minute * MINUTE);
            series.add(time, count * 60_000_000, place).unwrap();
        }
        series.sort().unwrap();
        series
    }

    fn rates(series: Series) -> Vec<f64> {
        series.finish().unwrap().rates
    }

    #[test]
    fn gaps_and_duplicates_follow_their_rules() {
        let rows = [(3, 4), (4, 5), (4, 6), (7, 9)];
        for (gaps, duplicates, wanted) in [
            (Gaps::Zero, Duplicates::Sum, [4.0, 11.0, 0.0, 0.0, 9.0]),
            (Gaps::Hold, Duplicates::First, [4.0, 5.0, 5.0, 5.0, 9.0]),
            (Gaps::Hold, Duplicates::Last, [4.0, 6.0, 6.0, 6.0, 9.0]),
        ] {
            let series = series(rules(gaps, duplicates, false), &rows);
            assert_eq!((series.found.missing, series.found.gaps.rows), (2, 1));
            assert_eq!(series.found.duplicates.rows, 1);
            assert_eq!(rates(series), wanted);
        }
    }

    #[test]
    fn rows_that_are_too_early_are_sorted_or_counted() {
        let rows = [(5, 1), (3, 2), (4, 3), (3, 4)];
        let sorted = series(rules(Gaps::Error, Duplicates::Sum, true), &rows);
        assert_eq!((sorted.found.unsorted.rows, sorted.found.missing), (2, 0));
        let folded = sorted.finish().unwrap();
        assert_eq!(folded.begins, i128::from(3 * MINUTE));
        assert_eq!(folded.rates, [6.0, 3.0, 1.0]);
        let counted = series(rules(Gaps::Error, Duplicates::Error, false), &rows);
        assert_eq!(counted.found.unsorted.rows, 3);
    }

    #[test]
    fn short_intervals_are_taken_together() {
        let rules = rules(Gaps::Error, Duplicates::Error, false);
        // Intervals of 7 s: nine of them reach a minute.
        let mut rate = Series::new(7_000_000, MINUTE as f64, true, rules);
        (0..13).for_each(|n: u32| rate.add(None, u128::from(n) * 1_000_000, (0, n)).unwrap());
        let folded = rate.finish().unwrap();
        assert_eq!((folded.bucket, folded.last), (63_000_000, 28_000_000));
        assert_eq!(folded.rates, [4.0, 10.5]);
        let mut count = Series::new(1_000_000, MINUTE as f64, false, rules);
        (0..90).for_each(|n| count.add(None, 2_000_000, (0, n)).unwrap());
        assert_eq!(count.finish().unwrap().rates, [2.0, 2.0]);
    }

    #[test]
    fn clocks_that_are_not_exact_hit_their_interval() {
        let rules = rules(Gaps::Error, Duplicates::Error, false);
        let mut series = Series::new(MINUTE, MINUTE as f64, false, rules);
        for (line, second) in [0, 59, 121, 180].into_iter().enumerate() {
            let time = Some(1_000_000_000 + second * 1_000_000);
            series.add(time, 60_000_000, (0, line as u32)).unwrap();
        }
        assert_eq!((series.found.missing, series.found.duplicates.rows), (0, 0));
        assert_eq!(rates(series), [1.0; 4]);
    }

    #[test]
    fn a_gap_of_ages_ends_at_the_bound() {
        let mut series = Series::new(
            1_000,
            6e7,
            false,
            rules(Gaps::Zero, Duplicates::Error, false),
        );
        series.add(Some(0), 1, (0, 1)).unwrap();
        assert_eq!(
            series.add(Some(u64::MAX / 2), 1, (0, 2)),
            Err(TooMany::Buckets)
        );
    }
}
