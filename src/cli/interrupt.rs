//! Ctrl-C: the first sets the stop flag of all runs, the second ends the program at once.

use super::output::{Exit, Failure};
use std::sync::atomic::{AtomicBool, Ordering};

static STOP: AtomicBool = AtomicBool::new(false);

/// Installs the handler for Ctrl-C and for termination signals. The returned flag becomes true at
/// the first signal. To be called once per process.
///
/// # Errors
/// When the handler cannot be installed.
pub fn listen() -> Result<&'static AtomicBool, Failure> {
    ctrlc::set_handler(|| {
        if STOP.swap(true, Ordering::Relaxed) {
            std::process::exit(Exit::Interrupted.code().into());
        }
    })
    .map_err(|error| Failure::message(format!("cannot install a handler for Ctrl-C: {error}")))?;
    Ok(&STOP)
}
