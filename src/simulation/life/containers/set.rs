//! A set of the containers of one task. A task definition has at most ten (facts/ecs.md 43).

/// A set of containers by number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ContainerSet(u16);

impl ContainerSet {
    /// Adds a container.
    pub fn insert(&mut self, container: usize) {
        debug_assert!(
            container < 16,
            "a task definition has at most ten containers"
        );
        self.0 |= 1 << container;
    }

    /// True when the set has no container.
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The containers, ascending.
    pub fn iter(self) -> impl Iterator<Item = usize> {
        let mut left = self.0;
        std::iter::from_fn(move || {
            let first = left.trailing_zeros();
            left &= left.wrapping_sub(1);
            (first < u16::BITS).then_some(first as usize)
        })
    }
}
