//! Opinions, pure, over a view of the cluster: they look and decide, the world stays as it
//! is. One policy, one file.

pub mod placement;
pub mod provisioning;
pub mod rate;
pub mod services;

mod backoff;
