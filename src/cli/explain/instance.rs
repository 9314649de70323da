//! One instance in detail.

use super::words::{About, paragraph, size, time};
use crate::explain::HostView;

/// Everything about one instance.
pub(super) fn details(page: &mut String, about: &About<'_>, host: &HostView) {
    let line = |page: &mut String, name: &str, text: &str| {
        paragraph(page, &format!("  {name:<13}"), text, 15, about.width);
    };
    page.push('\n');
    line(page, "launched", &time(host.launched));
    let used = host.used_cpu();
    line(
        page,
        "CPU",
        &format!(
            "{} registered, {used} reserved, {} free",
            host.cpu, host.free_cpu
        ),
    );
    let used = host.used_memory();
    line(
        page,
        "memory",
        &format!(
            "{} registered, {} reserved, {} free",
            size(host.memory),
            size(used),
            size(host.free_memory)
        ),
    );
    if host.gpus > 0 {
        line(
            page,
            "GPUs",
            &format!("{}, {} free", host.gpus, host.free_gpus),
        );
    }
    let interfaces = format!(
        "{} for awsvpc tasks, {} free",
        host.interfaces, host.free_interfaces
    );
    line(page, "interfaces", &interfaces);
    let ports = match host.ports.is_empty() {
        true => "none reserved".into(),
        false => host.ports.join(", "),
    };
    line(page, "host ports", &ports);
    let attributes = host
        .attributes
        .iter()
        .map(|(name, value)| format!("{name}={value}"));
    line(
        page,
        "attributes",
        &attributes.collect::<Vec<_>>().join(", "),
    );
    if host.tasks.is_empty() {
        return line(page, "tasks", "none");
    }
    page.push_str("\n  task                  status   CPU           memory     placed at\n");
    for task in &host.tasks {
        let note = match (task.is_reserved, task.is_held) {
            (false, true) => "its reservation has ended; its containers are still on the host",
            (false, false) => "its reservation has ended",
            (true, _) => "",
        };
        let text = format!(
            "{:<21} {:<8} {:<13} {:<10} {}",
            task.task.to_string(),
            task.status,
            task.cpu.to_string(),
            size(task.memory),
            time(task.placed)
        );
        page.push_str(&format!("  {text}\n"));
        if !note.is_empty() {
            paragraph(page, "    ", note, 4, about.width);
        }
    }
}
