//! Everything that can come due. Ids only: small, `Copy`, printable.

use crate::cluster::{EntryId, TaskId};
use crate::engine::{Phase, Scheduled};

/// Something that comes due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// The next work of an entry arrives.
    WorkArrives {
        /// The entry.
        entry: EntryId,
    },
    /// A task's start-up is over: its containers run.
    TaskStarts {
        /// The task.
        task: TaskId,
    },
    /// A task's essential containers end.
    TaskFinishes {
        /// The task.
        task: TaskId,
    },
}

impl Scheduled for Event {
    #[inline]
    fn phase(&self) -> Phase {
        match self {
            Self::WorkArrives { .. } => Phase::Arrive,
            Self::TaskStarts { .. } => Phase::Recover,
            Self::TaskFinishes { .. } => Phase::Release,
        }
    }
}
