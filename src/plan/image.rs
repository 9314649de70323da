//! Container images and where they are pulled from.

use crate::units::{Memory, Span};

/// The most layers of an image: what the overlay file system of Docker takes.
pub const MOST_LAYERS: u32 = 127;

/// An image, known by its name.
#[derive(Clone, Debug)]
pub struct Image {
    /// `shop/report:1`.
    pub name: String,
    /// Its layers, in order.
    pub layers: Vec<Layer>,
    /// Index into the plan's registries.
    pub registry: usize,
    /// True when its size is not given and the default is used.
    pub assumed: bool,
    /// True when it does not exist: every pull fails.
    pub missing: bool,
}

/// A layer of an image; images that have a layer of the same digest share it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Layer {
    /// Index into the plan's layer digests.
    pub digest: usize,
    /// Bytes on the wire.
    pub compressed: Memory,
    /// Bytes on the disk.
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

/// When an instance's agent asks the registry (`ECS_IMAGE_PULL_BEHAVIOR`, facts/ecs.md 244).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PullBehavior {
    /// Always; a cached copy serves when the pull fails.
    #[default]
    Default,
    /// Always; the task fails when the pull fails.
    Always,
    /// Only if no earlier task on the instance has pulled it.
    Once,
    /// Only if no copy is cached; the agent cleans nothing up.
    PreferCached,
}

impl Image {
    /// Bytes on the wire.
    pub fn compressed(&self) -> u64 {
        self.layers
            .iter()
            .map(|layer| layer.compressed.as_bytes())
            .sum()
    }
}
