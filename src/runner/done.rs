//! How much of its work a variant did.

use serde::{Deserialize, Serialize};

/// Tasks that were to run, and those of them that ran; or requests, or messages.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Ran {
    /// Tasks that ran: of services the desired tasks without the missing ones, time means; of
    /// standalone work the tasks that were placed and did not fail. Requests served, messages
    /// processed.
    pub ran: f64,
    /// Tasks that were to run: desired tasks, time mean; tasks that arrived. Requests offered, each
    /// once, however often its client sends it; messages to process.
    pub wanted: f64,
}

impl Ran {
    /// The share that ran; 1 where none was to run.
    pub fn share(self) -> f64 {
        if self.wanted > 0.0 {
            self.ran / self.wanted
        } else {
            1.0
        }
    }
}

/// A service whose work is counted in requests or in messages, not in tasks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Serving {
    /// The name of the service.
    pub service: String,
    /// The name of the queue that it works on; `None` for a service with a `load`.
    pub queue: Option<String>,
}

/// What a variant did of its work: means over the seeds.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Done {
    /// Tasks of services without a `load` and without a `worker`.
    pub services: Ran,
    /// Requests of the services with a `load`.
    #[serde(default)]
    pub requests: Ran,
    /// Messages of the queues that services work on.
    #[serde(default)]
    pub messages: Ran,
    /// Standalone tasks.
    pub standalone: Ran,
    /// The tasks of traces, and those of them that are played: `unplaceable: skip` leaves out the
    /// rows that no instance can hold.
    #[serde(default)]
    pub traced: Ran,
    /// Services without a `load` and without a `worker` that never had as many healthy tasks as
    /// desired.
    pub never_complete: f64,
}
