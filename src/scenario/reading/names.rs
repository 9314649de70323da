//! Names that a scenario gives.

use super::reader::Cursor;

/// A name of letters, digits, `-`, `_` and `.`.
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

/// A name that stands in the path of a figure, and so has no `.`.
pub fn name_in_figures(at: &Cursor<'_>) -> Option<String> {
    let text = name(at)?;
    if text.contains('.') {
        let message = format!("`{text}` cannot be a name here");
        at.bad_value(&text, &message, "up to 128 letters, digits, `-` and `_`");
        return None;
    }
    Some(text)
}
