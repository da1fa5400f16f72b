//! Reading segments when it is not yet known what can be believed.
//!
//! Opening, verifying and looking beside a running host ask the same two questions: do the heads of the segments follow each
//! other, and where do the good batches of a segment end? What stands behind that end decides between two stories. A batch
//! is synced before the next is written, so at most the last one is unsynced: if a good batch with a later number follows the
//! bad one, the bad one was once durable and is damage. If none does, it is the batch the crash interrupted, which nobody was
//! told of, however strangely its pages survived.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::disk::{Disk, DiskFile};
use crate::error::OpenError;
use crate::format::{
    BATCH_HEADER, BatchHeader, Flaw, Position, SEGMENT_HEADER, SegmentHeader, parse_segment_name,
};

/// How much is read at once, in bytes: enough that small batches cost few calls, little enough for a single lookup.
const CHUNK: u64 = 32 << 10;

/// A file seen through a buffer.
pub(crate) struct Window {
    file: Arc<dyn DiskFile>,
    start: u64,
    bytes: Vec<u8>,
    limit: u64,
}

impl Window {
    /// Looks at the bytes of `file` before `limit`. What lies behind may still change and must not be remembered.
    pub(crate) fn new(file: Arc<dyn DiskFile>, limit: u64) -> Window {
        Window { file, start: 0, bytes: Vec::new(), limit }
    }

    /// Lets the window see further.
    pub(crate) fn extend(&mut self, limit: u64) {
        self.limit = limit;
    }

    /// The `length` bytes at `offset`, or what there is of them before the limit or the end of the file.
    pub(crate) fn get(&mut self, offset: u64, length: u64) -> io::Result<&[u8]> {
        let held = self.start..=self.start.saturating_add(self.bytes.len() as u64);
        if !held.contains(&offset) || !held.contains(&offset.saturating_add(length)) {
            self.fill(offset, length.max(CHUNK).min(self.limit.saturating_sub(offset)))?;
        }
        let from = (offset - self.start) as usize;
        let to = from.saturating_add(length as usize).min(self.bytes.len());
        Ok(self.bytes.get(from..to).unwrap_or_default())
    }

    fn fill(&mut self, offset: u64, length: u64) -> io::Result<()> {
        let mut bytes = vec![0; length as usize];
        let mut filled = 0;
        while let Some(rest) = bytes.get_mut(filled..).filter(|rest| !rest.is_empty()) {
            match self.file.read_at(offset.saturating_add(filled as u64), rest)? {
                0 => break,
                read => filled += read,
            }
        }
        bytes.truncate(filled);
        (self.start, self.bytes) = (offset, bytes);
        Ok(())
    }

    /// The header of the batch that is due at `at`; only that of what follows is not looked at.
    pub(crate) fn header(&mut self, at: Position) -> Result<BatchHeader, Flaw> {
        BatchHeader::decode(self.get(at.offset, BATCH_HEADER)?)?.in_turn(at)
    }

    /// The payload behind `header` at `offset`, with its checksum confirmed.
    pub(crate) fn payload(&mut self, offset: u64, header: &BatchHeader) -> Result<&[u8], Flaw> {
        let payload = self.get(offset.saturating_add(BATCH_HEADER), u64::from(header.length))?;
        header.check(payload)?;
        Ok(payload)
    }

    /// Walks over good batches from `at`, and says where the next one is due and what is wrong with what stands there;
    /// nothing is, if the file ends exactly there.
    pub(crate) fn walk(
        &mut self,
        mut at: Position,
        mut each: impl FnMut(Position, &BatchHeader),
    ) -> io::Result<(Position, Option<Flaw>)> {
        loop {
            if self.get(at.offset, 1)?.is_empty() {
                return Ok((at, None));
            }
            let header = match self.good(at) {
                Ok(header) => header,
                Err(Flaw::Io(e)) => return Err(e),
                Err(flaw) => return Ok((at, Some(flaw))),
            };
            each(at, &header);
            at = at.after(&header);
        }
    }

    fn good(&mut self, at: Position) -> Result<BatchHeader, Flaw> {
        let header = self.header(at)?;
        self.payload(at.offset, &header)?;
        Ok(header)
    }

    /// The first good batch behind the bad one at `bad` that was written after it, at any byte.
    fn later(&mut self, bad: Position) -> io::Result<Option<Position>> {
        // A header that is whole says truly how far its payload goes, and nothing inside a payload is a batch.
        let mut offset = match self.header(bad) {
            Ok(header) => bad.after(&header).offset,
            Err(_) => bad.offset,
        };
        loop {
            let bytes = self.get(offset, CHUNK)?.to_vec();
            for (at, header) in (offset..).zip(bytes.windows(BATCH_HEADER as usize).map(BatchHeader::decode))
            {
                if let Ok(header) = header
                    && self.is_later(at, &header, bad)?
                {
                    return Ok(Some(Position { offset: at, seq: header.first_seq, number: header.number }));
                }
            }
            if (bytes.len() as u64) < CHUNK {
                return Ok(None);
            }
            offset += CHUNK - (BATCH_HEADER - 1);
        }
    }

    fn is_later(&mut self, at: u64, header: &BatchHeader, bad: Position) -> io::Result<bool> {
        // The bad batch and every one in between has at least one entry.
        let batches = header.number.saturating_sub(bad.number);
        if batches == 0 || header.first_seq.saturating_sub(bad.seq) < batches {
            return Ok(false);
        }
        match self.payload(at, header) {
            Ok(_) => Ok(true),
            Err(Flaw::Io(e)) => Err(e),
            Err(_) => Ok(false),
        }
    }
}

/// The remains of a batch (or of a new segment) that a crash interrupted. It was never acknowledged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TornTail {
    /// The file.
    pub segment: PathBuf,
    /// Where in it the remains begin, in bytes; 0 when the segment itself had not come into being.
    pub offset: u64,
    /// How many bytes they are.
    pub bytes: u64,
}

/// A segment whose head was read and fits to its neighbours.
pub(crate) struct Surveyed {
    pub(crate) path: PathBuf,
    pub(crate) header: SegmentHeader,
}

impl Surveyed {
    pub(crate) fn open(&self, disk: &dyn Disk) -> Result<Arc<dyn DiskFile>, OpenError> {
        open(disk, &self.path)
    }

    /// Checks all of a segment that is followed by the one with the head `next`: it must be whole, and end where that begins.
    pub(crate) fn check_sealed(
        &self,
        disk: &dyn Disk,
        next: Option<&SegmentHeader>,
        each: impl FnMut(Position, &BatchHeader),
    ) -> Result<(), OpenError> {
        let mut window = Window::new(self.open(disk)?, u64::MAX);
        let (end, flaw) =
            window.walk(self.header.first(), each).map_err(|e| cannot("read", &self.path, e))?;
        if let Some(flaw) = flaw {
            return Err(damaged(&self.path, end.offset, flaw));
        }
        match next {
            Some(next) if (end.seq, end.number) != (next.first_seq, next.first_number) => {
                let why = format!(
                    "it ends before batch {} with entry {}, but the next segment begins with batch {} and entry {}",
                    end.number, end.seq, next.first_number, next.first_seq
                );
                Err(OpenError::Damaged { segment: self.path.clone(), offset: end.offset, why })
            }
            _ => Ok(()),
        }
    }

    /// Checks the segment that is being written: where its good batches end, and how many bytes of a torn one follow.
    pub(crate) fn check_last(
        &self,
        file: &Arc<dyn DiskFile>,
        each: impl FnMut(Position, &BatchHeader),
    ) -> Result<(Position, u64), OpenError> {
        let unread = |e| cannot("read", &self.path, e);
        let mut window = Window::new(file.clone(), u64::MAX);
        let (end, flaw) = window.walk(self.header.first(), each).map_err(unread)?;
        let Some(flaw) = flaw else { return Ok((end, 0)) };
        // A whole header can only be out of turn or in an unknown format if somebody wrote it so.
        if matches!(flaw, Flaw::Newer(_) | Flaw::OutOfTurn { .. }) {
            return Err(damaged(&self.path, end.offset, flaw));
        }
        if let Some(later) = window.later(end).map_err(unread)? {
            let why = format!(
                "{flaw}, where batch {} with entry {} is due, and yet the later batch {} is good at byte {}",
                end.number, end.seq, later.number, later.offset
            );
            return Err(OpenError::Damaged { segment: self.path.clone(), offset: end.offset, why });
        }
        let length = file.len().map_err(unread)?;
        Ok((end, length.saturating_sub(end.offset)))
    }
}

/// The segments of a journal, in order, as far as their heads tell.
pub(crate) struct Survey {
    pub(crate) segments: Vec<Surveyed>,
    /// The last one, if a crash left it without a head and therefore without any batch.
    pub(crate) unborn: Option<TornTail>,
}

/// Reads the heads of all segments in `dir`, and checks that they follow each other.
pub(crate) fn survey(disk: &dyn Disk, dir: &Path) -> Result<Survey, OpenError> {
    let names = disk.list(dir).map_err(|e| cannot("list", dir, e))?;
    let mut names =
        names.iter().filter_map(|name| Some((parse_segment_name(name)?, dir.join(name)))).peekable();
    let mut segments: Vec<Surveyed> = Vec::new();
    while let Some((first_seq, path)) = names.next() {
        let bad = |why: &str| OpenError::Damaged { segment: path.clone(), offset: 0, why: why.to_owned() };
        let file = open(disk, &path)?;
        let mut window = Window::new(file.clone(), SEGMENT_HEADER);
        let bytes = window.get(0, SEGMENT_HEADER).map_err(|e| cannot("read", &path, e))?;
        let header = match SegmentHeader::decode(bytes) {
            Ok(Some(header)) => header,
            Err(version) => return Err(OpenError::Newer { segment: path, offset: 0, version }),
            Ok(None) => {
                let length = file.len().map_err(|e| cannot("read", &path, e))?;
                // The head is synced before the first batch is written: with anything behind it, it was once good.
                if length > SEGMENT_HEADER || names.peek().is_some() {
                    return Err(bad("the head of the segment is not what was written"));
                }
                let unborn = Some(TornTail { segment: path, offset: 0, bytes: length });
                return Ok(Survey { segments, unborn });
            }
        };
        if header.first_seq != first_seq {
            return Err(bad("the file was renamed: its head names another first entry"));
        }
        let (before, number) =
            segments.last().map_or((0, 0), |last| (last.header.first_seq, last.header.first_number));
        if header.previous != before {
            return Err(OpenError::Missing { segment: path, expected: header.previous, found: before });
        }
        let batches = header.first_number.saturating_sub(number);
        if batches == 0 || first_seq.saturating_sub(before) < batches || (before == 0 && first_seq != 1) {
            return Err(bad(
                "the first entry and batch of the segment do not follow those of the one before",
            ));
        }
        segments.push(Surveyed { path, header });
    }
    Ok(Survey { segments, unborn: None })
}

pub(crate) fn open(disk: &dyn Disk, path: &Path) -> Result<Arc<dyn DiskFile>, OpenError> {
    disk.open(path, false).map(Arc::from).map_err(|e| cannot("open", path, e))
}

pub(crate) fn cannot(what: &'static str, path: &Path, source: io::Error) -> OpenError {
    OpenError::Io { what, path: path.to_path_buf(), source }
}

pub(crate) fn damaged(segment: &Path, offset: u64, flaw: Flaw) -> OpenError {
    let segment = segment.to_path_buf();
    match flaw {
        Flaw::Newer(version) => OpenError::Newer { segment, offset, version },
        Flaw::Io(source) => OpenError::Io { what: "read", path: segment, source },
        flaw => OpenError::Damaged { segment, offset, why: flaw.to_string() },
    }
}
