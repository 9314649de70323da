//! A pool's instances bucketed by free CPU and free memory, 64 by 64.
//!
//! Rows are by free CPU, columns by free memory; both are monotone, so that whoever wants
//! the least (or most) free of one resource visits rows or columns in order and stops at
//! the first that holds a fit. Two words of bits per row and column say where to look.

use super::pool::NONE;
use super::{Field, Instance, InstanceId};

/// Buckets per dimension.
const SIDE: usize = 64;

/// The grid. Cells are doubly linked lists through the instances themselves.
#[derive(Clone, Debug)]
pub(super) struct Grid {
    /// Width of a bucket, by field.
    cpu_width: u64,
    memory_width: u64,
    heads: Vec<u32>,
    /// Non-empty columns of each row, and rows of each column.
    rows: [u64; SIDE],
    columns: [u64; SIDE],
    /// Non-empty rows, and columns.
    row_mask: u64,
    column_mask: u64,
}

impl Grid {
    pub(super) fn new(cpu: u64, memory: u64) -> Self {
        Self {
            cpu_width: cpu / SIDE as u64 + 1,
            memory_width: memory / SIDE as u64 + 1,
            heads: vec![NONE; SIDE * SIDE],
            rows: [0; SIDE],
            columns: [0; SIDE],
            row_mask: 0,
            column_mask: 0,
        }
    }

    #[inline]
    pub(super) fn cell_of(&self, free_cpu: u64, free_memory: u64) -> u32 {
        let row = free_cpu / self.cpu_width;
        let column = free_memory / self.memory_width;
        (row * SIDE as u64 + column) as u32
    }

    #[inline]
    pub(super) fn insert(&mut self, instances: &mut [Instance], id: InstanceId, cell: u32) {
        let head = self.heads[cell as usize];
        let index = id.index() as u32;
        let instance = &mut instances[id.index()];
        instance.cell = cell;
        instance.next = head;
        instance.previous = NONE;
        if head == NONE {
            let (row, column) = (cell as usize / SIDE, cell as usize % SIDE);
            self.rows[row] |= 1 << column;
            self.columns[column] |= 1 << row;
            self.row_mask |= 1 << row;
            self.column_mask |= 1 << column;
        } else {
            instances[head as usize].previous = index;
        }
        self.heads[cell as usize] = index;
    }

    #[inline]
    pub(super) fn remove(&mut self, instances: &mut [Instance], id: InstanceId) {
        let instance = &mut instances[id.index()];
        let (cell, next, previous) = (instance.cell as usize, instance.next, instance.previous);
        instance.cell = NONE;
        if next != NONE {
            instances[next as usize].previous = previous;
        }
        if previous != NONE {
            instances[previous as usize].next = next;
            return;
        }
        self.heads[cell] = next;
        if next == NONE {
            let (row, column) = (cell / SIDE, cell % SIDE);
            self.rows[row] &= !(1 << column);
            self.columns[column] &= !(1 << row);
            if self.rows[row] == 0 {
                self.row_mask &= !(1 << row);
            }
            if self.columns[column] == 0 {
                self.column_mask &= !(1 << column);
            }
        }
    }

    /// Visits the cells that can hold a fit, line by line in the order of free `field`
    /// (descending: most first). `visit` gets the first instance of a cell and says
    /// whether it found a fit; after a line with a fit the search is over.
    #[inline]
    pub(super) fn search(
        &self,
        field: Field,
        descending: bool,
        need_cpu: u64,
        need_memory: u64,
        mut visit: impl FnMut(u32) -> bool,
    ) {
        let (row, column) = (need_cpu / self.cpu_width, need_memory / self.memory_width);
        if row >= SIDE as u64 || column >= SIDE as u64 {
            return;
        }
        let (lines, mask, from_line, from_cross) = match field {
            Field::Cpu => (&self.rows, self.row_mask, row, column),
            Field::Memory => (&self.columns, self.column_mask, column, row),
        };
        let mut open = mask & (!0 << from_line);
        while open != 0 {
            let line = if descending {
                63 - open.leading_zeros()
            } else {
                open.trailing_zeros()
            };
            open &= !(1 << line);
            let mut cells = lines[line as usize] & (!0 << from_cross);
            let mut found = false;
            while cells != 0 {
                let cross = cells.trailing_zeros() as usize;
                cells &= cells - 1;
                let cell = match field {
                    Field::Cpu => line as usize * SIDE + cross,
                    Field::Memory => cross * SIDE + line as usize,
                };
                found |= visit(self.heads[cell]);
            }
            if found {
                return;
            }
        }
    }
}
