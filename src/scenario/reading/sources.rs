//! The texts that trees come from: files, `--set` options and texts of the library's user.
//! Files are read as UTF-8 up to 16 MiB; a byte order mark is removed.

use super::raw;
use super::tree::{MAX_FILE_BYTES, Node, Origin};
use crate::plan::problem::{Place, Problem};
use std::path::{Path, PathBuf};

/// A text that nodes come from.
#[derive(Clone, Debug)]
pub struct Source {
    /// Path of the file as the user gave it, or `--set`; printed in messages.
    pub name: String,
    /// The whole text.
    pub text: String,
    /// The folder that relative paths in the text start at; `None`: the working directory.
    pub folder: Option<PathBuf>,
    /// True for a `--set` option; its places have no line number.
    pub is_option: bool,
}

/// All texts of a scenario. A node refers to its text by [`Origin::source`].
#[derive(Clone, Debug, Default)]
pub struct Sources {
    list: Vec<Source>,
}

impl Sources {
    /// The text that a node comes from.
    pub fn of(&self, origin: Origin) -> Option<&Source> {
        self.list.get(origin.source as usize)
    }

    /// File, line and column of a byte range, for messages. A range of several lines is cut at
    /// the end of its first line.
    pub fn place(&self, origin: Origin) -> Option<Place> {
        let source = self.of(origin)?;
        let start = floor_char(&source.text, origin.start as usize);
        let end = floor_char(&source.text, (origin.end as usize).max(start));
        let line_start = source.text[..start].rfind('\n').map_or(0, |at| at + 1);
        let line_end = source.text[start..]
            .find('\n')
            .map_or(source.text.len(), |at| start + at);
        let line = source.text[..start].matches('\n').count() + 1;
        let column = source.text[line_start..start].chars().count() + 1;
        let width = source.text[start..end.clamp(start, line_end)]
            .chars()
            .count();
        let snippet = source.text[line_start..line_end].trim_end_matches('\r');
        Some(Place {
            file: source.name.clone(),
            line: if source.is_option { 0 } else { line as u32 },
            column: column as u32,
            snippet: snippet.to_string(),
            width: width.max(1) as u32,
        })
    }

    /// Adds a text and parses it.
    ///
    /// # Errors
    /// When it is not YAML, or exceeds the bounds of [`raw::parse`].
    pub fn parse(&mut self, source: Source) -> Result<Node, Box<Problem>> {
        let index = self.list.len() as u32;
        let parsed = raw::parse(&source.text, index);
        self.list.push(source);
        parsed.map_err(|failure| {
            let mut problem = Problem::error("", failure.message);
            problem.place = self.place(Origin {
                source: index,
                start: failure.at,
                end: failure.at.saturating_add(1),
            });
            problem.hint = failure.hint;
            Box::new(problem)
        })
    }

    /// Adds a text without parsing it, such as a `--set` option; returns its index.
    pub fn add(&mut self, source: Source) -> u32 {
        self.list.push(source);
        self.list.len() as u32 - 1
    }

    /// Reads a file and parses it.
    ///
    /// # Errors
    /// When it cannot be read, is too large, or is not YAML or JSON.
    pub fn read(&mut self, path: &Path) -> Result<Node, Box<Problem>> {
        let name = path.display().to_string();
        let text = read_text(path)?;
        self.parse(Source {
            name,
            text,
            folder: path.parent().map(Path::to_path_buf),
            is_option: false,
        })
    }

    /// Reads the standard input and parses it; relative paths in it start at the working directory.
    ///
    /// # Errors
    /// When it cannot be read, is too large, or is not YAML or JSON.
    pub fn read_stdin(&mut self) -> Result<Node, Box<Problem>> {
        let name = "stdin";
        let text = text_of(std::io::stdin().lock(), name)?;
        self.parse(Source {
            name: name.into(),
            text,
            folder: None,
            is_option: false,
        })
    }

    /// A path as written in a source: relative to that source's folder.
    pub fn resolve(&self, origin: Origin, written: &str) -> PathBuf {
        match self.of(origin).and_then(|s| s.folder.as_deref()) {
            Some(folder) => folder.join(written),
            None => PathBuf::from(written),
        }
    }
}

/// Reads a text file of up to 16 MiB.
fn read_text(path: &Path) -> Result<String, Box<Problem>> {
    let name = path.display().to_string();
    let fail = |message: String| Box::new(Problem::error("", message));
    let file = open(path).map_err(fail)?;
    text_of(file, &name)
}

/// Opens a file. The error is a message with the name of the file.
fn open(path: &Path) -> Result<std::fs::File, String> {
    let name = path.display();
    let cannot = |error: std::io::Error| format!("cannot read `{name}`: {}", plain(&error));
    let file = std::fs::File::open(path).map_err(cannot)?;
    if file.metadata().map_err(cannot)?.is_dir() {
        return Err(format!("cannot read `{name}`: it is a folder"));
    }
    Ok(file)
}

/// The text of a file or of stdin, of up to 16 MiB; `name` is for messages.
fn text_of(file: impl std::io::Read, name: &str) -> Result<String, Box<Problem>> {
    use std::io::Read as _;
    let fail = |message: String| Box::new(Problem::error("", message));
    let mut bytes = Vec::new();
    file.take(MAX_FILE_BYTES + 1)
        .read_to_end(&mut bytes)
        .map_err(|error| fail(format!("cannot read `{name}`: {}", plain(&error))))?;
    if bytes.len() as u64 > MAX_FILE_BYTES {
        return Err(fail(format!("`{name}` is larger than 16 MiB")));
    }
    let text = utf8(name, bytes)?;
    Ok(match text.strip_prefix('\u{feff}') {
        Some(rest) => rest.to_string(),
        None => text,
    })
}

/// The bytes of a file as text.
///
/// # Errors
/// When they are not UTF-8; the problem is placed at the first byte that is not.
pub fn utf8(name: &str, bytes: Vec<u8>) -> Result<String, Box<Problem>> {
    String::from_utf8(bytes).map_err(|error| {
        let good = error.utf8_error().valid_up_to();
        let bytes = error.as_bytes();
        let is_end = |byte: &u8| *byte == b'\n';
        let start = bytes[..good]
            .iter()
            .rposition(is_end)
            .map_or(0, |at| at + 1);
        let rest = &bytes[good..];
        let end = good + rest.iter().position(is_end).unwrap_or(rest.len());
        let line = bytes[..good].iter().filter(|byte| is_end(byte)).count() + 1;
        let before = String::from_utf8_lossy(&bytes[start..good]);
        let mut problem = Problem::error("", format!("`{name}` is not UTF-8 text"));
        problem.place = Some(Place {
            file: name.to_string(),
            line: line as u32,
            column: before.chars().count() as u32 + 1,
            snippet: String::from_utf8_lossy(&bytes[start..end.min(start + MOST_SHOWN)]).into(),
            width: 1,
        });
        problem.hint = Some("save the file as UTF-8".into());
        Box::new(problem)
    })
}

/// The most bytes of a line that is not UTF-8 that a problem keeps.
const MOST_SHOWN: usize = 1 << 16;

/// The message of an error of the operating system. The two frequent ones have the same text on
/// every platform.
pub fn plain(error: &std::io::Error) -> String {
    match error.kind() {
        std::io::ErrorKind::NotFound => "there is no such file".into(),
        std::io::ErrorKind::PermissionDenied => "permission denied".into(),
        _ => error.to_string(),
    }
}

/// The largest character boundary that is not above `at`.
fn floor_char(text: &str, at: usize) -> usize {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}
