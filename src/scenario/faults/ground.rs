//! What faults are read against.

use crate::plan::{InstanceType, Until};
use crate::scenario::capacity::images::Images;
use crate::scenario::capacity::strategy::Providers;
use crate::scenario::work::works::Works;
use std::collections::BTreeMap;

/// What faults are read against.
pub struct Ground<'g> {
    /// The cluster's providers.
    pub providers: Providers<'g>,
    /// Instance types of one's own.
    pub own: &'g BTreeMap<String, Option<InstanceType>>,
    /// What can run.
    pub works: &'g Works,
    /// Images and registries, all of them.
    pub images: &'g Images,
    /// When the run ends.
    pub until: Option<Until>,
}
