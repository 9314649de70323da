//! Finds placeholders of templates in texts. Task definitions are often stored as templates; a
//! placeholder that was not replaced gets a message of its own.

/// The placeholder of a template in a text, such as `{{ must_env "TAG" }}` or `$$$CPU$$$`.
pub fn placeholder(text: &str) -> Option<&str> {
    for (open, close) in [("{{", "}}"), ("$$$", "$$$"), ("${", "}")] {
        if let Some(start) = text.find(open) {
            let after = start + open.len();
            let end = text[after..]
                .find(close)
                .map_or(text.len(), |at| after + at + close.len());
            // Include all dollars of placeholders such as `$$$$CPU$$$$`.
            let more = text[end..].bytes().take_while(|b| *b == b'$').count();
            return Some(&text[start..end + more]);
        }
    }
    let is_angle = text.len() > 2 && text.starts_with('<') && text.ends_with('>');
    is_angle.then_some(text)
}
