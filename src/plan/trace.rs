//! Recorded work: arrivals with run times and sizes.

use crate::units::{Cpu, Memory, SimTime, Span};

/// The rows of a trace, ascending by arrival; equal times keep the order of the file.
#[derive(Clone, Debug, Default)]
pub struct Trace {
    /// The rows.
    pub rows: Vec<TraceRow>,
    /// Rows left out because no instance could ever hold them (`unplaceable: skip`).
    pub skipped_rows: u64,
    /// Tasks in those rows.
    pub skipped_tasks: u64,
}

/// One row of a trace: `count` equal tasks that arrive together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TraceRow {
    /// When they arrive.
    pub arrival: SimTime,
    /// How long each runs.
    pub duration: Span,
    /// CPU, when the trace says.
    pub cpu: Option<Cpu>,
    /// Memory, when the trace says.
    pub memory: Option<Memory>,
    /// Thousandths of a GPU, when the trace says; a task takes whole devices.
    pub gpu_millis: Option<u32>,
    /// How many tasks.
    pub count: u32,
}
