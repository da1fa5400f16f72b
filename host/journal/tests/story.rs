//! The journal on a good day, and on a day when the disk says no: what goes in comes out, beside the writer too, and a
//! refusal costs nothing but the batch that was refused.

#![allow(clippy::unwrap_used)] // The helpers of tests are no #[test] themselves.

mod common;

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use common::{DIR, batches, cases, everything, open, segment_bytes};
use journal::{
    AppendError, Disk, Journal, MAX_PAYLOAD, OpenError, Options, Reader, RealDisk, SimDisk, verify,
};
use proptest::prelude::*;

proptest! {
    #![proptest_config(cases(48))]

    #[test]
    fn what_was_appended_is_read_back_byte_for_byte_before_and_after_a_restart(
        appended in batches(1..12),
        segment_bytes in segment_bytes(),
    ) {
        let disk = SimDisk::new(0);
        let (mut journal, _) = open(&disk, segment_bytes).unwrap();
        let mut firsts = Vec::new();
        for batch in &appended {
            prop_assert_eq!(journal.next_seq(), 1 + firsts.len() as u64);
            let first = journal.append(batch).unwrap();
            firsts.extend(batch.iter().map(|_| first));
        }
        let before = journal.reader();
        prop_assert_eq!(&everything(&before), &appended);
        drop(journal);
        let (journal, recovery) = open(&disk, segment_bytes).unwrap();
        prop_assert_eq!(recovery.last_seq, firsts.len() as u64);
        prop_assert_eq!(recovery.torn, None);

        let after = journal.reader();
        let beside = Reader::open_beside(Arc::new(disk.clone()), Path::new(DIR)).unwrap();
        let entries: Vec<_> = appended.iter().flatten().collect();
        // From the end, so that every sealed segment is first entered at its end.
        for seq in (1..=entries.len() as u64).rev() {
            let first = firsts[seq as usize - 1];
            for reader in [&before, &after, &beside] {
                prop_assert_eq!(&reader.read(seq).unwrap().unwrap(), entries[seq as usize - 1]);
                prop_assert_eq!(reader.batch(seq).unwrap().unwrap().first_seq, first);
                let rest: Vec<_> = reader.batches(seq).map(|batch| batch.unwrap()).collect();
                prop_assert_eq!(rest[0].first_seq, first);
                prop_assert_eq!(rest[rest.len() - 1].last_seq(), entries.len() as u64);
            }
        }
        for none in [0, entries.len() as u64 + 1, u64::MAX] {
            prop_assert_eq!(after.read(none).unwrap(), None);
        }

        let mut segments = 0;
        let verified = verify(&disk, Path::new(DIR), &mut |progress| segments = progress.done).unwrap();
        prop_assert_eq!((verified.batches, verified.entries), (appended.len() as u64, entries.len() as u64));
        prop_assert_eq!((verified.segments, verified.torn), (segments, None));
        prop_assert_eq!(segments, recovery.segments);
    }
}

#[test]
fn on_a_real_disk_a_reader_follows_the_writer_and_never_sees_half_a_batch() {
    let tmp = tempfile::tempdir().unwrap();
    let dir = tmp.path().join("deep/journal");
    let options = Options { segment_bytes: 16 << 10 };
    let (mut journal, _) = Journal::open(Arc::new(RealDisk), &dir, options).unwrap();

    let batch = |number: u64| -> Vec<Vec<u8>> {
        (0..number % 5 + 1).map(|i| vec![number as u8; (number * 37 + i) as usize % 700]).collect()
    };
    let written = AtomicBool::new(false);
    let follow = &|reader: Reader| {
        let (mut batches, mut number) = (reader.batches(1), 0);
        loop {
            // Asked first, or what is written in between would be missed.
            let last_round = written.load(Ordering::SeqCst);
            for found in batches.by_ref() {
                let found = found.unwrap();
                number += 1;
                assert_eq!(found.number, number);
                assert_eq!(found.entries().map(|(_, e)| e.to_vec()).collect::<Vec<_>>(), batch(number));
                assert_eq!(reader.read(found.last_seq()).unwrap(), batch(number).pop());
            }
            if last_round {
                return number;
            }
            std::thread::yield_now();
        }
    };
    std::thread::scope(|scope| {
        let followers =
            [journal.reader(), journal.reader()].map(|reader| scope.spawn(move || follow(reader)));
        for number in 1..=300 {
            journal.append(&batch(number)).unwrap();
        }
        written.store(true, Ordering::SeqCst);
        for follower in followers {
            assert_eq!(follower.join().unwrap(), 300);
        }
    });

    let beside = Reader::open_beside(Arc::new(RealDisk), &dir).unwrap();
    assert_eq!(everything(&beside), (1..=300).map(batch).collect::<Vec<_>>());
    let segments = verify(&RealDisk, &dir, &mut |_| {}).unwrap().segments;
    assert!(segments > 5, "the writer rolled, {segments}");
    drop(journal);
    let (journal, recovery) = Journal::open(Arc::new(RealDisk), &dir, options).unwrap();
    assert_eq!((recovery.last_seq, recovery.segments), (beside.last_seq(), segments));
    assert_eq!(everything(&journal.reader()), everything(&beside));
}

#[test]
fn a_disk_that_is_full_costs_only_the_refused_batch() {
    let disk = SimDisk::new(5);
    let (mut journal, _) = open(&disk, 8 << 10).unwrap();
    let small = [b"small".to_vec()];
    let large = [vec![7; 6 << 10]];
    // Refused within a segment, and refused where a new one is due: the small one still fits, the large one does not.
    for (kept, refused) in [(&small, &small), (&large, &large), (&small, &large)] {
        journal.append(kept).unwrap();
        let next = journal.next_seq();
        disk.refuse_writes(true);
        for _ in 0..2 {
            assert!(matches!(journal.append(refused), Err(AppendError::Refused(_))));
            assert_eq!((journal.next_seq(), journal.reader().last_seq()), (next, next - 1));
        }
        disk.refuse_writes(false);
        // The smaller one may go where the refused one was to begin a segment.
        journal.append(&small).unwrap();
    }
    let all = [&small, &small, &large, &small, &small, &small].map(|batch| batch.to_vec());
    assert_eq!(everything(&journal.reader()), all);
    disk.crash();
    let (journal, recovery) = open(&disk, 8 << 10).unwrap();
    assert_eq!((recovery.last_seq, recovery.torn), (6, None));
    assert_eq!(everything(&journal.reader()), all);
}

#[test]
fn after_a_failed_sync_nothing_is_accepted_any_more() {
    for rolling in [false, true] {
        let disk = SimDisk::new(1);
        let (mut journal, _) = open(&disk, if rolling { 1 } else { 1 << 20 }).unwrap();
        journal.append(&["acknowledged"]).unwrap();
        disk.fail_syncs(true);
        assert!(matches!(journal.append(&["in doubt"]), Err(AppendError::Fatal(_))));
        disk.fail_syncs(false);
        assert!(matches!(journal.append(&["refused"]), Err(AppendError::Fatal(_))));
        assert_eq!(journal.reader().last_seq(), 1, "what is in doubt is not shown");
    }
}

#[test]
fn what_cannot_be_cut_off_again_is_fatal() {
    let disk = SimDisk::new(1);
    let (mut journal, _) = open(&disk, 1 << 20).unwrap();
    disk.fail_after(1);
    assert!(matches!(journal.append(&["half written"]), Err(AppendError::Fatal(_))));
}

#[test]
fn a_batch_has_a_largest_size_and_is_refused_before_anything_is_written() {
    let disk = SimDisk::new(1);
    let (mut journal, _) = open(&disk, 1 << 20).unwrap();
    let largest = vec![1; MAX_PAYLOAD as usize - 4];
    let operations = disk.operations();
    assert!(matches!(
        journal.append(&[&largest[..], b""]),
        Err(AppendError::TooLarge { entries: 2, bytes }) if bytes == MAX_PAYLOAD + 4
    ));
    assert_eq!(journal.append(&[[0u8; 0]; 0]).unwrap(), 1, "and no entries are no batch");
    assert_eq!(disk.operations(), operations);

    assert_eq!(journal.append(&[&largest[..]]).unwrap(), 1);
    assert_eq!(journal.append(&["next"]).unwrap(), 2);
    drop(journal);
    let (journal, _) = open(&disk, 1 << 20).unwrap();
    assert!(journal.reader().read(1).unwrap().unwrap() == largest);
    assert_eq!(journal.reader().read(2).unwrap().unwrap(), b"next");
}

#[test]
fn a_journal_has_one_writer_and_any_number_of_onlookers() {
    let tmp = tempfile::tempdir().unwrap();
    let open = || Journal::open(Arc::new(RealDisk), tmp.path(), Options::default());
    let (mut journal, _) = open().unwrap();
    assert!(matches!(open(), Err(OpenError::InUse { .. })));
    journal.append(&["one"]).unwrap();
    let beside = Reader::open_beside(Arc::new(RealDisk), tmp.path()).unwrap();
    journal.append(&["two"]).unwrap();
    assert_eq!(beside.last_seq(), 1, "an onlooker sees the journal as it was when he came");
    drop(journal);
    assert_eq!(open().unwrap().1.last_seq, 2);
}

#[test]
fn an_onlooker_changes_nothing_and_takes_an_unfinished_batch_for_the_end() {
    let disk = SimDisk::new(3);
    let (mut journal, _) = open(&disk, 1 << 20).unwrap();
    journal.append(&["whole"]).unwrap();
    let segment = Path::new(DIR).join("00000000000000000001.seg");
    let file = disk.open(&segment, false).unwrap();
    file.write_at(file.len().unwrap(), b"\xB7TMB\x01\0\0\0 just begun").unwrap();
    let (length, operations) = (file.len().unwrap(), disk.operations());

    let beside = Reader::open_beside(Arc::new(disk.clone()), Path::new(DIR)).unwrap();
    assert_eq!(everything(&beside), [[b"whole"]]);
    assert_eq!((file.len().unwrap(), disk.operations()), (length, operations));
}

#[test]
fn a_reader_does_not_remember_bytes_that_were_still_being_written() {
    let disk = SimDisk::new(3);
    let (mut journal, _) = open(&disk, 1 << 20).unwrap();
    let mut batches = journal.reader().batches(1);
    let file = disk.open(&Path::new(DIR).join("00000000000000000001.seg"), false).unwrap();
    for number in 1..=5u8 {
        journal.append(&[[number]]).unwrap();
        // The next batch (45 bytes, as they all are) as a reader may find it: there, but not yet as it will be.
        file.write_at(40 + 45 * u64::from(number), &[0xB7; 45]).unwrap();
        let batch = batches.next().unwrap().unwrap();
        assert_eq!(batch.entries().collect::<Vec<_>>(), [(u64::from(number), &[number][..])]);
        assert!(batches.next().is_none());
        assert_eq!(journal.reader().read(u64::from(number)).unwrap().unwrap(), [number]);
    }
}
