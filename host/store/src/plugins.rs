//! The bytes of plugins, kept by their hash.
//!
//! A rule is agreed on by the hash of its component, and a decision names it by that for ever. So what was once in force stays
//! here, whatever becomes of the file that it came from: to return to it, and to ask it again. Nothing in here is personal.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use domain::decision::Digest;
use journal::Disk;

use crate::whole::{read, replace};

/// Why the bytes of a plugin cannot be had, or kept.
#[derive(Debug, thiserror::Error)]
pub enum PluginFileError {
    /// The disk did not do it.
    #[error("the plugin {} could not be read or written ({source}): if it is missing, put it back there", path.display())]
    Io {
        /// Which file.
        path: PathBuf,
        /// What the disk said.
        source: io::Error,
    },
    /// They are others.
    #[error("the plugin {} is damaged: put the one back there that has this hash", path.display())]
    Damaged {
        /// Which file.
        path: PathBuf,
    },
}

/// The files of plugins. Cheap to clone.
#[derive(Clone)]
pub struct PluginFiles {
    disk: Arc<dyn Disk>,
    dir: Arc<Path>,
}

impl PluginFiles {
    /// Those in a directory, which is made when the first one is kept.
    pub fn new(disk: Arc<dyn Disk>, dir: &Path) -> Self {
        Self { disk, dir: dir.into() }
    }

    /// Keeps some bytes durably, and says by what they are found.
    pub fn keep(&self, bytes: &[u8]) -> Result<Digest, PluginFileError> {
        let digest = Digest::of(bytes);
        let path = self.path(&digest);
        let keep = || {
            if self.has(&digest)? {
                return Ok(());
            }
            self.disk.create_dir_all(&self.dir)?;
            replace(&*self.disk, &path, bytes)
        };
        keep().map_err(|source| PluginFileError::Io { path: path.clone(), source })?;
        Ok(digest)
    }

    /// The bytes behind a hash.
    pub fn get(&self, digest: &Digest) -> Result<Vec<u8>, PluginFileError> {
        let path = self.path(digest);
        let bytes = self.disk.open(&path, false).and_then(|file| read(&*file));
        let bytes = bytes.map_err(|source| PluginFileError::Io { path: path.clone(), source })?;
        if Digest::of(&bytes) == *digest { Ok(bytes) } else { Err(PluginFileError::Damaged { path }) }
    }

    /// Copies to another directory what that one lacks. Gives how many there were.
    pub fn copy(&self, to: &Self) -> Result<usize, PluginFileError> {
        let unreadable = |source| PluginFileError::Io { path: self.dir.to_path_buf(), source };
        let mut copied = 0;
        for name in self.names().map_err(unreadable)? {
            // What is being written has another ending, and what is damaged another name than it should have.
            let Some(named) = name.strip_suffix(".wasm") else { continue };
            let damaged = || PluginFileError::Damaged { path: self.dir.join(&name) };
            let digest: Digest = serde_json::from_value(named.into()).map_err(|_| damaged())?;
            let bytes = self.get(&digest)?;
            if !to.has(&digest).map_err(unreadable)? {
                to.keep(&bytes)?;
                copied += 1;
            }
        }
        Ok(copied)
    }

    fn has(&self, digest: &Digest) -> io::Result<bool> {
        let name = format!("{digest}.wasm");
        Ok(self.names()?.contains(&name))
    }

    fn names(&self) -> io::Result<Vec<String>> {
        match self.disk.list(&self.dir) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
            names => names,
        }
    }

    fn path(&self, digest: &Digest) -> PathBuf {
        self.dir.join(format!("{digest}.wasm"))
    }
}

#[cfg(test)]
mod tests {
    use journal::RealDisk;

    use super::*;

    #[test]
    fn plugins_go_into_a_backup_once_and_damaged_ones_do_not() {
        let (data, backup) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let of = |dir: &tempfile::TempDir| PluginFiles::new(Arc::new(RealDisk), &dir.path().join("plugins"));
        let (data_files, backup_files) = (of(&data), of(&backup));
        assert_eq!(data_files.copy(&backup_files).unwrap(), 0);
        let digest = data_files.keep(b"a plugin").unwrap();
        assert_eq!(data_files.keep(b"a plugin").unwrap(), digest);
        assert_eq!(data_files.copy(&backup_files).unwrap(), 1);
        assert_eq!(data_files.copy(&backup_files).unwrap(), 0);
        assert_eq!(backup_files.get(&digest).unwrap(), b"a plugin");
        std::fs::write(data.path().join("plugins").join(format!("{digest}.wasm")), b"another").unwrap();
        assert!(data_files.get(&digest).unwrap_err().to_string().contains("damaged"));
        assert!(data_files.copy(&backup_files).unwrap_err().to_string().contains("damaged"));
        let missing = data_files.get(&Digest::of(b"nothing")).unwrap_err();
        assert!(missing.to_string().contains("put it back"), "{missing}");
    }
}
