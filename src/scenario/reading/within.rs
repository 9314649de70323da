//! Problems of a part of a text, such as a word of an expression.

use super::reader::{Cursor, Draft};
use super::tree::Origin;

impl<'a> Cursor<'a> {
    /// An error at a part of this scalar: the range of bytes of its text. Where the text is written
    /// with escapes or on several lines, the error is at the whole scalar.
    pub fn problem_within(
        &self,
        (start, end): (usize, usize),
        message: impl Into<String>,
    ) -> Draft<'a> {
        let part = self.node.as_text().and_then(|text| {
            let origin = self.node.origin;
            let source = &self.context.sources.of(origin)?.text;
            let written = source.get(origin.start as usize..origin.end as usize)?;
            let first = origin.start + written.find(text)? as u32;
            Some(Origin {
                start: first + start as u32,
                end: first + end as u32,
                ..origin
            })
        });
        self.problem_at(part.unwrap_or(self.node.origin), message)
    }
}
