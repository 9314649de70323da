//! The note on a report of another scenario that a run replaces.

use super::output::Output;
use crate::plan::Study;
use serde::Deserialize;
use std::fs;
use std::path::Path;

/// Says so when the report that will be replaced is of another scenario of the same name.
pub(super) fn tell(out: &Path, study: &Study, output: &mut Output) {
    if let Some(note) = replaced(out, study) {
        output.talk(&note);
    }
}

/// The note on a report that will be replaced and is of another file, or has another description.
fn replaced(out: &Path, study: &Study) -> Option<String> {
    let folder = out.join(&study.name);
    let text = fs::read(folder.join("summary.json")).ok()?;
    let old: ReportHead = serde_json::from_slice(&text).ok()?;
    let what = if !old.scenario_file.is_empty() && old.scenario_file != study.file {
        format!("is of `{}`", old.scenario_file)
    } else if old.description != study.description {
        "has another description".into()
    } else {
        return None;
    };
    Some(format!(
        "note: the report in {} is replaced, which {what}; to keep both, give one scenario another \
         `name`, or another folder with `--out`",
        folder.display()
    ))
}

/// What tells whose report a `summary.json` is.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ReportHead {
    description: String,
    #[serde(default)]
    scenario_file: String,
}
