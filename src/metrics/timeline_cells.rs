//! The cells of the levels over time: opening the next one, merging pairs of them, and their integrals.

use super::timeline::{Levels, MOST_CELLS};
use crate::units::Span;

impl Levels {
    /// Opens the cell of a time after the end of the open cell.
    #[cold]
    pub(super) fn open(&mut self, at: u64) {
        self.close();
        let mut cell = ((at - self.origin) / self.width) as usize;
        while cell >= MOST_CELLS {
            self.halve();
            cell = ((at - self.origin) / self.width) as usize;
        }
        self.partial.resize((cell + 1) * self.levels, 0);
        self.rise.resize((cell + 1) * self.levels, 0);
        self.cell = cell;
        self.cell_end = self.origin + (cell as u64 + 1) * self.width;
    }

    /// Moves the changes of the open cell to the sums of all cells.
    pub(super) fn close(&mut self) {
        let first = self.cell * self.levels;
        let open = self.open_tasks.iter_mut();
        let open = open.chain(self.open_capacity.iter_mut().flatten());
        for (level, change) in open.enumerate() {
            let change = std::mem::take(change);
            self.partial[first + level] += change.partial;
            self.rise[first + level] += change.rise;
            self.closed[level] += change.rise;
        }
    }

    /// Merges pairs of cells and doubles their width. A rise in the first of a pair applies for the
    /// whole second.
    fn halve(&mut self) {
        let cells = self.partial.len() / self.levels;
        let width = i128::from(self.width);
        for level in 0..self.levels {
            for pair in 0..cells.div_ceil(2) {
                let at = |cell: usize| cell * self.levels + level;
                let (first, second) = (at(2 * pair), at(2 * pair + 1));
                let mut partial = self.partial[first] + i128::from(self.rise[first]) * width;
                let mut rise = self.rise[first];
                if 2 * pair + 1 < cells {
                    partial += self.partial[second];
                    rise += self.rise[second];
                }
                self.partial[at(pair)] = partial;
                self.rise[at(pair)] = rise;
            }
        }
        let cells = cells.div_ceil(2);
        self.partial.truncate(cells * self.levels);
        self.rise.truncate(cells * self.levels);
        self.width *= 2;
    }

    /// Adds an integral over a time to the cells that it covers, evenly; what is before the reported time is left out.
    pub(super) fn spread(&mut self, (begin, end): (u64, u64), level: usize, integral: i128) {
        if integral == 0 || end <= self.origin.max(begin) {
            return;
        }
        let cell = begin.saturating_sub(self.origin) / self.width;
        if begin >= self.origin && end <= self.origin + (cell + 1) * self.width {
            self.partial[cell as usize * self.levels + level] += integral;
            return;
        }
        let until = |at: u64| integral * i128::from(at - begin) / i128::from(end - begin);
        let mut at = begin.max(self.origin);
        while at < end {
            let cell = (at - self.origin) / self.width;
            let next = (self.origin + (cell + 1) * self.width).min(end);
            self.partial[cell as usize * self.levels + level] += until(next) - until(at);
            at = next;
        }
    }

    /// Width of a cell.
    pub fn width(&self) -> Span {
        Span::micros(self.width)
    }

    /// Doubles the width of the cells until it is at least `width`.
    pub fn widen_to(&mut self, width: Span) {
        while self.width < width.as_micros() {
            self.halve();
        }
        self.cell = self.cells().saturating_sub(1);
        self.cell_end = self.origin + (self.cell as u64 + 1) * self.width;
    }

    /// Number of cells.
    pub fn cells(&self) -> usize {
        self.partial.len() / self.levels
    }

    pub(super) fn integrals(&self, level: usize) -> Vec<i128> {
        let mut height: i128 = 0;
        let cells = self.cells();
        (0..cells)
            .map(|cell| {
                let place = cell * self.levels + level;
                // The last cell ends with the run: take off what lies after it.
                let begin = self.origin + cell as u64 * self.width;
                let stop = (begin + self.width).min(self.end).max(begin);
                let after = height + i128::from(self.rise[place]);
                let surplus = i128::from(begin + self.width - stop) * after;
                let integral = height * i128::from(self.width) + self.partial[place] - surplus;
                height = after;
                integral
            })
            .collect()
    }
}
