//! Warns of work that can never run, because its groups begin without instances and nothing adds
//! some.

use crate::plan::{Capacity, Cluster, Count, Target};
use crate::scenario::reading::reader::{Cursor, ticked};

/// Work with its place in the scenario.
pub struct Placed<'w, 'a> {
    /// The place of the entry or the service.
    pub at: Cursor<'a>,
    /// Its name.
    pub name: &'w str,
    /// Where it may run.
    pub target: &'w Target,
}

/// Warns of work of which no provider has an instance or can get one, once for each reason. Managed
/// scaling launches instances only for tasks of its own capacity provider, not for those of the launch
/// type EC2 (facts/ecs.md 54).
pub fn warn(works: &[Placed<'_, '_>], cluster: &Cluster) {
    // Tasks of the launch type EC2 can share the instances that other work brings in.
    let is_asked = |provider: usize| {
        works
            .iter()
            .any(|w| w.target.providers().contains(&provider))
    };
    let mut found: Vec<Never<'_, '_, '_>> = Vec::new();
    for work in works {
        let wanted = work.target.providers();
        let own = cluster.providers_of(work.target);
        let mut empty = Vec::new();
        let mut has_room = false;
        for (index, provider) in own {
            match &provider.capacity {
                Capacity::Group(group) if group.max_size > 0 => {
                    let grows = group.grows_for_tasks() && is_asked(index);
                    has_room |= group.min_size.max(group.desired_capacity) > 0 || grows;
                    empty.push(provider.name.as_str());
                }
                Capacity::Fleet(members) => {
                    has_room |= members.iter().any(|m| m.count != Count::Fixed(0));
                }
                Capacity::Group(_) | Capacity::Fargate | Capacity::FargateSpot => {
                    has_room |= !wanted.is_empty() && provider.capacity.is_fargate();
                }
            }
        }
        if has_room || empty.is_empty() {
            continue;
        }
        let groups = match empty.as_slice() {
            [one] => format!("group `{one}` begins with no instance"),
            several => format!("groups `{}` begin with no instance", several.join("`, `")),
        };
        let (why, hint) = match work.target {
            Target::AnyInstance => (
                "the launch type EC2 starts none",
                "name a capacity provider with managed scaling in `capacityProviderStrategy`, or give \
                 the group a `minSize` above 0",
            ),
            _ => (
                "it has no managed scaling",
                "add `managedScaling: { status: ENABLED }`, or give the group a `minSize` above 0",
            ),
        };
        let message = format!("can never run: {groups}, and {why}");
        match found.iter_mut().find(|never| never.message == message) {
            Some(never) => never.works.push(work),
            None => found.push(Never {
                message,
                hint,
                works: vec![work],
            }),
        }
    }
    for Never {
        message,
        hint,
        works,
    } in found
    {
        let names = ticked(works.iter().map(|work| work.name));
        let first = works[0].at.problem(format!("{names} {message}"));
        first.hint(hint).warning().report();
    }
}

/// Work that can never run for the same reason.
struct Never<'f, 'w, 'a> {
    message: String,
    hint: &'static str,
    works: Vec<&'f Placed<'w, 'a>>,
}
