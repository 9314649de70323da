//! Fewer cells than were measured: a plot is too narrow to show more than some hundred.

/// The largest number of cells of a plot.
const MOST: usize = 600;

/// How many cells are joined to one, so that a plot has at most [`MOST`].
pub(super) fn stride(cells: usize) -> usize {
    cells.div_ceil(MOST).max(1)
}

/// Joins groups of `stride` cells.
pub(super) fn merged<T: Copy, U>(cells: &[T], stride: usize, join: impl Fn(&[T]) -> U) -> Vec<U> {
    cells.chunks(stride.max(1)).map(join).collect()
}

/// The mean of some cells.
pub(super) fn average(cells: &[f64]) -> f64 {
    cells.iter().sum::<f64>() / cells.len() as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_cells_become_at_most_six_hundred() {
        let cells: Vec<f64> = (0..2_000).map(f64::from).collect();
        let joined = merged(&cells, stride(cells.len()), average);
        assert_eq!((joined.len(), joined[0], joined[1]), (500, 1.5, 5.5));
        assert_eq!((stride(600), stride(601), stride(0)), (1, 2, 1));
    }
}
