//! The bytes on the disk.
//!
//! All numbers are little-endian. A journal is a directory of segments; a segment is named after the first entry it may
//! hold, in 20 digits, with `.seg` behind. Two things are numbered: entries (`seq`, the first of a journal is 1) and batches
//! (`number`, likewise), both without gaps over the whole journal.
//!
//! ```text
//! segment = segment header, batch, batch, ...
//!
//! segment header, 40 bytes                       batch header, 40 bytes
//!   0  "TIMONSEG"                                  0  B7 "TMB"
//!   8  u32  format version, 1                      4  u32  format version, 1
//!  12  u64  seq of its first entry                 8  u64  number
//!  20  u64  number of its first batch             16  u64  seq of its first entry
//!  28  u64  first seq of the segment before, or 0 24  u32  entries, at least 1
//!  36  u32  CRC32C of bytes 0..36                 28  u32  bytes of payload
//!                                                 32  u32  CRC32C of the payload
//! payload = (u32 length, bytes) per entry         36  u32  CRC32C of bytes 0..36
//! ```
//!
//! * The batch is the unit because it is what one sync covers: its pages may reach the disk in any order, so only the
//!   checksum of the whole says that all of them did.
//! * A header has a checksum of its own, so that its length can be believed when the payload cannot. That is what lets an
//!   index be built from headers alone, and what keeps a search for the next batch out of a payload that merely looks like one.
//! * A segment names its predecessor, so that a missing file is noticed without reading the others.

use std::io;

use thiserror::Error;

/// The most bytes the payload of one batch may have: 64 MiB.
pub const MAX_PAYLOAD: u64 = 64 << 20;

/// The length of a segment's header, in bytes.
pub(crate) const SEGMENT_HEADER: u64 = 40;

/// The length of a batch's header, in bytes.
pub(crate) const BATCH_HEADER: u64 = 40;

/// How a batch begins. The first byte is no ASCII and no UTF-8 lead, so that text does not look like it.
const BATCH_MAGIC: [u8; 4] = *b"\xB7TMB";

const SEGMENT_MAGIC: [u8; 8] = *b"TIMONSEG";
const VERSION: u32 = 1;

/// What is wrong with the bytes at some place.
#[derive(Debug, Error)]
pub(crate) enum Flaw {
    #[error("the file ends inside a batch")]
    Short,
    #[error("no batch begins here")]
    NoBatch,
    #[error("the checksum of the batch's header does not match")]
    Header,
    #[error("the checksum of the batch's payload does not match")]
    Payload,
    #[error("the entries of the batch do not fill it")]
    Entries,
    #[error(
        "batch {number} with first entry {seq} stands where batch {due_number} with entry {due_seq} is due"
    )]
    OutOfTurn { number: u64, seq: u64, due_number: u64, due_seq: u64 },
    #[error("format {0} is not known to this release")]
    Newer(u32),
    #[error(transparent)]
    Io(#[from] io::Error),
}

/// Where a batch begins, or is due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Position {
    /// The byte in its segment.
    pub(crate) offset: u64,
    /// The seq of its first entry.
    pub(crate) seq: u64,
    /// Its number.
    pub(crate) number: u64,
}

impl Position {
    /// Where the batch after this one is due.
    pub(crate) fn after(self, header: &BatchHeader) -> Position {
        Position {
            offset: self.offset.saturating_add(header.bytes()),
            seq: self.seq.saturating_add(u64::from(header.count)),
            number: self.number.saturating_add(1),
        }
    }
}

/// The head of a segment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct SegmentHeader {
    pub(crate) first_seq: u64,
    pub(crate) first_number: u64,
    pub(crate) previous: u64,
}

impl SegmentHeader {
    pub(crate) fn encode(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(SEGMENT_HEADER as usize);
        out.extend_from_slice(&SEGMENT_MAGIC);
        out.extend_from_slice(&VERSION.to_le_bytes());
        out.extend_from_slice(&self.first_seq.to_le_bytes());
        out.extend_from_slice(&self.first_number.to_le_bytes());
        out.extend_from_slice(&self.previous.to_le_bytes());
        out.extend_from_slice(&crc32c::crc32c(&out).to_le_bytes());
        out
    }

    /// `Ok(None)` when these bytes are no whole header; an error is the version of a whole one that we do not know.
    pub(crate) fn decode(bytes: &[u8]) -> Result<Option<SegmentHeader>, u32> {
        let Some((header, version)) = checked(bytes).and_then(Self::fields) else { return Ok(None) };
        if version == VERSION { Ok(Some(header)) } else { Err(version) }
    }

    fn fields(mut rest: &[u8]) -> Option<(SegmentHeader, u32)> {
        let magic: [u8; 8] = take(&mut rest)?;
        let version = u32::from_le_bytes(take(&mut rest)?);
        let first_seq = u64::from_le_bytes(take(&mut rest)?);
        let first_number = u64::from_le_bytes(take(&mut rest)?);
        let previous = u64::from_le_bytes(take(&mut rest)?);
        (magic == SEGMENT_MAGIC).then_some((SegmentHeader { first_seq, first_number, previous }, version))
    }

    /// Where the first batch of the segment is due.
    pub(crate) fn first(&self) -> Position {
        Position { offset: SEGMENT_HEADER, seq: self.first_seq, number: self.first_number }
    }
}

/// The head of a batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct BatchHeader {
    pub(crate) number: u64,
    pub(crate) first_seq: u64,
    pub(crate) count: u32,
    pub(crate) length: u32,
    pub(crate) payload_crc: u32,
}

impl BatchHeader {
    /// Reads a header of which the checksum holds, whatever its place.
    pub(crate) fn decode(bytes: &[u8]) -> Result<BatchHeader, Flaw> {
        if (bytes.len() as u64) < BATCH_HEADER {
            return Err(Flaw::Short);
        }
        if !bytes.starts_with(&BATCH_MAGIC) {
            return Err(Flaw::NoBatch);
        }
        let (header, version) = checked(bytes).and_then(Self::fields).ok_or(Flaw::Header)?;
        match version {
            VERSION if header.count == 0 || u64::from(header.length) > MAX_PAYLOAD => Err(Flaw::Entries),
            VERSION => Ok(header),
            newer => Err(Flaw::Newer(newer)),
        }
    }

    fn fields(mut rest: &[u8]) -> Option<(BatchHeader, u32)> {
        let _magic: [u8; 4] = take(&mut rest)?;
        let version = u32::from_le_bytes(take(&mut rest)?);
        let number = u64::from_le_bytes(take(&mut rest)?);
        let first_seq = u64::from_le_bytes(take(&mut rest)?);
        let count = u32::from_le_bytes(take(&mut rest)?);
        let length = u32::from_le_bytes(take(&mut rest)?);
        let payload_crc = u32::from_le_bytes(take(&mut rest)?);
        Some((BatchHeader { number, first_seq, count, length, payload_crc }, version))
    }

    /// That this is the batch which is due at `at`.
    pub(crate) fn in_turn(self, at: Position) -> Result<BatchHeader, Flaw> {
        if self.number == at.number && self.first_seq == at.seq {
            return Ok(self);
        }
        let (number, seq, due_number, due_seq) = (self.number, self.first_seq, at.number, at.seq);
        Err(Flaw::OutOfTurn { number, seq, due_number, due_seq })
    }

    /// That `payload` is what was written behind this header.
    pub(crate) fn check(&self, payload: &[u8]) -> Result<(), Flaw> {
        if payload.len() as u64 != u64::from(self.length) {
            return Err(Flaw::Short);
        }
        if crc32c::crc32c(payload) != self.payload_crc {
            return Err(Flaw::Payload);
        }
        let mut entries = Entries(payload);
        let whole = entries.by_ref().count() as u64 == u64::from(self.count) && entries.0.is_empty();
        if whole { Ok(()) } else { Err(Flaw::Entries) }
    }

    /// How many bytes the batch takes on the disk, header included.
    pub(crate) fn bytes(&self) -> u64 {
        BATCH_HEADER + u64::from(self.length)
    }
}

/// Writes into `out` the batch that is due at `at`, and says what its header is. The caller has seen to it that the payload
/// is within [`MAX_PAYLOAD`] and not without entries.
pub(crate) fn encode_batch(out: &mut Vec<u8>, at: Position, entries: &[impl AsRef<[u8]>]) -> BatchHeader {
    out.clear();
    out.resize(BATCH_HEADER as usize, 0);
    for entry in entries {
        let entry = entry.as_ref();
        out.extend_from_slice(&(entry.len() as u32).to_le_bytes());
        out.extend_from_slice(entry);
    }
    let payload = out.get(BATCH_HEADER as usize..).unwrap_or_default();
    let header = BatchHeader {
        number: at.number,
        first_seq: at.seq,
        count: entries.len() as u32,
        length: payload.len() as u32,
        payload_crc: crc32c::crc32c(payload),
    };
    let mut head = Vec::with_capacity(BATCH_HEADER as usize);
    head.extend_from_slice(&BATCH_MAGIC);
    head.extend_from_slice(&VERSION.to_le_bytes());
    head.extend_from_slice(&header.number.to_le_bytes());
    head.extend_from_slice(&header.first_seq.to_le_bytes());
    head.extend_from_slice(&header.count.to_le_bytes());
    head.extend_from_slice(&header.length.to_le_bytes());
    head.extend_from_slice(&header.payload_crc.to_le_bytes());
    head.extend_from_slice(&crc32c::crc32c(&head).to_le_bytes());
    out.splice(..BATCH_HEADER as usize, head);
    header
}

/// The bytes that `entries` take as a payload.
pub(crate) fn payload_bytes(entries: &[impl AsRef<[u8]>]) -> u64 {
    entries.iter().map(|entry| 4 + entry.as_ref().len() as u64).sum()
}

/// The entries of a payload, as far as they are whole.
#[derive(Clone, Debug)]
pub(crate) struct Entries<'a>(pub(crate) &'a [u8]);

impl<'a> Iterator for Entries<'a> {
    type Item = &'a [u8];

    fn next(&mut self) -> Option<&'a [u8]> {
        let mut rest = self.0;
        let length = u32::from_le_bytes(take(&mut rest)?) as usize;
        let (entry, rest) = rest.split_at_checked(length)?;
        self.0 = rest;
        Some(entry)
    }
}

/// The name of the segment whose first entry is `first_seq`.
pub(crate) fn segment_name(first_seq: u64) -> String {
    format!("{first_seq:020}.seg")
}

/// The first entry of the segment with this name, if it is the name of one.
pub(crate) fn parse_segment_name(name: &str) -> Option<u64> {
    let digits = name.strip_suffix(".seg")?;
    (digits.len() == 20 && digits.bytes().all(|b| b.is_ascii_digit())).then(|| digits.parse().ok())?
}

/// The 36 bytes that the checksum in the last 4 of a 40-byte header covers, if it holds.
fn checked(bytes: &[u8]) -> Option<&[u8]> {
    let (covered, mut rest) = bytes.split_at_checked(36)?;
    (u32::from_le_bytes(take(&mut rest)?) == crc32c::crc32c(covered)).then_some(covered)
}

fn take<const N: usize>(rest: &mut &[u8]) -> Option<[u8; N]> {
    let (taken, left) = rest.split_first_chunk::<N>()?;
    *rest = left;
    Some(*taken)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// These bytes are for ever: a change here is a new format version.
    #[test]
    fn the_layout_is_the_documented_one() {
        let header = SegmentHeader { first_seq: 0x0102, first_number: 3, previous: 1 };
        let bytes = header.encode();
        assert_eq!(bytes.len() as u64, SEGMENT_HEADER);
        assert_eq!(bytes[..12], *b"TIMONSEG\x01\0\0\0");
        assert_eq!(bytes[12..36], *b"\x02\x01\0\0\0\0\0\0\x03\0\0\0\0\0\0\0\x01\0\0\0\0\0\0\0");
        assert_eq!(SegmentHeader::decode(&bytes).unwrap(), Some(header));

        let mut out = vec![9; 3];
        let at = Position { offset: 40, seq: 7, number: 5 };
        let header = encode_batch(&mut out, at, &[&b"ab"[..], b"", b"c"]);
        assert_eq!(out[..8], *b"\xB7TMB\x01\0\0\0");
        assert_eq!(out[8..32], *b"\x05\0\0\0\0\0\0\0\x07\0\0\0\0\0\0\0\x03\0\0\0\x0f\0\0\0");
        assert_eq!(out[40..], *b"\x02\0\0\0ab\0\0\0\0\x01\0\0\0c");
        assert_eq!(BatchHeader::decode(&out).unwrap(), header);
        assert!(header.in_turn(at).unwrap().check(&out[40..]).is_ok());
        assert_eq!(at.after(&header), Position { offset: 95, seq: 10, number: 6 });
    }

    #[test]
    fn a_header_that_lost_a_bit_is_no_header() {
        let mut out = Vec::new();
        encode_batch(&mut out, Position { offset: 40, seq: 1, number: 1 }, &[b"entry"]);
        let segment = SegmentHeader { first_seq: 1, first_number: 1, previous: 0 }.encode();
        for bit in 0..BATCH_HEADER as usize * 8 {
            let (mut batch, mut head) = (out.clone(), segment.clone());
            batch[bit / 8] ^= 1 << (bit % 8);
            head[bit / 8] ^= 1 << (bit % 8);
            assert!(BatchHeader::decode(&batch).is_err(), "bit {bit}");
            assert_eq!(SegmentHeader::decode(&head), Ok(None), "bit {bit}");
        }
    }

    #[test]
    fn a_later_format_is_told_from_garbage() {
        let mut bytes = SegmentHeader { first_seq: 1, first_number: 1, previous: 0 }.encode();
        bytes[8] = 2;
        let crc = crc32c::crc32c(&bytes[..36]).to_le_bytes();
        bytes[36..].copy_from_slice(&crc);
        assert_eq!(SegmentHeader::decode(&bytes), Err(2));
    }

    #[test]
    fn names_sort_as_numbers_do_and_nothing_else_is_a_segment() {
        assert_eq!(parse_segment_name(&segment_name(42)), Some(42));
        assert!(segment_name(9) < segment_name(10));
        for other in [
            "1.seg",
            "00000000000000000001.seg.bak",
            "0000000000000000000x.seg",
            "lock",
            "+0000000000000000001.seg",
        ] {
            assert_eq!(parse_segment_name(other), None, "{other}");
        }
    }
}
