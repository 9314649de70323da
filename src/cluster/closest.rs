//! Which of the instances that lack something for a request matches it most closely: the one that
//! ECS names in the message of a failed placement (facts/ecs.md 110, 115).

use super::{Cluster, Instance, InstanceId, Lack, Lacks, Port, Request};
use std::cmp::Reverse;

/// How closely an instance matches a request, the closest first: the number of checks that it fails,
/// then the largest free part of the resource that the first of them is about, then the earliest launch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Closeness {
    failed: u32,
    free: Reverse<u64>,
    /// The instance.
    pub instance: InstanceId,
}

impl Cluster {
    /// True when the instance lacks this for the request, whatever else it lacks.
    pub fn lacks(&self, id: InstanceId, request: &Request<'_>, lack: Lack) -> bool {
        self.ledger.lacks(id, request, lack)
    }

    /// The host ports that are reserved on an instance, ascending.
    pub fn ports(&self, id: InstanceId) -> &[Port] {
        &self.ledger.ports[id.index()]
    }

    /// How closely an instance matches a request, with the first check that it fails; `None` where
    /// the request fits.
    pub fn closeness(&self, id: InstanceId, request: &Request<'_>) -> Option<(Closeness, Lack)> {
        let failed = Lack::CHECKED
            .into_iter()
            .filter(|lack| self.lacks(id, request, *lack));
        let first = failed.clone().next()?;
        let closeness = Closeness {
            failed: u32::try_from(failed.count()).unwrap_or(u32::MAX),
            free: Reverse(free_part(self.instance(id), request, first)),
            instance: id,
        };
        Some((closeness, first))
    }
}

/// Compares instances with a request: how many lack what, and which one matches most closely.
pub struct Comparison<'a> {
    cluster: &'a Cluster,
    request: Request<'a>,
    lacks: Lacks,
    closest: Option<(Closeness, Lack)>,
}

impl<'a> Comparison<'a> {
    /// A comparison with no instance yet.
    pub fn new(cluster: &'a Cluster, request: Request<'a>) -> Self {
        Self {
            cluster,
            request,
            lacks: Lacks::default(),
            closest: None,
        }
    }

    /// Compares one instance.
    pub fn look(&mut self, id: InstanceId) {
        let found = self.cluster.closeness(id, &self.request);
        self.lacks.add(1, found.map(|(_, lack)| lack));
        if let Some(found) = found
            && self.closest.is_none_or(|closest| found.0 < closest.0)
        {
            self.closest = Some(found);
        }
    }

    /// Counts instances of which the first lack is known, and that are not compared further.
    pub fn add(&mut self, instances: u32, lack: Lack) {
        self.lacks.add(instances, Some(lack));
    }

    /// The counts, with the closest instance.
    pub fn result(self) -> Lacks {
        let mut lacks = self.lacks;
        if let Some((closeness, lack)) = self.closest {
            lacks.name_closest(closeness.instance, lack);
        }
        lacks
    }
}

/// The free part of what is lacking, in millionths of what is needed, so that resources can be compared
/// with each other; 0 where it is no amount.
fn free_part(instance: &Instance, request: &Request<'_>, lack: Lack) -> u64 {
    let (free, needed) = (instance.free_shape(), &request.shape);
    let part = |free: u64, needed: u64| {
        let millionths = u128::from(free) * 1_000_000 / u128::from(needed.max(1));
        u64::try_from(millionths).unwrap_or(u64::MAX)
    };
    match lack {
        Lack::Cpu => part(free.cpu.as_base(), needed.cpu.as_base()),
        Lack::Memory => part(free.memory.as_bytes(), needed.memory.as_bytes()),
        Lack::Gpu => part(free.gpus.into(), needed.gpus.into()),
        Lack::Interface => part(free.interfaces.into(), needed.interfaces.into()),
        Lack::Attribute | Lack::Ports | Lack::Constraint | Lack::Agent => 0,
    }
}
