//! A metric of CloudWatch with its values.

use crate::units::{SimTime, Span};

/// A metric with its values in one run.
#[derive(Clone, Debug, PartialEq)]
pub struct MetricSeries {
    /// Its namespace.
    pub namespace: &'static str,
    /// Its name.
    pub name: &'static str,
    /// Names and values of its dimensions.
    pub dimensions: Vec<(&'static str, String)>,
    /// The length of a period.
    pub period: Span,
    /// Its statistic.
    pub statistic: &'static str,
    /// The beginnings of the periods with a value that was published before the run ended, and the values.
    pub values: Vec<(SimTime, f64)>,
}
