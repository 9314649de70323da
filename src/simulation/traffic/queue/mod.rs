//! Messages of a queue that the tasks of a service work on.
//!
//! ```text
//! sent ─▶ visible ──received──▶ in flight ──processed─▶ deleted
//!            ▲  │                  │
//!            │  └─ too old         ├─ failed, or its task stopped
//!            └──────────────◀──────┘  (when the visibility timeout is over)
//!            └─ received too often ─▶ dead-letter queue
//! ```
//!
//! Messages are not simulated one by one: between two changes they arrive, are received and are processed
//! at constant rates (a fluid model). Their order and age are kept in parcels: amounts that were sent in one
//! time.

mod books;
mod calls;
mod consumer;
mod erlang;
mod flow;
mod in_work;
mod letters;
mod parcels;
mod returns;
mod waits;

pub(super) use books::{Levels, MessageQueue};
pub(super) use consumer::WorkerTasks;
