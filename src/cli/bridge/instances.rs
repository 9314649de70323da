//! `ECS Container Instance State Change`.

use super::super::names::{Names, revision_number};
use super::out::Out;
use crate::cluster::{Port, Protocol, Shape, WorkId};
use crate::plan::NetworkMode;
use crate::report::{BridgeDetail, BridgeInstance, BridgeNameValue, BridgeResource, BridgeVersion};
use crate::simulation::{InstanceFact, TaskFact};
use crate::units::{Cpu, Memory, SimTime};
use std::collections::BTreeSet;

/// The TCP ports that every container instance reserves for SSH, Docker and the agent
/// (facts/ecs.md 13).
const RESERVED_PORTS: [u16; 5] = [22, 2375, 2376, 51678, 51679];

/// The container instances, by number.
#[derive(Default)]
pub(super) struct Instances(Vec<Option<Known>>);

/// A registered container instance.
struct Known {
    of: InstanceFact,
    connected: bool,
    status: &'static str,
    version: u64,
    /// What tasks have reserved.
    cpu: u64,
    memory: u64,
    gpus: u32,
    ports: BTreeSet<Port>,
}

impl Instances {
    /// The agent of an instance has registered.
    pub(super) fn registered(&mut self, out: &mut Out<'_>, now: SimTime, of: &InstanceFact) {
        let number = of.instance.index();
        if self.0.len() <= number {
            self.0.resize_with(number + 1, || None);
        }
        self.0[number] = Some(Known {
            of: *of,
            connected: true,
            status: "ACTIVE",
            version: 0,
            cpu: 0,
            memory: 0,
            gpus: 0,
            ports: BTreeSet::new(),
        });
        self.send(out, now, number);
    }

    /// The status of an instance has changed, or its agent was disconnected or connected.
    pub(super) fn changed(
        &mut self,
        out: &mut Out<'_>,
        now: SimTime,
        of: &InstanceFact,
        status: Option<&'static str>,
        connected: bool,
    ) {
        let number = of.instance.index();
        let Some(Some(known)) = self.0.get_mut(number) else {
            return;
        };
        known.status = status.unwrap_or(known.status);
        known.connected = connected;
        self.send(out, now, number);
        if status == Some("INACTIVE") {
            self.0[number] = None;
        }
    }

    /// A task has taken its resources on its instance (`true`), or has given them back.
    pub(super) fn task(&mut self, out: &mut Out<'_>, now: SimTime, of: &TaskFact, takes: bool) {
        let Some(id) = of.task.instance else { return };
        let Some(Some(known)) = self.0.get_mut(id.index()) else {
            return;
        };
        let Shape {
            cpu, memory, gpus, ..
        } = of.task.shape;
        let ports = host_ports(out, of);
        if takes {
            known.cpu += cpu.as_base();
            known.memory += memory.as_bytes();
            known.gpus += gpus;
            known.ports.extend(ports);
        } else {
            known.cpu = known.cpu.saturating_sub(cpu.as_base());
            known.memory = known.memory.saturating_sub(memory.as_bytes());
            known.gpus = known.gpus.saturating_sub(gpus);
            ports.iter().for_each(|port| {
                known.ports.remove(port);
            });
        }
        self.send(out, now, id.index());
    }

    fn send(&mut self, out: &mut Out<'_>, now: SimTime, number: usize) {
        let Some(Some(known)) = self.0.get_mut(number) else {
            return;
        };
        known.version += 1;
        let of = &known.of;
        let cluster = &out.plan.cluster;
        let attribute = |name: &str, value: &str| BridgeNameValue {
            name: name.into(),
            value: Some(value.into()),
        };
        let arn = out.ids.instance_arn(of.instance);
        let detail = BridgeInstance {
            agent_connected: known.connected,
            attributes: vec![
                attribute("ecs.availability-zone", &cluster.zones[of.zone.index()]),
                attribute(
                    "ecs.instance-type",
                    &cluster.instance_types[of.instance_type].name,
                ),
            ],
            capacity_provider_name: cluster.providers[of.provider.index()].name.clone(),
            cluster_arn: out.ids.cluster_arn(),
            container_instance_arn: arn.clone(),
            ec2_instance_id: out.ids.ec2_instance(of.instance),
            registered_resources: resources(of.cpu, of.memory, of.gpus, &BTreeSet::new()),
            remaining_resources: resources(
                of.cpu.saturating_sub(known.cpu),
                of.memory.saturating_sub(known.memory),
                of.gpus.saturating_sub(known.gpus),
                &known.ports,
            ),
            status: known.status,
            updated_at: out.time(now),
            version: known.version,
            version_info: BridgeVersion::default(),
        };
        out.send(now, arn, BridgeDetail::Instance(Box::new(detail)));
    }
}

/// The ports of its instance that a task reserves.
fn host_ports<'a>(out: &Out<'a>, of: &TaskFact) -> &'a [Port] {
    let demand = match of.work {
        WorkId::Entry(entry) => &out.plan.tasks[entry.index()].demand,
        WorkId::Service(service) => {
            let service = &out.plan.services[service.index()];
            service.revision(revision_number(out.plan, of)).demand
        }
    };
    match demand.network_mode {
        NetworkMode::Bridge | NetworkMode::Host => &demand.host_ports,
        NetworkMode::Awsvpc | NetworkMode::None => &[],
    }
}

/// Amounts of resources, and the ports in use.
fn resources(cpu: u64, memory: u64, gpus: u32, ports: &BTreeSet<Port>) -> Vec<BridgeResource> {
    let used = |protocol: Protocol| {
        let of_protocol = ports.iter().filter(move |port| port.protocol == protocol);
        of_protocol.map(|port| port.number.to_string())
    };
    let tcp = RESERVED_PORTS.iter().map(u16::to_string);
    let mut resources = vec![
        BridgeResource::integer("CPU", Cpu::base(cpu).ceil_units()),
        BridgeResource::integer("MEMORY", Memory::bytes(memory).ceil_mib()),
        BridgeResource::set("PORTS", tcp.chain(used(Protocol::Tcp)).collect()),
        BridgeResource::set("PORTS_UDP", used(Protocol::Udp).collect()),
    ];
    if gpus > 0 {
        let names = (0..gpus).map(|number| format!("GPU-{number}"));
        resources.push(BridgeResource::set("GPU", names.collect()));
    }
    resources
}
