//! What can go wrong, in sentences that say where and what to do next.
//!
//! The three situations are kept apart because they end differently: a journal that does not open needs a person, an append
//! that failed needs its caller to say no or the process to end, and a read that failed concerns one place on the disk.

use std::io;
use std::path::PathBuf;

use thiserror::Error;

use crate::format::MAX_PAYLOAD;

/// Why a journal cannot be opened or did not pass [`verify`](crate::verify()).
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum OpenError {
    /// Bytes that were once durable are not what was written.
    #[error(
        "the journal is damaged: {} at byte {offset}: {why}. Nothing was changed. \
         Copy the directory, check the disk, and restore this segment from a backup", segment.display()
    )]
    Damaged {
        /// The file.
        segment: PathBuf,
        /// Where in it the first thing that is wrong begins, in bytes.
        offset: u64,
        /// What is wrong there.
        why: String,
    },

    /// A segment in the middle is gone.
    #[error(
        "the journal is damaged: a segment is missing before {}, which follows the one that begins with entry {expected}, \
         but the one found begins with entry {found}. Restore the missing file from a backup", segment.display()
    )]
    Missing {
        /// The segment after the gap.
        segment: PathBuf,
        /// The first entry of the segment that should precede it; 0 if it should be the first of the journal.
        expected: u64,
        /// The first entry of the segment that does; 0 if none does.
        found: u64,
    },

    /// The bytes are in a form that this release does not know.
    #[error(
        "{} at byte {offset} is written in format {version}, which this release does not read. \
         Run the release that wrote it, or a later one", segment.display()
    )]
    Newer {
        /// The file.
        segment: PathBuf,
        /// Where in it, in bytes.
        offset: u64,
        /// The format it names.
        version: u32,
    },

    /// Another process (or another [`Journal`](crate::Journal) of this one) writes here.
    #[error("the journal in {} is in use by another process; stop that one first, or read beside it", dir.display())]
    InUse {
        /// The directory.
        dir: PathBuf,
    },

    /// The operating system said no.
    #[error("cannot {what} {}: {source}. Check that the disk is there, has room and may be written", path.display())]
    Io {
        /// What was tried: a verb.
        what: &'static str,
        /// On what.
        path: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
}

/// Why a batch was not appended.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum AppendError {
    /// The disk did not take the batch (no space, read-only, ...). It was cut off again, nothing of it is kept, and the
    /// caller may go on or try again.
    #[error(
        "the disk refused the write, nothing was kept: {0}. Make room; appending may be tried again at any time"
    )]
    Refused(#[source] io::Error),

    /// The batch is larger than the journal takes. Nothing was written.
    #[error(
        "a batch of {entries} entries and {bytes} bytes is more than the {MAX_PAYLOAD} bytes a batch may have; split it"
    )]
    TooLarge {
        /// How many entries it has.
        entries: usize,
        /// How many bytes its payload would have, lengths included.
        bytes: u64,
    },

    /// Nobody knows any more what is on the disk: a sync failed, or a refused batch could not be cut off. The batch may or
    /// may not be there after a restart. The process must end; this journal refuses everything from now on.
    #[error(
        "the journal can no longer be trusted and the process must stop: {0}. Check the disk, then start again"
    )]
    Fatal(#[source] io::Error),
}

/// Why something that was appended cannot be read.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum ReadError {
    /// The bytes are not what was written.
    #[error(
        "the journal is damaged: {} at byte {offset}: {why}. \
         Stop the host, copy the directory, check the disk, and restore this segment from a backup", segment.display()
    )]
    Damaged {
        /// The file.
        segment: PathBuf,
        /// Where the batch in question begins, in bytes.
        offset: u64,
        /// What is wrong with it.
        why: String,
    },

    /// The operating system said no.
    #[error("cannot read {}: {source}. Check that the disk is there and may be read", segment.display())]
    Io {
        /// The file.
        segment: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
}
