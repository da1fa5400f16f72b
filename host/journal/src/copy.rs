//! Copying a journal, also while it is being written.
//!
//! What is durable never changes, so a copy needs no pause and no lock: it ends with a batch, and everything before it is
//! what it is for ever. Segments are put in place one after the other, each whole and synced, so that a copy that is
//! interrupted is a shorter copy. What an earlier copy brought is kept, after a look at whether it is of the same journal;
//! and in the end every byte of the copy is read and checked.

use std::io;
use std::path::{Path, PathBuf};

use thiserror::Error;

use crate::disk::{Disk, DiskFile};
use crate::error::OpenError;
use crate::format::{BatchHeader, Position, segment_name};
use crate::scan::{Surveyed, Window, cannot, survey};
use crate::verify::{Verified, verify};

/// How much is read at once, in bytes.
const PIECE: usize = 1 << 20;

/// How much of a segment tells that it is the same one, in bytes: its head, and its first batches with their times.
const TELLING: u64 = 64 << 10;

/// What was copied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Copied {
    /// Segments that were written.
    pub written: usize,
    /// Segments that an earlier copy had brought.
    pub kept: usize,
    /// What all of the copy holds, checked after it was written.
    pub verified: Verified,
}

/// Why a journal could not be copied.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum CopyError {
    /// One of the two cannot be read or written.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The target holds something else.
    #[error(
        "{} is no copy of this journal: the target holds another one, or more than this one. Copy into an empty directory",
        segment.display()
    )]
    Foreign {
        /// What is in the target.
        segment: PathBuf,
    },
}

/// Copies the journal in `from` to `to`, up to the entry `until` or the last before it that ends a batch.
pub fn copy(disk: &dyn Disk, from: &Path, to: &Path, until: u64) -> Result<Copied, CopyError> {
    disk.create_dir_all(to).map_err(|e| cannot("create", to, e))?;
    let segments = survey(disk, from)?.segments;
    let there = survey(disk, to)?.segments;
    for copied in &there {
        let same = segments.iter().find(|segment| segment.header.first_seq == copied.header.first_seq);
        if !same.map_or(Ok(false), |same| is_beginning(disk, copied, same))? {
            return Err(CopyError::Foreign { segment: copied.path.clone() });
        }
    }
    let (mut written, mut kept) = (0, 0);
    for (index, segment) in segments.iter().enumerate() {
        if segment.header.first_seq > until {
            break;
        }
        let source = segment.open(disk)?;
        let next = segments.get(index + 1).filter(|next| next.header.first_seq <= until);
        let length = match next {
            Some(_) => source.len().map_err(|e| cannot("read", &segment.path, e))?,
            None => end(segment, &source, until)?,
        };
        let target = to.join(segment_name(segment.header.first_seq));
        let known = there.iter().find(|copied| copied.header.first_seq == segment.header.first_seq);
        let before = match known {
            Some(known) => known.open(disk)?.len().map_err(|e| cannot("read", &known.path, e))?,
            None => 0,
        };
        if before > length {
            return Err(CopyError::Foreign { segment: target });
        }
        if before == length {
            kept += 1;
        } else {
            put(disk, &*source, length, &target).map_err(|e| cannot("copy to", &target, e))?;
            written += 1;
        }
    }
    Ok(Copied { written, kept, verified: verify(disk, to, &mut |_| {})? })
}

/// Where the last batch ends that has no entry behind `until`.
fn end(segment: &Surveyed, file: &std::sync::Arc<dyn DiskFile>, until: u64) -> Result<u64, OpenError> {
    let mut end = segment.header.first();
    let mut window = Window::new(file.clone(), u64::MAX);
    let each = |at: Position, header: &BatchHeader| {
        let next = at.after(header);
        if next.seq.saturating_sub(1) <= until {
            end = next;
        }
    };
    window.walk(segment.header.first(), each).map_err(|e| cannot("read", &segment.path, e))?;
    Ok(end.offset)
}

fn is_beginning(disk: &dyn Disk, copied: &Surveyed, segment: &Surveyed) -> Result<bool, OpenError> {
    let mut ours = Window::new(copied.open(disk)?, TELLING);
    let ours = ours.get(0, TELLING).map_err(|e| cannot("read", &copied.path, e))?;
    let mut theirs = Window::new(segment.open(disk)?, ours.len() as u64);
    let theirs = theirs.get(0, ours.len() as u64).map_err(|e| cannot("read", &segment.path, e))?;
    Ok(ours == theirs)
}

/// Writes the first `length` bytes under another name, and gives them theirs when they are durable.
fn put(disk: &dyn Disk, source: &dyn DiskFile, length: u64, target: &Path) -> io::Result<()> {
    let fresh = target.with_extension("new");
    let file = disk.open(&fresh, true)?;
    file.truncate(0)?;
    let mut piece = vec![0; PIECE];
    let mut at = 0;
    while at < length {
        let want = usize::try_from(length - at).unwrap_or(PIECE).min(PIECE);
        let read = source.read_at(at, piece.get_mut(..want).unwrap_or_default())?;
        if read == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        file.write_at(at, piece.get(..read).unwrap_or_default())?;
        at += read as u64;
    }
    file.sync_data()?;
    disk.rename(&fresh, target)?;
    target.parent().map_or(Ok(()), |dir| disk.sync_dir(dir))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::{Journal, Options, Reader, SimDisk};

    fn appended(disk: &SimDisk, dir: &str, from: u64, to: u64) {
        let options = Options { segment_bytes: 400 };
        let (mut journal, _) = Journal::open(Arc::new(disk.clone()), Path::new(dir), options).unwrap();
        for n in from..=to {
            journal.append(&[format!("{dir} entry {n}, of some length")]).unwrap();
        }
    }

    fn entries(disk: &SimDisk, dir: &str) -> Vec<Vec<u8>> {
        let reader = Reader::open_beside(Arc::new(disk.clone()), Path::new(dir)).unwrap();
        (1..=reader.last_seq()).map(|seq| reader.read(seq).unwrap().unwrap()).collect()
    }

    #[test]
    fn a_copy_ends_where_it_was_told_to_and_a_later_one_brings_only_what_is_new() {
        let disk = SimDisk::new(1);
        appended(&disk, "/live", 1, 30);
        let copied = copy(&disk, Path::new("/live"), Path::new("/copy"), 17).unwrap();
        assert_eq!(copied.verified.entries, 17);
        assert_eq!(entries(&disk, "/copy"), entries(&disk, "/live")[..17]);
        appended(&disk, "/live", 31, 60);
        let again = copy(&disk, Path::new("/live"), Path::new("/copy"), u64::MAX).unwrap();
        assert!(again.kept >= copied.written - 1 && again.written > 0, "{again:?}");
        assert_eq!(entries(&disk, "/copy"), entries(&disk, "/live"));
        let third = copy(&disk, Path::new("/live"), Path::new("/copy"), u64::MAX).unwrap();
        assert_eq!(third.written, 0);
    }

    #[test]
    fn a_target_that_holds_another_journal_is_left_alone() {
        let disk = SimDisk::new(2);
        appended(&disk, "/live", 1, 10);
        appended(&disk, "/other", 1, 10);
        let before = entries(&disk, "/other");
        let refused = copy(&disk, Path::new("/live"), Path::new("/other"), u64::MAX);
        assert!(matches!(refused, Err(CopyError::Foreign { .. })));
        assert_eq!(entries(&disk, "/other"), before);
    }
}
