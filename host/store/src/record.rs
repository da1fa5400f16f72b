//! The record of the audit, as it lies in the projections: the tree over it, and which events are in it.
//!
//! The hashes lie in tiles of 64: a tile of level 0 holds the hashes of 64 leaves, one of level 1 those of 64 full tiles
//! of level 0, and so on. So an entry changes one value or two, and the last tile of each level is the only one that changes.
//! Levels in between are computed from a tile when they are asked for.

use domain::audit;
use domain::event::{CheckpointSigned, Event, NotAnEvent, Recorded, Written};

use crate::fold::{Fold, FoldError};
use crate::layout;
use crate::merkle::{self, Hash, Subtrees};
use crate::projection::ProjectionError;
use crate::store::{OpenError, Store};
use crate::tree::Tree;

/// Levels of the tree in one tile.
const HEIGHT: u32 = 6;

/// Hashes in a full tile.
const WIDTH: u64 = 1 << HEIGHT;

const BROKEN: ProjectionError = ProjectionError::Broken("the tree of the audit");

/// How far the record is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct RecordSize {
    /// Entries in it.
    pub entries: u64,
    /// The same up to the last one that tells of more than a checkpoint.
    pub news: u64,
}

impl RecordSize {
    /// Entries of which the numbers are kept together.
    pub const TILE: u64 = WIDTH;
}

impl Subtrees for Tree {
    type Error = ProjectionError;

    fn subtree(&self, level: u32, index: u64) -> Result<Hash, ProjectionError> {
        let (tile, within) = (level / HEIGHT, level % HEIGHT);
        let first = index << within;
        let hashes = self.get(layout::record_tile(tile, first / WIDTH))?.ok_or(BROKEN)?;
        let hashes: Vec<Hash> = hashes.as_chunks().0.to_vec();
        let first = usize::try_from(first % WIDTH).map_err(|_| BROKEN)?;
        let mut row = hashes.get(first..first + (1 << within)).ok_or(BROKEN)?.to_vec();
        while row.len() > 1 {
            row = pairs(&row);
        }
        row.pop().ok_or(BROKEN)
    }
}

/// The row of a tree above a row of even length.
fn pairs(row: &[Hash]) -> Vec<Hash> {
    row.as_chunks::<2>().0.iter().map(|[left, right]| merkle::node(left, right)).collect()
}

/// Whether an event tells of nothing but a checkpoint. A record that grew by no others needs no other checkpoint.
fn of_checkpoint(event: &Event) -> bool {
    matches!(event, Event::CheckpointSigned(_) | Event::CheckpointHanded(_))
}

impl Fold<'_> {
    /// Takes an event into the record, if it is of record; `entry` is what the journal has of it.
    pub(crate) fn record(&mut self, recorded: &Recorded, entry: &[u8]) -> Result<(), FoldError> {
        let event = &recorded.event;
        if !event.of_record() {
            return Ok(());
        }
        let mut size = size(self.value(layout::RECORD_SIZE)?.as_deref())?;
        self.place(0, size.entries, merkle::leaf(recorded.seq, entry))?;
        let key = layout::record_numbers(size.entries / WIDTH);
        let mut numbers = self.value(&key)?.map(|value| value.to_vec()).unwrap_or_default();
        numbers.extend(recorded.seq.to_be_bytes());
        self.put(key, numbers);
        size.entries += 1;
        if !of_checkpoint(event) {
            size.news = size.entries;
        }
        self.put(
            layout::RECORD_SIZE.to_vec(),
            [size.entries.to_be_bytes(), size.news.to_be_bytes()].concat(),
        );
        if let Some(subject) = audit::subject(recorded) {
            let last = layout::changed_last(&subject);
            if let Some(before) = self.value(&last)? {
                self.put(layout::changed_before(recorded.seq), before.to_vec());
            }
            self.put(last, recorded.seq.to_be_bytes().to_vec());
        }
        match event {
            Event::CheckpointSigned(signed) => self.put_json(layout::CHECKPOINT.to_vec(), signed)?,
            Event::CheckpointHanded(handed) => {
                self.put(layout::handed(&handed.to), handed.size.to_be_bytes().to_vec());
            }
            _ => {}
        }
        Ok(())
    }

    /// Puts a hash where it belongs, and those of the tiles that it fills.
    fn place(&mut self, mut tile: u32, mut index: u64, mut hash: Hash) -> Result<(), FoldError> {
        loop {
            let key = layout::record_tile(tile, index / WIDTH);
            let mut hashes = self.value(&key)?.map(|value| value.to_vec()).unwrap_or_default();
            hashes.extend(hash);
            let full = (index + 1).is_multiple_of(WIDTH).then(|| hashes.as_chunks::<32>().0.to_vec());
            self.put(key, hashes);
            let Some(mut row) = full else { return Ok(()) };
            while row.len() > 1 {
                row = pairs(&row);
            }
            let Some(root) = row.pop() else { return Ok(()) };
            (tile, index, hash) = (tile + 1, index / WIDTH, root);
        }
    }
}

fn size(value: Option<&[u8]>) -> Result<RecordSize, ProjectionError> {
    let Some(value) = value else { return Ok(RecordSize::default()) };
    let [entries, news] = value.as_chunks().0 else { return Err(BROKEN) };
    Ok(RecordSize { entries: u64::from_be_bytes(*entries), news: u64::from_be_bytes(*news) })
}

impl Store {
    /// How far the record is.
    pub fn record_size(&self) -> Result<RecordSize, ProjectionError> {
        size(self.tree().get(layout::RECORD_SIZE)?.as_deref())
    }

    /// The root of the tree of the first `size` entries, which are there.
    pub fn record_root(&self, size: u64) -> Result<Hash, ProjectionError> {
        self.tree().root(size)
    }

    /// The proof of RFC 6962 that the entry with this index is among the first `size`.
    pub fn inclusion_proof(&self, index: u64, size: u64) -> Result<Vec<Hash>, ProjectionError> {
        if index >= size {
            return Err(BROKEN);
        }
        self.tree().inclusion(index, size)
    }

    /// The proof of RFC 6962 that the first `size` entries begin with the first `old`.
    pub fn consistency_proof(&self, old: u64, size: u64) -> Result<Vec<Hash>, ProjectionError> {
        self.tree().consistency(old, size)
    }

    /// The numbers in the journal of the entries from an index on: as many as lie in one tile with it, none behind the last.
    pub fn record_numbers(&self, from: u64) -> Result<Vec<u64>, ProjectionError> {
        let Some(value) = self.tree().get(layout::record_numbers(from / WIDTH))? else {
            return Ok(Vec::new());
        };
        let numbers = value.as_chunks().0.iter().map(|number| u64::from_be_bytes(*number));
        Ok(numbers.skip(usize::try_from(from % WIDTH).unwrap_or(0)).collect())
    }

    /// The index of an event in the record; none if it is not in it.
    pub fn record_index(&self, seq: u64) -> Result<Option<u64>, ProjectionError> {
        let (mut low, mut high) = (0, self.record_size()?.entries.div_ceil(WIDTH));
        // The last tile that begins at or before it.
        while low < high {
            let middle = u64::midpoint(low, high);
            let first = self.record_numbers(middle * WIDTH)?.first().copied().ok_or(BROKEN)?;
            if first <= seq { low = middle + 1 } else { high = middle }
        }
        let Some(tile) = low.checked_sub(1) else { return Ok(None) };
        let found = self.record_numbers(tile * WIDTH)?.binary_search(&seq).ok();
        Ok(found.map(|place| tile * WIDTH + place as u64))
    }

    /// An entry as the journal has it.
    pub fn entry(&self, seq: u64) -> Result<Option<Vec<u8>>, OpenError> {
        Ok(self.batch(seq)?.and_then(|batch| batch.get(seq).map(<[u8]>::to_vec)))
    }

    /// The act that an entry came of.
    pub fn cause(&self, seq: u64) -> Result<Option<u64>, OpenError> {
        let Some(entry) = self.entry(seq)? else { return Ok(None) };
        let written: Written<'_> = serde_json::from_slice(&entry)
            .map_err(|source| OpenError::Event { seq, source: NotAnEvent::Envelope(source) })?;
        Ok(written.cause)
    }

    /// The last entry that changed something, as `rule/greeting` (`domain::audit::subject`).
    pub fn changed_last(&self, subject: &str) -> Result<Option<u64>, ProjectionError> {
        Ok(self.tree().get(layout::changed_last(subject))?.as_deref().and_then(layout::number))
    }

    /// The entry that changed the same before an entry did: what it was before.
    pub fn changed_before(&self, seq: u64) -> Result<Option<u64>, ProjectionError> {
        Ok(self.tree().get(layout::changed_before(seq))?.as_deref().and_then(layout::number))
    }

    /// What was signed last.
    pub fn checkpoint(&self) -> Result<Option<CheckpointSigned>, ProjectionError> {
        self.json(layout::CHECKPOINT.to_vec())
    }

    /// For how many entries the checkpoint vouches that was handed to a place last; 0 if none was.
    pub fn handed(&self, to: &str) -> Result<u64, ProjectionError> {
        let known = self.tree().get(layout::handed(to))?;
        Ok(known.as_deref().and_then(layout::number).unwrap_or(0))
    }
}
