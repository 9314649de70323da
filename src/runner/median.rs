//! Which run of a variant is told: the one with the median cost.

/// The seed of the run with the median total cost: of an even number of runs the lower of the two
/// middle costs, of equal costs the lowest seed. `costs` are in the order of `seeds`.
pub(super) fn median_seed(seeds: &[u64], costs: &[Option<f64>]) -> u64 {
    let runs = costs.iter().zip(seeds);
    let mut by_cost: Vec<(f64, u64)> = runs
        .map(|(cost, seed)| (cost.unwrap_or(0.0), *seed))
        .collect();
    by_cost.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    let middle = by_cost.len().saturating_sub(1) / 2;
    let cost = by_cost.get(middle).map_or(0.0, |(cost, _)| *cost);
    by_cost
        .iter()
        .find(|(other, _)| *other == cost)
        .map_or(0, |(_, seed)| *seed)
}
