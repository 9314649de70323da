//! The values of a variant's runs. Most figures have one value in all runs, or the values of another
//! figure (`all` and the only entry), so that such columns are kept once.

use super::distinct::Distinct;
use serde::{Deserialize, Serialize, Serializer};
use std::fmt;

/// The values of a variant's runs: a row per seed, a column per figure. It is serialized as a list of
/// [`RunRow`].
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Runs {
    seeds: Vec<u64>,
    /// By figure: an index into `constant`; beyond its end one into the columns of `changing`.
    columns: Box<[u32]>,
    /// Values that figures have in all runs, as [`bits`].
    constant: Box<[u64]>,
    /// Columns whose values differ, one after the other, as [`bits`].
    changing: Box<[u64]>,
}

/// The values of one run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RunRow {
    /// Its seed.
    pub seed: u64,
    /// The values, in the order of the variant's figures. `None`: not defined in this run (such as
    /// the mean wait of no tasks), or pooled over seeds.
    pub values: Vec<Option<f64>>,
}

impl Runs {
    /// The number of runs.
    pub fn len(&self) -> usize {
        self.seeds.len()
    }

    /// True without a run.
    pub fn is_empty(&self) -> bool {
        self.seeds.is_empty()
    }

    /// The seeds, in the order of the runs.
    pub fn seeds(&self) -> &[u64] {
        &self.seeds
    }

    /// The rows, made one by one.
    pub fn rows(&self) -> impl Iterator<Item = RunRow> {
        let seeds = self.seeds.iter().enumerate();
        seeds.map(|(run, seed)| RunRow {
            seed: *seed,
            values: (0..self.columns.len())
                .map(|figure| self.value(run, figure))
                .collect(),
        })
    }

    /// The values of a figure in all runs, by its index among the variant's figures.
    ///
    /// # Panics
    /// When there is no such figure.
    pub fn values(&self, figure: usize) -> impl Iterator<Item = Option<f64>> {
        (0..self.len()).map(move |run| self.value(run, figure))
    }

    /// The value of a figure in a run, both by index.
    ///
    /// # Panics
    /// When there is no such run or figure.
    pub fn value(&self, run: usize, figure: usize) -> Option<f64> {
        let column = self.columns[figure] as usize;
        let bits = match column.checked_sub(self.constant.len()) {
            None => self.constant[column],
            Some(column) => self.changing[column * self.len() + run],
        };
        (bits != MISSING).then(|| f64::from_bits(bits))
    }
}

/// Stands for a value that is not defined: a NaN that no computation gives.
const MISSING: u64 = 0x7ff8_0000_6d69_7373;

fn bits(value: Option<f64>) -> u64 {
    value.map_or(MISSING, f64::to_bits)
}

impl fmt::Debug for Runs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.rows()).finish()
    }
}

impl Serialize for Runs {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_seq(self.rows())
    }
}

/// All rows have values of the same figures.
impl FromIterator<RunRow> for Runs {
    fn from_iter<I: IntoIterator<Item = RunRow>>(rows: I) -> Self {
        let mut fold = RunsFold::default();
        for row in rows {
            fold.add(row.seed, row.values);
        }
        fold.finish()
    }
}

/// Runs that are being added.
#[derive(Default)]
pub(super) struct RunsFold {
    seeds: Vec<u64>,
    columns: Vec<Vec<u64>>,
}

impl RunsFold {
    /// The number of runs.
    pub(super) fn len(&self) -> usize {
        self.seeds.len()
    }

    /// Adds a run.
    pub(super) fn add(&mut self, seed: u64, values: Vec<Option<f64>>) {
        if self.seeds.is_empty() {
            self.columns = vec![Vec::new(); values.len()];
        }
        self.seeds.push(seed);
        for (column, value) in self.columns.iter_mut().zip(values) {
            column.push(bits(value));
        }
    }

    /// The runs, with equal columns once.
    pub(super) fn finish(self) -> Runs {
        let (mut constant, mut changing) = (Distinct::default(), Distinct::default());
        // The column of each figure, and whether it is constant.
        let columns: Vec<(u32, bool)> = self
            .columns
            .into_iter()
            .map(|column| {
                let first = column[0];
                match column.iter().all(|value| *value == first) {
                    true => (constant.index(first), true),
                    false => (changing.index(column), false),
                }
            })
            .collect();
        let constants = constant.len() as u32;
        let column = |(column, is_constant)| {
            if is_constant {
                column
            } else {
                column + constants
            }
        };
        Runs {
            seeds: self.seeds.into_boxed_slice().into_vec(),
            columns: columns.into_iter().map(column).collect(),
            constant: constant.in_order().collect(),
            changing: changing.in_order().flatten().collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(seed: u64, values: &[Option<f64>]) -> RunRow {
        RunRow {
            seed,
            values: values.into(),
        }
    }

    #[test]
    fn runs_give_back_every_bit_of_their_rows() {
        let tiny = f64::MIN_POSITIVE;
        let rows = [
            row(7, &[Some(0.1), None, Some(-0.0), None, Some(3.0), None]),
            row(
                3,
                &[Some(tiny), None, Some(-0.0), Some(1.0), Some(3.0), None],
            ),
            row(
                9,
                &[Some(f64::MAX), None, Some(-0.0), None, Some(3.0), None],
            ),
        ];
        let runs: Runs = rows.iter().cloned().collect();
        assert_eq!((runs.len(), runs.seeds()), (3, &[7, 3, 9][..]));
        assert_eq!(runs.rows().collect::<Vec<_>>(), rows);
        assert_eq!(
            runs.value(1, 2).map(f64::to_bits),
            Some((-0.0_f64).to_bits())
        );
        assert_eq!(runs.values(3).collect::<Vec<_>>(), [None, Some(1.0), None]);
        let nan: Runs = [row(1, &[Some(f64::NAN), None])].into_iter().collect();
        assert!(nan.value(0, 0).is_some_and(f64::is_nan) && nan.value(0, 1).is_none());
        assert_eq!(
            serde_json::to_string(&nan).expect("it is plain data"),
            r#"[{"seed":1,"values":[null,null]}]"#
        );
        assert!(Runs::default().is_empty() && Runs::default().rows().next().is_none());
    }

    #[test]
    fn equal_columns_are_kept_once() {
        let value = |figure: u32, seed: u64| match figure % 4 {
            0 => None,
            1 => Some(f64::from(figure % 3)),
            _ => Some(seed as f64 + f64::from(figure % 2)),
        };
        let rows = (1..=8).map(|seed| RunRow {
            seed,
            values: (0..400).map(|figure| value(figure, seed)).collect(),
        });
        let runs: Runs = rows.collect();
        assert_eq!((runs.constant.len(), runs.changing.len()), (4, 2 * 8));
        assert!(runs.rows().all(|row| row.values.len() == 400));
        let whole = (0..400).all(|f| {
            runs.values(f)
                .zip(1..)
                .all(|(v, seed)| v == value(f as u32, seed))
        });
        assert!(whole);
    }
}
