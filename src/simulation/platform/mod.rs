//! The platform: instances and their Auto Scaling groups, Spot, Fargate's capacity, images,
//! registries, and the meters of billed resources. Tasks are not here; the layer `life` is above.
//!
//! The layers above are informed by notices (`notice.rs`).

mod billing;
pub(in crate::simulation) mod fargate;
mod fargate_capacity;
mod group;
pub(in crate::simulation) mod groups;
pub(in crate::simulation) mod images;
pub(in crate::simulation) mod instances;
mod machine;
pub(in crate::simulation) mod managed_launches;
pub(in crate::simulation) mod outages;
mod pull;
mod registries;
mod registry;
pub(in crate::simulation) mod spot;
mod spot_pools;
mod spot_record;
mod state;

pub use billing::BILLED_AT_LEAST;
pub(in crate::simulation) use billing::finish;
pub(in crate::simulation) use group::GroupState;
pub(in crate::simulation) use machine::State;
pub(in crate::simulation) use state::Platform;
