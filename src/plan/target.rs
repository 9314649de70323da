//! Where tasks may run: capacity providers, by name or by a capacity provider strategy.

/// Where an entry's tasks may run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// On one capacity provider: an index into [`Cluster::providers`](super::Cluster::providers).
    Provider(usize),
    /// On any instance of the cluster (launch type EC2, facts/ecs.md 78).
    AnyInstance,
    /// Over several capacity providers of one kind by base and weight (facts/ecs.md 129).
    Strategy(Vec<StrategyItem>),
}

/// An item of a capacity provider strategy (facts/ecs.md 129).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StrategyItem {
    /// Index into [`Cluster::providers`](super::Cluster::providers).
    pub provider: usize,
    /// Number of tasks that this provider gets before weights apply.
    pub base: u32,
    /// Relative share of the tasks beyond all bases.
    pub weight: u32,
}

impl Target {
    /// Indices of the providers that tasks may be placed on; empty for any instance.
    pub fn providers(&self) -> Vec<usize> {
        match self {
            Self::Provider(provider) => vec![*provider],
            Self::AnyInstance => Vec::new(),
            Self::Strategy(items) => items.iter().map(|item| item.provider).collect(),
        }
    }
}
