//! All templates, found by name and by id.

use std::collections::{BTreeMap, HashMap};

use serde_json::{Value, json};

use super::{Form, Quality, Template, TemplateStatus};
use crate::clock::millis;
use crate::dice::Dice;
use crate::graph::Refusal;
use crate::id;
use crate::rules::DAY;

/// For so many days a deleted template's name cannot be used again (Meta, Template management).
const GONE_FOR_DAYS: u64 = 30;

pub(crate) struct Catalogue {
    dice: Dice,
    entries: BTreeMap<u64, Entry>,
    by_name: HashMap<String, Vec<u64>>,
    /// When the name, in an account and a language, is free again; in milliseconds since 1970.
    gone: HashMap<(String, String, String), u64>,
}

/// A template and its life.
#[derive(Debug, Clone)]
pub(crate) struct Entry {
    pub(crate) id: u64,
    pub(crate) template: Template,
    pub(crate) form: Form,
    pub(crate) quality: Quality,
    pub(crate) pauses: usize,
    /// Grows with every change of status, so that what was to come of an earlier one does not come any more.
    pub(crate) turn: u64,
    /// Why it was rejected, in Meta's word.
    pub(crate) rejected: Option<&'static str>,
}

impl Entry {
    /// As the API tells it.
    pub(crate) fn json(&self) -> Value {
        let Template { name, language, category, components, named, status, .. } = &self.template;
        let mut json = json!({
            "id": self.id.to_string(),
            "name": name,
            "language": language,
            "category": category.word(),
            "status": status.word(),
            "components": components,
            "parameter_format": if *named { "NAMED" } else { "POSITIONAL" },
            "quality_score": {"score": self.quality.word()},
        });
        if let Some(reason) = self.rejected {
            json["rejected_reason"] = reason.into();
        }
        json
    }

    pub(crate) fn turn_to(&mut self, status: TemplateStatus) -> u64 {
        self.template.status = status;
        self.turn += 1;
        self.turn
    }
}

impl Catalogue {
    pub(crate) fn new(dice: Dice) -> Self {
        Self { dice, entries: BTreeMap::new(), by_name: HashMap::new(), gone: HashMap::new() }
    }

    pub(crate) fn add(&mut self, template: Template, now: u64) -> Result<u64, Refusal> {
        let Template { name, language, account, category, .. } = &template;
        let named = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
        if name.is_empty() || name.len() > 512 || !name.chars().all(named) {
            return Err(Refusal::parameter(format!(
                "Param name must contain at most 512 lower case letters, digits and _ - got \"{name}\"."
            )));
        }
        let key = (account.clone(), name.clone(), language.clone());
        if self.find(account, name, language).is_some() {
            return Err(Refusal::template(
                2_388_024,
                "Content in This Language Already Exists",
                format!(
                    "There is already {language} content for this template. You can create a new template and try again."
                ),
            ));
        }
        if self.gone.get(&key).is_some_and(|until| now < *until) {
            return Err(Refusal::template(
                2_388_023,
                "Message Template Language Is Being Deleted",
                format!(
                    "New {language} content can't be added while the existing {language} content is being deleted."
                ),
            ));
        }
        let form = Form::read(&template.components, *category, template.named)?;
        let named = self.dice.about(account).about(name).about(language);
        let mut id = id::object(named);
        while self.entries.contains_key(&id) {
            id += 1;
        }
        self.by_name.entry(name.clone()).or_default().push(id);
        let (quality, pauses, turn) = (Quality::Unknown, 0, 0);
        self.entries.insert(id, Entry { id, template, form, quality, pauses, turn, rejected: None });
        Ok(id)
    }

    pub(crate) fn find(&self, account: &str, name: &str, language: &str) -> Option<&Entry> {
        self.named(account, name).find(|entry| entry.template.language == language)
    }

    /// All languages of a name.
    pub(crate) fn named(&self, account: &str, name: &str) -> impl Iterator<Item = &Entry> {
        let ids = self.by_name.get(name).map(Vec::as_slice).unwrap_or_default();
        ids.iter()
            .filter_map(|id| self.entries.get(id))
            .filter(move |entry| entry.template.account == account)
    }

    pub(crate) fn get(&self, id: u64) -> Option<&Entry> {
        self.entries.get(&id)
    }

    pub(crate) fn get_mut(&mut self, id: u64) -> Option<&mut Entry> {
        self.entries.get_mut(&id)
    }

    /// Of an account, in the order of their ids, which never changes.
    pub(crate) fn of<'a>(&'a self, account: &'a str) -> impl Iterator<Item = &'a Entry> {
        self.entries.values().filter(move |entry| entry.template.account == account)
    }

    /// Those with a name, in every account; of one language if one is given.
    pub(crate) fn called(&self, name: &str, language: Option<&str>) -> Vec<u64> {
        let ids = self.by_name.get(name).map(Vec::as_slice).unwrap_or_default().iter().copied();
        let spoken = |id: &u64| {
            self.entries
                .get(id)
                .is_some_and(|entry| language.is_none_or(|wanted| entry.template.language == wanted))
        };
        ids.filter(spoken).collect()
    }

    pub(crate) fn remove(&mut self, id: u64, now: u64) {
        if let Some(Entry { template, .. }) = self.entries.remove(&id) {
            self.by_name.entry(template.name.clone()).or_default().retain(|other| *other != id);
            // A name that was never approved is free at once.
            if !matches!(template.status, TemplateStatus::Pending | TemplateStatus::Rejected) {
                let until = now + GONE_FOR_DAYS * millis(DAY);
                self.gone.insert((template.account, template.name, template.language), until);
            }
        }
    }
}
