//! The bytes of a data file, plain or .gz, within bounds: a hostile or mistaken file cannot take
//! more memory or time than these allow.

use super::sources::plain;
use std::cell::Cell;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;
use std::rc::Rc;

/// The most bytes of a file that are read, after decompression.
pub const MAX_BYTES: u64 = 16 << 30;

/// The most bytes of one row.
pub const MAX_ROW: u64 = 1 << 20;

/// A packed file may unfold to this many bytes, whatever its size.
const FREELY_UNFOLDED: u64 = 64 << 20;

/// Beyond [`FREELY_UNFOLDED`] a packed file may unfold to this many bytes per packed byte. Texts
/// of numbers and names unfold to 5 to 50.
const MOST_UNFOLDED: u64 = 250;

/// A data file that is read within bounds.
pub struct Bounded {
    bytes: Box<dyn Read>,
    /// Bytes of the file itself that were read; `None` for a file that is not packed.
    packed: Option<Rc<Cell<u64>>>,
    /// Bytes that were handed out.
    read: u64,
    /// Bytes that may still be handed out before the next row begins.
    left: Rc<Cell<u64>>,
}

/// Counts the bytes that are read through it.
struct Counted(File, Rc<Cell<u64>>);

impl Read for Counted {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.0.read(buffer)?;
        self.1.set(self.1.get() + count as u64);
        Ok(count)
    }
}

impl Bounded {
    /// Opens a file. The second value is to be set to [`MAX_ROW`] when a row begins.
    ///
    /// # Errors
    /// A message that names the file: it cannot be read, or it is no text and not packed as its
    /// name says.
    pub fn open(path: &Path) -> Result<(Self, Rc<Cell<u64>>), String> {
        let name = path.display();
        let cannot = |error: io::Error| format!("cannot read `{name}`: {}", plain(&error));
        let file = File::open(path).map_err(cannot)?;
        if file.metadata().map_err(cannot)?.is_dir() {
            return Err(format!("cannot read `{name}`: it is a folder"));
        }
        let packed = Rc::new(Cell::new(0));
        let mut file = BufReader::with_capacity(1 << 16, Counted(file, Rc::clone(&packed)));
        let begin = file.fill_buf().map_err(cannot)?;
        let is_gz = path.extension().is_some_and(|end| end == "gz");
        check_kind(begin, is_gz).map_err(|why| format!("`{name}` {why}"))?;
        let left = Rc::new(Cell::new(MAX_ROW));
        let bytes: Box<dyn Read> = match is_gz {
            true => Box::new(flate2::bufread::MultiGzDecoder::new(file)),
            false => Box::new(file),
        };
        let bounded = Self {
            bytes,
            packed: is_gz.then_some(packed),
            read: 0,
            left: Rc::clone(&left),
        };
        Ok((bounded, left))
    }

    /// The bound that the bytes so far exceed.
    fn excess(&self) -> Option<String> {
        if self.read > MAX_BYTES {
            return Some("it has more than 16 GiB".into());
        }
        let packed = self.packed.as_ref()?.get();
        let most = FREELY_UNFOLDED.max(packed.saturating_mul(MOST_UNFOLDED));
        (self.read > most).then(|| {
            format!("it unfolds to more than {MOST_UNFOLDED} times its size, as no table does")
        })
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
        self.read += count as u64;
        match self.excess() {
            Some(why) => Err(io::Error::other(why)),
            None => Ok(count),
        }
    }
}

/// Refuses a file that is packed although its name does not say so, the reverse, and other kinds
/// of files that are no text; `begin` are its first bytes.
fn check_kind(begin: &[u8], is_gz: bool) -> Result<(), String> {
    let has = |magic: &[u8]| begin.starts_with(magic);
    let other = if has(&[0x28, 0xb5, 0x2f, 0xfd]) {
        "packed with zstd"
    } else if has(&[0xfd, b'7', b'z', b'X', b'Z']) {
        "packed with xz"
    } else if has(b"BZh") {
        "packed with bzip2"
    } else if has(b"PK\x03\x04") {
        "a ZIP archive or a workbook"
    } else if has(b"PAR1") {
        "a Parquet file"
    } else if has(&[0xff, 0xfe]) || has(&[0xfe, 0xff]) {
        "text in UTF-16"
    } else {
        ""
    };
    let is_packed = has(&[0x1f, 0x8b]);
    if !other.is_empty() {
        return Err(format!(
            "is {other}; save it as text in UTF-8, plain or packed with gzip"
        ));
    }
    match (is_gz, is_packed) {
        (true, false) if begin.is_empty() => Err("is empty".into()),
        (true, false) => {
            Err("is not packed with gzip, although its name ends in `.gz`; rename it".into())
        }
        (false, true) => {
            Err("is packed with gzip, although its name does not end in `.gz`; rename it".into())
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What the reading of endless rows ends with.
    fn end_of(packed: Option<u64>) -> (u64, String) {
        let left = Rc::new(Cell::new(MAX_ROW));
        let mut bounded = Bounded {
            bytes: Box::new(io::repeat(b'\n')),
            packed: packed.map(|bytes| Rc::new(Cell::new(bytes))),
            read: 0,
            left: Rc::clone(&left),
        };
        let mut buffer = vec![0; 1 << 16];
        loop {
            left.set(MAX_ROW);
            if let Err(error) = bounded.read(&mut buffer) {
                return (bounded.read, error.to_string());
            }
        }
    }

    #[test]
    fn a_packed_file_unfolds_only_so_far() {
        let (read, why) = end_of(Some(1_000));
        assert!((64 << 20..65 << 20).contains(&read), "{read}");
        assert!(why.contains("more than 250 times its size"), "{why}");
        let (read, _) = end_of(Some(2 << 20));
        assert!((500 << 20..501 << 20).contains(&read), "{read}");
    }

    #[test]
    fn the_kinds_of_files_are_told_apart() {
        let gzip: &[u8] = &[0x1f, 0x8b, 8];
        assert_eq!(check_kind(gzip, true), Ok(()));
        assert_eq!(check_kind(b"t,d", false), Ok(()));
        assert_eq!(check_kind(b"", false), Ok(()));
        for (begin, is_gz, why) in [
            (gzip, false, "its name does not end in `.gz`"),
            (b"t,d", true, "is not packed with gzip"),
            (b"PK\x03\x04", false, "a workbook"),
            (b"PAR1", false, "Parquet"),
            (b"\xff\xfet\0", false, "UTF-16"),
            (&[0x28, 0xb5, 0x2f, 0xfd], true, "zstd"),
        ] {
            let found = check_kind(begin, is_gz).unwrap_err();
            assert!(found.contains(why), "{found}");
        }
    }
}
