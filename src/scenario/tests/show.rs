//! `show`, `schema` and the reference.

use super::Small;
use crate::scenario::{Request, load, load_text, reference, schema, show};
use std::path::{Path, PathBuf};

fn scenarios() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios");
    let mut found: Vec<PathBuf> = [root.clone(), root.join("bench")]
        .iter()
        .flat_map(|folder| std::fs::read_dir(folder).unwrap())
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|end| end == "yaml"))
        .collect();
    found.sort();
    found
}

#[test]
fn what_is_shown_is_a_scenario_with_the_same_plan() {
    for path in scenarios() {
        let request = Request {
            path: &path,
            set: &[],
            variants: &[],
            seeds: Some(3),
        };
        let loaded = load(&request, &Small).unwrap();
        let shown = show(&request, &Small).unwrap();
        let documents: Vec<&str> = shown.split("---\n").collect();
        assert_eq!(documents.len(), loaded.study.variants.len());
        for (plan, document) in loaded.study.variants.iter().zip(documents) {
            let again = match load_text("shown.yaml", document, &[], &Small) {
                Ok(again) => again.study,
                Err(problems) => panic!("{problems}\n{document}"),
            };
            let mut expected = plan.clone();
            expected.variant = "base".into();
            assert_eq!(
                format!("{:#?}", again.variants[0]),
                format!("{expected:#?}"),
                "{document}"
            );
            assert_eq!(again.seeds, 3);
        }
    }
}

#[test]
fn the_reference_is_up_to_date() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/scenario.md");
    if std::env::var_os("ECSIM_UPDATE").is_some() {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, reference()).unwrap();
    }
    let written = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        written == reference(),
        "docs/scenario.md is stale; ECSIM_UPDATE=1 cargo test --lib reference_is_up_to_date"
    );
}

#[test]
fn the_schema_is_closed_and_complete() {
    fn walk(value: &serde_json::Value, root: &serde_json::Value) {
        if let Some(reference) = value.get("$ref").and_then(|r| r.as_str()) {
            assert!(
                root.pointer(reference.trim_start_matches('#')).is_some(),
                "{reference}"
            );
        }
        if value.get("properties").is_some() && value.get("type").is_some() {
            assert_eq!(value.get("additionalProperties"), Some(&false.into()));
        }
        match value {
            serde_json::Value::Array(items) => items.iter().for_each(|item| walk(item, root)),
            serde_json::Value::Object(map) => map.values().for_each(|item| walk(item, root)),
            _ => {}
        }
    }
    let schema = schema();
    walk(&schema, &schema);
    assert_eq!(schema["properties"]["seeds"]["default"], 8);
    assert_eq!(schema["properties"]["deployments"], serde_json::Value::Null);
}
