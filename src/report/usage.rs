//! `usage.csv`: the hourly usage of every run, so that other prices can be applied to it. Runs are
//! written in the order in which they are folded; quantities are exact decimals. The column
//! `provider` is empty for resources of the whole cluster, `zone` for those of the whole region.

use super::column::{Column, column, header};
use super::number::exact_quotient;
use crate::usage::{Ledger, Terms};
use std::io::{self, Write};

/// The columns of `usage.csv`.
pub(super) const COLUMNS: [Column; 8] = [
    column("variant", "The variant"),
    column("seed", "The seed of the run"),
    column("hourStart", "The beginning of the hour of usage, UTC"),
    column(
        "provider",
        "The capacity provider that is billed; empty for resources of the whole cluster",
    ),
    column(
        "zone",
        "The Availability Zone; empty for resources of the whole Region",
    ),
    column(
        "usageType",
        "AWS's usage type, such as `BoxUsage:m6i.large`",
    ),
    column("unit", "The unit of the quantity"),
    column("quantity", "The quantity in this hour, as an exact decimal"),
];

/// The names that the indices of a ledger stand for, and the start of its hour 0.
#[derive(Clone, Debug)]
pub struct UsageNames<'a> {
    /// The plan's `start`, in Unix seconds.
    pub start_unix_seconds: i64,
    /// The plan's providers.
    pub providers: Vec<&'a str>,
    /// The plan's zones.
    pub zones: Vec<&'a str>,
    /// The plan's instance types.
    pub instance_types: Vec<&'a str>,
}

/// Writes `usage.csv` run by run.
#[derive(Debug)]
pub struct UsageWriter<W: Write> {
    file: csv::Writer<W>,
}

impl<'a> UsageNames<'a> {
    /// The names of a plan.
    pub fn of(plan: &'a crate::plan::Plan) -> Self {
        let cluster = &plan.cluster;
        Self {
            start_unix_seconds: plan.start_unix_seconds,
            providers: cluster.providers.iter().map(|p| &*p.name).collect(),
            zones: cluster.zones.iter().map(String::as_str).collect(),
            instance_types: cluster.instance_types.iter().map(|t| &*t.name).collect(),
        }
    }
}

impl<W: Write> UsageWriter<W> {
    /// Begins the file.
    ///
    /// # Errors
    /// When `out` cannot be written.
    pub fn begin(out: W) -> io::Result<Self> {
        let mut file = csv::Writer::from_writer(out);
        header(&mut file, &COLUMNS)?;
        Ok(Self { file })
    }

    /// Writes the usage of one run.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn run(
        &mut self,
        variant: &str,
        seed: u64,
        ledger: &Ledger,
        names: &UsageNames<'_>,
    ) -> io::Result<()> {
        let seed = seed.to_string();
        let type_name = |kind: usize| names.instance_types[kind];
        let items = ledger.meters.iter().map(|meter| meter.item);
        let terms: Vec<Terms> = items.map(|item| item.terms(type_name)).collect();
        // Rows of one hour are adjacent: its text is made once.
        let mut hour = None;
        let mut hour_start = String::new();
        for row in &ledger.rows {
            if hour != Some(row.hour) {
                hour = Some(row.hour);
                hour_start = instant(names.start_unix_seconds, row.hour);
            }
            let meter = &ledger.meters[row.meter as usize];
            let terms = &terms[row.meter as usize];
            self.file.write_record([
                variant,
                &seed,
                &hour_start,
                meter.owner.provider().map_or("", |p| names.providers[p]),
                meter.zone.map_or("", |zone| names.zones[zone]),
                &terms.usage_type,
                terms.unit.metered_unit(),
                &exact_quotient(row.quantity, terms.unit.per_metered_unit()),
            ])?;
        }
        Ok(())
    }

    /// Ends the file and returns the writer.
    ///
    /// # Errors
    /// When what is buffered cannot be written.
    pub fn finish(self) -> io::Result<W> {
        self.file
            .into_inner()
            .map_err(csv::IntoInnerError::into_error)
    }
}

/// The beginning of an hour as RFC 3339 in UTC.
fn instant(start: i64, hour: u32) -> String {
    let seconds = start.saturating_add(i64::from(hour) * 3_600);
    match jiff::Timestamp::from_second(seconds) {
        Ok(instant) => instant.to_string(),
        // RFC 3339 ends with the year 9999: later hours are written as Unix seconds.
        Err(_) => format!("@{seconds}"),
    }
}
