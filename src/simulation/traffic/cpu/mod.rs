//! The CPU of instances is shared: by the tasks on them, within their CPU credits.
//!
//! The use of CPU is constant between two changes: of a rate of requests, of the tasks on an instance, of
//! what is left of its credits. So it is computed anew for the instances that a change concerns, once at
//! the end of the instant. A plan in which no task can use more or less CPU than its own has none of this.

mod due;
mod measure;
mod refresh;
mod wants;

pub(in crate::simulation) use due::due;
pub(in crate::simulation) use measure::{begin, finish, instance_gone};
pub(in crate::simulation) use refresh::use_changed;
