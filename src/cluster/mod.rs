//! Nouns: instances, tasks, what they hold, and the indexes that find room quickly. No
//! events, no opinions. Only this room changes capacity; a shared reference to [`Cluster`]
//! is the read-only view that policies get.
//!
//! Every instance has two ledgers. *Promised* is what the control plane has given away: it
//! decides placement, and is freed when a task's desired status becomes STOPPED. *Held* is
//! what containers really occupy on the host, from their start until they are gone
//! (facts/ecs.md 66, 68, 99).

mod bitset;
mod by_instance;
mod capacity;
mod grid;
mod ids;
mod image_cache;
mod instance;
mod ledger;
mod pending;
mod pool;
mod resources;
mod search;
mod tally;
mod task;
mod work;

pub use capacity::Cluster;
pub use ids::{
    EntryId, GroupId, InstanceId, LaneId, PoolId, ProviderId, RevisionId, ServiceId, TaskId, ZoneId,
};
pub use image_cache::{ImageCache, LayerSize, NoSpaceLeft};
pub use instance::Instance;
pub use pending::{Pending, PendingQueue};
pub use pool::{Counted, Pool, PoolSpec};
pub use resources::{Field, Lack, NetworkMode, Port, Protocol, Request, Requirement, Shape};
pub use task::{Asked, Task, Tasks};
pub use work::{PerWork, WorkId};
