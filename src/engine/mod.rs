//! The machinery of discrete-event simulation: agenda, loop, random streams, typed ids.
//! Nothing here depends on clusters; `tests/engine_queue.rs` plays a queue model of about
//! twenty lines with it.
//!
//! Events are handled in order of time, then [`Phase`], then insertion. A model may request one
//! *pass* per round of an instant, in phase [`Phase::Decide`]. The pass is a flag of the model,
//! not an entry of the agenda, so that several requests cause one pass. A pass may schedule
//! events of an earlier phase for the same instant: they are handled next, and the model may
//! then request another pass of that instant.

mod agenda;
mod heap;
mod ids;
mod phase;
mod play;
pub mod random;
mod reader;
mod ring;

pub use agenda::Agenda;
pub use ids::Slab;
pub(crate) use ids::typed_id;
pub use phase::{Phase, Scheduled};
pub(crate) use play::tell;
pub use play::{Context, Ended, Model, Watcher, play, play_watched};
pub use reader::Reader;
