//! Random streams and the laws that are drawn from them.

mod distribution;

pub use distribution::Distribution;
