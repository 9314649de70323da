//! `--set path=value`. The path is followed through the field tables and the tree; a step that
//! does not exist is an error with the nearest existing one. The value is laid over the node at
//! the path.

use super::doubles;
use super::merge;
use super::reader::ticked;
use super::sources::{Source, Sources};
use super::tree::{Entry, Node, Origin, Value};
use crate::plan::problem::Problem;
use crate::scenario::keys::laws::LAW;
use crate::scenario::keys::scenario::SCENARIO;
use crate::scenario::keys::table::{Type, nearest};

/// One `--set` option, parsed.
pub struct Setting {
    /// The keys of the path, each with its place in the text of the option.
    steps: Vec<(String, Origin)>,
    /// The value.
    pub value: Node,
}

/// Keys of the whole study. A `--set` of one of them is applied before the variants are made.
const OF_STUDY: [&str; 6] = [
    "ecsim",
    "name",
    "description",
    "seeds",
    "variants",
    "expect",
];

impl Setting {
    /// Parses an option.
    ///
    /// # Errors
    /// When it is not `path=value`, or the value is not YAML.
    pub fn parse(option: &str, sources: &mut Sources) -> Result<Self, Box<Problem>> {
        let source = sources.add(Source {
            name: "--set".into(),
            text: option.into(),
            folder: None,
            is_option: true,
        });
        let whole = Origin {
            source,
            start: 0,
            end: option.len() as u32,
        };
        let fail = |message: &str, hint: &str, sources: &Sources| {
            let mut problem = Problem::error("", message);
            problem.place = sources.place(whole);
            problem.hint = Some(hint.into());
            Box::new(problem)
        };
        let (steps, rest) = steps(option, source).ok_or_else(|| {
            fail(
                &format!("`{option}` is not of the form `path=value`"),
                "write `--set tasks.web.count=8`; put names with dots in quotes",
                sources,
            )
        })?;
        let text = &option[rest..];
        if text.trim().is_empty() {
            let hint = "give a value, or `null` to remove the key";
            return Err(fail("there is no value", hint, sources));
        }
        let mut value = super::raw::parse(text, source).map_err(|failure| {
            fail(
                &failure.message,
                "give a value, or `null` to remove the key",
                sources,
            )
        });
        // `null` removes a key; the parser refuses it as an empty file.
        if ["null", "~"].contains(&text.trim()) {
            value = Ok(Node {
                origin: whole,
                value: Value::Null,
            });
        }
        let mut value = value?;
        shift(&mut value, rest as u32);
        Ok(Self { steps, value })
    }

    /// Reports keys and names that the value has twice, and removes the second of each.
    pub fn refuse_doubles(&mut self, sources: &Sources, problems: &mut Vec<Problem>) {
        let path = self.path();
        let key = self.steps.last().map_or("", |(key, _)| key);
        doubles::refuse(&mut self.value, key, &path, sources, problems);
    }

    /// The path as it was written.
    fn path(&self) -> String {
        let steps = self.steps.iter();
        steps.fold(String::new(), |path, (key, _)| merge::join(&path, key))
    }

    /// True when the first key of the path belongs to the whole study.
    pub fn is_of_study(&self) -> bool {
        self.steps
            .first()
            .is_some_and(|(key, _)| OF_STUDY.contains(&key.as_str()))
    }

    /// Lays the value over the tree. On an error the tree is unchanged.
    ///
    /// # Errors
    /// When the path does not exist.
    pub fn apply(&self, root: &mut Node, sources: &Sources) -> Result<(), Box<Problem>> {
        let mut changed = root.clone();
        self.walk(&mut changed, Type::Map(&SCENARIO), "", 0, sources)?;
        *root = changed;
        Ok(())
    }

    fn walk(
        &self,
        node: &mut Node,
        kind: Type,
        key: &str,
        depth: usize,
        sources: &Sources,
    ) -> Result<(), Box<Problem>> {
        let Some((step, origin)) = self.steps.get(depth) else {
            return merge::lay_setting(node, &self.value, key, &self.path(), sources);
        };
        match shape(kind, node) {
            Type::Map(table) | Type::Part(table) => {
                let entries = map_of(node, *origin);
                let field = table.field(step);
                let is_there = entries.iter().any(|entry| entry.key == *step);
                if field.is_none() && !is_there {
                    return Err(self.missing(depth, table.keys(), sources));
                }
                let kind = field.map_or(Type::Any(""), |field| field.kind);
                self.walk(
                    child(entries, step, *origin),
                    kind,
                    step,
                    depth + 1,
                    sources,
                )
            }
            Type::Names(inner) => {
                let entries = map_of(node, *origin);
                self.walk(
                    child(entries, step, *origin),
                    *inner,
                    step,
                    depth + 1,
                    sources,
                )
            }
            Type::Entities(table, identity) => {
                self.item(node, Type::Map(table), identity, depth, sources)
            }
            Type::Variants => self.item(node, Type::Map(&SCENARIO), &["name"], depth, sources),
            Type::List(inner) => self.item(node, *inner, &[], depth, sources),
            Type::Any(_) => match &mut node.value {
                Value::Map(entries) => {
                    if !entries.iter().any(|entry| entry.key == *step) {
                        let keys: Vec<String> = entries.iter().map(|e| e.key.clone()).collect();
                        return Err(self.missing(depth, keys.iter().map(String::as_str), sources));
                    }
                    let next = child(entries, step, *origin);
                    self.walk(next, Type::Any(""), step, depth + 1, sources)
                }
                Value::List(_) => self.item(node, Type::Any(""), &[], depth, sources),
                _ => Err(self.missing(depth, [], sources)),
            },
            _ => Err(self.missing(depth, [], sources)),
        }
    }

    /// Follows a step into an item of a list, by name or by index from 0.
    fn item(
        &self,
        node: &mut Node,
        kind: Type,
        identity: &[&str],
        depth: usize,
        sources: &Sources,
    ) -> Result<(), Box<Problem>> {
        let (step, _) = &self.steps[depth];
        let Value::List(items) = &mut node.value else {
            return Err(self.missing(depth, [], sources));
        };
        let names: Vec<String> = items
            .iter()
            .enumerate()
            .map(|(index, item)| {
                merge::identity(item, identity).unwrap_or_else(|| index.to_string())
            })
            .collect();
        let index = names
            .iter()
            .position(|name| name == step)
            .or_else(|| step.parse().ok().filter(|index| *index < items.len()));
        let Some(index) = index else {
            return Err(self.missing(depth, names.iter().map(String::as_str), sources));
        };
        if depth + 1 == self.steps.len() && matches!(self.value.value, Value::Null) {
            items.remove(index);
            return Ok(());
        }
        self.walk(&mut items[index], kind, "", depth + 1, sources)
    }

    /// The problem that a step of the path does not exist.
    fn missing<'n>(
        &self,
        depth: usize,
        names: impl IntoIterator<Item = &'n str>,
        sources: &Sources,
    ) -> Box<Problem> {
        let names: Vec<&str> = names.into_iter().collect();
        let join = |to: usize| {
            let keys: Vec<&str> = self.steps[..to]
                .iter()
                .map(|(key, _)| key.as_str())
                .collect();
            keys.join(".")
        };
        let (step, origin) = &self.steps[depth];
        let parent = if depth == 0 {
            "the scenario".to_string()
        } else {
            format!("`{}`", join(depth))
        };
        let mut problem = Problem::error("", format!("there is no `{step}` in {parent}"));
        problem.place = sources.place(*origin);
        if let Some(near) = nearest(step, names.iter().copied()) {
            let mut path: Vec<&str> = self.steps.iter().map(|(key, _)| key.as_str()).collect();
            path[depth] = &near;
            problem.nearest = Some(path.join("."));
        } else if names.is_empty() {
            problem.hint = Some(format!("{parent} has no keys below it"));
        } else {
            problem.hint = Some(format!("known there: {}", ticked(names)));
        }
        Box::new(problem)
    }
}

/// The type that a path continues in: of a law its table; of several types the first list where
/// the node is a list, else the first that has keys.
fn shape(kind: Type, node: &Node) -> Type {
    match kind {
        Type::Law(_) => Type::Map(&LAW),
        Type::Either(kinds) => {
            let is_list = |kind: &Type| matches!(kind, Type::List(_) | Type::Entities(..));
            let is_map = |kind: &Type| matches!(kind, Type::Map(_) | Type::Law(_));
            let mut kinds_of_node = kinds.iter().filter(|kind| match node.value {
                Value::List(_) => is_list(kind),
                _ => is_map(kind),
            });
            let mut others = kinds.iter().filter(|kind| is_list(kind) || is_map(kind));
            let form = kinds_of_node.next().or_else(|| others.next());
            form.map_or(kind, |form| shape(*form, node))
        }
        other => other,
    }
}

/// The entries of a node, which becomes an empty map if it is none.
fn map_of(node: &mut Node, origin: Origin) -> &mut Vec<Entry> {
    if !matches!(node.value, Value::Map(_)) {
        node.value = Value::Map(Vec::new());
        node.origin = origin;
    }
    match &mut node.value {
        Value::Map(entries) => entries,
        _ => unreachable!("the node is a map"),
    }
}

/// The value under a key, which is added as `null` if it is absent. Keys that it excludes are
/// removed.
fn child<'n>(entries: &'n mut Vec<Entry>, key: &str, origin: Origin) -> &'n mut Node {
    merge::remove_excluded(entries, key, |_| false);
    let index = entries.iter().position(|entry| entry.key == key);
    let index = index.unwrap_or_else(|| {
        entries.push(Entry {
            key: key.into(),
            origin,
            node: Node {
                origin,
                value: Value::Null,
            },
        });
        entries.len() - 1
    });
    &mut entries[index].node
}

/// The keys of a path, and the byte at which the value begins; `None` when the option is not of
/// the form `path=value`.
fn steps(option: &str, source: u32) -> Option<(Vec<(String, Origin)>, usize)> {
    let mut steps = Vec::new();
    let mut at = 0;
    loop {
        let rest = &option[at..];
        let (key, length) = if let Some(quoted) = rest.strip_prefix('"') {
            let end = quoted.find('"')?;
            (&quoted[..end], end + 2)
        } else {
            let end = rest.find(['.', '='])?;
            (&rest[..end], end)
        };
        if key.is_empty() {
            return None;
        }
        let origin = Origin {
            source,
            start: at as u32,
            end: (at + length) as u32,
        };
        steps.push((key.to_string(), origin));
        at += length;
        match option[at..].chars().next()? {
            '.' => at += 1,
            '=' => return Some((steps, at + 1)),
            _ => return None,
        }
    }
}

/// Moves all origins of a tree by a number of bytes: the value was parsed without its path.
fn shift(node: &mut Node, by: u32) {
    let move_on = |origin: &mut Origin| {
        origin.start = origin.start.saturating_add(by);
        origin.end = origin.end.saturating_add(by);
    };
    move_on(&mut node.origin);
    match &mut node.value {
        Value::List(items) => items.iter_mut().for_each(|item| shift(item, by)),
        Value::Map(entries) => {
            for entry in entries {
                move_on(&mut entry.origin);
                shift(&mut entry.node, by);
            }
        }
        Value::Null | Value::Scalar { .. } => {}
    }
}
