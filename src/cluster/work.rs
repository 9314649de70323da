//! What a task belongs to: an entry of the plan's `tasks`, or a service.

use super::{EntryId, ServiceId};
use serde::{Deserialize, Serialize};
use std::ops::{Index, IndexMut};

/// What a task belongs to: an entry or a service of the plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum WorkId {
    /// An entry of the plan's `tasks`: standalone tasks.
    Entry(EntryId),
    /// A service of the plan.
    Service(ServiceId),
}

/// A value for each entry of `tasks` and for each service of a plan.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PerWork<T> {
    /// By entry of `tasks`.
    pub entries: Vec<T>,
    /// By service.
    pub services: Vec<T>,
}

impl<T> PerWork<T> {
    /// The values of the entries, then those of the services.
    pub fn iter(&self) -> impl Iterator<Item = &T> {
        self.entries.iter().chain(&self.services)
    }
}

/// # Panics
/// When the plan has no such entry or service.
impl<T> Index<WorkId> for PerWork<T> {
    type Output = T;

    #[inline]
    fn index(&self, work: WorkId) -> &T {
        match work {
            WorkId::Entry(entry) => &self.entries[entry.index()],
            WorkId::Service(service) => &self.services[service.index()],
        }
    }
}

/// # Panics
/// When the plan has no such entry or service.
impl<T> IndexMut<WorkId> for PerWork<T> {
    #[inline]
    fn index_mut(&mut self, work: WorkId) -> &mut T {
        match work {
            WorkId::Entry(entry) => &mut self.entries[entry.index()],
            WorkId::Service(service) => &mut self.services[service.index()],
        }
    }
}
