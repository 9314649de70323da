//! Repairs and removes what killed runs left; the front page of the room says what that can be.

use super::super::error::ReportError;
use super::Folder;
use super::ownership::{self, Content};
use std::fs;
use std::io;
use std::path::Path;

impl Folder {
    /// Repairs and removes what killed runs left; see the module's table.
    ///
    /// # Errors
    /// When the name of the old report is taken by something that is not a report.
    pub(super) fn clean(&self) -> Result<(), ReportError> {
        let disk = |error| ReportError::disk(&self.aside, error);
        match ownership::content(&self.aside)? {
            Content::Nothing => {}
            // An old report is whole as long as it has this name.
            Content::Empty | Content::Report if is_missing(&self.target) => {
                self.store.rename(&self.aside, &self.target).map_err(disk)?;
            }
            Content::Empty | Content::Report | Content::Remains => {
                let mut names = (1..).map(|number| self.hidden_name(number));
                let free = names.find(|name| is_missing(name));
                let free = free.expect("a number is free");
                self.discard(&self.aside, &free).map_err(disk)?;
            }
        }
        self.sweep();
        Ok(())
    }

    /// Removes an old report. Its name is given up first, so that what is left after a kill is not
    /// taken for a whole report.
    pub(super) fn discard(&self, old: &Path, free: &Path) -> io::Result<()> {
        let renamed = self.store.rename(old, free);
        self.store.remove_folder(renamed.map_or(old, |()| free))
    }

    /// Removes hidden folders of killed runs. Failures are ignored: `hide` uses the next free name.
    fn sweep(&self) {
        let prefix = self.hidden_prefix();
        let out = if self.out.as_os_str().is_empty() {
            Path::new(".")
        } else {
            &self.out
        };
        let Ok(entries) = fs::read_dir(out) else {
            return;
        };
        for entry in entries.flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            let path = self.out.join(&name);
            let is_own = path == self.hidden;
            if !is_own && is_hidden_name(&name, &prefix) && is_abandoned(&path) {
                let _ = self.store.remove_folder(&path);
            }
        }
    }
}

/// True for the prefix followed by a number.
fn is_hidden_name(name: &str, prefix: &str) -> bool {
    name.strip_prefix(prefix)
        .is_some_and(|number| !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit()))
}

/// True when no process holds the lock of this hidden folder. The lock file is created and locked
/// in one turn: a folder without it is of a process that was killed.
fn is_abandoned(hidden: &Path) -> bool {
    let lock = hidden.join(ownership::LOCK);
    let is_unlocked = match fs::OpenOptions::new().write(true).open(lock) {
        Ok(lock) => lock.try_lock().is_ok(),
        Err(error) => error.kind() == io::ErrorKind::NotFound,
    };
    // What was put into it by another program or a person is never deleted.
    is_unlocked && ownership::content(hidden).is_ok()
}

/// True when there is nothing at a path.
fn is_missing(path: &Path) -> bool {
    fs::symlink_metadata(path).is_err()
}
