//! The right to change the folders of a scenario's report: one run has it at a time, for the
//! moments in which it cleans up, begins or swaps in a report, never while it plays.
//!
//! It is a lock on the file `.<scenario>.lock`, which is there only meanwhile. The system releases
//! the lock of a process that is killed, so a file that is left over blocks nothing; the next run
//! removes it.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};

/// The right to change the folders of one report, until it is dropped.
pub(super) struct Turn {
    lock: File,
    path: PathBuf,
}

impl Turn {
    /// Waits until no other run has the right, and takes it. On a file system without locks every
    /// run has it.
    ///
    /// # Errors
    /// When the lock file cannot be created; with [`io::ErrorKind::NotFound`] when its folder is
    /// not there.
    pub(super) fn take(out: &Path, scenario: &str) -> io::Result<Self> {
        let path = out.join(format!(".{scenario}.lock"));
        loop {
            let mut options = OpenOptions::new();
            let lock = options
                .write(true)
                .create(true)
                .truncate(false)
                .open(&path)?;
            if lock.lock().is_err() || is_at(&lock, &path) {
                return Ok(Self { lock, path });
            }
            // The run before removed the file while this one waited for its lock: it guards
            // nothing any more.
        }
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        // Elsewhere a file that was replaced cannot be told from its successor, so it stays.
        if cfg!(unix) {
            let _ = fs::remove_file(&self.path);
        }
        let _ = self.lock.unlock();
    }
}

/// True when `path` is the open file.
#[cfg(unix)]
fn is_at(file: &File, path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    let key = |data: fs::Metadata| (data.dev(), data.ino());
    match (file.metadata(), fs::symlink_metadata(path)) {
        (Ok(open), Ok(found)) => key(open) == key(found),
        _ => false,
    }
}

/// True when `path` is the open file: always, as it is never removed.
#[cfg(not(unix))]
fn is_at(_: &File, _: &Path) -> bool {
    true
}
