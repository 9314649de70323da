//! Single cells of a file, from left to right and line by line: a file may be one long line of numbers.

use super::bounded::{Bounded, MAX_ROW};
use std::cell::Cell;
use std::io::{self, BufRead, BufReader};

/// The cells of a file.
pub struct Cells {
    reader: BufReader<Bounded>,
    /// A byte that separates cells, beside blanks and ends of lines.
    separator: Option<u8>,
    /// Lines that begin with this byte are skipped.
    comment: Option<u8>,
    /// The last cell that was read.
    pub cell: Vec<u8>,
    /// Its line in the file, from 1.
    pub line: u64,
    /// The line of the next byte.
    next_line: u64,
    /// True when the next byte is the first of its line.
    is_start: bool,
}

impl Cells {
    /// The cells of what a reader gives.
    pub const fn new(
        reader: BufReader<Bounded>,
        separator: Option<u8>,
        comment: Option<u8>,
    ) -> Self {
        Self {
            reader,
            separator,
            comment,
            cell: Vec::new(),
            line: 0,
            next_line: 1,
            is_start: true,
        }
    }

    /// Reads the next cell; false at the end of the file. `left` is the bound of the bytes that a cell has.
    pub fn next(&mut self, left: &Cell<u64>) -> io::Result<bool> {
        self.cell.clear();
        self.line = self.next_line;
        let mut is_comment = false;
        loop {
            let bytes = self.reader.fill_buf()?;
            if bytes.is_empty() {
                return Ok(!self.cell.is_empty());
            }
            let (mut used, mut is_whole) = (0, false);
            for byte in bytes {
                used += 1;
                is_comment |= self.is_start && self.comment == Some(*byte);
                self.is_start = *byte == b'\n';
                self.next_line += u64::from(self.is_start);
                let is_end = byte.is_ascii_whitespace() || self.separator == Some(*byte);
                if !is_end && !is_comment {
                    self.cell.push(*byte);
                } else if !self.cell.is_empty() {
                    is_whole = true;
                    break;
                }
                if self.is_start {
                    is_comment = false;
                    self.line = self.next_line;
                }
            }
            self.reader.consume(used);
            if is_whole {
                return Ok(true);
            }
            if self.cell.is_empty() {
                left.set(MAX_ROW);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &'static str, separator: Option<u8>) -> Vec<(String, u64)> {
        let (bytes, left) = Bounded::new(Box::new(text.as_bytes()));
        let mut cells = Cells::new(BufReader::with_capacity(3, bytes), separator, Some(b'#'));
        let mut found = Vec::new();
        while cells.next(&left).unwrap() {
            let cell = String::from_utf8(cells.cell.clone()).unwrap();
            found.push((cell, cells.line));
        }
        found
    }

    #[test]
    fn each_cell_has_its_line() {
        let found = read("1 0  12\n# 7 8\n\n345 6", None);
        let wanted = [("1", 1), ("0", 1), ("12", 1), ("345", 4), ("6", 4)];
        assert_eq!(found, wanted.map(|(cell, line)| (cell.into(), line)));
        let found = read("1,2\r\n3", Some(b','));
        assert_eq!(
            found,
            [("1", 1), ("2", 1), ("3", 2)].map(|(c, l)| (c.into(), l))
        );
        assert!(read("\n \n", None).is_empty());
    }
}
