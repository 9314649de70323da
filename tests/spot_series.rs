//! Recorded Spot pools, played whole and held against the records themselves: what is lost and
//! when, what is there at every record, and against a replay of its own, second by second. The
//! data is not part of this repository: the environment variable `ECSIM_DATA` names its folder.

use ecsim::engine::Reader;
use ecsim::plan::Plan;
use ecsim::runner::built_in_scheduler;
use ecsim::scenario::{Embedded, Request, load};
use ecsim::simulation::{self, Fact, InstanceEnd};
use ecsim::units::{SECOND, SimTime};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Seconds of a notice (facts/platform.md 8.4.1).
const NOTICE: u64 = 120;

/// A record as the test reads it.
struct Record {
    file: PathBuf,
    gap: u64,
    /// How many instances the pool can hold; a record of zeros and ones does not count them.
    rooms: Vec<u64>,
}

/// Every record, in the order of its name.
fn records() -> Vec<Record> {
    let data = std::env::var_os("ECSIM_DATA").expect("ECSIM_DATA must name the folder of traces");
    let mut files = Vec::new();
    collect(&Path::new(&data).join("spot-traces"), &mut files);
    files.sort();
    assert_eq!(files.len(), 14);
    files.into_iter().map(read).collect()
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("the folder is there") {
        let path = entry.expect("it can be read").path();
        match path.is_dir() {
            true => collect(&path, files),
            false => files.push(path),
        }
    }
}

fn read(file: PathBuf) -> Record {
    let text = std::fs::read_to_string(&file).expect("it can be read");
    let value: serde_json::Value = serde_json::from_str(&text).expect("it is JSON");
    let level = |value: &serde_json::Value| value.as_u64().expect("a count");
    let levels = value["data"].as_array().expect("a list");
    let levels: Vec<u64> = levels.iter().map(level).collect();
    let counts = levels.iter().any(|level| *level > 1);
    let room = |level: u64| match level {
        0 => 0,
        level if counts => level,
        _ => u64::MAX,
    };
    Record {
        gap: level(&value["metadata"]["gap_seconds"]),
        rooms: levels.into_iter().map(room).collect(),
        file,
    }
}

impl Record {
    fn length(&self) -> u64 {
        self.gap * self.rooms.len() as u64
    }

    /// How many instances the pool can hold at a second.
    fn room(&self, second: u64) -> u64 {
        let last = self.rooms.len() as u64 - 1;
        self.rooms[(second / self.gap).min(last) as usize]
    }

    /// The least room from a second until a notice later.
    fn least(&self, second: u64) -> u64 {
        let marks = (second / self.gap + 1..=(second + NOTICE) / self.gap).map(|n| n * self.gap);
        let rooms = marks.map(|second| self.room(second));
        rooms.fold(self.room(second), u64::min)
    }

    fn falls_at(&self, second: u64) -> bool {
        second.is_multiple_of(self.gap) && second > 0 && self.room(second) < self.room(second - 1)
    }
}

/// Plays these records, each of a zone, with a group that wants so many instances.
fn played(records: &[&Record], want: u64, delays: &str) -> Seen {
    let zones = ["us-east-1a", "us-east-1b", "us-east-1c"];
    let zones = zones[..records.len()].join(", ");
    let length = records.iter().map(|record| record.length()).min();
    let series: Vec<String> = records
        .iter()
        .zip(zones.split(", "))
        .map(|(record, zone)| {
            let file = record.file.display();
            format!("{{ file: '{file}', availabilityZone: {zone} }}")
        })
        .collect();
    let text = format!(
        "ecsim: 1
name: recorded
until: {until}s
cluster:
  availabilityZones: [{zones}]
  capacityProviders:
    - name: pool
      autoScalingGroup: {{ instanceTypes: [own], minSize: 0, maxSize: {want}, desiredCapacity: {want}, spot: true }}
      agent: {{ spotInstanceDraining: true }}
instanceTypes:
  - {{ name: own, vcpu: 8, memory: 61 GiB, price: $3/h, spot: {{ price: $1/h, interruptions: \">20%\" }} }}
taskDefinitions:
  - family: job
    cpu: 1024
    memory: 2048
    containerDefinitions: [{{ name: job, image: job }}]
images: [{{ name: job, size: 1 MB }}]
tasks:
  - {{ name: jobs, taskDefinition: job, arrivals: {{ poisson: 1/h }}, duration: 10m, onNoCapacity: fail }}
spot: {{ series: [{series}] }}
delays: {delays}
",
        until = length.expect("there are records"),
        series = series.join(", "),
    );
    let folder = tempfile::tempdir().expect("there is a temporary folder");
    let path = folder.path().join("recorded.yaml");
    std::fs::write(&path, text).expect("it can be written");
    let request = Request {
        path: &path,
        set: &[],
        variants: &[],
        seeds: None,
    };
    let study = match load(&request, &Embedded) {
        Ok(loaded) => loaded.study,
        Err(problems) => panic!("{problems}"),
    };
    assert_eq!(study.warnings, Vec::<String>::new());
    let plan: &Plan = &study.variants[0];
    let mut seen = Seen::default();
    let scheduler = built_in_scheduler(plan);
    simulation::run(plan, 1, scheduler, simulation::Limits::default(), &mut seen)
        .expect("it plays");
    seen
}

/// What happened to instances, in whole seconds.
#[derive(Default)]
struct Seen {
    /// Second and zone.
    launched: Vec<(u64, usize)>,
    /// When it came and went, by instance.
    lives: BTreeMap<usize, (u64, u64, usize)>,
    /// When an instance registered, drained and was lost.
    registered: BTreeMap<usize, f64>,
    drained: BTreeMap<usize, f64>,
    lost: BTreeMap<usize, u64>,
    refused: usize,
}

impl Reader<Fact> for Seen {
    fn read(&mut self, now: SimTime, fact: &Fact) {
        let second = now.as_micros() / SECOND;
        let is_whole = now.as_micros().is_multiple_of(SECOND);
        match fact {
            Fact::InstanceLaunched(of) => {
                assert!(is_whole && of.spot);
                let zone = of.zone.index();
                self.launched.push((second, zone));
                self.lives
                    .insert(of.instance.index(), (second, u64::MAX, zone));
            }
            Fact::InstanceRegistered(of) => {
                self.registered
                    .insert(of.instance.index(), now.as_seconds_f64());
            }
            Fact::InstanceDraining(of) => {
                self.drained
                    .insert(of.instance.index(), now.as_seconds_f64());
            }
            Fact::InstanceGone(of, end) => {
                assert!(is_whole);
                assert_eq!(*end, InstanceEnd::Interrupted);
                self.lost.insert(of.instance.index(), second);
                self.lives
                    .get_mut(&of.instance.index())
                    .expect("it was launched")
                    .1 = second;
            }
            Fact::LaunchFailed { .. } => self.refused += 1,
            _ => {}
        }
    }
}

impl Seen {
    /// How many are there at a second, in a zone, once all of that second has happened.
    fn there(&self, second: u64, zone: usize) -> u64 {
        let lives = self.lives.values();
        let there = lives.filter(|(from, to, z)| *z == zone && *from <= second && second < *to);
        there.count() as u64
    }

    /// Nobody is there whom a record does not allow, and nobody is lost but when it falls,
    /// with a notice.
    fn keeps_to(&self, record: &Record, zone: usize) {
        for number in 0..record.rooms.len() as u64 {
            let second = number * record.gap;
            let (there, room) = (self.there(second, zone), record.room(second));
            assert!(there <= room, "{there} of {room} at record {number}");
        }
        for (id, second) in &self.lost {
            let (launched, _, of) = self.lives[id];
            if of != zone {
                continue;
            }
            assert!(record.falls_at(*second), "nothing falls at {second} s");
            assert!(launched + NOTICE < *second, "it got no notice");
            // It drains from its notice on; who boots then, when it registers.
            let notice = (second - NOTICE) as f64;
            let drains = self.registered.get(id).map(|at| at.max(notice));
            assert_eq!(self.drained.get(id), drains.as_ref());
        }
    }
}

/// The group's own doings, second by second: launches that came and losses that went.
fn replayed(record: &Record, want: u64) -> (Vec<u64>, Vec<u64>) {
    let (mut launched, mut lost) = (Vec::new(), Vec::new());
    let mut staying = 0;
    // The second at which each of those with a notice ends.
    let mut ending: Vec<u64> = Vec::new();
    let mut failures = 0;
    let mut retry: Option<u64> = None;
    for second in 0..record.length() {
        let went = ending.iter().filter(|end| **end == second).count();
        ending.retain(|end| *end > second);
        lost.extend(std::iter::repeat_n(second, went));
        let least = record.least(second);
        while staying > least {
            staying -= 1;
            ending.push(second + NOTICE);
        }
        let is_due = retry == Some(second);
        if second > 0 && !is_due && (went == 0 || retry.is_some()) {
            continue;
        }
        retry = None;
        while staying + (ending.len() as u64) < want {
            if staying + ending.len() as u64 >= least {
                // A minute, doubled each time, a quarter of an hour at most.
                retry = Some(second + (60 << failures.min(10)).min(900));
                failures += 1;
                break;
            }
            staying += 1;
            failures = 0;
            launched.push(second);
        }
    }
    (launched, lost)
}

#[test]
#[ignore = "slow, needs ECSIM_DATA: run by .ci/run"]
fn groups_hold_what_the_record_of_their_pool_allows() {
    let mut interruptions = 0;
    for record in &records() {
        for (want, delays) in [(1, "none"), (4, "none"), (3, "realistic")] {
            let seen = played(&[record], want, delays);
            seen.keeps_to(record, 0);
            let (launched, lost) = replayed(record, want);
            let seconds: Vec<u64> = seen.launched.iter().map(|(second, _)| *second).collect();
            let name = record.file.display();
            assert_eq!(seconds, launched, "{name}, {want} wanted");
            let mut ends: Vec<u64> = seen.lost.into_values().collect();
            ends.sort_unstable();
            assert_eq!(ends, lost, "{name}, {want} wanted");
            assert!(!lost.is_empty() && seen.refused > 0, "{name}");
            interruptions += lost.len();
        }
    }
    assert!(interruptions > 5_000, "{interruptions}");
}

/// A zone whose pool is empty holds nobody; the others of the group take over.
#[test]
#[ignore = "slow, needs ECSIM_DATA: run by .ci/run"]
fn a_group_in_three_recorded_zones_keeps_to_each() {
    let records = records();
    let intel: Vec<&Record> = records
        .iter()
        .filter(|record| {
            record.file.ends_with("us-east-1b_intel_64.json")
                || record.file.ends_with("us-east-1c_intel_64.json")
                || record.file.ends_with("us-east-1d_intel_64.json")
        })
        .collect();
    assert_eq!(intel.len(), 3);
    let seen = played(&intel, 6, "none");
    for (zone, record) in intel.iter().enumerate() {
        seen.keeps_to(record, zone);
        assert!(seen.launched.iter().any(|(_, z)| *z == zone));
    }
    // Once three zones were open at least a while, all six are there, wherever that is.
    let seconds = (0..intel[0].length()).step_by(3_600);
    let full = seconds
        .clone()
        .filter(|second| (0..3).map(|zone| seen.there(*second, zone)).sum::<u64>() == 6);
    let (full, all) = (full.count(), seconds.count());
    assert!(full * 10 > all * 8, "{full} of {all} hours");
}
