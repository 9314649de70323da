//! ECS's placement strategies and their chains (facts/ecs.md 79 to 89).
//!
//! A chain starts with all instances that fit. Each strategy keeps some of them: `spread` keeps
//! the instances whose value has the fewest tasks of the group, `binpack` those with the least
//! remaining. Of the instances that the last strategy keeps, the one with the fewest tasks of
//! the group is chosen, then the earliest launched (facts/ecs.md 83). A chain is therefore one
//! lexicographic minimum. A `random` in the chain ends it: it chooses among the instances that
//! the strategies before it keep.

use super::least::least;
use super::{Placement, SpreadField, Strategy, Work};
use crate::cluster::{Cluster, Counted, Instance, InstanceId, PoolId, Request, Requirement};

/// Parts of a key: at most five strategies (facts/ecs.md 49) and the tie-break by tasks of the
/// group.
const MOST_KEYS: usize = 6;
type Key = [u64; MOST_KEYS];

/// A chain of ECS strategies. An empty chain chooses at random, as `RunTask` does
/// (facts/ecs.md 88).
#[derive(Clone, Debug)]
pub struct EcsStrategies {
    /// The attributes of the spreads at the head of the chain. All instances of a pool have the
    /// same values, so that these strategies choose among pools.
    leading: Vec<String>,
    /// The strategies after those, up to the first `random`.
    rest: Vec<Strategy>,
    /// True when one of the instances that `rest` keeps is chosen at random.
    random: bool,
}

impl EcsStrategies {
    /// A chain of strategies, applied in this order.
    ///
    /// # Panics
    /// When there are more than five strategies before a `random` (facts/ecs.md 49).
    pub fn new(strategies: Vec<Strategy>) -> Self {
        let random = strategies.is_empty() || strategies.contains(&Strategy::Random);
        let mut rest: Vec<Strategy> = strategies
            .into_iter()
            .take_while(|s| *s != Strategy::Random)
            .collect();
        let mut leading = Vec::new();
        while let Some(Strategy::Spread(SpreadField::Attribute(name))) = rest.first() {
            leading.push(name.clone());
            rest.remove(0);
        }
        assert!(
            leading.len() + rest.len() < MOST_KEYS,
            "at most five strategies"
        );
        Self {
            leading,
            rest,
            random,
        }
    }

    /// The instance that the rest of the chain chooses in some pools.
    fn among(&self, pools: &[PoolId], work: &Work<'_>, cluster: &Cluster) -> Option<InstanceId> {
        let request = &work.request();
        if self.random {
            return self.at_random(pools, work, cluster);
        }
        let group = request.requirement.group;
        let tasks = |id| cluster.tasks_of_group(id, group);
        // Each arm takes the quickest search whose order agrees with the key of the chain.
        match *self.rest.as_slice() {
            [Strategy::Binpack(field)] => least(pools, |pool| {
                cluster.least_free(pool, field, false, request, |id, i| {
                    (i.free(field), tasks(id))
                })
            }),
            [Strategy::Binpack(field), Strategy::Binpack(second)] => least(pools, |pool| {
                cluster.least_free(pool, field, second != field, request, |id, instance| {
                    (instance.free(field), instance.free(second), tasks(id))
                })
            }),
            [Strategy::Binpack(field), ..] => least(pools, |pool| {
                cluster.least_free(pool, field, false, request, |id, i| {
                    self.key(id, i, request, cluster)
                })
            }),
            // Without a strategy the tie-break decides: the fewest tasks of the group.
            [] | [Strategy::Spread(SpreadField::InstanceId), ..] => least(pools, |pool| {
                let counted = Counted::Group(group);
                cluster.fewest(pool, counted, self.rest.len() < 2, request, |id, i| {
                    self.key(id, i, request, cluster)
                })
            }),
            _ => {
                let narrowed = Requirement {
                    pools: pools.to_vec(),
                    ..request.requirement.clone()
                };
                let request = Request {
                    requirement: &narrowed,
                    ..*request
                };
                cluster
                    .scan(&request, |id, i| self.key(id, i, &request, cluster))
                    .map(|(_, id)| id)
            }
        }
    }

    /// The values that the rest of the chain compares, in order; the least key is chosen.
    fn key(&self, id: InstanceId, i: &Instance, request: &Request<'_>, cluster: &Cluster) -> Key {
        let group = request.requirement.group;
        let mut key = [0; MOST_KEYS];
        for (part, strategy) in key.iter_mut().zip(&self.rest) {
            *part = match strategy {
                Strategy::Binpack(field) => i.free(*field),
                Strategy::Spread(SpreadField::InstanceId) => {
                    u64::from(cluster.tasks_of_group(id, group))
                }
                Strategy::Spread(SpreadField::Attribute(name)) => {
                    u64::from(cluster.tasks_by_attribute(name, i.pool(), group))
                }
                Strategy::Random => 0,
            };
        }
        if !self.random {
            key[self.rest.len()] = u64::from(cluster.tasks_of_group(id, group));
        }
        key
    }

    /// One of the instances that the rest of the chain keeps, with equal probability.
    fn at_random(
        &self,
        pools: &[PoolId],
        work: &Work<'_>,
        cluster: &Cluster,
    ) -> Option<InstanceId> {
        let request = &work.request();
        let mut stream = work.stream();
        if self.rest.is_empty() {
            // Drawing instances until one fits has the same distribution as drawing among those
            // that fit, and is quicker while many fit.
            let count: usize = pools
                .iter()
                .map(|p| cluster.pool(*p).instances().len())
                .sum();
            for _ in 0..DRAWS.min(count) {
                let mut position = stream.below(count as u64) as usize;
                for pool in pools {
                    let instances = cluster.pool(*pool).instances();
                    if let Some(id) = instances.get(position) {
                        if cluster.fits(*id, request) {
                            return Some(*id);
                        }
                        break;
                    }
                    position -= instances.len();
                }
            }
        }
        let mut kept = self.kept(pools, request, cluster);
        let count: usize = kept.iter().map(Vec::len).sum();
        if count == 0 {
            return None;
        }
        // The choice is a place in the order of the pools, then of launch.
        let mut choice = stream.below(count as u64) as usize;
        for pool in &mut kept {
            if choice < pool.len() {
                return Some(*pool.select_nth_unstable(choice).1);
            }
            choice -= pool.len();
        }
        None
    }

    /// By pool: the instances that the rest of the chain keeps, in any order.
    fn kept(
        &self,
        pools: &[PoolId],
        request: &Request<'_>,
        cluster: &Cluster,
    ) -> Vec<Vec<InstanceId>> {
        let fitting = pools.iter().map(|pool| cluster.fitting(*pool, request));
        if self.rest.is_empty() {
            return fitting.collect();
        }
        let mut best: Option<Key> = None;
        let mut kept: Vec<Vec<InstanceId>> = Vec::new();
        for fitting in fitting {
            let mut here = Vec::new();
            for id in fitting {
                let key = self.key(id, cluster.instance(id), request, cluster);
                if best.is_none_or(|least| key < least) {
                    best = Some(key);
                    kept.iter_mut().for_each(Vec::clear);
                    here.clear();
                }
                if best == Some(key) {
                    here.push(id);
                }
            }
            kept.push(here);
        }
        kept
    }
}

/// Number of draws among all instances before the instances that fit are listed.
const DRAWS: usize = 16;

impl Placement for EcsStrategies {
    fn place(&mut self, work: &Work<'_>, cluster: &Cluster) -> Option<InstanceId> {
        let requirement = work.requirement;
        if self.leading.is_empty() {
            return self.among(&requirement.pools, work, cluster);
        }
        // Pools by the tasks of their values, the fewest first. Values without an instance that
        // fits are left out (facts/ecs.md 86): then the next pools are tried.
        let count = |pool: PoolId| -> [u64; MOST_KEYS] {
            let mut counts = [0; MOST_KEYS];
            for (part, name) in counts.iter_mut().zip(&self.leading) {
                *part = u64::from(cluster.tasks_by_attribute(name, pool, requirement.group));
            }
            counts
        };
        // Most pools of a provider with many types have no instance.
        let has_instances = |pool: &&PoolId| !cluster.pool(**pool).instances().is_empty();
        let pools = requirement.pools.iter().filter(has_instances);
        let mut pools: Vec<(Key, PoolId)> = pools.map(|pool| (count(*pool), *pool)).collect();
        pools.sort_unstable();
        pools.chunk_by(|a, b| a.0 == b.0).find_map(|equal| {
            let equal: Vec<PoolId> = equal.iter().map(|(_, pool)| *pool).collect();
            self.among(&equal, work, cluster)
        })
    }

    fn is_greedy(&self) -> bool {
        true
    }
}
