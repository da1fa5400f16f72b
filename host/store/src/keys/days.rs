//! The keys of raw bodies: one per day, gone after 72 hours at most, and sooner when somebody is forgotten.
//!
//! A body names many people and cannot be forgotten in part, and the journal that it lies in never changes. So to forget
//! one person is to turn the page for all bodies: a fresh key seals from now on, the others are closed, and closed keys are
//! destroyed as soon as nothing that they opened still has to become events. Nothing but a look at the raw bytes is lost:
//! everything else is folded from events. Whoever seals holds the key until the body is in the journal, so that none is
//! destroyed before.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};

use domain::sealed::{Key, SealedBody};
use jiff::civil::Date;
use journal::Disk;

use super::ring::{Ring, WRAPPED};
use super::{GONE, KeyError, destroy_file, finish_destroying};
use crate::whole::{read, replace};

/// Raw bodies can be opened on the day they came and on so many days after it: at most 72 hours.
const DAYS: i64 = 2;

/// The file of a day whose key still seals, and the one of keys that only open.
const OPEN: &str = "day-";
const CLOSED: &str = "closed-";

/// The keys of days.
pub(crate) struct DayKeys {
    disk: Arc<dyn Disk>,
    dir: PathBuf,
    ring: Arc<Ring>,
    held: RwLock<Held>,
}

#[derive(Default)]
struct Held {
    open: BTreeMap<Date, Arc<Key>>,
    closed: BTreeMap<Date, Vec<Arc<Key>>>,
}

impl DayKeys {
    /// The keys of days in `dir`. What was closed before and is not destroyed yet is known again.
    pub(crate) fn open(disk: Arc<dyn Disk>, dir: &Path, ring: Arc<Ring>) -> Result<Self, KeyError> {
        let days = Self { disk, dir: dir.to_owned(), ring, held: RwLock::default() };
        let mut held = Held::default();
        let io = |source| KeyError::io(dir, source);
        for name in days.disk.list(dir).map_err(io)? {
            if name == GONE {
                match finish_destroying(&*days.disk, dir) {
                    // Whoever reads beside a running host may see what that destroys at this moment.
                    Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
                    done => done.map_err(io)?,
                }
            } else if let Some(date) = date_of(&name, CLOSED) {
                held.closed.insert(date, days.keys_in(&name, date)?);
            }
        }
        *days.held.write().unwrap_or_else(PoisonError::into_inner) = held;
        Ok(days)
    }

    /// The key of a day, made if there is none. None if the day is so long ago that its key is destroyed.
    pub(crate) fn day(&self, date: Date, today: Date) -> Result<Option<Arc<Key>>, KeyError> {
        if let Some(key) = self.held.read().unwrap_or_else(PoisonError::into_inner).open.get(&date) {
            return Ok(Some(Arc::clone(key)));
        }
        if date < oldest(today) {
            return Ok(None);
        }
        let mut held = self.held.write().unwrap_or_else(PoisonError::into_inner);
        let name = format!("{OPEN}{date}");
        let key = match self.keys_in(&name, date)?.pop() {
            // A host that was killed may have left its name in the cache of the system only, to be gone tomorrow with all
            // that it seals until then.
            Some(key) => {
                self.disk.sync_dir(&self.dir).map_err(|source| KeyError::io(&self.dir, source))?;
                key
            }
            None => self.fresh(date)?,
        };
        held.open.insert(date, Arc::clone(&key));
        Ok(Some(key))
    }

    /// What is in a body; none if its key is destroyed.
    pub(crate) fn open_body(&self, body: &SealedBody, today: Date) -> Result<Option<Vec<u8>>, KeyError> {
        if body.day < oldest(today) {
            return Ok(None);
        }
        let known = {
            let held = self.held.read().unwrap_or_else(PoisonError::into_inner);
            let closed = held.closed.get(&body.day).into_iter().flatten();
            let keys: Vec<_> = held.open.get(&body.day).into_iter().chain(closed).cloned().collect();
            keys
        };
        if let Some(opened) = known.iter().find_map(|key| body.open(key).ok()) {
            return Ok(Some(opened));
        }
        let on_disk = self.keys_in(&format!("{OPEN}{}", body.day), body.day)?;
        Ok(on_disk.iter().find_map(|key| body.open(key).ok()))
    }

    /// Closes the keys of all days: what is sealed from now on is sealed with a fresh one.
    pub(crate) fn close(&self, today: Date) -> Result<(), KeyError> {
        let mut held = self.held.write().unwrap_or_else(PoisonError::into_inner);
        let io = |source| KeyError::io(&self.dir, source);
        for name in self.disk.list(&self.dir).map_err(io)? {
            let Some(date) = date_of(&name, OPEN) else { continue };
            // The one that is in use is what must be waited for, and not another copy of it.
            let key = held.open.remove(&date);
            let key = match key {
                Some(key) => Some(key),
                None => self.keys_in(&name, date)?.pop(),
            };
            let closed = held.closed.entry(date).or_default();
            closed.extend(key);
            let mut records = Vec::with_capacity(closed.len() * WRAPPED);
            for key in &*closed {
                records.extend_from_slice(&self.ring.wrap(date.to_string().as_bytes(), key)?);
            }
            let path = self.dir.join(format!("{CLOSED}{date}"));
            replace(&*self.disk, &path, &records).map_err(|source| KeyError::io(&path, source))?;
            self.disk.remove(&self.dir.join(&name)).map_err(io)?;
        }
        self.disk.sync_dir(&self.dir).map_err(io)?;
        held.open.insert(today, self.fresh(today)?);
        Ok(())
    }

    /// Whether keys are closed and not destroyed yet, and whether somebody still seals with one of them.
    pub(crate) fn closed(&self) -> Closed {
        let held = self.held.read().unwrap_or_else(PoisonError::into_inner);
        match held.closed.values().flatten().map(Arc::strong_count).max() {
            None => Closed::None,
            Some(1) => Closed::Idle,
            Some(_) => Closed::InUse,
        }
    }

    /// Destroys the closed keys.
    pub(crate) fn destroy_closed(&self) -> Result<(), KeyError> {
        let mut held = self.held.write().unwrap_or_else(PoisonError::into_inner);
        while let Some((date, _)) = held.closed.first_key_value() {
            self.remove(&format!("{CLOSED}{date}"))?;
            held.closed.pop_first();
        }
        Ok(())
    }

    /// Destroys the keys of days whose raw bodies must not be readable any more. Gives how many there were.
    pub(crate) fn forget_old(&self, today: Date) -> Result<usize, KeyError> {
        let io = |source| KeyError::io(&self.dir, source);
        let mut held = self.held.write().unwrap_or_else(PoisonError::into_inner);
        held.open.retain(|date, _| *date >= oldest(today));
        held.closed.retain(|date, _| *date >= oldest(today));
        let mut forgotten = 0;
        for name in self.disk.list(&self.dir).map_err(io)? {
            let date = date_of(&name, OPEN).or_else(|| date_of(&name, CLOSED));
            if date.is_some_and(|date| date < oldest(today)) {
                self.remove(&name)?;
                forgotten += 1;
            }
        }
        Ok(forgotten)
    }

    fn fresh(&self, date: Date) -> Result<Arc<Key>, KeyError> {
        let key = self.ring.random();
        let path = self.dir.join(format!("{OPEN}{date}"));
        let wrapped = self.ring.wrap(date.to_string().as_bytes(), &key)?;
        replace(&*self.disk, &path, &wrapped).map_err(|source| KeyError::io(&path, source))?;
        Ok(Arc::new(key))
    }

    /// The keys in a file; none if there is no such file, or if a crash left it unfinished.
    fn keys_in(&self, name: &str, date: Date) -> Result<Vec<Arc<Key>>, KeyError> {
        let path = self.dir.join(name);
        let file = match self.disk.open(&path, false) {
            Ok(file) => file,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(source) => return Err(KeyError::io(&path, source)),
        };
        let bytes = read(&*file).map_err(|source| KeyError::io(&path, source))?;
        let records = bytes.as_chunks::<WRAPPED>().0.iter();
        records
            .map(|wrapped| self.ring.unwrap(date.to_string().as_bytes(), wrapped, &path).map(Arc::new))
            .collect()
    }

    fn remove(&self, name: &str) -> Result<(), KeyError> {
        let destroyed = destroy_file(&*self.disk, &self.dir, name);
        destroyed.map_err(|source| KeyError::io(&self.dir.join(name), source))
    }
}

/// How it stands with the keys that were closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Closed {
    /// There are none.
    None,
    /// Nobody seals with any of them any more.
    Idle,
    /// Somebody is about to write what was sealed with one.
    InUse,
}

fn oldest(today: Date) -> Date {
    today.saturating_sub(jiff::Span::new().days(DAYS))
}

fn date_of(name: &str, prefix: &str) -> Option<Date> {
    name.strip_prefix(prefix)?.parse().ok()
}
