//! The graph of modules: which file names an item of which other file. Methods and fields are
//! not seen, but their types are.

use crate::source::{Source, reached};
use std::collections::{BTreeMap, BTreeSet};

/// A path of names, such as `crate`, `plan`, `Plan`.
type Names = Vec<String>;

/// What a file says of other files.
struct File {
    is_folder: bool,
    uses: Vec<Use>,
    /// Paths in code outside of `use`.
    paths: Vec<Names>,
    /// Single names in code outside of `use`.
    words: BTreeSet<String>,
}

/// One name that a `use` brings in.
struct Use {
    path: Names,
    name: String,
    is_public: bool,
}

/// The files of the crate by the paths of their modules, without those of tests.
pub struct Graph {
    files: BTreeMap<Names, File>,
}

/// One file names an item of another; both as paths of modules.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Import {
    pub from: Names,
    pub to: Names,
}

impl Graph {
    pub fn new(sources: &[Source]) -> Self {
        let reached = reached(sources);
        let files = sources.iter().filter(|source| source.room().is_some());
        let files = files.filter(|source| reached.get(source.name.as_str()) == Some(&false));
        Self {
            files: files.map(|s| (s.module(), File::new(s))).collect(),
        }
    }

    /// The paths of all modules.
    pub fn modules(&self) -> impl Iterator<Item = &[String]> {
        self.files.keys().map(Vec::as_slice)
    }

    /// Every import between two files, in order.
    pub fn imports(&self) -> BTreeSet<Import> {
        let mut found = BTreeSet::new();
        for (module, file) in &self.files {
            let uses = file.uses.iter().filter(|used| !file.only_passes_on(used));
            for path in uses.map(|used| &used.path).chain(&file.paths) {
                let to = self.defining(module, path, 0);
                found.extend(to.filter(|to| to != module).map(|to| Import {
                    from: module.clone(),
                    to,
                }));
            }
        }
        found
    }

    /// The module whose file defines what a path in `module` names. Names that a file only
    /// passes on are followed to where they come from.
    fn defining(&self, module: &[String], path: &[String], depth: usize) -> Option<Names> {
        let (first, rest) = path.split_first()?;
        if depth > 20 {
            return None;
        }
        let below = [module, std::slice::from_ref(first)].concat();
        let (mut at, mut rest) = match first.as_str() {
            "crate" => (Vec::new(), rest),
            "self" => (module.to_vec(), rest),
            "super" => (module[..module.len() - 1].to_vec(), rest),
            _ if self.files.contains_key(&below) => (below, rest),
            name => {
                let used = self.files.get(module)?.used(name)?;
                let path = [&used.path, rest].concat();
                return self.defining(module, &path, depth + 1);
            }
        };
        while let Some((name, further)) = rest.split_first() {
            let below = [at.as_slice(), std::slice::from_ref(name)].concat();
            if name == "super" {
                at.pop();
            } else if self.files.contains_key(&below) {
                at = below;
            } else {
                let used = self.files.get(&at).and_then(|file| file.used(name));
                return match used {
                    Some(used) => self.defining(&at, &[&used.path, further].concat(), depth + 1),
                    None => self.files.contains_key(&at).then_some(at),
                };
            }
            rest = further;
        }
        self.files.contains_key(&at).then_some(at)
    }
}

impl File {
    fn new(source: &Source) -> Self {
        let code = source.code_without_tests();
        let mut file = Self {
            is_folder: source.is_folder(),
            uses: Vec::new(),
            paths: Vec::new(),
            words: BTreeSet::new(),
        };
        let mut rest = code.as_str();
        let mut before = "";
        while let Some(at) = rest.find(is_of_name) {
            let path = path_at(&rest[at..]);
            let after = &rest[at + path.len()..];
            if path == "use" && !after.trim_start().starts_with('<') {
                let end = after.find(';').unwrap_or(after.len());
                let is_public = before == "pub" || rest[..at].trim_end().ends_with(')');
                file.add_uses(&after[..end], &[], is_public);
                rest = &after[end..];
                before = "";
                continue;
            }
            let names: Names = path.split("::").map(String::from).collect();
            match names.as_slice() {
                [_] if rest[..at].ends_with('.') => {} // A field or a method.
                [word] => drop(file.words.insert(word.clone())),
                // Only the first of a path can be a name that was brought in.
                [first, ..] => {
                    file.words.insert(first.clone());
                    file.paths.push(names);
                }
                [] => {}
            }
            before = path;
            rest = after;
        }
        file
    }

    /// Adds what a tree such as `a::{b, c as d, e::{self, f}}` brings in.
    fn add_uses(&mut self, tree: &str, above: &[String], is_public: bool) {
        for branch in branches(tree) {
            let (path, inner) = match branch.split_once('{') {
                Some((path, inner)) => (path, inner.strip_suffix('}')),
                None => (branch, None),
            };
            let (path, alias) = match path.split_once(" as ") {
                Some((path, alias)) => (path, Some(alias.trim())),
                None => (path, None),
            };
            let names = path.split("::").map(str::trim);
            let names = names.filter(|name| !name.is_empty()).map(String::from);
            let mut path: Names = above.iter().cloned().chain(names).collect();
            if let Some(inner) = inner {
                self.add_uses(inner, &path, is_public);
                continue;
            }
            if path.len() > 1 {
                path.pop_if(|last| last == "self");
            }
            let name = alias.or(path.last().map(String::as_str));
            let name = name.unwrap_or_default().to_string();
            self.uses.push(Use {
                path,
                name,
                is_public,
            });
        }
    }

    fn used(&self, name: &str) -> Option<&Use> {
        self.uses.iter().find(|used| used.name == name)
    }

    /// True for a `pub use` in a `mod.rs` of what its own code does not name.
    fn only_passes_on(&self, used: &Use) -> bool {
        self.is_folder && used.is_public && !self.words.contains(&used.name)
    }
}

/// The branches of a `use` tree between its outer commas.
fn branches(tree: &str) -> Vec<&str> {
    let (mut depth, mut start, mut found) = (0, 0, Vec::new());
    for (at, c) in tree.char_indices() {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 0 => {
                found.push(&tree[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    found.push(&tree[start..]);
    let found = found.into_iter().map(str::trim);
    found.filter(|branch| !branch.is_empty()).collect()
}

fn is_of_name(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// The names joined by `::` at the beginning of a text.
fn path_at(text: &str) -> &str {
    let mut end = text.find(|c| !is_of_name(c)).unwrap_or(text.len());
    while let Some(rest) = text[end..].strip_prefix("::") {
        let name = rest.find(|c| !is_of_name(c)).unwrap_or(rest.len());
        if name == 0 {
            break;
        }
        end += 2 + name;
    }
    &text[..end]
}

/// The entry of a folder that a module lies in: a file, a sub-folder, or `mod` for what the
/// folder's own file holds. `None` outside of the folder.
pub fn entry(folder: &[String], module: &[String]) -> Option<String> {
    let below = module.strip_prefix(folder)?;
    Some(below.first().cloned().unwrap_or_else(|| "mod".into()))
}

/// The imports between different entries of a folder.
pub fn between(
    folder: &[String],
    imports: &BTreeSet<Import>,
) -> BTreeMap<(String, String), Vec<Import>> {
    let mut found: BTreeMap<_, Vec<Import>> = BTreeMap::new();
    for import in imports {
        let ends = entry(folder, &import.from).zip(entry(folder, &import.to));
        if let Some((from, to)) = ends.filter(|(from, to)| from != to) {
            found.entry((from, to)).or_default().push(import.clone());
        }
    }
    found
}

/// The entries from which the arrows lead back to themselves.
pub fn in_circles<'a>(arrows: impl Iterator<Item = &'a (String, String)>) -> BTreeSet<&'a str> {
    let mut to: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for (from, other) in arrows {
        to.entry(from).or_default().insert(other);
    }
    let is_in_circle = |start: &&str| {
        let mut seen: BTreeSet<&str> = BTreeSet::new();
        let mut next: Vec<&str> = to[start].iter().copied().collect();
        while let Some(at) = next.pop() {
            if seen.insert(at) {
                next.extend(to.get(at).into_iter().flatten());
            }
        }
        seen.contains(start)
    };
    to.keys().copied().filter(is_in_circle).collect()
}
