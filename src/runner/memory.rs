//! How many tasks a run may have at one time, by the memory that the study may take.

use crate::simulation::Limits;
use crate::units::Memory;

/// The memory that a waiting task takes, in bytes, at the moment at which the lists of all tasks
/// grow and the old and the new list exist. Measured: up to 190 bytes.
const BYTES_PER_TASK: u64 = 256;

/// The limits of each of `runs` runs that are played at one time.
pub(super) fn limits(memory: Option<Memory>, runs: usize) -> Limits {
    let Some(memory) = memory else {
        return Limits::default();
    };
    let each = memory.as_bytes() / BYTES_PER_TASK / runs.max(1) as u64;
    Limits {
        most_tasks: usize::try_from(each).unwrap_or(usize::MAX),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_memory_is_shared_by_the_runs_that_are_played_at_one_time() {
        assert_eq!(limits(None, 2).most_tasks, usize::MAX);
        assert_eq!(limits(Some(Memory::mib(1)), 1).most_tasks, 4096);
        assert_eq!(limits(Some(Memory::mib(1)), 2).most_tasks, 2048);
    }
}
