//! Writes `assumptions` in the form in which they are read, by the rows of
//! [`plan::ASSUMPTIONS`](crate::plan::ASSUMPTIONS).

use super::yaml::flow;
use crate::engine::random::Distribution;
use crate::plan::{ASSUMPTIONS, Assumption, Assumptions, Group, Kind};
use crate::scenario::reading::tree::{Entry, Node, Origin, Value};
use crate::units::{MIB, Memory, Ratio, Span};

/// All assumptions as they are written in a scenario, in the order of their table. Laws of a kind
/// that no default has are left out: they come from the scenario, whose own text is shown.
pub fn nodes(assumptions: &Assumptions, origin: Origin) -> Vec<Entry> {
    let write = Writer { origin };
    let rows = ASSUMPTIONS.iter();
    rows.filter_map(|row| Some(write.entry(row.key, write.value(row.kind, assumptions)?)))
        .collect()
}

/// The default of an assumption, as it is written in a scenario.
///
/// # Panics
/// When a default has a kind of law that [`nodes`] cannot write.
pub fn default_of(row: &Assumption) -> String {
    let origin = Origin {
        source: 0,
        start: 0,
        end: 0,
    };
    let node = Writer { origin }.value(row.kind, &Assumptions::default());
    flow(&node.expect("every default can be written"))
}

/// A size with its unit; in bytes if it is not a whole number of MiB, so that reading it gives the
/// same size.
fn size(size: Memory) -> String {
    match size.as_bytes() % MIB {
        0 => size.to_string(),
        _ => format!("{} B", size.as_bytes()),
    }
}

/// Makes nodes that all have the same place.
struct Writer {
    origin: Origin,
}

impl Writer {
    /// The value of an assumption; `None` for a law of a kind that no default has.
    fn value(&self, kind: Kind, assumptions: &Assumptions) -> Option<Node> {
        match kind {
            Kind::TimeLaw(place) => self.law((place.get)(assumptions), Self::seconds),
            Kind::ShareLaw(place) => self.law((place.get)(assumptions), Self::share),
            Kind::Duration(place) | Kind::DurationAboveZero(place, _) | Kind::Delay(place) => {
                self.text((place.get)(assumptions))
            }
            Kind::Durations(place) => self.list((place.get)(assumptions), |span| self.text(span)),
            Kind::Size(place) | Kind::ImageSize(place) => self.size(*(place.get)(assumptions)),
            Kind::Count(place, _) => self.text((place.get)(assumptions)),
            Kind::Decimal(place, _) => self.text((place.get)(assumptions)),
            Kind::Factor(place, ..) | Kind::PositiveFactor(place) => {
                self.text((place.get)(assumptions))
            }
            Kind::Rate(place) => self.per_second(*(place.get)(assumptions)),
            Kind::Rates(place) => {
                self.list((place.get)(assumptions), |rate| self.per_second(*rate))
            }
            Kind::Share(place) => self.share(*(place.get)(assumptions)),
            Kind::Shares(place) => self.list((place.get)(assumptions), |share| self.share(*share)),
            Kind::Ratio(place) | Kind::RatioAboveZero(place) => self.text((place.get)(assumptions)),
            Kind::Bool(place) => self.text((place.get)(assumptions)),
            Kind::Group(group) => self.group(group, assumptions),
        }
    }

    fn group(&self, group: &Group, assumptions: &Assumptions) -> Option<Node> {
        let entries = group.rows.iter();
        let entries: Option<Vec<Entry>> = entries
            .map(|row| Some(self.entry(row.key, self.value(row.kind, assumptions)?)))
            .collect();
        Some(Node {
            origin: self.origin,
            value: Value::Map(entries?),
        })
    }

    fn entry(&self, key: &str, node: Node) -> Entry {
        Entry {
            key: key.into(),
            origin: self.origin,
            node,
        }
    }

    fn text(&self, value: impl ToString) -> Option<Node> {
        Some(Node::text(value.to_string(), self.origin))
    }

    fn per_second(&self, bytes: u64) -> Option<Node> {
        self.text(format!("{}/s", size(Memory::bytes(bytes))))
    }

    fn size(&self, bytes: Memory) -> Option<Node> {
        self.text(size(bytes))
    }

    fn list<T>(&self, items: &[T], write: impl Fn(&T) -> Option<Node>) -> Option<Node> {
        let items: Option<Vec<Node>> = items.iter().map(write).collect();
        Some(Node {
            origin: self.origin,
            value: Value::List(items?),
        })
    }

    /// A share, rounded half up to the millionths in which it was read.
    fn share(&self, share: f64) -> Option<Node> {
        let millionths = (share * f64::from(Ratio::MILLIONTHS) + 0.5) as u32;
        self.text(Ratio::millionths(millionths)?)
    }

    /// A duration, rounded half up to the microseconds in which it was read.
    fn seconds(&self, seconds: f64) -> Option<Node> {
        self.text(Span::micros((seconds * 1e6 + 0.5) as u64))
    }

    fn map<const N: usize>(&self, entries: [(&str, Option<Node>); N]) -> Option<Node> {
        let entries: Option<Vec<Entry>> = entries
            .into_iter()
            .map(|(key, node)| Some(self.entry(key, node?)))
            .collect();
        Some(Node {
            origin: self.origin,
            value: Value::Map(entries?),
        })
    }

    /// A law whose values `of` writes; `None` for a kind that no default has.
    fn law(&self, law: &Distribution, of: fn(&Self, f64) -> Option<Node>) -> Option<Node> {
        match law {
            Distribution::Constant(value) => of(self, *value),
            Distribution::Exponential { mean } => {
                self.map([("exponential", self.map([("mean", of(self, *mean))]))])
            }
            Distribution::Uniform { low, high } => self.map([(
                "uniform",
                self.map([("low", of(self, *low)), ("high", of(self, *high))]),
            )]),
            Distribution::Power { maximum, exponent } => self.map([(
                "power",
                self.map([
                    ("maximum", of(self, *maximum)),
                    ("exponent", self.text(exponent)),
                ]),
            )]),
            Distribution::LogNormal { mu, sigma } => self.map([(
                "lognormal",
                self.map([
                    ("median", of(self, libm::exp(*mu))),
                    ("sigma", self.text(sigma)),
                ]),
            )]),
            Distribution::Shifted { by, law } => self.map([(
                "shifted",
                self.map([("by", of(self, *by)), ("law", self.law(law, of))]),
            )]),
            _ => None,
        }
    }
}
