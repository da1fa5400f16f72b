//! What stands in a scenario besides rules, trouble, numbers and templates.

use std::time::Duration;

use serde::Deserialize;

use super::value;
use crate::happening::{Down, Happening};
use crate::options::{Options, Person};
use crate::rules::Rules;
use crate::templates::{Category, Quality, TemplateChange};
use crate::trouble::{Loss, Trouble};

/// A customer on the page.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Phone {
    pub(super) phone: String,
    pub(super) name: String,
    #[serde(default)]
    pub(super) username: Option<String>,
    #[serde(default = "yes")]
    pub(super) on_whatsapp: bool,
    #[serde(default = "yes")]
    pub(super) marketing: bool,
}

fn yes() -> bool {
    true
}

/// How the webhook is called.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Posting {
    pub(super) concurrency: usize,
    pub(super) batch: usize,
    #[serde(deserialize_with = "value::span")]
    pub(super) gather: Duration,
    #[serde(deserialize_with = "value::span")]
    pub(super) retry: Duration,
    #[serde(deserialize_with = "value::span")]
    pub(super) longest_retry: Duration,
}

/// Meta is not there.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Outage {
    #[serde(deserialize_with = "value::span")]
    pub(super) at: Duration,
    #[serde(deserialize_with = "value::span")]
    pub(super) lasts: Duration,
    pub(super) answer: OutageAnswer,
    /// Of `answer = "error"`.
    #[serde(default = "overloaded")]
    pub(super) code: i64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum OutageAnswer {
    HangUp,
    Silence,
    Error,
}

fn overloaded() -> i64 {
    2
}

/// Something changes for a template or a number.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Change {
    #[serde(deserialize_with = "value::span")]
    pub(super) at: Duration,
    pub(super) template: Option<String>,
    pub(super) language: Option<String>,
    pub(super) number: Option<String>,
    pub(super) quality: Option<Quality>,
    pub(super) category: Option<Category>,
    pub(super) paused: Option<bool>,
    pub(super) disabled: Option<bool>,
    pub(super) raised: Option<bool>,
    pub(super) rules: Option<Rules>,
    pub(super) trouble: Option<Trouble>,
}

impl Default for Posting {
    fn default() -> Self {
        let Options { concurrency, batch, gather, retry, longest_retry, .. } = Options::default();
        Self { concurrency, batch, gather, retry, longest_retry }
    }
}

impl Phone {
    pub(super) fn person(self) -> Person {
        Person {
            hidden: self.username.is_some(),
            username: self.username,
            on_whatsapp: self.on_whatsapp,
            marketing: self.marketing,
            ..Person::new(&self.phone, &self.name)
        }
    }
}

impl Outage {
    pub(super) fn happening(&self) -> (Duration, Happening) {
        let how = match self.answer {
            OutageAnswer::HangUp => Down::Lost(Loss::HangUp),
            OutageAnswer::Silence => Down::Lost(Loss::Silence),
            OutageAnswer::Error => Down::Error(self.code),
        };
        (self.at, Happening::Down { how, lasts: self.lasts })
    }
}

impl Change {
    pub(super) fn happenings(&self) -> Vec<Happening> {
        let mut all = Vec::new();
        if let Some(name) = &self.template {
            let changes = [
                self.category.map(TemplateChange::Moved),
                self.quality.map(TemplateChange::Rated),
                self.paused
                    .map(|paused| if paused { TemplateChange::Paused } else { TemplateChange::Unpaused }),
                self.disabled.filter(|disabled| *disabled).map(|_| TemplateChange::Disabled),
            ];
            all.extend(changes.into_iter().flatten().map(|change| Happening::Template {
                name: name.clone(),
                language: self.language.clone(),
                change,
            }));
        }
        if let Some(number) = &self.number {
            all.extend(self.quality.map(|quality| Happening::Rated { number: number.clone(), quality }));
            let raised = self.raised.filter(|raised| *raised);
            all.extend(raised.map(|_| Happening::Raised { number: number.clone() }));
        }
        all.extend(self.rules.clone().map(|rules| Happening::Rules(Box::new(rules))));
        all.extend(self.trouble.clone().map(|trouble| Happening::Trouble(Box::new(trouble))));
        all
    }
}
