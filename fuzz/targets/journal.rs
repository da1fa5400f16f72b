//! A journal whose bytes were changed. Whatever they are: opening ends, and shows nothing that was not written.
//!
//! The input is either a segment as a whole, or changes to a good one: a mutation hits a checksum by luck only, and what
//! matters begins behind it.

#![no_main]

use std::path::Path;
use std::sync::Arc;

use journal::{Disk, Journal, Options, Reader, SimDisk, verify};
use libfuzzer_sys::fuzz_target;

const DIR: &str = "/journal";
const FIRST: &str = "/journal/00000000000000000001.seg";

fn open(disk: &SimDisk) -> Result<Journal, journal::OpenError> {
    let options = Options { segment_bytes: 2_000 };
    Journal::open(Arc::new(disk.clone()), Path::new(DIR), options).map(|(journal, _)| journal)
}

/// Entries that say which they are, over several segments.
fn entry(seq: u64) -> Vec<u8> {
    vec![seq as u8; (seq as usize * 37) % 300]
}

fn written() -> SimDisk {
    let disk = SimDisk::new(1);
    let mut journal = open(&disk).expect("a new journal");
    for batch in 0..12u64 {
        let entries: Vec<_> = (batch * 3 + 1..=batch * 3 + 3).map(entry).collect();
        journal.append(&entries).expect("a good disk");
    }
    drop(journal);
    disk
}

/// Everything that can be read, up to the first error.
fn read(reader: &Reader) -> Vec<(u64, Vec<u8>)> {
    let batches = reader.batches(1).map_while(Result::ok);
    batches
        .flat_map(|batch| batch.entries().map(|(seq, entry)| (seq, entry.to_vec())).collect::<Vec<_>>())
        .collect()
}

fn check(disk: &SimDisk, known: bool) {
    let _ = verify(disk, Path::new(DIR), &mut |_| {});
    let beside = Reader::open_beside(Arc::new(disk.clone()), Path::new(DIR)).map(|reader| read(&reader));
    let Ok(mut journal) = open(disk) else { return };
    let shown = read(&journal.reader());
    if known {
        assert!(shown.iter().all(|(seq, bytes)| *bytes == entry(*seq)), "an entry is not what was written");
        assert!(beside.iter().flatten().all(|(seq, bytes)| *bytes == entry(*seq)));
    }
    if journal.append(&["more"]).is_ok() {
        drop(journal);
        let journal = open(disk).expect("what was opened and written to opens again");
        assert!(read(&journal.reader()).starts_with(&shown));
    }
}

fuzz_target!(|input: &[u8]| {
    let Some((how, changes)) = input.split_first() else { return };
    if how % 2 == 0 {
        let disk = SimDisk::new(1);
        disk.create_dir_all(Path::new(DIR)).expect("a new directory");
        disk.open(Path::new(FIRST), true).and_then(|file| file.write_at(0, changes)).expect("a good disk");
        check(&disk, false);
        return;
    }
    let disk = written();
    let names = disk.list(Path::new(DIR)).expect("a directory");
    let segments: Vec<_> = names.iter().filter(|name| name.ends_with(".seg")).collect();
    let Some((which, changes)) = changes.split_first() else { return };
    let name = segments[*which as usize % segments.len()];
    let file = disk.open(&Path::new(DIR).join(name), false).expect("a segment");
    for change in changes.chunks_exact(3) {
        let at = u64::from(u16::from_le_bytes([change[0], change[1]]));
        let length = file.len().expect("a length");
        match at.checked_sub(4_096) {
            // Half of all places are behind the segment: there it is cut.
            Some(cut) => file.truncate(cut.min(length)),
            None => file.write_at(at.min(length), &change[2..]),
        }
        .expect("a good disk");
    }
    check(&disk, true);
});
