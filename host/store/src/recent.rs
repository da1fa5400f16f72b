//! The events that were written last.
//!
//! Whoever follows the journal nearly always asks for what was written a moment ago: a body that is to be taken, a message
//! that is to be sent. It is handed over in memory, and read from the disk when it has become too much to keep.

use std::collections::VecDeque;

use domain::event::Recorded;

/// What is kept, in bytes of the journal: the last seconds of a busy host, or two of the largest webhooks.
const KEPT: usize = 8 << 20;

/// Runs of events without a gap, oldest first.
#[derive(Default)]
pub(crate) struct Recent {
    runs: VecDeque<(Vec<Recorded>, usize)>,
    bytes: usize,
}

impl Recent {
    /// Takes in the events that follow.
    pub(crate) fn push(&mut self, events: Vec<Recorded>, bytes: usize) {
        self.runs.push_back((events, bytes));
        self.bytes += bytes;
        while self.bytes > KEPT
            && let Some((_, bytes)) = self.runs.pop_front()
        {
            self.bytes -= bytes;
        }
    }

    /// An event, if it is kept.
    pub(crate) fn get(&self, seq: u64) -> Option<Recorded> {
        let first = |events: &[Recorded]| events.first().map_or(u64::MAX, |event| event.seq);
        let after = self.runs.partition_point(|(events, _)| first(events) <= seq);
        let (run, _) = self.runs.get(after.checked_sub(1)?)?;
        run.get(usize::try_from(seq - first(run)).ok()?).cloned()
    }
}
