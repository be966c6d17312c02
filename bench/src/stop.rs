//! Ctrl-C: what runs is left at the next step, so that everything that was started is stopped.

use std::sync::atomic::{AtomicBool, Ordering};

static STOPPED: AtomicBool = AtomicBool::new(false);

/// Listens for SIGINT and SIGTERM.
///
/// # Errors
/// What the operating system says.
pub(crate) fn listen() -> Result<(), String> {
    ctrlc::set_handler(|| STOPPED.store(true, Ordering::Relaxed))
        .map_err(|error| format!("cannot listen for Ctrl-C: {error}"))
}

/// An error once the user wants to stop.
pub(crate) fn check() -> Result<(), String> {
    if STOPPED.load(Ordering::Relaxed) { Err("interrupted".to_owned()) } else { Ok(()) }
}
