//! Reads capacity provider strategies, which divide tasks among capacity providers.

use crate::plan::{Cluster, StrategyItem, Target};
use crate::scenario::keys::capacity::STRATEGY_ITEM;
use crate::scenario::reading::names::without_arn;
use crate::scenario::reading::reader::Cursor;

/// The most items of a strategy: the most providers of a cluster (facts/ecs.md 43).
const MOST_ITEMS: usize = 20;

/// The providers that strategies and faults can refer to.
pub struct Providers<'c> {
    /// The cluster; it has the providers without problems.
    pub cluster: &'c Cluster,
    /// Names of all listed providers, also of those with problems.
    pub listed: &'c [String],
}

/// An item of a strategy, with its places.
struct Item<'a> {
    at: Cursor<'a>,
    base_at: Option<Cursor<'a>>,
    name: String,
    item: StrategyItem,
}

impl Providers<'_> {
    /// The index of the provider that is named here. An unknown name is reported; a provider
    /// with problems gives `None` without a further report.
    pub fn index(&self, at: &Cursor<'_>) -> Option<usize> {
        let name = without_arn(at.text()?, "capacity-provider");
        let providers = &self.cluster.providers;
        let found = providers.iter().position(|p| p.name == name);
        if found.is_some() || self.listed.iter().any(|known| known == name) {
            return found;
        }
        let draft = at.problem(format!(
            "there is no capacity provider `{name}` in this cluster"
        ));
        if name == "FARGATE" || name == "FARGATE_SPOT" {
            draft.hint(format!("add `- name: {name}` to `capacityProviders`"))
        } else {
            draft.among(name, self.listed.iter().map(String::as_str))
        }
        .report();
        None
    }

    /// Reads a strategy (facts/ecs.md 129). Items with weight 0 and base 0 never get a task and
    /// are left out; a single remaining item becomes [`Target::Provider`].
    pub fn strategy(&self, at: &Cursor<'_>) -> Option<Target> {
        let mark = at.context.mark();
        let list = at.list();
        if list.len() > MOST_ITEMS {
            at.problem(format!("{} items in one strategy are too many", list.len()))
                .expected(format!("at most {MOST_ITEMS}"))
                .report();
            return None;
        }
        // The API's default weight is 0, but a strategy whose weights are all 0 is refused
        // (facts/ecs.md 129): the only item of a strategy gets weight 1.
        let weight = u32::from(list.len() == 1);
        let items: Vec<_> = list.iter().map(|item| self.item(item, weight)).collect();
        let items: Option<Vec<Item<'_>>> = items.into_iter().collect();
        let items = items?;
        self.check(at, &items);
        if !at.context.is_clean_since(mark) {
            return None;
        }
        let counts = |item: &StrategyItem| item.weight > 0 || item.base > 0;
        let items: Vec<StrategyItem> = items.iter().map(|item| item.item).filter(counts).collect();
        Some(match items.as_slice() {
            [only] => Target::Provider(only.provider),
            _ => Target::Strategy(items),
        })
    }

    fn item<'a>(&self, at: &Cursor<'a>, weight: u32) -> Option<Item<'a>> {
        let record = at.record(&STRATEGY_ITEM)?;
        let number = |key, high, otherwise| match record.get(key) {
            Some(at) => at.integer(0, high).map(|number| number as u32),
            None => Some(otherwise),
        };
        let (weight, base) = (number("weight", 1_000, weight), number("base", 100_000, 0));
        let provider_at = record.get("capacityProvider")?;
        let provider = self.index(&provider_at);
        Some(Item {
            name: without_arn(provider_at.text()?, "capacity-provider").to_string(),
            at: provider_at,
            base_at: record.get("base").filter(|_| base != Some(0)),
            item: StrategyItem {
                provider: provider?,
                base: base?,
                weight: weight?,
            },
        })
    }

    /// Reports providers that are listed twice, several bases, and weights that are all 0.
    fn check(&self, at: &Cursor<'_>, items: &[Item<'_>]) {
        for (index, item) in items.iter().enumerate() {
            if items[..index].iter().any(|other| other.name == item.name) {
                item.at
                    .problem(format!("`{}` is listed twice", item.name))
                    .hint("keep one item, with both weights together")
                    .report();
            }
        }
        if let Some(second) = items.iter().filter_map(|item| item.base_at.as_ref()).nth(1) {
            second
                .problem("only one item can have a `base`")
                .hint("set the others to 0, or leave them out")
                .report();
        }
        if items.iter().all(|item| item.item.weight == 0) {
            let hint = match items.len() {
                0 => "give `{ capacityProvider: NAME, weight: 1 }`",
                1 => "write `weight: 1`",
                _ => "a weight is 0 unless it is written: add `weight: 1`",
            };
            at.problem("a capacity provider strategy needs one item with a weight above 0")
                .hint(hint)
                .report();
        }
        self.check_kinds(items);
    }

    /// Reports a strategy with providers of several kinds: EC2, Managed Instances and Fargate
    /// (facts/ecs.md 42).
    fn check_kinds(&self, items: &[Item<'_>]) {
        let kind = |item: &Item<'_>| self.cluster.providers[item.item.provider].capacity.kind();
        let Some(first) = items.first() else { return };
        if let Some(other) = items.iter().find(|item| kind(item) != kind(first)) {
            other
                .at
                .problem(format!(
                    "a strategy has one kind of capacity: `{}` is {}, `{}` is {}",
                    first.name,
                    kind(first),
                    other.name,
                    kind(other)
                ))
                .hint("split the work into two entries, or keep one kind")
                .report();
        }
    }
}
