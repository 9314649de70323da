//! The parts of the plan that faults refer to by name.

use crate::plan::{InstanceType, Until};
use crate::scenario::capacity::images::Images;
use crate::scenario::capacity::strategy::Providers;
use crate::scenario::work::works::Works;
use std::collections::BTreeMap;

/// The parts of the plan that faults refer to by name.
pub struct Ground<'g> {
    /// The capacity providers of the cluster.
    pub providers: Providers<'g>,
    /// The instance types that the scenario defines; `None` for one with problems.
    pub own: &'g BTreeMap<String, Option<InstanceType>>,
    /// Names of entries of `tasks`, services and containers.
    pub works: &'g Works,
    /// All images and registries, also those that are not listed.
    pub images: &'g Images,
    /// True where an action registers more instances of a fixed fleet.
    pub registers: bool,
    /// When the run ends; `None` when `until` has problems.
    pub until: Option<Until>,
}
