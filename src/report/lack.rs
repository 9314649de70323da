//! What keeps tasks from their capacity, in words.

use crate::figures::WaitReason;
use crate::runner::{Lacking, Results, VariantResults};

/// What the instances lack that a task was compared with: `CPU on 2 of 3 instances, memory on 1`.
pub fn lack(instances: u32, counts: &[(WaitReason, u32)]) -> String {
    let of = match instances {
        0 => return "no instance".into(),
        1 => " of 1 instance".to_string(),
        instances => format!(" of {instances} instances"),
    };
    let parts = counts.iter().enumerate().map(|(number, (reason, count))| {
        let of = if number == 0 { of.as_str() } else { "" };
        format!("{} on {count}{of}", reason.words())
    });
    let parts: Vec<String> = parts.collect();
    match parts.is_empty() {
        true => format!("nothing{of} lacks"),
        false => parts.join(", "),
    }
}

/// Why work waits, with ECS's codes: `RESOURCE:MEMORY on 4 of 5 instances, RESOURCE:ENI on 1`.
pub(super) fn codes(lacking: &Lacking) -> String {
    let instances = match lacking.instances {
        1 => "1 instance".to_string(),
        instances => format!("{instances} instances"),
    };
    let parts = lacking.by_instance.iter().enumerate();
    let parts: Vec<String> = parts
        .map(|(number, (reason, count))| match number {
            0 => format!("{} on {count} of {instances}", reason.code()),
            _ => format!("{} on {count}", reason.code()),
        })
        .collect();
    match parts.is_empty() {
        true => lacking.reason.code().into(),
        false => parts.join(", "),
    }
}

/// The command that explains why a service, or a task of an entry, lacks capacity. Of an entry the
/// number of a task is to be filled in.
pub(super) fn explain_command(
    results: &Results,
    variant: &VariantResults,
    name: &str,
    is_service: bool,
) -> String {
    let file = match results.file.is_empty() {
        true => "SCENARIO",
        false => results.file.as_str(),
    };
    let of_variant = match results.variants.len() {
        1 => String::new(),
        _ => format!(" --variant {}", variant.name),
    };
    let question = match is_service {
        true => format!("--service {name}"),
        false => format!("--task {name}/N"),
    };
    let seed = variant.median_seed;
    format!("ecsim explain {file}{of_variant} --seed {seed} {question}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_lack_is_counted() {
        let counts = [(WaitReason::Cpu, 2), (WaitReason::Memory, 1)];
        assert_eq!(lack(3, &counts), "CPU on 2 of 3 instances, memory on 1");
        assert_eq!(lack(1, &[(WaitReason::Cpu, 1)]), "CPU on 1 of 1 instance");
        assert_eq!(lack(0, &[]), "no instance");
    }
}
