//! The bars of an instance, as long as it is large, with its tasks in them, by CPU and by memory.

use super::words::About;
use crate::explain::{HostView, Scene, TaskView};

/// Columns before a bar.
const INDENT: usize = 17;
/// Columns after a bar, for the amounts.
const AMOUNTS: usize = 24;

/// Columns per vCPU and per GiB: one scale each for all instances of the picture.
pub(super) struct Scale {
    width: f64,
    cpu: f64,
    memory: f64,
}

impl Scale {
    pub(super) fn of(about: &About<'_>, scene: &Scene) -> Self {
        let most = |of: fn(&HostView) -> f64| scene.hosts.iter().map(of).fold(0.0, f64::max);
        Self {
            width: about.width.saturating_sub(INDENT + AMOUNTS + 2).max(20) as f64,
            cpu: most(|host| host.cpu.as_vcpus_f64()),
            memory: most(|host| host.memory.as_gib_f64()),
        }
    }
}

/// The bars of an instance: CPU and memory.
pub(super) fn bars(page: &mut String, scale: &Scale, host: &HostView, when: &str) {
    let used_cpu = host.used_cpu();
    let used_memory = host.used_memory();
    let cpu = Bar {
        length: scale.width * host.cpu.as_vcpus_f64() / scale.cpu.max(f64::MIN_POSITIVE),
        all: host.cpu.as_vcpus_f64(),
        used: used_cpu.as_vcpus_f64(),
        of: &|task| task.cpu.as_vcpus_f64(),
        amounts: format!(
            "{} of {}",
            used_cpu.to_string().trim_end_matches(" vCPU"),
            host.cpu
        ),
    };
    let memory = Bar {
        length: scale.width * host.memory.as_gib_f64() / scale.memory.max(f64::MIN_POSITIVE),
        all: host.memory.as_gib_f64(),
        used: used_memory.as_gib_f64(),
        of: &|task| task.memory.as_gib_f64(),
        amounts: format!(
            "{:.2} of {:.2} GiB",
            used_memory.as_gib_f64(),
            host.memory.as_gib_f64()
        ),
    };
    for (name, bar) in [("CPU", cpu), ("memory", memory)] {
        let label = format!("  {when:<7}{name:<8}");
        page.push_str(&format!(
            "{label:<INDENT$}│{}│ {}\n",
            bar.drawn(host),
            bar.amounts
        ));
    }
}

/// One bar of an instance.
struct Bar<'a> {
    /// Columns.
    length: f64,
    /// The registered amount.
    all: f64,
    /// The reserved amount.
    used: f64,
    /// The amount of a task.
    of: &'a dyn Fn(&TaskView) -> f64,
    amounts: String,
}

impl Bar<'_> {
    /// The tasks from left to right, each with its name as far as it has room, then what daemons keep,
    /// then free columns. Ends of tasks are rounded, so that lengths add up.
    fn drawn(&self, host: &HostView) -> String {
        let columns = (self.length.round() as usize).max(4);
        let mut text = String::new();
        let mut drawn = 0;
        let mut sum = 0.0;
        let mut part = |text: &mut String, name: &str, amount: f64| {
            sum += amount;
            let end = (columns as f64 * sum / self.all.max(f64::MIN_POSITIVE)).round() as usize;
            let end = end.min(columns);
            text.push_str(&segment(name, end.saturating_sub(drawn)));
            drawn = drawn.max(end);
        };
        let mut named = 0.0;
        for task in host.tasks.iter().filter(|task| task.is_reserved) {
            let amount = (self.of)(task);
            named += amount;
            part(&mut text, &task.task.to_string(), amount);
        }
        if self.used > named + 1e-9 {
            part(&mut text, "kept for daemons", self.used - named);
        }
        text.push_str(&"░".repeat(columns - drawn));
        text
    }
}

/// A task in a bar: its name, filled to its columns, the last of which is a border.
fn segment(name: &str, columns: usize) -> String {
    match columns {
        0 => String::new(),
        1 => "▏".into(),
        columns => {
            let room = columns - 1;
            let name: String = match name.chars().count() <= room {
                true => name.into(),
                // The number tells more than the name: `…/12`.
                false => {
                    let number = name.rsplit_once('/').map_or(name, |(_, number)| number);
                    let short = format!("…{number}");
                    match short.chars().count() <= room {
                        true => short,
                        false => "·".repeat(room),
                    }
                }
            };
            format!("{name:·<room$}▏")
        }
    }
}
