//! What the tests of the journal share: batches to append, and the look at all that is there.
#![allow(dead_code)] // No test uses all of it.

use std::path::Path;
use std::sync::Arc;

use journal::{Disk, Journal, OpenError, Options, Reader, Recovery};
use proptest::prelude::*;
use proptest::test_runner::{Config, RngSeed};

pub(crate) const DIR: &str = "/data/journal";

pub(crate) type Entries = Vec<Vec<u8>>;

pub(crate) fn open(disk: &(impl Disk + Clone), segment_bytes: u64) -> Result<(Journal, Recovery), OpenError> {
    Journal::open(Arc::new(disk.clone()), Path::new(DIR), Options { segment_bytes })
}

/// All batches from the beginning, with the check that neither numbers nor entries have gaps.
pub(crate) fn everything(reader: &Reader) -> Vec<Entries> {
    let mut next = (1, 1);
    let mut all = Vec::new();
    for batch in reader.batches(0) {
        let batch = batch.unwrap();
        assert_eq!((batch.number, batch.first_seq), next, "batches follow each other without gaps");
        next = (batch.number + 1, batch.last_seq() + 1);
        all.push(batch.entries().map(|(_, entry)| entry.to_vec()).collect());
    }
    assert_eq!(reader.last_seq() + 1, next.1, "the iterator ends at the last entry");
    all
}

/// Entries around the sizes that matter: none at all, some bytes, and more than a page of the disk.
fn entry() -> impl Strategy<Value = Vec<u8>> {
    let length = prop_oneof![1 => Just(0), 6 => 1..60usize, 2 => 4000..9000usize];
    (length, any::<u8>()).prop_map(|(length, seed)| {
        (0..length).map(|i| seed.wrapping_add((i as u8).wrapping_mul(31)) ^ (i >> 8) as u8).collect()
    })
}

pub(crate) fn batches(count: std::ops::Range<usize>) -> impl Strategy<Value = Vec<Entries>> {
    prop::collection::vec(prop::collection::vec(entry(), 1..5), count)
}

/// Sizes from "every batch has a segment of its own" to "one segment holds all".
pub(crate) fn segment_bytes() -> impl Strategy<Value = u64> {
    prop_oneof![Just(1), 200..20_000u64, Just(1 << 20)]
}

/// The same cases on every run.
pub(crate) fn cases(cases: u32) -> Config {
    Config { cases, rng_seed: RngSeed::Fixed(1), failure_persistence: None, ..Config::default() }
}
