//! Bin packing, where the right answer is known: the real policies over a cluster that
//! registers one more instance when nothing fits. A bin is an instance, an item a task that
//! never leaves (or does, in the last law); sizes are CPU and memory alike.

use ecsim::catalog::{Architecture, OperatingSystem};
use ecsim::cluster::{
    Cluster, Field, GroupId, InstanceId, MemberOf, PoolId, PoolSpec, ProviderId, Request,
    Requirement, Shape, ZoneId,
};
use ecsim::engine::random::{Purpose, SplitMix64, StreamKey};
use ecsim::policy::placement::{
    self, BestFit, DotProduct, EcsStrategies, FirstFit, NextFit, Placement, Work, WorstFit,
};
use ecsim::units::{Cpu, Memory};
use proptest::prelude::*;
use std::collections::BTreeMap;

/// A classic way to pack.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Heuristic {
    Next,
    First,
    Best,
    Worst,
}
use Heuristic::{Best, First, Next, Worst};

const ALL: [Heuristic; 4] = [Next, First, Best, Worst];

impl Heuristic {
    fn policy(self) -> Box<dyn Placement> {
        match self {
            Next => Box::new(NextFit::default()),
            First => Box::new(FirstFit),
            Best => Box::new(BestFit(Field::Cpu)),
            Worst => Box::new(WorstFit(Field::Cpu)),
        }
    }

    /// Bins used for items in this order.
    fn bins(self, capacity: u64, items: &[u64]) -> u64 {
        bins(&mut *self.policy(), self == Next, capacity, items)
    }

    /// Bins used when the largest items come first; equal ones keep their order.
    fn bins_decreasing(self, capacity: u64, items: &[u64]) -> u64 {
        let mut sorted = items.to_vec();
        sorted.sort_by_key(|size| std::cmp::Reverse(*size));
        self.bins(capacity, &sorted)
    }
}

/// A cluster of equal instances that grows when a policy finds no room.
struct Bins {
    cluster: Cluster,
    pool: PoolId,
    requirement: Requirement,
}

impl Bins {
    fn new(capacity: u64) -> Self {
        let mut cluster = Cluster::new(1);
        cluster.keep_blocks();
        let pool = cluster.add_pool(PoolSpec {
            provider: ProviderId::new(0),
            zone: ZoneId::new(0),
            instance_type: 0,
            cpu: Cpu::units(capacity),
            memory: Memory::mib(capacity),
            gpus: 0,
            task_interfaces: 0,
            architecture: Architecture::X86,
            operating_system: OperatingSystem::Linux,
            attributes: BTreeMap::new(),
            agent_version: None,
            in_group: false,
        });
        let requirement = Requirement {
            pools: vec![pool],
            ports: Vec::new(),
            group: GroupId::new(0),
            distinct_instance: false,
            member_of: MemberOf::default(),
            daemon: false,
        };
        Self {
            cluster,
            pool,
            requirement,
        }
    }

    fn open(&mut self) {
        self.cluster.register(self.pool);
    }

    /// What an item asks for.
    fn request(&self, size: u64) -> Request<'_> {
        let shape = Shape {
            cpu: Cpu::units(size),
            memory: Memory::mib(size),
            ..Shape::default()
        };
        Request {
            shape,
            requirement: &self.requirement,
        }
    }

    fn choose(&self, policy: &mut dyn Placement, size: u64) -> Option<InstanceId> {
        let key = StreamKey::new(1, Purpose::Placement, "items");
        let work = Work::outside_of_a_run(self.request(size), key, 0);
        policy.place(&work, &self.cluster)
    }

    fn put(&mut self, bin: InstanceId, size: u64) {
        let requirement = self.requirement.clone();
        let request = Request {
            requirement: &requirement,
            ..self.request(size)
        };
        self.cluster.promise(bin, &request);
    }

    fn take_out(&mut self, bin: InstanceId, size: u64) {
        let requirement = self.requirement.clone();
        let request = Request {
            requirement: &requirement,
            ..self.request(size)
        };
        self.cluster.release(bin, &request);
    }

    /// Puts an item where the policy says, into one more bin when it says nowhere.
    fn place(&mut self, policy: &mut dyn Placement, size: u64) -> InstanceId {
        let bin = self.choose(policy, size).unwrap_or_else(|| {
            self.open();
            self.choose(policy, size)
                .expect("an empty bin holds every item")
        });
        self.put(bin, size);
        bin
    }

    fn used(&self) -> u64 {
        let used = self.cluster.instances();
        used.filter(|(_, bin)| bin.tasks() > 0).count() as u64
    }
}

/// Bins that a policy uses. Next fit takes the next instance in turn, so it gets as many
/// empty ones as it could need and never comes round to the first.
fn bins(policy: &mut dyn Placement, in_turn: bool, capacity: u64, items: &[u64]) -> u64 {
    let mut bins = Bins::new(capacity);
    if in_turn {
        items.iter().for_each(|_| bins.open());
    }
    for size in items {
        bins.place(policy, *size);
    }
    bins.used()
}

/// The least number of bins that the sum of the items allows (L1).
fn least_bins(capacity: u64, items: &[u64]) -> u64 {
    items.iter().sum::<u64>().div_ceil(capacity)
}

fn repeat(parts: &[(u64, u64)]) -> Vec<u64> {
    let each = |&(times, size): &(u64, u64)| (0..times).map(move |_| size);
    parts.iter().flat_map(each).collect()
}

// Families made to mislead a heuristic (facts/validation.md 2.2).

#[test]
fn first_fit_needs_ten_bins_where_six_would_do() {
    for k in [1, 2, 5, 10] {
        let items = repeat(&[(6 * k, 15), (6 * k, 34), (6 * k, 51)]);
        for heuristic in ALL {
            assert_eq!(heuristic.bins(101, &items), 10 * k, "{heuristic:?}, k={k}");
        }
        // 15 + 34 + 51 fit into one bin, and no bin holds two items above a half.
        for heuristic in [First, Best] {
            assert_eq!(
                heuristic.bins_decreasing(101, &items),
                6 * k,
                "{heuristic:?}, k={k}"
            );
        }
    }
}

#[test]
fn first_fit_decreasing_needs_eleven_bins_where_nine_would_do() {
    for m in [1, 2, 5, 10] {
        let items = repeat(&[(6 * m, 510), (6 * m, 270), (6 * m, 260), (12 * m, 230)]);
        for heuristic in [First, Best, Worst] {
            assert_eq!(heuristic.bins(1000, &items), 11 * m, "{heuristic:?}, m={m}");
        }
        for heuristic in [First, Best] {
            assert_eq!(
                heuristic.bins_decreasing(1000, &items),
                11 * m,
                "{heuristic:?}, m={m}"
            );
        }
        assert_eq!(Next.bins(1000, &items), 13 * m, "m={m}");
        // The optimum: six bins of 510 + 260 + 230 and three of 270 + 270 + 230 + 230.
        assert_eq!(least_bins(1000, &items), 9 * m, "m={m}");
    }
}

#[test]
fn next_fit_needs_nearly_twice_the_bins() {
    for n in [2, 20, 100, 300] {
        let items: Vec<u64> = (0..n).flat_map(|_| [n, 1]).collect();
        let capacity = 2 * n;
        for heuristic in [Next, Worst] {
            assert_eq!(heuristic.bins(capacity, &items), n, "{heuristic:?}, n={n}");
        }
        for heuristic in [First, Best] {
            assert_eq!(
                heuristic.bins(capacity, &items),
                n / 2 + 1,
                "{heuristic:?}, n={n}"
            );
            assert_eq!(
                heuristic.bins_decreasing(capacity, &items),
                n / 2 + 1,
                "{heuristic:?}, n={n}"
            );
        }
    }
}

// Generated lists (facts/validation.md 2.3).

struct Generated {
    seed: u64,
    sizes: (u64, u64),
    first: [u64; 5],
    sum: u64,
    /// Next, first, best and worst fit.
    online: [u64; 4],
    decreasing: [u64; 4],
    least: u64,
}

fn check_generated(known: &Generated) {
    let (low, high) = known.sizes;
    let mut generator = SplitMix64(known.seed);
    let items: Vec<u64> = (0..5000)
        .map(|_| low + generator.next_u64() % (high - low + 1))
        .collect();
    assert_eq!(items[..5], known.first);
    assert_eq!(items.iter().sum::<u64>(), known.sum);
    assert_eq!(least_bins(1000, &items), known.least);
    let online = ALL.map(|heuristic| heuristic.bins(1000, &items));
    assert_eq!(online, known.online, "{ALL:?}");
    let decreasing = ALL.map(|heuristic| heuristic.bins_decreasing(1000, &items));
    assert_eq!(decreasing, known.decreasing, "{ALL:?}, decreasing");
    // Wasted room per bin shrinks from next to first to best fit.
    assert!(online[2] < online[1] && online[1] < online[0]);
}

#[test]
fn items_of_any_size_need_the_known_number_of_bins() {
    check_generated(&Generated {
        seed: 11,
        sizes: (1, 1000),
        first: [814, 546, 190, 481, 589],
        sum: 2_509_647,
        online: [3360, 2596, 2570, 2929],
        decreasing: [3228, 2526, 2526, 2526],
        least: 2510,
    });
}

#[test]
fn items_of_at_most_half_a_bin_need_the_known_number_of_bins() {
    check_generated(&Generated {
        seed: 12,
        sizes: (100, 500),
        first: [463, 398, 343, 177, 168],
        sum: 1_493_536,
        online: [1785, 1551, 1546, 1648],
        decreasing: [1740, 1521, 1521, 1521],
        least: 1494,
    });
}

// Theorems (facts/validation.md 2.1).

/// Item sizes of bins that are each filled to the brim, in any order: the optimum is known.
fn full_bins(capacity: u64) -> impl Strategy<Value = (u64, Vec<u64>)> {
    let cuts = prop::collection::vec(1..capacity, 0..6);
    let bin = cuts.prop_map(move |mut cuts| {
        cuts.extend([0, capacity]);
        cuts.sort_unstable();
        cuts.dedup();
        cuts.windows(2)
            .map(|pair| pair[1] - pair[0])
            .collect::<Vec<u64>>()
    });
    prop::collection::vec(bin, 1..40)
        .prop_map(|bins| (bins.len() as u64, bins.concat()))
        .prop_flat_map(|(optimum, items)| (Just(optimum), Just(items).prop_shuffle()))
}

/// The least number of bins, by trying everything.
fn optimum(capacity: u64, items: &[u64]) -> u64 {
    fn search(capacity: u64, items: &[u64], free: &mut Vec<u64>, best: &mut usize) {
        if free.len() >= *best {
            return;
        }
        let Some((&item, rest)) = items.split_first() else {
            *best = free.len();
            return;
        };
        for bin in 0..free.len() {
            if free[bin] >= item {
                free[bin] -= item;
                search(capacity, rest, free, best);
                free[bin] += item;
            }
        }
        free.push(capacity - item);
        search(capacity, rest, free, best);
        free.pop();
    }
    let mut best = items.len() + 1;
    search(capacity, items, &mut Vec::new(), &mut best);
    best as u64
}

/// What is proved about each heuristic against the optimum.
fn check_bounds(capacity: u64, items: &[u64], optimum: u64) -> Result<(), TestCaseError> {
    // Johnson 1973; Dósa and Sgall 2013, 2014; Dósa 2007.
    prop_assert!(Next.bins(capacity, items) < 2 * optimum);
    prop_assert!(Worst.bins(capacity, items) < 2 * optimum);
    prop_assert!(First.bins(capacity, items) <= 17 * optimum / 10);
    prop_assert!(Best.bins(capacity, items) <= 17 * optimum / 10);
    prop_assert!(9 * First.bins_decreasing(capacity, items) <= 11 * optimum + 6);
    for heuristic in ALL {
        prop_assert!(heuristic.bins(capacity, items) >= optimum);
        prop_assert!(heuristic.bins_decreasing(capacity, items) >= optimum);
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(200) })]

    #[test]
    fn nobody_is_worse_than_proved_where_bins_can_be_full((optimum, items) in full_bins(200)) {
        check_bounds(200, &items, optimum)?;
    }

    #[test]
    fn nobody_is_worse_than_proved_on_small_lists(items in prop::collection::vec(1u64..=30, 1..10)) {
        check_bounds(30, &items, optimum(30, &items))?;
    }

    #[test]
    fn with_one_resource_other_policies_pack_like_best_and_worst_fit(
        items in prop::collection::vec(1u64..=100, 1..300)
    ) {
        // They break ties otherwise, but bins with equal room are alike.
        let binpack = |field| EcsStrategies::new(vec![placement::Strategy::Binpack(field)]);
        let best = Best.bins(100, &items);
        prop_assert_eq!(bins(&mut binpack(Field::Cpu), false, 100, &items), best);
        prop_assert_eq!(bins(&mut binpack(Field::Memory), false, 100, &items), best);
        prop_assert_eq!(bins(&mut BestFit(Field::Memory), false, 100, &items), best);
        let worst = Worst.bins(100, &items);
        prop_assert_eq!(bins(&mut WorstFit(Field::Memory), false, 100, &items), worst);
        prop_assert_eq!(bins(&mut DotProduct, false, 100, &items), worst);
    }
}

// Items that leave: a bin costs from its first item to the moment it is empty, and is never
// used again. First fit costs at most μ + 3 times the optimum that may repack at any time,
// next fit at most 2μ + 1 times (Li, Tang and Cai 2014; Kamali and López-Ortiz 2014), where
// μ is the longest stay over the shortest.

#[derive(Clone, Copy, Debug)]
struct Stay {
    arrives: u64,
    leaves: u64,
    size: u64,
}

const BIN: u64 = 12;

fn stays() -> impl Strategy<Value = Vec<Stay>> {
    let stay = (0u64..20, 1u64..=8, 1..=BIN);
    let stay = stay.prop_map(|(arrives, lasts, size)| Stay {
        arrives,
        leaves: arrives + lasts,
        size,
    });
    prop::collection::vec(stay, 1..9).prop_map(|mut stays| {
        stays.sort_by_key(|stay| stay.arrives);
        stays
    })
}

/// The time that bins are in use, over all bins.
fn cost(heuristic: Heuristic, stays: &[Stay]) -> u64 {
    let mut policy = heuristic.policy();
    let mut bins = Bins::new(BIN);
    if heuristic == Next {
        stays.iter().for_each(|_| bins.open());
    }
    let mut inside: Vec<(Stay, InstanceId)> = Vec::new();
    let mut cost = 0;
    for now in 0..=stays.iter().map(|stay| stay.leaves).max().unwrap_or(0) {
        for (stay, bin) in inside.extract_if(.., |(stay, _)| stay.leaves == now) {
            bins.take_out(bin, stay.size);
            if bins.cluster.instance(bin).tasks() == 0 {
                bins.put(bin, BIN); // Switched off: there is no room any more.
            }
        }
        for stay in stays.iter().filter(|stay| stay.arrives == now) {
            inside.push((*stay, bins.place(&mut *policy, stay.size)));
        }
        let mut used: Vec<InstanceId> = inside.iter().map(|(_, bin)| *bin).collect();
        used.sort_unstable();
        used.dedup();
        cost += used.len() as u64;
    }
    cost
}

/// The same for the optimum that repacks at every moment.
fn least_cost(stays: &[Stay]) -> u64 {
    let end = stays.iter().map(|stay| stay.leaves).max().unwrap_or(0);
    let at = |now: u64| {
        let inside = stays
            .iter()
            .filter(|stay| stay.arrives <= now && now < stay.leaves);
        optimum(BIN, &inside.map(|stay| stay.size).collect::<Vec<_>>())
    };
    (0..end).map(at).sum()
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(300) })]

    #[test]
    fn paying_by_the_hour_first_and_next_fit_stay_within_their_proved_ratios(stays in stays()) {
        let lengths = || stays.iter().map(|stay| stay.leaves - stay.arrives);
        let (longest, shortest) = (lengths().max().unwrap_or(1), lengths().min().unwrap_or(1));
        let best = least_cost(&stays);
        prop_assert!(cost(First, &stays) * shortest <= (longest + 3 * shortest) * best);
        prop_assert!(cost(Next, &stays) * shortest <= (2 * longest + shortest) * best);
        for heuristic in ALL {
            prop_assert!(cost(heuristic, &stays) >= best);
        }
    }
}

/// Falkenauer's uniform instances (facts/validation.md 2.4).
mod or_library {
    use super::*;
    use sha2::{Digest, Sha256};

    /// Best known, then next, first, best and worst fit, first and best fit decreasing.
    type Known = [u64; 7];

    const OF_120_ITEMS: [Known; 20] = [
        [48, 64, 50, 50, 56, 49, 49],
        [49, 63, 51, 51, 57, 49, 49],
        [46, 57, 48, 48, 51, 47, 47],
        [49, 65, 52, 53, 57, 50, 50],
        [50, 64, 52, 52, 56, 50, 50],
        [48, 61, 52, 52, 54, 49, 49],
        [48, 63, 51, 52, 55, 49, 49],
        [49, 63, 52, 52, 56, 50, 50],
        [51, 67, 54, 53, 59, 51, 51],
        [46, 61, 49, 48, 55, 47, 47],
        [52, 68, 56, 55, 61, 52, 52],
        [49, 63, 52, 51, 56, 50, 50],
        [48, 62, 52, 51, 55, 49, 49],
        [49, 63, 51, 51, 55, 49, 49],
        [50, 64, 53, 53, 58, 50, 50],
        [48, 63, 53, 52, 57, 49, 49],
        [52, 69, 56, 55, 64, 52, 52],
        [52, 70, 56, 56, 60, 53, 53],
        [49, 64, 52, 51, 54, 50, 50],
        [50, 65, 52, 52, 55, 50, 50],
    ];

    const OF_250_ITEMS: [Known; 20] = [
        [99, 131, 104, 105, 115, 100, 100],
        [100, 129, 107, 108, 114, 101, 101],
        [102, 133, 109, 109, 116, 104, 104],
        [100, 129, 106, 106, 116, 101, 101],
        [101, 133, 107, 107, 118, 102, 102],
        [101, 132, 107, 107, 116, 104, 104],
        [102, 132, 107, 107, 116, 103, 103],
        [104, 139, 110, 109, 125, 105, 105],
        [105, 140, 112, 111, 120, 107, 107],
        [101, 133, 108, 108, 116, 102, 102],
        [105, 137, 112, 111, 122, 106, 106],
        [101, 135, 109, 108, 118, 103, 103],
        [106, 139, 112, 111, 124, 107, 107],
        [103, 134, 110, 108, 115, 104, 104],
        [100, 130, 105, 105, 114, 101, 101],
        [105, 140, 114, 113, 121, 107, 107],
        [97, 130, 103, 103, 114, 99, 99],
        [100, 129, 106, 106, 113, 101, 101],
        [100, 131, 106, 105, 114, 102, 102],
        [102, 133, 108, 107, 115, 103, 103],
    ];

    struct Instance {
        name: String,
        capacity: u64,
        best_known: u64,
        items: Vec<u64>,
    }

    /// Reads a file of the library, which must be the genuine one: some copies are cut off.
    fn read(name: &str, sha256: &str) -> Vec<Instance> {
        let data = std::env::var_os("ECSIM_DATA")
            .expect("ECSIM_DATA must name the folder that holds orlib/");
        let path = std::path::Path::new(&data).join("orlib").join(name);
        let text = std::fs::read_to_string(&path)
            .unwrap_or_else(|error| panic!("cannot read {}: {error}", path.display()));
        let digest = Sha256::digest(text.as_bytes());
        let digest: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
        assert!(digest.starts_with(sha256), "{name} is another file");
        let mut words = text.split_whitespace();
        let mut next = || words.next().expect("the file has all its numbers");
        let number = |word: &str| word.parse::<u64>().expect("a whole number");
        (0..number(next()))
            .map(|_| {
                let name = next().to_string();
                let (capacity, count, best_known) =
                    (number(next()), number(next()), number(next()));
                let items = (0..count).map(|_| number(next())).collect();
                Instance {
                    name,
                    capacity,
                    best_known,
                    items,
                }
            })
            .collect()
    }

    /// `totals`: best known; next, first, best and worst fit; the same four decreasing.
    fn check(file: &str, sha256: &str, known: &[Known], totals: [u64; 9]) {
        let instances = read(file, sha256);
        assert_eq!(instances.len(), known.len());
        let mut sums = [0; 9];
        for (instance, known) in instances.iter().zip(known) {
            let Instance {
                name,
                capacity,
                best_known,
                items,
            } = instance;
            let [next, first, best, worst] = ALL.map(|h| h.bins(*capacity, items));
            let [nfd, ffd, bfd, wfd] = ALL.map(|h| h.bins_decreasing(*capacity, items));
            let got = [*best_known, next, first, best, worst, ffd, bfd];
            assert_eq!(got, *known, "{name}");
            let all = [*best_known, next, first, best, worst, nfd, ffd, bfd, wfd];
            for (sum, bins) in sums.iter_mut().zip(all) {
                *sum += bins;
            }
        }
        assert_eq!(sums, totals);
    }

    #[test]
    #[ignore = "needs ECSIM_DATA: run by .ci/run"]
    fn instances_of_120_items_need_the_known_number_of_bins() {
        let totals = [983, 1279, 1044, 1038, 1131, 1372, 995, 995, 1003];
        check("binpack1.txt", "dcee47fd5dfad97d", &OF_120_ITEMS, totals);
    }

    #[test]
    #[ignore = "needs ECSIM_DATA: run by .ci/run"]
    fn instances_of_250_items_need_the_known_number_of_bins() {
        let totals = [2034, 2669, 2162, 2154, 2342, 2851, 2062, 2062, 2068];
        check("binpack2.txt", "86fd8c3d3007047b", &OF_250_ITEMS, totals);
    }
}
