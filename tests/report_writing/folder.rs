//! A report stands whole or not at all, and nothing but a report is ever replaced.

use super::fake::{self, Wanted};
use ecsim::report::{self, Disk, Folder, ReportError, ReportProblem, Store};
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// A disk that is full after so many bytes, and gives up at the n-th of its other acts.
struct Failing {
    bytes: Arc<AtomicUsize>,
    acts: AtomicUsize,
}

impl Failing {
    fn new(bytes: usize, acts: usize) -> Self {
        Self {
            bytes: Arc::new(AtomicUsize::new(bytes)),
            acts: AtomicUsize::new(acts),
        }
    }

    fn act(&self) -> io::Result<()> {
        let left = self
            .acts
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| {
                left.checked_sub(1)
            });
        left.map(|_| ())
            .map_err(|_| io::Error::other("the disk gave up"))
    }
}

impl Store for Failing {
    fn create_folder(&self, path: &Path) -> io::Result<()> {
        self.act()?;
        Disk.create_folder(path)
    }
    fn create_file(&self, path: &Path) -> io::Result<Box<dyn Write + Send>> {
        self.act()?;
        let file = Disk.create_file(path)?;
        let left = Arc::clone(&self.bytes);
        Ok(Box::new(FailingFile { file, left }))
    }
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.act()?;
        Disk.rename(from, to)
    }
    fn remove_file(&self, path: &Path) -> io::Result<()> {
        self.act()?;
        Disk.remove_file(path)
    }
    fn remove_folder(&self, path: &Path) -> io::Result<()> {
        Disk.remove_folder(path)
    }
}

/// The disk of a process that is killed before the n-th of its acts: from then on nothing happens,
/// not even what a failed report cleans up. The removal of a file in a folder is an act.
struct Killed {
    acts: AtomicUsize,
}

impl Killed {
    fn before(acts: usize) -> Self {
        let acts = AtomicUsize::new(acts);
        Self { acts }
    }

    fn act(&self) -> io::Result<()> {
        let next = |left: usize| left.checked_sub(1);
        let left = self
            .acts
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, next);
        left.map(|_| ()).map_err(|_| io::Error::other("killed"))
    }
}

impl Store for Killed {
    fn create_folder(&self, path: &Path) -> io::Result<()> {
        self.act()?;
        Disk.create_folder(path)
    }
    fn create_file(&self, path: &Path) -> io::Result<Box<dyn Write + Send>> {
        self.act()?;
        Disk.create_file(path)
    }
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.act()?;
        Disk.rename(from, to)
    }
    fn remove_file(&self, path: &Path) -> io::Result<()> {
        self.act()?;
        Disk.remove_file(path)
    }
    fn remove_folder(&self, path: &Path) -> io::Result<()> {
        for (name, text) in tree(path) {
            if text.is_some() {
                self.remove_file(&path.join(name))?;
            }
        }
        self.act()?;
        Disk.remove_folder(path)
    }
}

struct FailingFile {
    file: Box<dyn Write + Send>,
    left: Arc<AtomicUsize>,
}

impl Write for FailingFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let left = self.left.load(Ordering::Relaxed);
        if left == 0 && !bytes.is_empty() {
            return Err(io::ErrorKind::StorageFull.into());
        }
        let some = &bytes[..bytes.len().min(left)];
        let written = self.file.write(some)?;
        self.left.fetch_sub(written, Ordering::Relaxed);
        Ok(written)
    }
    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

/// Writes a small report.
fn write(store: Box<dyn Store + Send + Sync>, out: &Path) -> Result<PathBuf, ReportError> {
    let wanted = Wanted {
        seeds: 2,
        cells: 2,
        ..Wanted::variants(1)
    };
    let results = fake::results(&wanted);
    let folder = Folder::begin_on(store, out, "shop")?;
    report::write_files(&folder, &results)?;
    report::write_plots(&folder, &results)?;
    folder.commit()
}

/// Everything below a folder, by path, with the content of files.
fn tree(folder: &Path) -> Vec<(String, Option<Vec<u8>>)> {
    let mut found = Vec::new();
    let mut open = vec![folder.to_path_buf()];
    while let Some(next) = open.pop() {
        for entry in fs::read_dir(next).expect("it can be read") {
            let path = entry.expect("it can be read").path();
            let shown = path.strip_prefix(folder).expect("it is below");
            let shown = shown.to_string_lossy().into_owned();
            if path.is_dir() {
                found.push((shown, None));
                open.push(path);
            } else {
                found.push((shown, Some(fs::read(&path).expect("it can be read"))));
            }
        }
    }
    found.sort();
    found
}

fn names(folder: &Path) -> Vec<String> {
    tree(folder).into_iter().map(|(name, _)| name).collect()
}

const WHOLE: [&str; 12] = [
    "shop",
    "shop/cost.csv",
    "shop/plots",
    "shop/plots/cost.svg",
    "shop/plots/cpu-m6i-0.svg",
    "shop/plots/memory-m6i-0.svg",
    "shop/plots/tasks-m6i-0.svg",
    "shop/plots/waits.svg",
    "shop/report.html",
    "shop/runs.csv",
    "shop/summary.json",
    "shop/utilization.csv",
];

#[test]
fn a_report_stands_at_its_place_and_nothing_beside_it() {
    let place = tempfile::tempdir().expect("a place");
    let out = place.path().join("deep/output");
    assert_eq!(
        write(Box::new(Disk), &out).expect("it is written"),
        out.join("shop")
    );
    assert_eq!(names(&out), WHOLE);
}

#[test]
fn a_report_replaces_an_older_one_whole() {
    let place = tempfile::tempdir().expect("a place");
    write(Box::new(Disk), place.path()).expect("it is written");
    fs::write(place.path().join("shop/tasks.csv"), "of the older one").expect("it is written");
    write(Box::new(Disk), place.path()).expect("it is replaced");
    assert_eq!(names(place.path()), WHOLE);
}

#[test]
fn an_empty_folder_is_taken() {
    let place = tempfile::tempdir().expect("a place");
    fs::create_dir(place.path().join("shop")).expect("it is made");
    write(Box::new(Disk), place.path()).expect("it is written");
    assert_eq!(names(place.path()), WHOLE);
}

/// Prepares a place with `prepare`, and checks that a report is refused and nothing changes.
fn check_refused(prepare: impl FnOnce(&Path), because: &str) {
    let place = tempfile::tempdir().expect("a place");
    prepare(place.path());
    let before = tree(place.path());
    let error = write(Box::new(Disk), place.path()).expect_err("it is not ours");
    assert!(
        matches!(error.problem, ReportProblem::Foreign(_)),
        "{error}"
    );
    assert!(error.to_string().contains(because), "{error}");
    assert!(error.to_string().contains("shop"), "{error}");
    assert_eq!(tree(place.path()), before);
}

#[test]
fn what_is_not_a_report_is_never_replaced() {
    let file = |path: PathBuf, text: &str| fs::write(path, text).expect("it is written");
    let folder = |path: PathBuf| fs::create_dir(path).expect("it is made");
    check_refused(|out| file(out.join("shop"), "mine"), "not a folder");
    check_refused(
        |out| {
            folder(out.join("shop"));
            file(out.join("shop/thesis.txt"), "mine");
        },
        "`thesis.txt`",
    );
    check_refused(
        |out| {
            folder(out.join("shop"));
            file(out.join("shop/summary.json"), "{\"schemaVersion\": 1}");
        },
        "not a report",
    );
    check_refused(
        |out| {
            folder(out.join("shop"));
            file(out.join("shop/runs.csv"), "a,b");
        },
        "not a report",
    );
    // A report into which somebody has put something of their own.
    check_refused(
        |out| {
            write(Box::new(Disk), out).expect("it is written");
            file(out.join("shop/notes.md"), "mine");
        },
        "`notes.md`",
    );
    check_refused(
        |out| {
            write(Box::new(Disk), out).expect("it is written");
            file(out.join("shop/plots/mine.png"), "mine");
        },
        "`plots`",
    );
}

#[cfg(unix)]
#[test]
fn a_link_is_not_followed() {
    check_refused(
        |out| {
            fs::create_dir(out.join("elsewhere")).expect("it is made");
            std::os::unix::fs::symlink(out.join("elsewhere"), out.join("shop")).expect("a link");
        },
        "not a folder",
    );
}

#[test]
fn an_output_place_that_is_a_file_is_an_error_with_its_path() {
    let place = tempfile::tempdir().expect("a place");
    let out = place.path().join("out");
    fs::write(&out, "mine").expect("it is written");
    for out in [out.clone(), out.join("below")] {
        let error = write(Box::new(Disk), &out).expect_err("a file is no folder");
        assert!(error.to_string().contains("out"), "{error}");
    }
    assert_eq!(names(place.path()), ["out"]);
}

#[test]
fn a_disk_that_is_full_at_any_byte_leaves_the_old_report() {
    let place = tempfile::tempdir().expect("a place");
    write(Box::new(Disk), place.path()).expect("it is written");
    let before = tree(place.path());
    let total: usize = before
        .iter()
        .filter_map(|(_, text)| Some(text.as_ref()?.len()))
        .sum();
    for bytes in (0..total).step_by(331).chain([total - 1]) {
        let store = Failing::new(bytes, usize::MAX);
        let error = write(Box::new(store), place.path()).expect_err("the disk is full");
        assert!(error.to_string().starts_with("cannot write `"), "{error}");
        assert_eq!(tree(place.path()), before, "full at byte {bytes}");
    }
    write(Box::new(Failing::new(total, usize::MAX)), place.path()).expect("it just fits");
}

#[test]
fn a_disk_that_fails_where_nothing_was_leaves_nothing() {
    let place = tempfile::tempdir().expect("a place");
    for bytes in [0, 1, 1_000] {
        let out = place.path().join("not/there/yet");
        write(Box::new(Failing::new(bytes, usize::MAX)), &out).expect_err("the disk is full");
        assert_eq!(names(place.path()), [""; 0]);
    }
}

#[test]
fn a_disk_that_gives_up_at_any_act_leaves_the_old_report_or_the_new_one() {
    let place = tempfile::tempdir().expect("a place");
    write(Box::new(Disk), place.path()).expect("it is written");
    fs::write(place.path().join("shop/tasks.csv"), "of the old one").expect("it is written");
    let before = tree(place.path());
    for acts in 0.. {
        let store = Failing::new(usize::MAX, acts);
        if write(Box::new(store), place.path()).is_ok() {
            break;
        }
        if tree(place.path()) != before {
            // Both renames failed, there and back: the old report waits aside, and the next
            // run brings it back before anything else.
            assert!(place.path().join(".shop.old/tasks.csv").exists());
            drop(Folder::begin(place.path(), "shop").expect("it begins"));
        }
        assert_eq!(tree(place.path()), before, "gave up at act {acts}");
    }
    assert_eq!(names(place.path()), WHOLE);
}

#[test]
fn a_file_that_is_streamed_fails_with_its_path() {
    let place = tempfile::tempdir().expect("a place");
    let store = Box::new(Failing::new(100_000, usize::MAX));
    let folder = Folder::begin_on(store, place.path(), "shop").expect("it begins");
    let file = folder.create("tasks.csv").expect("it begins");
    let mut tasks = report::TaskWriter::begin(file).expect("there is room");
    let row = report::TaskRow {
        entry: "jobs",
        ordinal: 1,
        group: "family:jobs",
        instance: "m6i.large",
        instance_index: Some(0),
        zone: "us-east-1a",
        arrived: ecsim::units::SimTime::ZERO,
        placed: None,
        ended: None,
        attempts: 0,
        outcome: "waiting",
        provider: "",
    };
    let error = (0..10_000).find_map(|_| tasks.row("ec2", 1, &row).err());
    let error = folder.error("tasks.csv", error.expect("the disk is full"));
    let text = error.to_string();
    assert!(
        text.starts_with("cannot write `") && text.contains("shop/tasks.csv`"),
        "{text}"
    );
    drop(tasks);
    drop(folder);
    assert_eq!(names(place.path()), [""; 0]);
}

#[test]
fn an_interrupted_run_leaves_nothing() {
    let place = tempfile::tempdir().expect("a place");
    let out = place.path().join("output");
    let folder = Folder::begin(&out, "shop").expect("it begins");
    let mut file = folder.create("usage.csv").expect("it begins");
    file.write_all(b"half a line").expect("it is written");
    assert_ne!(names(&out), [""; 0]);
    drop(file);
    drop(folder);
    assert_eq!(names(place.path()), [""; 0]);
}

#[test]
fn a_file_that_was_not_ended_is_not_committed() {
    let place = tempfile::tempdir().expect("a place");
    let folder = Folder::begin(place.path(), "shop").expect("it begins");
    let mut file = folder.create("usage.csv").expect("it begins");
    file.write_all(b"half a line").expect("it is written");
    drop(file);
    let error = folder.commit().expect_err("a file is not ended");
    assert!(
        matches!(error.problem, ReportProblem::Unfinished),
        "{error}"
    );
    assert_eq!(names(place.path()), [""; 0]);
}

#[test]
fn what_a_killed_run_left_is_cleaned_and_a_live_one_is_left_alone() {
    let place = tempfile::tempdir().expect("a place");
    let killed = place.path().join(".shop.partial-1");
    fs::create_dir(&killed).expect("it is made");
    fs::write(killed.join(".lock"), "").expect("it is written");
    fs::write(killed.join("usage.csv"), "half a line").expect("it is written");
    let live = Folder::begin(place.path(), "shop").expect("it begins");
    live.write("runs.csv", |file| file.write_all(b"alive"))
        .expect("it is written");
    write(Box::new(Disk), place.path()).expect("another one is written meanwhile");
    assert_eq!(
        fs::read(place.path().join(".shop.partial-1/runs.csv")).expect("it lives"),
        b"alive"
    );
    drop(live);
    assert_eq!(names(place.path()), WHOLE);
}

#[test]
fn a_run_killed_between_the_renames_has_not_lost_the_old_report() {
    let place = tempfile::tempdir().expect("a place");
    write(Box::new(Disk), place.path()).expect("it is written");
    let before = tree(place.path());
    fs::rename(place.path().join("shop"), place.path().join(".shop.old")).expect("moved");
    drop(Folder::begin(place.path(), "shop").expect("it begins"));
    assert_eq!(tree(place.path()), before);
}

#[test]
fn a_run_killed_before_any_act_loses_nothing_and_needs_no_hand() {
    let place = tempfile::tempdir().expect("a place");
    let out = place.path();
    let new = {
        let place = tempfile::tempdir().expect("a place");
        write(Box::new(Disk), place.path()).expect("it is written");
        tree(place.path())
    };
    for acts in 0.. {
        let _ = fs::remove_dir_all(out.join("shop"));
        write(Box::new(Disk), out).expect("it is written");
        fs::write(out.join("shop/tasks.csv"), "of the old one").expect("it is written");
        let old = tree(out);
        let ended = write(Box::new(Killed::before(acts)), out);
        // A kill leaves the lock file of a turn too.
        fs::write(out.join(".shop.lock"), "").expect("it is written");
        // A run that is killed while it cleans up changes nothing about that.
        for again in 0..3 {
            drop(Folder::begin_on(
                Box::new(Killed::before(again)),
                out,
                "shop",
            ));
        }
        drop(Folder::begin(out, "shop").expect("the next run begins"));
        let found = tree(out);
        assert!(found == old || found == new, "killed before act {acts}");
        write(Box::new(Disk), out).expect("the next run writes");
        assert_eq!(tree(out), new, "killed before act {acts}");
        if ended.is_ok() && tree(out) == found && acts > 2 * WHOLE.len() {
            break;
        }
    }
}

#[test]
fn remains_of_killed_runs_are_removed() {
    let place = tempfile::tempdir().expect("a place");
    let out = place.path();
    let remains = |name: &str, file: &str| {
        fs::create_dir(out.join(name)).expect("it is made");
        fs::write(out.join(name).join(file), "half a line").expect("it is written");
    };
    // Half of an old report, without a new one and beside one.
    for _ in 0..2 {
        remains(".shop.old", "usage.csv");
        write(Box::new(Disk), out).expect("it is written");
        assert_eq!(names(out), WHOLE);
    }
    // Hidden folders without a lock file, and a lock file that nobody holds.
    remains(".shop.partial-1", "usage.csv");
    remains(".shop.partial-7", "summary.json");
    fs::create_dir(out.join(".shop.partial-9")).expect("it is made");
    fs::write(out.join(".shop.lock"), "").expect("it is written");
    write(Box::new(Disk), out).expect("it is written");
    assert_eq!(names(out), WHOLE);
}

#[test]
fn what_is_not_ours_in_a_hidden_folder_stays_and_blocks_nothing() {
    let place = tempfile::tempdir().expect("a place");
    let out = place.path();
    let own = out.join(".shop.partial-1");
    fs::create_dir(&own).expect("it is made");
    fs::write(own.join("thesis.txt"), "mine").expect("it is written");
    write(Box::new(Disk), out).expect("it is written");
    assert_eq!(fs::read(own.join("thesis.txt")).expect("is there"), b"mine");
}

#[test]
fn runs_that_write_one_report_at_once_leave_a_whole_one() {
    let place = tempfile::tempdir().expect("a place");
    let out = place.path().join("deep/output");
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for round in 0..20 {
                    // Some fail, and remove what they made.
                    if round % 3 == 0 {
                        drop(Folder::begin(&out, "shop").expect("it begins"));
                    }
                    write(Box::new(Disk), &out).expect("none disturbs another");
                }
            });
        }
    });
    assert_eq!(names(&out), WHOLE);
}

#[cfg(unix)]
#[test]
fn an_unwritable_folder_is_an_error_with_its_path() {
    use std::os::unix::fs::PermissionsExt;
    let place = tempfile::tempdir().expect("a place");
    let out = place.path().join("out");
    fs::create_dir(&out).expect("it is made");
    fs::set_permissions(&out, fs::Permissions::from_mode(0o555)).expect("it is set");
    // A superuser may write everywhere; then there is nothing to see.
    if fs::write(out.join("probe"), "").is_err() {
        let error = write(Box::new(Disk), &out).expect_err("it cannot be written");
        assert!(error.to_string().starts_with("cannot write `"), "{error}");
        assert!(error.to_string().contains("out/shop"), "{error}");
    }
    fs::set_permissions(&out, fs::Permissions::from_mode(0o755)).expect("it is set");
}
