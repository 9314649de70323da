//! The platform: instances and their groups, Spot, Fargate, images and registries.

pub(in crate::simulation) mod fargate;
pub(in crate::simulation) mod groups;
pub(in crate::simulation) mod images;
pub(in crate::simulation) mod instances;
mod pull;
mod registry;
pub(in crate::simulation) mod spot;
mod spot_record;
