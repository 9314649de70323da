//! A plan as it is played.

use crate::plan::Plan;
use std::ops::Deref;

/// A plan as it is played: that of the study, or a copy with the count that `count: fit` found.
#[derive(Clone, Debug)]
pub enum PlayedPlan<'s> {
    /// The plan of the study.
    OfStudy(&'s Plan),
    /// A copy with the count that was found.
    Fitted(Box<Plan>),
}

impl PlayedPlan<'_> {
    /// The plan itself; one of the study is copied.
    pub fn into_owned(self) -> Plan {
        match self {
            Self::OfStudy(plan) => plan.clone(),
            Self::Fitted(plan) => *plan,
        }
    }
}

impl Deref for PlayedPlan<'_> {
    type Target = Plan;

    fn deref(&self) -> &Plan {
        match self {
            Self::OfStudy(plan) => plan,
            Self::Fitted(plan) => plan,
        }
    }
}
