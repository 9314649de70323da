//! The figures of a variant with their summaries. Most figures have the summary of another one, such
//! as nothing at all, so that each is kept once.

use super::distinct::Distinct;
use crate::figures::Figure;
use crate::stats::Estimate;
use serde::{Serialize, Serializer};
use std::fmt;
use std::sync::Arc;

/// Every figure of a variant with its summary over the seeds, in the order of reports. It is serialized
/// as a list of [`FigureSummary`].
#[derive(Clone)]
pub struct Figures {
    /// Variants with the same names share it.
    figures: Arc<[Figure]>,
    /// By figure: an index into `estimates`.
    places: Box<[u32]>,
    /// Distinct summaries.
    estimates: Box<[Estimate]>,
}

/// A figure, summarized over the seeds.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct FigureSummary<'a> {
    /// Which figure.
    pub figure: &'a Figure,
    /// Its mean and interval.
    pub estimate: &'a Estimate,
}

impl Figures {
    /// These figures, each with its summary.
    pub fn new(
        figures: Arc<[Figure]>,
        mut estimate: impl FnMut(usize, &Figure) -> Estimate,
    ) -> Self {
        let mut distinct = Distinct::default();
        let place = |(index, figure)| distinct.index(bits(estimate(index, figure)));
        let places = figures.iter().enumerate().map(place).collect();
        let estimates = distinct.in_order().map(|(n, mean, half_width)| Estimate {
            n,
            mean: mean.map(f64::from_bits),
            half_width: half_width.map(f64::from_bits),
        });
        Self {
            places,
            estimates: estimates.collect(),
            figures,
        }
    }

    /// The number of figures.
    pub fn len(&self) -> usize {
        self.figures.len()
    }

    /// True without a figure.
    pub fn is_empty(&self) -> bool {
        self.figures.is_empty()
    }

    /// The figure at an index.
    ///
    /// # Panics
    /// When there is none.
    pub fn at(&self, index: usize) -> FigureSummary<'_> {
        FigureSummary {
            figure: &self.figures[index],
            estimate: &self.estimates[self.places[index] as usize],
        }
    }

    /// All figures, in the order of reports.
    pub fn iter(&self) -> impl Iterator<Item = FigureSummary<'_>> + Clone {
        (0..self.len()).map(|index| self.at(index))
    }

    /// The same figures with other summaries.
    #[must_use]
    pub fn map(&self, mut change: impl FnMut(FigureSummary<'_>) -> Estimate) -> Self {
        Self::new(Arc::clone(&self.figures), |index, _| change(self.at(index)))
    }
}

/// A summary by its bits: equal ones are the same in every report.
fn bits(estimate: Estimate) -> (usize, Option<u64>, Option<u64>) {
    let (mean, half_width) = (estimate.mean, estimate.half_width);
    (
        estimate.n,
        mean.map(f64::to_bits),
        half_width.map(f64::to_bits),
    )
}

impl fmt::Debug for Figures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

impl Serialize for Figures {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_seq(self.iter())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::figures::{self, Names};

    #[test]
    fn equal_summaries_are_kept_once() {
        let all: Arc<[Figure]> = figures::all(&Names::default()).into();
        let estimate = |index: usize| Estimate {
            n: 3,
            mean: [None, Some(0.0), Some(-0.0), Some(1.5)][index % 4],
            half_width: Some(0.25).filter(|_| index.is_multiple_of(2)),
        };
        let found = Figures::new(Arc::clone(&all), |index, _| estimate(index));
        assert!(found.len() == all.len() && !found.is_empty());
        assert_eq!(found.estimates.len(), 4);
        for (index, summary) in found.iter().enumerate() {
            assert_eq!(summary.figure, &all[index]);
            assert_eq!(bits(*summary.estimate), bits(estimate(index)));
        }
        let none = found.map(|_| Estimate::default());
        assert_eq!((none.len(), none.estimates.len()), (all.len(), 1));
    }
}
