//! Image pulls as the world sees them: what an instance has already, what the registry
//! allows, and how long it takes (facts/ecs.md 244 to 247).

use super::pull::{fargate_pull_time, layer_sizes, pull_time};
use super::registry::PullWindow;
use crate::catalog;
use crate::cluster::{ImageCache, InstanceId, LayerSize, Task};
use crate::plan::{Delays, Plan, PullBehavior};
use crate::simulation::World;
use crate::units::SimTime;
use std::sync::Arc;

/// Registries, images and the network of instance types.
pub(in crate::simulation) struct Registries {
    windows: Vec<Option<PullWindow>>,
    /// By image of the plan.
    layers: Vec<Arc<[LayerSize]>>,
    /// Bytes per second, by instance type of the plan.
    networks: Vec<Option<u64>>,
}

impl Registries {
    pub(in crate::simulation) fn new(plan: &Plan) -> Self {
        let windows = plan.registries.iter().map(|registry| {
            let (pulls, length) = registry.limit?;
            Some(PullWindow::new(pulls, length))
        });
        let layers = plan.images.iter().map(layer_sizes);
        let networks = plan.cluster.instance_types.iter().map(|kind| {
            let facts = catalog::instance_type(&kind.name).filter(|_| !kind.own);
            facts
                .and_then(|facts| facts.network_bits_per_second())
                .map(|bits| bits / 8)
        });
        Self {
            windows: windows.collect(),
            layers: layers.collect(),
            networks: networks.collect(),
        }
    }
}

/// What becomes of a pull.
pub(in crate::simulation) enum Pull {
    /// The image is there at this time; now, when it was cached.
    Done(SimTime),
    /// `CannotPullContainerError` (facts/ecs.md 245).
    Failed,
}

/// A container's image is asked for, on an instance or on Fargate.
pub(in crate::simulation) fn begin(
    world: &mut World<'_>,
    now: SimTime,
    task: &Task,
    image: usize,
) -> Pull {
    match task.instance {
        Some(instance) => on_instance(world, now, instance, image),
        None => on_fargate(world, now, task, image),
    }
}

/// Fargate has nothing cached (facts/ecs.md 247).
fn on_fargate(world: &mut World<'_>, now: SimTime, task: &Task, image: usize) -> Pull {
    if !registry_answers(world, now, image) {
        return Pull::Failed;
    }
    if world.plan.delays != Delays::Realistic {
        return Pull::Done(now);
    }
    let bytes = world.plan.images[image].compressed();
    let time = fargate_pull_time(bytes, task.shape.cpu, &world.plan.assumptions);
    Pull::Done(now + time)
}

fn on_instance(world: &mut World<'_>, now: SimTime, id: InstanceId, image: usize) -> Pull {
    let registered = world.machines[id.index()].registered;
    let volume = world.machines[id.index()].root_volume();
    let layers = Arc::clone(&world.registries.layers[image]);
    let system = world.plan.assumptions.system_disk;
    let agent = &mut world.machines[id.index()].agent;
    let behavior = agent.pull_behavior;
    let cache = agent.images.get_or_insert_with(|| {
        let disk = volume.map_or(u64::MAX, |size| {
            size.as_bytes().saturating_sub(system.as_bytes())
        });
        let cleans_up = behavior != PullBehavior::PreferCached;
        Box::new(ImageCache::new(registered, disk, cleans_up))
    });
    cache.advance(now);
    let has = cache.has(image);
    let asks = match behavior {
        PullBehavior::Default | PullBehavior::Always => true,
        PullBehavior::Once | PullBehavior::PreferCached => !has,
    };
    if !asks {
        cache.acquire(image, now);
        return Pull::Done(now);
    }
    let missing = cache.missing(&layers);
    let coming = agent.pulling.iter().find(|(other, _)| *other == image);
    let coming = coming.map(|(_, until)| *until).filter(|until| *until > now);
    if !registry_answers(world, now, image) {
        // facts/ecs.md 244: only the default falls back on what is there.
        if has && behavior == PullBehavior::Default {
            acquire(world, id, image, now);
            return Pull::Done(now);
        }
        return Pull::Failed;
    }
    if world.plan.delays != Delays::Realistic {
        return finish(world, now, id, image);
    }
    // Who asks for what is on its way waits for it.
    if let Some(until) = coming {
        return Pull::Done(until);
    }
    let network = world.registries.networks[world.machines[id.index()].instance_type];
    let agent = &mut world.machines[id.index()].agent;
    agent.pulling.retain(|(_, until)| *until > now);
    let sharers = u32::try_from(agent.pulling.len() + 1).expect("few pulls at once");
    let time = pull_time(&missing, &world.plan.assumptions, network, sharers);
    let until = now + time.total;
    agent.pulling.push((image, until));
    Pull::Done(until)
}

/// A pull on an instance is over: the image is there, unless the disk is full.
pub(in crate::simulation) fn finish(
    world: &mut World<'_>,
    now: SimTime,
    id: InstanceId,
    image: usize,
) -> Pull {
    let layers = Arc::clone(&world.registries.layers[image]);
    let agent = &mut world.machines[id.index()].agent;
    let cache = agent.images.as_mut().expect("made when the pull began");
    if cache.pulled(image, &layers, now).is_err() {
        return Pull::Failed;
    }
    cache.acquire(image, now);
    Pull::Done(now)
}

fn acquire(world: &mut World<'_>, id: InstanceId, image: usize, now: SimTime) {
    let agent = &mut world.machines[id.index()].agent;
    let cache = agent.images.as_mut().expect("made when the pull began");
    cache.acquire(image, now);
}

/// A container that had an image has stopped for good.
pub(in crate::simulation) fn release(
    world: &mut World<'_>,
    id: InstanceId,
    image: usize,
    now: SimTime,
) {
    if let Some(cache) = &mut world.machines[id.index()].agent.images {
        cache.release(image, now);
    }
}

/// True when an instance has the image now, after the clean-ups that were due.
pub(in crate::simulation) fn is_cached(
    world: &mut World<'_>,
    now: SimTime,
    id: InstanceId,
    image: usize,
) -> bool {
    let cache = world.machines[id.index()].agent.images.as_mut();
    cache.is_some_and(|cache| {
        cache.advance(now);
        cache.has(image)
    })
}

/// Whether the registry gives the manifest: it is up, the image exists, and the limit of
/// pulls is not reached.
fn registry_answers(world: &mut World<'_>, now: SimTime, image: usize) -> bool {
    let of = &world.plan.images[image];
    if of.missing || world.faults.pull_fails(image, of.registry) {
        return false;
    }
    let window = world.registries.windows.get_mut(of.registry);
    window
        .and_then(Option::as_mut)
        .is_none_or(|window| window.take(now))
}
