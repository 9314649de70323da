//! The results of an experiment, read by the names of variants and the paths of figures.

use super::{Comparison, Error, Finding};
use crate::plan::Plan;
use crate::runner::{self, VariantResults};

/// The results of an experiment: a column for each variant with each of its policies.
#[derive(Clone, Debug)]
pub struct Results<R = ()> {
    /// The results in full, as the functions of [`crate::report`] take them.
    pub details: runner::Results,
    /// The plans as they were played, in the order of the columns, with the counts that
    /// `count: fit` found.
    pub plans: Vec<Plan>,
    /// The observers, in order of column, then seed.
    pub observed: Vec<Observed<R>>,
}

/// The observer of one run.
#[derive(Clone, Debug)]
pub struct Observed<R> {
    /// The name of the column.
    pub variant: String,
    /// The seed.
    pub seed: u64,
    /// The observer after the run.
    pub reader: R,
}

impl<R> Results<R> {
    /// The columns, in order: each variant with the built-in policies, then with each plug-in.
    pub fn variants(&self) -> impl Iterator<Item = Variant<'_>> {
        self.details
            .variants
            .iter()
            .map(|details| Variant { details })
    }

    /// A column by its name: that of the variant, or `variant/plug-in`.
    ///
    /// # Errors
    /// When there is no column with this name; the message names the nearest one.
    pub fn variant(&self, name: &str) -> Result<Variant<'_>, Error> {
        let mut variants = self.variants();
        variants
            .find(|variant| variant.name() == name)
            .ok_or_else(|| {
                let known = self.details.variants.iter();
                Error::unknown(
                    format!("there is no variant `{name}` in these results"),
                    name,
                    known.map(|variant| variant.name.as_str()),
                )
            })
    }

    /// The difference of a figure between two columns, `variant` minus `baseline`, taken seed
    /// by seed.
    ///
    /// # Errors
    /// When there is no such column, or one of them has no such figure.
    pub fn difference(
        &self,
        variant: &str,
        baseline: &str,
        figure: &str,
    ) -> Result<Comparison, Error> {
        let ours = self.variant(variant)?.figure(figure)?;
        let base = self.variant(baseline)?.figure(figure)?;
        Ok(Comparison::new(&ours, &base))
    }

    /// The observer of a column's run with a seed.
    ///
    /// # Errors
    /// When there is no such column, or the seed was not played.
    pub fn observed(&self, variant: &str, seed: u64) -> Result<&R, Error> {
        self.variant(variant)?;
        let mut observed = self.observed.iter();
        let found = observed.find(|run| run.variant == variant && run.seed == seed);
        found.map(|run| &run.reader).ok_or_else(|| {
            let seeds: Vec<String> = self.details.seeds.iter().map(u64::to_string).collect();
            Error::unknown(
                format!("seed {seed} was not played"),
                &seed.to_string(),
                seeds.iter().map(String::as_str),
            )
        })
    }
}

/// The tables of the program, 100 columns wide.
#[cfg(feature = "cli")]
impl<R> std::fmt::Display for Results<R> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let style = crate::report::TerminalStyle {
            width: 100,
            color: false,
        };
        f.write_str(&crate::report::terminal(&self.details, &style))
    }
}

/// One column of the results.
#[derive(Clone, Copy, Debug)]
pub struct Variant<'a> {
    /// The results of the column in full.
    pub details: &'a VariantResults,
}

impl<'a> Variant<'a> {
    /// Its name: that of the variant, or `variant/plug-in`.
    pub fn name(&self) -> &'a str {
        &self.details.name
    }

    /// A figure by its path, such as `cost.total.perMonth`; [`figures`](Self::figures) lists all.
    ///
    /// # Errors
    /// When this variant has no such figure.
    pub fn figure(&self, path: &str) -> Result<Finding<'a>, Error> {
        let mut figures = self.figures();
        figures.find(|figure| figure.path() == path).ok_or_else(|| {
            let known = self.details.figures.iter();
            let message = format!("`{}` has no figure `{path}`", self.name());
            Error::unknown(message, path, known.map(|f| f.figure.path.as_str()))
        })
    }

    /// All figures, in the order of the reports.
    pub fn figures(&self) -> impl Iterator<Item = Finding<'a>> {
        let details = self.details;
        (0..details.figures.len()).map(move |index| Finding::new(details, index))
    }
}
