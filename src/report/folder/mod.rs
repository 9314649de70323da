//! The folder of a report. Its files are written into a hidden folder beside the final one, which
//! is renamed when all files are complete. An error, an interrupt or a kill before that leaves the
//! old report unchanged.
//!
//! ```text
//! begin ── create, write … ──> commit ──> output/<scenario>/
//!   └────────── dropped ─────────┴─fails──> nothing
//! ```
//!
//! Several runs may write a report of one scenario: each has its own hidden folder, and the last to
//! end stands. They take [`Turn`]s to begin, to commit and to clean up.
//!
//! What a killed process leaves, by name, and what the next run of the scenario does with it:
//!
//! | left over | it is | the next run |
//! |---|---|---|
//! | `.<scenario>.partial-<n>` | a report that was not finished, or an old one that was being deleted; a live run holds the lock of the file `.lock` in it | removes it |
//! | `.<scenario>.old` without `<scenario>` | the old report between two renames | renames it back |
//! | `.<scenario>.old` beside `<scenario>` | the old report after the new one was swapped in | removes it |
//! | `.<scenario>.lock` | not held by any [`Turn`] | takes and removes it |

mod file;
mod ownership;
mod remains;
mod store;
mod turn;

pub use file::FolderFile;
pub use store::{Disk, Store};

use super::error::{ReportError, ReportProblem};
use std::fs;
use std::io::{self, BufWriter};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use turn::Turn;

/// How often the folder of reports is created again when other runs remove it.
const MOST_TRIES: usize = 100;

/// A report folder that is being written. Dropped without [`commit`](Self::commit), it removes its
/// files.
pub struct Folder {
    store: Box<dyn Store + Send + Sync>,
    /// The folder of reports.
    out: PathBuf,
    scenario: String,
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
    /// Locked as long as this process lives and writes the report.
    lock: Option<fs::File>,
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
        let mut folder = Self {
            store,
            out: out.to_path_buf(),
            scenario: scenario.to_string(),
            target: out.join(scenario),
            hidden: PathBuf::new(),
            aside: out.join(format!(".{scenario}.old")),
            made: Vec::new(),
            open_files: Arc::default(),
            lock: None,
        };
        let _turn = folder.first_turn()?;
        folder.clean()?;
        ownership::is_replaceable(&folder.target)?;
        folder.hide()?;
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
        let turn = Turn::take(&self.out, &self.scenario);
        let turn = turn.map_err(|error| ReportError::disk(&self.target, error))?;
        let swapped = self.swap_in();
        if swapped.is_err() {
            // In the same turn: after it, another run may sweep the unlocked folder.
            self.remove_hidden();
        }
        drop(turn);
        swapped.map(|()| self.target.clone())
    }

    /// Renames the old report aside and the new one into its place, and removes the old one.
    fn swap_in(&mut self) -> Result<(), ReportError> {
        let disk = |error| ReportError::disk(&self.target, error);
        // Another run may have been killed since this one began.
        self.clean()?;
        let replaces = ownership::is_replaceable(&self.target)?;
        let lock = self.hidden.join(ownership::LOCK);
        self.store.remove_file(&lock).map_err(disk)?;
        self.lock = None;
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
        if replaces {
            // If this fails, the next run removes the old report.
            let _ = self.discard(&self.aside, &self.hidden);
        }
        self.hidden = PathBuf::new();
        Ok(())
    }

    /// Removes the hidden folder; to be called in a [`Turn`].
    fn remove_hidden(&mut self) {
        let hidden = std::mem::take(&mut self.hidden);
        if !hidden.as_os_str().is_empty() {
            let _ = self.store.remove_folder(&hidden);
        }
        self.lock = None;
    }

    /// Creates the folder of reports, and takes the first turn in it.
    fn first_turn(&mut self) -> Result<Turn, ReportError> {
        for _ in 0..MOST_TRIES {
            self.make_parents()?;
            match Turn::take(&self.out, &self.scenario) {
                // Another run created the folder, failed and removed it.
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                taken => return taken.map_err(|error| ReportError::disk(&self.target, error)),
            }
        }
        let error = io::ErrorKind::NotFound.into();
        Err(ReportError::disk(&self.out, error))
    }

    /// Creates `out` and its missing parents, and records them for removal on failure. `out` may be missing
    /// all the same, where another run removes a parent at the same time.
    fn make_parents(&mut self) -> Result<(), ReportError> {
        let out = self.out.as_path();
        let missing: Vec<&Path> = out
            .ancestors()
            .take_while(|path| !path.as_os_str().is_empty() && !path.exists())
            .collect();
        for path in missing.into_iter().rev() {
            match self.store.create_folder(path) {
                Ok(()) => self.made.push(path.to_path_buf()),
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                // Another run created the parent, failed and removed it: the caller tries again.
                Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
                Err(error) => return Err(ReportError::disk(path, error)),
            }
        }
        // A link without a target is there, too.
        match fs::symlink_metadata(out).is_ok() && !out.is_dir() {
            true => Err(ReportError::foreign(out, "it is not a folder")),
            false => Ok(()),
        }
    }

    /// Creates the hidden folder under the first free name, and locks it.
    fn hide(&mut self) -> Result<(), ReportError> {
        let disk = |path: &Path, error| ReportError::disk(path, error);
        for number in 1..=u32::MAX {
            let hidden = self.hidden_name(number);
            match self.store.create_folder(&hidden) {
                Ok(()) => {
                    self.hidden = hidden;
                    break;
                }
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(disk(&self.target, error)),
            }
        }
        let path = self.hidden.join(ownership::LOCK);
        self.store
            .create_file(&path)
            .map_err(|error| disk(&self.target, error))?;
        // On a file system without locks, folders of killed runs are not removed; all else works.
        let lock = fs::OpenOptions::new().write(true).open(&path);
        self.lock = lock.ok().filter(|lock| lock.try_lock().is_ok());
        Ok(())
    }

    /// The beginning of the names of hidden folders.
    fn hidden_prefix(&self) -> String {
        format!(".{}.partial-", self.scenario)
    }

    /// The name of the hidden folder with this number.
    fn hidden_name(&self, number: u32) -> PathBuf {
        self.out.join(format!("{}{number}", self.hidden_prefix()))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        if !self.hidden.as_os_str().is_empty() {
            let turn = Turn::take(&self.out, &self.scenario);
            self.remove_hidden();
            drop(turn);
        }
        for path in self.made.iter().rev() {
            // `remove_dir` removes only an empty folder: another run may use it by now.
            let _ = fs::remove_dir(path);
        }
    }
}
