//! The memory that a study may take unless the user says it.

use crate::units::Memory;

/// The memory for tasks: the given one, else half of what the machine has.
pub(super) fn memory_limit(given: Option<Memory>) -> Option<Memory> {
    given.or_else(half_of_memory)
}

/// Half of the memory of this machine or, if that is less, of its control group. `None` where the
/// system does not tell it (not Linux).
fn half_of_memory() -> Option<Memory> {
    let read = |path: &str| std::fs::read_to_string(path).ok();
    let of_machine = read("/proc/meminfo").and_then(|text| total(&text));
    let of_group = read("/sys/fs/cgroup/memory.max");
    let of_group = of_group.and_then(|text| text.trim().parse().ok());
    let least = of_machine.into_iter().chain(of_group).min()?;
    Some(Memory::bytes(least / 2))
}

/// The total memory in the text of `/proc/meminfo`, in bytes.
fn total(text: &str) -> Option<u64> {
    let line = text
        .lines()
        .find_map(|line| line.strip_prefix("MemTotal:"))?;
    let kib: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    kib.checked_mul(1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_total_is_read_from_meminfo() {
        let text = "MemTotal:       24651992 kB\nMemFree:         1 kB\n";
        assert_eq!(total(text), Some(24_651_992 * 1024));
        assert_eq!(total("MemFree: 1 kB\n"), None);
    }
}
