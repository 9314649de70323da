//! The folder of a report. Its files are written into a hidden folder beside the final one, which
//! is renamed when all files are complete. An error or an interrupt before that leaves the old
//! report unchanged and no new files.
//!
//! ```text
//! begin ── create, write … ──> commit ──> output/<scenario>/
//!   └────────── dropped ─────────┴─fails──> nothing
//! ```
//!
//! A run holds a lock on its hidden folder. When the process is killed, the system releases the
//! lock; the next run of the scenario removes such a folder.

mod ownership;
mod store;

pub use store::{Disk, Store};

use super::error::{ReportError, ReportProblem};
use std::fs;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Name of the file in the hidden folder on which a run holds a lock.
const LOCK: &str = ".lock";

/// A report folder that is being written. Dropped without [`commit`](Self::commit), it removes its
/// files.
pub struct Folder {
    store: Box<dyn Store + Send + Sync>,
    /// The final folder of the report.
    target: PathBuf,
    /// The hidden folder, into which the files are written.
    hidden: PathBuf,
    /// The temporary name of the old report between the two renames of `commit`.
    aside: PathBuf,
    /// Folders above the target that this run created, outermost first.
    made: Vec<PathBuf>,
    /// Number of files that were created and are not finished.
    open_files: Arc<AtomicUsize>,
    lock: Option<fs::File>,
    is_committed: bool,
}

/// A file of a report folder that is being written; [`finish`](Self::finish) ends it.
pub struct FolderFile {
    out: BufWriter<Box<dyn Write + Send>>,
    path: PathBuf,
    open_files: Arc<AtomicUsize>,
}

impl Folder {
    /// Begins the report of `scenario` in `out`: checks that the final folder may be replaced, and
    /// creates the hidden folder.
    ///
    /// # Errors
    /// When the final folder holds something that is not a report, or the file system reports an
    /// error.
    pub fn begin(out: &Path, scenario: &str) -> Result<Self, ReportError> {
        Self::begin_on(Box::new(Disk), out, scenario)
    }

    /// The same on another [`Store`].
    ///
    /// # Errors
    /// As [`begin`](Self::begin).
    pub fn begin_on(
        store: Box<dyn Store + Send + Sync>,
        out: &Path,
        scenario: &str,
    ) -> Result<Self, ReportError> {
        let target = out.join(scenario);
        let mut folder = Self {
            store,
            hidden: PathBuf::new(),
            aside: out.join(format!(".{scenario}.old")),
            target,
            made: Vec::new(),
            open_files: Arc::default(),
            lock: None,
            is_committed: false,
        };
        folder.make_parents(out)?;
        folder.rescue_old_report()?;
        ownership::is_replaceable(&folder.target)?;
        folder.sweep(out, scenario);
        folder.hide(out, scenario)?;
        Ok(folder)
    }

    /// Creates a file; `name` may contain a folder: `plots/cost.svg`.
    ///
    /// # Errors
    /// When the file system reports an error.
    pub fn create(&self, name: &str) -> Result<FolderFile, ReportError> {
        let shown = self.target.join(name);
        let path = self.hidden.join(name);
        let parent = path.parent().expect("a file lies in a folder");
        match self.store.create_folder(parent) {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => {
                return Err(ReportError::disk(&shown, error));
            }
            _ => {}
        }
        let file = self.store.create_file(&path);
        let file = file.map_err(|error| ReportError::disk(&shown, error))?;
        self.open_files.fetch_add(1, Ordering::Relaxed);
        Ok(FolderFile {
            out: BufWriter::with_capacity(1 << 16, file),
            path: shown,
            open_files: Arc::clone(&self.open_files),
        })
    }

    /// Writes a whole file.
    ///
    /// # Errors
    /// When the file system reports an error.
    pub fn write(
        &self,
        name: &str,
        content: impl FnOnce(&mut FolderFile) -> io::Result<()>,
    ) -> Result<(), ReportError> {
        let mut file = self.create(name)?;
        match content(&mut file) {
            Ok(()) => file.finish(),
            Err(error) => Err(ReportError::disk(&file.path, error)),
        }
    }

    /// The error of a failed write to one of the files, with its final path.
    pub fn error(&self, name: &str, error: io::Error) -> ReportError {
        ReportError::disk(&self.target.join(name), error)
    }

    /// Moves the complete report to its final folder in place of the old one, and returns its path.
    ///
    /// # Errors
    /// When a file is not finished, when the final folder meanwhile holds something that is not a
    /// report, or when the file system reports an error.
    pub fn commit(mut self) -> Result<PathBuf, ReportError> {
        if self.open_files.load(Ordering::Relaxed) > 0 {
            return Err(ReportError {
                path: self.target.clone(),
                problem: ReportProblem::Unfinished,
            });
        }
        let replaces = ownership::is_replaceable(&self.target)?;
        self.unlock();
        let disk = |error| ReportError::disk(&self.target, error);
        if replaces {
            self.store.rename(&self.target, &self.aside).map_err(disk)?;
        }
        if let Err(error) = self.store.rename(&self.hidden, &self.target) {
            if replaces {
                // If this fails too, the next run restores the old report.
                let _ = self.store.rename(&self.aside, &self.target);
            }
            return Err(disk(error));
        }
        self.is_committed = true;
        if replaces {
            // If this fails, the next run removes the old report.
            let _ = self.store.remove_folder(&self.aside);
        }
        Ok(self.target.clone())
    }

    /// Creates `out` and its missing parents, and records them for removal on failure.
    fn make_parents(&mut self, out: &Path) -> Result<(), ReportError> {
        let missing: Vec<&Path> = out
            .ancestors()
            .take_while(|path| !path.as_os_str().is_empty() && !path.exists())
            .collect();
        for path in missing.into_iter().rev() {
            match self.store.create_folder(path) {
                Ok(()) => self.made.push(path.to_path_buf()),
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(ReportError::disk(path, error)),
            }
        }
        if out.as_os_str().is_empty() || out.is_dir() {
            return Ok(());
        }
        Err(ReportError::foreign(out, "it is not a folder"))
    }

    /// Repairs what a killed run left. Between the two renames of [`commit`](Self::commit) only the
    /// old report exists, under its temporary name: it is renamed back. After the second rename
    /// both exist: the old one is removed.
    fn rescue_old_report(&self) -> Result<(), ReportError> {
        if !ownership::is_replaceable(&self.aside)? {
            return Ok(());
        }
        let disk = |error| ReportError::disk(&self.aside, error);
        if fs::symlink_metadata(&self.target).is_err() {
            return self.store.rename(&self.aside, &self.target).map_err(disk);
        }
        self.store.remove_folder(&self.aside).map_err(disk)
    }

    /// Removes hidden folders of killed runs. Failures are ignored: `hide` uses the next free name.
    fn sweep(&self, out: &Path, scenario: &str) {
        let prefix = hidden_prefix(scenario);
        let out = if out.as_os_str().is_empty() {
            Path::new(".")
        } else {
            out
        };
        let Ok(entries) = fs::read_dir(out) else {
            return;
        };
        for entry in entries.flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            if is_hidden_name(&name, &prefix) && is_abandoned(&entry.path()) {
                let _ = self.store.remove_folder(&entry.path());
            }
        }
    }

    /// Creates the hidden folder under the first free name, and locks it.
    fn hide(&mut self, out: &Path, scenario: &str) -> Result<(), ReportError> {
        let prefix = hidden_prefix(scenario);
        for number in 1..=u32::MAX {
            let hidden = out.join(format!("{prefix}{number}"));
            match self.store.create_folder(&hidden) {
                Ok(()) => {
                    self.hidden = hidden;
                    break;
                }
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(ReportError::disk(&self.target, error)),
            }
        }
        // On a file system without locks, folders of killed runs are not removed; all else works.
        if let Ok(lock) = fs::File::create_new(self.hidden.join(LOCK))
            && lock.try_lock().is_ok()
        {
            self.lock = Some(lock);
        }
        Ok(())
    }

    /// Removes the lock file and releases the lock.
    fn unlock(&mut self) {
        let _ = fs::remove_file(self.hidden.join(LOCK));
        self.lock = None;
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        if self.is_committed {
            return;
        }
        self.unlock();
        if !self.hidden.as_os_str().is_empty() {
            let _ = self.store.remove_folder(&self.hidden);
        }
        for path in self.made.iter().rev() {
            // `remove_dir` removes only an empty folder: another run may use it by now.
            let _ = fs::remove_dir(path);
        }
    }
}

impl FolderFile {
    /// Flushes and closes the file.
    ///
    /// # Errors
    /// When the file system reports an error.
    pub fn finish(mut self) -> Result<(), ReportError> {
        self.out
            .flush()
            .map_err(|error| ReportError::disk(&self.path, error))?;
        self.open_files.fetch_sub(1, Ordering::Relaxed);
        Ok(())
    }
}

impl Write for FolderFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.out.write(bytes)
    }
    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

/// The beginning of the names of hidden folders of a scenario.
fn hidden_prefix(scenario: &str) -> String {
    format!(".{scenario}.partial-")
}

/// True for the prefix followed by a number.
fn is_hidden_name(name: &str, prefix: &str) -> bool {
    name.strip_prefix(prefix)
        .is_some_and(|number| !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit()))
}

/// True when no process holds the lock of this hidden folder. Without a lock file it is not known
/// whether the run has ended, and the folder is kept.
fn is_abandoned(hidden: &Path) -> bool {
    fs::File::open(hidden.join(LOCK)).is_ok_and(|lock| lock.try_lock().is_ok())
}
