//! The `ecsim` program.
fn main() {}
