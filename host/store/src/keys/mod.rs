//! Keys: one per contact, one per day of raw bodies, one for looking up.
//!
//! They are small, they can be destroyed, and they are nowhere in the journal: whoever destroys a contact's key has
//! erased the contact from every event and every backup of it. Each is wrapped by a key derived from the master key, which
//! the operator keeps. A key is on the disk before anything is sealed with it.
//!
//! New keys are appended, because customers come every second; a key is destroyed by writing the whole file without it,
//! because that happens a few times a day. The old file is overwritten with zeros before it is let go. A disk or a file
//! system that keeps old versions may still have them: that is why they are wrapped, and why the master key lies elsewhere.

mod backup;
mod days;
mod ring;

use std::collections::{BTreeSet, HashMap};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use domain::id::ContactId;
use domain::outside::Entropy;
use domain::sealed::{Key, Lookup, SealError, SealedBody};
use jiff::civil::Date;
use journal::{Disk, DiskFile};

use crate::whole::{read, replace};

pub use backup::{KeyBackup, KeyBackupError};
pub use days::Closed;
use days::DayKeys;
use ring::{Ring, WRAPPED, derive};

/// A record of the contacts' file: the id, and the wrapped key.
const RECORD: usize = 16 + WRAPPED;

/// The name of the contacts' file.
const CONTACTS: &str = "contacts";

/// The name of a file that is being destroyed.
const GONE: &str = "gone";

/// Why a key cannot be had.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// The disk said no.
    #[error("the keys at {}: {source}", path.display())]
    Io {
        /// Where.
        path: PathBuf,
        /// What it said.
        source: std::io::Error,
    },
    /// The key is there, and the master key does not open it.
    #[error("a key at {} does not open: is it the right master key?", path.display())]
    Wrapped {
        /// Where.
        path: PathBuf,
    },
    /// A key could not be wrapped.
    #[error(transparent)]
    Seal(#[from] SealError),
}

impl KeyError {
    fn io(path: &Path, source: std::io::Error) -> Self {
        Self::Io { path: path.to_owned(), source }
    }
}

/// The keys of a company.
pub struct KeyStore {
    disk: Arc<dyn Disk>,
    dir: PathBuf,
    ring: Arc<Ring>,
    lookup: Key,
    hide: Key,
    contacts: RwLock<HashMap<ContactId, [u8; WRAPPED]>>,
    file: Mutex<(Box<dyn DiskFile>, u64)>,
    days: DayKeys,
}

impl KeyStore {
    /// Opens the keys in `dir`, or begins them.
    pub fn open(
        disk: Arc<dyn Disk>,
        dir: &Path,
        master: &Key,
        entropy: Arc<dyn Entropy>,
    ) -> Result<Self, KeyError> {
        let path = dir.join(CONTACTS);
        let io = |source| KeyError::io(&path, source);
        disk.create_dir_all(dir).map_err(io)?;
        let file = disk.open(&path, true).map_err(io)?;
        disk.sync_dir(dir).map_err(io)?;
        let bytes = read(&*file).map_err(io)?;
        let contacts = parse(&bytes);
        // A record that a crash left unfinished is written over.
        let end = (bytes.len() / RECORD * RECORD) as u64;
        let ring = Arc::new(Ring::new(master, entropy));
        let days = DayKeys::open(Arc::clone(&disk), dir, Arc::clone(&ring))?;
        Ok(Self {
            lookup: derive(master, b"timonel lookup 1"),
            hide: derive(master, b"timonel people 1"),
            contacts: RwLock::new(contacts),
            file: Mutex::new((file, end)),
            days,
            dir: dir.to_owned(),
            disk,
            ring,
        })
    }

    /// The keyed hash under which a personal value is found.
    pub fn lookup(&self, kind: &str, value: &str) -> Lookup {
        Lookup::of(&self.lookup, kind, value)
    }

    /// The key of what people of the company prove themselves with.
    pub fn of_people(&self) -> &Key {
        &self.hide
    }

    /// The key of a contact. None if it was destroyed.
    pub fn contact(&self, id: ContactId) -> Result<Option<Key>, KeyError> {
        let contacts = self.contacts.read().unwrap_or_else(PoisonError::into_inner);
        let Some(wrapped) = contacts.get(&id) else { return Ok(None) };
        self.ring.unwrap(&id.to_bytes(), wrapped, &self.dir.join(CONTACTS)).map(Some)
    }

    /// Whether there is a key of a contact.
    pub fn knows(&self, id: ContactId) -> bool {
        self.contacts.read().unwrap_or_else(PoisonError::into_inner).contains_key(&id)
    }

    /// Makes keys for new contacts. They are on the disk when this returns, all with one sync.
    pub fn create(&self, ids: &[ContactId]) -> Result<(), KeyError> {
        if ids.is_empty() {
            return Ok(());
        }
        let mut records = Vec::with_capacity(ids.len() * RECORD);
        let mut created = Vec::with_capacity(ids.len());
        for id in ids {
            let wrapped = self.ring.wrap(&id.to_bytes(), &self.ring.random())?;
            records.extend_from_slice(&id.to_bytes());
            records.extend_from_slice(&wrapped);
            created.push((*id, wrapped));
        }
        let path = self.dir.join(CONTACTS);
        let io = |source| KeyError::io(&path, source);
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        let (file, end) = &mut *file;
        file.write_at(*end, &records).map_err(io)?;
        file.sync_data().map_err(io)?;
        *end += records.len() as u64;
        self.contacts.write().unwrap_or_else(PoisonError::into_inner).extend(created);
        Ok(())
    }

    /// Destroys the keys of contacts, for ever. They are gone from the disk when this returns. Gives how many there were.
    pub fn destroy(&self, ids: &BTreeSet<ContactId>) -> Result<usize, KeyError> {
        if !ids.iter().any(|id| self.knows(*id)) {
            return Ok(0);
        }
        let path = self.dir.join(CONTACTS);
        let io = |source| KeyError::io(&path, source);
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        let mut left = self.contacts.read().unwrap_or_else(PoisonError::into_inner).clone();
        let before = left.len();
        left.retain(|id, _| !ids.contains(id));
        let records = records(&left);
        replace(&*self.disk, &path, &records).map_err(io)?;
        // The name leads to the new file, and this is still the old one.
        blank(&*file.0).map_err(io)?;
        *file = (self.disk.open(&path, false).map_err(io)?, records.len() as u64);
        let gone = before - left.len();
        *self.contacts.write().unwrap_or_else(PoisonError::into_inner) = left;
        Ok(gone)
    }

    /// The key of a day of raw bodies, made if there is none. None if the day is so long ago that its key is destroyed.
    /// Hold it until what was sealed with it is in the journal.
    pub fn day(&self, date: Date, today: Date) -> Result<Option<Arc<Key>>, KeyError> {
        self.days.day(date, today)
    }

    /// What is in a raw body; none if its key is destroyed.
    pub fn open_body(&self, body: &SealedBody, today: Date) -> Result<Option<Vec<u8>>, KeyError> {
        self.days.open_body(body, today)
    }

    /// Closes the keys of all raw bodies: what is sealed from now on is sealed with a fresh one.
    pub fn close_days(&self, today: Date) -> Result<(), KeyError> {
        self.days.close(today)
    }

    /// How it stands with closed keys.
    pub fn closed_days(&self) -> Closed {
        self.days.closed()
    }

    /// Destroys the closed keys of raw bodies, and with them what they opened.
    pub fn destroy_closed_days(&self) -> Result<(), KeyError> {
        self.days.destroy_closed()
    }

    /// Destroys the keys of days whose raw bodies must not be readable any more. Gives how many there were.
    pub fn forget_old_days(&self, today: Date) -> Result<usize, KeyError> {
        self.days.forget_old(today)
    }
}

/// What is in the contacts' file.
fn parse(bytes: &[u8]) -> HashMap<ContactId, [u8; WRAPPED]> {
    let records = bytes.as_chunks::<RECORD>().0.iter();
    records
        .filter_map(|record| {
            let (id, wrapped) = record.split_at(16);
            Some((ContactId::from_bytes(id.try_into().ok()?), wrapped.try_into().ok()?))
        })
        .collect()
}

/// The contacts' file, in the order of the ids.
fn records(contacts: &HashMap<ContactId, [u8; WRAPPED]>) -> Vec<u8> {
    let mut ids: Vec<_> = contacts.iter().collect();
    ids.sort_unstable_by_key(|(id, _)| **id);
    let mut records = Vec::with_capacity(ids.len() * RECORD);
    for (id, wrapped) in ids {
        records.extend_from_slice(&id.to_bytes());
        records.extend_from_slice(wrapped);
    }
    records
}

/// Overwrites what is in a file.
fn blank(file: &dyn DiskFile) -> std::io::Result<()> {
    static ZEROS: [u8; 64 << 10] = [0; 64 << 10];
    let length = file.len()?;
    for at in (0..length).step_by(ZEROS.len()) {
        let rest = usize::try_from(length - at).unwrap_or(usize::MAX).min(ZEROS.len());
        file.write_at(at, ZEROS.get(..rest).unwrap_or_default())?;
    }
    file.sync_data()
}

/// Destroys a file of keys. It loses its name before its bytes: a crash in between leaves nothing that would be read as keys.
fn destroy_file(disk: &dyn Disk, dir: &Path, name: &str) -> std::io::Result<()> {
    disk.rename(&dir.join(name), &dir.join(GONE))?;
    disk.sync_dir(dir)?;
    finish_destroying(disk, dir)
}

/// Takes away what is left of a file that was being destroyed.
fn finish_destroying(disk: &dyn Disk, dir: &Path) -> std::io::Result<()> {
    let path = dir.join(GONE);
    blank(&*disk.open(&path, false)?)?;
    disk.remove(&path)?;
    disk.sync_dir(dir)
}
