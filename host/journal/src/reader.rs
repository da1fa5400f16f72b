//! Reading what is durable, beside whoever writes.
//!
//! A reader sees a batch only once the sync that covers it has returned: the writer publishes the last entry after that, and
//! a reader never looks behind it. Otherwise something could be acted upon that the next power loss takes back.

use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use crate::disk::Disk;
use crate::error::{OpenError, ReadError};
use crate::format::{BatchHeader, Entries, Position};
use crate::scan::{self, Window};
use crate::segment::Segment;

/// Reads a journal. Cheap to clone; any number of them work beside the writer and each other.
#[derive(Clone)]
pub struct Reader {
    shared: Arc<Shared>,
}

/// What the writer and its readers have in common.
pub(crate) struct Shared {
    pub(crate) disk: Arc<dyn Disk>,
    pub(crate) segments: RwLock<Vec<Arc<Segment>>>,
    pub(crate) last_seq: AtomicU64,
}

impl Reader {
    pub(crate) fn new(shared: Arc<Shared>) -> Reader {
        Reader { shared }
    }

    /// Reads a journal that another process may be writing, as it is at this moment; nothing is ever written to it. What
    /// is incomplete at its end, be it torn or just being written, is where it ends for this reader. The last batch may be
    /// one that is not durable yet.
    pub fn open_beside(disk: Arc<dyn Disk>, dir: &Path) -> Result<Reader, OpenError> {
        let surveyed = scan::survey(disk.as_ref(), dir)?.segments;
        let mut segments = Vec::with_capacity(surveyed.len());
        let mut last_seq = 0;
        for (index, found) in surveyed.iter().enumerate() {
            let first = found.header.first();
            let segment = Arc::new(Segment::new(found.path.clone(), first, u64::MAX));
            if index + 1 == surveyed.len() {
                let mut window = Window::new(found.open(disk.as_ref())?, u64::MAX);
                let (end, _flaw) = window
                    .walk(first, |at, header| segment.learn(at, at.after(header)))
                    .map_err(|e| scan::cannot("read", &found.path, e))?;
                segment.settle(end);
                last_seq = end.seq.saturating_sub(1);
            }
            segments.push(segment);
        }
        let (segments, last_seq) = (RwLock::new(segments), AtomicU64::new(last_seq));
        Ok(Reader::new(Arc::new(Shared { disk, segments, last_seq })))
    }

    /// The last durable entry; 0 when there is none.
    pub fn last_seq(&self) -> u64 {
        self.shared.last_seq.load(Ordering::Acquire)
    }

    /// The entry `seq`, or `None` when there is none of that number (yet).
    pub fn read(&self, seq: u64) -> Result<Option<Vec<u8>>, ReadError> {
        Ok(self.batch(seq)?.and_then(|batch| batch.get(seq).map(<[u8]>::to_vec)))
    }

    /// The whole batch that holds the entry `seq`, or `None` when there is none (yet).
    pub fn batch(&self, seq: u64) -> Result<Option<Batch>, ReadError> {
        if seq > self.last_seq() {
            return Ok(None);
        }
        let Some(segment) = self.segment_of(seq) else { return Ok(None) };
        let mut window = segment.window(self.shared.disk.as_ref())?;
        let (at, header) = segment.locate(&mut window, segment.mark_before(seq), seq)?;
        Batch::take(&segment, &mut window, at, &header).map(Some)
    }

    /// The batches in order, from the one that holds `from_seq` (0 and 1 are the beginning).
    ///
    /// Each step goes up to what is durable at that moment: after a `None` the iterator goes on when more was appended. After
    /// an error it has ended.
    pub fn batches(&self, from_seq: u64) -> Batches {
        Batches { reader: self.clone(), seq: from_seq.max(1), place: None, failed: false }
    }

    fn segment_of(&self, seq: u64) -> Option<Arc<Segment>> {
        let segments = self.shared.segments.read().unwrap_or_else(PoisonError::into_inner);
        let after = segments.partition_point(|segment| segment.first_seq() <= seq);
        segments.get(after.checked_sub(1)?).cloned()
    }
}

/// The iterator of [`Reader::batches`].
pub struct Batches {
    reader: Reader,
    seq: u64,
    place: Option<Place>,
    failed: bool,
}

/// Where the next batch is expected.
struct Place {
    segment: Arc<Segment>,
    window: Window,
    at: Position,
}

impl Batches {
    fn step(&mut self) -> Result<Option<Batch>, ReadError> {
        let Some(segment) = self.reader.segment_of(self.seq) else { return Ok(None) };
        let place = match &mut self.place {
            Some(place) if Arc::ptr_eq(&place.segment, &segment) => {
                place.window.extend(segment.settled());
                place
            }
            elsewhere => {
                let window = segment.window(self.reader.shared.disk.as_ref())?;
                let at = segment.mark_before(self.seq);
                elsewhere.insert(Place { segment, window, at })
            }
        };
        let (at, header) = place.segment.locate(&mut place.window, place.at, self.seq)?;
        let batch = Batch::take(&place.segment, &mut place.window, at, &header)?;
        place.at = at.after(&header);
        self.seq = place.at.seq;
        Ok(Some(batch))
    }
}

impl Iterator for Batches {
    type Item = Result<Batch, ReadError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.failed || self.seq > self.reader.last_seq() {
            return None;
        }
        let step = self.step();
        self.failed = step.is_err();
        step.transpose()
    }
}

/// A batch as it was appended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Batch {
    /// The number of its first entry; the others follow without gaps.
    pub first_seq: u64,
    /// Its own number; the first batch of a journal is 1.
    pub number: u64,
    count: u32,
    payload: Vec<u8>,
}

impl Batch {
    fn take(
        segment: &Segment,
        window: &mut Window,
        at: Position,
        header: &BatchHeader,
    ) -> Result<Batch, ReadError> {
        let payload = window.payload(at.offset, header).map_err(|flaw| segment.unreadable(at, flaw))?;
        let (first_seq, number, count) = (header.first_seq, header.number, header.count);
        Ok(Batch { first_seq, number, count, payload: payload.to_vec() })
    }

    /// Its entries in order, each with its number.
    pub fn entries(&self) -> impl Iterator<Item = (u64, &[u8])> {
        (self.first_seq..).zip(Entries(&self.payload))
    }

    /// The entry `seq`, if it is in this batch.
    pub fn get(&self, seq: u64) -> Option<&[u8]> {
        let index = seq.checked_sub(self.first_seq)?;
        Entries(&self.payload).nth(usize::try_from(index).ok()?)
    }

    /// How many entries it has; at least 1.
    pub fn count(&self) -> u32 {
        self.count
    }

    /// The number of its last entry.
    pub fn last_seq(&self) -> u64 {
        self.first_seq + u64::from(self.count) - 1
    }
}
