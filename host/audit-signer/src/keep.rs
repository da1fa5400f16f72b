//! What the signer keeps on the disk: its key, and the checkpoint that it signed last.
//!
//! Both are whole and synced before anybody is told of them. One process at a time works with a directory: two would each
//! remember half of what they signed.

use std::fs::{File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use audit_verify::Key;
use data_encoding::HEXLOWER;
use ed25519_dalek::SigningKey;

/// Why the directory cannot be worked with.
#[derive(Debug, thiserror::Error)]
pub enum KeepError {
    /// The system said no.
    #[error("{what} {}: {source}", path.display())]
    Io {
        /// What was tried.
        what: &'static str,
        /// On which path.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// Another signer works with it.
    #[error("another signer works with {}: stop that one first", .0.display())]
    Busy(PathBuf),
    /// A file says something that this program does not write.
    #[error("{} is damaged: {why}. Bring back the copy that was kept of it", path.display())]
    Damaged {
        /// Which.
        path: PathBuf,
        /// What was expected.
        why: &'static str,
    },
    /// The name cannot be that of a record.
    #[error("`--origin` is `{0}`: a name without spaces and `+` was expected, as `ferreteria.example/audit`")]
    Origin(String),
    /// The directory is another record's.
    #[error(
        "`--origin` is `{asked}`, and the key here is of `{is}`: a record keeps its name, or takes a new directory"
    )]
    OtherOrigin {
        /// What was asked for.
        asked: String,
        /// What it is.
        is: String,
    },
}

/// The directory of a signer.
pub struct Keep {
    dir: PathBuf,
    /// Held as long as the signer runs.
    _lock: File,
    pub(crate) secret: SigningKey,
    pub(crate) key: Key,
}

impl Keep {
    /// Opens a directory, and makes it with a new key if there is none.
    pub fn open(dir: &Path, origin: &str) -> Result<Self, KeepError> {
        let made = std::fs::DirBuilder::new().recursive(true).mode(0o700).create(dir);
        made.map_err(|source| io_error("cannot make", dir, source))?;
        let lock = dir.join("lock");
        let file = OpenOptions::new().create(true).append(true).mode(0o600).open(&lock);
        let file = file.map_err(|source| io_error("cannot open", &lock, source))?;
        file.try_lock().map_err(|_| KeepError::Busy(dir.to_owned()))?;
        let path = dir.join("key");
        if !path.exists() {
            let mut seed = [0; 32];
            let filled = getrandom::fill(&mut seed).map_err(|error| io::Error::other(error.to_string()));
            filled.map_err(|source| io_error("no random bytes for", &path, source))?;
            named(origin, &SigningKey::from_bytes(&seed))?;
            write(dir, "key", &format!("{origin}\n{}\n", HEXLOWER.encode(&seed)))?;
        }
        let text = read(&path)?;
        let damaged = || KeepError::Damaged {
            path: path.clone(),
            why: "a name and 64 hexadecimal digits were expected",
        };
        let (name, seed) = text.trim_end().split_once('\n').ok_or_else(damaged)?;
        let seed = HEXLOWER
            .decode(seed.as_bytes())
            .ok()
            .and_then(|seed| seed.try_into().ok())
            .ok_or_else(damaged)?;
        if name != origin {
            return Err(KeepError::OtherOrigin { asked: origin.to_owned(), is: name.to_owned() });
        }
        let secret = SigningKey::from_bytes(&seed);
        let key = named(name, &secret)?;
        write(dir, "verifier-key", &format!("{key}\n"))?;
        Ok(Self { dir: dir.to_owned(), _lock: file, secret, key })
    }

    /// The checkpoint that was signed last; none if none was.
    pub(crate) fn signed(&self) -> Result<Option<String>, KeepError> {
        let path = self.dir.join("signed");
        if path.exists() { read(&path).map(Some) } else { Ok(None) }
    }

    /// Remembers what is about to be handed out.
    pub(crate) fn remember(&self, note: &str) -> Result<(), KeepError> {
        write(&self.dir, "signed", note)
    }

    /// The error of a file that holds something else than it should.
    pub(crate) fn damaged(&self, name: &str, why: &'static str) -> KeepError {
        KeepError::Damaged { path: self.dir.join(name), why }
    }
}

fn named(origin: &str, secret: &SigningKey) -> Result<Key, KeepError> {
    Key::new(origin, secret.verifying_key()).map_err(|_| KeepError::Origin(origin.to_owned()))
}

fn io_error(what: &'static str, path: &Path, source: io::Error) -> KeepError {
    KeepError::Io { what, path: path.to_owned(), source }
}

fn read(path: &Path) -> Result<String, KeepError> {
    std::fs::read_to_string(path).map_err(|source| io_error("cannot read", path, source))
}

/// Writes a file as a whole: after a power loss it is the old one or the new one.
fn write(dir: &Path, name: &str, text: &str) -> Result<(), KeepError> {
    let (path, fresh) = (dir.join(name), dir.join(format!("{name}.fresh")));
    let written = || {
        let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&fresh)?;
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        std::fs::rename(&fresh, &path)?;
        File::open(dir)?.sync_all()
    };
    written().map_err(|source| io_error("cannot write", &path, source))
}
