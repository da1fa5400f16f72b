//! How many instances may live at once.
//!
//! A full pool is an error in wasmtime and not a wait, so the wait is here: as many permits as the pool has slots, one
//! taken before each instantiation and given back after the store is gone. Decisions are short, so a waiting thread
//! waits for micro- or milliseconds, and the operating system's own queue is good enough.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

pub(crate) struct Permits {
    counts: Mutex<Counts>,
    returned: Condvar,
}

#[derive(Default)]
struct Counts {
    free: usize,
    /// Who waits. Waking nobody is a call of the kernel too, and a decision has none to spare.
    waiting: usize,
}

impl Permits {
    pub(crate) fn new(count: usize) -> Self {
        Self { counts: Mutex::new(Counts { free: count, waiting: 0 }), returned: Condvar::new() }
    }

    /// Waits for one.
    pub(crate) fn take(&self) -> Permit<'_> {
        let mut counts = self.counts();
        while counts.free == 0 {
            counts.waiting += 1;
            counts = self.returned.wait(counts).unwrap_or_else(PoisonError::into_inner);
            counts.waiting -= 1;
        }
        counts.free -= 1;
        Permit(self)
    }

    /// A count cannot be left half-changed, so a panic elsewhere does not spoil it.
    fn counts(&self) -> MutexGuard<'_, Counts> {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

pub(crate) struct Permit<'a>(&'a Permits);

impl Drop for Permit<'_> {
    fn drop(&mut self) {
        let mut counts = self.0.counts();
        counts.free += 1;
        if counts.waiting > 0 {
            self.0.returned.notify_one();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    #[test]
    fn no_more_at_once_than_there_are() {
        let permits = Permits::new(2);
        let (now, most) = (AtomicUsize::new(0), AtomicUsize::new(0));
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    for _ in 0..50 {
                        let _permit = permits.take();
                        most.fetch_max(now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                        std::thread::yield_now();
                        now.fetch_sub(1, Ordering::SeqCst);
                    }
                });
            }
        });
        assert!(most.into_inner() <= 2);
        assert_eq!(permits.counts().free, 2);
    }
}
