//! `events.jsonl`: one fact per line, as a JSON object with `timeMicros`, `fact`, the ids of
//! what it is about, and at the end the `variant` and `seed` of the run. The simulator feeds
//! the lines.

use crate::units::SimTime;
use std::io::{self, Write};

/// Something that happened in a run.
#[derive(Clone, Copy, Debug)]
pub struct EventRow<'a> {
    /// When.
    pub time: SimTime,
    /// What: `TaskStarted`.
    pub fact: &'a str,
    /// Whom it is about, in the order of the line: `("task", …)`, `("instance", …)`.
    pub ids: &'a [(&'a str, EventId<'a>)],
    /// What ECS says about it, where it says something.
    pub message: Option<&'a str>,
}

/// An id in a line of `events.jsonl`.
#[derive(Clone, Copy, Debug)]
pub enum EventId<'a> {
    /// A number.
    Number(u64),
    /// A name.
    Name(&'a str),
}

/// Writes `events.jsonl`, fact by fact.
#[derive(Debug)]
pub struct EventWriter<W: Write> {
    out: W,
    line: Vec<u8>,
}

impl<W: Write> EventWriter<W> {
    /// Begins the file.
    pub fn begin(out: W) -> Self {
        Self {
            out,
            line: Vec::new(),
        }
    }

    /// Writes one fact of the run of `variant` with `seed`.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn row(&mut self, variant: &str, seed: u64, row: &EventRow<'_>) -> io::Result<()> {
        let line = &mut self.line;
        line.clear();
        write!(line, "{{\"timeMicros\":{},\"fact\":", row.time.as_micros())?;
        serde_json::to_writer(&mut *line, row.fact)?;
        for (name, id) in row.ids {
            line.push(b',');
            serde_json::to_writer(&mut *line, name)?;
            line.push(b':');
            match id {
                EventId::Number(number) => write!(line, "{number}")?,
                EventId::Name(name) => serde_json::to_writer(&mut *line, name)?,
            }
        }
        if let Some(message) = row.message {
            line.extend_from_slice(b",\"message\":");
            serde_json::to_writer(&mut *line, message)?;
        }
        line.extend_from_slice(b",\"variant\":");
        serde_json::to_writer(&mut *line, variant)?;
        writeln!(line, ",\"seed\":{seed}}}")?;
        self.out.write_all(line)
    }

    /// Ends the file and gives the writer back.
    ///
    /// # Errors
    /// When the writer cannot be flushed.
    pub fn finish(mut self) -> io::Result<W> {
        self.out.flush()?;
        Ok(self.out)
    }
}
