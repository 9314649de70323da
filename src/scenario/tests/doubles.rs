//! Keys that are given twice and items of one name, anywhere: outside and inside of variants, in
//! files of task definitions, in `--set`.

use super::super::reading::merge::identity_keys;
use super::super::reading::raw;
use super::super::reading::tree::{Node, Value};
use super::super::showing::yaml;
use super::super::{Embedded, load_text};
use super::{VALID, check, check_in, check_set, folder, problems};
use std::path::{Path, PathBuf};

/// The scenarios of the repository, without those that are measured: these repeat the same keys.
fn scenarios() -> Vec<PathBuf> {
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios")];
    let mut found = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            match path.extension().and_then(|end| end.to_str()) {
                _ if path.ends_with("bench") => {}
                _ if path.is_dir() => folders.push(path),
                Some("yaml") => found.push(path),
                _ => {}
            }
        }
    }
    found.sort();
    found
}

/// Makes relative paths absolute, so that the text can be read from anywhere.
fn resolve(node: &mut Node, folder: &Path) {
    match &mut node.value {
        Value::Scalar { text, quoted } => {
            let path = folder.join(&text);
            if text.contains('.') && path.is_file() {
                (*text, *quoted) = (path.display().to_string(), true);
            }
        }
        Value::List(items) => items.iter_mut().for_each(|item| resolve(item, folder)),
        Value::Map(entries) => {
            for entry in entries {
                resolve(&mut entry.node, folder);
            }
        }
        Value::Null => {}
    }
}

/// Doubles the key or the named item of this number, counted through the whole tree. Returns what
/// must be said about it; `None` when there are fewer. `left` counts down.
fn double(node: &mut Node, key: &str, left: &mut usize) -> Option<String> {
    match &mut node.value {
        Value::Map(entries) => {
            for index in 0..entries.len() {
                if *left == 0 {
                    let again = entries[index].clone();
                    let said = format!("`{}` is given twice", again.key);
                    entries.push(again);
                    return Some(said);
                }
                *left -= 1;
                let entry = &mut entries[index];
                let said = double(&mut entry.node, &entry.key, left);
                if said.is_some() {
                    return said;
                }
            }
        }
        Value::List(items) => {
            for index in 0..items.len() {
                let name = identity_keys(key).and_then(|keys| items[index].get(keys[0]));
                if let Some(name) = name.and_then(Node::as_text) {
                    if *left == 0 {
                        let what = if key == "variants" {
                            "variants"
                        } else {
                            "entries named"
                        };
                        let said = format!("there are two {what} `{name}`");
                        let again = items[index].clone();
                        items.push(again);
                        return Some(said);
                    }
                    *left -= 1;
                }
                let said = double(&mut items[index], "", left);
                if said.is_some() {
                    return said;
                }
            }
        }
        Value::Null | Value::Scalar { .. } => {}
    }
    None
}

#[test]
fn every_key_and_every_name_of_the_scenarios_that_is_doubled_is_refused() {
    let mut count = 0;
    for path in scenarios() {
        let text = std::fs::read_to_string(&path).unwrap();
        let mut tree = raw::parse(&text, 0).unwrap();
        resolve(&mut tree, path.parent().unwrap());
        let name = path.display().to_string();
        assert!(
            load_text(&name, &yaml::flow(&tree), &[], &Embedded).is_ok(),
            "{name}"
        );
        for number in 0.. {
            let mut doubled = tree.clone();
            let Some(wanted) = double(&mut doubled, "", &mut { number }) else {
                break;
            };
            let found = load_text(&name, &yaml::flow(&doubled), &[], &Embedded);
            let said = found.map_or_else(|problems| problems.to_string(), |_| "none".into());
            assert!(said.contains(&wanted), "{name}: {wanted}\n{said}");
            count += 1;
        }
    }
    assert!(count > 1_000, "{count}");
}

#[test]
fn doubled_keys_of_variants_are_placed() {
    check(
        &format!("{VALID}variants: [{{ name: v, until: 2d, until: 3d }}]\n"),
        "
error: `until` is given twice
  shop.yaml:19:34  variants.v.until
  19 | variants: [{ name: v, until: 2d, until: 3d }]
     |                                  ^^^^^
hint: keep one",
    );
    check(
        &format!("{VALID}variants: [{{ name: v }}]\nvariants: [{{ name: w, untill: 3d }}]\n"),
        "
error: `variants` is given twice
  shop.yaml:20:1  variants
  20 | variants: [{ name: w, untill: 3d }]
     | ^^^^^^^^
hint: keep one",
    );
}

#[test]
fn names_that_a_variant_has_twice_are_refused() {
    check(
        &format!(
            "{VALID}variants: [{{ name: v, tasks: [{{ name: reports, count: 2 }}, {{ name: reports, count: 3 }}] }}]\n"
        ),
        "
error: there are two entries named `reports`
  shop.yaml:19:60  variants.v.tasks.reports
  19 | variants: [{ name: v, tasks: [{ name: reports, count: 2 }, { name: reports, count: 3 }] }]
     |                                                            ^
hint: names must differ",
    );
}

#[test]
fn doubles_in_a_set_are_refused() {
    check_set(
        VALID,
        &["costs={month: 700, month: 710}"],
        "
error: `month` is given twice
  --set  costs.month
   | costs={month: 700, month: 710}
   |                    ^^^^^
hint: keep one",
    );
    check_set(
        VALID,
        &["tasks=[{ name: reports, count: 2 }, { name: reports, count: 3 }]"],
        "
error: there are two entries named `reports`
  --set  tasks.reports
   | tasks=[{ name: reports, count: 2 }, { name: reports, count: 3 }]
   |                                     ^
hint: names must differ",
    );
}

#[test]
fn doubles_in_a_file_of_a_task_definition_are_refused_once() {
    let definition = br#"{ "family": "x", "cpu": "256", "cpu": "512", "containerDefinitions": [{ "name": "a", "image": "a", "memory": 512 }] }"#;
    let scenario = VALID.replace(
        "tasks:\n",
        "  - file: x.json\nvariants: [{ name: v }, { name: w }]\ntasks:\n",
    );
    let folder = folder(&[("shop.yaml", scenario.as_bytes()), ("x.json", definition)]);
    check_in(
        &folder,
        r#"
error: `cpu` is given twice
  DIR/x.json:1:32  taskDefinitions.x.cpu
  1 | { "family": "x", "cpu": "256", "cpu": "512", "containerDefinitions": [{ "name": "a", "image": "a
    |                                ^^^^^
hint: keep one"#,
    );
}

/// What is said about keys that exclude each other, without the place.
fn said(text: &str) -> Vec<String> {
    let said = problems(text, &[]);
    let lines = said.lines().filter(|line| line.starts_with("error"));
    lines.map(String::from).collect()
}

#[test]
fn contradictions_inside_a_variant_are_refused_as_outside() {
    for contradiction in [
        "launchType: EC2, capacityProviderStrategy: [{ capacityProvider: ec2 }]",
        "arrivals: { poisson: 5/h, every: 3s }",
        "arrivals: { poisson: 5/h }, schedule: \"rate(1 hour)\"",
        "duration: { exponential: { mean: 9s }, uniform: { low: 1s, high: 2s } }",
        "overrides: { memory: 1 GB, memoryPerVcpu: 2 GB }",
        "placementStrategy: [{ type: random }], placementPolicy: firstFit",
    ] {
        let one = format!("{{ name: more, taskDefinition: report, {contradiction}");
        let rest = match (
            contradiction.contains("arrivals"),
            contradiction.contains("duration"),
        ) {
            (true, _) => ", duration: 1s }",
            (false, true) => ", arrivals: { at: [0s] } }",
            (false, false) => ", duration: 1s, arrivals: { at: [0s] } }",
        };
        let outside = said(&VALID.replace("delays:", &format!("  - {one}{rest}\ndelays:")));
        assert!(!outside.is_empty(), "{contradiction}");
        let new = said(&format!(
            "{VALID}variants: [{{ name: v, tasks: [{one}{rest}] }}]\n"
        ));
        assert_eq!(new, outside, "{contradiction}");
        let change = format!("{{ name: reports, {contradiction} }}");
        let changed = said(&format!(
            "{VALID}variants: [{{ name: v, tasks: [{change}] }}]\n"
        ));
        assert_eq!(changed, outside, "{contradiction}");
    }
}
