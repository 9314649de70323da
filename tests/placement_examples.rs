//! Worked examples of what a task reserves and where ECS places it, each named after the
//! statement of facts/ecs.md that it shows. (37 and 38, what instances register, are tested
//! beside the catalog.)

use ecsim::catalog::{Architecture, OperatingSystem};
use ecsim::cluster::{
    Cluster, Counted, Field, GroupId, InstanceId, MemberOf, PerWork, PoolSpec, ProviderId, Request,
    Requirement, Shape, ZoneId,
};
use ecsim::engine::Reader;
use ecsim::engine::random::{Purpose, StreamKey};
use ecsim::plan::{Demand, Drawn, MemoryDemand, Plan, Port, Protocol};
use ecsim::policy::placement::{
    EcsStrategies, OneByOne, Placement, PlacementRule, Scheduler, SpreadField, Strategy, Work,
    built_in,
};
use ecsim::runner::{built_in_scheduler, play, play_with};
use ecsim::scenario::{Embedded, load_text};
use ecsim::simulation::Fact;
use ecsim::units::{Cpu, Memory, SimTime};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::AtomicBool;

use Strategy::{Binpack, Random, Spread};

const ZONE: &str = "ecs.availability-zone";
const RACK: &str = "rack";

/// CPU units and MiB.
type Size = (u64, u64);

/// Two task groups.
const OURS: usize = 0;
const THEIRS: usize = 1;

/// A cluster of instances with 4,096 CPU units and 8,192 MiB each.
struct Tiny {
    cluster: Cluster,
    requirements: [Requirement; 2],
}

impl Tiny {
    /// One instance per item, registered in this order, with these attributes.
    fn new(instances: &[&[(&str, &str)]]) -> Self {
        let mut cluster = Cluster::new(2);
        for group in [OURS, THEIRS] {
            cluster.keep_count(Counted::Group(GroupId::new(group)));
        }
        let pools: Vec<_> = instances
            .iter()
            .map(|attributes| cluster.add_pool(spec(attributes)))
            .collect();
        for attribute in [ZONE, RACK] {
            cluster.count_by(attribute);
        }
        for pool in &pools {
            cluster.register(*pool);
        }
        let requirement = |group| Requirement {
            pools: pools.clone(),
            ports: Vec::new(),
            group: GroupId::new(group),
            distinct_instance: false,
            member_of: MemberOf::default(),
            daemon: false,
        };
        Self {
            cluster,
            requirements: [requirement(OURS), requirement(THEIRS)],
        }
    }

    /// So many instances without attributes.
    fn alike(instances: usize) -> Self {
        let none: &[(&str, &str)] = &[];
        Self::new(&vec![none; instances])
    }

    /// Puts a task of a group on an instance.
    fn put(mut self, group: usize, instance: usize, size: Size) -> Self {
        let request = request(&self.requirements[group], size);
        self.cluster.promise(InstanceId::new(instance), &request);
        self
    }

    /// Where the next task of a group goes.
    fn choice(&self, chain: &[Strategy], group: usize, size: Size) -> Option<usize> {
        self.choice_with(chain, group, size, 0)
    }

    fn choice_with(
        &self,
        chain: &[Strategy],
        group: usize,
        size: Size,
        birth: u64,
    ) -> Option<usize> {
        let request = request(&self.requirements[group], size);
        let key = StreamKey::new(1, Purpose::Placement, "tiny");
        let work = Work::outside_of_a_run(request, key, birth);
        let mut policy = EcsStrategies::new(chain.to_vec());
        let found = policy.place(&work, &self.cluster);
        found.map(InstanceId::index)
    }

    /// Where so many tasks of ours go, one after the other.
    fn fill(mut self, chain: &[Strategy], size: Size, tasks: usize) -> Vec<usize> {
        let mut places = Vec::new();
        for _ in 0..tasks {
            let place = self.choice(chain, OURS, size).expect("there is room");
            self = self.put(OURS, place, size);
            places.push(place);
        }
        places
    }
}

fn spec(attributes: &[(&str, &str)]) -> PoolSpec {
    let owned = |(name, value): &(&str, &str)| (name.to_string(), value.to_string());
    PoolSpec {
        provider: ProviderId::new(0),
        zone: ZoneId::new(0),
        instance_type: 0,
        cpu: Cpu::units(4_096),
        memory: Memory::mib(8_192),
        gpus: 0,
        task_interfaces: 0,
        architecture: Architecture::X86,
        operating_system: OperatingSystem::Linux,
        attributes: attributes.iter().map(owned).collect(),
        agent_version: None,
        in_group: false,
    }
}

fn request(requirement: &Requirement, (units, mib): Size) -> Request<'_> {
    Request {
        shape: Shape {
            cpu: Cpu::units(units),
            memory: Memory::mib(mib),
            ..Shape::default()
        },
        requirement,
    }
}

fn by_zone() -> Strategy {
    Spread(SpreadField::Attribute(ZONE.into()))
}

fn by_rack() -> Strategy {
    Spread(SpreadField::Attribute(RACK.into()))
}

/// A scenario of one fleet; the lines of its definition and of its tasks are the example's.
fn plan(fleet: &str, definition: &str, tasks: &str, more: &str) -> Plan {
    let text = format!(
        "
ecsim: 1
name: example
until: drained
instanceTypes:
  - {{ name: box, vcpu: 4, memory: 8 GiB, registeredMemory: 8 GiB, taskInterfaces: 2, price: $0 }}
cluster: {{ capacityProviders: [{{ name: fleet, fleet: [{fleet}] }}] }}
taskDefinitions: [{{ family: job, {definition} }}]
tasks:
{tasks}
{more}
"
    );
    match load_text("example.yaml", &text, &[], &Embedded) {
        Ok(mut loaded) => loaded.study.variants.remove(0),
        Err(problems) => panic!("{problems}"),
    }
}

/// What the tasks of a definition demand.
fn demand(definition: &str) -> Demand {
    let task = "  - { name: jobs, taskDefinition: job, arrivals: { at: [0s] }, duration: 1h }";
    let plan = plan(
        "{ instanceType: box, count: 1 }",
        definition,
        task,
        "delays: none",
    );
    plan.tasks[0].demand.clone()
}

/// Who was placed where: ordinal within its entry, instance, second.
#[derive(Default)]
struct Places(Vec<(u64, usize, f64)>);

impl Reader<Fact> for Places {
    fn read(&mut self, now: SimTime, fact: &Fact) {
        if let Fact::TaskPlaced(of) = fact {
            let instance = of.task.instance.expect("it is on the fleet").index();
            self.0
                .push((of.task.ordinal, instance, now.as_seconds_f64()));
        }
    }
}

fn placed(plan: &Plan) -> Vec<(u64, usize, f64)> {
    let stop = AtomicBool::new(false);
    let played = play_with(plan, 1, &built_in_scheduler, &stop, Places::default());
    played.expect("it plays").1.0
}

#[test]
fn fact_12_a_task_reserves_its_own_size_or_the_sum_of_its_containers() {
    let reserved = |definition: &str| match demand(definition) {
        Demand {
            cpu: Drawn::Fixed(cpu),
            memory: MemoryDemand::Absolute(Drawn::Fixed(memory)),
            ..
        } => (cpu, memory),
        other => panic!("{other:?}"),
    };
    let containers = "containerDefinitions: [\
        { name: a, image: x, cpu: 256, memory: 1024, memoryReservation: 300 }, \
        { name: b, image: x, memory: 200 }, \
        { name: c, image: x, cpu: 100, memoryReservation: 50 }]";
    for (task, units, mib) in [
        // A container without `cpu` counts as 0; the reservation goes before the limit.
        ("", 356, 550),
        ("cpu: 512, ", 512, 550),
        ("memory: 4096, ", 356, 4_096),
        ("cpu: 512, memory: 4096, ", 512, 4_096),
    ] {
        let found = reserved(&format!("{task}{containers}"));
        assert_eq!(found, (Cpu::units(units), Memory::mib(mib)), "{task}");
    }
}

#[test]
fn fact_12_the_reserved_size_decides_how_many_tasks_an_instance_holds() {
    // 8,192 MiB hold 16 reservations of 512 MiB, whatever the limits are.
    let containers =
        "containerDefinitions: [{ name: a, image: x, memory: 4096, memoryReservation: 512 }]";
    let tasks =
        "  - { name: jobs, taskDefinition: job, count: 20, arrivals: { at: [0s] }, duration: 1h }";
    let fleet = "{ instanceType: box, count: 1 }";
    let places = placed(&plan(fleet, containers, tasks, "delays: none"));
    let at_once = places.iter().filter(|(_, _, second)| *second == 0.0);
    assert_eq!((at_once.count(), places.len()), (16, 20));
}

#[test]
fn fact_13_static_ports_are_reserved_in_bridge_and_host_mode() {
    let ports = |mode: &str, mappings: &str| -> Vec<u16> {
        let demand = demand(&format!(
            "networkMode: {mode}, containerDefinitions: \
             [{{ name: a, image: x, memory: 64, portMappings: [{mappings}] }}]"
        ));
        let tcp = |port: &Port| port.protocol == Protocol::Tcp;
        assert!(demand.host_ports.iter().all(tcp));
        demand.host_ports.iter().map(|port| port.number).collect()
    };
    const NONE: [u16; 0] = [];
    let one = "{ containerPort: 80, hostPort: 8080 }";
    assert_eq!(ports("bridge", one), [8080]);
    assert_eq!(ports("host", "{ containerPort: 8080 }"), [8080]);
    assert_eq!(ports("awsvpc", "{ containerPort: 80 }"), NONE);
    let dynamic = "{ containerPort: 80, hostPort: 0 }, { containerPort: 81 }";
    assert_eq!(ports("bridge", dynamic), NONE);
    // Dynamic ports do not count to the 100 that an instance can reserve.
    let many: Vec<String> = (1..=150)
        .map(|port| format!("{{ containerPort: {port} }}"))
        .collect();
    assert_eq!(ports("bridge", &many.join(", ")), NONE);
}

#[test]
fn fact_13_a_reserved_port_keeps_the_next_task_away() {
    let at_once = |mode: &str, mapping: &str| -> Vec<usize> {
        let definition = format!(
            "networkMode: {mode}, containerDefinitions: \
             [{{ name: a, image: x, memory: 64, portMappings: [{mapping}] }}]"
        );
        let tasks = "  - { name: jobs, taskDefinition: job, count: 6, arrivals: { at: [0s] }, \
                     duration: 1h, placementPolicy: firstFit }";
        let fleet = "{ instanceType: box, count: 2 }";
        let places = placed(&plan(fleet, &definition, tasks, "delays: none"));
        assert_eq!(places.len(), 6, "all run in the end");
        let at_once = places.iter().filter(|(_, _, second)| *second == 0.0);
        at_once.map(|(_, instance, _)| *instance).collect()
    };
    let fixed = "{ containerPort: 80, hostPort: 8080 }";
    assert_eq!(at_once("bridge", fixed), [0, 1]);
    assert_eq!(at_once("host", "{ containerPort: 8080 }"), [0, 1]);
    assert_eq!(at_once("bridge", "{ containerPort: 80 }"), [0; 6]);
    // In awsvpc mode a task takes one of the two interfaces instead.
    assert_eq!(at_once("awsvpc", "{ containerPort: 80 }"), [0, 0, 1, 1]);
}

#[test]
fn fact_80_binpack_chooses_the_least_remaining_that_still_fits() {
    // Remaining: 4,096 / 8,192, 1,024 / 7,168, 2,048 / 2,048, 512 / 4,096.
    let tiny = Tiny::alike(4)
        .put(OURS, 1, (3_072, 1_024))
        .put(OURS, 2, (2_048, 6_144))
        .put(OURS, 3, (3_584, 4_096));
    let by = |field, size| tiny.choice(&[Binpack(field)], OURS, size);
    assert_eq!(by(Field::Cpu, (256, 128)), Some(3));
    assert_eq!(by(Field::Cpu, (1_024, 128)), Some(1));
    assert_eq!(by(Field::Cpu, (2_048, 128)), Some(2));
    assert_eq!(by(Field::Cpu, (3_000, 128)), Some(0));
    assert_eq!(by(Field::Memory, (256, 128)), Some(2));
    assert_eq!(by(Field::Memory, (256, 4_096)), Some(3));
    assert_eq!(by(Field::Memory, (1_024, 4_096)), Some(1));
    assert_eq!(by(Field::Memory, (256, 8_192)), Some(0));
    assert_eq!(by(Field::Memory, (4_096, 8_193)), None);
}

#[test]
fn fact_81_spread_counts_the_tasks_of_the_own_group() {
    let size = (256, 128);
    let tiny = Tiny::new(&[&[(ZONE, "a")], &[(ZONE, "b")]])
        .put(THEIRS, 0, size)
        .put(THEIRS, 0, size)
        .put(OURS, 1, size);
    for strategy in [Spread(SpreadField::InstanceId), by_zone()] {
        let chain = [strategy];
        assert_eq!(tiny.choice(&chain, OURS, size), Some(0));
        assert_eq!(tiny.choice(&chain, THEIRS, size), Some(1));
    }
}

#[test]
fn fact_81_entries_of_one_task_definition_are_one_group_unless_they_say_otherwise() {
    let second = |group: &str| {
        let tasks = format!(
            "  - {{ name: a, taskDefinition: job, arrivals: {{ at: [0s] }}, duration: 1h, placementStrategy: [{{ type: spread, field: instanceId }}] }}
  - {{ name: b, taskDefinition: job, arrivals: {{ at: [1s] }}, duration: 1h, {group}placementStrategy: [{{ type: spread, field: instanceId }}] }}"
        );
        let definition = "containerDefinitions: [{ name: a, image: x, memory: 64 }]";
        let fleet = "{ instanceType: box, count: 2 }";
        placed(&plan(fleet, definition, &tasks, "delays: none"))[1].1
    };
    assert_eq!(second(""), 1);
    assert_eq!(second("group: another, "), 0);
}

#[test]
fn fact_82_strategies_apply_in_the_order_of_the_list() {
    // Zone a has two tasks and the fullest instance of all, zone b one task.
    let tiny = Tiny::new(&[
        &[(ZONE, "a")],
        &[(ZONE, "a")],
        &[(ZONE, "b")],
        &[(ZONE, "b")],
    ])
    .put(OURS, 0, (256, 6_144))
    .put(OURS, 0, (256, 1_024))
    .put(OURS, 3, (256, 4_096));
    let size = (256, 512);
    let zone_first = [by_zone(), Binpack(Field::Memory)];
    let memory_first = [Binpack(Field::Memory), by_zone()];
    assert_eq!(tiny.choice(&zone_first, OURS, size), Some(3));
    assert_eq!(tiny.choice(&memory_first, OURS, size), Some(0));
    // Inside the zone the fullest that still fits.
    assert_eq!(tiny.choice(&zone_first, OURS, (256, 5_000)), Some(2));
}

#[test]
fn fact_83_a_strategy_keeps_only_the_best_and_the_next_one_chooses_among_them() {
    // Least CPU left on 1 and 2; of these least memory on 2.
    let tiny = Tiny::alike(3)
        .put(OURS, 0, (1_024, 7_168))
        .put(OURS, 1, (2_048, 1_024))
        .put(OURS, 2, (2_048, 2_048));
    let size = (256, 512);
    let chain = [Binpack(Field::Cpu), Binpack(Field::Memory)];
    assert_eq!(tiny.choice(&chain, OURS, size), Some(2));
    let chain = [Binpack(Field::Memory), Binpack(Field::Cpu)];
    assert_eq!(tiny.choice(&chain, OURS, size), Some(0));
}

#[test]
fn fact_83_ties_go_to_the_fewest_tasks_of_the_group_then_to_the_first_registered() {
    // 6,144 MiB are left on all but the last; of our tasks they have 2, 1, 1.
    let tiny = Tiny::alike(4)
        .put(OURS, 0, (256, 1_024))
        .put(OURS, 0, (256, 1_024))
        .put(OURS, 1, (256, 2_048))
        .put(OURS, 2, (256, 2_048));
    let size = (256, 512);
    let chain = [Binpack(Field::Memory)];
    assert_eq!(tiny.choice(&chain, OURS, size), Some(1));
    assert_eq!(tiny.choice(&chain, THEIRS, size), Some(0));
    // As full, and none of its tasks is ours.
    let tiny = tiny.put(THEIRS, 3, (256, 2_048));
    assert_eq!(tiny.choice(&chain, OURS, size), Some(3));
    assert_eq!(tiny.choice(&chain, THEIRS, size), Some(0));
}

#[test]
fn fact_83_random_picks_among_those_that_the_strategies_before_it_left() {
    let tiny = Tiny::alike(4)
        .put(OURS, 1, (256, 2_048))
        .put(OURS, 3, (512, 2_048));
    let chosen = |chain: &[Strategy]| -> BTreeSet<usize> {
        let births = 0..200;
        let chosen = births.map(|birth| tiny.choice_with(chain, OURS, (256, 512), birth));
        chosen.map(|place| place.expect("there is room")).collect()
    };
    let left = chosen(&[Binpack(Field::Memory), Random]);
    assert_eq!(left, BTreeSet::from([1, 3]));
    assert_eq!(chosen(&[Random]), BTreeSet::from([0, 1, 2, 3]));
}

#[test]
fn fact_84_spread_counts_tasks_that_are_to_run_from_their_placement_to_their_end() {
    // The second task comes while the first is still starting, the third after the first
    // has ended, the fourth after everybody has.
    let tasks = "  - { name: jobs, taskDefinition: job, arrivals: { at: [0s, 10s, 100s, 1h] }, \
                 duration: 30s, placementStrategy: [{ type: spread, field: instanceId }] }";
    let definition = "containerDefinitions: [{ name: a, image: x, memory: 64 }]";
    let fleet = "{ instanceType: box, count: 2 }";
    let places = placed(&plan(fleet, definition, tasks, "delays: { start: 65s }"));
    let expected = [(0, 0, 0.0), (1, 1, 10.0), (2, 0, 100.0), (3, 0, 3_600.0)];
    assert_eq!(places, expected);
}

#[test]
fn fact_85_candidates_without_the_attribute_share_one_group() {
    // The second instance counts what the first one has: both have the value "".
    let tiny = || Tiny::new(&[&[], &[], &[(RACK, "r1")], &[(RACK, "r2")]]);
    let size = (256, 128);
    let places = tiny().fill(&[by_rack()], size, 6);
    assert_eq!(places, [0, 2, 3, 1, 2, 3]);
    // A value "" of its own would be the same group.
    let named = Tiny::new(&[&[], &[(RACK, "")], &[(RACK, "r1")]]);
    assert_eq!(named.fill(&[by_rack()], size, 3), [0, 2, 1]);
}

#[test]
fn fact_86_values_without_an_instance_that_fits_do_not_count() {
    // Zone a has none of our tasks and no room, b has one, c has two.
    let size = (256, 128);
    let tiny = Tiny::new(&[&[(ZONE, "a")], &[(ZONE, "b")], &[(ZONE, "c")]])
        .put(THEIRS, 0, (4_096, 8_192))
        .put(OURS, 1, size)
        .put(OURS, 2, size)
        .put(OURS, 2, size);
    assert_eq!(tiny.choice(&[by_zone()], OURS, size), Some(1));
    // Nor does it when the spread comes later in the chain.
    let tiny = tiny.put(THEIRS, 1, size);
    let chain = [Binpack(Field::Cpu), by_zone()];
    assert_eq!(tiny.choice(&chain, OURS, size), Some(1));
    // A larger task that only fits where we have most.
    let tiny = tiny.put(THEIRS, 1, (3_072, 128));
    assert_eq!(tiny.choice(&[by_zone()], OURS, (1_024, 128)), Some(2));
}

#[test]
fn fact_89_each_placement_of_a_request_counts_for_the_next_one() {
    let tiny = || {
        Tiny::new(&[
            &[(ZONE, "a")],
            &[(ZONE, "a")],
            &[(ZONE, "b")],
            &[(ZONE, "c")],
        ])
    };
    let size = (1_024, 1_024);
    assert_eq!(tiny().fill(&[by_zone()], size, 6), [0, 2, 3, 1, 2, 3]);
    assert_eq!(
        tiny().fill(&[by_zone(), Binpack(Field::Cpu)], size, 6),
        [0, 2, 3, 0, 2, 3]
    );
    assert_eq!(
        tiny().fill(&[Binpack(Field::Cpu)], size, 6),
        [0, 0, 0, 0, 1, 1]
    );
    let tasks = "  - { name: jobs, taskDefinition: job, count: 4, arrivals: { at: [0s] }, \
                 duration: 30s, placementStrategy: [{ type: spread, field: instanceId }] }";
    let definition = "containerDefinitions: [{ name: a, image: x, memory: 64 }]";
    let fleet = "{ instanceType: box, count: 3 }";
    let places = placed(&plan(fleet, definition, tasks, "delays: none"));
    let instances: Vec<usize> = places.iter().map(|(_, instance, _)| *instance).collect();
    assert_eq!(instances, [0, 1, 2, 0]);
}

#[test]
fn an_attribute_of_the_scenario_is_what_spread_counts_by() {
    let fleet = "{ instanceType: box, count: 2 }, \
                 { instanceType: box, count: 1, attributes: { rack: r1 } }";
    let tasks = "  - { name: jobs, taskDefinition: job, count: 3, arrivals: { at: [0s] }, \
                 duration: 30s, placementStrategy: [{ type: spread, field: attribute:rack }] }";
    let definition = "containerDefinitions: [{ name: a, image: x, memory: 64 }]";
    let places = placed(&plan(fleet, definition, tasks, "delays: none"));
    let instances: Vec<usize> = places.iter().map(|(_, instance, _)| *instance).collect();
    let counts = instances.iter().fold(BTreeMap::new(), |mut counts, at| {
        *counts.entry(*at).or_insert(0) += 1;
        counts
    });
    assert_eq!(counts, BTreeMap::from([(0, 1), (1, 1), (2, 1)]));
}

#[test]
fn a_plan_with_services_needs_a_policy_for_each() {
    let plan = plan(
        "{ instanceType: box, count: 1 }",
        "containerDefinitions: [{ name: job, image: x, memory: 512 }]",
        "  - { name: jobs, taskDefinition: job, arrivals: { at: [0s] }, duration: 1h }",
        "services: [{ serviceName: web, taskDefinition: job, desiredCount: 1, launchType: EC2 }]\n\
         delays: none\n\
         variants: [{ name: an-hour, until: 1h }]",
    );
    let play = |policies: usize| {
        let schedulers = |plan: &Plan| -> Box<dyn Scheduler> {
            let first_fit = |_| built_in(&PlacementRule::FirstFit);
            let placements = PerWork {
                entries: vec![first_fit(0)],
                services: (1..policies).map(first_fit).collect(),
            };
            Box::new(OneByOne::new(plan.job_queue.order, placements))
        };
        let stop = AtomicBool::new(false);
        play(&plan, 1, &schedulers, &stop).map(|_| ())
    };
    play(2).expect("one for `jobs`, one for `web`");
    for policies in [1, 3] {
        let error = play(policies).expect_err("they are too few or too many");
        let services = policies - 1;
        let expected = format!("has policies for 1 entries and {services} services, for a plan");
        assert!(error.to_string().contains(&expected), "{error}");
    }
}
