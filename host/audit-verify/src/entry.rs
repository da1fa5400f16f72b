//! The proof of one entry, in one file, in the form of `c2sp.org/tlog-proof`.
//!
//! ```text
//! c2sp.org/tlog-proof@v1
//! extra <base64 of the entry's line>
//! index 41
//! <base64 of a hash, once for each>
//!
//! <a checkpoint>
//! ```

use data_encoding::BASE64;

use crate::note::{Checkpoint, Key, NotSigned, number};
use crate::tree::{Hash, includes, leaf};

/// An entry that is proved to be in a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proved {
    /// The entry as an export has it: its number in the journal, a space, the entry.
    pub line: String,
    /// Its place in the record, from 0.
    pub index: u64,
    /// Of which record.
    pub checkpoint: Checkpoint,
}

/// Why a file proves nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unproved {
    /// It has another shape.
    #[error("it is no proof: {0} was expected")]
    Form(&'static str),
    /// Its checkpoint is not to be believed.
    #[error("its checkpoint does not count: {0}")]
    Checkpoint(#[from] NotSigned),
    /// It leads elsewhere.
    #[error("the entry is not in the record that was signed: its hashes lead to another root")]
    Elsewhere,
}

/// Checks a proof.
pub fn prove(file: &str, key: &Key) -> Result<Proved, Unproved> {
    let (head, note) =
        file.split_once("\n\n").ok_or(Unproved::Form("an empty line before the checkpoint"))?;
    let mut lines = head.lines();
    if lines.next() != Some("c2sp.org/tlog-proof@v1") {
        return Err(Unproved::Form("`c2sp.org/tlog-proof@v1` in the first line"));
    }
    let line = lines.next().and_then(|line| BASE64.decode(line.strip_prefix("extra ")?.as_bytes()).ok());
    let line = line.ok_or(Unproved::Form("`extra` and the entry in the second line"))?;
    let index = lines.next().and_then(|line| number(line.strip_prefix("index ")?));
    let index = index.ok_or(Unproved::Form("`index` and a number in the third line"))?;
    let hashes: Option<Vec<Hash>> =
        lines.map(|line| BASE64.decode(line.as_bytes()).ok()?.try_into().ok()).collect();
    let hashes = hashes.ok_or(Unproved::Form("a hash in each further line"))?;
    let checkpoint = Checkpoint::open(note, key)?;
    if !includes(&leaf(&line), index, checkpoint.size, &hashes, &checkpoint.root) {
        return Err(Unproved::Elsewhere);
    }
    let line = String::from_utf8(line).map_err(|_| Unproved::Form("an entry of text"))?;
    Ok(Proved { line, index, checkpoint })
}
