//! Random streams and the laws that are drawn from them.
//!
//! A draw is keyed by (seed, purpose, name of the entity, ordinal of creation, draw number), so
//! that changing one part of a scenario changes no draw of another part. [`StreamKey`] composes the
//! key and gives a [`Stream`].
//!
//! `rand`'s traits are the interface. A [`Stream`] is a `rand` generator. A [`Distribution`] is
//! a `rand` distribution of `f64`: it can be sampled with any generator, and
//! [`Distribution::custom`] takes any distribution of the ecosystem wherever a law is taken.
//! A [`CountLaw`] is the same for whole counts.
//!
//! All mathematics is `libm`'s, so that every platform draws the same numbers. [`Portable`]
//! gives the laws of `rand_distr` that mathematics.

mod ahead;
mod binomial;
mod count;
mod custom;
mod distribution;
mod key;
mod mixture;
mod normal;
#[cfg(test)]
mod oracle;
mod portable;
mod purpose;
mod shares;
mod splitmix;
mod stream;

pub use ahead::Ahead;
pub use binomial::Binomial;
pub use count::CountLaw;
pub use custom::CustomLaw;
pub use distribution::Distribution;
pub use key::StreamKey;
pub use mixture::Mixture;
pub use normal::normal_quantile;
pub use portable::Portable;
pub use purpose::Purpose;
pub use shares::dirichlet_shares;
pub use splitmix::{SplitMix64, mix64};
pub use stream::{Stream, below, unit};
