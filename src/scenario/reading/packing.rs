//! How a data file is packed, which the end of its name says and its first bytes confirm; and its bytes
//! without the packing. A hostile or mistaken file cannot unfold without a bound.

use super::sources::plain;
use super::tar::Archive;
use std::cell::Cell;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;
use std::rc::Rc;

/// The most bytes of a file that are read, after decompression.
pub const MAX_BYTES: u64 = 16 << 30;

/// A packed file may unfold to this many bytes, whatever its size.
const FREELY_UNFOLDED: u64 = 64 << 20;

/// Beyond [`FREELY_UNFOLDED`] a packed file may unfold to this many bytes per packed byte. Texts
/// of numbers and names unfold to 5 to 50.
const MOST_UNFOLDED: u64 = 250;

/// The contents of a data file.
pub enum Contents {
    /// One table.
    File(Box<dyn Read>),
    /// The files of a tar archive.
    Archive(Archive<Box<dyn Read>>),
}

/// How a file is packed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Packing {
    /// The compression, and the end of the name that says so.
    compression: Option<(Compression, &'static str)>,
    is_archive: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Compression {
    Gzip,
    Bzip2,
}

impl Compression {
    const ALL: [Self; 2] = [Self::Gzip, Self::Bzip2];

    /// Its name, how packed files begin, and the usual end of their names.
    const fn known(self) -> (&'static str, &'static [u8], &'static str) {
        match self {
            Self::Gzip => ("gzip", &[0x1f, 0x8b], ".gz"),
            Self::Bzip2 => ("bzip2", b"BZh", ".bz2"),
        }
    }
}

impl Packing {
    /// By the end of a file's name.
    fn of(path: &Path) -> Self {
        let name = path.to_string_lossy();
        let ends = [
            (".tar.gz", Some(Compression::Gzip), true),
            (".tgz", Some(Compression::Gzip), true),
            (".tar.bz2", Some(Compression::Bzip2), true),
            (".tbz2", Some(Compression::Bzip2), true),
            (".tbz", Some(Compression::Bzip2), true),
            (".tar", None, true),
            (".gz", Some(Compression::Gzip), false),
            (".bz2", Some(Compression::Bzip2), false),
        ];
        let found = ends.into_iter().find(|(end, ..)| name.ends_with(end));
        let (end, compression, is_archive) = found.unwrap_or(("", None, false));
        Self {
            compression: compression.map(|how| (how, end)),
            is_archive,
        }
    }
}

impl Contents {
    /// Opens a file.
    ///
    /// # Errors
    /// A message that names the file: it cannot be read, or it is no text and not packed as its
    /// name says.
    pub fn open(path: &Path) -> Result<Self, String> {
        let name = path.display();
        let cannot = |error: io::Error| format!("cannot read `{name}`: {}", plain(&error));
        let file = File::open(path).map_err(cannot)?;
        if file.metadata().map_err(cannot)?.is_dir() {
            return Err(format!("cannot read `{name}`: it is a folder"));
        }
        let packed = Rc::new(Cell::new(0));
        let mut file = BufReader::with_capacity(1 << 16, Counted(file, Rc::clone(&packed)));
        let begin = file.fill_buf().map_err(cannot)?;
        let packing = Packing::of(path);
        check_kind(begin, packing.compression).map_err(|why| format!("`{name}` {why}"))?;
        let bytes: Box<dyn Read> = match packing.compression {
            Some((Compression::Gzip, _)) => Box::new(flate2::bufread::MultiGzDecoder::new(file)),
            Some((Compression::Bzip2, _)) => Box::new(bzip2::bufread::MultiBzDecoder::new(file)),
            None => Box::new(file),
        };
        let unfolded: Box<dyn Read> = Box::new(Unfolded {
            bytes,
            packed: packing.compression.map(|_| packed),
            read: 0,
        });
        Ok(match packing.is_archive {
            true => Self::Archive(Archive::new(unfolded)),
            false => Self::File(unfolded),
        })
    }
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

/// The bytes of a file without its packing, within bounds.
struct Unfolded {
    bytes: Box<dyn Read>,
    /// Bytes of the file itself that were read; `None` for a file that is not packed.
    packed: Option<Rc<Cell<u64>>>,
    /// Bytes that were handed out.
    read: u64,
}

impl Unfolded {
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

impl Read for Unfolded {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.bytes.read(buffer)?;
        self.read += count as u64;
        match self.excess() {
            Some(why) => Err(io::Error::other(why)),
            None => Ok(count),
        }
    }
}

/// Refuses a file that is packed although its name does not say so, the reverse, and other kinds
/// of files that are no text; `begin` are its first bytes.
fn check_kind(
    begin: &[u8],
    compression: Option<(Compression, &'static str)>,
) -> Result<(), String> {
    let has = |magic: &[u8]| begin.starts_with(magic);
    let other = if has(&[0x28, 0xb5, 0x2f, 0xfd]) {
        "packed with zstd"
    } else if has(&[0xfd, b'7', b'z', b'X', b'Z']) {
        "packed with xz"
    } else if has(b"PK\x03\x04") {
        "a ZIP archive or a workbook"
    } else if has(b"PAR1") {
        "a Parquet file"
    } else if has(&[0xff, 0xfe]) || has(&[0xfe, 0xff]) {
        "text in UTF-16"
    } else {
        ""
    };
    if !other.is_empty() {
        return Err(format!(
            "is {other}; save it as text in UTF-8, plain or packed with gzip or bzip2"
        ));
    }
    let mut known = Compression::ALL.into_iter();
    let is_packed = known.find(|how| has(how.known().1));
    match (compression, is_packed) {
        (Some((wanted, _)), found) if found == Some(wanted) => Ok(()),
        (Some(_), None) if begin.is_empty() => Err("is empty".into()),
        (Some((wanted, end)), _) => {
            let (name, ..) = wanted.known();
            Err(format!(
                "is not packed with {name}, although its name ends in `{end}`; rename it"
            ))
        }
        (None, Some(found)) => {
            let (name, _, end) = found.known();
            Err(format!(
                "is packed with {name}, although its name does not end in `{end}`; rename it"
            ))
        }
        (None, None) => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What the reading of endless rows ends with.
    fn end_of(packed: Option<u64>) -> (u64, String) {
        let mut unfolded = Unfolded {
            bytes: Box::new(io::repeat(b'\n')),
            packed: packed.map(|bytes| Rc::new(Cell::new(bytes))),
            read: 0,
        };
        let mut buffer = vec![0; 1 << 16];
        loop {
            if let Err(error) = unfolded.read(&mut buffer) {
                return (unfolded.read, error.to_string());
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
    fn the_end_of_the_name_says_how_a_file_is_packed() {
        use Compression::{Bzip2, Gzip};
        for (name, compression, is_archive) in [
            ("a.csv", None, false),
            ("a.csv.gz", Some(Gzip), false),
            ("a.bz2", Some(Bzip2), false),
            ("a.b/c.tar", None, true),
            ("a.tar.gz", Some(Gzip), true),
            ("a.tgz", Some(Gzip), true),
            ("a.tbz2", Some(Bzip2), true),
            ("tar", None, false),
        ] {
            let found = Packing::of(Path::new(name));
            let how = found.compression.map(|(how, _)| how);
            assert_eq!((how, found.is_archive), (compression, is_archive), "{name}");
        }
    }

    #[test]
    fn the_kinds_of_files_are_told_apart() {
        let gzip: &[u8] = &[0x1f, 0x8b, 8];
        let bzip2: &[u8] = b"BZh91AY";
        let as_gzip = Some((Compression::Gzip, ".gz"));
        let as_bzip2 = Some((Compression::Bzip2, ".bz2"));
        assert_eq!(check_kind(gzip, as_gzip), Ok(()));
        assert_eq!(check_kind(bzip2, as_bzip2), Ok(()));
        assert_eq!(check_kind(b"t,d", None), Ok(()));
        assert_eq!(check_kind(b"", None), Ok(()));
        for (begin, compression, why) in [
            (gzip, None, "its name does not end in `.gz`"),
            (bzip2, None, "its name does not end in `.bz2`"),
            (b"t,d", as_gzip, "although its name ends in `.gz`"),
            (gzip, as_bzip2, "is not packed with bzip2"),
            (b"", as_bzip2, "is empty"),
            (b"PK\x03\x04", None, "a workbook"),
            (b"PAR1", None, "Parquet"),
            (b"\xff\xfet\0", None, "UTF-16"),
            (&[0x28, 0xb5, 0x2f, 0xfd], as_gzip, "zstd"),
        ] {
            let found = check_kind(begin, compression).unwrap_err();
            assert!(found.contains(why), "{found}");
        }
    }
}
