//! The file operations of a report, as a trait, so that a test can make each of them fail.

use std::fs;
use std::io::{self, Write};
use std::path::Path;

/// The file operations that change the disk. Reading does not use this trait.
pub trait Store {
    /// Creates one folder; fails with [`io::ErrorKind::AlreadyExists`] when it is there.
    ///
    /// # Errors
    /// When the file system reports an error.
    fn create_folder(&self, path: &Path) -> io::Result<()>;
    /// Creates a file that does not exist yet.
    ///
    /// # Errors
    /// When the file system reports an error.
    fn create_file(&self, path: &Path) -> io::Result<Box<dyn Write + Send>>;
    /// Renames a file or folder.
    ///
    /// # Errors
    /// When the file system reports an error.
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()>;
    /// Removes a file.
    ///
    /// # Errors
    /// When the file system reports an error.
    fn remove_file(&self, path: &Path) -> io::Result<()>;
    /// Removes a folder with its contents.
    ///
    /// # Errors
    /// When the file system reports an error.
    fn remove_folder(&self, path: &Path) -> io::Result<()>;
}

/// The file system of the operating system.
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
    fn remove_file(&self, path: &Path) -> io::Result<()> {
        fs::remove_file(path)
    }
    fn remove_folder(&self, path: &Path) -> io::Result<()> {
        fs::remove_dir_all(path)
    }
}
