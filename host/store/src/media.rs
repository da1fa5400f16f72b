//! The bytes of media: files beside the journal, each sealed with the key of its contact.
//!
//! A file is named by its contact and a keyed hash of its bytes and the contact: the same picture twice from one customer
//! is one file, from two customers two, and nobody can tell from outside that they are the same. Whoever destroys the
//! contact's key has erased the file, in every copy of it; `forget` takes away what is left of it here. A file is whole
//! or not there: it is written under another name, synced, renamed, and its directory synced.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use domain::id::ContactId;
use domain::outside::Entropy;
use domain::sealed::{Key, Lookup, SealError};
use journal::Disk;

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
        let part = path.with_extension("part");
        let write = || {
            self.disk.create_dir_all(&dir)?;
            let opened = self.disk.open(&part, true)?;
            opened.truncate(0)?;
            opened.write_at(0, &sealed)?;
            opened.sync_data()?;
            drop(opened);
            self.disk.rename(&part, &path)?;
            self.disk.sync_dir(&dir)
        };
        write().map_err(|source| MediaFileError::Io { path: path.clone(), source })
    }

    /// The bytes of a file, with the key of its contact.
    pub fn get(&self, owner: ContactId, key: &Key, file: Lookup) -> Result<Vec<u8>, MediaFileError> {
        let (_, path) = self.place(owner, file);
        let read = || crate::keys::read(&*self.disk.open(&path, false)?);
        let sealed = read().map_err(|source| MediaFileError::Io { path: path.clone(), source })?;
        key.open(&context(owner, file), &sealed)
            .map_err(|source| MediaFileError::Seal { path: path.clone(), source })
    }

    /// Takes away all files of a contact, and says how many there were.
    pub fn forget(&self, owner: ContactId) -> Result<usize, MediaFileError> {
        let dir = self.shard(owner);
        let prefix = format!("{owner}-");
        let remove = || {
            let names = match self.disk.list(&dir) {
                Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(0),
                names => names?,
            };
            let of_contact: Vec<String> =
                names.into_iter().filter(|name| name.starts_with(&prefix)).collect();
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
        let raw = crate::keys::read(&*disk.open(&dir.join(&names[0]), false).unwrap()).unwrap();
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
