//! What keeps tasks from their capacity, in words.

use crate::figures::WaitReason;

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
