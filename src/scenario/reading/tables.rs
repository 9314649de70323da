//! The tables of a data file: one, or those of an archive.

use super::packing::Contents;
use super::rows::{Format, Rows};
use super::tar::Archive;
use std::cell::RefCell;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::rc::Rc;

/// The tables of a data file, one after the other.
pub struct Tables {
    path: PathBuf,
    format: Format,
    source: Source,
}

enum Source {
    /// A file of one table; `None` once it was handed out.
    One(Option<Box<dyn Read>>),
    /// An archive.
    Archive(Rc<RefCell<Archive<Box<dyn Read>>>>),
}

impl Tables {
    /// Opens a file.
    ///
    /// # Errors
    /// When it cannot be read; the message names the file.
    pub fn open(path: &Path, format: Format) -> Result<Self, String> {
        let source = match Contents::open(path)? {
            Contents::File(bytes) => Source::One(Some(bytes)),
            Contents::Archive(archive) => Source::Archive(Rc::new(RefCell::new(archive))),
        };
        Ok(Self {
            path: path.to_path_buf(),
            format,
            source,
        })
    }

    /// The next table, with its name in the archive; `None` after the last one. The one before must have
    /// been read to its end.
    ///
    /// # Errors
    /// When it cannot be read; the message names the file.
    #[allow(clippy::should_implement_trait)]
    pub fn next(&mut self) -> Result<Option<(Option<String>, Rows)>, String> {
        let path = self.path.display();
        match &mut self.source {
            Source::One(bytes) => {
                let Some(bytes) = bytes.take() else {
                    return Ok(None);
                };
                let rows = Rows::of(bytes, &path.to_string(), self.format)?;
                Ok(Some((None, rows)))
            }
            Source::Archive(archive) => {
                let next = archive.borrow_mut().next_file();
                let next = next.map_err(|error| format!("cannot read `{path}`: {error}"))?;
                let Some(name) = next else { return Ok(None) };
                let bytes = Box::new(Member(Rc::clone(archive)));
                let rows = Rows::of(bytes, &format!("{path}/{name}"), self.format)?;
                Ok(Some((Some(name), rows)))
            }
        }
    }
}

/// The bytes of the present file of an archive.
struct Member(Rc<RefCell<Archive<Box<dyn Read>>>>);

impl Read for Member {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.0.borrow_mut().read(buffer)
    }
}
