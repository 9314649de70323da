//! The files of a tar archive, one after the other, as they stand in it.
//!
//! Of an archive only the contents of regular files are used, and their names in messages. Nothing is
//! written to disk, so that names, owners and links of an archive cannot do harm.

use std::io::{self, Read};

/// The length of a header; contents are filled up to a multiple of it.
const BLOCK: usize = 512;

/// An archive that is read from its beginning to its end.
pub struct Archive<R> {
    bytes: R,
    /// Bytes of the present file that are left.
    left: u64,
    /// Bytes after it up to the next header.
    filling: u64,
    /// The longer name that a header of its own has given to the next file.
    long_name: Option<String>,
}

impl<R: Read> Archive<R> {
    /// An archive in these bytes.
    pub const fn new(bytes: R) -> Self {
        Self {
            bytes,
            left: 0,
            filling: 0,
            long_name: None,
        }
    }

    /// Goes to the next regular file and returns its name; `None` at the end of the archive.
    ///
    /// # Errors
    /// When the bytes cannot be read, or are no archive.
    pub fn next_file(&mut self) -> io::Result<Option<String>> {
        loop {
            self.skip()?;
            let Some(header) = self.header()? else {
                return Ok(None);
            };
            let size = number(&header[124..136])
                .ok_or_else(|| bad("the length of a file in it cannot be read"))?;
            self.left = size;
            self.filling = size.next_multiple_of(BLOCK as u64) - size;
            match header[156] {
                b'0' | 0 | b'7' => {
                    let name = self.long_name.take();
                    return Ok(Some(name.unwrap_or_else(|| name_of(&header))));
                }
                // GNU's header with a name of more than 100 bytes for the next file.
                b'L' => self.long_name = Some(self.long_name_of(size)?),
                // Folders, links, devices, and headers with further properties.
                _ => {}
            }
        }
    }

    /// Reads past what is left of the present file.
    fn skip(&mut self) -> io::Result<()> {
        let mut left = self.left + self.filling;
        let mut buffer = [0; 4096];
        while left > 0 {
            let most = buffer
                .len()
                .min(usize::try_from(left).unwrap_or(usize::MAX));
            match self.bytes.read(&mut buffer[..most])? {
                0 => return Err(bad("the archive ends within a file")),
                count => left -= count as u64,
            }
        }
        (self.left, self.filling) = (0, 0);
        Ok(())
    }

    /// The next header; `None` at the end: a block of zeros, or no more bytes.
    fn header(&mut self) -> io::Result<Option<[u8; BLOCK]>> {
        let mut header = [0; BLOCK];
        let mut filled = 0;
        while filled < BLOCK {
            match self.bytes.read(&mut header[filled..])? {
                0 if filled == 0 => return Ok(None),
                0 => return Err(bad("the archive ends within a header")),
                count => filled += count,
            }
        }
        if header.iter().all(|byte| *byte == 0) {
            return Ok(None);
        }
        // The sum of the bytes, with blanks in place of the sum itself.
        let bytes = header.iter().enumerate();
        let sum: u64 = bytes
            .map(|(index, byte)| {
                u64::from(if (148..156).contains(&index) {
                    b' '
                } else {
                    *byte
                })
            })
            .sum();
        if number(&header[148..156]) != Some(sum) {
            return Err(bad("it is no tar archive, or it is damaged"));
        }
        Ok(Some(header))
    }

    fn long_name_of(&mut self, size: u64) -> io::Result<String> {
        let mut name = Vec::new();
        let most = size.min(4096);
        self.by_ref().take(most).read_to_end(&mut name)?;
        Ok(text(&name))
    }
}

/// The bytes of the present file.
impl<R: Read> Read for Archive<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let most = buffer
            .len()
            .min(usize::try_from(self.left).unwrap_or(usize::MAX));
        if most == 0 {
            return Ok(0);
        }
        match self.bytes.read(&mut buffer[..most])? {
            0 => Err(bad("the archive ends within a file")),
            count => {
                self.left -= count as u64;
                Ok(count)
            }
        }
    }
}

fn bad(why: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, why)
}

/// A text that ends at the first zero.
fn text(bytes: &[u8]) -> String {
    let end = bytes.iter().position(|byte| *byte == 0);
    String::from_utf8_lossy(&bytes[..end.unwrap_or(bytes.len())]).into_owned()
}

/// The name in a header; `ustar` divides longer ones into two parts.
fn name_of(header: &[u8; BLOCK]) -> String {
    let name = text(&header[..100]);
    let folder = text(&header[345..500]);
    match &header[257..263] == b"ustar\0" && !folder.is_empty() {
        true => format!("{folder}/{name}"),
        false => name,
    }
}

/// A number in octal digits, or in binary where the first bit is set; at most 2^60.
fn number(field: &[u8]) -> Option<u64> {
    if field[0] & 0x80 != 0 {
        let mut bytes = field[1..].iter();
        return bytes.try_fold(u64::from(field[0] & 0x7f), |value, byte| {
            (value < 1 << 52).then_some(value << 8 | u64::from(*byte))
        });
    }
    let digits = text(field);
    let digits = digits.trim();
    let is_octal = digits.len() <= 12 && !digits.is_empty();
    is_octal
        .then(|| u64::from_str_radix(digits, 8).ok())
        .flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An entry of an archive.
    pub(super) fn entry(name: &str, kind: u8, content: &[u8]) -> Vec<u8> {
        let mut header = [0; BLOCK];
        header[..name.len()].copy_from_slice(name.as_bytes());
        header[124..135].copy_from_slice(format!("{:011o}", content.len()).as_bytes());
        header[156] = kind;
        header[257..263].copy_from_slice(b"ustar\0");
        header[148..156].fill(b' ');
        let sum: u64 = header.iter().map(|byte| u64::from(*byte)).sum();
        header[148..155].copy_from_slice(format!("{sum:06o}\0").as_bytes());
        let mut bytes = header.to_vec();
        bytes.extend(content);
        bytes.resize(bytes.len().next_multiple_of(BLOCK), 0);
        bytes
    }

    fn read(bytes: &[u8]) -> io::Result<Vec<(String, String)>> {
        let mut archive = Archive::new(bytes);
        let mut found = Vec::new();
        while let Some(name) = archive.next_file()? {
            let mut content = String::new();
            archive.read_to_string(&mut content)?;
            found.push((name, content));
        }
        Ok(found)
    }

    #[test]
    fn regular_files_are_read_in_their_order() {
        let long = "long/".repeat(30) + "name.csv";
        let mut bytes = [
            entry("data/", b'5', b""),
            entry("data/a.csv", b'0', b"t,n\n1,2\n"),
            entry("link", b'2', b""),
            entry("data/b.csv", 0, &b"3,4\n".repeat(300)),
            entry("././@LongLink", b'L', format!("{long}\0").as_bytes()),
            entry("cut", b'0', b"x"),
        ]
        .concat();
        bytes.extend([0; 2 * BLOCK]);
        let found = read(&bytes).unwrap();
        assert_eq!(found[0], ("data/a.csv".into(), "t,n\n1,2\n".into()));
        assert_eq!(found[1], ("data/b.csv".into(), "3,4\n".repeat(300)));
        assert_eq!(found[2], (long, "x".into()));
        assert_eq!(found.len(), 3);
    }

    #[test]
    fn what_is_not_read_of_a_file_is_skipped() {
        let bytes = [entry("a", b'0', &[b'a'; 5000]), entry("b", b'0', b"b")].concat();
        let mut archive = Archive::new(&bytes[..]);
        archive.next_file().unwrap();
        archive.read_exact(&mut [0; 10]).unwrap();
        assert_eq!(archive.next_file().unwrap(), Some("b".into()));
    }

    #[test]
    fn damaged_archives_are_refused() {
        let whole = entry("a", b'0', &[b'a'; 5000]);
        let cut = read(&whole[..3000]).unwrap_err().to_string();
        assert!(cut.contains("ends within a file"), "{cut}");
        let cut = read(&whole[..300]).unwrap_err().to_string();
        assert!(cut.contains("ends within a header"), "{cut}");
        let mut changed = whole;
        changed[0] = b'b';
        let changed = read(&changed).unwrap_err().to_string();
        assert!(changed.contains("no tar archive"), "{changed}");
        assert_eq!(number(&[0xff; 12]), None);
        assert_eq!(number(b"00000000017\0"), Some(15));
        assert_eq!(number(&[0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2]), Some(258));
    }
}
