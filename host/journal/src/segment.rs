//! A segment that is known to be there, and the way to a batch in it.
//!
//! The index is sparse and made while walking: a mark every 16 KiB, so that a journal of any size costs memory by the
//! gigabyte and not by the event, and a lookup reads one chunk. The writer walks along with what it appends; a sealed segment
//! is walked when somebody first asks for something in it, and only as far as they ask.

use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use crate::disk::Disk;
use crate::error::ReadError;
use crate::format::{BatchHeader, Flaw, Position};
use crate::scan::Window;

/// The least distance between two marks, in bytes.
const STRIDE: u64 = 16 << 10;

pub(crate) struct Segment {
    path: PathBuf,
    first: Position,
    /// The byte before which nothing changes any more.
    settled: AtomicU64,
    walked: RwLock<Walked>,
}

struct Walked {
    /// Where some of the batches begin, in order; the first one always.
    marks: Vec<Position>,
    end: Position,
}

impl Segment {
    /// A segment of which everything before `settled` may be read.
    pub(crate) fn new(path: PathBuf, first: Position, settled: u64) -> Segment {
        let walked = RwLock::new(Walked { marks: vec![first], end: first });
        Segment { path, first, settled: AtomicU64::new(settled), walked }
    }

    pub(crate) fn first_seq(&self) -> u64 {
        self.first.seq
    }

    pub(crate) fn settled(&self) -> u64 {
        self.settled.load(Ordering::Acquire)
    }

    /// Lets readers see everything before `end`.
    pub(crate) fn settle(&self, end: Position) {
        self.settled.store(end.offset, Ordering::Release);
    }

    /// Opens the segment for reading. Files are not kept open: a journal may have more segments than a process may have files.
    pub(crate) fn window(&self, disk: &dyn Disk) -> Result<Window, ReadError> {
        let file = disk
            .open(&self.path, false)
            .map_err(|source| ReadError::Io { segment: self.path.clone(), source })?;
        Ok(Window::new(Arc::from(file), self.settled()))
    }

    /// The batch that holds `seq`, which the caller knows to be in this segment, at or behind `from`.
    pub(crate) fn locate(
        &self,
        window: &mut Window,
        from: Position,
        seq: u64,
    ) -> Result<(Position, BatchHeader), ReadError> {
        let mut at = from;
        loop {
            let header = window.header(at).map_err(|flaw| self.unreadable(at, flaw))?;
            let next = at.after(&header);
            self.learn(at, next);
            if seq < next.seq {
                return Ok((at, header));
            }
            at = next;
        }
    }

    /// Takes note of a batch that begins at `at` and is followed by `next`.
    pub(crate) fn learn(&self, at: Position, next: Position) {
        if self.walked.read().unwrap_or_else(PoisonError::into_inner).end != at {
            return;
        }
        let mut walked = self.walked.write().unwrap_or_else(PoisonError::into_inner);
        if walked.end != at {
            return;
        }
        walked.end = next;
        if walked.marks.last().is_none_or(|mark| at.offset - mark.offset >= STRIDE) {
            walked.marks.push(at);
        }
    }

    /// The nearest known batch that is not behind `seq`.
    pub(crate) fn mark_before(&self, seq: u64) -> Position {
        let walked = self.walked.read().unwrap_or_else(PoisonError::into_inner);
        let after = walked.marks.partition_point(|mark| mark.seq <= seq);
        let mark = after.checked_sub(1).and_then(|index| walked.marks.get(index));
        if walked.end.seq <= seq { walked.end } else { mark.copied().unwrap_or(self.first) }
    }

    pub(crate) fn unreadable(&self, at: Position, flaw: Flaw) -> ReadError {
        let segment = self.path.clone();
        match flaw {
            Flaw::Io(source) => ReadError::Io { segment, source },
            flaw => ReadError::Damaged { segment, offset: at.offset, why: flaw.to_string() },
        }
    }
}
