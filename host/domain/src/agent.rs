//! An agent as the host sees one: presence, and the cases that take up capacity.
//!
//! Capacity is decided in this stream and nowhere else. Whoever gives a case to an agent writes here in the same commit
//! and names the version they saw, so two cases can never take the same last place.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::Time;
use crate::event::{Event, ShiftEnded};
use crate::id::{CaseId, ConversationId};
use crate::law::language::Language;

/// Whether an agent can be given work.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Presence {
    /// Takes cases.
    Available,
    /// At work, and takes no further case.
    Busy,
    /// On a break.
    Break,
    /// Not at work.
    #[default]
    Away,
}

impl Presence {
    /// What people call it.
    pub fn words(self, language: Language) -> &'static str {
        match self {
            Self::Available => language.pick("disponible", "disponível", "available"),
            Self::Busy => language.pick("ocupado", "ocupado", "busy"),
            Self::Break => language.pick("en pausa", "em pausa", "on a break"),
            Self::Away => language.pick("fuera", "fora", "away"),
        }
    }

    /// The word of the contract.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Available => "available",
            Self::Busy => "busy",
            Self::Break => "break",
            Self::Away => "away",
        }
    }
}

/// An agent, folded from its events.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Agent {
    /// Whether work can be given.
    pub presence: Presence,
    /// Since when that is so, with that code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<Time>,
    /// The cases that the agent has.
    pub cases: BTreeMap<CaseId, ConversationId>,
    /// What a break is for, as a code of the company.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// Since the shift has ended, until the agent comes back: what is still held goes where somebody attends it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended: Option<ShiftEnded>,
    /// When the agent was last given a case: of several who are free, the one who has waited longest is next.
    pub last_given: Option<Time>,
}

impl Agent {
    /// Takes in one event of the stream.
    pub fn fold(&mut self, time: Time, event: &Event) {
        match event {
            Event::PresenceSet(set) => {
                if (self.presence, &self.code) != (set.presence, &set.code) {
                    self.since = Some(time);
                }
                self.presence = set.presence;
                self.code.clone_from(&set.code);
                if set.presence != Presence::Away {
                    self.ended = None;
                }
            }
            Event::ShiftEnded(ended) => {
                if self.presence != Presence::Away {
                    self.since = Some(time);
                }
                self.presence = Presence::Away;
                self.code = None;
                self.ended = Some(ended.clone());
            }
            Event::CapacityTaken(taken) => {
                self.cases.insert(taken.case, taken.conversation);
                self.last_given = Some(time);
            }
            Event::CapacityReleased(released) => {
                self.cases.remove(&released.case);
            }
            _ => {}
        }
    }

    /// Whether the agent can be given one more case.
    pub fn has_room(&self, capacity: u32) -> bool {
        self.presence == Presence::Available && self.cases.len() < capacity as usize
    }
}
