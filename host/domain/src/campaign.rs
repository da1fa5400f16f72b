//! A campaign: one template to many customers, agreed on before the first of them gets it.
//!
//! It is a plan, then a list of contacts that the plan comes to on some day, then a cursor through that list. What is signed
//! binds to all of it: the plan, the words of the template and the digest of the list. Sending is the same as of any other
//! message, and asks the same law; a campaign only says who is next, and when.

pub mod audience;
pub mod event;
pub mod fields;
pub mod pace;
pub mod progress;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::Time;
use crate::decision::Digest;
use crate::event::Event;
use crate::id::{CampaignId, ContactId, MessageId, NumberId, ProposalId};
use crate::law::amount::Amount;
use crate::law::class::Category;
use crate::law::language::Language;
use crate::message::Template;
use crate::stream::Actor;
use audience::{LeftOut, Query};
use pace::Pace;

/// The most contacts that a campaign goes to.
pub const LARGEST: u32 = 200_000;

/// Contacts in one event of a list.
pub const PART: usize = 2_000;

/// The longest name of a campaign, in bytes.
const LONGEST_NAME: usize = 200;

/// What somebody wants.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Plan {
    /// What colleagues call it. It names no customer.
    pub name: String,
    /// The number that it leaves from.
    pub number: NumberId,
    /// The template and what its gaps are filled with; `{name}`, `{language}` and `{country}` in a text stand for the contact's
    /// (`fields`).
    pub template: Template,
    /// To whom.
    pub audience: Asked,
    /// Not before this.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not_before: Option<Time>,
    /// Messages an hour at most.
    pub per_hour: u32,
}

/// To whom a campaign goes, as somebody asks for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Asked {
    /// To these, whose ids are in events of their own.
    List {
        /// How many.
        contacts: u32,
        /// Who (`digest`).
        digest: Digest,
        /// How many more were named and are not in it, and why.
        #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
        left_out: BTreeMap<LeftOut, u32>,
    },
    /// To whoever this fits on the day on which it is proposed.
    Query(Query),
}

/// Why a plan makes no sense: the field, its value, and what was expected.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{field}` is `{value}`: {expected}")]
pub struct NotAPlan {
    /// Which field.
    pub field: &'static str,
    /// What it says.
    pub value: String,
    /// What was expected.
    pub expected: &'static str,
}

impl Plan {
    /// Whether it makes sense by itself.
    pub fn check(&self) -> Result<(), NotAPlan> {
        let no = |field, value: &str, expected| Err(NotAPlan { field, value: value.to_owned(), expected });
        if self.name.trim().is_empty() || self.name.len() > LONGEST_NAME {
            return no("name", &self.name, "1 to 200 bytes were expected");
        }
        if !Pace::FITS.contains(&self.per_hour) {
            return no("per-hour", &self.per_hour.to_string(), "1 to 3600000 messages an hour were expected");
        }
        if let Some(field) = fields::unknown(&self.template) {
            return no("template.components", &field, "{name}, {language} or {country} was expected");
        }
        Ok(())
    }
}

/// The digest of a list: of its ids in their order.
pub fn digest(contacts: &[ContactId]) -> Digest {
    let mut hash = Sha256::new();
    contacts.iter().for_each(|contact| hash.update(contact.to_bytes()));
    Digest::from_bytes(hash.finalize().into())
}

/// The message of a campaign to a contact. Nobody has two from one campaign, whatever happens to the host on the way; and it
/// lies where messages of the moment lie at which the campaign began.
pub fn message(campaign: CampaignId, contact: ContactId, began: Time) -> MessageId {
    let hash = Digest::of(&[campaign.to_bytes(), contact.to_bytes()].concat());
    let mut bytes = [0; 16];
    let moment = began.as_millisecond().max(0).to_be_bytes();
    let parts = moment.iter().skip(2).chain(hash.as_bytes());
    bytes.iter_mut().zip(parts).for_each(|(byte, part)| *byte = *part);
    MessageId::from_bytes(bytes)
}

/// What is agreed on: the content of a proposal.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Terms {
    /// Which campaign.
    pub campaign: CampaignId,
    /// Which of its drafts.
    pub revision: u32,
    /// What is wanted.
    pub plan: Plan,
    /// The digest of the template's words.
    pub words: Digest,
    /// As what the template counts.
    pub category: Category,
    /// Whom it reaches.
    pub reach: Reach,
    /// What it will cost.
    pub cost: Cost,
}

/// Whom a campaign reaches.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Reach {
    /// How many contacts.
    pub contacts: u32,
    /// Who (`digest`).
    pub digest: Option<Digest>,
    /// How many of them have opted in to such messages.
    pub opted_in: u32,
    /// How many by country (ISO 3166).
    pub countries: BTreeMap<String, u32>,
    /// How many are left out, and why.
    pub left_out: BTreeMap<LeftOut, u32>,
    /// How many of 1,000 are inside the contact hours of their country when it begins.
    pub open_permille: u32,
}

/// What a campaign will cost, as estimated: without a table of prices nothing.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Cost {
    /// How much.
    pub amount: Amount,
    /// In which currency.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub currency: Option<String>,
    /// What may be spent this month.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cap: Option<Amount>,
    /// What was spent of it.
    pub spent: Amount,
}

/// How far a campaign is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "is")]
pub enum Stage {
    /// It is written, and nobody was asked.
    Draft,
    /// Others have to agree.
    Proposed {
        /// To this.
        proposal: ProposalId,
    },
    /// It is being sent.
    Running,
    /// Somebody stopped it. What was queued and not sent is being taken back.
    Stopping,
    /// It was stopped.
    Stopped,
    /// All of it is in the outbox or gone.
    Done,
}

/// A campaign, folded.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Campaign {
    /// Its name in streams.
    pub id: CampaignId,
    /// What is wanted.
    pub plan: Plan,
    /// How often it was drafted.
    pub revision: u32,
    /// Who drafted it so.
    pub by: Actor,
    /// When.
    pub drafted: Time,
    /// How far it is.
    pub stage: Stage,
    /// What was agreed on, once it has begun.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub run: Option<Run>,
    /// Why it was stopped.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stopped: Option<event::Why>,
    /// How many of the list have been taken back.
    #[serde(default)]
    pub cleared: u32,
}

/// A campaign that has begun.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Run {
    /// By which proposal; none in a company in which nobody else could agree.
    pub proposal: Option<ProposalId>,
    /// When it began.
    pub since: Time,
    /// How long the list is.
    pub contacts: u32,
    /// The digest of the template's words.
    pub words: Digest,
    /// How many of the list were queued or skipped.
    pub taken: u32,
    /// When it is the next one's turn.
    pub pace: Pace,
    /// Who was skipped, and why.
    #[serde(default)]
    pub skipped: BTreeMap<LeftOut, u32>,
}

impl Campaign {
    /// From its first event.
    pub fn new(id: CampaignId, drafted: &event::CampaignDrafted, by: &Actor, at: Time) -> Self {
        let (plan, by) = (drafted.plan.clone(), by.clone());
        let stage = Stage::Draft;
        Self { id, plan, revision: 1, by, drafted: at, stage, run: None, stopped: None, cleared: 0 }
    }

    /// What an event makes of it. What is under way is not drafted anew, and what is over stays so.
    pub fn fold(&mut self, at: Time, by: &Actor, event: &Event) {
        match (event, &self.stage) {
            (Event::CampaignDrafted(drafted), Stage::Draft | Stage::Proposed { .. }) => {
                let revision = self.revision + 1;
                *self = Self { revision, ..Self::new(self.id, drafted, by, at) };
            }
            (Event::CampaignProposed(proposed), Stage::Draft | Stage::Proposed { .. }) => {
                self.stage = Stage::Proposed { proposal: proposed.proposal };
            }
            (Event::CampaignBegun(begun), Stage::Draft | Stage::Proposed { .. }) => {
                self.stage = Stage::Running;
                self.run = Some(Run {
                    proposal: begun.proposal,
                    since: at,
                    contacts: begun.contacts,
                    words: begun.words,
                    taken: 0,
                    pace: Pace::new(self.plan.per_hour, at),
                    skipped: BTreeMap::new(),
                });
            }
            (Event::CampaignAdvanced(advanced), Stage::Running) => {
                let Some(run) = &mut self.run else { return };
                run.pace.take(at, advanced.to.saturating_sub(run.taken));
                run.taken = advanced.to;
                for (why, count) in &advanced.skipped {
                    *run.skipped.entry(*why).or_default() += count;
                }
                if run.taken >= run.contacts {
                    self.stage = Stage::Done;
                }
            }
            (Event::CampaignStopped(stopped), stage) if !stage.is_over() => {
                let queued = self.run.as_ref().is_some_and(|run| run.taken > 0);
                self.stopped = Some(stopped.why);
                self.stage = if queued { Stage::Stopping } else { Stage::Stopped };
            }
            // All of it is queued, and some has not left yet.
            (Event::CampaignStopped(stopped), Stage::Done) => {
                self.stopped = Some(stopped.why);
                self.stage = Stage::Stopping;
            }
            (Event::CampaignCleared(cleared), Stage::Stopping) => {
                self.cleared = cleared.to;
                if self.run.as_ref().is_none_or(|run| cleared.to >= run.taken) {
                    self.stage = Stage::Stopped;
                }
            }
            _ => {}
        }
    }

    /// Whether the host has still to do something about it by itself.
    pub fn is_active(&self) -> bool {
        matches!(self.stage, Stage::Running | Stage::Stopping)
    }

    /// Whether what it has queued may still leave.
    pub fn lets_leave(&self) -> bool {
        matches!(self.stage, Stage::Running | Stage::Done)
    }
}

impl Stage {
    /// How far it is, in a word or two.
    pub fn words(&self, language: Language) -> &'static str {
        match self {
            Self::Draft => language.pick("borrador", "rascunho", "draft"),
            Self::Proposed { .. } => language.pick("propuesta", "proposta", "proposed"),
            Self::Running => language.pick("enviando", "enviando", "running"),
            Self::Stopping => language.pick("deteniéndose", "parando", "stopping"),
            Self::Stopped => language.pick("detenida", "parada", "stopped"),
            Self::Done => language.pick("terminada", "terminada", "done"),
        }
    }

    /// Whether nothing will be queued any more.
    pub fn is_over(&self) -> bool {
        matches!(self, Self::Stopping | Self::Stopped | Self::Done)
    }
}

#[cfg(test)]
mod tests;
