//! The company's message templates.
//!
//! A template is known by its name and its language within an account, has an id of its own, and goes through a life that
//! the company does not decide: it is reviewed, rated by those who get it, paused and disabled.

mod catalogue;
mod form;
mod life;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

pub(crate) use catalogue::{Catalogue, Entry};
pub(crate) use form::{Form, Header, variables};

/// A template that is there from the start.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Template {
    /// Lower case letters, digits and `_`.
    pub name: String,
    /// Meta's code of the language: `es_CO`.
    pub language: String,
    /// What it is for, which is what it costs.
    pub category: Category,
    /// As Meta takes them when a template is made: objects with `type` and what belongs to it.
    pub components: Vec<Value>,
    /// Whether variables have names instead of numbers.
    #[serde(default)]
    pub named: bool,
    /// Where it is in its life.
    #[serde(default)]
    pub status: TemplateStatus,
    /// The WhatsApp Business account that it belongs to.
    #[serde(default = "crate::options::account")]
    pub account: String,
}

impl Template {
    /// An approved template of the first account that is only a text, with variables such as `{{1}}`.
    pub fn new(name: &str, language: &str, category: Category, body: &str) -> Self {
        Self {
            name: name.to_owned(),
            language: language.to_owned(),
            category,
            components: vec![json!({"type": "BODY", "text": body})],
            named: false,
            status: TemplateStatus::Approved,
            account: crate::options::account(),
        }
    }
}

/// What a template is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all(serialize = "SCREAMING_SNAKE_CASE", deserialize = "kebab-case"))]
pub enum Category {
    /// To sell.
    Marketing,
    /// About something that the customer asked for.
    Utility,
    /// A code to log in with.
    Authentication,
}

impl Category {
    /// As Meta spells it in the API; in statuses it is in lower case.
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Marketing => "MARKETING",
            Self::Utility => "UTILITY",
            Self::Authentication => "AUTHENTICATION",
        }
    }

    pub(crate) fn read(word: &str) -> Option<Self> {
        [Self::Marketing, Self::Utility, Self::Authentication]
            .into_iter()
            .find(|category| category.word() == word)
    }
}

/// Where a template is in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all(serialize = "SCREAMING_SNAKE_CASE", deserialize = "kebab-case"))]
pub enum TemplateStatus {
    /// Being reviewed.
    Pending,
    /// May be sent.
    #[default]
    Approved,
    /// Was refused in the review.
    Rejected,
    /// Not for some hours, because people did not like it.
    Paused,
    /// Never again.
    Disabled,
}

impl TemplateStatus {
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Pending => "PENDING",
            Self::Approved => "APPROVED",
            Self::Rejected => "REJECTED",
            Self::Paused => "PAUSED",
            Self::Disabled => "DISABLED",
        }
    }
}

/// How people like a template, or a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all(serialize = "SCREAMING_SNAKE_CASE", deserialize = "kebab-case"))]
pub enum Quality {
    /// They do.
    Green,
    /// Some do not.
    Yellow,
    /// They block it and report it.
    Red,
    /// Too early to say.
    #[default]
    Unknown,
}

impl Quality {
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Green => "GREEN",
            Self::Yellow => "YELLOW",
            Self::Red => "RED",
            Self::Unknown => "UNKNOWN",
        }
    }
}

/// What happens to a template from outside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TemplateChange {
    /// People rate it. Red pauses it: for 3 hours, for 6 hours, and the third time it is disabled.
    Rated(Quality),
    /// Meta puts it into another category.
    Moved(Category),
    /// It is paused for some hours.
    Paused,
    /// It may be sent again.
    Unpaused,
    /// It is disabled.
    Disabled,
}
