//! A pool's used instances bucketed by free CPU and free memory, 128 by 128.
//!
//! Rows are by free CPU, columns by free memory; both are monotone. A search for
//! the least (or most) free of one resource visits rows or columns in order and stops at
//! the first that holds a fit. One word of bits per row and column says where to look.
//!
//! Buckets are narrow near zero, where a packed cluster has most of its instances: instances
//! with a little too little free capacity must not be looked at by every search.

use super::instance::NONE;
use super::{Field, Instance, InstanceId};

/// Buckets per dimension: bits of a line's word.
const SIDE: usize = 128;
/// Number of equal parts that the capacity is cut into; the first few are cut again.
const PARTS: u64 = 64;
/// Number of parts that are cut again.
const FINE_PARTS: u64 = 4;
/// Number of pieces that these parts are cut into together.
const FINE_PIECES: u64 = 64;

/// How one resource is cut into buckets.
#[derive(Clone, Debug)]
struct Scale {
    /// Width of a part, and of a fine piece.
    part: u64,
    piece: u64,
    /// Below this the pieces are fine.
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

    /// The bucket of an amount; monotone, below `SIDE` for what an instance can have free.
    #[inline]
    fn bucket(&self, amount: u64) -> u64 {
        if amount < self.fine {
            amount / self.piece
        } else {
            amount / self.part + (FINE_PIECES - FINE_PARTS)
        }
    }
}

/// Whether all instances of a line have the same amount of its own resource: then the first
/// fit along the line has the least of the other.
#[derive(Clone, Copy, Debug, Default)]
struct Line {
    /// Non-empty cells.
    cells: u128,
    /// An amount that was there first, and how many instances have another.
    amount: u64,
    others: u32,
}

/// The grid. Cells are doubly linked lists through the instances themselves.
#[derive(Clone, Debug)]
pub(super) struct Grid {
    cpu: Scale,
    memory: Scale,
    heads: Vec<u32>,
    rows: Vec<Line>,
    columns: Vec<Line>,
    /// Non-empty rows, and columns.
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

    /// Files a used instance under its free capacity.
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

    /// Takes an instance out that was filed under this free CPU and memory.
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

    /// Visits the cells that can hold a fit, line by line in the order of free `field`
    /// (descending: most first), and along a line by the other resource, least first.
    /// `visit` gets the first instance of a cell and says whether it found a fit. After a
    /// line with a fit the search is over; where `least_other` breaks ties and the line's
    /// instances are equal in `field`, after the first cell with one.
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

impl Line {
    #[inline]
    fn enter(&mut self, cell: usize, amount: u64) {
        if self.cells == 0 {
            self.amount = amount;
        }
        self.others += u32::from(self.amount != amount);
        self.cells |= 1 << cell;
    }

    /// True when the line is empty now.
    #[inline]
    fn leave(&mut self, cell: usize, amount: u64, gone: bool) -> bool {
        self.others -= u32::from(self.amount != amount);
        if gone {
            self.cells &= !(1 << cell);
        }
        self.cells == 0
    }
}
