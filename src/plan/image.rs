//! Container images, their layers and their registries.

use crate::units::{Memory, Span};

/// The largest number of layers of an image: the limit of Docker's overlay file system.
pub const MOST_LAYERS: u32 = 127;

/// A container image.
#[derive(Clone, Debug)]
pub struct Image {
    /// Its name, such as `shop/report:1`.
    pub name: String,
    /// Its layers, in order.
    pub layers: Vec<Layer>,
    /// Index into the plan's registries.
    pub registry: usize,
    /// True when the plan gives no size, so that the assumed size is used.
    pub assumed: bool,
    /// True when the image does not exist in the registry: every pull fails.
    pub missing: bool,
}

/// A layer of an image; images that have a layer of the same digest share it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Layer {
    /// Index into the plan's layer digests.
    pub digest: usize,
    /// Size of the download.
    pub compressed: Memory,
    /// Size on the disk.
    pub unpacked: Memory,
}

/// A registry.
#[derive(Clone, Debug)]
pub struct Registry {
    /// `ECR`, or the host's name.
    pub name: String,
    /// The most pulls in a period, and the period; a pull beyond it fails
    /// (facts/platform.md 3.4.1).
    pub limit: Option<(u32, Span)>,
}

/// When an instance's agent pulls an image (`ECS_IMAGE_PULL_BEHAVIOR`, facts/ecs.md 244).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PullBehavior {
    /// `default`: always; a cached copy is used when the pull fails.
    #[default]
    Default,
    /// `always`: always; the task fails when the pull fails.
    Always,
    /// `once`: only if no earlier task on the instance has pulled it.
    Once,
    /// `prefer-cached`: only if no copy is cached; the agent removes no images.
    PreferCached,
}

impl Image {
    /// Size of the download of all layers, in bytes.
    pub fn compressed(&self) -> u64 {
        self.layers
            .iter()
            .map(|layer| layer.compressed.as_bytes())
            .sum()
    }
}
