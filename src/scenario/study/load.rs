//! The entry points of this room: they read a file or a text and return the checked study, or all
//! problems.

use super::plans::{self, BASE};
use super::without_effect;
use crate::plan::Study;
use crate::plan::problem::{Problem, Problems, Severity};
use crate::scenario::keys::table::nearest;
use crate::scenario::reading::foreign::Kind;
use crate::scenario::reading::lookup::Catalog;
use crate::scenario::reading::reader::{Context, Cursor};
use crate::scenario::reading::set::Setting;
use crate::scenario::reading::sources::{Source, Sources};
use crate::scenario::reading::tree::{Node, Origin, Value};
use crate::scenario::reading::{doubles, files, merge};
use crate::scenario::traces::shared::Shared;
use std::collections::BTreeMap;
use std::path::Path;

/// Which scenario to read, and with which options.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    /// Path of the scenario file; `-` reads the standard input.
    pub path: &'a Path,
    /// `--set` options, `path=value`, laid over the scenario and its variants in this order.
    pub set: &'a [String],
    /// Names of the variants to keep; empty: all. The others are not read, so that their problems
    /// do not matter.
    pub variants: &'a [String],
    /// Number of seeds instead of that in the file.
    pub seeds: Option<u32>,
}

/// The path that stands for the standard input.
const STDIN: &str = "-";

/// A scenario without errors.
#[derive(Clone, Debug)]
pub struct Loaded {
    /// The plans of its variants, and its expectations.
    pub study: Study,
    /// Warnings, in the order of the files.
    pub warnings: Vec<Problem>,
    /// What the scenario leaves to the program, such as sizes of images.
    pub notes: Vec<Problem>,
}

/// Reads and checks a scenario file.
///
/// # Errors
/// All problems, errors before warnings.
pub fn load(request: &Request<'_>, catalog: &dyn Catalog) -> Result<Loaded, Problems> {
    let effective = Effective::read(request.path, request.set)?;
    effective.load(request.variants, request.seeds, catalog)
}

/// Reads and checks a scenario from a text, which messages call `name`. Relative paths in it start
/// at the working directory.
///
/// # Errors
/// All problems, errors before warnings.
pub fn load_text(
    name: &str,
    text: &str,
    set: &[String],
    catalog: &dyn Catalog,
) -> Result<Loaded, Problems> {
    Effective::parse(name, text, set)?.load(&[], None, catalog)
}

/// The effective trees of a scenario: that of its base, and one per variant.
pub struct Effective {
    /// The texts that the trees come from.
    pub sources: Sources,
    /// The scenario with `--set` laid over, without the key `variants`.
    pub base: Node,
    /// Name and tree of each variant, in the order of the file.
    pub variants: Vec<(String, Node)>,
    /// Problems of merging, each with the variant that it is of; `None` for the whole scenario.
    problems: Vec<(Option<String>, Problem)>,
    lacks_definitions: bool,
    /// The name of the file, without its folder; empty for a text.
    file: String,
}

impl Effective {
    /// Reads a file and makes the trees.
    ///
    /// # Errors
    /// When the file cannot be read or parsed, or is no map. All other problems are kept for
    /// [`load`](Self::load).
    pub fn read(path: &Path, set: &[String]) -> Result<Self, Problems> {
        let mut sources = Sources::default();
        let root = match path.as_os_str() == STDIN {
            true => sources.read_stdin(),
            false => sources.read(path),
        };
        let root = root.map_err(|p| Problems(vec![*p]))?;
        let file = path.file_name().unwrap_or_default();
        Ok(Self {
            file: file.to_string_lossy().into_owned(),
            ..Self::merge(sources, root, set)?
        })
    }

    /// Parses a text and makes the trees.
    ///
    /// # Errors
    /// When the text cannot be parsed or is no map. All other problems are kept for
    /// [`load`](Self::load).
    pub fn parse(name: &str, text: &str, set: &[String]) -> Result<Self, Problems> {
        let mut sources = Sources::default();
        let source = Source {
            name: name.into(),
            text: text.into(),
            folder: None,
            is_option: false,
        };
        let root = sources.parse(source).map_err(|p| Problems(vec![*p]))?;
        Self::merge(sources, root, set)
    }

    fn merge(mut sources: Sources, mut root: Node, set: &[String]) -> Result<Self, Problems> {
        let mut problems = Vec::new();
        if !matches!(root.value, Value::Map(_)) {
            let mut problem = Problem::error("", "a scenario is a map of keys");
            problem.place = sources.place(root.origin);
            problem.hint = Some("begin with `ecsim: 1` and `name: my-scenario`".into());
            return Err(Problems(vec![problem]));
        }
        if let Some(kind) = Kind::of(&root) {
            let message = format!("this is {}, not a scenario", kind.name());
            let mut problem = Problem::error("", message);
            problem.place = sources.place(root.origin);
            let name = problem.place.as_ref().map_or("", |place| &place.file);
            problem.hint = Some(kind.advice(name));
            return Err(Problems(vec![problem]));
        }
        let mut lacks_definitions = !files::expand(&mut root, &mut sources, &mut problems);
        doubles::refuse(&mut root, "", "", &sources, &mut problems);
        let mut settings = Vec::new();
        for option in set {
            match Setting::parse(option, &mut sources) {
                Ok(mut setting) => {
                    setting.refuse_doubles(&sources, &mut problems);
                    settings.push(setting);
                }
                Err(problem) => problems.push(*problem),
            }
        }
        for setting in settings.iter().filter(|s| s.is_of_study()) {
            problems.extend(setting.apply(&mut root, &sources).err().map(|p| *p));
        }
        let overlays = take_variants(&mut root, &sources, &mut problems);
        let mut variants = Vec::new();
        let mut of_variants = Vec::new();
        for (name, overlay) in overlays {
            let mut tree = root.clone();
            if let Some(overlay) = overlay {
                let mut found = Vec::new();
                merge::merge(&mut tree, &overlay, &sources, &mut found);
                of_variants.extend(found.into_iter().map(|p| (Some(name.clone()), p)));
            }
            variants.push((name, tree));
        }
        for setting in settings.iter().filter(|s| !s.is_of_study()) {
            // A path may exist in some variants only. It is an error if it exists in none.
            let results: Vec<_> = variants
                .iter_mut()
                .map(|(_, tree)| setting.apply(tree, &sources))
                .collect();
            if results.iter().all(Result::is_err) {
                problems.extend(results.into_iter().find_map(Result::err).map(|p| *p));
            }
            let _ = setting.apply(&mut root, &sources);
        }
        // A `--set` can add task definitions with `file:`.
        for (_, tree) in &mut variants {
            lacks_definitions |= !files::expand(tree, &mut sources, &mut problems);
            doubles::refuse(tree, "", "", &sources, &mut problems);
        }
        Ok(Self {
            sources,
            base: root,
            variants,
            problems: problems
                .into_iter()
                .map(|problem| (None, problem))
                .chain(of_variants)
                .collect(),
            lacks_definitions,
            file: String::new(),
        })
    }

    /// Checks the wanted variants, all when none are named, and makes their study.
    ///
    /// # Errors
    /// All problems, errors before warnings.
    pub fn load(
        &self,
        wanted: &[String],
        seeds: Option<u32>,
        catalog: &dyn Catalog,
    ) -> Result<Loaded, Problems> {
        let is_wanted = |name: &String| wanted.is_empty() || wanted.contains(name);
        let of_wanted = self.problems.iter();
        let of_wanted = of_wanted.filter(|(of, _)| of.as_ref().is_none_or(is_wanted));
        let mut problems: Vec<Problem> = of_wanted.map(|(_, problem)| problem.clone()).collect();
        for name in wanted {
            if !self.variants.iter().any(|(known, _)| known == name) {
                let mut problem = Problem::error("", format!("there is no variant `{name}`"));
                let names = self.variants.iter().map(|(known, _)| known.as_str());
                problem.nearest = nearest(name, names.clone());
                if problem.nearest.is_none() {
                    problem.hint = Some(format!(
                        "known: {}",
                        crate::scenario::reading::reader::ticked(names)
                    ));
                }
                problems.push(problem);
            }
        }
        let context = Context::new(&self.sources, catalog);
        context.add(problems);
        let shared = Shared::new(self.lacks_definitions);
        let mut plans = Vec::new();
        let (read, unread): (Vec<_>, Vec<_>) =
            self.variants.iter().partition(|(name, _)| is_wanted(name));
        for (name, tree) in &read {
            context.enter(Some(name.clone()));
            plans.extend(plans::plan(&Cursor::root(&context, tree), name, &shared));
        }
        context.enter(None);
        let is_complete = plans.len() == read.len();
        let base = Cursor::root(&context, &self.base);
        if is_complete && context.is_clean_since(0) {
            for ((name, tree), plan) in read.iter().zip(&plans) {
                context.enter(Some(name.clone()));
                without_effect::warn(&Cursor::root(&context, tree), plan);
            }
            context.enter(None);
            without_effect::warn_of_assumptions(&base, &plans);
        }
        let study = if is_complete {
            let unread: Vec<&str> = unread.iter().map(|(name, _)| name.as_str()).collect();
            plans::study(&base, plans, &unread, seeds)
        } else {
            None
        };
        let ignored = context.ignored.into_inner();
        let left_out = context.notes.into_inner();
        let all: Vec<&String> = read.iter().map(|(name, _)| name).collect();
        let (errors, warnings) = sorted(context.problems.into_inner(), &all);
        let is_note = |problem: &Problem| problem.severity == Severity::Note;
        let (notes, warnings): (Vec<_>, Vec<_>) = warnings.into_iter().partition(is_note);
        let Some(mut study) = study.filter(|_| errors.is_empty()) else {
            return Err(Problems(errors.into_iter().chain(warnings).collect()));
        };
        let headline = |warning: &Problem| match warning.in_variants() {
            Some(variants) => format!("{} ({variants})", warning.headline()),
            None => warning.headline(),
        };
        study.warnings = warnings.iter().map(headline).collect();
        study.ignored = ignored.into_iter().collect();
        study.left_out = left_out
            .into_iter()
            .filter_map(|(sentence, variants)| note(&sentence, &variants, &all))
            .collect();
        study.file.clone_from(&self.file);
        Ok(Loaded {
            study,
            warnings,
            notes,
        })
    }
}

/// A note with the variants that it is about, unless it is about all; `None` when it is about none
/// of them.
fn note(sentence: &str, variants: &[String], all: &[&String]) -> Option<String> {
    let of: Vec<String> = variants
        .iter()
        .filter(|name| all.contains(name))
        .cloned()
        .collect();
    if of.len() == all.len() {
        return Some(sentence.to_string());
    }
    let problem = Problem {
        variants: of,
        ..Problem::error("", "")
    };
    let variants = problem.in_variants()?;
    Some(format!("{sentence} ({variants})"))
}

/// Divides problems into errors and warnings, each once and ordered by its place. A line of the
/// base is read for each of `all` variants; a problem of all of them names none.
fn sorted(problems: Vec<Problem>, all: &[&String]) -> (Vec<Problem>, Vec<Problem>) {
    let mut seen = BTreeMap::new();
    let mut kept: Vec<Problem> = Vec::new();
    for problem in problems {
        let key = (
            problem.place.clone(),
            problem.message.clone(),
            problem.path.clone(),
        );
        match seen.get(&key) {
            None => {
                seen.insert(key, kept.len());
                kept.push(problem);
            }
            Some(index) => {
                let known: &mut Vec<String> = &mut kept[*index].variants;
                let is_of_all = known.is_empty() || problem.variants.is_empty();
                known.extend(problem.variants);
                if is_of_all {
                    known.clear();
                }
                known.dedup();
            }
        }
    }
    for problem in &mut kept {
        if all.iter().all(|name| problem.variants.contains(name)) {
            problem.variants.clear();
        }
    }
    kept.sort_by_key(|p| {
        p.place
            .as_ref()
            .map(|at| (at.file.clone(), at.line, at.column))
    });
    kept.into_iter()
        .partition(|p| p.severity == Severity::Error)
}

/// Removes `variants` from the tree and returns their names and overlays.
fn take_variants(
    root: &mut Node,
    sources: &Sources,
    problems: &mut Vec<Problem>,
) -> Vec<(String, Option<Node>)> {
    let only_base = vec![(BASE.to_string(), None)];
    let Value::Map(entries) = &mut root.value else {
        return only_base;
    };
    let Some(index) = entries.iter().position(|entry| entry.key == "variants") else {
        return only_base;
    };
    let entry = entries.remove(index);
    let mut fail = |origin, message: String, hint: &str| {
        let mut problem = Problem::error("variants", message);
        problem.place = sources.place(origin);
        problem.hint = Some(hint.into());
        problems.push(problem);
    };
    let items = match entry.node.value {
        Value::Null => return only_base,
        Value::List(items) if items.is_empty() => {
            fail(
                entry.origin,
                "the list of variants is empty".into(),
                "list at least one variant, or remove the key",
            );
            return only_base;
        }
        Value::List(items) => items,
        _ => {
            fail(
                entry.origin,
                "`variants` should be a list".into(),
                "write `variants: [{ name: small }, { name: large }]`",
            );
            return only_base;
        }
    };
    let variants: Vec<(String, Option<Node>)> = items
        .into_iter()
        .filter_map(|item| variant(item, &mut fail))
        .map(|(name, overlay)| (name, Some(overlay)))
        .collect();
    if variants.is_empty() {
        return only_base;
    }
    variants
}

/// Keys of the whole scenario, which a variant may not have.
const OF_THE_SCENARIO: [&str; 5] = ["ecsim", "seeds", "expect", "variants", "description"];

/// The name and the overlay of an item of `variants`; `None` where it has no valid name. Tells `fail`
/// what is wrong: where, the message and a hint.
fn variant(mut item: Node, mut fail: impl FnMut(Origin, String, &str)) -> Option<(String, Node)> {
    let origin = item.origin;
    let Value::Map(keys) = &mut item.value else {
        let message = "a variant is a map with a `name`".into();
        fail(origin, message, "write `- name: small`");
        return None;
    };
    let is_of_scenario = |key: &str| OF_THE_SCENARIO.contains(&key);
    for key in keys.iter().filter(|key| is_of_scenario(&key.key)) {
        let message = format!(
            "`{}` belongs to the whole scenario, not to a variant",
            key.key
        );
        fail(key.origin, message, "move it to the top level");
    }
    let name = keys
        .iter()
        .find(|entry| entry.key == "name")
        .and_then(|entry| entry.node.as_text().map(String::from));
    keys.retain(|entry| entry.key != "name" && !is_of_scenario(&entry.key));
    let Some(name) = name else {
        let message = "this variant has no `name`".into();
        fail(origin, message, "give it one: `name: small`");
        return None;
    };
    let is_valid = (1..=100).contains(&name.len())
        && name
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'));
    if !is_valid {
        let message = format!("`{name}` cannot be the name of a variant");
        fail(origin, message, "use letters, digits, `-`, `_` and `.`");
        return None;
    }
    Some((name, item))
}
