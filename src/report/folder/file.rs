//! A file of a report that is being written.

use super::super::error::ReportError;
use std::io::{self, BufWriter, Write};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// A file of a report folder that is being written; [`finish`](Self::finish) ends it.
pub struct FolderFile {
    pub(super) out: BufWriter<Box<dyn Write + Send>>,
    pub(super) path: PathBuf,
    pub(super) open_files: Arc<AtomicUsize>,
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
