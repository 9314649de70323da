//! Times, amounts and lines of explanations.

use crate::cluster::Lack;
use crate::explain::Needs;
use crate::metrics::of_lack;
use crate::plan::Plan;
use crate::simulation::HostState;
use crate::units::{Cpu, MIB, Memory, SimTime, Span};

/// What every text needs: the plan of the run, the command for hints, and the width.
pub(super) struct About<'a> {
    pub(super) plan: &'a Plan,
    pub(super) command: String,
    pub(super) width: usize,
}

/// Columns of a time at the beginning of a line.
const TIME: usize = 16;

/// A time since the start of the run, with all its digits: given to `--at`, it is the same time.
pub(super) fn time(at: SimTime) -> String {
    written(at.as_micros())
}

/// A length of time, with all its digits, as the times between which it lies.
pub(super) fn span(of: Span) -> String {
    written(of.as_micros())
}

/// A length of time to the second, from ten seconds on: for times of another run, which `--at` does not
/// show.
pub(super) fn rounded(of: Span) -> String {
    const SECOND: u64 = 1_000_000;
    match of.as_micros() {
        micros if micros < 10 * SECOND => written(micros),
        micros => written((micros + SECOND / 2) / SECOND * SECOND),
    }
}

/// `1d2h3m4.5s`.
fn written(micros: u64) -> String {
    const SECOND: u64 = 1_000_000;
    const MINUTE: u64 = 60 * SECOND;
    let mut text = String::new();
    let mut rest = micros;
    for (unit, length) in [("d", 86_400 * SECOND), ("h", 3_600 * SECOND), ("m", MINUTE)] {
        // `1h0m30s`: `1h30s` would be read as an hour and a half.
        let is_between = !text.is_empty() && !rest.is_multiple_of(MINUTE);
        if rest >= length || is_between {
            text += &format!("{}{unit}", rest / length);
            rest %= length;
        }
    }
    if rest > 0 || text.is_empty() {
        let digits = format!("{}.{:06}", rest / SECOND, rest % SECOND);
        text += digits.trim_end_matches('0').trim_end_matches('.');
        text += "s";
    }
    text
}

/// CPU from ECS's units.
pub(super) fn cpu(units: f64) -> String {
    Cpu::base((units * 125.0).round() as u64).to_string()
}

/// Memory from MiB.
pub(super) fn memory(mebibytes: f64) -> String {
    size(Memory::from_bytes_f64(mebibytes * MIB as f64))
}

/// Memory; from 1 GiB on in GiB with at most two decimals, so that amounts can be compared.
pub(super) fn size(of: Memory) -> String {
    if of.as_gib_f64() >= 1.0 {
        let text = format!("{:.2}", of.as_gib_f64());
        let digits = text.trim_end_matches('0').trim_end_matches('.');
        return format!("{digits} GiB");
    }
    let mebibytes = of.as_bytes() as f64 / MIB as f64;
    match mebibytes.fract() == 0.0 {
        true => format!("{mebibytes:.0} MiB"),
        false => format!("{mebibytes:.1} MiB"),
    }
}

/// `3 tasks`, `1 task`.
pub(super) fn count(number: u64, one: &str) -> String {
    match number {
        1 => format!("1 {one}"),
        number => format!("{number} {one}s"),
    }
}

/// What is lacking, in the words of reports and events.
pub(super) const fn lacking(lack: Lack) -> &'static str {
    of_lack(lack).words()
}

/// The state of an instance, in ECS's words where it has one.
pub(super) const fn state(of: HostState) -> &'static str {
    match of {
        HostState::Launching => "has not registered yet",
        HostState::Booting => "boots and has not registered yet",
        HostState::Active => "ACTIVE",
        HostState::Draining => "DRAINING",
        HostState::Disconnected => "its agent is disconnected",
        HostState::Deregistered => "it was deregistered",
        HostState::Failed => "has failed",
        HostState::Terminated => "terminated",
    }
}

/// What a task needs: `1 vCPU, 2 GiB of memory, host port 8080/tcp`.
pub(super) fn needs(of: &Needs) -> String {
    let mut parts = vec![of.cpu.to_string(), format!("{} of memory", size(of.memory))];
    match of.gpus {
        0 => {}
        1 => parts.push("1 GPU".into()),
        gpus => parts.push(format!("{gpus} GPUs")),
    }
    if of.interfaces > 0 {
        parts.push("a network interface (awsvpc)".into());
    }
    if !of.ports.is_empty() {
        let ports = if of.ports.len() == 1 { "port" } else { "ports" };
        parts.push(format!("host {ports} {}", of.ports.join(", ")));
    }
    if of.distinct_instance {
        parts.push("an instance without another task of its group (distinctInstance)".into());
    }
    parts.extend(of.member_of.iter().map(|text| format!("memberOf `{text}`")));
    let platform = [of.architecture, of.operating_system];
    parts.extend(platform.into_iter().flatten().map(String::from));
    parts.join(", ")
}

/// Adds a paragraph that is broken at the width: it begins with `first`, and its other lines with
/// `hanging` spaces.
pub(super) fn paragraph(page: &mut String, first: &str, text: &str, hanging: usize, width: usize) {
    let mut line = first.to_string();
    let mut is_empty = true;
    for word in text.split(' ') {
        let length = line.chars().count() + word.chars().count() + usize::from(!is_empty);
        if !is_empty && length > width {
            page.push_str(line.trim_end());
            page.push('\n');
            line = " ".repeat(hanging);
            is_empty = true;
        }
        if !is_empty {
            line.push(' ');
        }
        line.push_str(word);
        is_empty = false;
    }
    page.push_str(line.trim_end());
    page.push('\n');
}

/// Adds a command that tells more, on a line of its own, which is never broken.
pub(super) fn command(page: &mut String, what: &str, about: &About<'_>, question: &str) {
    page.push_str(&format!("\n{what}\n  {} {question}\n", about.command));
}

/// Adds a line with a time in a column of its own.
pub(super) fn timed(page: &mut String, at: SimTime, text: &str, about: &About<'_>) {
    let first = format!("  {:<TIME$} ", time(at));
    paragraph(page, &first, text, TIME + 3, about.width);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_those_that_are_read() {
        for (micros, text) in [
            (0, "0s"),
            (3_723_457_000, "1h2m3.457s"),
            (86_400_000_000, "1d"),
            (86_700_000_000, "1d5m"),
            (86_430_000_000, "1d0h0m30s"),
            (3_630_000_000, "1h0m30s"),
        ] {
            assert_eq!(time(SimTime::micros(micros)), text);
            let read: Span = text.parse().unwrap();
            assert_eq!(read.as_micros(), micros);
        }
        assert_eq!(time(SimTime::micros(1_234_567)), "1.234567s");
        assert_eq!(span(Span::micros(1_234_567)), "1.234567s");
    }
}
