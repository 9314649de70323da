//! Reads the capacity that tasks run on: zones, capacity providers, instance types, Fargate,
//! Spot, images and registries.

pub(super) mod attributes;
pub(super) mod cluster;
pub(super) mod fargate;
pub(super) mod fleet;
pub(super) mod group;
pub(super) mod group_types;
pub(super) mod images;
pub(super) mod managed_instances;
pub(super) mod processors;
pub(super) mod provider;
pub(super) mod regions;
pub(super) mod requirements;
pub(super) mod spot;
pub(super) mod spot_series;
pub(super) mod strategy;
pub(super) mod types;
