//! The state of a cluster: instances, tasks, their resources, and the indexes that search for
//! free capacity. Events and policies are not here. Only this room changes capacity. Policies
//! get a shared reference to [`Cluster`], which is a read-only view.
//!
//! Every instance has two ledgers:
//!
//! - *Promised*: the resources that the control plane has reserved for tasks. Placement
//!   compares requests with what is not promised. A promise ends when the task's desired status
//!   becomes STOPPED.
//! - *Held*: the resources that containers occupy on the host, from their start until they are
//!   removed. After a task's promise has ended, its containers may still hold theirs
//!   (facts/ecs.md 66, 68, 99).
//!
//! Invariant: neither ledger of an instance exceeds the instance's capacity.

mod bitset;
mod by_instance;
mod candidate;
mod capacity;
mod closest;
mod conservation;
mod grid;
mod ids;
mod image_cache;
mod instance;
mod ledger;
mod pending;
mod pool;
mod prospect;
mod query;
mod resources;
mod search;
mod tally;
mod task;
mod work;

pub use capacity::Cluster;
pub use closest::{Closeness, Comparison};
pub use ids::{
    EntryId, GroupId, InstanceId, LaneId, PoolId, ProviderId, RevisionId, ServiceId, TaskId, ZoneId,
};
pub use image_cache::{ImageCache, LayerSize, NoSpaceLeft};
pub use instance::Instance;
pub use pending::{Pending, PendingQueue};
pub use pool::{Counted, Pool, PoolSpec};
pub use prospect::Prospect;
pub use query::{
    Compare, Condition, InstanceTest, Known, MOST_CHARACTERS, Pattern, Query, QueryError,
};
pub use resources::{
    Field, Lack, Lacks, MemberOf, NetworkMode, Port, Protocol, Request, Requirement, Shape,
};
pub use task::{Asked, Task, Tasks};
pub use work::{PerWork, WorkId};
