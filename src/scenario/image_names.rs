//! The images that containers name, in the order in which they are met: a stand-in that
//! knows nothing of their sizes.

use crate::plan::{Image, Registry};
use std::collections::BTreeMap;

/// Images by name.
#[derive(Default)]
pub struct ImageNames {
    indices: BTreeMap<String, usize>,
    images: Vec<Image>,
}

impl ImageNames {
    /// The index of an image, which is added when it is new.
    pub fn index(&mut self, name: &str) -> usize {
        if let Some(known) = self.indices.get(name) {
            return *known;
        }
        let index = self.images.len();
        self.indices.insert(name.to_string(), index);
        self.images.push(Image {
            name: name.to_string(),
            layers: Vec::new(),
            registry: 0,
            assumed: true,
            missing: false,
        });
        index
    }

    /// All of them, and the one registry that they come from.
    pub fn into_plan(self) -> (Vec<Image>, Vec<Registry>) {
        let registry = Registry {
            name: "ECR".into(),
            limit: None,
        };
        let registries = if self.images.is_empty() {
            Vec::new()
        } else {
            vec![registry]
        };
        (self.images, registries)
    }
}
