//! Traces: recorded arrivals of tasks with run times and sizes.

use crate::units::{Cpu, Memory, SimTime, Span};

/// The rows of a trace, ascending by arrival; equal times keep the order of the file.
#[derive(Clone, Debug, Default)]
pub struct Trace {
    /// The rows.
    pub rows: Vec<TraceRow>,
    /// Number of rows left out because no instance could ever hold their tasks (`unplaceable:
    /// skip`).
    pub skipped_rows: u64,
    /// Number of tasks in those rows.
    pub skipped_tasks: u64,
}

/// One row of a trace: `count` equal tasks that arrive together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TraceRow {
    /// Time of arrival.
    pub arrival: SimTime,
    /// Run time of each task.
    pub duration: Span,
    /// CPU of each task; `None`: that of the entry.
    pub cpu: Option<Cpu>,
    /// Memory of each task; `None`: that of the entry.
    pub memory: Option<Memory>,
    /// GPUs of each task in thousandths; a task reserves whole devices. `None`: those of the entry.
    pub gpu_millis: Option<u32>,
    /// Number of tasks, at least 1.
    pub count: u32,
}
