//! The writer: recovery, and one batch after the other.
//!
//! The order of things on the disk carries every promise. A batch is written, synced, and only then published and
//! acknowledged; a segment's head and its name are synced before its first batch is written; what is refused is cut off
//! before anything else is written. So there is never more than one unsynced thing, it is always the last one, and recovery
//! may treat whatever it finds there as unsaid.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use crate::disk::{Disk, DiskFile, Held};
use crate::error::{AppendError, OpenError};
use crate::format::{
    MAX_PAYLOAD, Position, SEGMENT_HEADER, SegmentHeader, encode_batch, payload_bytes, segment_name,
};
use crate::reader::{Reader, Shared};
use crate::scan::{self, Survey, Surveyed, TornTail, Window, cannot};
use crate::segment::Segment;

/// The lock that keeps a second writer out. It lies beside the segments and holds nothing.
const LOCK: &str = "lock";

/// A write buffer larger than this, in bytes, is not kept for the next batch.
const KEPT_BUFFER: usize = 4 << 20;

/// How a journal is written. All of it may differ from one opening to the next.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// The size in bytes at which a new segment is begun. A larger batch gets a segment of its own.
    pub segment_bytes: u64,
}

impl Default for Options {
    fn default() -> Options {
        Options { segment_bytes: 64 << 20 }
    }
}

/// What [`Journal::open`] found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recovery {
    /// The last entry; 0 when there is none.
    pub last_seq: u64,
    /// How many segments there are.
    pub segments: usize,
    /// What was cut off, if a crash had interrupted an append.
    pub torn: Option<TornTail>,
}

/// The one writer of a journal.
pub struct Journal {
    shared: Arc<Shared>,
    dir: PathBuf,
    options: Options,
    tip: Tip,
    buffer: Vec<u8>,
    poisoned: bool,
    _lock: Held,
}

/// The segment that is written, and where in it the next batch goes.
struct Tip {
    segment: Arc<Segment>,
    file: Arc<dyn DiskFile>,
    end: Position,
}

impl Journal {
    /// Opens the journal in `dir`, making it if there is none, and sees to its end: the remains of an interrupted append
    /// are cut off and reported, damage is refused.
    ///
    /// The last segment is read as a whole, of the others only the heads.
    pub fn open(disk: Arc<dyn Disk>, dir: &Path, options: Options) -> Result<(Journal, Recovery), OpenError> {
        disk.create_dir_all(dir).map_err(|e| cannot("create", dir, e))?;
        let lock = disk
            .lock(&dir.join(LOCK))
            .map_err(|e| cannot("lock", dir, e))?
            .ok_or_else(|| OpenError::InUse { dir: dir.to_path_buf() })?;

        let Survey { segments: surveyed, unborn } = scan::survey(disk.as_ref(), dir)?;
        if let Some(unborn) = &unborn {
            // Everything before it was synced before it was begun, so nothing there may be explained by the crash.
            if let Some(last) = surveyed.last() {
                last.check_sealed(disk.as_ref(), None, |_, _| {})?;
            }
            remove(disk.as_ref(), dir, &unborn.segment).map_err(|e| cannot("remove", &unborn.segment, e))?;
        }

        let mut segments: Vec<_> = surveyed
            .iter()
            .map(|found| Arc::new(Segment::new(found.path.clone(), found.header.first(), u64::MAX)))
            .collect();
        let (tip, torn) = match (surveyed.last(), segments.pop()) {
            (Some(found), Some(segment)) => mend(disk.as_ref(), dir, found, segment)?,
            _ => {
                let header = SegmentHeader { first_seq: 1, first_number: 1, previous: 0 };
                let tip = create(disk.as_ref(), dir, &header).map_err(|e| match e {
                    AppendError::Refused(e) | AppendError::Fatal(e) => cannot("begin a segment in", dir, e),
                    other => cannot("begin a segment in", dir, io::Error::other(other)),
                })?;
                (tip, None)
            }
        };
        segments.push(tip.segment.clone());

        let recovery =
            Recovery { last_seq: tip.end.seq - 1, segments: segments.len(), torn: unborn.or(torn) };
        let (segments, last_seq) = (RwLock::new(segments), AtomicU64::new(recovery.last_seq));
        let shared = Arc::new(Shared { disk, segments, last_seq });
        let (dir, buffer) = (dir.to_path_buf(), Vec::new());
        Ok((Journal { shared, dir, options, tip, buffer, poisoned: false, _lock: lock }, recovery))
    }

    /// The number that the next entry will have. The first of a journal is 1, and there are no gaps.
    pub fn next_seq(&self) -> u64 {
        self.tip.end.seq
    }

    /// A reader of this journal.
    pub fn reader(&self) -> Reader {
        Reader::new(self.shared.clone())
    }

    /// Appends `entries` as one batch, which is durable on return and visible to readers, and says the number of the first.
    /// No entries are no batch: nothing is written.
    ///
    /// One write and one sync; it blocks for as long as the disk takes.
    pub fn append(&mut self, entries: &[impl AsRef<[u8]>]) -> Result<u64, AppendError> {
        if self.poisoned {
            return Err(AppendError::Fatal(io::Error::other(
                "an earlier append failed in a way that nobody can mend",
            )));
        }
        let bytes = payload_bytes(entries);
        if bytes > MAX_PAYLOAD {
            return Err(AppendError::TooLarge { entries: entries.len(), bytes });
        }
        let first_seq = self.tip.end.seq;
        if entries.is_empty() {
            return Ok(first_seq);
        }
        let appended = self.write(entries);
        self.poisoned = matches!(appended, Err(AppendError::Fatal(_)));
        appended.map(|()| first_seq)
    }

    fn write(&mut self, entries: &[impl AsRef<[u8]>]) -> Result<(), AppendError> {
        let header = encode_batch(&mut self.buffer, self.tip.end, entries);
        if self.tip.end.offset > SEGMENT_HEADER
            && self.tip.end.offset + header.bytes() > self.options.segment_bytes
        {
            self.roll()?;
        }
        if let Err(refused) = self.tip.file.write_at(self.tip.end.offset, &self.buffer) {
            return Err(match self.cut() {
                Ok(()) => AppendError::Refused(refused),
                Err(e) => AppendError::Fatal(e),
            });
        }
        self.tip.file.sync_data().map_err(AppendError::Fatal)?;

        let next = self.tip.end.after(&header);
        self.tip.segment.learn(self.tip.end, next);
        self.tip.segment.settle(next);
        self.shared.last_seq.store(next.seq - 1, Ordering::Release);
        self.tip.end = next;
        if self.buffer.capacity() > KEPT_BUFFER {
            self.buffer = Vec::new();
        }
        Ok(())
    }

    /// Takes back what a refused write may have left. It is synced, or a crash could bring the whole batch back after its
    /// caller was told that it is not kept.
    fn cut(&self) -> io::Result<()> {
        if self.tip.file.len()? == self.tip.end.offset {
            return Ok(());
        }
        self.tip.file.truncate(self.tip.end.offset)?;
        self.tip.file.sync_data()
    }

    fn roll(&mut self) -> Result<(), AppendError> {
        let header = SegmentHeader {
            first_seq: self.tip.end.seq,
            first_number: self.tip.end.number,
            previous: self.tip.segment.first_seq(),
        };
        self.tip = create(self.shared.disk.as_ref(), &self.dir, &header)?;
        let mut segments = self.shared.segments.write().unwrap_or_else(PoisonError::into_inner);
        segments.push(self.tip.segment.clone());
        Ok(())
    }
}

/// Makes a segment that is durable, name and all, before anything is put into it.
fn create(disk: &dyn Disk, dir: &Path, header: &SegmentHeader) -> Result<Tip, AppendError> {
    let path = dir.join(segment_name(header.first_seq));
    let file = match begin(disk, &path, header) {
        Ok(file) => file,
        Err(refused) => {
            // A head that stayed behind would claim numbers which the segment before it may still use.
            let there = disk.list(dir).map_err(AppendError::Fatal)?.contains(&segment_name(header.first_seq));
            if there {
                remove(disk, dir, &path).map_err(AppendError::Fatal)?;
            }
            return Err(AppendError::Refused(refused));
        }
    };
    file.sync_data().and_then(|()| disk.sync_dir(dir)).map_err(AppendError::Fatal)?;
    let end = header.first();
    Ok(Tip { segment: Arc::new(Segment::new(path, end, end.offset)), file, end })
}

fn begin(disk: &dyn Disk, path: &Path, header: &SegmentHeader) -> io::Result<Arc<dyn DiskFile>> {
    let file: Arc<dyn DiskFile> = Arc::from(disk.open(path, true)?);
    file.write_at(0, &header.encode())?;
    Ok(file)
}

fn remove(disk: &dyn Disk, dir: &Path, segment: &Path) -> io::Result<()> {
    disk.remove(segment)?;
    disk.sync_dir(dir)
}

/// Brings the end of the last segment into a state that is known: what is torn is cut off, and what is good is durable.
///
/// The last batch may be one that a killed process had written but not synced, or, after a failed sync, one that the
/// operating system shows us from its cache and will never write. So it is written once more, over itself, and synced.
fn mend(
    disk: &dyn Disk,
    dir: &Path,
    found: &Surveyed,
    segment: Arc<Segment>,
) -> Result<(Tip, Option<TornTail>), OpenError> {
    let file = found.open(disk)?;
    let mut last_batch = 0;
    let (end, bytes) = found.check_last(&file, |at, header| {
        segment.learn(at, at.after(header));
        last_batch = at.offset;
    })?;

    let mend = || {
        if bytes > 0 {
            file.truncate(end.offset)?;
        }
        let mut window = Window::new(file.clone(), end.offset);
        file.write_at(last_batch, window.get(last_batch, end.offset - last_batch)?)?;
        file.sync_data()?;
        disk.sync_dir(dir)
    };
    mend().map_err(|e| cannot("mend the end of", &found.path, e))?;
    segment.settle(end);
    let torn = TornTail { segment: found.path.clone(), offset: end.offset, bytes };
    Ok((Tip { segment, file: file.clone(), end }, (bytes > 0).then_some(torn)))
}
