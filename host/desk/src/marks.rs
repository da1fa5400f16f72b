//! Who signed the components that rules run, read once a component: its bytes never change.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use domain::author::Mark;
use domain::decision::Digest;
use store::{PluginFileError, PluginFiles};

/// The signatures of components, by their hashes. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Marks {
    files: PluginFiles,
    known: Arc<Mutex<HashMap<Digest, Arc<[Mark]>>>>,
}

impl Marks {
    pub(crate) fn new(files: PluginFiles) -> Self {
        Self { files, known: Arc::default() }
    }

    pub(crate) fn of(&self, component: &Digest) -> Result<Arc<[Mark]>, PluginFileError> {
        let known = || self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(marks) = known().get(component) {
            return Ok(Arc::clone(marks));
        }
        let marks: Arc<[Mark]> = rules::marks(&self.files.get(component)?).into();
        known().insert(*component, Arc::clone(&marks));
        Ok(marks)
    }
}
