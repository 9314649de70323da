//! Source files below `src/` as text without comments and strings, and the files that the
//! `mod` lines reach.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// A source file below `src/`.
pub struct Source {
    /// Its path below `src/`, with forward slashes.
    pub name: String,
    /// All of it.
    pub text: String,
    /// The text with blanks in place of comments and of what strings hold.
    pub code: String,
}

impl Source {
    pub fn new(name: &str, text: &str) -> Self {
        Self {
            name: name.into(),
            text: text.into(),
            code: bare(text),
        }
    }

    /// The room it belongs to; `None` for `lib.rs` and `main.rs`.
    pub fn room(&self) -> Option<&str> {
        match self.name.split_once('/') {
            Some((room, _)) => Some(room),
            None => match self.name.as_str() {
                "lib.rs" | "main.rs" => None,
                name => name.strip_suffix(".rs"),
            },
        }
    }

    /// The path of its module from the root of the crate.
    pub fn module(&self) -> Vec<String> {
        let name = self.name.strip_suffix(".rs").unwrap_or(&self.name);
        let mut parts: Vec<String> = name.split('/').map(String::from).collect();
        let last = parts.last().map_or("", String::as_str);
        if last == "mod" || (parts.len() == 1 && ["lib", "main"].contains(&last)) {
            parts.pop();
        }
        parts
    }

    /// True when the file stands for its folder.
    pub fn is_folder(&self) -> bool {
        self.name.ends_with("/mod.rs")
    }

    /// Lines of code with their numbers.
    pub fn lines(&self) -> impl Iterator<Item = (usize, &str)> {
        let lines = self.code.lines().enumerate();
        lines.map(|(index, line)| (index + 1, line))
    }

    /// The code with blanks in place of what stands under `#[cfg(test)]`.
    pub fn code_without_tests(&self) -> String {
        let mut kept = String::new();
        let mut lines = self.code.lines();
        while let Some(line) = lines.next() {
            if line.trim() != "#[cfg(test)]" {
                kept.push_str(line);
            } else {
                kept.extend(std::iter::repeat_n('\n', item_length(&mut lines)));
            }
            kept.push('\n');
        }
        kept
    }

    /// The modules that it declares: their names, and whether only tests have them.
    pub fn declared(&self) -> Vec<(String, bool)> {
        let mut found = Vec::new();
        let mut before = "";
        for line in self.code.lines().map(str::trim) {
            let words = line.strip_suffix(';').unwrap_or_default();
            if let Some((visibility, name)) = words.split_once("mod ")
                && (visibility.is_empty() || visibility.starts_with("pub"))
            {
                found.push((name.into(), before == "#[cfg(test)]"));
            }
            before = line;
        }
        found
    }
}

/// Passes over one item and gives the number of its lines.
fn item_length<'l>(lines: &mut impl Iterator<Item = &'l str>) -> usize {
    let Some(first) = lines.next() else { return 0 };
    if first.trim_end().ends_with([';', '}']) {
        return 1;
    }
    let end = format!("{}}}", &first[..first.len() - first.trim_start().len()]);
    1 + lines.take_while(|line| *line != end).count() + 1
}

pub fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// All files below a folder or at a path, in the order of their names.
pub fn files(path: &Path) -> Vec<PathBuf> {
    if path.is_file() {
        return vec![path.into()];
    }
    let Ok(entries) = fs::read_dir(path) else {
        return Vec::new();
    };
    let mut paths: Vec<PathBuf> = entries
        .map(|entry| entry.expect("the folder can be read").path())
        .collect();
    paths.sort_unstable();
    paths.iter().flat_map(|path| files(path)).collect()
}

/// All source files.
pub fn sources() -> Vec<Source> {
    let root = repository().join("src");
    let rust = files(&root).into_iter();
    let rust = rust.filter(|path| path.extension().is_some_and(|extension| extension == "rs"));
    let sources: Vec<Source> = rust
        .map(|path| {
            let parts = path.strip_prefix(&root).expect("it lies below").iter();
            let parts: Vec<_> = parts.map(|part| part.to_string_lossy()).collect();
            let text = fs::read_to_string(&path).expect("source files are text");
            Source::new(&parts.join("/"), &text)
        })
        .collect();
    assert!(sources.len() > 50, "the sources are where they were");
    sources
}

/// The names of the files that `mod` lines reach from `lib.rs` and `main.rs`, and whether
/// only tests have them.
pub fn reached(sources: &[Source]) -> BTreeMap<&str, bool> {
    let mut reached = BTreeMap::from([("lib.rs", false), ("main.rs", false)]);
    let mut next: Vec<&str> = reached.keys().copied().collect();
    while let Some(name) = next.pop() {
        let Some(source) = sources.iter().find(|source| source.name == name) else {
            continue;
        };
        let is_test = reached[name];
        for (child, is_test_only) in source.declared() {
            let path = [source.module(), vec![child]].concat().join("/");
            let names = [format!("{path}.rs"), format!("{path}/mod.rs")];
            let found = sources.iter().find(|source| names.contains(&source.name));
            if let Some(found) = found {
                reached.insert(&found.name, is_test || is_test_only);
                next.push(&found.name);
            }
        }
    }
    reached
}

/// The text with blanks in place of comments and of what strings hold.
pub fn bare(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let length = if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if rest.starts_with("r\"") || rest.starts_with("r#") {
            raw_string(rest)
        } else if c == '"' {
            string(rest)
        } else if c == '\'' {
            character(rest)
        } else {
            out.push(c);
            rest = &rest[c.len_utf8()..];
            continue;
        };
        let blank = |c| if c == '\n' { '\n' } else { ' ' };
        out.extend(rest[..length].chars().map(blank));
        rest = &rest[length..];
    }
    out
}

/// The length of a raw string; 1 for a raw name such as `r#type`.
fn raw_string(text: &str) -> usize {
    let fences = text[1..].chars().take_while(|c| *c == '#').count();
    let open = 1 + fences;
    if !text[open..].starts_with('"') {
        return 1;
    }
    let end = format!("\"{}", "#".repeat(fences));
    let found = text[open + 1..].find(&end);
    found.map_or(text.len(), |at| open + 1 + at + end.len())
}

fn string(text: &str) -> usize {
    let mut is_escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        if c == '"' && !is_escaped {
            return at + 1;
        }
        is_escaped = c == '\\' && !is_escaped;
    }
    text.len()
}

/// The length of a character literal; 1 for the tick of a lifetime.
fn character(text: &str) -> usize {
    if text[1..].starts_with('\\') {
        return text[3..].find('\'').map_or(1, |at| at + 4);
    }
    let inner = text[1..].chars().next().map_or(0, char::len_utf8);
    let is_closed = text[1 + inner..].starts_with('\'');
    if is_closed { inner + 2 } else { 1 }
}
