//! The changes of a level within one cell of the timeline.

/// The changes of a level within one cell.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Change {
    /// What the changes add to the cell's integral.
    pub(super) partial: i128,
    /// By how much the level has risen at the end of the cell.
    pub(super) rise: i64,
}

impl Change {
    /// Changes the level by `by`, `rest` µs before the end of the cell.
    #[inline]
    pub(super) fn by(&mut self, by: i64, rest: i64) {
        self.partial += i128::from(by) * i128::from(rest);
        self.rise += by;
    }
}
