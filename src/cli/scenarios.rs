//! Finding scenario files in folders.

use super::output::Failure;
use std::fs;
use std::path::{Path, PathBuf};

/// A scenario file that was named as a path or found in a folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// Where it is.
    pub path: PathBuf,
    /// True for a file in a folder named `bench`, unless the file itself was named: it takes too
    /// long to be played as a test, and is only checked.
    pub only_check: bool,
}

/// The scenarios at these paths: a file as it is; in a folder and its sub-folders, in the order of
/// names, every `.yaml` and `.yml` file with a line that begins with `ecsim:`.
///
/// # Errors
/// When a path does not exist or cannot be read, or a folder has no scenario.
pub fn find(paths: &[PathBuf]) -> Result<Vec<Found>, Failure> {
    let mut found = Vec::new();
    for path in paths {
        // `-` is the standard input, also beside a folder of that name.
        if path.is_dir() && path.as_os_str() != "-" {
            let before = found.len();
            search(path, in_bench(path), &mut found)?;
            if found.len() == before {
                let path = path.display();
                return Err(Failure::message(format!("no scenario in `{path}`")));
            }
        } else {
            found.push(Found {
                path: path.clone(),
                only_check: false,
            });
        }
    }
    Ok(found)
}

/// Adds the scenarios of a folder and its sub-folders.
fn search(folder: &Path, only_check: bool, found: &mut Vec<Found>) -> Result<(), Failure> {
    let unreadable = |error: std::io::Error| {
        Failure::message(format!("cannot read `{}`: {error}", folder.display()))
    };
    let entries: Result<Vec<_>, _> = fs::read_dir(folder).map_err(unreadable)?.collect();
    let mut paths: Vec<PathBuf> = entries
        .map_err(unreadable)?
        .iter()
        .map(fs::DirEntry::path)
        .collect();
    // File systems list a folder in different orders.
    paths.sort_unstable();
    for path in paths {
        if path.is_dir() {
            search(&path, only_check || in_bench(&path), found)?;
        } else if is_yaml(&path) && is_scenario(&path)? {
            found.push(Found { path, only_check });
        }
    }
    Ok(())
}

/// True for a folder named `bench`.
fn in_bench(folder: &Path) -> bool {
    folder.file_name().is_some_and(|name| name == "bench")
}

/// True for a file that ends in `.yaml` or `.yml`.
fn is_yaml(path: &Path) -> bool {
    let extension = path.extension().and_then(|extension| extension.to_str());
    matches!(extension, Some("yaml" | "yml"))
}

/// True for YAML with the key `ecsim`, the version of the format, which other YAML files lack.
fn is_scenario(path: &Path) -> Result<bool, Failure> {
    let bytes = fs::read(path)
        .map_err(|error| Failure::message(format!("cannot read `{}`: {error}", path.display())))?;
    let text = String::from_utf8_lossy(&bytes);
    Ok(text.lines().any(|line| line.starts_with("ecsim:")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_are_searched_by_name_and_bench_is_only_checked() {
        let folder = tempfile::tempdir().expect("there is room for a folder");
        let root = folder.path();
        fs::create_dir(root.join("bench")).expect("it is ours");
        let write = |name: &str, text: &str| fs::write(root.join(name), text).expect("it is ours");
        write("b.yaml", "# What it shows.\necsim: 1\n");
        write("a.yml", "ecsim: 1\n");
        write("other.yaml", "kind: Pod\n");
        write("notes.txt", "ecsim: 1\n");
        write("bench/big.yaml", "ecsim: 1\n");
        let found = find(&[root.into()]).expect("all can be read");
        let names: Vec<_> = found
            .iter()
            .map(|f| {
                (
                    f.path.strip_prefix(root).expect("it is inside"),
                    f.only_check,
                )
            })
            .collect();
        let wanted = [
            ("a.yml", false),
            ("b.yaml", false),
            ("bench/big.yaml", true),
        ];
        assert_eq!(names, wanted.map(|(name, only)| (Path::new(name), only)));
        // Named itself, it is played.
        let big = root.join("bench/big.yaml");
        assert!(!find(&[big]).expect("it can be read")[0].only_check);
        let empty = root.join("none");
        fs::create_dir(&empty).expect("it is ours");
        assert!(find(&[empty]).is_err());
    }
}
