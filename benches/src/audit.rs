//! How long an auditor waits: a record of a million entries, checked against its checkpoints.
//!
//! The lines are those of a host whose people pause and resume, some 350 bytes each. Every thousandth tells of a checkpoint over
//! all before it, as those of a real record do, and each of them is checked too.

use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::Path;
use std::time::Instant;

use anyhow::{Result, ensure};
use audit_verify::{Checkpoint, Growing, Key, leaf, verify};
use domain::Time;
use domain::event::{About, Acted, CheckpointSigned, Device, Event, Recorded, Right};
use domain::raci::letters::Letters;
use domain::raci::task::Task;
use domain::stream::{Actor, Stream};
use ed25519_dalek::{Signer as _, SigningKey};

use crate::report::{Report, Target, median};

const ORIGIN: &str = "bench.example/audit";

/// Entries from one checkpoint to the next.
const CHECKPOINT: u64 = 1_000;

pub(crate) fn run(report: &mut Report, entries: u64, rounds: usize) -> Result<()> {
    report.load_of_machine("audit");
    let dir = tempfile::tempdir()?;
    let secret = SigningKey::from_bytes(&[7; 32]);
    let key = Key::new(ORIGIN, secret.verifying_key())?;
    write(dir.path(), entries, &secret, &key)?;
    let mut seconds = Vec::new();
    for _ in 0..rounds {
        let started = Instant::now();
        let checked = verify(dir.path(), &key, &[])?;
        seconds.push(started.elapsed().as_secs_f64());
        ensure!(checked.is_sound() && checked.entries == entries, "the record does not fit: {checked:?}");
    }
    // What is wanted is wanted of a million.
    let wanted = Target::Below(10.0 * entries as f64 / 1e6);
    report.row("audit", format!("{entries} entries verified"), median(seconds), "s", Some(wanted));
    Ok(())
}

/// Writes an export: its lines, and the checkpoint over all of them.
fn write(dir: &Path, entries: u64, secret: &SigningKey, key: &Key) -> Result<()> {
    let mut lines = BufWriter::new(File::create(dir.join("entries"))?);
    let mut tree = Growing::default();
    let sign = |tree: &Growing| {
        let text = Checkpoint { origin: ORIGIN.to_owned(), size: tree.size(), root: tree.root() }.to_string();
        format!("{text}\n{}", key.line(&secret.sign(text.as_bytes())))
    };
    for seq in 1..=entries {
        let size = tree.size();
        let event: Event = if size > 0 && size.is_multiple_of(CHECKPOINT) {
            CheckpointSigned { size, note: sign(&tree) }.into()
        } else {
            acted().into()
        };
        let actor = Actor::Operator("mlopez".into());
        let entry = Recorded::encode(Time::UNIX_EPOCH, &Stream::Audit, seq, &actor, &event)?;
        let line = [format!("{seq} ").as_bytes(), &entry].concat();
        lines.write_all(&line)?;
        lines.write_all(b"\n")?;
        tree.push(leaf(&line));
    }
    lines.flush()?;
    std::fs::write(dir.join("checkpoint"), sign(&tree))?;
    Ok(())
}

fn acted() -> Acted {
    Acted {
        action: "pause-sending".to_owned(),
        person: Some("marta".into()),
        account: Some("mlopez".into()),
        right: Some(Right {
            task: Some(Task::EmergencyStop),
            letters: Letters::RA,
            roles: vec!["supervisor".into()],
            lent_by: Vec::new(),
        }),
        refused: None,
        device: Device::Socket { process: Some(4_711) },
        about: About { number: Some("106540352242922".into()), ..About::default() },
        reason: Some("mudanza de la bodega".to_owned()),
    }
}
