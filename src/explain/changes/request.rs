//! Changes of the task: smaller, without a constraint, on another capacity provider.

use super::change::{Change, Tried};
use super::trial::{add, is_lacking, place_at_once, try_request};
use crate::cluster::{InstanceId, Lack, PoolId, ProviderId, Request, Requirement, Shape};
use crate::explain::expressions::Expressions;
use crate::explain::hosts::HostName;
use crate::explain::sight::Sight;
use crate::units::{Cpu, MIB, Memory};
use std::collections::{BTreeMap, BTreeSet};

/// The task fits as it is, and only its place in the queue keeps it waiting.
pub(super) fn skip_ahead(sight: &Sight<'_>, found: &mut Vec<Tried>) {
    if !sight.is_head_of_line || sight.before.is_empty() {
        return;
    }
    let mut copy = sight.cluster.clone();
    let chosen = place_at_once(sight, &mut copy, sight.request());
    let placed = chosen.map(|id| HostName::of(sight.plan, &copy, id));
    add(found, Change::SkipAhead, placed);
}

/// Less CPU, less memory, or where neither is enough less of both: the least reduction that fits an
/// instance on which nothing else is lacking.
pub(super) fn smaller(sight: &Sight<'_>, found: &mut Vec<Tried>) {
    let request = sight.request();
    let shape = request.shape;
    let (cpu, memory) = (shape.cpu.as_base(), shape.memory.as_bytes());
    let others = Lack::CHECKED
        .into_iter()
        .filter(|lack| !matches!(lack, Lack::Cpu | Lack::Memory));
    // What each instance would allow, rounded down to ECS's units.
    let allowed = sight.hosts().filter_map(|id| {
        let lacks = |lack| sight.cluster.lacks(id, &request, lack);
        if others.clone().any(lacks) {
            return None;
        }
        let free = sight.cluster.instance(id).free_shape();
        let unit = Cpu::units(1).as_base();
        let fits_cpu = cpu.min(free.cpu.as_base() / unit * unit);
        let fits_memory = memory.min(free.memory.as_bytes() / MIB * MIB);
        (fits_cpu > 0 && fits_memory > 0).then_some((fits_cpu, fits_memory))
    });
    let allowed: BTreeSet<(u64, u64)> = allowed.collect();
    let less_cpu = allowed.iter().filter(|fit| fit.1 == memory && fit.0 < cpu);
    let less_cpu = less_cpu.max_by_key(|fit| fit.0);
    let less_memory = allowed.iter().filter(|fit| fit.0 == cpu && fit.1 < memory);
    let less_memory = less_memory.max_by_key(|fit| fit.1);
    let left = |fit: &(u64, u64)| share(fit.0, cpu) + share(fit.1, memory);
    let mut fits: Vec<(u64, u64)> = less_cpu.into_iter().chain(less_memory).copied().collect();
    if fits.is_empty() {
        let both = allowed.iter().filter(|fit| fit.0 < cpu && fit.1 < memory);
        fits.extend(both.max_by_key(|fit| left(fit)).copied());
    }
    // The smallest reduction first, as a share of what the task asks for.
    fits.sort_by_key(|fit| std::cmp::Reverse(left(fit)));
    for (cpu, memory) in fits {
        let (cpu, memory) = (Cpu::base(cpu), Memory::bytes(memory));
        let smaller = Shape {
            cpu,
            memory,
            ..shape
        };
        let placed = try_request(sight, smaller, request.requirement);
        add(found, Change::Smaller { cpu, memory }, placed);
    }
}

/// The task with the CPU and memory that are free on an instance, where it then fits there.
pub(in crate::explain) fn smaller_on(sight: &Sight<'_>, id: InstanceId) -> Option<Change> {
    let request = sight.request();
    let free = sight.cluster.instance(id).free_shape();
    let cpu = request.shape.cpu.as_base();
    let cpu = cpu.min(free.cpu.as_base() / Cpu::units(1).as_base() * Cpu::units(1).as_base());
    let memory = request.shape.memory.as_bytes();
    let memory = memory.min(free.memory.as_bytes() / MIB * MIB);
    let (cpu, memory) = (Cpu::base(cpu), Memory::bytes(memory));
    let shape = Shape {
        cpu,
        memory,
        ..request.shape
    };
    let requirement = request.requirement;
    let fits = sight.cluster.fits(id, &Request { shape, requirement });
    let is_some = cpu.as_base() > 0 && memory.as_bytes() > 0;
    (fits && is_some && shape != request.shape).then_some(Change::Smaller { cpu, memory })
}

/// A part of a whole, in millionths.
pub(super) fn share(part: u64, whole: u64) -> u128 {
    u128::from(part) * 1_000_000 / u128::from(whole.max(1))
}

pub(super) fn fewer_gpus(sight: &Sight<'_>, found: &mut Vec<Tried>) {
    let request = sight.request();
    if !is_lacking(sight, Lack::Gpu) {
        return;
    }
    for gpus in (1..request.shape.gpus).rev() {
        let shape = Shape {
            gpus,
            ..request.shape
        };
        if let Some(placed) = try_request(sight, shape, request.requirement) {
            return add(found, Change::FewerGpus { gpus }, Some(placed));
        }
    }
}

pub(super) fn without_constraint(sight: &Sight<'_>, found: &mut Vec<Tried>) {
    let request = sight.request();
    if !request.requirement.distinct_instance {
        return;
    }
    let requirement = Requirement {
        distinct_instance: false,
        ..request.requirement.clone()
    };
    let placed = try_request(sight, request.shape, &requirement);
    add(found, Change::WithoutDistinctInstance, placed);
}

/// Without one of the constraints `memberOf`; where that is not enough, without any.
pub(super) fn without_member_of(sight: &Sight<'_>, found: &mut Vec<Tried>) {
    let request = sight.request();
    if !is_lacking(sight, Lack::MemberOf) {
        return;
    }
    let expressions = Expressions::of(sight);
    let texts = expressions.texts();
    let before = found.len();
    let mut without = |dropped: &[usize]| {
        let requirement = expressions.without(request.requirement, dropped);
        let placed = try_request(sight, request.shape, &requirement);
        let expressions = dropped.iter().map(|number| texts[*number].clone());
        let change = Change::WithoutMemberOf {
            expressions: expressions.collect(),
        };
        add(found, change, placed);
        found.len() > before
    };
    let mut is_enough = false;
    for number in 0..texts.len() {
        is_enough |= without(&[number]);
    }
    if !is_enough {
        let all: Vec<usize> = (0..texts.len()).collect();
        without(&all);
    }
}

/// Instances of its capacity providers with another processor architecture or operating system.
pub(super) fn other_platform(sight: &Sight<'_>, found: &mut Vec<Tried>) {
    let (request, own) = (sight.request(), sight.providers());
    let mut by_platform: BTreeMap<[&'static str; 2], Vec<PoolId>> = BTreeMap::new();
    for (number, pool) in sight.cluster.pools().iter().enumerate() {
        let id = PoolId::new(number);
        let requirement = request.requirement;
        let is_other = !requirement.allows(id) && !requirement.member_of.excludes(id);
        if is_other && own.contains(&pool.spec.provider) {
            let platform = [
                pool.spec.architecture.name(),
                pool.spec.operating_system.name(),
            ];
            by_platform.entry(platform).or_default().push(id);
        }
    }
    for (platform, pools) in by_platform {
        let requirement = Requirement {
            pools,
            ..request.requirement.clone()
        };
        let [architecture, operating_system] = platform;
        let change = Change::OtherPlatform {
            architecture,
            operating_system,
        };
        let placed = try_request(sight, request.shape, &requirement);
        add(found, change, placed);
    }
}

pub(super) fn without_interface(sight: &Sight<'_>, found: &mut Vec<Tried>) {
    let request = sight.request();
    if request.shape.interfaces == 0 || !is_lacking(sight, Lack::Interface) {
        return;
    }
    let shape = Shape {
        interfaces: 0,
        ..request.shape
    };
    let placed = try_request(sight, shape, request.requirement);
    add(found, Change::WithoutInterface, placed);
}

/// The instances of each provider that the task may not use, with the same platform.
pub(super) fn other_provider(sight: &Sight<'_>, found: &mut Vec<Tried>) {
    let request = sight.request();
    let own = sight.providers();
    let Some(first) = request.requirement.pools.first() else {
        return;
    };
    let platform = &sight.cluster.pool(*first).spec;
    let mut by_provider: BTreeMap<ProviderId, Vec<PoolId>> = BTreeMap::new();
    for (number, pool) in sight.cluster.pools().iter().enumerate() {
        let is_alike = pool.spec.architecture == platform.architecture
            && pool.spec.operating_system == platform.operating_system;
        if is_alike && !own.contains(&pool.spec.provider) {
            let pools = by_provider.entry(pool.spec.provider).or_default();
            pools.push(PoolId::new(number));
        }
    }
    for (provider, pools) in by_provider {
        let requirement = Requirement {
            pools,
            ..request.requirement.clone()
        };
        let change = Change::OtherProvider {
            provider: sight.plan.cluster.providers[provider.index()].name.clone(),
        };
        add(
            found,
            change,
            try_request(sight, request.shape, &requirement),
        );
    }
}
