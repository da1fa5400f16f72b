//! What the rest of the world has to supply.
//!
//! The clock and randomness are passed in wherever they are needed, or a simulation from a seed would be impossible and
//! could not be added later.

use crate::Time;

/// Tells the time.
pub trait Clock: Send + Sync + 'static {
    /// The present moment, rounded down to the millisecond.
    fn now(&self) -> Time;
}

/// Supplies unpredictable bytes: identifiers, nonces and keys are made of them.
pub trait Entropy: Send + Sync + 'static {
    /// Fills the whole of `bytes`.
    fn fill(&self, bytes: &mut [u8]);
}
