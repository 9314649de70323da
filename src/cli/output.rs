//! Where the program's words go, and how a command ends.

use std::io::{self, BufWriter, IsTerminal, Write};

/// The two ways out: data to stdout, talk to stderr.
pub struct Output {
    data: Box<dyn Write>,
    talk: Box<dyn Write>,
    data_terminal: bool,
    talk_terminal: bool,
}

/// How the program ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// All is done.
    Done,
    /// An expectation failed.
    ExpectationFailed,
    /// Bad input or environment; nothing was written.
    BadInput,
    /// Ctrl-C.
    Interrupted,
}

/// Why a command could not be done.
#[derive(Debug)]
pub enum Failure {
    /// A sentence for the user: lower case, no final period.
    Message(String),
    /// Many lines for the user, printed as they are.
    Report(String),
    /// stdout cannot be written.
    Stdout(io::Error),
}

/// How a command ends.
pub type Outcome = Result<Exit, Failure>;

impl Output {
    /// The program's own stdout and stderr.
    pub fn standard() -> Self {
        let (data, talk) = (io::stdout(), io::stderr());
        Self {
            data_terminal: data.is_terminal(),
            talk_terminal: talk.is_terminal(),
            data: Box::new(BufWriter::new(data)),
            talk: Box::new(talk),
        }
    }

    /// Two writers that are no terminals, for tests.
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
    /// When stdout cannot be written; hand it on, [`Output::conclude`] knows what to do.
    pub fn data(&mut self, text: &str) -> Result<(), Failure> {
        self.data
            .write_all(text.as_bytes())
            .map_err(Failure::Stdout)
    }

    /// Says a line on stderr.
    pub fn talk(&mut self, text: &str) {
        // Who closes stderr does not want to hear.
        let _ = writeln!(self.talk, "{}", text.trim_end());
    }

    /// How wide a line on stdout may be: the terminal's width, `None` when it is no terminal.
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

    /// True when somebody may be watching stderr.
    pub fn is_watched(&self) -> bool {
        self.talk_terminal
    }

    /// Flushes stdout, says what went wrong, and tells how the program ends.
    pub fn conclude(&mut self, outcome: Outcome) -> Exit {
        let flushed = self.data.flush().map_err(Failure::Stdout);
        match outcome.and_then(|exit| flushed.map(|()| exit)) {
            Ok(exit) => exit,
            // The reader has seen enough, as `head` does.
            Err(Failure::Stdout(error)) if error.kind() == io::ErrorKind::BrokenPipe => Exit::Done,
            Err(failure) => {
                self.talk(&failure.to_string());
                Exit::BadInput
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
            Self::Stdout(error) => write!(f, "error: cannot write to stdout: {error}"),
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
    fn a_closed_pipe_is_the_end_and_a_full_disk_is_an_error() {
        for (kind, wanted) in [
            (io::ErrorKind::BrokenPipe, Exit::Done),
            (io::ErrorKind::StorageFull, Exit::BadInput),
        ] {
            let mut output = Output::to(Broken(kind), io::sink());
            let outcome = output.data("rows").map(|()| Exit::Done);
            assert_eq!(output.conclude(outcome), wanted);
        }
    }
}
