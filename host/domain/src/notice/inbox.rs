//! What somebody was told, folded: what they have not read, and the last of what they have.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Matter, NoticeGiven, Part, Rights};
use crate::Time;
use crate::event::Event;
use crate::id::PersonId;
use crate::stream::Actor;

/// The most that an inbox holds. The oldest go first, and what was read before what was not; the journal has all of it.
const MOST: usize = 500;

/// What somebody was told.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Inbox {
    /// By the numbers of their causes.
    pub notices: BTreeMap<u64, Notice>,
    /// The letters that they were told last that they have; none if they never were.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rights: Option<Rights>,
}

/// A notice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notice {
    /// When it was given.
    pub at: Time,
    /// How it concerns them.
    pub part: Part,
    /// Of what.
    pub matter: Matter,
    /// Who did it.
    pub by: Actor,
    /// When it was read, if it was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub read: Option<Time>,
}

impl Inbox {
    /// Takes in one event of `inbox/…`, the one of `owner`.
    pub fn fold(&mut self, time: Time, owner: &PersonId, event: &Event) {
        match event {
            Event::NoticeGiven(NoticeGiven { cause, part, matter, by }) => {
                if let Matter::Rights { people } = matter
                    && let Some(rows) = people.get(owner)
                {
                    self.rights = Some(rows.clone());
                }
                let notice =
                    Notice { at: time, part: *part, matter: matter.clone(), by: by.clone(), read: None };
                self.notices.insert(*cause, notice);
                while self.notices.len() > MOST {
                    let read = self.notices.iter().find(|(_, notice)| notice.read.is_some());
                    let Some(gone) = read.or(self.notices.iter().next()).map(|(cause, _)| *cause) else {
                        break;
                    };
                    self.notices.remove(&gone);
                }
            }
            Event::NoticesRead(read) => {
                for cause in &read.notices {
                    if let Some(notice) = self.notices.get_mut(cause) {
                        notice.read.get_or_insert(time);
                    }
                }
            }
            _ => {}
        }
    }

    /// How many are not read.
    pub fn unread(&self) -> usize {
        self.notices.values().filter(|notice| notice.read.is_none()).count()
    }
}
