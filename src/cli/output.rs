//! The output of the program, stdout and stderr, and its exit codes.

use crate::scenario::problem::visible;
use std::io::{self, BufWriter, IsTerminal, Write};

/// The two streams of output: results to stdout (`data`), messages to stderr (`talk`).
pub struct Output {
    data: Box<dyn Write>,
    talk: Box<dyn Write>,
    data_terminal: bool,
    talk_terminal: bool,
}

/// How the program ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// Done: exit code 0.
    Done,
    /// An expectation failed: exit code 1.
    ExpectationFailed,
    /// Bad input or environment, and nothing was written: exit code 2.
    BadInput,
    /// stdout could not be written; a report was written whole: exit code 3.
    NotPrinted,
    /// Interrupted by a signal: exit code 130.
    Interrupted,
}

/// Why a command failed.
#[derive(Debug)]
pub enum Failure {
    /// A sentence for the user: lower case, no final period.
    Message(String),
    /// Many lines for the user, printed as they are.
    Report(String),
    /// stdout cannot be written.
    Stdout(io::Error),
}

/// The result of a command.
pub type Outcome = Result<Exit, Failure>;

impl Output {
    /// The stdout and stderr of the process.
    pub fn standard() -> Self {
        let (data, talk) = (io::stdout(), io::stderr());
        Self {
            data_terminal: data.is_terminal(),
            talk_terminal: talk.is_terminal(),
            data: Box::new(BufWriter::new(data)),
            talk: Box::new(talk),
        }
    }

    /// Two writers that are not terminals, for tests.
    pub fn to(data: impl Write + 'static, talk: impl Write + 'static) -> Self {
        Self {
            data: Box::new(data),
            talk: Box::new(talk),
            data_terminal: false,
            talk_terminal: false,
        }
    }

    /// Writes data to stdout.
    ///
    /// # Errors
    /// When stdout cannot be written. Pass the error to [`Output::conclude`].
    pub fn data(&mut self, text: &str) -> Result<(), Failure> {
        self.data
            .write_all(text.as_bytes())
            .map_err(Failure::Stdout)
    }

    /// Writes lines to stderr. Characters that a terminal would obey are written as escapes.
    pub fn talk(&mut self, text: &str) {
        let lines: Vec<String> = text.lines().map(visible).collect();
        self.talk_painted(&lines.join("\n"));
    }

    /// Writes lines to stderr as they are, such as problems with their colours.
    pub fn talk_painted(&mut self, text: &str) {
        // A closed stderr is not an error: messages are discarded.
        let _ = writeln!(self.talk, "{}", text.trim_end());
    }

    /// The width of the terminal in columns; `None` when stdout is not a terminal.
    pub fn width(&self) -> Option<u16> {
        if !self.data_terminal {
            return None;
        }
        comfy_table::Table::new().width()
    }

    /// True when data may be coloured.
    pub fn colors_data(&self) -> bool {
        self.data_terminal && colors_wanted()
    }

    /// True when talk may be coloured.
    pub fn colors_talk(&self) -> bool {
        self.talk_terminal && colors_wanted()
    }

    /// True when stderr is a terminal, so that progress can be shown.
    pub fn talks_to_terminal(&self) -> bool {
        self.talk_terminal
    }

    /// Flushes stdout, prints the failure if there is one, and returns how the program ends.
    pub fn conclude(&mut self, outcome: Outcome) -> Exit {
        let flushed = self.data.flush().map_err(Failure::Stdout);
        match outcome.and_then(|exit| flushed.map(|()| exit)) {
            Ok(exit) => exit,
            // The reader closed the pipe, as `head` does: not an error.
            Err(Failure::Stdout(error)) if error.kind() == io::ErrorKind::BrokenPipe => Exit::Done,
            Err(failure) => {
                match &failure {
                    Failure::Report(problems) => self.talk_painted(problems),
                    Failure::Message(_) | Failure::Stdout(_) => self.talk(&failure.to_string()),
                }
                match failure {
                    Failure::Stdout(_) => Exit::NotPrinted,
                    Failure::Message(_) | Failure::Report(_) => Exit::BadInput,
                }
            }
        }
    }
}

impl Exit {
    /// The exit code.
    pub const fn code(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::ExpectationFailed => 1,
            Self::BadInput => 2,
            Self::NotPrinted => 3,
            Self::Interrupted => 130,
        }
    }
}

impl Failure {
    /// A sentence for the user.
    pub fn message(text: impl Into<String>) -> Self {
        Self::Message(text.into())
    }
}

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Message(text) => write!(f, "error: {text}"),
            Self::Report(text) => f.write_str(text),
            Self::Stdout(error) => write!(
                f,
                "error: cannot write to stdout: {error}; what was to be printed is lost"
            ),
        }
    }
}

impl std::error::Error for Failure {}

/// Colours are wanted unless `NO_COLOR` is set (no-color.org).
fn colors_wanted() -> bool {
    std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A writer that fails at once.
    struct Broken(io::ErrorKind);

    impl Write for Broken {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(self.0.into())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_closed_pipe_is_no_error_and_a_full_disk_is_one() {
        for (kind, wanted) in [
            (io::ErrorKind::BrokenPipe, Exit::Done),
            (io::ErrorKind::StorageFull, Exit::NotPrinted),
        ] {
            let mut output = Output::to(Broken(kind), io::sink());
            let outcome = output.data("rows").map(|()| Exit::Done);
            assert_eq!(output.conclude(outcome), wanted);
        }
    }
}
