//! The registry of templates: what every event that names one made of it.

use domain::event::Recorded;
use domain::platform::TemplateName;
use domain::templates::{self, Template};

use crate::fold::{Fold, FoldError};
use crate::layout;
use crate::projection::ProjectionError;
use crate::store::Store;

impl Fold<'_> {
    /// What an event says of templates.
    pub(crate) fn templates(&mut self, recorded: &Recorded) -> Result<(), FoldError> {
        for (account, name) in templates::named_in(&recorded.event) {
            // Without a name nobody could send it, and a sync shows what it is.
            if name.name.is_empty() {
                continue;
            }
            let key = layout::template(account, name);
            let mut template = match self.value(&key)? {
                Some(value) => serde_json::from_slice(&value).map_err(ProjectionError::Form)?,
                None => Template::named(account, name.clone()),
            };
            template.fold(recorded.time, &recorded.event);
            self.touch(&key);
            self.put_json(key, &template)?;
        }
        Ok(())
    }
}

impl Store {
    /// All templates of which something is known, by account, name and language.
    pub fn templates(&self) -> Result<Vec<Template>, ProjectionError> {
        let all = self.all(layout::TEMPLATES.to_vec())?;
        all.iter().map(|(_, value)| Ok(serde_json::from_slice(value)?)).collect()
    }

    /// One of them.
    pub fn template(&self, account: &str, name: &TemplateName) -> Result<Option<Template>, ProjectionError> {
        self.json(layout::template(account, name))
    }
}
