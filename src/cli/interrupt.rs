//! Ctrl-C: the first asks the runs to stop, the second ends the program at once.

use super::output::{Exit, Failure};
use std::sync::atomic::{AtomicBool, Ordering};

static STOP: AtomicBool = AtomicBool::new(false);

/// Listens for Ctrl-C (and a termination signal) from now on; true in the answer means stop.
/// To be called once.
///
/// # Errors
/// When the system does not let us listen.
pub fn listen() -> Result<&'static AtomicBool, Failure> {
    ctrlc::set_handler(|| {
        if STOP.swap(true, Ordering::Relaxed) {
            std::process::exit(Exit::Interrupted.code().into());
        }
    })
    .map_err(|error| Failure::message(format!("cannot listen for Ctrl-C: {error}")))?;
    Ok(&STOP)
}
