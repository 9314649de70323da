//! The house is tidy: every file says what it is, rooms import only what is before them,
//! nothing inside a room imports in a circle, files and functions do not grow, and what the
//! core must not do, no line of it does. The tables at the top are the rules; an exemption
//! that exempts nothing fails as well.
//!
//! Circles are looked for in every folder, between its entries: its files, its sub-folders,
//! and its own `mod.rs`. An import is any path in code, in a `use` or not, outside of
//! `#[cfg(test)]`. A name that a file takes through a `use` of another file counts as an
//! import of the file that defines it. So a `mod.rs` that only declares and passes on its
//! children imports none of them; one whose own code names what it passes on does.

#[path = "tidy/citations.rs"]
mod citations;
#[path = "tidy/graph.rs"]
mod graph;
#[path = "tidy/length.rs"]
mod length;
#[path = "tidy/source.rs"]
mod source;

use graph::{Graph, between, entry, in_circles};
use source::{Source, bare, files, reached, repository, sources};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;

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
const SIDE_ROOMS: [(&str, &[&str]); 11] = [
    ("usage", &["units", "catalog"]),
    ("pricing", &["units", "catalog", "usage"]),
    ("stats", &[]),
    ("figures", &["plan", "usage"]),
    (
        "scenario",
        &["units", "engine", "catalog", "cluster", "plan", "figures"],
    ),
    (
        "report",
        &["units", "plan", "usage", "pricing", "figures", "runner"],
    ),
    (
        "explain",
        &[
            "units",
            "engine",
            "catalog",
            "cluster",
            "policy",
            "plan",
            "simulation",
            "metrics",
            "scenario",
            "report",
            "runner",
        ],
    ),
    (
        "experiment",
        &[
            "units",
            "explain",
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
    ("metrics", &["figures"]),
    ("runner", &["usage", "pricing", "stats", "figures"]),
];

/// The room that may import every other.
const FRONT: &str = "cli";

/// Words that no line of code may hold, but in these files and folders.
const KEPT_OUT: [(&[&str], &[&str]); 5] = [
    // Output goes through writers that are handed in. (One unit test says what it counted.)
    (
        &["println!", "eprintln!", "print!", "eprint!", "dbg!"],
        &["scenario/tests/files.rs"],
    ),
    // The order of these differs from run to run.
    (&["HashMap", "HashSet", "RandomState"], &[]),
    // No wall clock in results.
    (
        &["std::time", "SystemTime", "Timestamp::now", "Zoned::now"],
        &[],
    ),
    // The core reads and writes nothing.
    (
        &["std::fs", "std::env", "std::net", "std::process"],
        &[
            "scenario/drafting/found.rs",
            "scenario/reading/",
            "scenario/tests",
            "report/folder/",
            "cli/",
            "main.rs",
        ],
    ),
    // A run plays on one thread; several runs may go side by side.
    (
        &["std::thread", "rayon::", "thread_rng", "rand::rng"],
        &["runner/options.rs", "runner/ordered.rs"],
    ),
];

/// The entries of a room, level by level: each may import those of the levels before its own.
/// Entries of one level do not import each other.
type Levels = &'static [&'static [&'static str]];

/// Rooms with levels. Every entry of such a room stands in its table.
const INSIDE: &[(&str, Levels)] = &[
    (
        "scenario",
        &[
            &["keys"],
            &["reading"],
            &["laws"],
            &["capacity", "traces"],
            &["work"],
            &["faults"],
            &["study"],
            &["showing"],
            &["drafting"],
        ],
    ),
    (
        "simulation",
        &[
            &[
                "amounts",
                "messages",
                "response_times",
                "round",
                "scaling",
                "task_changes",
            ],
            &["fact"],
            &["event", "fact_kind", "fact_subject", "notice"],
            &["platform"],
            &["life"],
            &["traffic"],
            &["ecs"],
            &["clients"],
            &["faults"],
            &["pass", "limits"],
            &["world"],
            &["play"],
            &["setup", "view"],
        ],
    ),
];

/// Folders with circles, and how many of their entries lie in circles. The numbers may only
/// shrink.
const CIRCLES: &[(&str, usize)] = &[];

/// Lines of the longest function and of the longest file of each room, tests left out, rounded
/// up to tens. The numbers may only shrink.
const LONGEST: &[(&str, usize, usize)] = &[
    ("catalog", 40, 200),
    ("cli", 120, 310),
    ("cluster", 50, 470),
    ("engine", 70, 300),
    ("experiment", 50, 280),
    ("explain", 70, 340),
    ("figures", 60, 170),
    ("metrics", 70, 350),
    ("monitoring", 20, 120),
    ("plan", 70, 500),
    ("policy", 50, 240),
    ("pricing", 30, 120),
    ("report", 80, 340),
    ("runner", 70, 310),
    ("scenario", 110, 500),
    ("simulation", 70, 500),
    ("stats", 20, 90),
    ("units", 50, 220),
    ("usage", 40, 140),
];

/// A file longer than this has more than one subject, most likely; files of tests count too.
const LONGEST_FILE: usize = 700;

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
        if lines > LONGEST_FILE {
            complaints.push(format!("src/{}: {lines} lines", source.name));
        }
    }
    settle(&complaints);
}

#[test]
fn files_and_functions_do_not_grow() {
    let sources = sources();
    let reached = reached(&sources);
    let mut found: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    for source in &sources {
        let Some(room) = source.room() else { continue };
        if reached.get(source.name.as_str()) == Some(&true) {
            continue;
        }
        let code = source.code_without_tests();
        let longest = found.entry(room).or_default();
        longest.0 = longest.0.max(length::longest_function(&code));
        longest.1 = longest.1.max(code.trim_end().lines().count());
    }
    let up = |lines: usize| lines.div_ceil(10) * 10;
    let found: Vec<_> = found
        .iter()
        .map(|(room, (function, file))| (*room, up(*function), up(*file)))
        .collect();
    let complaints: Vec<String> = found
        .iter()
        .filter(|found| !LONGEST.contains(found))
        .map(|found| format!("LONGEST should have {found:?}, unless lines were added"))
        .chain(stale(
            "LONGEST",
            LONGEST.iter().map(|(room, ..)| *room),
            |room| found.iter().any(|(known, ..)| *known == room),
        ))
        .collect();
    settle(&complaints);
}

/// Complaints about names in a table that stand for nothing.
fn stale<'t>(
    table: &str,
    names: impl IntoIterator<Item = &'t str>,
    is_used: impl Fn(&str) -> bool,
) -> Vec<String> {
    let unused = names.into_iter().filter(|name| !is_used(name));
    unused
        .map(|name| format!("{table}: `{name}` stands for nothing"))
        .collect()
}

#[test]
fn every_file_is_part_of_the_crate() {
    let sources = sources();
    let reached = reached(&sources);
    let dead = sources
        .iter()
        .filter(|source| !reached.contains_key(source.name.as_str()));
    let complaints: Vec<String> = dead
        .map(|source| format!("src/{}: no `mod` line reaches it", source.name))
        .collect();
    settle(&complaints);
}

/// Every folder below `src/`, as a path of modules.
fn folders(sources: &[Source]) -> BTreeSet<Vec<String>> {
    let modules = sources.iter().map(Source::module);
    let above = modules.flat_map(|module| {
        (1..module.len())
            .map(|length| module[..length].to_vec())
            .collect::<Vec<_>>()
    });
    above.collect()
}

#[test]
fn nothing_inside_a_room_imports_in_a_circle() {
    let sources = sources();
    let imports = Graph::new(&sources).imports();
    let mut complaints = Vec::new();
    let folders = folders(&sources);
    for folder in &folders {
        let name = folder.join("/");
        let arrows = between(folder, &imports);
        let circle = in_circles(arrows.keys());
        let known = CIRCLES.iter().find(|(known, _)| *known == name);
        let known = known.map_or(0, |(_, count)| *count);
        if circle.len() > known {
            let is_inside = |(from, to): &(String, String)| {
                circle.contains(from.as_str()) && circle.contains(to.as_str())
            };
            let inside = arrows.iter().filter(|(ends, _)| is_inside(ends));
            let inside = inside.map(|((from, to), imports)| {
                format!("    {from} → {to}: {}", imports[0].from.join("/"))
            });
            complaints.push(format!("src/{name}: {} of {known}", circle.len()));
            complaints.extend(inside);
        } else if circle.len() < known {
            let count = circle.len();
            complaints.push(format!("src/{name}: {count}, so that CIRCLES can shrink"));
        }
    }
    complaints.extend(stale(
        "CIRCLES",
        CIRCLES.iter().map(|(name, _)| *name),
        |name| folders.iter().any(|folder| folder.join("/") == *name),
    ));
    settle(&complaints);
}

/// The level of an entry.
fn level(levels: Levels, entry: &str) -> Option<usize> {
    levels.iter().position(|level| level.contains(&entry))
}

#[test]
fn entries_of_a_room_import_only_lower_levels() {
    let sources = sources();
    let graph = Graph::new(&sources);
    let imports = graph.imports();
    let mut complaints = Vec::new();
    for &(room, levels) in INSIDE {
        let folder = [room.to_string()];
        let entries = graph.modules();
        let entries = entries.filter_map(|module| entry(&folder, module));
        let entries: BTreeSet<String> = entries.filter(|entry| entry != "mod").collect();
        for entry in entries.iter().filter(|e| level(levels, e).is_none()) {
            complaints.push(format!("src/{room}: `{entry}` is in no level"));
        }
        for ((from, to), imports) in between(&folder, &imports) {
            if level(levels, &to) >= level(levels, &from) {
                let file = imports[0].from.join("/");
                complaints.push(format!("src/{room}: {from} → {to}, in {file}"));
            }
        }
        complaints.extend(stale(
            "INSIDE",
            levels.iter().copied().flatten().copied(),
            |name| entries.contains(name),
        ));
    }
    settle(&complaints);
}

#[test]
fn rooms_import_only_what_is_before_them() {
    let mut complaints = Vec::new();
    let mut used = BTreeSet::new();
    let sources = sources();
    for source in &sources {
        let Some(room) = source.room() else { continue };
        let name = &source.name;
        if !is_known(room) {
            complaints.push(format!("src/{name}: the room `{room}` is in no table"));
        }
        for (line, code) in source.lines() {
            for rest in after(code, "crate::").chain(after(code, "ecsim::")) {
                let other = first_word(rest);
                used.insert((room, other));
                if other.is_empty() {
                    complaints.push(format!("src/{name}:{line}: one `use` per room"));
                } else if !may_import(room, other) {
                    complaints.push(format!("src/{name}:{line}: `{room}` imports `{other}`"));
                }
            }
        }
    }
    for (room, others) in SIDE_ROOMS {
        complaints.extend(stale(
            &format!("SIDE_ROOMS {room}"),
            others.iter().copied(),
            |other| used.contains(&(room, other)),
        ));
    }
    settle(&complaints);
}

#[test]
fn no_module_climbs_to_the_root_by_super() {
    let mut complaints = Vec::new();
    for source in sources().iter().filter(|source| source.room().is_some()) {
        let mut most = source.module().len() - 1;
        for (line, code) in source.lines() {
            if code.trim() == "#[cfg(test)]" {
                most = source.module().len(); // The module of unit tests is one deeper.
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
    let sources = sources();
    for (words, places) in KEPT_OUT {
        let mut used = BTreeSet::new();
        for source in &sources {
            let place = places.iter().find(|place| source.name.starts_with(**place));
            for (line, code) in source.lines() {
                for word in words {
                    if after(code, word).next().is_none() {
                        continue;
                    }
                    match place {
                        Some(place) => drop(used.insert(*place)),
                        None => complaints.push(format!("src/{}:{line}: `{word}`", source.name)),
                    }
                }
            }
        }
        complaints.extend(stale(
            &format!("KEPT_OUT {words:?}"),
            places.iter().copied(),
            |place| used.contains(place),
        ));
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
    assert_eq!(
        after("use crate::units::Cpu;", "crate::").next(),
        Some("units::Cpu;")
    );
    assert_eq!(after("eprintln!()", "println!").next(), None);
    assert_eq!(first_word("units::Cpu"), "units");
    assert_eq!(
        stale("NAMES", ["here", "gone"], |name| name == "here").len(),
        1
    );
    let levels: Levels = &[&["low"], &["one", "other"]];
    assert!(level(levels, "low") < level(levels, "one"));
    assert_eq!(level(levels, "one"), level(levels, "other"));
}

#[test]
fn sources_are_read_right() {
    assert_eq!(bare("let a = 1; // b"), "let a = 1;     ");
    assert_eq!(bare("f(\"x // \\\" y\", b)"), "f(           , b)");
    assert_eq!(bare("r#\"a \" b\"# c"), "           c");
    assert_eq!(bare("('\"', &'a str, '\\'')"), "(   , & a str,     )");
    let source = |name| Source::new(name, "");
    assert_eq!(source("lib.rs").room(), None);
    assert_eq!(source("units/mod.rs").room(), Some("units"));
    assert_eq!(source("units/mod.rs").module(), ["units"]);
    assert_eq!(source("report/folder/mod.rs").module().len(), 2);
    assert_eq!(
        source("report/folder/store.rs").module(),
        ["report", "folder", "store"]
    );
    let text = "mod a;\n#[cfg(test)]\nmod tests {\n    use b;\n}\nfn f() {}\n";
    let source = Source::new("room/mod.rs", text);
    assert_eq!(source.declared(), [("a".into(), false)]);
    assert_eq!(source.code_without_tests(), "mod a;\n\n\n\n\nfn f() {}\n");
    let functions = "fn a() {}\nimpl B {\n    pub fn b(\n    ) {\n        c();\n    }\n}\n";
    assert_eq!(length::longest_function(functions), 4);
}

/// A small crate: what its files import, each as `from to`.
fn imports_of(files: &[(&str, &str)]) -> Vec<String> {
    let mut sources = vec![Source::new("lib.rs", "mod room;")];
    sources.extend(files.iter().map(|(name, text)| Source::new(name, text)));
    let imports = Graph::new(&sources).imports();
    imports
        .iter()
        .map(|import| format!("{} {}", import.from.join("/"), import.to.join("/")))
        .collect()
}

#[test]
fn imports_are_found_where_they_lead() {
    // Through what the parent passes on, in a tree, by a path in code; not from tests.
    let parent = "mod a;\nmod b;\nmod dead;\npub use a::{A, B};\n";
    let found = imports_of(&[
        ("room/mod.rs", parent),
        ("room/a.rs", "pub struct A;\npub struct B;"),
        ("room/b.rs", "use super::{B as C};\nuse super::missing::D;"),
    ]);
    assert_eq!(found, ["room/b room", "room/b room/a"]);
    let found = imports_of(&[
        ("room/mod.rs", &format!("{parent}struct World {{ a: A }}")),
        ("room/a.rs", "fn a() { crate::room::b::run() }"),
        (
            "room/b.rs",
            "#[cfg(test)]\nmod tests {\n    use super::super::A;\n}",
        ),
        ("room/dead/mod.rs", "mod c;\nuse c::C;"),
        (
            "room/dead/c.rs",
            "use super::super::b;\nfn c() { b::run() }",
        ),
    ]);
    let expected = [
        "room room/a",
        "room/a room/b",
        "room/dead room/dead/c",
        "room/dead/c room/b",
    ];
    assert_eq!(found, expected);
}

#[test]
fn circles_are_found() {
    let arrow = |from: &str, to: &str| (from.to_string(), to.to_string());
    let arrows = [arrow("a", "b"), arrow("b", "c"), arrow("c", "b")];
    assert_eq!(in_circles(arrows.iter()), BTreeSet::from(["b", "c"]));
    assert!(in_circles(arrows[..2].iter()).is_empty());
}

#[test]
fn files_that_no_mod_line_reaches_are_seen() {
    let sources = [
        Source::new("lib.rs", "mod a;"),
        Source::new("a/mod.rs", "#[cfg(test)]\nmod tests;"),
        Source::new("a/tests.rs", "mod more;"),
        Source::new("a/tests/more.rs", ""),
        Source::new("a/dead.rs", ""),
    ];
    let reached = reached(&sources);
    assert_eq!(reached.get("a/mod.rs"), Some(&false));
    assert_eq!(reached.get("a/tests/more.rs"), Some(&true));
    assert_eq!(reached.get("a/dead.rs"), None);
}

#[test]
fn every_fact_that_is_cited_is_in_its_sheet() {
    let (complaints, looked_at) = citations::dead_citations();
    settle(&complaints);
    assert!(looked_at > 500, "{looked_at} citations were found");
    let cited = |text| citations::cited(text, "ecs");
    assert_eq!(cited("(facts/ecs.md 69 to 71, 117)."), ["69", "71", "117"]);
    assert_eq!(
        cited("facts/ecs.md 140a and 8, facts/platform.md 2.5.5"),
        ["140a", "8"]
    );
    assert_eq!(cited("facts/ecs.md 57: 3 tasks"), ["57"]);
}
