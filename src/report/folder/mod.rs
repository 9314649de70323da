//! The folder of a report. Its files are written into a hidden folder beside the final name
//! and swapped in when all are complete; whatever goes wrong before leaves the old report
//! as it was and nothing new behind.
//!
//! ```text
//! begin ── create, write … ──> commit ──> output/<scenario>/
//!   └────────── dropped ─────────┴─fails──> nothing
//! ```
//!
//! The hidden folder is locked while its run lives. A folder whose run was killed is not
//! locked any more, and the next run of the scenario removes it.

mod ownership;
mod store;

pub use store::{Disk, Store};

use super::error::{ReportError, ReportProblem};
use std::fs;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Name of the file that a live run holds locked in its hidden folder.
const LOCK: &str = ".lock";

/// A report folder that is being written.
pub struct Folder {
    store: Box<dyn Store + Send + Sync>,
    /// Where the report will stand.
    target: PathBuf,
    /// Where its files are written.
    hidden: PathBuf,
    /// Where the old report waits while the new one takes its place.
    aside: PathBuf,
    /// Folders above the target that were made for it, outermost first.
    made: Vec<PathBuf>,
    /// Files that were begun and not ended yet.
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
    /// Begins the report of `scenario` in `out`: checks that it may stand there, and makes
    /// the hidden folder.
    ///
    /// # Errors
    /// When something that is not ours stands at its place, or the disk says no.
    pub fn begin(out: &Path, scenario: &str) -> Result<Self, ReportError> {
        Self::begin_on(Box::new(Disk), out, scenario)
    }

    /// The same on a store of one's own.
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

    /// Begins a file; `name` may lie in a folder of its own: `plots/cost.svg`.
    ///
    /// # Errors
    /// When the disk says no.
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
    /// When the disk says no.
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

    /// A failed write to one of the files, with the path where it was to stand.
    pub fn error(&self, name: &str, error: io::Error) -> ReportError {
        ReportError::disk(&self.target.join(name), error)
    }

    /// Puts the complete report at its place, instead of the old one, and gives the place.
    ///
    /// # Errors
    /// When a file was not ended, something foreign has come to stand there meanwhile, or
    /// the disk says no.
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
                // Should this fail too, the next run finds the old report aside.
                let _ = self.store.rename(&self.aside, &self.target);
            }
            return Err(disk(error));
        }
        self.is_committed = true;
        if replaces {
            // The new report stands; an old one that stays aside is removed by the next run.
            let _ = self.store.remove_folder(&self.aside);
        }
        Ok(self.target.clone())
    }

    /// Makes `out` and what is missing above it, and remembers what to take away again.
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

    /// A run that was killed between the two renames of [`commit`](Self::commit) has left
    /// the old report aside: it comes back. One that was killed just after has left it to be
    /// removed.
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

    /// Removes hidden folders of runs that were killed. What cannot be removed does not
    /// matter: the next name is taken instead.
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

    /// Makes the hidden folder under the first name that is free, and locks it.
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
        // A file system without locks only loses the sweeping.
        if let Ok(lock) = fs::File::create_new(self.hidden.join(LOCK))
            && lock.try_lock().is_ok()
        {
            self.lock = Some(lock);
        }
        Ok(())
    }

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
            // Only when empty: another run may have begun to use it.
            let _ = fs::remove_dir(path);
        }
    }
}

impl FolderFile {
    /// Ends the file: all of it is on its way to the disk, or the disk has said why not.
    ///
    /// # Errors
    /// When the disk says no.
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

fn hidden_prefix(scenario: &str) -> String {
    format!(".{scenario}.partial-")
}

fn is_hidden_name(name: &str, prefix: &str) -> bool {
    name.strip_prefix(prefix)
        .is_some_and(|number| !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit()))
}

/// Whether the run that made this hidden folder is gone: its lock can be had. Without a
/// lock file nobody knows, and the folder stays.
fn is_abandoned(hidden: &Path) -> bool {
    fs::File::open(hidden.join(LOCK)).is_ok_and(|lock| lock.try_lock().is_ok())
}
