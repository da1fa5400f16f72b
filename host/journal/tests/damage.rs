//! Bytes that are not what was written. What was durable once and is wrong now is found, named, and never cut away; what a
//! crash may have left is never called damage.

#![allow(clippy::unwrap_used)] // The helpers of tests are no #[test] themselves.

mod common;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use common::{DIR, batches, cases, everything, open, segment_bytes};
use journal::{Disk, DiskFile, OpenError, ReadError, Reader, SimDisk, TornTail, Verified, verify};
use proptest::prelude::*;

const PAGE: u64 = 4096;

fn segments(disk: &SimDisk) -> Vec<PathBuf> {
    let names = disk.list(Path::new(DIR)).unwrap();
    names.iter().filter(|name| name.ends_with(".seg")).map(|name| Path::new(DIR).join(name)).collect()
}

fn file(disk: &SimDisk, path: &Path) -> Box<dyn DiskFile> {
    disk.open(path, false).unwrap()
}

fn flip(disk: &SimDisk, path: &Path, offset: u64, mask: u8) {
    let (file, mut byte) = (file(disk, path), [0]);
    file.read_at(offset, &mut byte).unwrap();
    file.write_at(offset, &[byte[0] ^ mask]).unwrap();
}

fn check(disk: &SimDisk) -> Result<Verified, OpenError> {
    verify(disk, Path::new(DIR), &mut |_| {})
}

/// Where the batches of each segment begin, and where the last one ends.
fn layout(disk: &SimDisk) -> Vec<(PathBuf, Vec<u64>)> {
    let reader = Reader::open_beside(Arc::new(disk.clone()), Path::new(DIR)).unwrap();
    let all: Vec<_> = reader.batches(1).map(|batch| batch.unwrap()).collect();
    let mut all = all.iter().peekable();
    let mut out = Vec::new();
    for path in segments(disk) {
        let (length, mut at, mut starts) = (file(disk, &path).len().unwrap(), 40, vec![40]);
        while at < length {
            let batch = all.next().unwrap();
            at += 40 + batch.entries().map(|(_, entry)| 4 + entry.len() as u64).sum::<u64>();
            starts.push(at);
        }
        assert_eq!(at, length);
        out.push((path, starts));
    }
    assert!(all.peek().is_none());
    out
}

proptest! {
    #![proptest_config(cases(200))]

    #[test]
    fn a_flipped_bit_anywhere_before_the_last_batch_is_found_and_named(
        appended in batches(2..12),
        segment_bytes in segment_bytes(),
        place in any::<prop::sample::Index>(),
        bit in 0..8u8,
    ) {
        let disk = SimDisk::new(0);
        let (mut journal, _) = open(&disk, segment_bytes).unwrap();
        for batch in &appended {
            journal.append(batch).unwrap();
        }
        drop(journal);

        // Every byte but those of the last batch, which could also be what a crash left.
        let layout = layout(&disk);
        let last = layout.len() - 1;
        let ends = layout.iter().enumerate().map(|(i, (_, at))| at[at.len() - if i == last { 2 } else { 1 }]);
        let bytes: Vec<(usize, u64)> = ends.enumerate().flat_map(|(i, end)| (0..end).map(move |b| (i, b))).collect();
        let (index, offset) = bytes[place.index(bytes.len())];
        let (path, starts) = &layout[index];
        let expected = starts.iter().copied().filter(|start| *start <= offset).max().unwrap_or(0);
        flip(&disk, path, offset, 1 << bit);

        match check(&disk) {
            Err(OpenError::Damaged { segment, offset: named, .. }) => {
                prop_assert_eq!((&segment, named), (path, expected));
            }
            other => prop_assert!(false, "flipped byte {} of {}: {:?}", offset, path.display(), other),
        }

        // The last segment is read when the journal is opened, and the heads of all; the others are believed until read.
        let opened = open(&disk, segment_bytes);
        if index == last || expected == 0 {
            let refused = matches!(opened, Err(OpenError::Damaged { .. }));
            prop_assert!(refused);
        } else {
            let reader = opened.unwrap().0.reader();
            let unreadable = reader.batches(1).find_map(|batch| batch.err());
            match unreadable {
                Some(ReadError::Damaged { segment, offset: named, .. }) => {
                    prop_assert_eq!((&segment, named), (path, expected));
                }
                other => prop_assert!(false, "{:?}", other),
            }
        }
    }

    /// Whatever a crash makes of the last batch (here: any pages of it zeroed, any length) is a torn tail.
    #[test]
    fn a_torn_last_batch_is_cut_whichever_of_its_pages_survived(
        appended in batches(1..5),
        torn in prop::collection::vec(1000..9000usize, 1..4),
        survived in any::<u8>(),
        cut in any::<prop::sample::Index>(),
    ) {
        let disk = SimDisk::new(0);
        let (mut journal, _) = open(&disk, 1 << 20).unwrap();
        for batch in &appended {
            journal.append(batch).unwrap();
        }
        let path = segments(&disk).remove(0);
        let start = file(&disk, &path).len().unwrap();
        journal.append(&torn.iter().map(|length| vec![0xAA; *length]).collect::<Vec<_>>()).unwrap();
        drop(journal);

        let file = file(&disk, &path);
        let length = file.len().unwrap();
        let mut lost = 0;
        for (i, page) in (start / PAGE..length.div_ceil(PAGE)).enumerate() {
            if survived >> (i % 8) & 1 == 0 {
                let (from, to) = ((page * PAGE).max(start), ((page + 1) * PAGE).min(length));
                file.write_at(from, &vec![0; (to - from) as usize]).unwrap();
                lost += 1;
            }
        }
        let kept = start + 1 + cut.index((length - start) as usize) as u64;
        file.truncate(kept).unwrap();
        prop_assume!(lost > 0 || kept < length);

        let expected = Some(TornTail { segment: path, offset: start, bytes: kept - start });
        prop_assert_eq!(check(&disk).unwrap().torn, expected.clone());
        let (mut journal, recovery) = open(&disk, 1 << 20).unwrap();
        prop_assert_eq!(recovery.torn, expected);
        prop_assert_eq!(everything(&journal.reader()), &appended[..]);
        journal.append(&["goes on"]).unwrap();
        prop_assert_eq!(everything(&journal.reader()).len(), appended.len() + 1);
        prop_assert_eq!(check(&disk).unwrap().torn, None);
    }
}

/// Six segments of one batch with two entries each.
fn six_batches() -> SimDisk {
    let disk = SimDisk::new(0);
    let (mut journal, _) = open(&disk, 400).unwrap();
    for number in 1..=6u8 {
        journal.append(&[[number; 100], [number; 100]]).unwrap();
    }
    assert_eq!(segments(&disk).len(), 6);
    disk
}

#[test]
fn a_missing_segment_is_noticed_without_reading_the_others() {
    for missing in 0..5 {
        let disk = six_batches();
        disk.remove(&segments(&disk)[missing]).unwrap();
        let expected = missing as u64 * 2 + 1;
        for refused in [check(&disk).err(), open(&disk, 400).err()] {
            assert!(
                matches!(refused, Some(OpenError::Missing { expected: named, .. }) if named == expected),
                "{missing}: {refused:?}"
            );
        }
    }
}

#[test]
fn segments_that_changed_places_are_damage() {
    let disk = six_batches();
    let paths = segments(&disk);
    disk.rename(&paths[1], Path::new("/data/aside")).unwrap();
    disk.rename(&paths[2], &paths[1]).unwrap();
    disk.rename(Path::new("/data/aside"), &paths[2]).unwrap();
    assert!(
        matches!(open(&disk, 400), Err(OpenError::Damaged { segment, offset: 0, .. }) if segment == paths[1])
    );
}

#[test]
fn a_sealed_segment_that_lost_its_last_batch_is_damage_even_though_what_is_left_is_good() {
    let disk = SimDisk::new(0);
    let (mut journal, _) = open(&disk, 200).unwrap();
    for entry in ["one", "two", "three", "four", "five", "six"] {
        journal.append(&[entry]).unwrap();
    }
    drop(journal);
    let (path, starts) = layout(&disk).remove(0);
    assert!(starts.len() > 2 && segments(&disk).len() > 1);
    let cut = starts[starts.len() - 2];
    file(&disk, &path).truncate(cut).unwrap();

    assert!(
        matches!(check(&disk), Err(OpenError::Damaged { segment, offset, .. }) if segment == path && offset == cut)
    );
    let reader = open(&disk, 200).unwrap().0.reader();
    let lost = starts.len() as u64 - 1;
    assert_eq!(reader.read(lost - 1).unwrap().unwrap(), b"two"[..]);
    assert!(matches!(reader.read(lost), Err(ReadError::Damaged { offset, .. }) if offset == cut));
    assert_eq!(reader.read(lost + 1).unwrap().unwrap(), b"four"[..], "the damage costs no more than itself");
}

#[test]
fn a_segment_that_died_while_it_was_made_is_taken_away_and_made_again() {
    for head in [&b""[..], b"TIMONSEG", &[0; 40]] {
        let disk = six_batches();
        let path = Path::new(DIR).join("00000000000000000013.seg");
        disk.open(&path, true).unwrap().write_at(0, head).unwrap();
        let torn = Some(TornTail { segment: path.clone(), offset: 0, bytes: head.len() as u64 });
        assert_eq!(check(&disk).unwrap().torn, torn);

        let (mut journal, recovery) = open(&disk, 400).unwrap();
        assert_eq!((recovery.last_seq, recovery.torn), (12, torn));
        journal.append(&[[7; 100], [7; 100]]).unwrap();
        assert_eq!(everything(&journal.reader()).len(), 7);
        assert_eq!(segments(&disk).pop(), Some(path));
        assert_eq!(check(&disk).unwrap().torn, None);
    }
}

#[test]
fn a_segment_that_was_begun_proves_that_the_one_before_was_whole() {
    let disk = six_batches();
    let last = segments(&disk).pop().unwrap();
    flip(&disk, &last, 100, 1);
    disk.open(&Path::new(DIR).join("00000000000000000013.seg"), true).unwrap();
    assert!(
        matches!(open(&disk, 400), Err(OpenError::Damaged { segment, offset: 40, .. }) if segment == last)
    );
    assert_eq!(segments(&disk).len(), 7, "and nothing was changed");
}

#[test]
fn a_payload_that_looks_like_a_later_batch_does_not_turn_a_torn_tail_into_damage() {
    // The journal of another journal: its bytes are good batches with later numbers.
    let other = six_batches();
    let path = segments(&other).remove(4);
    let mut inner = vec![0; file(&other, &path).len().unwrap() as usize];
    file(&other, &path).read_at(0, &mut inner).unwrap();

    let disk = SimDisk::new(0);
    let (mut journal, _) = open(&disk, 1 << 20).unwrap();
    journal.append(&["kept"]).unwrap();
    journal.append(&[&inner[..], &[1; 100]]).unwrap();
    drop(journal);
    let path = segments(&disk).remove(0);
    let file = file(&disk, &path);
    file.truncate(file.len().unwrap() - 50).unwrap();
    let (journal, recovery) = open(&disk, 1 << 20).unwrap();
    assert!(recovery.torn.is_some());
    assert_eq!(everything(&journal.reader()), [[b"kept"]]);
}

/// The search for a later batch reads the file piece by piece; no piece may end where it would miss one.
#[test]
fn a_later_batch_is_found_wherever_it_lies() {
    for length in (32 << 10) - 100..(32 << 10) + 20 {
        let disk = SimDisk::new(0);
        let (mut journal, _) = open(&disk, 1 << 20).unwrap();
        journal.append(&[vec![0; length]]).unwrap();
        journal.append(&["later"]).unwrap();
        drop(journal);
        flip(&disk, &segments(&disk)[0], 40, 1);
        assert!(matches!(open(&disk, 1 << 20), Err(OpenError::Damaged { offset: 40, .. })), "{length}");
    }
}

#[test]
fn a_batch_that_stands_there_twice_is_not_cut_away_as_if_it_were_torn() {
    let disk = SimDisk::new(0);
    let (mut journal, _) = open(&disk, 1 << 20).unwrap();
    journal.append(&["one"]).unwrap();
    drop(journal);
    let file = file(&disk, &segments(&disk)[0]);
    let length = file.len().unwrap();
    let mut batch = vec![0; length as usize - 40];
    file.read_at(40, &mut batch).unwrap();
    file.write_at(length, &batch).unwrap();
    let refused = open(&disk, 1 << 20).err();
    assert!(matches!(refused, Some(OpenError::Damaged { offset, .. }) if offset == length), "{refused:?}");
    assert_eq!(file.len().unwrap(), length + batch.len() as u64);
}

#[test]
fn what_a_later_release_wrote_is_not_cut_away_as_if_it_were_torn() {
    let disk = SimDisk::new(0);
    let (mut journal, _) = open(&disk, 1 << 20).unwrap();
    journal.append(&["one"]).unwrap();
    drop(journal);
    let file = file(&disk, &segments(&disk)[0]);
    let length = file.len().unwrap();
    let mut header = [&b"\xB7TMB\x02"[..], &[0; 31]].concat();
    header.extend(crc32c::crc32c(&header).to_le_bytes());
    file.write_at(length, &header).unwrap();
    let refused = open(&disk, 1 << 20).err();
    assert!(matches!(refused, Some(OpenError::Newer { version: 2, .. })), "{refused:?}");
}
