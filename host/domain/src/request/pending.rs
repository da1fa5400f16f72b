//! A request on its way: what the conversation holds of it until it has ended.

use serde::{Deserialize, Serialize};

use super::{Failed, Request};
use crate::Time;
use crate::id::{CaseId, RuleId};
use crate::sealed::Sealed;

/// A request that has not ended.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Pending {
    /// Whose.
    pub rule: RuleId,
    /// In which case it was asked.
    pub case: CaseId,
    /// After this it is not tried any more.
    pub until: Time,
    /// How far it is.
    pub leg: Leg,
    /// How often it was tried.
    #[serde(default)]
    pub attempts: u32,
    /// Whether one of those attempts may have been heard.
    #[serde(default)]
    pub doubtful: bool,
    /// What is asked.
    pub body: Sealed<Request>,
}

/// How far a request is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "kebab-case")]
pub enum Leg {
    /// It waits to be tried.
    Waiting {
        /// Not before this.
        from: Time,
    },
    /// It is being tried: whether it arrived is known when there is an answer.
    Attempting {
        /// Since when.
        since: Time,
    },
}

impl Leg {
    /// When somebody has to look at it.
    pub const fn due(self) -> Time {
        match self {
            Self::Waiting { from } => from,
            Self::Attempting { since } => since,
        }
    }
}

/// How a request ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "kebab-case")]
pub enum Ended {
    /// The service answered, whatever it said.
    Answered {
        /// The status of HTTP.
        status: u16,
        /// How long the answer is.
        bytes: u64,
    },
    /// There is no answer.
    Failed {
        /// Why.
        failed: Failed,
    },
}

impl Ended {
    /// Its word for counts: the failure, or the class of the status as `2xx`.
    pub fn word(self) -> String {
        match self {
            Self::Answered { status, .. } => format!("{}xx", status / 100),
            Self::Failed { failed } => failed.word(),
        }
    }
}

impl std::fmt::Display for Ended {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Answered { status, .. } => write!(f, "{status}"),
            Self::Failed { failed } => f.write_str(&failed.word()),
        }
    }
}
