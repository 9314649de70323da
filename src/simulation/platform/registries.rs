//! Registries and their images, and the images on the disk of an instance.

use super::pull::layer_sizes;
use super::registry::PullWindow;
use crate::catalog;
use crate::cluster::{ImageCache, LayerSize};
use crate::plan::{Plan, PullBehavior};
use crate::units::SimTime;
use smallvec::SmallVec;
use std::sync::Arc;

/// The registries and images of a plan, and the network bandwidth of its instance types.
pub(in crate::simulation) struct Registries {
    /// By registry of the plan: its pull limit; `None`: not limited. One window for the whole
    /// cluster.
    pub(super) windows: Vec<Option<PullWindow>>,
    /// By image of the plan: its layers.
    pub(super) layers: Vec<Arc<[LayerSize]>>,
    /// By instance type of the plan: network bandwidth in bytes/s; `None`: not limited.
    pub(super) networks: Vec<Option<u64>>,
}

impl Registries {
    pub(in crate::simulation) fn new(plan: &Plan) -> Self {
        let windows = plan.registries.iter().map(|registry| {
            let (pulls, length) = registry.limit?;
            Some(PullWindow::new(pulls, length))
        });
        let layers = plan.images.iter().map(layer_sizes);
        let networks = plan.cluster.instance_types.iter().map(|kind| {
            let facts = catalog::instance_type(&kind.name).filter(|_| !kind.own);
            facts
                .and_then(|facts| facts.network_bits_per_second())
                .map(|bits| bits / 8)
        });
        Self {
            windows: windows.collect(),
            layers: layers.collect(),
            networks: networks.collect(),
        }
    }
}

/// The images on the disk of an instance.
pub(in crate::simulation) struct Disk {
    /// The images; `None` before the first pull. In place, as several steps of each task look at it.
    pub(super) cache: Option<ImageCache>,
    /// Pulls in progress: image, and the time at which the pull ends. The first is in place.
    pub(super) pulling: SmallVec<[(usize, SimTime); 1]>,
    pub(super) pull_behavior: PullBehavior,
}

impl Disk {
    pub(super) fn new(pull_behavior: PullBehavior) -> Self {
        Self {
            cache: None,
            pulling: SmallVec::new(),
            pull_behavior,
        }
    }

    /// The host has restarted: pulls in progress are lost, images on the disk are kept.
    pub(super) fn restart(&mut self) {
        self.pulling.clear();
    }

    /// The disk is replaced by an empty one.
    pub(super) fn erase(&mut self) {
        self.cache = None;
    }
}
