//! A whole export: a directory with `entries`, and `checkpoint` if the record was ever signed.
//!
//! `entries` has a line for each entry: its number in the journal, a space, the entry. Each line is a leaf as it stands. What
//! is compared are roots: those that the lines give, against those that were signed, in checkpoints kept outside, in the
//! export's own, and in those that the record itself tells of. Where several were signed, the last one that fits and the first
//! one that does not say where to look.

use std::collections::BTreeMap;
use std::fmt;
use std::io::{self, BufRead, BufReader};
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::note::{Checkpoint, Key, NotSigned, number};
use crate::tree::{Growing, Hash, leaf};

/// The longest line that is read, in bytes: the largest webhook, several times over.
const LONGEST: usize = 64 << 20;

/// Where a checkpoint came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// Somebody kept it outside, in this file.
    Outside(PathBuf),
    /// The export brought it.
    Export,
    /// An entry tells of it: this number.
    Entry(u64),
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Outside(path) => write!(f, "{}", path.display()),
            Self::Export => f.write_str("the export's own checkpoint"),
            Self::Entry(number) => write!(f, "the checkpoint in entry {number}"),
        }
    }
}

/// Why nothing could be checked.
#[derive(Debug, thiserror::Error)]
pub enum Trouble {
    /// A file could not be read.
    #[error("{} cannot be read: {source}", path.display())]
    Unreadable {
        /// Which.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A checkpoint that was given is none of this key.
    #[error("{} is not signed by this key: {source}", path.display())]
    NotSigned {
        /// Which.
        path: PathBuf,
        /// Why.
        source: NotSigned,
    },
    /// There is nothing to compare with.
    #[error(
        "the export has no checkpoint and none was given: nobody signed this record, so nothing can be said of it. Give one \
         that was kept outside with --checkpoint"
    )]
    NoCheckpoint,
}

/// Something that is not as it was signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Difference {
    /// A line is no entry, or its number does not come after the one before.
    Line {
        /// Which, from 1.
        line: u64,
        /// What is wrong.
        why: &'static str,
    },
    /// The root of the first so many entries is another one than was signed.
    Root {
        /// Entries.
        size: u64,
        /// Who says otherwise.
        source: Source,
    },
    /// More was signed than is there.
    Missing {
        /// Entries that were signed.
        size: u64,
        /// Who says so.
        source: Source,
    },
    /// What the export calls its checkpoint is none.
    Checkpoint(NotSigned),
    /// An entry tells of a checkpoint that the key did not sign.
    Told {
        /// The number of the entry.
        entry: u64,
        /// Why.
        why: NotSigned,
    },
    /// Entries after the last that anybody vouches for.
    Unsigned(u64),
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Line { line, why } => write!(f, "line {line}: {why}"),
            Self::Root { size, source } => {
                write!(
                    f,
                    "the first {size} entries are not those that were signed: {source} has another root"
                )
            }
            Self::Missing { size, source } => write!(
                f,
                "entries are missing at the end: {source} was signed over {size}, and there are fewer here"
            ),
            Self::Checkpoint(why) => write!(f, "the export's own checkpoint does not count: {why}"),
            Self::Told { entry, why } => write!(f, "the checkpoint in entry {entry} does not count: {why}"),
            Self::Unsigned(count) => {
                write!(f, "nobody vouches for the last {count} entries: they come after every checkpoint")
            }
        }
    }
}

/// What was found.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Report {
    /// Entries in the export.
    pub entries: u64,
    /// The checkpoints that fit: over so many entries, and where it came from. Ordered by size.
    pub fitting: Vec<(u64, Source)>,
    /// What is not as it was signed.
    pub differences: Vec<Difference>,
    /// Where to look: everything up to this line is as it was signed, and something up to that one is not.
    pub between: Option<(u64, u64)>,
    /// Whether the key signed two records that are not the same: this one, and another before it.
    pub two_records: bool,
}

impl Report {
    /// Whether everything is as it was signed.
    pub fn is_sound(&self) -> bool {
        self.differences.is_empty()
    }
}

/// Checks an export in a directory against its own checkpoint and others that were kept outside.
pub fn verify(dir: &Path, key: &Key, outside: &[PathBuf]) -> Result<Report, Trouble> {
    let read = |path: &Path| {
        let unreadable = |source| Trouble::Unreadable { path: path.to_owned(), source };
        std::fs::read_to_string(path).map_err(unreadable)
    };
    let mut kept = Vec::new();
    for path in outside {
        let opened = Checkpoint::open(&read(path)?, key);
        let signed = opened.map_err(|source| Trouble::NotSigned { path: path.clone(), source })?;
        kept.push((Source::Outside(path.clone()), signed));
    }
    let own = dir.join("checkpoint");
    let own = if own.exists() { Some(Checkpoint::open(&read(&own)?, key)) } else { None };
    let broken = match own {
        None => None,
        Some(Ok(signed)) => {
            kept.push((Source::Export, signed));
            None
        }
        Some(Err(why)) => Some(Difference::Checkpoint(why)),
    };
    if kept.is_empty() && broken.is_none() {
        return Err(Trouble::NoCheckpoint);
    }
    let path = dir.join("entries");
    let unreadable = |source| Trouble::Unreadable { path: path.clone(), source };
    let file = std::fs::File::open(&path).map_err(unreadable)?;
    let mut report = check(BufReader::with_capacity(1 << 20, file), key, kept).map_err(unreadable)?;
    report.differences.extend(broken);
    Ok(report)
}

/// Checks the lines of an export against checkpoints that the key signed.
pub fn check(lines: impl BufRead, key: &Key, kept: Vec<(Source, Checkpoint)>) -> io::Result<Report> {
    let mut report = Report::default();
    let mut signed: BTreeMap<u64, Vec<(Source, Hash)>> = BTreeMap::new();
    for (source, Checkpoint { size, root, .. }) in kept {
        signed.entry(size).or_default().push((source, root));
    }
    let leaves = read(lines, key, &mut signed, &mut report)?;
    report.entries = leaves.len() as u64;
    compare(&leaves, signed, &mut report);
    Ok(report)
}

/// Reads the lines to leaves, and gathers the checkpoints that entries tell of.
fn read(
    mut lines: impl BufRead,
    key: &Key,
    signed: &mut BTreeMap<u64, Vec<(Source, Hash)>>,
    report: &mut Report,
) -> io::Result<Vec<Hash>> {
    let (mut leaves, mut line, mut last) = (Vec::new(), Vec::new(), 0);
    loop {
        line.clear();
        let mut rest = io::Read::take(&mut lines, LONGEST as u64);
        if rest.read_until(b'\n', &mut line)? == 0 {
            return Ok(leaves);
        }
        let mut wrong = |why| {
            report.differences.push(Difference::Line { line: leaves.len() as u64 + 1, why });
        };
        match line.pop() {
            Some(b'\n') => {}
            other => {
                line.extend(other);
                wrong("it has no end: something was cut off");
            }
        }
        match numbered(&line) {
            None => wrong("it is no entry: a number, a space and JSON were expected"),
            Some((number, _)) if number <= last => wrong("its number does not come after the one before"),
            Some((number, entry)) => {
                last = number;
                match told(entry, key) {
                    None => {}
                    Some(Err(why)) => report.differences.push(Difference::Told { entry: number, why }),
                    Some(Ok(Checkpoint { size, root, .. })) => {
                        signed.entry(size).or_default().push((Source::Entry(number), root));
                    }
                }
            }
        }
        leaves.push(leaf(&line));
    }
}

/// The number of an entry, and the entry.
fn numbered(line: &[u8]) -> Option<(u64, &str)> {
    let (seq, entry) = std::str::from_utf8(line).ok()?.split_once(' ')?;
    Some((number(seq)?, entry)).filter(|(_, entry)| entry.starts_with('{') && entry.ends_with('}'))
}

/// The checkpoint that an entry tells of, if it does.
fn told(entry: &str, key: &Key) -> Option<Result<Checkpoint, NotSigned>> {
    const KIND: &str = "checkpoint-signed";
    if !entry.contains(KIND) {
        return None;
    }
    let entry: Value = serde_json::from_str(entry).ok()?;
    let is_one = entry.get("kind").and_then(Value::as_str) == Some(KIND);
    let note = entry.get("data").and_then(|data| data.get("note")).and_then(Value::as_str);
    is_one.then(|| Checkpoint::open(note.unwrap_or_default(), key))
}

/// Grows the tree and looks at its root wherever one was signed.
fn compare(leaves: &[Hash], signed: BTreeMap<u64, Vec<(Source, Hash)>>, report: &mut Report) {
    let (mut tree, mut rest) = (Growing::default(), leaves.iter());
    let (mut good, mut bad) = (0, None);
    for (size, roots) in signed {
        rest.by_ref()
            .take(usize::try_from(size - tree.size()).unwrap_or(usize::MAX))
            .for_each(|leaf| tree.push(*leaf));
        for (source, root) in roots {
            if tree.size() < size {
                report.differences.push(Difference::Missing { size, source });
            } else if tree.root() == root {
                match bad {
                    None => good = size,
                    Some(_) => report.two_records = true,
                }
                report.fitting.push((size, source));
            } else {
                bad.get_or_insert(size);
                report.differences.push(Difference::Root { size, source });
            }
        }
    }
    let behind = leaves.len() as u64 - tree.size();
    if behind > 0 {
        report.differences.push(Difference::Unsigned(behind));
    }
    // Once one does not fit, no later one can that was signed of the same record.
    report.between = bad.map(|bad| (good, bad));
}
