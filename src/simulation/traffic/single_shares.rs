//! The shares of tasks in the requests of their target group, where requests are simulated one by one and tasks
//! get different shares.

use super::exact::Share;
use super::side::WHOLE;
use super::uneven::among_classes;
use crate::plan::ALL_REQUESTS;
use crate::simulation::life::{Routed, TargetClass};

/// The tasks of a class of a revision that requests are sent to.
#[derive(Clone, Copy, Debug)]
pub(super) struct Receivers {
    pub(super) class: TargetClass,
    pub(super) routed: Routed,
    /// They belong to a bad release.
    pub(super) is_bad: bool,
    /// The share of their answers that are errors, in millionths.
    pub(super) errs: u32,
}

/// Shares in the requests of a target group, in parts of [`WHOLE`].
pub(super) struct Shares {
    /// Of a task, by receivers.
    pub(super) of_a_task: Vec<Share>,
    /// Of all tasks that do not answer.
    pub(super) failing: u64,
    /// Of all tasks of a bad release.
    pub(super) bad: u64,
    /// The share of the answers that are errors, in millionths.
    pub(super) erring: u32,
}

impl Shares {
    /// The shares of these tasks.
    pub(super) fn of(receivers: &[Receivers]) -> Self {
        let classes: Vec<_> = receivers
            .iter()
            .map(|of| (of.class, of.routed.total()))
            .collect();
        let parts = among_classes(WHOLE, &classes);
        let (mut failing, mut bad, mut answered, mut errors) = (0, 0, 0_u128, 0_u128);
        let mut of_a_task = Vec::new();
        for (of, part) in receivers.iter().zip(parts) {
            let total = u64::from(of.routed.total());
            let each = part.checked_div(total).unwrap_or(0);
            of_a_task.push(Share {
                zone: of.class.zone,
                share: each,
            });
            failing += each * u64::from(of.routed.failing);
            let answering = u128::from(each * u64::from(of.routed.answering));
            answered += answering;
            errors += answering * u128::from(of.errs);
            if of.is_bad {
                bad += part;
            }
        }
        let erring = errors.checked_div(answered).unwrap_or(0);
        Self {
            of_a_task,
            failing,
            bad,
            erring: (erring as u32).min(ALL_REQUESTS),
        }
    }
}
