//! The disk as a thing that is passed in.
//!
//! The journal's promises are about what survives a crash, and no test can cut the power of the machine it runs on. So
//! every touch of the disk goes through these two traits: [`RealDisk`] is the operating system, and
//! [`SimDisk`](crate::SimDisk) is a disk whose page cache a test may lose. The operations are the few the journal needs, at
//! the grain at which a disk can fail.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io;
use std::os::unix::fs::FileExt;
use std::path::Path;

/// A file system, as far as the journal needs one.
pub trait Disk: Send + Sync + 'static {
    /// Creates `dir` and what is missing above it; the new directories are durable on return.
    fn create_dir_all(&self, dir: &Path) -> io::Result<()>;

    /// The names (not paths) of what lies in `dir`, sorted. Names that are not UTF-8 are left out.
    fn list(&self, dir: &Path) -> io::Result<Vec<String>>;

    /// Opens a file for reading and writing, making it if `create` is set and it is not there. A new name is durable only
    /// after [`Disk::sync_dir`]. A file that may not be written is opened for reading, and then refuses writes.
    fn open(&self, file: &Path, create: bool) -> io::Result<Box<dyn DiskFile>>;

    /// Gives a file another name, replacing what had it. Durable after [`Disk::sync_dir`].
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()>;

    /// Removes a file. Durable after [`Disk::sync_dir`].
    fn remove(&self, file: &Path) -> io::Result<()>;

    /// Makes the names in `dir` durable.
    fn sync_dir(&self, dir: &Path) -> io::Result<()>;

    /// Takes `file` as a lock that one holder has at a time, across processes; `None` when somebody else has it. It is
    /// given back when what is returned is dropped, or its process ends in any way.
    fn lock(&self, file: &Path) -> io::Result<Option<Held>>;
}

/// A lock that is held; dropping it gives it back.
pub type Held = Box<dyn Send + Sync>;

/// An open file. Offsets and lengths are in bytes.
pub trait DiskFile: Send + Sync {
    /// The length of the file.
    fn len(&self) -> io::Result<u64>;

    /// Whether the file holds nothing.
    fn is_empty(&self) -> io::Result<bool> {
        Ok(self.len()? == 0)
    }

    /// Reads from `offset` into `buf` and says how many bytes; 0 only at the end of the file (or for an empty `buf`).
    fn read_at(&self, offset: u64, buf: &mut [u8]) -> io::Result<usize>;

    /// Writes all of `bytes` at `offset`. After an error any part of them may have been written.
    fn write_at(&self, offset: u64, bytes: &[u8]) -> io::Result<()>;

    /// Cuts or extends (with zeros) the file to `len`.
    fn truncate(&self, len: u64) -> io::Result<()>;

    /// Makes contents and length durable. After an error nothing is known about either, and asking again proves nothing:
    /// the operating system may have marked the lost pages as clean.
    fn sync_data(&self) -> io::Result<()>;
}

/// The disk of the operating system.
#[derive(Clone, Copy, Debug, Default)]
pub struct RealDisk;

impl Disk for RealDisk {
    fn create_dir_all(&self, dir: &Path) -> io::Result<()> {
        let parents = parents_of_what_is_made(dir);
        fs::create_dir_all(dir)?;
        parents.into_iter().try_for_each(|parent| self.sync_dir(parent))
    }

    fn list(&self, dir: &Path) -> io::Result<Vec<String>> {
        let mut names = Vec::new();
        for entry in fs::read_dir(dir)? {
            names.extend(entry?.file_name().into_string().ok());
        }
        names.sort();
        Ok(names)
    }

    fn open(&self, file: &Path, create: bool) -> io::Result<Box<dyn DiskFile>> {
        let opened = OpenOptions::new().read(true).write(true).create(create).truncate(false).open(file);
        match opened {
            // An inspector may run as somebody who may only look, or on a backup that is mounted read-only.
            Err(e)
                if matches!(
                    e.kind(),
                    io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem
                ) =>
            {
                Ok(Box::new(RealFile(File::open(file).map_err(|_| e)?)))
            }
            other => Ok(Box::new(RealFile(other?))),
        }
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        fs::rename(from, to)
    }

    fn remove(&self, file: &Path) -> io::Result<()> {
        fs::remove_file(file)
    }

    fn sync_dir(&self, dir: &Path) -> io::Result<()> {
        File::open(dir)?.sync_all()
    }

    fn lock(&self, file: &Path) -> io::Result<Option<Held>> {
        let file = OpenOptions::new().write(true).create(true).truncate(false).open(file)?;
        match file.try_lock() {
            Ok(()) => Ok(Some(Box::new(file))),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(e)) => Err(e),
        }
    }
}

/// The directories in which a name is new when a directory is made. The innermost is one even when nothing is missing: an earlier run may
/// have died before it was synced.
fn parents_of_what_is_made(dir: &Path) -> Vec<&Path> {
    let is_made = |at: &&Path| *at == dir || !at.exists();
    // Above a relative path there is the current directory, which is there.
    let named = dir.ancestors().take_while(|at| !at.as_os_str().is_empty());
    named.take_while(is_made).map(parent_of).collect()
}

/// The parent of a path, also where it is written relative to the current directory.
fn parent_of(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if parent.as_os_str().is_empty() => Path::new("."),
        Some(parent) => parent,
        None => path,
    }
}

struct RealFile(File);

impl DiskFile for RealFile {
    fn len(&self) -> io::Result<u64> {
        Ok(self.0.metadata()?.len())
    }

    fn read_at(&self, offset: u64, buf: &mut [u8]) -> io::Result<usize> {
        loop {
            match self.0.read_at(buf, offset) {
                Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
                other => return other,
            }
        }
    }

    fn write_at(&self, offset: u64, bytes: &[u8]) -> io::Result<()> {
        self.0.write_all_at(bytes, offset)
    }

    fn truncate(&self, len: u64) -> io::Result<()> {
        self.0.set_len(len)
    }

    fn sync_data(&self) -> io::Result<()> {
        self.0.sync_data()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_directory_is_made_with_all_that_is_missing_above_it_and_making_it_again_is_no_error() {
        let tmp = tempfile::tempdir().unwrap();
        let dir = tmp.path().join("a/b/c");
        RealDisk.create_dir_all(&dir).unwrap();
        RealDisk.create_dir_all(&dir).unwrap();
        RealDisk.open(&dir.join("two"), true).unwrap();
        RealDisk.open(&dir.join("one"), true).unwrap();
        assert_eq!(RealDisk.list(&dir).unwrap(), ["one", "two"]);
        assert!(RealDisk.open(&dir.join("three"), false).is_err());
    }

    #[test]
    fn what_is_made_below_the_current_directory_is_synced_in_it() {
        assert_eq!(parents_of_what_is_made(Path::new("not-there")), [Path::new(".")]);
        assert_eq!(parents_of_what_is_made(Path::new("not/there")), [Path::new("not"), Path::new(".")]);
    }

    #[test]
    fn a_lock_has_one_holder_until_it_is_dropped() {
        let tmp = tempfile::tempdir().unwrap();
        let file = tmp.path().join("lock");
        let held = RealDisk.lock(&file).unwrap();
        assert!(held.is_some());
        assert!(RealDisk.lock(&file).unwrap().is_none());
        drop(held);
        assert!(RealDisk.lock(&file).unwrap().is_some());
    }
}
