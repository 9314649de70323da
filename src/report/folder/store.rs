//! The few things a report asks of a disk, so that a test can let any of them fail.

use std::fs;
use std::io::{self, Write};
use std::path::Path;

/// A place for files. Only what changes the disk goes through here.
pub trait Store {
    /// Makes one folder; fails with [`io::ErrorKind::AlreadyExists`] when it is there.
    ///
    /// # Errors
    /// When the disk says no.
    fn create_folder(&self, path: &Path) -> io::Result<()>;
    /// Makes a file that is not there yet.
    ///
    /// # Errors
    /// When the disk says no.
    fn create_file(&self, path: &Path) -> io::Result<Box<dyn Write + Send>>;
    /// Gives a file or folder another name.
    ///
    /// # Errors
    /// When the disk says no.
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()>;
    /// Removes a folder with all that is in it.
    ///
    /// # Errors
    /// When the disk says no.
    fn remove_folder(&self, path: &Path) -> io::Result<()>;
}

/// The real disk.
#[derive(Clone, Copy, Debug, Default)]
pub struct Disk;

impl Store for Disk {
    fn create_folder(&self, path: &Path) -> io::Result<()> {
        fs::create_dir(path)
    }
    fn create_file(&self, path: &Path) -> io::Result<Box<dyn Write + Send>> {
        Ok(Box::new(fs::File::create_new(path)?))
    }
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        fs::rename(from, to)
    }
    fn remove_folder(&self, path: &Path) -> io::Result<()> {
        fs::remove_dir_all(path)
    }
}
