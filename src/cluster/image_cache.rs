//! The image cache of one EC2 instance: which layers a pull must download, which images the agent
//! removes, and whether the disk has space. The duration of a pull is not here.
//!
//! No events are scheduled. Clean-up cycles that are due are carried out when the cache is used
//! next, and cycles that remove nothing are skipped, so that an idle instance costs no time. At one
//! instant the cycle comes before other changes. Times given to the cache must not decrease.
//!
//! An image is *in use* from [`acquire`](ImageCache::acquire) until three hours after the
//! last [`release`](ImageCache::release); then the agent removes the stopped containers, and
//! that time is the image's last use (facts/ecs.md 246).

use crate::units::{SimTime, Span};
use smallvec::SmallVec;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Time between clean-ups, and from registration to the first (facts/ecs.md 246).
const CLEANUP_INTERVAL: Span = Span::seconds(30 * 60);
/// A clean-up keeps images that were first pulled at most this time ago (facts/ecs.md 246).
const MINIMUM_AGE: Span = Span::hours(1);
/// The largest number of images that one clean-up removes (facts/ecs.md 246).
const REMOVED_PER_CYCLE: usize = 5;
/// Time for which the agent keeps containers of stopped tasks (facts/ecs.md 246).
const STOPPED_CONTAINERS_KEPT: Span = Span::hours(3);

/// A layer of an image.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LayerSize {
    /// Index of its digest: layers of the same digest are one layer.
    pub digest: usize,
    /// Size of the download in bytes.
    pub compressed: u64,
    /// Size on the disk in bytes.
    pub unpacked: u64,
}

/// The disk cannot take an image: `CannotPullContainerError`, no space left on device
/// (facts/ecs.md 245).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoSpaceLeft {
    /// Bytes that the missing layers take.
    pub needed: u64,
    /// Bytes that are free.
    pub free: u64,
}

/// The images on one instance.
#[derive(Clone, Debug)]
pub struct ImageCache {
    /// Bytes of disk for images, and how many of them are taken.
    capacity: u64,
    used: u64,
    cleans_up: bool,
    next_cycle: SimTime,
    /// Ascending by index of the image. Most instances have one image, which is in place: it is
    /// looked at several times per task, and each pointer to follow is a line of the processor's
    /// cache.
    images: SmallVec<[CachedImage; 1]>,
    /// By index of the digest.
    layers: BTreeMap<usize, CachedLayer>,
}

#[derive(Clone, Debug)]
struct CachedImage {
    image: usize,
    layers: Arc<[LayerSize]>,
    /// Time of the first pull. A pull that finds the image unchanged does not change it, because
    /// the agent keeps its record of the image.
    pulled: SimTime,
    /// Containers that have not been released.
    users: u32,
    /// With `users` zero: time of the pull, or the time at which its last container is removed.
    unused_since: SimTime,
}

#[derive(Clone, Debug)]
struct CachedLayer {
    unpacked: u64,
    /// Number of references from cached images.
    references: u32,
}

impl CachedImage {
    /// The first time at which a clean-up may remove it; `None` while it has users. Its age must be
    /// *above* the minimum, hence the extra microsecond.
    fn removable_from(&self) -> Option<SimTime> {
        let old_enough = self.pulled + MINIMUM_AGE + Span::micros(1);
        (self.users == 0).then(|| self.unused_since.max(old_enough))
    }
}

impl ImageCache {
    /// An instance without images. `cleans_up` is false for the pull behaviour
    /// `prefer-cached`, where the agent never removes images (facts/ecs.md 244).
    pub fn new(registered: SimTime, capacity: u64, cleans_up: bool) -> Self {
        Self {
            capacity,
            used: 0,
            cleans_up,
            next_cycle: registered + CLEANUP_INTERVAL,
            images: SmallVec::new(),
            layers: BTreeMap::new(),
        }
    }

    /// True when the image is cached. The pull behaviours `once` and `prefer-cached` depend on it,
    /// and `default` when a pull fails (facts/ecs.md 244).
    /// As of the last [`advance`](Self::advance).
    pub fn has(&self, image: usize) -> bool {
        self.find(image).is_ok()
    }

    /// The position of an image; where it is not cached, the one that it would have.
    #[inline]
    fn find(&self, image: usize) -> Result<usize, usize> {
        self.images
            .binary_search_by_key(&image, |cached| cached.image)
    }

    /// A cached image; `None` where it is not cached.
    #[inline]
    fn cached(&mut self, image: usize) -> Option<&mut CachedImage> {
        let position = self.find(image).ok()?;
        Some(&mut self.images[position])
    }

    /// The layers that a pull must download, in order, each once. As
    /// of the last [`advance`](Self::advance).
    pub fn missing(&self, layers: &[LayerSize]) -> Vec<LayerSize> {
        let mut missing: Vec<LayerSize> = Vec::new();
        for layer in layers {
            let here = self.layers.contains_key(&layer.digest);
            if !here && missing.iter().all(|known| known.digest != layer.digest) {
                missing.push(*layer);
            }
        }
        missing
    }

    /// True when the missing layers fit on the disk without removing images. As of the last
    /// [`advance`](Self::advance).
    pub fn room_for(&self, layers: &[LayerSize]) -> bool {
        self.needed(layers) <= self.free()
    }

    /// Removes images that are not in use, the least recently used first and of any age, until the
    /// layers fit. The agent does not do this; it stands for what an operator would do.
    ///
    /// # Errors
    /// When the layers do not fit without the images that are in use. The others are removed then.
    pub fn make_room(&mut self, layers: &[LayerSize], now: SimTime) -> Result<(), NoSpaceLeft> {
        self.advance(now);
        while !self.room_for(layers) {
            let Some(image) = self.least_recently_used(now) else {
                let (needed, free) = (self.needed(layers), self.free());
                return Err(NoSpaceLeft { needed, free });
            };
            self.remove(image);
        }
        Ok(())
    }

    /// Adds an image at the end of its pull. Concurrent pulls may have used the space that was free
    /// at its beginning.
    ///
    /// # Errors
    /// When the disk has no room even after [`make_room`](Self::make_room).
    pub fn pulled(
        &mut self,
        image: usize,
        layers: &Arc<[LayerSize]>,
        now: SimTime,
    ) -> Result<(), NoSpaceLeft> {
        self.advance(now);
        if self.has(image) {
            return Ok(());
        }
        self.make_room(layers, now)?;
        self.insert(image, layers, now);
        Ok(())
    }

    /// Records that a container uses the image. After a pull for a container this must follow at
    /// the same instant, or a clean-up could remove the image before the container starts.
    ///
    /// # Panics
    /// When the image is not cached.
    pub fn acquire(&mut self, image: usize, now: SimTime) {
        self.advance(now);
        let cached = self.cached(image);
        cached.expect("an image in use is here").users += 1;
    }

    /// Records that a container has stopped with its task. It keeps the image in use for three more
    /// hours.
    ///
    /// # Panics
    /// When no container uses the image.
    pub fn release(&mut self, image: usize, now: SimTime) {
        self.advance(now);
        let cached = self.cached(image);
        let cached = cached.expect("an image in use is not removed");
        assert!(
            cached.users > 0,
            "image {image} released too often at {now}"
        );
        cached.users -= 1;
        cached.unused_since = now + STOPPED_CONTAINERS_KEPT;
    }

    /// Carries out all clean-ups that are due up to and including `now`.
    pub fn advance(&mut self, now: SimTime) {
        if self.next_cycle > now {
            return;
        }
        while let Some(cycle) = self.next_removal().filter(|cycle| *cycle <= now) {
            self.clean_up(cycle);
            self.next_cycle = cycle + CLEANUP_INTERVAL;
        }
        // Cycles up to `now` that remain have nothing to remove.
        self.next_cycle = self.cycle_at_or_after(now + Span::micros(1));
    }

    /// The next cycle that removes an image, if nothing else changes.
    fn next_removal(&self) -> Option<SimTime> {
        let images = self.images.iter().filter(|_| self.cleans_up);
        let first = images.filter_map(CachedImage::removable_from).min()?;
        Some(self.cycle_at_or_after(first))
    }

    fn cycle_at_or_after(&self, time: SimTime) -> SimTime {
        let interval = CLEANUP_INTERVAL.as_micros();
        let cycles = time.since(self.next_cycle).as_micros().div_ceil(interval);
        self.next_cycle + Span::micros(cycles * interval)
    }

    /// One cycle: least recently used first, then the lowest index.
    fn clean_up(&mut self, cycle: SimTime) {
        let images = self.images.iter();
        let removable = images.filter(|cached| {
            let from = cached.removable_from();
            from.is_some_and(|from| from <= cycle)
        });
        let mut removable: Vec<(SimTime, usize)> = removable
            .map(|cached| (cached.unused_since, cached.image))
            .collect();
        removable.sort_unstable();
        for (_, image) in removable.into_iter().take(REMOVED_PER_CYCLE) {
            self.remove(image);
        }
    }

    /// The image that has been unused for the longest time; `None` when the agent removes no
    /// images.
    fn least_recently_used(&self, now: SimTime) -> Option<usize> {
        let images = self.images.iter().filter(|_| self.cleans_up);
        let unused = images.filter(|image| image.users == 0 && image.unused_since <= now);
        let order = unused.map(|cached| (cached.unused_since, cached.image));
        order.min().map(|(_, image)| image)
    }

    fn insert(&mut self, image: usize, layers: &Arc<[LayerSize]>, now: SimTime) {
        for layer in layers.iter() {
            let cached = self.layers.entry(layer.digest).or_insert_with(|| {
                self.used += layer.unpacked;
                CachedLayer {
                    unpacked: layer.unpacked,
                    references: 0,
                }
            });
            cached.references += 1;
        }
        let cached = CachedImage {
            image,
            layers: Arc::clone(layers),
            pulled: now,
            users: 0,
            unused_since: now,
        };
        let (Ok(position) | Err(position)) = self.find(image);
        self.images.insert(position, cached);
    }

    /// Removes an image, and the layers that no other cached image has.
    fn remove(&mut self, image: usize) {
        let position = self.find(image);
        let position = position.expect("only images that are here are removed");
        let cached = self.images.remove(position);
        for layer in cached.layers.iter() {
            let here = self.layers.get_mut(&layer.digest);
            let here = here.expect("layers stay as long as their images");
            here.references -= 1;
            if here.references == 0 {
                self.used -= here.unpacked;
                self.layers.remove(&layer.digest);
            }
        }
    }

    fn needed(&self, layers: &[LayerSize]) -> u64 {
        let missing = self.missing(layers);
        let sizes = missing.iter().map(|layer| layer.unpacked);
        sizes.fold(0, u64::saturating_add)
    }

    fn free(&self) -> u64 {
        self.capacity - self.used
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    fn at(minute: u64) -> SimTime {
        SimTime::ZERO + minutes(minute)
    }

    fn minutes(minutes: u64) -> Span {
        Span::seconds(60 * minutes)
    }

    /// An image of layers with these digests, each 10 bytes unpacked.
    fn image(digests: &[usize]) -> Arc<[LayerSize]> {
        let layer = |digest: &usize| LayerSize {
            digest: *digest,
            compressed: 4,
            unpacked: 10,
        };
        digests.iter().map(layer).collect()
    }

    fn cache(capacity: u64) -> ImageCache {
        ImageCache::new(SimTime::ZERO, capacity, true)
    }

    /// The images below 20 that are here at a minute.
    fn images_at(cache: &mut ImageCache, minute: u64) -> Vec<usize> {
        cache.advance(at(minute));
        (0..20).filter(|image| cache.has(*image)).collect()
    }

    #[test]
    fn platform_3_2_8_a_pull_fetches_only_layers_that_are_not_there() {
        let mut cache = cache(1000);
        let wanted = image(&[1, 2, 2, 3]);
        let digests = |cache: &ImageCache| -> Vec<usize> {
            let missing = cache.missing(&wanted);
            missing.iter().map(|layer| layer.digest).collect()
        };
        assert_eq!(digests(&cache), [1, 2, 3]);
        cache.pulled(7, &image(&[2]), at(0)).unwrap();
        assert_eq!(digests(&cache), [1, 3]);
        cache.pulled(8, &wanted, at(1)).unwrap();
        assert!(digests(&cache).is_empty());
        assert_eq!(cache.used, 30, "every layer once");
    }

    #[test]
    fn ecs_246_an_unused_image_goes_with_the_first_cycle_when_it_is_older_than_an_hour() {
        let mut cache = cache(1000);
        cache.pulled(0, &image(&[0]), at(29)).unwrap();
        cache.pulled(1, &image(&[1]), at(30)).unwrap();
        assert_eq!(images_at(&mut cache, 89), [0, 1]);
        // Image 1 is exactly an hour old: not older.
        assert_eq!(images_at(&mut cache, 90), [1]);
        assert_eq!(images_at(&mut cache, 119), [1]);
        assert!(images_at(&mut cache, 120).is_empty());
        assert_eq!(cache.used, 0);
    }

    #[test]
    fn ecs_246_cycles_count_from_registration() {
        let mut cache = ImageCache::new(at(10), 1000, true);
        cache.pulled(0, &image(&[0]), at(10)).unwrap();
        assert_eq!(images_at(&mut cache, 99), [0]);
        assert!(images_at(&mut cache, 100).is_empty());
    }

    #[test]
    fn ecs_246_a_stopped_container_keeps_its_image_for_three_hours() {
        let mut cache = cache(1000);
        cache.pulled(0, &image(&[0]), at(0)).unwrap();
        cache.acquire(0, at(0));
        assert_eq!(images_at(&mut cache, 1000), [0]);
        cache.acquire(0, at(1000));
        cache.release(0, at(1010));
        assert_eq!(images_at(&mut cache, 1300), [0], "one container is left");
        cache.release(0, at(1320));
        assert_eq!(images_at(&mut cache, 1320 + 179), [0]);
        assert!(images_at(&mut cache, 1320 + 180).is_empty());
    }

    #[test]
    fn ecs_246_five_images_go_at_once_least_recently_used_first() {
        let mut cache = cache(1000);
        for (minute, number) in (0..8).rev().enumerate() {
            cache
                .pulled(number, &image(&[number]), at(minute as u64))
                .unwrap();
        }
        assert_eq!(images_at(&mut cache, 90), [0, 1, 2]);
        assert!(images_at(&mut cache, 120).is_empty());
    }

    #[test]
    fn ecs_246_of_images_that_are_equal_the_lowest_go_first() {
        let mut cache = cache(1000);
        for number in (0..7).rev() {
            cache.pulled(number, &image(&[number]), at(0)).unwrap();
        }
        assert_eq!(images_at(&mut cache, 90), [5, 6]);
    }

    #[test]
    fn ecs_246_the_last_use_counts_not_the_pull() {
        let mut cache = cache(1000);
        for number in 0..6 {
            cache.pulled(number, &image(&[number]), at(0)).unwrap();
        }
        cache.acquire(0, at(1));
        cache.release(0, at(2));
        for number in 1..6 {
            cache.acquire(number, at(3));
        }
        for number in 1..6 {
            cache.release(number, at(4));
        }
        // At minute 210 all six are free; 0 was used least recently, and 5 has to wait.
        assert_eq!(images_at(&mut cache, 210), [5]);
    }

    #[test]
    fn ecs_246_pulling_an_unchanged_image_again_does_not_make_it_younger() {
        let mut cache = cache(1000);
        cache.pulled(0, &image(&[0]), at(0)).unwrap();
        cache.pulled(0, &image(&[0]), at(80)).unwrap();
        assert!(images_at(&mut cache, 90).is_empty());
    }

    #[test]
    fn ecs_244_prefer_cached_cleans_nothing_up() {
        let mut cache = ImageCache::new(SimTime::ZERO, 20, false);
        cache.pulled(0, &image(&[0]), at(0)).unwrap();
        assert_eq!(images_at(&mut cache, 1_000_000), [0]);
        let refused = cache.pulled(1, &image(&[1, 2]), at(1_000_000));
        let expected = NoSpaceLeft {
            needed: 20,
            free: 10,
        };
        assert_eq!(refused, Err(expected));
        assert!(cache.has(0) && !cache.has(1));
    }

    #[test]
    fn ecs_245_a_pull_removes_unused_images_or_is_refused() {
        let mut cache = cache(40);
        for number in 0..4 {
            cache.pulled(number, &image(&[number]), at(0)).unwrap();
        }
        cache.acquire(0, at(0));
        cache.acquire(2, at(0));
        cache.release(2, at(1));
        assert!(!cache.room_for(&image(&[9])));
        cache.pulled(9, &image(&[9]), at(2)).unwrap();
        assert_eq!(images_at(&mut cache, 2), [0, 2, 3, 9], "1 was the oldest");
        cache.acquire(9, at(2));
        let refused = cache.make_room(&image(&[10, 11]), at(2));
        let expected = NoSpaceLeft {
            needed: 20,
            free: 10,
        };
        assert_eq!(refused, Err(expected));
        assert_eq!(
            images_at(&mut cache, 2),
            [0, 2, 9],
            "2 is in use until 3 h later"
        );
        assert!(cache.make_room(&image(&[10, 11]), at(181)).is_ok());
        assert_eq!(images_at(&mut cache, 181), [0, 9]);
    }

    #[test]
    fn a_shared_layer_goes_with_its_last_image() {
        let mut cache = cache(1000);
        cache.pulled(0, &image(&[0, 1]), at(0)).unwrap();
        cache.pulled(1, &image(&[1, 2]), at(0)).unwrap();
        cache.acquire(1, at(0));
        assert_eq!(cache.used, 30);
        assert_eq!(images_at(&mut cache, 90), [1]);
        assert_eq!(cache.used, 20);
        assert_eq!(cache.missing(&image(&[0, 1])).len(), 1);
    }

    #[test]
    fn cycles_keep_their_beat_over_a_hundred_idle_years() {
        let mut cache = ImageCache::new(at(10), 1000, true);
        cache.pulled(0, &image(&[0]), at(10)).unwrap();
        cache.acquire(0, at(10));
        let later = 10 + 100 * 365 * 24 * 60;
        cache.release(0, at(later + 1));
        assert_eq!(cache.next_cycle, at(later + 30));
        assert_eq!(images_at(&mut cache, later + 209), [0]);
        assert!(images_at(&mut cache, later + 210).is_empty());
        assert_eq!(cache.next_cycle, at(later + 240));
    }

    /// A reference model that is stepped minute by minute, with a container for every use.
    #[derive(Default)]
    struct Plain {
        images: Vec<PlainImage>,
    }

    struct PlainImage {
        image: usize,
        digests: Vec<usize>,
        pulled: u64,
        last_used: u64,
        /// When each container stopped, if it has.
        containers: Vec<Option<u64>>,
    }

    impl Plain {
        fn minute(&mut self, minute: u64, registered: u64, cleans_up: bool) {
            for image in &mut self.images {
                let before = image.containers.len();
                let gone = |stop: &Option<u64>| stop.is_some_and(|stop| stop + 180 == minute);
                image.containers.retain(|stop| !gone(stop));
                if image.containers.len() < before {
                    image.last_used = minute;
                }
            }
            let is_cycle = minute > registered && (minute - registered).is_multiple_of(30);
            for _ in 0..if is_cycle && cleans_up { 5 } else { 0 } {
                let old = |image: &PlainImage| minute - image.pulled > 60;
                self.remove_one(|image| old(image) && image.containers.is_empty());
            }
        }

        fn remove_one(&mut self, may_go: impl Fn(&PlainImage) -> bool) -> bool {
            let candidates = self.images.iter().enumerate();
            let candidates = candidates.filter(|(_, image)| may_go(image));
            let least = candidates.min_by_key(|(_, image)| (image.last_used, image.image));
            let least = least.map(|(position, _)| position);
            least.map(|position| self.images.remove(position)).is_some()
        }

        fn digests(&self, with: &[usize]) -> BTreeSet<usize> {
            let here = self.images.iter().flat_map(|image| &image.digests);
            here.chain(with).copied().collect()
        }

        fn pull(&mut self, image: usize, digests: &[usize], minute: u64, room: (usize, bool)) {
            if self.images.iter().any(|here| here.image == image) {
                return;
            }
            let (most, cleans_up) = room;
            while self.digests(digests).len() > most {
                let forced = |image: &PlainImage| cleans_up && image.containers.is_empty();
                if !self.remove_one(forced) {
                    return;
                }
            }
            self.images.push(PlainImage {
                image,
                digests: digests.to_vec(),
                pulled: minute,
                last_used: minute,
                containers: Vec::new(),
            });
        }
    }

    /// Layers of image n: some of its own, some shared with its neighbours.
    fn digests_of(image: usize) -> Vec<usize> {
        vec![100, image, 20 + image / 2, 40 + image / 4]
    }

    proptest! {
        #[test]
        fn it_agrees_with_playing_every_minute(
            script in prop::collection::vec((0u64..200, 0usize..12, 0u8..4), 0..60),
            registered in 0u64..40,
            most in 8usize..40,
            cleans_up in prop::bool::weighted(0.8),
        ) {
            let mut lazy = ImageCache::new(at(registered), 10 * most as u64, cleans_up);
            let mut plain = Plain::default();
            let mut now = registered;
            for (gap, number, what) in script {
                for minute in now + 1..=now + gap {
                    plain.minute(minute, registered, cleans_up);
                }
                now += gap;
                lazy.advance(at(now));
                let digests = digests_of(number);
                let here = plain.images.iter_mut().find(|image| image.image == number);
                match (what, here) {
                    (0 | 1, _) => {
                        let pulled = lazy.pulled(number, &image(&digests), at(now));
                        plain.pull(number, &digests, now, (most, cleans_up));
                        prop_assert_eq!(pulled.is_ok(), lazy.has(number));
                    }
                    (2, Some(image)) => {
                        image.containers.push(None);
                        lazy.acquire(number, at(now));
                    }
                    (3, Some(image)) => {
                        if let Some(runs) = image.containers.iter_mut().find(|c| c.is_none()) {
                            *runs = Some(now);
                            lazy.release(number, at(now));
                        }
                    }
                    _ => {}
                }
                let mut wanted: Vec<usize> = plain.images.iter().map(|i| i.image).collect();
                wanted.sort_unstable();
                let found: Vec<usize> = (0..12).filter(|image| lazy.has(*image)).collect();
                prop_assert_eq!(found, wanted);
                prop_assert_eq!(lazy.used, 10 * plain.digests(&[]).len() as u64);
            }
        }
    }
}
