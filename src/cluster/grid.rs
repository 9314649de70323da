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
const SIDE: usize = 128;
/// Number of equal parts that the capacity is divided into; the first few are divided again.
const PARTS: u64 = 64;
/// Number of parts that are divided again.
const FINE_PARTS: u64 = 4;
/// Number of pieces that these parts are divided into together.
const FINE_PIECES: u64 = 64;

/// How amounts of one resource are assigned to buckets.
#[derive(Clone, Debug)]
struct Scale {
    /// Width of a part, in the base unit of the resource.
    part: u64,
    /// Width of a piece.
    piece: u64,
    /// Amounts below this fall into pieces, others into parts.
    fine: u64,
}

impl Scale {
    fn new(capacity: u64) -> Self {
        let part = capacity / PARTS + 1;
        let fine = part * FINE_PARTS;
        Self {
            part,
            piece: fine.div_ceil(FINE_PIECES),
            fine,
        }
    }

    /// The bucket of an amount. It never falls as the amount rises, and it is below `SIDE` for
    /// amounts up to the capacity.
    #[inline]
    fn bucket(&self, amount: u64) -> u64 {
        if amount < self.fine {
            amount / self.piece
        } else {
            amount / self.part + (FINE_PIECES - FINE_PARTS)
        }
    }
}

/// A row or a column. When all its instances have the same amount of the resource that orders
/// the lines, the first fit along the line has the least of the other resource.
#[derive(Clone, Copy, Debug, Default)]
struct Line {
    /// One bit per cell: 1 when the cell has an instance.
    cells: u128,
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
    /// One bit per row, and per column: 1 when it has an instance.
    row_mask: u128,
    column_mask: u128,
}

impl Grid {
    pub(super) fn new(cpu: u64, memory: u64) -> Self {
        Self {
            cpu: Scale::new(cpu),
            memory: Scale::new(memory),
            heads: vec![NONE; SIDE * SIDE],
            rows: vec![Line::default(); SIDE],
            columns: vec![Line::default(); SIDE],
            row_mask: 0,
            column_mask: 0,
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
        self.row_mask |= 1 << row;
        self.column_mask |= 1 << column;
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
            self.row_mask &= !(1 << row);
        }
        if self.columns[column].leave(row, memory, gone) {
            self.column_mask &= !(1 << column);
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
        let (lines, mask, from_line, from_cross) = match field {
            Field::Cpu => (&self.rows, self.row_mask, row, column),
            Field::Memory => (&self.columns, self.column_mask, column, row),
        };
        // Lines below the need cannot have a fit. The line of the need itself may.
        let mut open = mask & (!0 << from_line);
        while open != 0 {
            let number = if descending {
                127 - open.leading_zeros()
            } else {
                open.trailing_zeros()
            };
            open &= !(1 << number);
            let line = &lines[number as usize];
            let stop_early = least_other && line.others == 0;
            let mut cells = line.cells & (!0 << from_cross);
            let mut found = false;
            while cells != 0 {
                let cross = cells.trailing_zeros() as usize;
                cells &= cells - 1;
                let cell = match field {
                    Field::Cpu => number as usize * SIDE + cross,
                    Field::Memory => cross * SIDE + number as usize,
                };
                found |= visit(self.heads[cell]);
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
        let mut rows = self.row_mask & (!0 << row);
        while rows != 0 {
            let number = rows.trailing_zeros() as usize;
            rows &= rows - 1;
            let mut cells = self.rows[number].cells & (!0 << column);
            while cells != 0 {
                let cross = cells.trailing_zeros() as usize;
                cells &= cells - 1;
                visit(self.heads[number * SIDE + cross]);
            }
        }
    }
}

impl Line {
    /// An instance with this amount enters the cell.
    #[inline]
    fn enter(&mut self, cell: usize, amount: u64) {
        if self.cells == 0 {
            self.amount = amount;
        }
        self.others += u32::from(self.amount != amount);
        self.cells |= 1 << cell;
    }

    /// An instance leaves the cell; `gone` when it was the last. Returns whether the line is
    /// empty now.
    #[inline]
    fn leave(&mut self, cell: usize, amount: u64, gone: bool) -> bool {
        self.others -= u32::from(self.amount != amount);
        if gone {
            self.cells &= !(1 << cell);
        }
        self.cells == 0
    }
}
