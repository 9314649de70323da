//! Which of the instances that lack something for a request matches it most closely: the one that
//! ECS names in the message of a failed placement (facts/ecs.md 110, 115).

use super::{Cluster, Condition, InstanceId, Lack, Lacks, Port, Request};
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

    /// True when the instance meets a condition.
    pub fn meets(&self, id: InstanceId, condition: &Condition) -> bool {
        self.ledger.meets(id, condition)
    }

    /// The host ports that are reserved on an instance, ascending.
    pub fn ports(&self, id: InstanceId) -> &[Port] {
        &self.ledger.ports[id.index()]
    }

    /// How closely an instance matches a request, with the first check that it fails; `None` where
    /// the request fits.
    pub fn closeness(&self, id: InstanceId, request: &Request<'_>) -> Option<(Closeness, Lack)> {
        let (failed, first) = self.ledger.failed(id, request)?;
        let closeness = Closeness {
            failed,
            free: Reverse(self.free_part(id, request, first)),
            instance: id,
        };
        Some((closeness, first))
    }

    /// The free part of what is lacking, in shares of 2⁻²⁰ of what is needed, so that resources can be
    /// compared with each other; 0 where it is no amount. Of instances without a free GPU those that
    /// have GPUs at all come first.
    fn free_part(&self, id: InstanceId, request: &Request<'_>, lack: Lack) -> u64 {
        const BITS: u32 = 20;
        let (free, needed) = (self.instance(id).free_shape(), &request.shape);
        let part = |free: u64, needed: u64| match needed >> BITS {
            0 => (free << BITS) / needed.max(1),
            unit => free / unit,
        };
        match lack {
            Lack::Cpu => part(free.cpu.as_base(), needed.cpu.as_base()),
            Lack::Memory => part(free.memory.as_bytes(), needed.memory.as_bytes()),
            Lack::Gpu => {
                let has_some = self.pool(self.instance(id).pool()).spec.gpus > 0;
                part(free.gpus.into(), needed.gpus.into()) + u64::from(has_some)
            }
            Lack::Interface => part(free.interfaces.into(), needed.interfaces.into()),
            Lack::Attribute | Lack::MemberOf | Lack::Ports | Lack::Constraint | Lack::Agent => 0,
        }
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
        let found = self.cluster.ledger.failed(id, &self.request);
        self.lacks.add(1, found.map(|(_, first)| first));
        // Most instances fail more checks than the closest so far.
        let Some((failed, first)) = found else { return };
        if self
            .closest
            .is_some_and(|(closest, _)| closest.failed < failed)
        {
            return;
        }
        let closeness = Closeness {
            failed,
            free: Reverse(self.cluster.free_part(id, &self.request, first)),
            instance: id,
        };
        if self.closest.is_none_or(|(closest, _)| closeness < closest) {
            self.closest = Some((closeness, first));
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

#[cfg(test)]
mod tests {
    use super::super::{GroupId, MemberOf, PoolSpec, ProviderId, Requirement, Shape, ZoneId};
    use super::*;
    use crate::catalog::{Architecture, OperatingSystem};
    use crate::units::{Cpu, Memory};
    use std::collections::BTreeMap;

    /// A pool of instances with these vCPUs and GiB.
    fn pool(vcpus: u64, gib: u64) -> PoolSpec {
        PoolSpec {
            provider: ProviderId::new(0),
            zone: ZoneId::new(0),
            instance_type: 0,
            cpu: Cpu::vcpus(vcpus),
            memory: Memory::gib(gib),
            gpus: 0,
            task_interfaces: 10,
            architecture: Architecture::X86,
            operating_system: OperatingSystem::Linux,
            attributes: BTreeMap::new(),
            in_group: false,
            agent_version: None,
        }
    }

    /// Conditions that only name the pools.
    fn on(pools: Vec<crate::cluster::PoolId>) -> Requirement {
        Requirement {
            pools,
            ports: Vec::new(),
            group: GroupId::new(0),
            distinct_instance: false,
            member_of: MemberOf::default(),
            daemon: false,
        }
    }

    #[test]
    fn fact_115_an_instance_with_gpus_is_closer_than_one_without() {
        let mut cluster = Cluster::new(1);
        let gpus = |gpus: u32| PoolSpec {
            gpus,
            ..pool(16, 64)
        };
        let pools = vec![cluster.add_pool(pool(16, 64)), cluster.add_pool(gpus(1))];
        let ids: Vec<InstanceId> = pools.iter().map(|pool| cluster.register(*pool)).collect();
        let requirement = on(pools);
        let shape = Shape {
            gpus: 1,
            ..Shape::default()
        };
        let request = Request {
            shape,
            requirement: &requirement,
        };
        cluster.promise(ids[1], &request);
        let mut comparison = Comparison::new(&cluster, request);
        ids.iter().for_each(|id| comparison.look(*id));
        let lacks = comparison.result();
        assert_eq!(lacks.closest_instance(), Some(ids[1]));
        assert_eq!(lacks.count(Lack::Gpu), 2);
    }

    #[test]
    fn fact_115_fewest_failed_checks_then_most_left_then_the_earliest() {
        let mut cluster = Cluster::new(1);
        // Both too small; too little CPU by half; too little memory by a quarter, twice.
        let sizes = [(1, 1), (2, 16), (4, 6), (4, 6)];
        let pools: Vec<_> = sizes
            .iter()
            .map(|(vcpus, gib)| cluster.add_pool(pool(*vcpus, *gib)))
            .collect();
        let ids: Vec<InstanceId> = pools.iter().map(|pool| cluster.register(*pool)).collect();
        let requirement = on(pools);
        let shape = Shape {
            cpu: Cpu::vcpus(4),
            memory: Memory::gib(8),
            ..Shape::default()
        };
        let request = Request {
            shape,
            requirement: &requirement,
        };
        let closest = |of: &[InstanceId]| {
            let mut comparison = Comparison::new(&cluster, request);
            of.iter().for_each(|id| comparison.look(*id));
            let lacks = comparison.result();
            (lacks.closest_instance(), lacks.closest())
        };
        assert_eq!(closest(&ids), (Some(ids[2]), Lack::Memory));
        assert_eq!(closest(&[ids[3], ids[2]]), (Some(ids[2]), Lack::Memory));
        assert_eq!(closest(&ids[..2]), (Some(ids[1]), Lack::Cpu));
        assert_eq!(closest(&ids[..1]), (Some(ids[0]), Lack::Cpu));
        assert_eq!(closest(&[]), (None, Lack::Agent));
        for (id, other) in [(0, 1), (1, 2), (3, 2)] {
            let of = |id: usize| cluster.closeness(ids[id], &request).map(|found| found.0);
            assert!(of(other) < of(id), "{other} is closer than {id}");
        }
    }
}
