//! The bytes of a data file with a bound on the length of each row.

use super::packing::Contents;
use std::cell::Cell;
use std::io::{self, Read};
use std::path::Path;
use std::rc::Rc;

/// The most bytes of one row.
pub const MAX_ROW: u64 = 1 << 20;

/// Bytes that are read row by row.
pub struct Bounded {
    bytes: Box<dyn Read>,
    /// Bytes that may still be handed out before the next row begins.
    left: Rc<Cell<u64>>,
}

impl Bounded {
    /// Bounds the rows of these bytes. The second value is to be set to [`MAX_ROW`] when a row begins.
    pub fn new(bytes: Box<dyn Read>) -> (Self, Rc<Cell<u64>>) {
        let left = Rc::new(Cell::new(MAX_ROW));
        let bounded = Self {
            bytes,
            left: Rc::clone(&left),
        };
        (bounded, left)
    }

    /// Opens a file of one table; see [`new`](Self::new).
    ///
    /// # Errors
    /// A message that names the file: it cannot be read, or it is no text and not packed as its
    /// name says.
    pub fn open(path: &Path) -> Result<(Self, Rc<Cell<u64>>), String> {
        match Contents::open(path)? {
            Contents::File(bytes) => Ok(Self::new(bytes)),
            Contents::Archive(_) => Err(format!(
                "`{}` is an archive, which only a `trace` can read; unpack it",
                path.display()
            )),
        }
    }
}

impl Read for Bounded {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.left.get() == 0 {
            return Err(io::Error::other(
                "a row has more than 1 MiB; is a quote not closed, or is this no table?",
            ));
        }
        let most = (self.left.get() as usize).min(buffer.len());
        let count = self.bytes.read(&mut buffer[..most])?;
        self.left.set(self.left.get() - count as u64);
        Ok(count)
    }
}
