//! A scenario: a file that says how the company is, how its customers are, what Meta enforces and what goes wrong. With a
//! seed it says everything.
//!
//! It is written for people, so what is not written is as Meta has it, and what is wrong is refused before anything
//! starts, with the line that it stands in. `scenarios/` beside this crate has commented ones.

pub(crate) mod value;

use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::Deserialize;

use crate::crowd::Crowd;
use crate::happening::{Down, Happening};
use crate::options::{Delays, Number, Options, Person};
use crate::rules::Rules;
use crate::templates::{Category, Quality, Template, TemplateChange};
use crate::trouble::{Loss, Trouble};

/// What a file says.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Scenario {
    speed: f64,
    remember: usize,
    numbers: Vec<Number>,
    templates: Vec<Template>,
    phones: Vec<Phone>,
    rules: Rules,
    trouble: Trouble,
    delays: Delays,
    posting: Posting,
    customers: Option<Crowd>,
    outages: Vec<Outage>,
    changes: Vec<Change>,
}

/// A customer on the page.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Phone {
    phone: String,
    name: String,
    #[serde(default)]
    username: Option<String>,
    #[serde(default = "yes")]
    on_whatsapp: bool,
    #[serde(default = "yes")]
    marketing: bool,
}

fn yes() -> bool {
    true
}

/// How the webhook is called.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
struct Posting {
    concurrency: usize,
    batch: usize,
    #[serde(deserialize_with = "value::span")]
    gather: Duration,
    #[serde(deserialize_with = "value::span")]
    retry: Duration,
    #[serde(deserialize_with = "value::span")]
    longest_retry: Duration,
}

/// Meta is not there.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Outage {
    #[serde(deserialize_with = "value::span")]
    at: Duration,
    #[serde(deserialize_with = "value::span")]
    lasts: Duration,
    answer: OutageAnswer,
    /// Of `answer = "error"`.
    #[serde(default = "overloaded")]
    code: i64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum OutageAnswer {
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
struct Change {
    #[serde(deserialize_with = "value::span")]
    at: Duration,
    template: Option<String>,
    language: Option<String>,
    number: Option<String>,
    quality: Option<Quality>,
    category: Option<Category>,
    paused: Option<bool>,
    disabled: Option<bool>,
    raised: Option<bool>,
    rules: Option<Rules>,
    trouble: Option<Trouble>,
}

/// Why a scenario cannot be played.
#[derive(Debug, thiserror::Error)]
pub enum ScenarioError {
    /// The file cannot be read.
    #[error("{}: the scenario cannot be read: {source}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// It is no TOML, or a value is not what was expected.
    #[error("{name}: {source}")]
    Value {
        /// What was read.
        name: String,
        /// The line with the key and the value, and what was expected.
        source: Box<toml::de::Error>,
    },
    /// A value is one by itself and does not fit the rest.
    #[error("{name}: `{key}` is `{given}`, and {expected} was expected")]
    Fit {
        /// What was read.
        name: String,
        /// The key.
        key: String,
        /// What was given.
        given: String,
        /// What would have been right.
        expected: String,
    },
}

impl Default for Scenario {
    fn default() -> Self {
        let usual = Options::default();
        Self {
            speed: usual.speed,
            remember: usual.remember,
            numbers: usual.numbers,
            templates: Vec::new(),
            phones: Vec::new(),
            rules: Rules::meta(),
            trouble: usual.trouble,
            delays: usual.delays,
            posting: Posting::default(),
            customers: None,
            outages: Vec::new(),
            changes: Vec::new(),
        }
    }
}

impl Default for Posting {
    fn default() -> Self {
        let Options { concurrency, batch, gather, retry, longest_retry, .. } = Options::default();
        Self { concurrency, batch, gather, retry, longest_retry }
    }
}

impl Scenario {
    /// Reads a file.
    pub fn read(path: &Path) -> Result<Self, ScenarioError> {
        let text = std::fs::read_to_string(path)
            .map_err(|source| ScenarioError::Read { path: path.to_owned(), source })?;
        Self::parse(&text, &path.display().to_string())
    }

    /// Reads a text; `name` is what errors call it.
    pub fn parse(text: &str, name: &str) -> Result<Self, ScenarioError> {
        let scenario: Self = toml::from_str(text)
            .map_err(|source| ScenarioError::Value { name: name.to_owned(), source: Box::new(source) })?;
        scenario.check().map_err(|(key, given, expected)| ScenarioError::Fit {
            name: name.to_owned(),
            key,
            given,
            expected,
        })?;
        Ok(scenario)
    }

    /// What a value cannot know of the others: key, value, what was expected.
    fn check(&self) -> Result<(), (String, String, String)> {
        let wrong = |key: &str, given: &dyn ToString, expected: &str| {
            Err((key.to_owned(), given.to_string(), expected.to_owned()))
        };
        if !(0.01..=100_000.0).contains(&self.speed) {
            return wrong("speed", &self.speed, "a number from 0.01 to 100000");
        }
        if !(1..=1_000).contains(&self.posting.batch) {
            return wrong("posting.batch", &self.posting.batch, "a number from 1 to 1000");
        }
        if self.posting.concurrency == 0 {
            return wrong("posting.concurrency", &0, "a number from 1 on");
        }
        if self.numbers.is_empty() {
            return wrong("numbers", &"empty", "at least one number");
        }
        for (n, number) in self.numbers.iter().enumerate() {
            if self.numbers.iter().take(n).any(|other| other.id == number.id) {
                return wrong(&format!("numbers[{n}].id"), &number.id, "an id that no other number has");
            }
        }
        for (n, template) in self.templates.iter().enumerate() {
            if !self.numbers.iter().any(|number| number.account == template.account) {
                let key = format!("templates[{n}].account");
                return wrong(&key, &template.account, "the account of one of the numbers");
            }
        }
        if let Some(crowd) = &self.customers {
            let last = crowd.first.saturating_add(crowd.count);
            if !(10_000_000..1_000_000_000_000_000).contains(&crowd.first) || last >= 1_000_000_000_000_000 {
                return wrong(
                    "customers.first",
                    &crowd.first,
                    "a phone of 8 to 15 digits, as are those that follow",
                );
            }
            if crowd.writes.values().sum::<u64>() == 0 {
                return wrong(
                    "customers.writes",
                    &"without any weight",
                    "at least one kind with a weight above 0",
                );
            }
        }
        for (n, change) in self.changes.iter().enumerate() {
            self.check_change(n, change)?;
        }
        Ok(())
    }

    fn check_change(&self, n: usize, change: &Change) -> Result<(), (String, String, String)> {
        let key = |of: &str| format!("changes[{n}].{of}");
        if let Some(name) = &change.template
            && !self.templates.iter().any(|template| template.name == *name)
        {
            return Err((key("template"), name.clone(), "the name of one of the templates".to_owned()));
        }
        if let Some(id) = &change.number
            && !self.numbers.iter().any(|number| number.id == *id)
        {
            return Err((key("number"), id.clone(), "the id of one of the numbers".to_owned()));
        }
        if change.happenings().is_empty() {
            let expected = "a template with quality, category, paused or disabled, a number with quality or raised, \
                            rules, or trouble";
            return Err((
                format!("changes[{n}]"),
                "without anything that changes".to_owned(),
                expected.to_owned(),
            ));
        }
        Ok(())
    }

    /// Puts what the file says into options; where to listen, what to call and with which secret stays as it is.
    #[must_use]
    pub fn apply(self, options: Options) -> Options {
        let mut happenings: Vec<_> = self.outages.iter().map(Outage::happening).collect();
        for change in &self.changes {
            happenings.extend(change.happenings().into_iter().map(|happening| (change.at, happening)));
        }
        Options {
            speed: self.speed,
            remember: self.remember,
            numbers: self.numbers,
            templates: self.templates,
            phones: self.phones.into_iter().map(Phone::person).collect(),
            rules: self.rules,
            trouble: self.trouble,
            delays: self.delays,
            concurrency: self.posting.concurrency,
            batch: self.posting.batch,
            gather: self.posting.gather,
            retry: self.posting.retry,
            longest_retry: self.posting.longest_retry,
            crowd: self.customers,
            happenings,
            ..options
        }
    }
}

impl Phone {
    fn person(self) -> Person {
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
    fn happening(&self) -> (Duration, Happening) {
        let how = match self.answer {
            OutageAnswer::HangUp => Down::Lost(Loss::HangUp),
            OutageAnswer::Silence => Down::Lost(Loss::Silence),
            OutageAnswer::Error => Down::Error(self.code),
        };
        (self.at, Happening::Down { how, lasts: self.lasts })
    }
}

impl Change {
    fn happenings(&self) -> Vec<Happening> {
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
