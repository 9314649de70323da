//! The expressions of the constraints `memberOf` of a task, each by itself: which of them an instance
//! does not meet, and what is left when one of them is dropped.

use super::sight::Sight;
use crate::cluster::{Condition, InstanceId, Known, MemberOf, PoolId, Query, Requirement};
use crate::simulation::task_groups;
use serde::Serialize;
use std::collections::BTreeMap;

/// An expression of a constraint `memberOf`, and how many instances do not meet it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Unmet {
    /// The expression.
    pub expression: String,
    /// The instances that do not meet it.
    pub failing: usize,
    /// The instances of the platform that the task needs.
    pub of: usize,
    /// True where no instance of any type and zone of its capacity providers can ever meet it.
    pub never: bool,
}

/// The expressions of a task, with what each comes to on each pool.
pub(super) struct Expressions<'a> {
    queries: &'a [Query],
    /// By pool of the task's capacity providers and platform: a condition for each expression.
    pools: BTreeMap<PoolId, Vec<Condition>>,
}

impl<'a> Expressions<'a> {
    pub(super) fn of(sight: &Sight<'a>) -> Self {
        let queries = sight.demand().member_of.as_slice();
        let groups = task_groups(sight.plan);
        let own = sight.work.requirement;
        let pools = own.pools.iter().chain(&own.member_of.excluded);
        let bound = pools.map(|pool| {
            let spec = &sight.cluster.pool(*pool).spec;
            let known = Known {
                attributes: &spec.attributes,
                agent_version: spec.agent_version.as_deref(),
                groups: Some(&groups),
                start: sight.plan.start_unix_seconds,
            };
            let bind = |query: &Query| query.bind(&known);
            (*pool, queries.iter().map(bind).collect())
        });
        let pools = match queries.is_empty() {
            true => BTreeMap::new(),
            false => bound.collect(),
        };
        Self { queries, pools }
    }

    /// The expressions that an instance does not meet.
    pub(super) fn unmet_by(&self, sight: &Sight<'_>, id: InstanceId) -> Vec<String> {
        let pool = sight.cluster.instance(id).pool();
        let conditions = self.pools.get(&pool).map_or(&[][..], Vec::as_slice);
        let failing = self
            .queries
            .iter()
            .zip(conditions)
            .filter(|(_, condition)| !sight.cluster.meets(id, condition));
        failing.map(|(query, _)| query.text().to_string()).collect()
    }

    /// How many of the instances that could be given the task do not meet each expression; those
    /// expressions that all of them can meet are left out.
    pub(super) fn counted(&self, sight: &Sight<'_>) -> Vec<Unmet> {
        let is_own = |id: &InstanceId| {
            let pool = sight.cluster.instance(*id).pool();
            self.pools.contains_key(&pool)
        };
        let ids: Vec<InstanceId> = sight.hosts().filter(is_own).collect();
        let is_never = |number: usize| {
            let mut pools = self.pools.values();
            pools.all(|conditions| conditions[number] == Condition::Always(false))
        };
        let unmet = |(number, query): (usize, &Query)| {
            let fails = |id: &&InstanceId| {
                let pool = sight.cluster.instance(**id).pool();
                !sight.cluster.meets(**id, &self.pools[&pool][number])
            };
            Unmet {
                expression: query.text().into(),
                failing: ids.iter().filter(fails).count(),
                of: ids.len(),
                never: is_never(number),
            }
        };
        let all = self.queries.iter().enumerate().map(unmet);
        all.filter(|unmet| unmet.failing > 0 || unmet.never)
            .collect()
    }

    /// True where each expression is met by some instance that could be given the task, and no instance
    /// meets all of them.
    pub(super) fn excluding(&self, sight: &Sight<'_>) -> bool {
        let meets = |id: InstanceId| {
            let pool = sight.cluster.instance(id).pool();
            let conditions = self.pools.get(&pool)?;
            let met = conditions
                .iter()
                .map(|condition| sight.cluster.meets(id, condition));
            Some(met.collect::<Vec<bool>>())
        };
        let mut by_some = vec![false; self.queries.len()];
        for met in sight.hosts().filter_map(meets) {
            if met.iter().all(|met| *met) {
                return false;
            }
            by_some
                .iter_mut()
                .zip(met)
                .for_each(|(some, met)| *some |= met);
        }
        by_some.len() > 1 && by_some.iter().all(|some| *some)
    }

    /// The expressions.
    pub(super) fn texts(&self) -> Vec<String> {
        let texts = self.queries.iter().map(|query| query.text().to_string());
        texts.collect()
    }

    /// The conditions of the task without some of its expressions, by their numbers.
    pub(super) fn without(&self, own: &Requirement, dropped: &[usize]) -> Requirement {
        let left = |(pool, all): (&PoolId, &Vec<Condition>)| {
            let numbered = all.iter().enumerate();
            let kept = numbered.filter(|(number, _)| !dropped.contains(number));
            let kept: Vec<Condition> = kept
                .map(|(_, condition)| condition.clone())
                .filter(|condition| *condition != Condition::Always(true))
                .collect();
            let condition = match kept.as_slice() {
                [] => Condition::Always(true),
                kept if kept.contains(&Condition::Always(false)) => Condition::Always(false),
                _ => Condition::All(kept),
            };
            (*pool, condition)
        };
        let member_of = MemberOf::new(self.pools.iter().map(left));
        let pools = self.pools.keys().copied();
        Requirement {
            pools: pools.filter(|pool| !member_of.excludes(*pool)).collect(),
            member_of,
            ..own.clone()
        }
    }
}
