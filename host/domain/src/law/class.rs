//! What kind of message the law is asked about.

use serde::{Deserialize, Serialize};

use super::language::Language;

/// The categories of templates (Meta, *Template categorization*). Meta decides which one a template has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Category {
    /// Whatever is to sell, to win back or to make known.
    Marketing,
    /// About something that the customer has asked for or agreed to: an order, an appointment, an account.
    Utility,
    /// A one-time code.
    Authentication,
}

impl Category {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Marketing, Self::Utility, Self::Authentication];

    /// From Meta's word, in capitals or not: `MARKETING`. None for a category of which this version has not heard.
    pub fn of(word: &str) -> Option<Self> {
        match word.to_ascii_lowercase().as_str() {
            "marketing" => Some(Self::Marketing),
            "utility" => Some(Self::Utility),
            "authentication" => Some(Self::Authentication),
            _ => None,
        }
    }

    /// What people call it.
    pub fn words(self, language: Language) -> &'static str {
        match self {
            Self::Marketing => language.pick("publicidad", "publicidade", "marketing"),
            Self::Utility => language.pick("avisos", "avisos", "utility"),
            Self::Authentication => language.pick("códigos", "códigos", "codes"),
        }
    }
}

/// What a message is before the law.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Class {
    /// Free form: an answer, inside the customer service window only.
    Service,
    /// A template, at any time.
    Template(Category),
}
