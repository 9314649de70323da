//! What ECS decides: services, daemons and managed scaling.

mod grace;
pub(in crate::simulation) mod managed_scaling;
pub(in crate::simulation) mod services;
