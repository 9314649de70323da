//! `tasks.csv`: a row per task of one run per variant, with its times and its outcome.
//! Contract: columns are appended, never changed.

use super::column::{Column, column, header};
use super::number::exact_quotient;
use crate::units::{Cpu, SimTime};
use serde::Serialize;
use std::io::{self, Write};

/// The columns of `tasks.csv`: the fields of [`TaskRow`] up to its outcome, the run, and what was
/// appended later.
pub(super) const COLUMNS: [Column; 20] = [
    column("entry", "The entry of `tasks` or the service"),
    column(
        "ordinal",
        "The number of the task in it, in order of arrival, from 0",
    ),
    column("group", "The task group"),
    column(
        "instance",
        "The type of its instance; empty on Fargate and for a task that was not placed",
    ),
    column(
        "instanceIndex",
        "The number of that instance in the order of launches, from 0",
    ),
    column(
        "zone",
        "The Availability Zone; empty for a task that was not placed",
    ),
    column(
        "arrivedMicros",
        "Time of arrival, in microseconds since the start of the run, as all times",
    ),
    column(
        "startedMicros",
        "The same as `placedMicros`. The name is older than the life of a task in steps and stays for scripts that read it",
    ),
    column(
        "endedMicros",
        "Time of its end; empty for a task that had not ended",
    ),
    column("attempts", "The number of its placements"),
    column(
        "outcome",
        "`finished`, `stopped`, `rejected`, or at the end of the run `waiting`, `starting`, `running`, `stopping`",
    ),
    column("variant", "The variant of the run"),
    column("seed", "The seed of the run"),
    column(
        "provider",
        "The capacity provider whose capacity it has or had; empty for a task that was not placed",
    ),
    column(
        "placedMicros",
        "Time of its latest placement: it has capacity from then on",
    ),
    column(
        "runningMicros",
        "Time at which its latest attempt was RUNNING; empty where it never was",
    ),
    column(
        "vcpu",
        "The vCPUs that it reserves; on Fargate the billed size",
    ),
    column(
        "memoryMib",
        "The memory that it reserves, in MiB; on Fargate the billed size",
    ),
    column("gpus", "The GPUs that it reserves"),
    column(
        "reason",
        "Why it was stopped or rejected: ECS's stopped reason, or the name of the rejection; empty otherwise",
    ),
];

/// One task. The serialized fields are the first columns of the file, in their order.
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
    /// Time of its latest placement. Besides `placedMicros` it has the column `startedMicros`, which
    /// scripts rely on; containers run later than this wherever a start takes time.
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
    /// The capacity provider whose capacity it has or had; empty for a task that was not placed.
    #[serde(skip)]
    pub provider: &'a str,
    /// Time at which its latest attempt was RUNNING.
    #[serde(skip)]
    pub running: Option<SimTime>,
    /// The CPU that it reserves, in 1/128,000 vCPU.
    #[serde(skip)]
    pub cpu: u64,
    /// The memory that it reserves, in bytes.
    #[serde(skip)]
    pub memory: u64,
    /// The GPUs that it reserves.
    #[serde(skip)]
    pub gpus: u32,
    /// Why it was stopped or rejected; may be empty.
    #[serde(skip)]
    pub reason: &'a str,
}

impl TaskRow<'_> {
    /// The values of the columns that were appended, in their order.
    fn appended(
        &self,
    ) -> (
        &str,
        Option<SimTime>,
        Option<SimTime>,
        String,
        String,
        u32,
        &str,
    ) {
        (
            self.provider,
            self.placed,
            self.running,
            exact_quotient(self.cpu.into(), Cpu::BASE_PER_VCPU.into()),
            exact_quotient(self.memory.into(), 1 << 20),
            self.gpus,
            self.reason,
        )
    }
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
        header(&mut file, &COLUMNS)?;
        Ok(Self { file })
    }

    /// Writes one task of the run of `variant` with `seed`.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn row(&mut self, variant: &str, seed: u64, row: &TaskRow<'_>) -> io::Result<()> {
        self.file.serialize((row, variant, seed, row.appended()))?;
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
