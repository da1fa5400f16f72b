//! Places outside the host where checkpoints are kept.
//!
//! A record is only as honest as its disk until somebody else has a checkpoint of it. So checkpoints leave by themselves, and
//! to more than one place if the company likes.

use std::fs::{File, OpenOptions};
use std::io::Write as _;
use std::path::{Path, PathBuf};

/// A place that takes checkpoints.
pub trait Outlet: Send {
    /// What it is called in the record: without secrets.
    fn name(&self) -> &str;

    /// Hands a checkpoint over `size` entries out. When this returns it is there; otherwise the words say why it is not.
    fn hand(&mut self, size: u64, note: &str) -> Result<(), String>;
}

/// A directory, which may be a mount of another machine: one file a checkpoint, never written over.
pub struct Directory {
    dir: PathBuf,
    name: String,
}

impl Directory {
    /// A directory. It is made when it is needed.
    pub fn new(dir: &Path) -> Self {
        Self { dir: dir.to_owned(), name: dir.display().to_string() }
    }

    fn write(&self, name: &str, note: &str) -> std::io::Result<()> {
        let (fresh, path) = (self.dir.join(format!("{name}.fresh")), self.dir.join(name));
        std::fs::create_dir_all(&self.dir)?;
        if path.exists() {
            // Handed before, unless it is of another record: that is what whoever watches from outside is there for.
            let other =
                std::io::Error::other("another checkpoint of this size is there: two records have one place");
            return if std::fs::read_to_string(&path)? == note { Ok(()) } else { Err(other) };
        }
        let mut file = OpenOptions::new().write(true).create(true).truncate(true).open(&fresh)?;
        file.write_all(note.as_bytes())?;
        file.sync_all()?;
        std::fs::rename(&fresh, &path)?;
        File::open(&self.dir)?.sync_all()
    }
}

impl Outlet for Directory {
    fn name(&self) -> &str {
        &self.name
    }

    fn hand(&mut self, size: u64, note: &str) -> Result<(), String> {
        // With leading zeros, so that they lie in their order.
        self.write(&format!("checkpoint-{size:012}"), note).map_err(|error| error.to_string())
    }
}
