//! Checks what the containers of a task use of CPU beside requests.

use super::fitting::Fit;
use crate::plan::{Container, Demand, Drawn, cpu_use};
use crate::scenario::reading::reader::{Cursor, Record};
use crate::units::Cpu;

/// Warns of a use of CPU that is more than a task can have: its own `cpu` where that is a limit, else that of the
/// largest instance that it may run on, which is returned; `None` on Fargate, and without an instance.
pub fn check(
    record: &Record<'_>,
    fit: &Fit<'_, '_>,
    (containers, demand): (&[Container], &Demand),
) -> Option<Cpu> {
    let largest = fit.types().map(|kind| kind.cpu).max();
    let used = cpu_use(containers);
    let own = match demand.cpu {
        Drawn::Fixed(cpu) if demand.caps_cpu() => Some(cpu),
        _ => None,
    };
    let (most, whose) = match own {
        Some(own) => (Some(own), "the `cpu` of a task"),
        None => (largest, "the largest instance"),
    };
    if let Some(most) = most.filter(|most| used > *most)
        && let Some(at) = record.get("behavior")
    {
        place(&at)
            .problem(format!(
                "the containers of a task use {used} (`cpuUse`), and {whose} has {most}: the rest has no effect"
            ))
            .warning()
            .report();
    }
    largest
}

/// `cpuUse` where it stands in the behavior itself, else the behavior.
fn place<'a>(behavior: &Cursor<'a>) -> Cursor<'a> {
    let node = behavior.node.get("cpuUse");
    Cursor {
        context: behavior.context,
        node: node.unwrap_or(behavior.node),
        path: match node {
            Some(_) => behavior.path_of("cpuUse"),
            None => behavior.path.clone(),
        },
    }
}
