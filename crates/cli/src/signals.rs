//! [`Signals`]: Ctrl-C and SIGTERM. The first lets the step at hand end and the state be saved; the second ends the
//! program at once, which no file minds, being replaced whole or not at all.

use crate::failure::Failure;
use signal_hook::consts::{self, SIGINT};
use signal_hook::flag;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

/// The number of the signal that asks a program to end.
pub(crate) const SIGTERM: u8 = consts::SIGTERM as u8;

/// Which signal has come.
#[derive(Clone, Debug)]
pub(crate) struct Signals {
    /// Its number; 0 for none.
    caught: Arc<AtomicUsize>,
}

impl Signals {
    /// Catches them from now on.
    pub(crate) fn catch() -> Result<Self, Failure> {
        Self::register().map_err(|error| Failure::Output(format!("signals: {error}")))
    }

    fn register() -> io::Result<Self> {
        let (again, caught) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicUsize::new(0)));
        for signal in [SIGINT, consts::SIGTERM] {
            // In the order of registration: so the first signal finds the flag still down.
            flag::register_conditional_shutdown(signal, 128 + signal, Arc::clone(&again))?;
            flag::register(signal, Arc::clone(&again))?;
            flag::register_usize(signal, Arc::clone(&caught), signal as usize)?;
        }
        Ok(Self { caught })
    }

    /// The number of the signal that has come.
    pub(crate) fn caught(&self) -> Option<u8> {
        match self.caught.load(Ordering::Relaxed) {
            0 => None,
            number => Some(number as u8),
        }
    }
}
