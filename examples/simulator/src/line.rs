//! A number of the company at work.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::books::Books;
use crate::options::Number;

/// A number of the company at work.
pub(crate) struct Line {
    pub(crate) number: Arc<Number>,
    books: Mutex<Books>,
    sent: AtomicU64,
}

impl Line {
    pub(crate) fn new(number: Number) -> Self {
        Self { number: Arc::new(number), books: Mutex::default(), sent: 0.into() }
    }

    pub(crate) fn books(&self) -> MutexGuard<'_, Books> {
        self.books.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How many messages it was asked to send and took.
    pub(crate) fn sent(&self) -> u64 {
        self.sent.load(Ordering::Relaxed)
    }

    /// Counts a message that it was asked to send and that was taken.
    pub(crate) fn count_sent(&self) {
        self.sent.fetch_add(1, Ordering::Relaxed);
    }
}
