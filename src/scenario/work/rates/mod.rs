//! Reads rates of requests over time: `requestsPerSecond` and the shapes within it.

mod calendar;
mod chance;
mod level;
mod shapes;
mod trends;

pub use level::{Ground, missing};
pub use shapes::rates;
