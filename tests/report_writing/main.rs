//! What reports look like, and that they are written whole or not at all.

mod bills;
mod bridge;
mod fake;
mod files;
mod folder;
mod metrics;
mod page;
mod plots;
mod served;
mod service_level;
mod terminal;
mod truth;
mod undone;
mod users;
