//! What became of a rule's requests, counted.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::Ended;
use crate::event::Event;

/// How many requests ended in which way, and what that took.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Tally {
    /// How often a service was asked.
    pub attempts: u64,
    /// How requests ended: `2xx` and the like, or why there was no answer.
    pub ended: BTreeMap<String, u64>,
    /// Bytes that came back.
    pub bytes: u64,
    /// Milliseconds that the last attempts took.
    pub millis: u64,
}

impl Tally {
    /// Takes in an event.
    pub fn fold(&mut self, event: &Event) {
        match event {
            Event::RequestAttempted(_) => self.attempts += 1,
            Event::RequestEnded(ended) => {
                *self.ended.entry(ended.ended.word()).or_default() += 1;
                self.millis += ended.millis;
                if let Ended::Answered { bytes, .. } = ended.ended {
                    self.bytes += bytes;
                }
            }
            _ => {}
        }
    }

    /// The sum of two.
    pub fn add(&mut self, other: &Self) {
        self.attempts += other.attempts;
        self.bytes += other.bytes;
        self.millis += other.millis;
        for (word, times) in &other.ended {
            *self.ended.entry(word.clone()).or_default() += times;
        }
    }

    /// How many ended.
    pub fn requests(&self) -> u64 {
        self.ended.values().sum()
    }
}
