//! The bytes of media: files beside the journal, each sealed with the key of its contact.
//!
//! A file is named by its contact and a keyed hash of its bytes and the contact: the same picture twice from one customer
//! is one file, from two customers two, and nobody can tell from outside that they are the same. Whoever destroys the
//! contact's key has erased the file, in every copy of it; `forget` takes away what is left of it here. A file is whole
//! or not there: it is written under another name, synced, renamed, and its directory synced.

use std::collections::BTreeSet;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use domain::id::ContactId;
use domain::outside::Entropy;
use domain::sealed::{Key, Lookup, SealError};
use journal::Disk;

use crate::whole::{read, replace};

/// Authenticated with the bytes, together with contact and name.
const LABEL: &[u8] = b"medium\0";

/// Why a file of media cannot be had.
#[derive(Debug, thiserror::Error)]
pub enum MediaFileError {
    /// The disk said no.
    #[error("the medium at {}: {source}", path.display())]
    Io {
        /// Where.
        path: PathBuf,
        /// What it said.
        source: io::Error,
    },
    /// The bytes are not those that were written, or the key is another one.
    #[error("the medium at {}: {source}", path.display())]
    Seal {
        /// Where.
        path: PathBuf,
        /// What is wrong.
        source: SealError,
    },
}

/// The directory of media.
pub struct MediaFiles {
    disk: Arc<dyn Disk>,
    dir: PathBuf,
    entropy: Arc<dyn Entropy>,
}

impl MediaFiles {
    /// The directory is made when something is to be kept.
    pub fn new(disk: Arc<dyn Disk>, dir: &Path, entropy: Arc<dyn Entropy>) -> Self {
        Self { disk, dir: dir.to_owned(), entropy }
    }

    /// Keeps bytes. They are on the disk when this returns. Doing it again does no harm.
    pub fn put(&self, owner: ContactId, key: &Key, file: Lookup, bytes: &[u8]) -> Result<(), MediaFileError> {
        let (dir, path) = self.place(owner, file);
        let sealed = key
            .seal(&context(owner, file), bytes, &*self.entropy)
            .map_err(|source| MediaFileError::Seal { path: path.clone(), source })?;
        self.write(&dir, &path, &sealed).map_err(|source| MediaFileError::Io { path: path.clone(), source })
    }

    /// The bytes of a file, with the key of its contact.
    pub fn get(&self, owner: ContactId, key: &Key, file: Lookup) -> Result<Vec<u8>, MediaFileError> {
        let (_, path) = self.place(owner, file);
        let read = || read(&*self.disk.open(&path, false)?);
        let sealed = read().map_err(|source| MediaFileError::Io { path: path.clone(), source })?;
        key.open(&context(owner, file), &sealed)
            .map_err(|source| MediaFileError::Seal { path: path.clone(), source })
    }

    /// Copies the files of all contacts of whom `whom` says so to another directory, beside a host that is adding some. What
    /// is there already stays: a file never changes. Gives how many were copied.
    pub fn copy(&self, to: &Self, whom: impl Fn(ContactId) -> bool) -> Result<usize, MediaFileError> {
        let mut copied = 0;
        for shard in self.names(&self.dir)? {
            let (from, into) = (self.dir.join(&shard), to.dir.join(&shard));
            let there: BTreeSet<String> = to.names(&into)?.into_iter().collect();
            for name in self.names(&from)? {
                if there.contains(&name) || !owner(&name).is_some_and(&whom) {
                    continue;
                }
                let (path, target) = (from.join(&name), into.join(&name));
                // A contact may be forgotten while this runs.
                let Some(bytes) = absent(self.disk.open(&path, false).and_then(|file| read(&*file)))
                    .map_err(|source| MediaFileError::Io { path, source })?
                else {
                    continue;
                };
                to.write(&into, &target, &bytes)
                    .map_err(|source| MediaFileError::Io { path: target, source })?;
                copied += 1;
            }
        }
        Ok(copied)
    }

    /// Takes away all files of a contact, and says how many there were.
    pub fn forget(&self, owner: ContactId) -> Result<usize, MediaFileError> {
        let dir = self.shard(owner);
        let mut of_contact = self.names(&dir)?;
        of_contact.retain(|name| self::owner(name) == Some(owner));
        let remove = || {
            for name in &of_contact {
                self.disk.remove(&dir.join(name))?;
            }
            if !of_contact.is_empty() {
                self.disk.sync_dir(&dir)?;
            }
            Ok(of_contact.len())
        };
        remove().map_err(|source| MediaFileError::Io { path: dir.clone(), source })
    }

    fn write(&self, dir: &Path, path: &Path, sealed: &[u8]) -> io::Result<()> {
        self.disk.create_dir_all(dir)?;
        replace(&*self.disk, path, sealed)
    }

    /// What is in a directory; nothing if there is none.
    fn names(&self, dir: &Path) -> Result<Vec<String>, MediaFileError> {
        let names = absent(self.disk.list(dir));
        let names = names.map_err(|source| MediaFileError::Io { path: dir.to_owned(), source })?;
        Ok(names.unwrap_or_default())
    }

    /// Some hundred directories instead of one: ids are random, so their beginnings spread the files evenly.
    fn shard(&self, owner: ContactId) -> PathBuf {
        self.dir.join(owner.to_string().get(..2).unwrap_or_default())
    }

    fn place(&self, owner: ContactId, file: Lookup) -> (PathBuf, PathBuf) {
        let dir = self.shard(owner);
        let path = dir.join(format!("{owner}-{file:?}"));
        (dir, path)
    }
}

/// Whose file it is, by its name. None if it is no file of anybody.
fn owner(name: &str) -> Option<ContactId> {
    name.split_once('-')?.0.parse().ok()
}

/// What is not there is none.
fn absent<T>(tried: io::Result<T>) -> io::Result<Option<T>> {
    match tried {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        tried => tried.map(Some),
    }
}

/// No file opens as another's.
fn context(owner: ContactId, file: Lookup) -> Vec<u8> {
    [LABEL, &owner.to_bytes(), &file.to_bytes()].concat()
}

#[cfg(test)]
mod tests {
    use journal::SimDisk;

    use super::*;

    struct Counting;
    impl Entropy for Counting {
        fn fill(&self, bytes: &mut [u8]) {
            (0u8..).zip(bytes).for_each(|(n, byte)| *byte = n);
        }
    }

    fn files(disk: &SimDisk) -> MediaFiles {
        MediaFiles::new(Arc::new(disk.clone()), Path::new("/data/media"), Arc::new(Counting))
    }

    fn lookup(of: &str) -> Lookup {
        Lookup::of(&Key::from_bytes([1; 32]), "media", of)
    }

    const LUCIA: ContactId = ContactId::from_bytes([1; 16]);
    const MATEO: ContactId = ContactId::from_bytes([2; 16]);

    #[test]
    fn a_file_opens_with_its_contacts_key_and_lies_there_sealed() {
        let (disk, key) = (SimDisk::new(1), Key::from_bytes([3; 32]));
        let files = files(&disk);
        for _ in 0..2 {
            files.put(LUCIA, &key, lookup("a"), b"a picture of a house").unwrap();
        }
        assert_eq!(files.get(LUCIA, &key, lookup("a")).unwrap(), b"a picture of a house");
        assert!(files.get(LUCIA, &Key::from_bytes([4; 32]), lookup("a")).is_err());
        assert!(matches!(files.get(LUCIA, &key, lookup("b")), Err(MediaFileError::Io { .. })));
        let dir = files.shard(LUCIA);
        let names = disk.list(&dir).unwrap();
        assert_eq!(names.len(), 1);
        let raw = read(&*disk.open(&dir.join(&names[0]), false).unwrap()).unwrap();
        assert!(!raw.windows(7).any(|part| part == b"picture"));
        // Moved to another contact's name, it opens for nobody.
        disk.create_dir_all(&files.shard(MATEO)).unwrap();
        disk.rename(&dir.join(&names[0]), &files.place(MATEO, lookup("a")).1).unwrap();
        assert!(matches!(files.get(MATEO, &key, lookup("a")), Err(MediaFileError::Seal { .. })));
    }

    #[test]
    fn who_is_forgotten_leaves_no_file_and_the_others_keep_theirs() {
        let (disk, key) = (SimDisk::new(2), Key::from_bytes([3; 32]));
        let files = files(&disk);
        assert_eq!(files.forget(LUCIA).unwrap(), 0);
        for (owner, file) in [(LUCIA, "a"), (LUCIA, "b"), (MATEO, "a")] {
            files.put(owner, &key, lookup(file), b"bytes").unwrap();
        }
        assert_eq!(files.forget(LUCIA).unwrap(), 2);
        assert!(files.get(LUCIA, &key, lookup("a")).is_err());
        assert!(files.get(MATEO, &key, lookup("a")).is_ok());
    }
}
