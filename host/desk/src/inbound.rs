//! How many messages came in, for who paces what goes out: Meta counts both together.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use domain::id::NumberId;

/// Messages of customers since they were last asked for, by number.
#[derive(Default)]
pub(crate) struct Inbound(Mutex<HashMap<NumberId, u32>>);

impl Inbound {
    /// One came.
    pub(crate) fn came(&self, number: &NumberId) {
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match counts.get_mut(number) {
            Some(count) => *count = count.saturating_add(1),
            None => drop(counts.insert(number.clone(), 1)),
        }
    }

    /// All that came.
    pub(crate) fn take(&self) -> HashMap<NumberId, u32> {
        std::mem::take(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
