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

/// The name in an ARN such as `arn:aws:ecs:us-east-1:123456789012:task-definition/web:7`, where
/// `kind` is `task-definition`; a text that is no ARN of this kind is returned as it is.
pub fn without_arn<'t>(text: &'t str, kind: &str) -> &'t str {
    let mut parts = text.splitn(6, ':');
    let is_ecs = parts.next() == Some("arn") && parts.nth(1) == Some("ecs");
    let resource = parts.nth(2).filter(|_| is_ecs);
    let name = resource.and_then(|resource| resource.strip_prefix(kind)?.strip_prefix('/'));
    name.unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use super::without_arn;

    #[test]
    fn names_are_taken_out_of_arns() {
        for (text, name) in [
            (
                "arn:aws:ecs:us-east-1:123456789012:task-definition/web:7",
                "web:7",
            ),
            (
                "arn:aws-us-gov:ecs:us-gov-west-1:1:task-definition/web:7",
                "web:7",
            ),
            ("web:7", "web:7"),
            (
                "arn:aws:ecs:us-east-1:1:service/web",
                "arn:aws:ecs:us-east-1:1:service/web",
            ),
            (
                "arn:aws:s3:::task-definition/web",
                "arn:aws:s3:::task-definition/web",
            ),
            ("arn", "arn"),
        ] {
            assert_eq!(without_arn(text, "task-definition"), name, "{text}");
        }
    }
}
