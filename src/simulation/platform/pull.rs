//! The duration of an image pull: the manifest, the downloads in parallel streams, and the
//! unpacking. Which layers are cached, and whether the registry allows the pull, is decided
//! elsewhere.
//!
//! The duration is computed when the pull begins. Pulls that begin or end later do not change it.
//! Times are whole microseconds, each rounded up.

use crate::cluster::LayerSize;
use crate::plan::{Assumptions, Image};
use crate::units::{Cpu, Span};
use std::sync::Arc;

/// The parts of the duration of a pull.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PullTime {
    /// From the manifest to the end of the last download.
    pub download: Span,
    /// From the end of the last download to the end of the last unpacking.
    pub unpack_tail: Span,
    /// The sum of manifest, download and tail.
    pub total: Span,
}

/// The layers of an image, as the image caches of instances store them. Sizes are in bytes.
pub fn layer_sizes(image: &Image) -> Arc<[LayerSize]> {
    let layers = image.layers.iter();
    let sizes = layers.map(|layer| LayerSize {
        digest: layer.digest,
        compressed: layer.compressed.as_bytes(),
        unpacked: layer.unpacked.as_bytes(),
    });
    sizes.collect()
}

/// The duration of a pull of these layers to an EC2 instance that has `sharers` pulls in progress,
/// this one included (facts/platform.md 3.2.7).
///
/// - Each layer, in their order, is downloaded by the stream that is free first (of equals, the one
///   with the lowest number) at `stream_bandwidth` (facts/platform.md 3.2.1, 3.2.2).
/// - The network gives each pull `network_bytes_per_second ÷ sharers`, rounded down, and
///   serves layers in their order: a layer is not complete before all up to it have passed the
///   network. This is exact when one of the two limits holds all the time, else slightly too
///   short. `None`: the network is not a limit.
/// - Layers are unpacked one at a time in their order, each after its download, while later ones
///   are downloaded. The host's rates of unpacking and writing are divided by `sharers`.
pub fn pull_time(
    layers: &[LayerSize],
    assumptions: &Assumptions,
    network_bytes_per_second: Option<u64>,
    sharers: u32,
) -> PullTime {
    if layers.is_empty() {
        return PullTime {
            total: assumptions.manifest_time,
            ..PullTime::default()
        };
    }
    let sharers = u64::from(sharers.max(1));
    let share = network_bytes_per_second.map(|rate| rate / sharers);
    let unpack_rate = assumptions.unpack_rate.min(assumptions.disk_bandwidth) / sharers;
    let mut streams = vec![Span::ZERO; stream_count(layers, assumptions)];
    let mut through_network = 0u64;
    let mut download = Span::ZERO;
    let mut unpacked = Span::ZERO;
    for layer in layers {
        let stream = streams.iter_mut().min().expect("there is a stream");
        *stream = stream.saturating_add(time_for(layer.compressed, assumptions.stream_bandwidth));
        through_network = through_network.saturating_add(layer.compressed);
        let by_network = share.map_or(Span::ZERO, |share| time_for(through_network, share));
        let here = by_network.max(*stream);
        download = download.max(here);
        let unpack = time_for(layer.unpacked, unpack_rate);
        unpacked = unpacked.max(here).saturating_add(unpack);
    }
    PullTime {
        download,
        unpack_tail: unpacked.saturating_sub(download),
        total: assumptions.manifest_time.saturating_add(unpacked),
    }
}

/// The time in which a Fargate task with `cpu` pulls and unpacks `compressed` bytes. Fargate caches
/// no images, so that every layer is pulled (facts/ecs.md 247, facts/platform.md 2.5.6).
pub fn fargate_pull_time(compressed: u64, cpu: Cpu, assumptions: &Assumptions) -> Span {
    let [small, medium, large] = assumptions.fargate_pull_rates;
    let rate = if cpu <= Cpu::units(1024) {
        small
    } else if cpu <= Cpu::units(2048) {
        medium
    } else {
        large
    };
    time_for(compressed, rate)
}

/// The number of streams in use: no more than layers, at least 1.
fn stream_count(layers: &[LayerSize], assumptions: &Assumptions) -> usize {
    layers
        .len()
        .clamp(1, assumptions.pull_streams.max(1) as usize)
}

/// The time for `bytes` at a rate, rounded up to a microsecond. A rate of 0 counts as 1 byte/s.
fn time_for(bytes: u64, bytes_per_second: u64) -> Span {
    const SECOND: u128 = 1_000_000;
    let micros = (u128::from(bytes) * SECOND).div_ceil(u128::from(bytes_per_second.max(1)));
    Span::micros(u64::try_from(micros).unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::VecDeque;

    const MB: u64 = 1_000_000;

    /// Layers of (compressed, unpacked) bytes.
    fn layers(sizes: &[(u64, u64)]) -> Vec<LayerSize> {
        let layer = |(digest, size): (usize, &(u64, u64))| LayerSize {
            digest,
            compressed: size.0,
            unpacked: size.1,
        };
        sizes.iter().enumerate().map(layer).collect()
    }

    /// Layers of these compressed MB, which unpack in no time.
    fn compressed(sizes: &[u64]) -> Vec<LayerSize> {
        let sizes: Vec<_> = sizes.iter().map(|size| (size * MB, 0)).collect();
        layers(&sizes)
    }

    fn alone(layers: &[LayerSize]) -> PullTime {
        pull_time(layers, &Assumptions::default(), None, 1)
    }

    #[test]
    fn w23_layers_are_scheduled_in_order_over_three_streams() {
        let pull = alone(&compressed(&[30, 40, 1, 1, 1]));
        assert_eq!(pull.download, Span::millis(1_600));
        assert_eq!(
            pull.total,
            Span::millis(2_000),
            "and 0.4 s for the manifest"
        );
        assert_eq!(alone(&compressed(&[1000])).download, Span::seconds(40));
    }

    #[test]
    fn platform_3_2_7_three_gigabytes_take_40_to_120_s_for_three_streams_to_one() {
        let download = |sizes: &[u64]| alone(&compressed(sizes)).download;
        assert_eq!(download(&[1000, 1000, 1000]), Span::seconds(40));
        assert_eq!(download(&[1500, 1500]), Span::seconds(60));
        assert_eq!(download(&[3000]), Span::seconds(120));
    }

    #[test]
    fn platform_3_2_3_three_gigabytes_that_become_nine_stay_below_five_minutes() {
        let total = alone(&layers(&[(3000 * MB, 9000 * MB)])).total;
        assert!(
            total > Span::seconds(180) && total < Span::seconds(300),
            "{total}"
        );
    }

    #[test]
    fn platform_3_2_7_unpacking_overlaps_with_downloads_but_for_the_tail() {
        let one_stream = Assumptions {
            pull_streams: 1,
            ..Assumptions::default()
        };
        let sizes = layers(&[(100 * MB, 180 * MB), (25 * MB, 90 * MB)]);
        // Here after 4 s and 5 s; unpacked from 4 s to 6 s and from 6 s to 7 s.
        let expected = PullTime {
            download: Span::seconds(5),
            unpack_tail: Span::seconds(2),
            total: Span::millis(7_400),
        };
        assert_eq!(pull_time(&sizes, &one_stream, None, 1), expected);
    }

    #[test]
    fn platform_3_2_7_the_disk_limits_a_fast_unpacker() {
        let zstd = Assumptions {
            unpack_rate: 250 * MB,
            ..Assumptions::default()
        };
        let sizes = layers(&[(0, 125 << 20)]);
        let tail = pull_time(&sizes, &zstd, None, 1).unpack_tail;
        assert_eq!(tail, Span::seconds(1));
        let tail = pull_time(&sizes, &zstd, None, 4).unpack_tail;
        assert_eq!(tail, Span::seconds(4), "four pulls share the disk");
    }

    #[test]
    fn platform_3_2_7_the_network_share_limits_all_streams_together() {
        let download = |sizes: &[u64], network: u64, sharers: u32| {
            let network = Some(network * MB);
            let pull = pull_time(
                &compressed(sizes),
                &Assumptions::default(),
                network,
                sharers,
            );
            pull.download
        };
        let even = [100, 100, 100];
        assert_eq!(download(&even, 75, 1), Span::seconds(4), "just enough");
        assert_eq!(download(&even, 30, 1), Span::seconds(10));
        assert_eq!(download(&even, 60, 2), Span::seconds(10));
        assert_eq!(
            download(&[100], 30, 1),
            Span::seconds(4),
            "one stream is slower"
        );
        assert_eq!(download(&[100], 10, 1), Span::seconds(10));
    }

    #[test]
    fn a_cached_image_takes_the_time_of_its_manifest() {
        let pull = alone(&[]);
        assert_eq!(pull.total, Span::millis(400));
        assert_eq!((pull.download, pull.unpack_tail), (Span::ZERO, Span::ZERO));
    }

    #[test]
    fn platform_2_5_6_fargate_pulls_at_a_rate_that_follows_its_cpu() {
        let time = |cpu: u64| {
            let cpu = Cpu::units(cpu);
            fargate_pull_time(413 * MB, cpu, &Assumptions::default())
        };
        // The fact sheet says 27.5 s.
        assert_eq!(time(1024), Span::micros(27_533_334));
        assert_eq!(time(256), time(1024));
        assert_eq!(time(2048), Span::millis(20_650));
        assert_eq!(time(4096), Span::micros(13_766_667));
        assert_eq!(time(16_384), time(4096));
    }

    #[test]
    fn times_are_rounded_up_and_never_overflow() {
        assert_eq!(time_for(1, 3 * MB), Span::micros(1));
        assert_eq!(time_for(0, 3 * MB), Span::ZERO);
        assert_eq!(time_for(u64::MAX, 0), Span::micros(u64::MAX));
        let huge = layers(&[(u64::MAX, u64::MAX); 5]);
        let total = pull_time(&huge, &Assumptions::default(), Some(0), 0).total;
        assert_eq!(total, Span::micros(u64::MAX));
    }

    /// The same, one microsecond and one byte at a time: the end of the downloads, and the total.
    fn plainly(layers: &[LayerSize], streams: usize) -> (u64, u64) {
        let mut queue: VecDeque<(usize, u64)> =
            layers.iter().map(|l| l.compressed).enumerate().collect();
        let mut here = vec![false; layers.len()];
        let mut busy: Vec<Option<(usize, u64)>> = vec![None; streams];
        let (mut next, mut left) = (0, layers.first().map_or(0, |layer| layer.unpacked));
        let (mut now, mut downloaded) = (0, 0);
        while next < layers.len() {
            for stream in &mut busy {
                if stream.is_none() {
                    *stream = queue.pop_front();
                }
            }
            // Unpacks what was downloaded before this microsecond.
            if here[next] {
                left -= 1;
            }
            now += 1;
            for stream in &mut busy {
                if let Some((layer, bytes)) = stream {
                    *bytes -= 1;
                    if *bytes == 0 {
                        here[*layer] = true;
                        downloaded = now;
                        *stream = None;
                    }
                }
            }
            if left == 0 {
                next += 1;
                left = layers.get(next).map_or(0, |layer| layer.unpacked);
            }
        }
        (downloaded, now)
    }

    fn byte_per_microsecond(streams: u32) -> Assumptions {
        Assumptions {
            manifest_time: Span::ZERO,
            pull_streams: streams,
            stream_bandwidth: MB,
            unpack_rate: MB,
            ..Assumptions::default()
        }
    }

    proptest! {
        #[test]
        fn it_agrees_with_a_simulation_of_every_byte(
            sizes in prop::collection::vec((1u64..60, 1u64..60), 1..10),
            streams in 1u32..5,
        ) {
            let layers = layers(&sizes);
            let pull = pull_time(&layers, &byte_per_microsecond(streams), None, 1);
            let (downloaded, total) = plainly(&layers, streams as usize);
            prop_assert_eq!(pull.download, Span::micros(downloaded));
            prop_assert_eq!(pull.total, Span::micros(total));
            prop_assert_eq!(pull.unpack_tail, Span::micros(total - downloaded));
        }

        #[test]
        fn more_to_pull_or_less_to_pull_with_is_never_quicker(
            sizes in prop::collection::vec((0u64..90_000_000, 0u64..90_000_000), 1..8),
            which in any::<prop::sample::Index>(),
            more in (0u64..90_000_000, 0u64..90_000_000),
            network in prop::option::of(0u64..90_000_000),
            sharers in 1u32..5,
        ) {
            let defaults = Assumptions::default();
            let small = layers(&sizes);
            let mut large = small.clone();
            let grown = which.index(sizes.len());
            large[grown].compressed += more.0;
            large[grown].unpacked += more.1;
            let base = pull_time(&small, &defaults, network, sharers);
            let bigger = pull_time(&large, &defaults, network, sharers);
            prop_assert!(bigger.download >= base.download && bigger.total >= base.total);
            let crowded = pull_time(&small, &defaults, network, sharers + 1);
            prop_assert!(crowded.download >= base.download && crowded.total >= base.total);
            let fewer = Assumptions { pull_streams: 2, ..defaults.clone() };
            let fewer = pull_time(&small, &fewer, network, sharers);
            prop_assert!(fewer.download >= base.download && fewer.total >= base.total);
            let unlimited = pull_time(&small, &defaults, None, sharers);
            prop_assert!(unlimited.total <= base.total);
        }
    }
}
