//! Which of the waiting messages go first.

use serde::{Deserialize, Serialize};

use crate::law::class::{Category, Class};

/// Where a message waits to be sent: somebody waits for an answer, hardly anybody for an offer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Lane {
    /// Answers, of people and of rules.
    Replies,
    /// Templates about something that the customer has asked for, one-time codes among them.
    Utility,
    /// Offers.
    Marketing,
}

impl Lane {
    /// All of them, the most urgent first.
    pub const ALL: [Self; 3] = [Self::Replies, Self::Utility, Self::Marketing];

    /// Its place in `ALL`.
    pub const fn place(self) -> usize {
        self as usize
    }
}

impl From<Class> for Lane {
    fn from(class: Class) -> Self {
        match class {
            Class::Service => Self::Replies,
            Class::Template(Category::Utility | Category::Authentication) => Self::Utility,
            Class::Template(Category::Marketing) => Self::Marketing,
        }
    }
}
