//! The task definitions and services in the files of a folder.

use crate::catalog::Architecture;
use crate::scenario::reading::embedded::Embedded;
use crate::scenario::reading::files::unwrap;
use crate::scenario::reading::foreign::Kind;
use crate::scenario::reading::reader::{Context, Cursor};
use crate::scenario::reading::services_file::services;
use crate::scenario::reading::sources::Sources;
use crate::scenario::reading::tree::{Node, Value};
use crate::scenario::work::taskdef;
use crate::units::{Cpu, Memory};
use std::path::{Path, PathBuf};

/// The deepest folder that is searched.
const DEEPEST: usize = 8;

/// The most files that are read.
const MOST_FILES: usize = 10_000;

/// A task definition in a file.
pub(super) struct Definition {
    /// Path of the file.
    pub(super) path: PathBuf,
    /// Its family.
    pub(super) family: String,
    /// Its revision; `None` when the file has none.
    pub(super) revision: Option<u64>,
    /// CPU that a task reserves.
    pub(super) cpu: Cpu,
    /// Memory that a task reserves.
    pub(super) memory: Memory,
    /// GPUs of a task.
    pub(super) gpus: u32,
    /// The architecture that it needs.
    pub(super) architecture: Option<Architecture>,
    /// Names of the images of its containers.
    pub(super) images: Vec<String>,
    /// True when it can run on Fargate.
    pub(super) on_fargate: bool,
}

/// A service in a file.
pub(super) struct Service {
    /// Path of the file, which can have several services.
    pub(super) path: PathBuf,
    /// Its name.
    pub(super) name: String,
    /// The task definition, without its ARN: `family` or `family:revision`.
    pub(super) definition: String,
    /// Desired count; 0 for a daemon.
    pub(super) tasks: u64,
    /// The launch type; `None` when it is empty or missing.
    pub(super) launch_type: Option<String>,
    /// Providers of its strategy.
    pub(super) providers: Vec<String>,
}

/// What is in a folder.
#[derive(Default)]
pub(super) struct Found {
    /// Task definitions, in the order of their files.
    pub(super) definitions: Vec<Definition>,
    /// Services, in the order of their files.
    pub(super) services: Vec<Service>,
    /// Files that were left out, each with the reason.
    pub(super) left_out: Vec<(PathBuf, String)>,
    /// The Region of the first ARN.
    pub(super) region: Option<String>,
}

/// Searches a folder and its sub-folders in the order of names, or reads a single file.
///
/// # Errors
/// A message, when the folder cannot be read or has too many files.
pub(super) fn search(folder: &Path) -> Result<Found, String> {
    let mut files = Vec::new();
    match folder.is_dir() {
        true => list(folder, 0, &mut files)?,
        false => files.push(folder.to_path_buf()),
    }
    let mut found = Found::default();
    for path in files {
        let mut sources = Sources::default();
        match sources.read(&path) {
            Ok(node) => found.add(&path, node, &mut sources),
            Err(problem) => found.left_out.push((path, problem.message)),
        }
    }
    Ok(found)
}

fn list(folder: &Path, depth: usize, files: &mut Vec<PathBuf>) -> Result<(), String> {
    let cannot = |error: std::io::Error| format!("cannot read `{}`: {error}", folder.display());
    let entries: Result<Vec<_>, _> = std::fs::read_dir(folder).map_err(cannot)?.collect();
    let mut paths: Vec<PathBuf> = entries.map_err(cannot)?.iter().map(|e| e.path()).collect();
    paths.sort_unstable();
    for path in paths {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let end = path.extension().unwrap_or_default().to_string_lossy();
        if name.starts_with('.') || name == "node_modules" {
            continue;
        }
        if path.is_dir() {
            if depth < DEEPEST {
                list(&path, depth + 1, files)?;
            }
        } else if ["json", "yaml", "yml"].contains(&end.as_ref()) {
            if files.len() >= MOST_FILES {
                return Err(format!(
                    "more than {MOST_FILES} files; name a smaller folder"
                ));
            }
            files.push(path);
        }
    }
    Ok(())
}

fn text<'n>(node: &'n Node, key: &str) -> Option<&'n str> {
    node.get(key)?.as_text().filter(|text| !text.is_empty())
}

fn is_service(node: &Node) -> bool {
    node.get("serviceName").is_some() && node.get("taskDefinition").is_some()
}

impl Found {
    fn add(&mut self, path: &Path, node: Node, sources: &mut Sources) {
        let node = unwrap(node);
        if node.get("ecsim").is_some() {
            return; // A scenario.
        }
        if node.get("containerDefinitions").is_some() {
            self.add_definition(path, &node, sources);
            return;
        }
        if let Some(kind) = Kind::of(&node).filter(|kind| !kind.is_of_ecs()) {
            let advice = kind.advice(&path.display().to_string());
            let why = format!("it is {}; {advice}", kind.name());
            self.left_out.push((path.into(), why));
            return;
        }
        let listed = match (&node.value, node.get("services").map(|inner| &inner.value)) {
            (Value::List(items), _) | (_, Some(Value::List(items))) => items.first(),
            _ => node.get("service").or(Some(&node)),
        };
        if listed.is_some_and(is_service) {
            let file = node.clone();
            for service in services(node, &file, sources, &mut Vec::new()) {
                self.add_service(path, &service);
            }
        }
    }

    fn add_definition(&mut self, path: &Path, node: &Node, sources: &Sources) {
        self.note_region(text(node, "taskDefinitionArn"));
        let context = Context::new(sources, &Embedded);
        let list = Node {
            value: Value::List(vec![node.clone()]),
            ..node.clone()
        };
        let read = taskdef::read_all(&Cursor::root(&context, &list))
            .pop()
            .flatten();
        let Some(read) = read else {
            let problems = context.problems.borrow();
            let why = problems.first().map(|problem| problem.message.clone());
            self.left_out.push((path.into(), why.unwrap_or_default()));
            return;
        };
        let revision = text(node, "revision").map(|_| read.revision);
        let is_known =
            |known: &&Definition| known.family == read.family && known.revision == revision;
        if let Some(known) = self.definitions.iter().find(is_known) {
            let why = format!("`{}` is in `{}` already", read.family, known.path.display());
            self.left_out.push((path.into(), why));
            return;
        }
        let mut images = Vec::new();
        read.containers(&mut |image| {
            images.push(image.to_string());
            0
        });
        self.definitions.push(Definition {
            images,
            path: path.into(),
            on_fargate: read.compatibilities.contains(&"FARGATE"),
            revision,
            cpu: read.cpu,
            memory: read.memory,
            gpus: read.gpus,
            architecture: read.architecture,
            family: read.family,
        });
    }

    fn add_service(&mut self, path: &Path, node: &Node) {
        self.note_region(text(node, "serviceArn"));
        self.note_region(text(node, "taskDefinition"));
        let name = text(node, "serviceName").unwrap_or_default().to_string();
        if let Some(known) = self.services.iter().find(|known| known.name == name) {
            let why = format!(
                "the service `{name}` is in `{}` already",
                known.path.display()
            );
            if known.path != path {
                self.left_out.push((path.into(), why));
            }
            return;
        }
        let strategy = node.get("capacityProviderStrategy").map(|list| &list.value);
        let providers = match strategy {
            Some(Value::List(items)) => items
                .iter()
                .filter_map(|item| text(item, "capacityProvider"))
                .map(|name| name.rsplit('/').next().unwrap_or(name).to_string())
                .collect(),
            _ => Vec::new(),
        };
        let definition = text(node, "taskDefinition").unwrap_or_default();
        self.services.push(Service {
            path: path.into(),
            name,
            definition: definition.rsplit('/').next().unwrap_or_default().into(),
            tasks: text(node, "desiredCount")
                .and_then(|n| n.parse().ok())
                .unwrap_or(0),
            launch_type: text(node, "launchType").map(String::from),
            providers,
        });
    }

    /// Keeps the Region of the first ARN: `arn:aws:ecs:eu-west-1:…`.
    fn note_region(&mut self, arn: Option<&str>) {
        let region = arn
            .filter(|arn| arn.starts_with("arn:"))
            .and_then(|arn| arn.split(':').nth(3));
        if let (None, Some(region)) = (&self.region, region) {
            self.region = Some(region.to_string());
        }
    }
}
