//! Reading all of a journal, to know that all of it can be read.
//!
//! Opening believes the sealed segments, so that a host with years of journal starts in no time. This is the other half of
//! that bargain: run now and then, and on every backup, it looks at every byte and names the first one that is wrong.

use std::path::{Path, PathBuf};

use crate::disk::Disk;
use crate::error::OpenError;
use crate::format::BatchHeader;
use crate::scan::{Survey, TornTail, survey};

/// How far [`verify`] has come.
#[derive(Clone, Debug)]
pub struct Progress {
    /// The segment that was finished.
    pub segment: PathBuf,
    /// How many are finished.
    pub done: usize,
    /// How many there are.
    pub of: usize,
}

/// What [`verify`] found, all of it good.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Verified {
    /// How many segments there are.
    pub segments: usize,
    /// How many batches.
    pub batches: u64,
    /// How many entries; also the number of the last one.
    pub entries: u64,
    /// What a crash left behind the last batch, and the next [`Journal::open`](crate::Journal::open) will cut off.
    pub torn: Option<TornTail>,
}

/// Reads every batch of every segment and changes nothing. Meant for a journal that nobody writes: beside a running host
/// the batch in flight may look torn. Stops at the first damage.
pub fn verify(
    disk: &dyn Disk,
    dir: &Path,
    on_progress: &mut dyn FnMut(Progress),
) -> Result<Verified, OpenError> {
    let Survey { segments, unborn } = survey(disk, dir)?;
    let mut verified = Verified { segments: segments.len(), ..Verified::default() };
    for (index, segment) in segments.iter().enumerate() {
        let count = |_, header: &BatchHeader| {
            verified.batches += 1;
            verified.entries += u64::from(header.count);
        };
        let next = segments.get(index + 1).map(|next| &next.header);
        if next.is_some() || unborn.is_some() {
            segment.check_sealed(disk, next, count)?;
        } else {
            let (end, bytes) = segment.check_last(&segment.open(disk)?, count)?;
            let torn = TornTail { segment: segment.path.clone(), offset: end.offset, bytes };
            verified.torn = (bytes > 0).then_some(torn);
        }
        on_progress(Progress { segment: segment.path.clone(), done: index + 1, of: segments.len() });
    }
    verified.torn = verified.torn.or(unborn);
    Ok(verified)
}
