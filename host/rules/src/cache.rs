//! Compiled components on disk.
//!
//! What is in here gets executed, so the directory has to belong to this process alone: it is made so, and refused at the
//! start if others may write to it. An entry is two files, `<digest>-<compatibility>.cwasm` and `.json`; the second names
//! the hash of the first and is written after it, so a torn entry is no entry.

use std::fs::{self, File};
use std::io;
use std::os::unix::fs::{DirBuilderExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use domain::decision::Digest;
use serde::{Deserialize, Serialize};
use tempfile::NamedTempFile;
use wasmtime::Engine;
use wasmtime::component::Component;

use crate::engine::{self, StartError};
use crate::trial::Found;

/// Marks what a host that was killed left behind.
const UNFINISHED: &str = ".unfinished-";

pub(crate) struct Cache {
    directory: PathBuf,
    compatibility: String,
}

/// What is kept beside the code.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Entry {
    pub(crate) found: Found,
    pub(crate) component_bytes: u64,
    pub(crate) compiled_bytes: u64,
    pub(crate) compile_micros: u64,
    /// The SHA-256 of the code.
    pub(crate) code: Digest,
}

impl Cache {
    pub(crate) fn open(directory: &Path, engine: &Engine) -> Result<Self, StartError> {
        let unusable = |source| StartError::Cache { path: directory.to_owned(), source };
        fs::DirBuilder::new().recursive(true).mode(0o700).create(directory).map_err(unusable)?;
        let writable_by_others = 0o022;
        if fs::metadata(directory).map_err(unusable)?.permissions().mode() & writable_by_others != 0 {
            return Err(StartError::CacheIsShared { path: directory.to_owned() });
        }
        for file in fs::read_dir(directory).map_err(unusable)? {
            let file = file.map_err(unusable)?;
            if file.file_name().to_string_lossy().starts_with(UNFINISHED) {
                fs::remove_file(file.path()).map_err(unusable)?;
            }
        }
        Ok(Self { directory: directory.to_owned(), compatibility: engine::compatibility(engine) })
    }

    /// A file in the directory that is gone unless it is kept.
    pub(crate) fn unfinished(&self) -> io::Result<NamedTempFile> {
        tempfile::Builder::new().prefix(UNFINISHED).tempfile_in(&self.directory)
    }

    /// Keeps what was compiled.
    pub(crate) fn keep(&self, digest: Digest, code: NamedTempFile, entry: &Entry) -> io::Result<()> {
        code.as_file().sync_all()?;
        code.persist(self.path(digest, "cwasm"))?;
        let mut beside = self.unfinished()?;
        serde_json::to_writer(&mut beside, entry)?;
        beside.as_file().sync_all()?;
        beside.persist(self.path(digest, "json"))?;
        File::open(&self.directory)?.sync_all()
    }

    /// What is kept of a component. Whatever is wrong with an entry, compiling again puts it right.
    pub(crate) fn load(&self, engine: &Engine, digest: Digest) -> Option<(Entry, Component)> {
        let entry: Entry = serde_json::from_slice(&fs::read(self.path(digest, "json")).ok()?).ok()?;
        let code = self.path(digest, "cwasm");
        if Digest::of(&fs::read(&code).ok()?) != entry.code {
            tracing::warn!(component = %digest.short(), "compiled code is damaged and will be compiled again");
            return None;
        }
        // SAFETY: the bytes have to be what wasmtime itself wrote, unchanged. They come from a directory that only this
        // process's user may write to (`open` refuses any other), where nothing is put but what a child running our own
        // program compiled, under a name that holds the digest of the component and the compatibility of the engine; and
        // they still have the hash that the child named. wasmtime checks version and configuration again by itself.
        match unsafe { Component::deserialize_file(engine, &code) } {
            Ok(component) => Some((entry, component)),
            Err(error) => {
                tracing::warn!(component = %digest.short(), "compiled code does not load: {error:#}");
                None
            }
        }
    }

    fn path(&self, digest: Digest, extension: &str) -> PathBuf {
        self.directory.join(format!("{digest}-{}.{extension}", self.compatibility))
    }
}
