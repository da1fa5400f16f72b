//! The registry of templates: what every event that names one made of it, and what it said when.
//!
//! A company changes the words of a template, and what a customer read stays what it was.

use domain::Time;
use domain::event::Recorded;
use domain::platform::TemplateName;
use domain::templates::{self, Template};
use serde_json::Value;

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
            let said = template.components.clone();
            template.fold(recorded.time, &recorded.event);
            if template.components != said {
                let since = layout::wording(account, name, recorded.time);
                self.put_json(since, &template.components)?;
            }
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

    /// What a template said at a moment, as Meta spells it. If that was not known then: what was learnt next.
    pub fn wording(
        &self,
        account: &str,
        name: &TemplateName,
        at: Time,
    ) -> Result<Option<Vec<Value>>, ProjectionError> {
        let all = self.all(layout::wordings(account, name))?;
        let known = |value: &[u8]| serde_json::from_slice::<Option<Vec<Value>>>(value);
        let later = all.partition_point(|(key, _)| *key <= layout::wording(account, name, at));
        if let Some((_, value)) = later.checked_sub(1).and_then(|last| all.get(last))
            && let Some(said) = known(value)?
        {
            return Ok(Some(said));
        }
        for (_, value) in all.iter().skip(later) {
            if let Some(said) = known(value)? {
                return Ok(Some(said));
            }
        }
        Ok(None)
    }
}
