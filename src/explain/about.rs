//! Facts about other tasks of a service that are causes for a task.

use crate::simulation::Fact;

/// True for a fact about another task of a service after which the service may start one.
pub(super) fn is_cause(fact: &Fact) -> bool {
    matches!(
        fact,
        Fact::TaskStopping(..)
            | Fact::TaskStopped(..)
            | Fact::TaskRejected(..)
            | Fact::LossNoticed(..)
            | Fact::TaskHealth(_, false)
    )
}
