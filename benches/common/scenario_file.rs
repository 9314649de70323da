//! The scenarios of the repository, for benchmarks that play or read them.

use ecsim::plan::Study;
use ecsim::scenario::{Embedded, Request, load};
use std::path::Path;

/// Reads `scenarios/<name>.yaml`.
pub fn study(name: &str) -> Study {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let request = Request {
        path: &root.join(format!("scenarios/{name}.yaml")),
        set: &[],
        variants: &[],
        seeds: None,
    };
    load(&request, &Embedded)
        .expect("the scenario is sound")
        .study
}
