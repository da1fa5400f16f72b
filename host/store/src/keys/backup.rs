//! The keys of contacts in a file of their own, for a while.
//!
//! A backup of the journal may be kept for years, because it opens nothing. What opens it must not: whoever is erased
//! today would come back with a key that was saved yesterday. So the keys are saved apart, in a file that is sealed under the
//! master key together with the day on which it was made, and that nobody can make younger. Only contacts' keys are in
//! it: raw bodies are not to be opened from a backup at all.

use std::collections::{BTreeSet, HashMap};
use std::path::Path;

use domain::id::ContactId;
use domain::outside::Entropy;
use domain::sealed::{Key, SealError};
use jiff::civil::Date;
use journal::Disk;

use super::ring::{WRAPPED, derive};
use super::{CONTACTS, KeyError, parse, records};
use crate::whole::{read, replace};

/// For how many days a backup of keys may be used. Laws ask for an erasure within 5 to 15 working days.
const DAYS: i32 = 30;

const MAGIC: &[u8; 16] = b"timonel keys  1\n";
const CONTEXT: &[u8] = b"key-backup";
const PURPOSE: &[u8] = b"timonel key backup 1";

/// Keys as they were on a day.
pub struct KeyBackup {
    /// The day, in UTC.
    pub date: Date,
    contacts: HashMap<ContactId, [u8; WRAPPED]>,
}

/// Why a backup of keys cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum KeyBackupError {
    /// Another file.
    #[error("it is no backup of keys: `timonel backup keys` makes one")]
    NotOne,
    /// Made under another master key, or changed.
    #[error("it does not open: it was made under another master key, or it was changed")]
    Forged,
    /// Too old.
    #[error(
        "it is of {date}, and a backup of keys may be used for {DAYS} days: an older one would bring back \
         people who were erased since. Use a younger one"
    )]
    TooOld {
        /// Of which day it is.
        date: Date,
    },
    /// A key could not be sealed.
    #[error(transparent)]
    Seal(#[from] SealError),
    /// The keys could not be read or written.
    #[error(transparent)]
    Key(#[from] KeyError),
}

impl KeyBackup {
    /// The keys in a directory, also beside a host that is adding some.
    pub fn of(disk: &dyn Disk, dir: &Path, date: Date) -> Result<Self, KeyBackupError> {
        let path = dir.join(CONTACTS);
        let bytes = disk.open(&path, false).and_then(|file| read(&*file));
        Ok(Self { date, contacts: parse(&bytes.map_err(|source| KeyError::io(&path, source))?) })
    }

    /// The bytes of the file.
    pub fn seal(&self, master: &Key, entropy: &dyn Entropy) -> Result<Vec<u8>, KeyBackupError> {
        let date = self.date.to_string();
        let plain = [date.as_bytes(), b"\n", &records(&self.contacts)].concat();
        Ok([&MAGIC[..], &derive(master, PURPOSE).seal(CONTEXT, &plain, entropy)?].concat())
    }

    /// From the bytes of a file that is not too old today.
    pub fn open(bytes: &[u8], master: &Key, today: Date) -> Result<Self, KeyBackupError> {
        let sealed = bytes.strip_prefix(&MAGIC[..]).ok_or(KeyBackupError::NotOne)?;
        let plain = derive(master, PURPOSE).open(CONTEXT, sealed).map_err(|_| KeyBackupError::Forged)?;
        let end = plain.iter().position(|byte| *byte == b'\n').ok_or(KeyBackupError::NotOne)?;
        let (date, rest) = plain.split_at(end);
        let date: Option<Date> = std::str::from_utf8(date).ok().and_then(|date| date.parse().ok());
        let date = date.ok_or(KeyBackupError::NotOne)?;
        if date < today.saturating_sub(jiff::Span::new().days(DAYS)) {
            return Err(KeyBackupError::TooOld { date });
        }
        Ok(Self { date, contacts: parse(rest.get(1..).unwrap_or_default()) })
    }

    /// Whether the key of a contact is there.
    pub fn knows(&self, id: ContactId) -> bool {
        self.contacts.contains_key(&id)
    }

    /// How many keys there are.
    pub fn len(&self) -> usize {
        self.contacts.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.contacts.is_empty()
    }

    /// Leaves out the keys of contacts who were erased. Gives how many there were.
    pub fn leave_out(&mut self, erased: &BTreeSet<ContactId>) -> usize {
        let before = self.contacts.len();
        self.contacts.retain(|id, _| !erased.contains(id));
        before - self.contacts.len()
    }

    /// Puts the keys in a directory that has none.
    pub fn put(&self, disk: &dyn Disk, dir: &Path) -> Result<(), KeyBackupError> {
        let path = dir.join(CONTACTS);
        let put = disk.create_dir_all(dir).and_then(|()| replace(disk, &path, &records(&self.contacts)));
        Ok(put.map_err(|source| KeyError::io(&path, source))?)
    }
}
