//! Reads names that the user of a scenario chooses.

use super::reader::Cursor;

/// A name of 1 to 128 ASCII letters, digits, `-`, `_` and `.`; anything else is reported.
pub fn name(at: &Cursor<'_>) -> Option<String> {
    let text = at.text()?;
    let is_valid = (1..=128).contains(&text.len())
        && text
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'));
    if !is_valid {
        at.bad_value(
            text,
            &format!("`{text}` cannot be a name"),
            "up to 128 letters, digits, `-`, `_` and `.`",
        );
        return None;
    }
    Some(text.to_string())
}

/// A name that is part of figure paths such as `tasks.NAME.wait.p95`: as [`name`], but without
/// `.`, which separates the parts of a path.
pub fn name_in_figures(at: &Cursor<'_>) -> Option<String> {
    let text = name(at)?;
    if text.contains('.') {
        let message = format!("`{text}` cannot be a name here");
        at.bad_value(&text, &message, "up to 128 letters, digits, `-` and `_`");
        return None;
    }
    Some(text)
}
