//! New scenarios with comments: out of answers, or out of a folder of task definitions and
//! descriptions of services.

pub(super) mod answers;
pub(super) mod folder;
mod found;

/// A text as a value in YAML: quoted unless it is a plain word, which reads as itself.
fn scalar(text: &str) -> String {
    let is_plain = text.starts_with(|c: char| c.is_ascii_alphanumeric())
        && text
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'))
        && !text.eq_ignore_ascii_case("null");
    match is_plain {
        true => text.into(),
        false => serde_json::Value::from(text).to_string(),
    }
}
