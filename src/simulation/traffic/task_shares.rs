//! The tasks of a target group that have different shares of its requests, where these are simulated one by one:
//! which zone gets a request, and which task in it.

use super::exact::Share;
use crate::engine::random::Stream;

/// The tasks of all zones, by their places in a list.
#[derive(Clone, Debug, Default)]
pub(super) struct TaskShares {
    pub(super) zones: Vec<ZoneShares>,
    /// By place: the shares up to that of the task, added.
    added: Vec<u64>,
    /// By place: the index of the zone.
    zone_of: Vec<usize>,
}

/// The tasks of a zone.
#[derive(Clone, Debug)]
pub(super) struct ZoneShares {
    number: u8,
    /// Their places in the list.
    pub(super) places: Vec<usize>,
    /// Their shares up to that of each, added.
    added: Vec<u64>,
    /// They have equal shares.
    pub(super) is_even: bool,
    /// The number of requests that went to them in turn.
    turns: u64,
}

/// The place among added shares that a drawn number belongs to.
fn place_of(added: &[u64], drawn: u64) -> usize {
    added.partition_point(|sum| *sum <= drawn)
}

impl TaskShares {
    /// The tasks have these shares from now on.
    pub(super) fn set(&mut self, shares: impl Iterator<Item = Share>) {
        let before = std::mem::take(&mut self.zones);
        self.added.clear();
        self.zone_of.clear();
        let mut sum = 0;
        for (place, share) in shares.enumerate() {
            let zones = &mut self.zones;
            let known = zones.iter().position(|zone| zone.number == share.zone);
            let known = known.unwrap_or_else(|| {
                let same = before.iter().find(|zone| zone.number == share.zone);
                zones.push(ZoneShares {
                    number: share.zone,
                    places: Vec::new(),
                    added: Vec::new(),
                    is_even: true,
                    turns: same.map_or(0, |zone| zone.turns),
                });
                zones.len() - 1
            });
            let zone = &mut zones[known];
            zone.places.push(place);
            let all = zone.whole();
            zone.is_even &= all == share.share * zone.added.len() as u64;
            zone.added.push(all + share.share);
            sum += share.share;
            self.added.push(sum);
            self.zone_of.push(known);
        }
    }

    /// Draws the zone that gets a request; `None` without tasks.
    pub(super) fn draw(&mut self, draws: &mut Stream) -> Option<&mut ZoneShares> {
        if self.zones.len() == 1 {
            return self.zones.first_mut();
        }
        let whole = self.added.last().copied().filter(|whole| *whole > 0)?;
        let place = place_of(&self.added, draws.below(whole));
        self.zones.get_mut(self.zone_of[place])
    }
}

impl ZoneShares {
    /// The shares of all of its tasks.
    pub(super) fn whole(&self) -> u64 {
        self.added.last().copied().unwrap_or(0)
    }

    /// Draws the task that gets a request by the shares.
    pub(super) fn draw(&self, draws: &mut Stream) -> Option<usize> {
        let whole = Some(self.whole()).filter(|whole| *whole > 0)?;
        let drawn = draws.below(whole);
        self.places.get(place_of(&self.added, drawn)).copied()
    }

    /// The task whose turn it is, where all have equal shares.
    pub(super) fn next_in_turn(&mut self) -> Option<usize> {
        let place = self.turns.checked_rem(self.places.len() as u64)?;
        self.turns += 1;
        self.places.get(place as usize).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::random::{Purpose, StreamKey};

    fn of(shares: &[(u8, u64)]) -> TaskShares {
        let mut all = TaskShares::default();
        all.set(shares.iter().map(|(zone, share)| Share {
            zone: *zone,
            share: *share,
        }));
        all
    }

    #[test]
    fn zones_and_tasks_are_drawn_by_their_shares() {
        let mut all = of(&[(1, 10), (2, 30), (1, 10), (2, 10)]);
        assert!(all.zones[0].is_even && !all.zones[1].is_even);
        let mut draws = StreamKey::new(1, Purpose::RequestRouting, "web").stream(0);
        let mut counts = [0_u32; 4];
        for _ in 0..60_000 {
            let zone = all.draw(&mut draws).unwrap();
            let place = zone.draw(&mut draws).unwrap();
            counts[place] += 1;
        }
        for (count, wanted) in counts.into_iter().zip([1e4, 3e4, 1e4, 1e4]) {
            assert!((f64::from(count) / wanted - 1.0).abs() < 0.05, "{counts:?}");
        }
    }

    #[test]
    fn tasks_with_equal_shares_take_turns() {
        let mut all = of(&[(1, 5), (2, 5), (1, 5)]);
        let zone = &mut all.zones[0];
        let turns: Vec<_> = (0..3).filter_map(|_| zone.next_in_turn()).collect();
        assert_eq!(turns, [0, 2, 0]);
        // The turn goes on when the tasks change.
        all.set(
            [(1, 5), (1, 5)]
                .map(|(zone, share)| Share { zone, share })
                .into_iter(),
        );
        assert_eq!(all.zones[0].next_in_turn(), Some(1));
    }
}
