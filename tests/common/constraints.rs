//! Worlds with constraints `memberOf`, and what each of their expressions means in plain words of
//! this test.

use super::worlds::{Dice, Site};
use ecsim::engine::random::SplitMix64;
use ecsim::plan::{Capacity, Count, Plan, Query};

/// What an instance is, for [`EXPRESSIONS`].
pub struct Seen<'a> {
    /// Its number in order of launch.
    pub number: usize,
    /// The name of its zone.
    pub zone: &'a str,
    /// Its place and its attributes.
    pub site: &'a Site,
    /// The groups of the tasks on it.
    pub groups: Vec<&'a str>,
}

impl Seen<'_> {
    fn rack(&self) -> Option<&str> {
        self.site.attributes.get("rack").map(String::as_str)
    }

    fn hosts(&self, group: &str) -> bool {
        self.groups.contains(&group)
    }
}

type Meaning = fn(&Seen<'_>) -> bool;

/// Expressions with their meaning.
pub const EXPRESSIONS: [(&str, Meaning); 13] = [
    ("attribute:rack == a", |of| of.rack() == Some("a")),
    ("attribute:rack != a", |of| of.rack() != Some("a")),
    ("attribute:rack !exists", |of| of.rack().is_none()),
    ("attribute:ecs.instance-type =~ 'type-[01]'", |of| {
        of.site.instance_type < 2
    }),
    (
        "attribute:ecs.availability-zone in [zone-0, zone-2]",
        |of| of.zone != "zone-1",
    ),
    ("runningTasksCount < 2", |of| of.groups.len() < 2),
    ("runningTasksCount >= 1 or attribute:rack == b", |of| {
        !of.groups.is_empty() || of.rack() == Some("b")
    }),
    ("task:group == group-0 or runningTasksCount == 0", |of| {
        of.hosts("group-0") || of.groups.is_empty()
    }),
    ("not(task:group == group-1)", |of| !of.hosts("group-1")),
    (
        "not(task:group =~ 'group-[12]') and agentConnected == true",
        |of| !of.hosts("group-1") && !of.hosts("group-2"),
    ),
    ("ec2InstanceId !in [i-0, i-2, i-5]", |of| {
        ![0, 2, 5].contains(&of.number)
    }),
    ("ec2InstanceId =~ 'i-[0-9]*[13579]'", |of| {
        of.number % 2 == 1
    }),
    (
        "registeredAt <= 1970-01-01 and not runningTasksCount > 3",
        |of| of.groups.len() <= 3,
    ),
];

/// The meaning of an expression of [`EXPRESSIONS`].
pub fn meaning(of: &Query) -> Meaning {
    let known = EXPRESSIONS.iter().find(|(text, _)| *text == of.text());
    known.expect("an expression of the table").1
}

/// Gives most entries constraints, and every other world fleets that are large enough for the
/// indexes of large pools.
pub fn constrain(plan: &mut Plan, seed: u64) {
    let mut dice = Dice(SplitMix64(seed ^ 0x5EED));
    for entry in plan
        .tasks
        .iter_mut()
        .filter(|entry| !entry.demand.on_fargate)
    {
        for _ in 0..dice.of(&[0, 1, 1, 2]) {
            let text = dice.of(&EXPRESSIONS).0;
            let query = Query::parse(text).expect("an expression");
            entry.demand.member_of.push(query);
        }
    }
    if !seed.is_multiple_of(2) {
        return;
    }
    for provider in &mut plan.cluster.providers {
        let Capacity::Fleet(members) = &mut provider.capacity else {
            continue;
        };
        for member in members {
            let Count::Fixed(count) = member.count else {
                continue;
            };
            member.count = Count::Fixed(count * 15);
        }
    }
}
