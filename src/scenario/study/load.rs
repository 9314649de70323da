//! The entry points of this room: they read a file or a text and return the checked study, or all
//! problems.

use super::plans::{self, BASE};
use super::without_effect;
use crate::plan::Study;
use crate::plan::problem::{Problem, Problems, Severity};
use crate::scenario::keys::table::nearest;
use crate::scenario::reading::lookup::Catalog;
use crate::scenario::reading::reader::{Context, Cursor};
use crate::scenario::reading::set::Setting;
use crate::scenario::reading::sources::{Source, Sources};
use crate::scenario::reading::tree::{Node, Value};
use crate::scenario::reading::{files, merge};
use crate::scenario::traces::shared::Shared;
use std::collections::BTreeSet;
use std::path::Path;

/// Which scenario to read, and with which options.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    /// Path of the scenario file; `-` reads the standard input.
    pub path: &'a Path,
    /// `--set` options, `path=value`, laid over the scenario and its variants in this order.
    pub set: &'a [String],
    /// Names of the variants to keep; empty: all. The others are checked too.
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
    problems: Vec<Problem>,
    lacks_definitions: bool,
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
        Self::merge(sources, root, set)
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
        let mut lacks_definitions = !files::expand(&mut root, &mut sources, &mut problems);
        let mut settings = Vec::new();
        for option in set {
            match Setting::parse(option, &mut sources) {
                Ok(setting) => settings.push(setting),
                Err(problem) => problems.push(*problem),
            }
        }
        for setting in settings.iter().filter(|s| s.is_of_study()) {
            problems.extend(setting.apply(&mut root, &sources).err().map(|p| *p));
        }
        let overlays = take_variants(&mut root, &sources, &mut problems);
        let mut variants = Vec::new();
        for (name, overlay) in overlays {
            let mut tree = root.clone();
            if let Some(overlay) = overlay {
                merge::merge(&mut tree, &overlay, &sources, &mut problems);
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
        }
        Ok(Self {
            sources,
            base: root,
            variants,
            problems,
            lacks_definitions,
        })
    }

    /// Checks all variants and makes the study of the wanted ones.
    ///
    /// # Errors
    /// All problems, errors before warnings.
    pub fn load(
        &self,
        wanted: &[String],
        seeds: Option<u32>,
        catalog: &dyn Catalog,
    ) -> Result<Loaded, Problems> {
        let mut problems = self.problems.clone();
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
        context.problems.borrow_mut().append(&mut problems);
        let shared = Shared::new(self.lacks_definitions);
        let plans: Vec<_> = self
            .variants
            .iter()
            .filter_map(|(name, tree)| plans::plan(&Cursor::root(&context, tree), name, &shared))
            .collect();
        let is_complete = plans.len() == self.variants.len();
        let base = Cursor::root(&context, &self.base);
        if is_complete && context.is_clean_since(0) {
            for ((name, tree), plan) in self.variants.iter().zip(&plans) {
                if wanted.is_empty() || wanted.contains(name) {
                    without_effect::warn(&Cursor::root(&context, tree), plan);
                }
            }
            without_effect::warn_of_assumptions(&base, &plans);
        }
        let study = if is_complete {
            plans::study(&base, plans, seeds)
        } else {
            None
        };
        let ignored = context.ignored.into_inner();
        let (errors, warnings) = sorted(context.problems.into_inner());
        let Some(mut study) = study.filter(|_| errors.is_empty()) else {
            return Err(Problems(errors.into_iter().chain(warnings).collect()));
        };
        study.warnings = warnings
            .iter()
            .map(|w| {
                if w.path.is_empty() {
                    w.message.clone()
                } else {
                    format!("{}: {}", w.path, w.message)
                }
            })
            .collect();
        study.ignored = ignored.into_iter().collect();
        if !wanted.is_empty() {
            study.keep_variants(wanted);
        }
        Ok(Loaded { study, warnings })
    }
}

/// Divides problems into errors and warnings, each once and ordered by its place.
fn sorted(problems: Vec<Problem>) -> (Vec<Problem>, Vec<Problem>) {
    let mut seen = BTreeSet::new();
    let mut problems: Vec<Problem> = problems
        .into_iter()
        .filter(|p| {
            // A line of the base is read for every variant; its problems are the same.
            seen.insert((p.place.clone(), p.message.clone(), p.path.clone()))
        })
        .collect();
    problems.sort_by_key(|p| {
        p.place
            .as_ref()
            .map(|at| (at.file.clone(), at.line, at.column))
    });
    problems
        .into_iter()
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
    let mut variants: Vec<(String, Option<Node>)> = Vec::new();
    for mut item in items {
        let origin = item.origin;
        let Value::Map(keys) = &mut item.value else {
            fail(
                origin,
                "a variant is a map with a `name`".into(),
                "write `- name: small`",
            );
            continue;
        };
        for key in keys.iter() {
            if ["ecsim", "seeds", "expect", "variants", "description"].contains(&key.key.as_str()) {
                fail(
                    key.origin,
                    format!(
                        "`{}` belongs to the whole scenario, not to a variant",
                        key.key
                    ),
                    "move it to the top level",
                );
            }
        }
        let name = keys
            .iter()
            .find(|entry| entry.key == "name")
            .and_then(|entry| entry.node.as_text().map(String::from));
        keys.retain(|entry| {
            ![
                "name",
                "ecsim",
                "seeds",
                "expect",
                "variants",
                "description",
            ]
            .contains(&entry.key.as_str())
        });
        let Some(name) = name else {
            fail(
                origin,
                "this variant has no `name`".into(),
                "give it one: `name: small`",
            );
            continue;
        };
        let is_valid = (1..=100).contains(&name.len())
            && name
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'));
        if !is_valid {
            fail(
                origin,
                format!("`{name}` cannot be the name of a variant"),
                "use letters, digits, `-`, `_` and `.`",
            );
        } else if variants.iter().any(|(known, _)| *known == name) {
            fail(
                origin,
                format!("there are two variants `{name}`"),
                "names must differ",
            );
        } else {
            variants.push((name, Some(item)));
        }
    }
    if variants.is_empty() {
        return only_base;
    }
    variants
}
