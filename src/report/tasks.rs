//! `tasks.csv`: a row per task of one run per variant, with its times and its outcome.
//! Contract: columns are appended, never changed.

use crate::units::SimTime;
use serde::Serialize;
use std::io::{self, Write};

/// One task. The fields are the columns of the file, in their order.
#[derive(Clone, Copy, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct TaskRow<'a> {
    /// Its entry of `tasks`.
    pub entry: &'a str,
    /// The ordinal of the task in its entry, in order of arrival, from 0.
    pub ordinal: u64,
    /// Its task group.
    pub group: &'a str,
    /// The type of its instance; empty on Fargate and for a task that was not placed.
    pub instance: &'a str,
    /// The number of that instance in the order of launches, from 0.
    pub instance_index: Option<u64>,
    /// The zone of its placement; empty for a task that was not placed.
    pub zone: &'a str,
    /// Time of arrival since the start of the run, in microseconds.
    #[serde(rename = "arrivedMicros")]
    pub arrived: SimTime,
    /// Time of placement. The column keeps the name `startedMicros`, which scripts rely on;
    /// containers run later than this wherever a start takes time.
    #[serde(rename = "startedMicros")]
    pub placed: Option<SimTime>,
    /// Time of its end; `None` for a task that had not ended.
    #[serde(rename = "endedMicros")]
    pub ended: Option<SimTime>,
    /// The number of its placements.
    pub attempts: u32,
    /// `finished`, `stopped`, `rejected`, or at the end of the run `waiting`, `starting`,
    /// `running`, `stopping`.
    pub outcome: &'a str,
    /// The capacity provider whose capacity it has or had; empty for a task that was not placed. The
    /// last column, after the variant and the seed.
    #[serde(skip)]
    pub provider: &'a str,
}

/// Writes `tasks.csv` row by row.
#[derive(Debug)]
pub struct TaskWriter<W: Write> {
    file: csv::Writer<W>,
}

impl<W: Write> TaskWriter<W> {
    /// Begins the file.
    ///
    /// # Errors
    /// When `out` cannot be written.
    pub fn begin(out: W) -> io::Result<Self> {
        let mut file = csv::WriterBuilder::new()
            .has_headers(false)
            .from_writer(out);
        file.write_record([
            "entry",
            "ordinal",
            "group",
            "instance",
            "instanceIndex",
            "zone",
            "arrivedMicros",
            "startedMicros",
            "endedMicros",
            "attempts",
            "outcome",
            "variant",
            "seed",
            "provider",
        ])?;
        Ok(Self { file })
    }

    /// Writes one task of the run of `variant` with `seed`.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn row(&mut self, variant: &str, seed: u64, row: &TaskRow<'_>) -> io::Result<()> {
        self.file.serialize((row, variant, seed, row.provider))?;
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
