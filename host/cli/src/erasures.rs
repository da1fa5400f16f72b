//! The list of everyone who was forgotten, as a file.
//!
//! It lies beside every backup and is what a restore applies first. It names contacts by the host's own random ids, and so
//! says nothing about anybody.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use anyhow::Context as _;
use domain::event::{Event, Recorded};
use domain::id::ContactId;
use domain::stream::Stream;
use journal::{Reader, RealDisk};
use serde::{Deserialize, Serialize};
use store::Erasure;

/// Its name beside a backup.
pub(crate) const FILE: &str = "erasures.json";

/// Everyone who was forgotten, and how.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Erasures {
    /// The form of the file: 1.
    form: u32,
    /// The last event of the journal that it was made from.
    pub(crate) until: u64,
    pub(crate) erased: BTreeMap<ContactId, Erasure>,
}

impl Erasures {
    /// What a journal tells, beside its host too.
    pub(crate) fn of_journal(journal: &Path) -> anyhow::Result<Self> {
        /// Most events are something else, and need not be taken apart to know it.
        const MARK: &[u8] = b"\"kind\":\"contact-erased\"";
        let reader = Reader::open_beside(Arc::new(RealDisk), journal)?;
        let mut found = Self { form: 1, until: reader.last_seq(), erased: BTreeMap::new() };
        for batch in reader.batches(1) {
            for (seq, entry) in batch?.entries() {
                if !entry.windows(MARK.len()).any(|window| window == MARK) {
                    continue;
                }
                let recorded = Recorded::decode(seq, entry).with_context(|| format!("event {seq}"))?;
                if let (Stream::Contact(contact), Event::ContactErased(erased)) =
                    (&recorded.stream, &recorded.event)
                {
                    let erasure = Erasure {
                        at: recorded.time,
                        by: recorded.actor.clone(),
                        reason: erased.reason.clone(),
                        event: seq,
                    };
                    found.erased.insert(*contact, erasure);
                }
            }
        }
        Ok(found)
    }

    /// From a file.
    pub(crate) fn read(path: &Path) -> anyhow::Result<Self> {
        let text = std::fs::read(path)
            .with_context(|| format!("the list of erasures {} cannot be read", path.display()))?;
        let list: Self = serde_json::from_slice(&text)
            .with_context(|| format!("{} is no list of erasures", path.display()))?;
        anyhow::ensure!(
            list.form == 1,
            "{} was written by a later version of Timonel: use that one",
            path.display()
        );
        Ok(list)
    }

    /// To a file, whole or not at all.
    pub(crate) fn write(&self, path: &Path) -> anyhow::Result<()> {
        let fresh = path.with_extension("new");
        std::fs::write(&fresh, serde_json::to_vec_pretty(self)?)?;
        std::fs::File::open(&fresh)?.sync_all()?;
        std::fs::rename(&fresh, path).with_context(|| format!("{} cannot be written", path.display()))
    }
}
