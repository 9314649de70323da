//! The house is tidy: every file says what it is, rooms import only what is before them,
//! and what the core must not do, no line of it does. The tables at the top are the rules.

use std::fs;
use std::path::{Path, PathBuf};

/// The main line of rooms, each of which may import itself and all before it.
const MAIN_LINE: [&str; 10] = [
    "units",
    "engine",
    "catalog",
    "cluster",
    "policy",
    "plan",
    "monitoring",
    "simulation",
    "metrics",
    "runner",
];

/// What rooms beside the main line may import, and what rooms on it may import besides.
const SIDE_ROOMS: [(&str, &[&str]); 10] = [
    ("usage", &["units", "catalog"]),
    ("pricing", &["units", "catalog", "usage"]),
    ("stats", &[]),
    ("figures", &["units"]),
    (
        "scenario",
        &[
            "units", "engine", "catalog", "cluster", "policy", "plan", "figures",
        ],
    ),
    (
        "report",
        &["units", "catalog", "plan", "usage", "figures", "runner"],
    ),
    (
        "experiment",
        &[
            "units",
            "engine",
            "plan",
            "policy",
            "simulation",
            "stats",
            "figures",
            "scenario",
            "report",
            "runner",
        ],
    ),
    ("simulation", &["usage"]),
    ("metrics", &["usage", "pricing", "stats", "figures"]),
    ("runner", &["usage", "pricing", "stats", "figures"]),
];

/// The room that may import every other.
const FRONT: &str = "cli";

/// Words that no line of code may hold, but in these files and folders.
const KEPT_OUT: [(&[&str], &[&str]); 5] = [
    // Output goes through writers that are handed in. (One unit test says what it counted.)
    (
        &["println!", "eprintln!", "print!", "eprint!", "dbg!"],
        &["cli/", "scenario/tests/"],
    ),
    // The order of these differs from run to run.
    (&["HashMap", "HashSet", "RandomState"], &[]),
    // No wall clock in results.
    (
        &["std::time", "SystemTime", "Timestamp::now", "Zoned::now"],
        &["cli/"],
    ),
    // The core reads and writes nothing.
    (
        &["std::fs", "std::env", "std::net", "std::process"],
        &["scenario/", "report/folder/", "cli/", "main.rs"],
    ),
    // A run plays on one thread; several runs may go side by side.
    (
        &["std::thread", "rayon::", "thread_rng", "rand::rng"],
        &["runner/", "cli/"],
    ),
];

/// A file longer than this has more than one subject, most likely.
const LONGEST_FILE: usize = 700;

/// Longer all the same, up to so many lines.
const LONG_FILES: [(&str, usize); 3] = [
    // One flat table of every key.
    ("scenario/keys.rs", 800),
    // One flat list of cases.
    ("scenario/tests/basics.rs", 850),
    // The reader of one entry of `tasks`.
    ("scenario/work.rs", 720),
];

/// A source file below `src/`.
struct Source {
    /// Its path below `src/`, with forward slashes.
    name: String,
    text: String,
}

impl Source {
    /// The room it belongs to; `None` for `lib.rs` and `main.rs`.
    fn room(&self) -> Option<&str> {
        match self.name.split_once('/') {
            Some((room, _)) => Some(room),
            None => match self.name.as_str() {
                "lib.rs" | "main.rs" => None,
                name => name.strip_suffix(".rs"),
            },
        }
    }

    /// How many modules lie between the file and the root of the crate.
    fn depth(&self) -> usize {
        let folders = self.name.matches('/').count();
        if self.name.ends_with("/mod.rs") {
            folders
        } else {
            folders + 1
        }
    }

    /// Lines of code with their numbers, comments cut off.
    fn code(&self) -> impl Iterator<Item = (usize, &str)> {
        let lines = self.text.lines().enumerate();
        lines.map(|(index, line)| (index + 1, without_comment(line)))
    }
}

/// A line up to `//`; one inside a string (`https://`) is not the beginning of a comment.
fn without_comment(line: &str) -> &str {
    let mut rest = 0;
    while let Some(found) = line[rest..].find("//") {
        let at = rest + found;
        if !line[..at].ends_with(':') {
            return &line[..at];
        }
        rest = at + 2;
    }
    line
}

fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// All files below a folder or at a path, in the order of their names.
fn files(path: &Path) -> Vec<PathBuf> {
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

fn sources() -> Vec<Source> {
    let root = repository().join("src");
    let rust = files(&root).into_iter();
    let rust = rust.filter(|path| path.extension().is_some_and(|extension| extension == "rs"));
    let sources: Vec<Source> = rust
        .map(|path| {
            let parts = path.strip_prefix(&root).expect("it lies below").iter();
            let parts: Vec<_> = parts.map(|part| part.to_string_lossy()).collect();
            Source {
                name: parts.join("/"),
                text: fs::read_to_string(&path).expect("source files are text"),
            }
        })
        .collect();
    assert!(sources.len() > 50, "the sources are where they were");
    sources
}

/// Fails with all complaints at once.
fn settle(complaints: &[String]) {
    assert!(complaints.is_empty(), "\n{}\n", complaints.join("\n"));
}

fn may_import(room: &str, other: &str) -> bool {
    if room == other || room == FRONT {
        return true;
    }
    let place = |name: &str| MAIN_LINE.iter().position(|known| *known == name);
    let before = match (place(room), place(other)) {
        (Some(room), Some(other)) => other < room,
        _ => false,
    };
    let besides = SIDE_ROOMS.iter().filter(|(name, _)| *name == room);
    before || besides.clone().any(|(_, others)| others.contains(&other))
}

fn is_known(room: &str) -> bool {
    room == FRONT || MAIN_LINE.contains(&room) || SIDE_ROOMS.iter().any(|(name, _)| *name == room)
}

/// What follows each `prefix` in a line, where `prefix` is not the end of a longer word.
fn after<'a>(line: &'a str, prefix: &'a str) -> impl Iterator<Item = &'a str> {
    let found = line.match_indices(prefix).filter(|(at, _)| {
        let before = line[..*at].chars().next_back();
        !before.is_some_and(|c| c.is_alphanumeric() || c == '_')
    });
    found.map(|(at, _)| &line[at + prefix.len()..])
}

fn first_word(text: &str) -> &str {
    let end = text.find(|c: char| !c.is_alphanumeric() && c != '_');
    &text[..end.unwrap_or(text.len())]
}

#[test]
fn every_file_begins_with_what_it_is() {
    let complaints: Vec<String> = sources()
        .iter()
        .filter(|source| !source.text.starts_with("//! "))
        .map(|source| format!("src/{} does not begin with `//!`", source.name))
        .collect();
    settle(&complaints);
}

#[test]
fn no_file_is_too_long() {
    let mut complaints = Vec::new();
    for source in sources() {
        let lines = source.text.lines().count();
        let known = LONG_FILES.iter().find(|(name, _)| *name == source.name);
        let most = known.map_or(LONGEST_FILE, |(_, lines)| *lines);
        if lines > most {
            complaints.push(format!("src/{}: {lines} lines, not {most}", source.name));
        }
    }
    settle(&complaints);
}

#[test]
fn rooms_import_only_what_is_before_them() {
    let mut complaints = Vec::new();
    for source in sources() {
        let Some(room) = source.room() else { continue };
        let name = &source.name;
        if !is_known(room) {
            complaints.push(format!("src/{name}: the room `{room}` is in no table"));
        }
        for (line, code) in source.code() {
            for rest in after(code, "crate::").chain(after(code, "ecsim::")) {
                let other = first_word(rest);
                if other.is_empty() {
                    complaints.push(format!("src/{name}:{line}: one `use` per room"));
                } else if !may_import(room, other) {
                    complaints.push(format!("src/{name}:{line}: `{room}` imports `{other}`"));
                }
            }
        }
    }
    settle(&complaints);
}

#[test]
fn nobody_climbs_to_the_root_by_super() {
    let mut complaints = Vec::new();
    for source in sources().iter().filter(|source| source.room().is_some()) {
        let mut most = source.depth() - 1;
        for (line, code) in source.code() {
            if code.trim() == "#[cfg(test)]" {
                most = source.depth(); // The module of unit tests is one deeper.
            }
            let climb = "super::".repeat(most + 1);
            if code.contains(&climb) {
                complaints.push(format!("src/{}:{line}: `{climb}` is the root", source.name));
            }
        }
    }
    settle(&complaints);
}

#[test]
fn the_core_does_none_of_what_it_must_not() {
    let mut complaints = Vec::new();
    for source in sources() {
        for (words, places) in KEPT_OUT {
            if places.iter().any(|place| source.name.starts_with(place)) {
                continue;
            }
            for (line, code) in source.code() {
                for word in words {
                    if after(code, word).next().is_some() {
                        complaints.push(format!("src/{}:{line}: `{word}`", source.name));
                    }
                }
            }
        }
    }
    settle(&complaints);
}

#[test]
fn lints_hold_what_this_test_cannot_see() {
    let manifest = fs::read_to_string(repository().join("Cargo.toml")).expect("it is there");
    for lint in [
        "unsafe_code = \"forbid\"",
        "missing_docs = \"warn\"",
        "print_stdout = \"warn\"",
        "print_stderr = \"warn\"",
        "unwrap_used = \"warn\"",
        "disallowed_types = \"warn\"",
        "disallowed_methods = \"warn\"",
    ] {
        assert!(manifest.contains(lint), "{lint}");
    }
}

#[test]
fn nothing_names_a_folder_of_the_machine_it_was_written_on() {
    let absolute = ["work", "root", "farm", "home", "Users"].map(|folder| format!("/{folder}/"));
    let below_tmp = ["tmp", "wt"].join("/");
    let mut complaints = Vec::new();
    let places = [
        "README.md",
        "CHANGELOG.md",
        "Cargo.toml",
        ".ci",
        "benches",
        "docs",
        "examples",
        "scenarios",
        "src",
        "tests",
    ];
    for path in places
        .iter()
        .flat_map(|place| files(&repository().join(place)))
    {
        let bytes = fs::read(&path).expect("the file can be read");
        let text = String::from_utf8_lossy(&bytes);
        for (index, line) in text.lines().enumerate() {
            // Web addresses may have such a part in the middle.
            let begins = |folder: &String| {
                line.match_indices(folder.as_str()).any(|(at, _)| {
                    let before = line[..at].chars().next_back();
                    before.is_none_or(|c| !c.is_alphanumeric() && !"./_-~}>".contains(c))
                })
            };
            if absolute.iter().any(begins) || line.contains(&below_tmp) {
                complaints.push(format!("{}:{}: {line}", path.display(), index + 1));
            }
        }
    }
    settle(&complaints);
}

#[test]
fn the_rules_themselves_are_read_right() {
    assert!(may_import("plan", "units") && may_import("plan", "plan"));
    assert!(!may_import("units", "plan") && !may_import("cluster", "usage"));
    assert!(may_import("cli", "report") && !may_import("runner", "report"));
    assert!(may_import("simulation", "usage") && !may_import("simulation", "pricing"));
    assert!(!may_import("stats", "units") && !may_import("scenario", "simulation"));
    assert_eq!(without_comment("let a = 1; // b"), "let a = 1; ");
    assert_eq!(without_comment("\"https://x\" // b"), "\"https://x\" ");
    assert_eq!(
        after("use crate::units::Cpu;", "crate::").next(),
        Some("units::Cpu;")
    );
    assert_eq!(after("eprintln!()", "println!").next(), None);
    assert_eq!(first_word("units::Cpu"), "units");
    let source = |name: &str| Source {
        name: name.into(),
        text: String::new(),
    };
    assert_eq!(source("lib.rs").room(), None);
    assert_eq!(source("units/mod.rs").room(), Some("units"));
    assert_eq!(source("units/mod.rs").depth(), 1);
    assert_eq!(source("report/folder/mod.rs").depth(), 2);
    assert_eq!(source("report/folder/store.rs").depth(), 3);
}
