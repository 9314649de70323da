//! `tasks.csv`: what became of every task of one run per variant. The simulator feeds the
//! rows; columns are only ever appended.

use crate::units::SimTime;
use serde::Serialize;
use std::io::{self, Write};

/// What became of one task. Its fields are the columns, in their order.
#[derive(Clone, Copy, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct TaskRow<'a> {
    /// Its entry of `tasks`.
    pub entry: &'a str,
    /// Its place in the order of its entry's arrivals.
    pub ordinal: u64,
    /// Its task group.
    pub group: &'a str,
    /// The instance it was placed on: its type or name; empty on Fargate or when unplaced.
    pub instance: &'a str,
    /// That instance's place in the order of registration.
    pub instance_index: Option<u64>,
    /// The zone it was placed in; empty when unplaced.
    pub zone: &'a str,
    /// When it arrived.
    #[serde(rename = "arrivedMicros")]
    pub arrived: SimTime,
    /// When it was placed. Its column is `startedMicros`, a name that scripts rely on; with a
    /// fixed start-up the containers run later than that.
    #[serde(rename = "startedMicros")]
    pub placed: Option<SimTime>,
    /// When it ended.
    #[serde(rename = "endedMicros")]
    pub ended: Option<SimTime>,
    /// How many times it was started.
    pub attempts: u32,
    /// `finished`, `rejected`, `running`, `waiting`.
    pub outcome: &'a str,
}

/// Writes `tasks.csv`, task by task.
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
        ])?;
        Ok(Self { file })
    }

    /// Writes one task of the run of `variant` with `seed`.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn row(&mut self, variant: &str, seed: u64, row: &TaskRow<'_>) -> io::Result<()> {
        self.file.serialize((row, variant, seed))?;
        Ok(())
    }

    /// Ends the file and gives the writer back.
    ///
    /// # Errors
    /// When what is buffered cannot be written.
    pub fn finish(self) -> io::Result<W> {
        self.file
            .into_inner()
            .map_err(csv::IntoInnerError::into_error)
    }
}
