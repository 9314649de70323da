//! The instances with tasks of one pool, in a grid of 128 by 128 cells by free CPU (row) and
//! free memory (column). Both ascend with the index.
//!
//! A search for the least or most free of one resource visits rows or columns in order and ends
//! at the first with a fit. A bit mask of each row and column shows which cells have instances.
//!
//! Buckets are narrow near zero. A packed cluster has most of its instances there, and a search
//! would otherwise read many instances that lack a little.

use super::instance::NONE;
use super::{Field, Instance, InstanceId};

/// Number of buckets per resource: the bits of a mask.
const SIDE: usize = 1 << SHIFT;
const SHIFT: u32 = 7;
/// Number of equal parts that the capacity is divided into; the first few are divided again.
const PARTS: u64 = 64;
/// Number of parts that are divided again.
const FINE_PARTS: u64 = 4;
/// Number of pieces that these parts are divided into together.
const FINE_PIECES: u64 = 64;

/// How amounts of one resource are assigned to buckets.
#[derive(Clone, Debug)]
struct Scale {
    /// 2^64 ÷ width of a part, rounded down: a multiplication is quicker than a division. An amount
    /// at the lower end of a part may be counted in the part below.
    per_part: u64,
    /// 2^64 ÷ width of a piece, rounded down.
    per_piece: u64,
    /// Amounts below this fall into pieces, others into parts.
    fine: u64,
}

impl Scale {
    fn new(capacity: u64) -> Self {
        let part = capacity / PARTS + 1;
        let fine = part * FINE_PARTS;
        Self {
            per_part: u64::MAX / part,
            per_piece: u64::MAX / fine.div_ceil(FINE_PIECES),
            fine,
        }
    }

    /// The bucket of an amount. It never falls as the amount rises, and it is below `SIDE` for
    /// amounts up to the capacity.
    #[inline]
    fn bucket(&self, amount: u64) -> u64 {
        let (per_unit, first) = if amount < self.fine {
            (self.per_piece, 0)
        } else {
            (self.per_part, FINE_PIECES - FINE_PARTS)
        };
        ((u128::from(amount) * u128::from(per_unit)) >> 64) as u64 + first
    }
}

/// A set of buckets of one resource.
#[derive(Clone, Copy, Debug, Default)]
struct Mask([u64; 2]);

impl Mask {
    /// All buckets from one on.
    #[inline(always)]
    fn from(first: u64) -> Self {
        let bits = !0 << (first % 64);
        Self(if first < 64 { [bits, !0] } else { [0, bits] })
    }

    #[inline(always)]
    fn insert(&mut self, bucket: usize) {
        self.0[bucket / 64] |= 1 << (bucket % 64);
    }

    #[inline(always)]
    fn remove(&mut self, bucket: usize) {
        self.0[bucket / 64] &= !(1 << (bucket % 64));
    }

    #[inline(always)]
    fn is_empty(self) -> bool {
        self.0[0] | self.0[1] == 0
    }

    /// The buckets that are in both sets.
    #[inline(always)]
    fn and(self, other: Self) -> Self {
        Self([self.0[0] & other.0[0], self.0[1] & other.0[1]])
    }

    /// Removes the first bucket and returns it.
    #[inline(always)]
    fn take_first(&mut self) -> Option<usize> {
        // Constant indexes, so that the compiler keeps both words in registers.
        let [low, high] = self.0;
        if low != 0 {
            self.0[0] = low & (low - 1);
            Some(low.trailing_zeros() as usize)
        } else if high != 0 {
            self.0[1] = high & (high - 1);
            Some(64 + high.trailing_zeros() as usize)
        } else {
            None
        }
    }

    /// Removes the last bucket and returns it.
    #[inline(always)]
    fn take_last(&mut self) -> Option<usize> {
        let [low, high] = self.0;
        if let Some(last) = high.checked_ilog2() {
            self.0[1] = high & !(1 << last);
            return Some(64 + last as usize);
        }
        let last = low.checked_ilog2()?;
        self.0[0] = low & !(1 << last);
        Some(last as usize)
    }
}

/// A row or a column. When all its instances have the same amount of the resource that orders
/// the lines, the first fit along the line has the least of the other resource.
#[derive(Clone, Copy, Debug, Default)]
struct Line {
    /// The cells with an instance.
    cells: Mask,
    /// The amount of the instance that entered the empty line.
    amount: u64,
    /// Number of instances with another amount.
    others: u32,
}

/// The grid. A cell is a doubly linked list through `next` and `previous` of its instances.
#[derive(Clone, Debug)]
pub(super) struct Grid {
    cpu: Scale,
    memory: Scale,
    /// The first instance of each cell, at `row × SIDE + column`; `NONE` for an empty cell.
    heads: Vec<u32>,
    rows: Vec<Line>,
    columns: Vec<Line>,
    /// The rows, and the columns, with an instance.
    row_mask: Mask,
    column_mask: Mask,
}

impl Grid {
    pub(super) fn new(cpu: u64, memory: u64) -> Self {
        Self {
            cpu: Scale::new(cpu),
            memory: Scale::new(memory),
            heads: vec![NONE; SIDE * SIDE],
            rows: vec![Line::default(); SIDE],
            columns: vec![Line::default(); SIDE],
            row_mask: Mask::default(),
            column_mask: Mask::default(),
        }
    }

    /// Adds an instance with tasks to the cell of its free capacity.
    #[inline(always)]
    pub(super) fn insert(&mut self, instances: &mut [Instance], id: InstanceId) {
        let instance = &mut instances[id.index()];
        let row = self.cpu.bucket(instance.free_cpu) as usize;
        let column = self.memory.bucket(instance.free_memory) as usize;
        let cell = row * SIDE + column;
        let head = std::mem::replace(&mut self.heads[cell], id.index() as u32);
        instance.cell = cell as u16;
        instance.next = head;
        instance.previous = NONE;
        self.rows[row].enter(column, instance.free_cpu);
        self.columns[column].enter(row, instance.free_memory);
        self.row_mask.insert(row);
        self.column_mask.insert(column);
        if head != NONE {
            instances[head as usize].previous = id.index() as u32;
        }
    }

    /// Removes an instance that was added with this free CPU and memory.
    #[inline]
    pub(super) fn remove(
        &mut self,
        instances: &mut [Instance],
        id: InstanceId,
        (cpu, memory): (u64, u64),
    ) {
        let instance = &instances[id.index()];
        let (next, previous) = (instance.next, instance.previous);
        let cell = usize::from(instance.cell);
        let (row, column) = (cell / SIDE, cell % SIDE);
        if next != NONE {
            instances[next as usize].previous = previous;
        }
        if previous != NONE {
            instances[previous as usize].next = next;
        } else {
            self.heads[cell] = next;
        }
        let gone = self.heads[cell] == NONE;
        if self.rows[row].leave(column, cpu, gone) {
            self.row_mask.remove(row);
        }
        if self.columns[column].leave(row, memory, gone) {
            self.column_mask.remove(column);
        }
    }

    /// Visits the cells that can have a fit: lines by free `field`, ascending or `descending`,
    /// and the cells of a line by the other resource, ascending. `visit` gets the first instance
    /// of a cell and returns whether the cell has a fit. The search ends after the first line
    /// with a fit. With `least_other`, it ends after the first cell with a fit where all
    /// instances of the line have the same amount of `field`.
    #[inline]
    pub(super) fn search(
        &self,
        field: Field,
        descending: bool,
        least_other: bool,
        (need_cpu, need_memory): (u64, u64),
        mut visit: impl FnMut(u32) -> bool,
    ) {
        let (row, column) = (self.cpu.bucket(need_cpu), self.memory.bucket(need_memory));
        if row >= SIDE as u64 || column >= SIDE as u64 {
            return;
        }
        // A cell is at `line << line_shift | cross << cross_shift`.
        let (lines, mask, from_line, from_cross, line_shift, cross_shift) = match field {
            Field::Cpu => (&self.rows, self.row_mask, row, column, SHIFT, 0),
            Field::Memory => (&self.columns, self.column_mask, column, row, 0, SHIFT),
        };
        // Lines below the need cannot have a fit. The line of the need itself may.
        let (mut open, crossing) = (mask.and(Mask::from(from_line)), Mask::from(from_cross));
        while let Some(number) = if descending {
            open.take_last()
        } else {
            open.take_first()
        } {
            let line = &lines[number];
            let mut cells = line.cells.and(crossing);
            if cells.is_empty() {
                continue;
            }
            let stop_early = least_other && line.others == 0;
            let mut found = false;
            while let Some(cross) = cells.take_first() {
                found |= visit(self.heads[number << line_shift | cross << cross_shift]);
                if found && stop_early {
                    return;
                }
            }
            if found {
                return;
            }
        }
    }
}

impl Grid {
    /// Visits the first instance of each cell that can have a fit.
    pub(super) fn cells(&self, (need_cpu, need_memory): (u64, u64), mut visit: impl FnMut(u32)) {
        let (row, column) = (self.cpu.bucket(need_cpu), self.memory.bucket(need_memory));
        if row >= SIDE as u64 || column >= SIDE as u64 {
            return;
        }
        let mut rows = self.row_mask.and(Mask::from(row));
        while let Some(number) = rows.take_first() {
            let mut cells = self.rows[number].cells.and(Mask::from(column));
            while let Some(cross) = cells.take_first() {
                visit(self.heads[number * SIDE + cross]);
            }
        }
    }
}

impl Line {
    /// An instance with this amount enters the cell.
    #[inline]
    fn enter(&mut self, cell: usize, amount: u64) {
        if self.cells.is_empty() {
            self.amount = amount;
        }
        self.others += u32::from(self.amount != amount);
        self.cells.insert(cell);
    }

    /// An instance leaves the cell; `gone` when it was the last. Returns whether the line is
    /// empty now.
    #[inline]
    fn leave(&mut self, cell: usize, amount: u64, gone: bool) -> bool {
        self.others -= u32::from(self.amount != amount);
        if gone {
            self.cells.remove(cell);
        }
        self.cells.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::{Mask, SIDE, Scale};
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn buckets_ascend_with_the_amount(
            capacity in 0u64..=1 << 45,
            amounts in prop::collection::vec(0u64..=1 << 45, 2..50),
        ) {
            let scale = Scale::new(capacity);
            let mut amounts: Vec<u64> = amounts.iter().map(|x| x % (capacity + 1)).collect();
            amounts.extend([0, scale.fine.saturating_sub(1).min(capacity), scale.fine.min(capacity)]);
            amounts.extend([capacity, 1.min(capacity)]);
            amounts.sort_unstable();
            let buckets: Vec<u64> = amounts.iter().map(|x| scale.bucket(*x)).collect();
            prop_assert!(buckets.is_sorted());
            prop_assert!(buckets.iter().all(|bucket| *bucket < SIDE as u64));
        }

        #[test]
        fn a_mask_is_a_set(
            inserted in prop::collection::vec(0usize..SIDE, 0..200),
            removed in prop::collection::vec(0usize..SIDE, 0..100),
            first in 0u64..SIDE as u64,
        ) {
            let mut mask = Mask::default();
            let mut plain = std::collections::BTreeSet::new();
            for bucket in inserted {
                mask.insert(bucket);
                plain.insert(bucket);
            }
            for bucket in removed {
                mask.remove(bucket);
                plain.remove(&bucket);
            }
            prop_assert_eq!(mask.is_empty(), plain.is_empty());
            let (mut ascending, mut descending) = (mask.and(Mask::from(first)), mask);
            let wanted: Vec<usize> = plain.range(first as usize..).copied().collect();
            prop_assert_eq!(std::iter::from_fn(|| ascending.take_first()).collect::<Vec<_>>(), wanted);
            let wanted: Vec<usize> = plain.into_iter().rev().collect();
            prop_assert_eq!(std::iter::from_fn(|| descending.take_last()).collect::<Vec<_>>(), wanted);
        }
    }
}
