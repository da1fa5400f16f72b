//! A scenario: a file that says how the company is, how its customers are, what Meta enforces and what goes wrong. With a
//! seed it says everything.
//!
//! It is written for people, so what is not written is as Meta has it, and what is wrong is refused before anything
//! starts, with the line that it stands in. `scenarios/` beside this crate has commented ones.

mod check;
mod parts;
pub(crate) mod value;

use std::path::{Path, PathBuf};

use serde::Deserialize;

use parts::{Change, Outage, Phone, Posting};

use crate::crowd::Crowd;
use crate::options::{Delays, Number, Options};
use crate::rules::Rules;
use crate::templates::Template;
use crate::trouble::Trouble;

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
