//! Image pulls: the images that an instance has already, the registry's answer, and the duration of
//! a pull (facts/ecs.md 244 to 247).

use super::pull::{fargate_pull_time, pull_time};
use super::registries::Disk;
use super::state::Platform;
use crate::cluster::{ImageCache, InstanceId};
use crate::plan::{Delays, PullBehavior};
use crate::units::{Cpu, SimTime, Span};

/// The result of a pull.
pub(in crate::simulation) enum Pull {
    /// The image is on the instance from this time on, and whether it is there already. A pull of an
    /// image that is there takes time where the registry is asked for its manifest.
    Done(SimTime, bool),
    /// `CannotPullContainerError` (facts/ecs.md 245).
    Failed,
}

/// Pulls an image for a Fargate task. Fargate caches no images (facts/ecs.md 247).
pub(in crate::simulation) fn pull_on_fargate(
    platform: &mut Platform<'_>,
    now: SimTime,
    cpu: Cpu,
    image: usize,
) -> Pull {
    if !registry_answers(platform, now, image) {
        return Pull::Failed;
    }
    if platform.plan.delays != Delays::Realistic {
        return Pull::Done(now, false);
    }
    let bytes = platform.plan.images[image].compressed();
    let takes = fargate_pull_time(bytes, cpu, &platform.plan.assumptions);
    Pull::Done(now + takes, false)
}

/// Pulls an image for a container on an instance, by the instance's pull behavior
/// (`ECS_IMAGE_PULL_BEHAVIOR`, facts/ecs.md 244).
pub(in crate::simulation) fn pull_on_instance(
    platform: &mut Platform<'_>,
    now: SimTime,
    id: InstanceId,
    image: usize,
) -> Pull {
    if platform.machines[id.index()].disk.cache.is_none() {
        begin_cache(platform, id);
    }
    let images = &mut platform.machines[id.index()].disk;
    let behavior = images.pull_behavior;
    let cache = cache_of(images);
    cache.advance(now);
    let has = cache.has(image);
    let contacts_registry = match behavior {
        PullBehavior::Default | PullBehavior::Always => true,
        PullBehavior::Once | PullBehavior::PreferCached => !has,
    };
    if !contacts_registry {
        cache.acquire(image, now);
        return Pull::Done(now, has);
    }
    if !registry_answers(platform, now, image) {
        // facts/ecs.md 244: only the behavior `default` uses the cached image after a failed pull.
        if has && behavior == PullBehavior::Default {
            let cache = cache_of(&mut platform.machines[id.index()].disk);
            cache.acquire(image, now);
            return Pull::Done(now, has);
        }
        return Pull::Failed;
    }
    if platform.plan.delays != Delays::Realistic {
        return finish(platform, now, id, image);
    }
    let pulling = &mut platform.machines[id.index()].disk.pulling;
    pulling.retain(|(_, until)| *until > now);
    // The agent pulls an image once at a time: a second request waits for the first.
    if let Some((_, until)) = pulling.iter().find(|(other, _)| *other == image) {
        return Pull::Done(*until, has);
    }
    // A cached image has all its layers.
    let until = now
        + if has {
            platform.plan.assumptions.manifest_time
        } else {
            download_time(platform, id, image)
        };
    let pulling = &mut platform.machines[id.index()].disk.pulling;
    pulling.push((image, until));
    Pull::Done(until, has)
}

/// An instance has no images before its first pull.
#[inline(never)]
fn begin_cache(platform: &mut Platform<'_>, id: InstanceId) {
    let machine = &mut platform.machines[id.index()];
    let system = platform.plan.assumptions.system_disk;
    let disk = machine.root_volume.map_or(u64::MAX, |size| {
        size.as_bytes().saturating_sub(system.as_bytes())
    });
    let cleans_up = machine.disk.pull_behavior != PullBehavior::PreferCached;
    let cache = ImageCache::new(machine.registered, disk, cleans_up);
    machine.disk.cache = Some(cache);
}

/// The time of a pull of the layers of an image that an instance lacks, beside the other pulls there.
#[inline(never)]
fn download_time(platform: &mut Platform<'_>, id: InstanceId, image: usize) -> Span {
    let machine = &mut platform.machines[id.index()];
    let network = platform.registries.networks[machine.instance_type];
    let layers = &platform.registries.layers[image];
    let missing = cache_of(&mut machine.disk).missing(layers);
    let sharers = u32::try_from(machine.disk.pulling.len() + 1).expect("few pulls at once");
    pull_time(&missing, &platform.plan.assumptions, network, sharers).total
}

fn cache_of(images: &mut Disk) -> &mut ImageCache {
    let cache = images.cache.as_mut();
    cache.expect("the cache exists since the pull began")
}

/// Ends a pull on an instance: the image is stored. Fails when the disk is full.
pub(in crate::simulation) fn finish(
    platform: &mut Platform<'_>,
    now: SimTime,
    id: InstanceId,
    image: usize,
) -> Pull {
    let layers = &platform.registries.layers[image];
    let cache = cache_of(&mut platform.machines[id.index()].disk);
    if cache.pulled(image, layers, now).is_err() {
        return Pull::Failed;
    }
    cache.acquire(image, now);
    Pull::Done(now, true)
}

/// A container that used an image has stopped and is not restarted.
pub(in crate::simulation) fn release(
    platform: &mut Platform<'_>,
    id: InstanceId,
    image: usize,
    now: SimTime,
) {
    if let Some(cache) = &mut platform.machines[id.index()].disk.cache {
        cache.release(image, now);
    }
}

/// Requests the manifest of an image. True when the registry is available, the image exists, and
/// the pull limit is not reached.
fn registry_answers(platform: &mut Platform<'_>, now: SimTime, image: usize) -> bool {
    let of = &platform.plan.images[image];
    if of.missing || platform.outages.pull_fails(image, of.registry) {
        return false;
    }
    let window = platform.registries.windows.get_mut(of.registry);
    window
        .and_then(Option::as_mut)
        .is_none_or(|window| window.take(now))
}
