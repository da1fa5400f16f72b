//! What is kept of figures.
//!
//! What was counted is an event, and so is everything that a figure needs to be believed: what it means, which component
//! with which settings counted it, of which facts, and that a day is complete.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::figure::{Counted, Figure};
use crate::decision::{Digest, Outcome};
use crate::id::RuleId;

/// `figures-defined`, in `measures`: a rule counts these from now on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct FiguresDefined {
    /// Which rule.
    pub rule: RuleId,
    /// The SHA-256 of its component.
    pub component: Digest,
    /// The SHA-256 of its settings.
    pub settings: Digest,
    /// What its figures mean.
    pub figures: Vec<Figure>,
}

/// `measured`, in `measures`: some facts were counted.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Measured {
    /// The generation of rules that was in force.
    pub generation: u64,
    /// The first event of which the facts were counted.
    pub from: u64,
    /// The last one.
    pub to: u64,
    /// How many facts there were.
    pub facts: u32,
    /// By whom, in the order of their sets. Nobody if no rule measures: then these facts are in no figure.
    pub by: Vec<Measurement>,
}

/// What one rule made of them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Measurement {
    /// Which rule.
    pub rule: RuleId,
    /// The SHA-256 of its component.
    pub component: Digest,
    /// The SHA-256 of its settings.
    pub settings: Digest,
    /// Why it made nothing of them: then they are missing in its figures.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failed: Option<Outcome>,
    /// What it counted, by figure.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub figures: Vec<Counted>,
    /// Fuel that it took.
    pub fuel: u64,
    /// Microseconds that it took.
    pub micros: u64,
}

/// `day-sealed`, in `measures`: all facts of a day are counted. What comes late counts on the day on which it comes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct DaySealed {
    /// The day, on the company's wall clock.
    pub day: Date,
    /// The SHA-256 of what was counted on it: keys and sums of all figures in order.
    pub digest: Digest,
    /// How many sums these are.
    pub sums: u64,
}
