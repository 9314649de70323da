//! Fixed fleets, and instance types that a scenario defines.

use super::{VALID, check, valid, with};
use crate::plan::Count;
use crate::units::{Cpu, Memory, Span};

#[test]
fn fleets_are_checked() {
    check(
        &with("m6i.large", "m6i.larg"),
        r#"
error: there is no instance type `m6i.larg`
  shop.yaml:7:31  cluster.capacityProviders.ec2.fleet.0.instanceType
  7 |       fleet: [{ instanceType: m6i.larg, count: 2 }]
    |                               ^^^^^^^^
hint: did you mean `m6i.large`? `ecsim catalog instances` lists all; `instanceTypes` defines your own"#,
    );
    check(
        &with("m6i.large", "g4dn.xlarge"),
        r#"
error: no price of `g4dn.xlarge` is known in `us-east-1`
  shop.yaml:7:31  cluster.capacityProviders.ec2.fleet.0.instanceType
  7 |       fleet: [{ instanceType: g4dn.xlarge, count: 2 }]
    |                               ^^^^^^^^^^^
hint: choose another type or region, or define a type of your own with a `price` in `instanceTypes`"#,
    );
    check(
        &with("count: 2", "count: -2"),
        r#"
error: `-2` is not a count
  shop.yaml:7:49  cluster.capacityProviders.ec2.fleet.0.count
  7 |       fleet: [{ instanceType: m6i.large, count: -2 }]
    |                                                 ^^
hint: expected a whole number, `fit`, or `{ fit: { longestWait: 5m } }`"#,
    );
    check(
        &with("count: 2", "count: many"),
        r#"
error: `many` is not a count
  shop.yaml:7:49  cluster.capacityProviders.ec2.fleet.0.count
  7 |       fleet: [{ instanceType: m6i.large, count: many }]
    |                                                 ^^^^
hint: expected a whole number, `fit`, or `{ fit: { longestWait: 5m } }`"#,
    );
    check(
        &with("count: 2", "count: 2.5"),
        r#"
error: `2.5` is not valid here
  shop.yaml:7:49  cluster.capacityProviders.ec2.fleet.0.count
  7 |       fleet: [{ instanceType: m6i.large, count: 2.5 }]
    |                                                 ^^^
hint: expected a whole number from 0 to 1000000"#,
    );
    check(
        &with("count: 2", "count: { fit: { longest: 5m } }"),
        r#"
error: `longest` is not a key of `fitBound`
  shop.yaml:7:58  cluster.capacityProviders.ec2.fleet.0.count.fit.longest
  7 |       fleet: [{ instanceType: m6i.large, count: { fit: { longest: 5m } } }]
    |                                                          ^^^^^^^
hint: did you mean `longestWait`?"#,
    );
    check(
        &with("count: 2", "count: 0"),
        r#"
error: there is no instance that these tasks could run on
  shop.yaml:14:5  tasks.reports
  14 |   - name: reports
     |     ^
hint: give a provider's `fleet` a count, or its `autoScalingGroup` a `maxSize`, above 0, or set `launchType: FARGATE`"#,
    );
    check(
        &with(
            "fleet: [{ instanceType: m6i.large, count: 2 }]",
            "fleet: []",
        ),
        r#"
error: this fleet is empty
  shop.yaml:7:14  cluster.capacityProviders.ec2.fleet
  7 |       fleet: []
    |              ^"#,
    );
    check(
        &with("      fleet: [{ instanceType: m6i.large, count: 2 }]\n", ""),
        r#"
error: `ec2` has no `fleet`
  shop.yaml:6:7  cluster.capacityProviders.ec2
  6 |     - name: ec2
    |       ^
hint: give it `fleet: [{ instanceType: m6i.large, count: 3 }]`, an `autoScalingGroup`, or `managedInstancesProvider: {}`"#,
    );
    check(
        &with("    - name: ec2", "    - name: ec2\n    - name: ec2"),
        r#"
error: `ec2` has no `fleet`
  shop.yaml:6:7  cluster.capacityProviders.ec2
  6 |     - name: ec2
    |       ^
hint: give it `fleet: [{ instanceType: m6i.large, count: 3 }]`, an `autoScalingGroup`, or `managedInstancesProvider: {}`

error: there are two entries named `ec2`
  shop.yaml:7:7  cluster.capacityProviders.ec2
  7 |     - name: ec2
    |       ^
hint: names must differ"#,
    );
    check(
        &with("    - name: ec2", "    - name: idle"),
        r#"
error: `idle` is reserved for figures
  shop.yaml:6:13  cluster.capacityProviders.idle.name
  6 |     - name: idle
    |             ^^^^
hint: choose another, such as `on-demand`"#,
    );
    check(
        &with(
            "count: 2 }",
            "count: fit }, { instanceType: m6i.xlarge, count: { fit: { longestWait: 5m } } }",
        ),
        r#"
error: all counts with `fit` must have the same bound, not `0s` and `5m`
  shop.yaml:5:3  cluster
  5 |   capacityProviders:
    |   ^
hint: give all of them the same `longestWait`"#,
    );
    check(
        &with(
            "count: 2",
            "count: 2, rootVolume: big, attributes: { ecs.os-type: x }",
        ),
        r#"
error: `big` is not a unit of memory
  shop.yaml:7:64  cluster.capacityProviders.ec2.fleet.0.rootVolume
  7 | 6i.large, count: 2, rootVolume: big, attributes: { ecs.os-type: x } }]
    |                                 ^^^
hint: expected a size such as `512 MiB`, `2 GB` or `1.5 GiB`

error: `ecs.os-type` follows from the type and the zone of an instance
  shop.yaml:7:96  cluster.capacityProviders.ec2.fleet.0.attributes."ecs.os-type"
  7 | big, attributes: { ecs.os-type: x } }]
    |                                 ^
hint: remove it; `ecs.availability-zone`, `ecs.cpu-architecture`, `ecs.instance-type`, `ecs.os-family`, `ecs.os-type` are never given"#,
    );
}

#[test]
fn every_key_of_a_fleet_is_read() {
    let text = with(
        "count: 2 }",
        "count: { fit: { longestWait: 5m } }, availabilityZones: [us-east-1c, us-east-1a], rootVolume: none, attributes: { rack: r1 } }",
    );
    let plan = &valid(&text, &[]).study.variants[0];
    let crate::plan::Capacity::Fleet(members) = &plan.cluster.providers[0].capacity else {
        panic!("not a fleet");
    };
    assert_eq!(members[0].zones, [2, 0]);
    assert_eq!(members[0].root_volume, None);
    assert_eq!(members[0].attributes["rack"], "r1");
    assert_eq!(
        members[0].count,
        Count::Fit {
            longest_wait: Span::seconds(300)
        }
    );
}

#[test]
fn instance_types_of_the_scenario_are_read() {
    let own = "instanceTypes:\n  - { name: rack, vcpu: 16, memory: 64 GiB, registeredMemory: 64 GiB, price: $0.50/h }\n  - { name: half, vcpu: 0.5, memory: 1 GiB, gpus: 2, taskInterfaces: 3, architecture: ARM64, price: 0 }\n";
    let text = format!(
        "{}{own}",
        with(
            "m6i.large, count: 2",
            "rack, count: 1 }, { instanceType: half, count: 1"
        )
    );
    let plan = &valid(&text, &[]).study.variants[0];
    let [rack, half] = &plan.cluster.instance_types[..] else {
        panic!("two types")
    };
    assert_eq!((rack.cpu, rack.memory), (Cpu::vcpus(16), Memory::gib(64)));
    assert_eq!(rack.price_per_hour.unwrap().as_cents(), 50);
    assert!(rack.own);
    // facts/ecs.md 39: floor(0.95 x 1024).
    assert_eq!((half.cpu, half.memory), (Cpu::units(512), Memory::mib(972)));
    assert_eq!((half.gpus, half.task_interfaces), (2, 3));
    // Own types have no root volume unless set.
    let crate::plan::Capacity::Fleet(members) = &plan.cluster.providers[0].capacity else {
        panic!("not a fleet");
    };
    assert_eq!(members[0].root_volume, None);

    let bad = "instanceTypes:\n  - { name: m6i.large, vcpu: 0, memory: 64, price: -$1 }\n  - { name: rack, vcpu: x, memory: 1 GiB }\n";
    check(
        &format!("{VALID}{bad}"),
        r#"
error: `m6i.large` is a type of the catalog
  shop.yaml:20:5  instanceTypes."m6i.large"
  20 |   - { name: m6i.large, vcpu: 0, memory: 64, price: -$1 }
     |     ^
hint: choose another name for your own

error: `0` is not a number of vCPUs
  shop.yaml:20:30  instanceTypes."m6i.large".vcpu
  20 |   - { name: m6i.large, vcpu: 0, memory: 64, price: -$1 }
     |                              ^
hint: expected a number such as `16`

error: `64` has no unit
  shop.yaml:20:41  instanceTypes."m6i.large".memory
  20 |   - { name: m6i.large, vcpu: 0, memory: 64, price: -$1 }
     |                                         ^^
hint: expected a size such as `512 MiB`, `2 GB` or `1.5 GiB`

error: `-$1` is negative
  shop.yaml:20:52  instanceTypes."m6i.large".price
  20 |   - { name: m6i.large, vcpu: 0, memory: 64, price: -$1 }
     |                                                    ^^^
hint: expected dollars such as `$0.10` (a price per hour: `$0.50/h`)

error: `price` is missing
  shop.yaml:21:5  instanceTypes.rack
  21 |   - { name: rack, vcpu: x, memory: 1 GiB }
     |     ^
hint: add `price:`, on-demand price per hour, such as `$0.50/h`

error: `x` is not a number of vCPUs
  shop.yaml:21:25  instanceTypes.rack.vcpu
  21 |   - { name: rack, vcpu: x, memory: 1 GiB }
     |                         ^
hint: expected a number such as `16`"#,
    );
}
