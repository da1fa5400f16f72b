//! Keys: one per contact, one per day of raw bodies, one for looking up.
//!
//! They are small, they can be destroyed, and they are nowhere in the journal: whoever destroys a contact's key has
//! erased the contact from every event and every backup of it. Each is wrapped by a key derived from the master key, which
//! the operator keeps. A key is on the disk before anything is sealed with it.

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use domain::id::ContactId;
use domain::outside::Entropy;
use domain::sealed::{Key, Lookup, SealError};
use hkdf::Hkdf;
use jiff::civil::Date;
use journal::{Disk, DiskFile};
use sha2::Sha256;

/// A record of the contacts' file: the id, and the wrapped key (nonce, key, tag).
const RECORD: usize = 16 + WRAPPED;
const WRAPPED: usize = 24 + 32 + 16;

/// Raw bodies can be opened on the day they came and on so many days after it: at most 72 hours.
const DAYS: i64 = 2;

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

/// The keys of a company.
pub struct KeyStore {
    disk: Arc<dyn Disk>,
    dir: PathBuf,
    entropy: Arc<dyn Entropy>,
    wrap: Key,
    lookup: Key,
    contacts: RwLock<HashMap<ContactId, [u8; WRAPPED]>>,
    file: Mutex<(Box<dyn DiskFile>, u64)>,
    days: RwLock<BTreeMap<Date, Key>>,
}

impl KeyStore {
    /// Opens the keys in `dir`, or begins them.
    pub fn open(
        disk: Arc<dyn Disk>,
        dir: &Path,
        master: &Key,
        entropy: Arc<dyn Entropy>,
    ) -> Result<Self, KeyError> {
        let path = dir.join("contacts");
        let io = |source| KeyError::Io { path: path.clone(), source };
        disk.create_dir_all(dir).map_err(io)?;
        let file = disk.open(&path, true).map_err(io)?;
        disk.sync_dir(dir).map_err(io)?;
        let bytes = read(&*file).map_err(io)?;
        let mut contacts = HashMap::with_capacity(bytes.len() / RECORD);
        let (records, _torn) = bytes.as_chunks::<RECORD>();
        for record in records {
            let (id, wrapped) = record.split_at(16);
            if let (Ok(id), Ok(wrapped)) = (id.try_into(), wrapped.try_into()) {
                contacts.insert(ContactId::from_bytes(id), wrapped);
            }
        }
        let end = (records.len() * RECORD) as u64;
        Ok(Self {
            wrap: derive(master, b"timonel wrap 1"),
            lookup: derive(master, b"timonel lookup 1"),
            contacts: RwLock::new(contacts),
            file: Mutex::new((file, end)),
            days: RwLock::default(),
            dir: dir.to_owned(),
            disk,
            entropy,
        })
    }

    /// The keyed hash under which a personal value is found.
    pub fn lookup(&self, kind: &str, value: &str) -> Lookup {
        Lookup::of(&self.lookup, kind, value)
    }

    /// The key of a contact. None if it was destroyed.
    pub fn contact(&self, id: ContactId) -> Result<Option<Key>, KeyError> {
        let contacts = self.contacts.read().unwrap_or_else(PoisonError::into_inner);
        let Some(wrapped) = contacts.get(&id) else { return Ok(None) };
        self.unwrap(&id.to_bytes(), wrapped, &self.dir.join("contacts")).map(Some)
    }

    /// Makes keys for new contacts. They are on the disk when this returns, all with one sync.
    pub fn create(&self, ids: &[ContactId]) -> Result<(), KeyError> {
        if ids.is_empty() {
            return Ok(());
        }
        let mut records = Vec::with_capacity(ids.len() * RECORD);
        let mut created = Vec::with_capacity(ids.len());
        for id in ids {
            let wrapped = self.fresh(&id.to_bytes())?;
            records.extend_from_slice(&id.to_bytes());
            records.extend_from_slice(&wrapped);
            created.push((*id, wrapped));
        }
        let path = self.dir.join("contacts");
        let io = |source| KeyError::Io { path: path.clone(), source };
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        let (file, end) = &mut *file;
        file.write_at(*end, &records).map_err(io)?;
        file.sync_data().map_err(io)?;
        *end += records.len() as u64;
        self.contacts.write().unwrap_or_else(PoisonError::into_inner).extend(created);
        Ok(())
    }

    /// The key of a day of raw bodies, made if there is none. None if the day is so long ago that its key is destroyed.
    pub fn day(&self, date: Date, today: Date) -> Result<Option<Key>, KeyError> {
        if let Some(key) = self.days.read().unwrap_or_else(PoisonError::into_inner).get(&date) {
            return Ok(Some(key.clone()));
        }
        if date < oldest(today) {
            return Ok(None);
        }
        let mut days = self.days.write().unwrap_or_else(PoisonError::into_inner);
        let path = self.dir.join(file_of(date));
        let io = |source| KeyError::Io { path: path.clone(), source };
        if !self.disk.list(&self.dir).map_err(io)?.contains(&file_of(date)) {
            // It gets its name when it is whole and on the disk: a torn key would be in the way for the rest of the day, and
            // one that is only in the cache of the system may be gone tomorrow with all that it sealed.
            let fresh = self.dir.join(format!("fresh-{date}"));
            let file = self.disk.open(&fresh, true).map_err(io)?;
            file.truncate(0).map_err(io)?;
            file.write_at(0, &self.fresh(date.to_string().as_bytes())?).map_err(io)?;
            file.sync_data().map_err(io)?;
            self.disk.rename(&fresh, &path).map_err(io)?;
        }
        self.disk.sync_dir(&self.dir).map_err(io)?;
        let found = read(&*self.disk.open(&path, false).map_err(io)?).map_err(io)?;
        let wrapped = found.try_into().map_err(|_| KeyError::Wrapped { path: path.clone() })?;
        let key = self.unwrap(date.to_string().as_bytes(), &wrapped, &path)?;
        days.insert(date, key.clone());
        Ok(Some(key))
    }

    /// Destroys the keys of days whose raw bodies must not be readable any more. Gives how many there were.
    pub fn forget_old_days(&self, today: Date) -> Result<usize, KeyError> {
        let io = |source| KeyError::Io { path: self.dir.clone(), source };
        let mut days = self.days.write().unwrap_or_else(PoisonError::into_inner);
        days.retain(|date, _| *date >= oldest(today));
        let mut forgotten = 0;
        for name in self.disk.list(&self.dir).map_err(io)? {
            let date = name.strip_prefix("day-").and_then(|date| date.parse::<Date>().ok());
            if date.is_some_and(|date| date < oldest(today)) {
                self.disk.remove(&self.dir.join(&name)).map_err(io)?;
                forgotten += 1;
            }
        }
        if forgotten > 0 {
            self.disk.sync_dir(&self.dir).map_err(io)?;
        }
        Ok(forgotten)
    }

    fn fresh(&self, context: &[u8]) -> Result<[u8; WRAPPED], KeyError> {
        let key = Key::random(&*self.entropy);
        let wrapped = self.wrap.seal(context, key.as_bytes(), &*self.entropy)?;
        wrapped.try_into().map_err(|_| KeyError::Seal(SealError::Forged))
    }

    fn unwrap(&self, context: &[u8], wrapped: &[u8; WRAPPED], path: &Path) -> Result<Key, KeyError> {
        self.wrap
            .open(context, wrapped)
            .ok()
            .and_then(|key| key.try_into().ok())
            .map(Key::from_bytes)
            .ok_or_else(|| KeyError::Wrapped { path: path.to_owned() })
    }
}

fn oldest(today: Date) -> Date {
    today.saturating_sub(jiff::Span::new().days(DAYS))
}

fn file_of(date: Date) -> String {
    format!("day-{date}")
}

fn derive(master: &Key, purpose: &[u8]) -> Key {
    let mut bytes = [0; 32];
    // 32 bytes are within what HKDF can give, so this cannot fail.
    let _ = Hkdf::<Sha256>::new(None, master.as_bytes()).expand(purpose, &mut bytes);
    Key::from_bytes(bytes)
}

/// All that is in a file.
pub(crate) fn read(file: &dyn DiskFile) -> std::io::Result<Vec<u8>> {
    let length = usize::try_from(file.len()?).unwrap_or(usize::MAX);
    let mut bytes = vec![0; length];
    let mut filled = 0;
    while let Some(rest) = bytes.get_mut(filled..).filter(|rest| !rest.is_empty()) {
        match file.read_at(filled as u64, rest)? {
            0 => break,
            read => filled += read,
        }
    }
    bytes.truncate(filled);
    Ok(bytes)
}
