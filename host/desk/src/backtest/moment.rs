//! A moment at which rules were asked, with what they could read then.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

use domain::Time;
use domain::agent::Presence;
use domain::backtest::Came;
use domain::company::Company;
use domain::contact::Contact;
use domain::conversation::Followed;
use domain::decision::{Call, Effect, Kind, MemoryScope, Why};
use domain::event;
use domain::id::{AgentId, CaseId, ContactId, ConversationId, NumberId, QueueId, RuleId};
use domain::sealed::{Key, Lookup, Sealed};
use rules::{Answered, Remembered, Snapshot, Unavailable, contract, team_then};
use store::{KeyStore, Store};

use crate::snapshot::{self, unavailable};

/// Where a note lies: whose, on what, under which key.
pub(super) type Slot = (RuleId, MemoryScope, [u8; 16], Lookup);

/// What rules had noted when a span began.
pub(super) type Kept = HashMap<Slot, Sealed<event::Remembered>>;

/// How many cases each agent had, and whether they could be given another.
pub(super) type Team = BTreeMap<AgentId, (Presence, usize)>;

/// A moment at which rules were asked.
pub(super) struct Moment {
    /// The event behind which they were.
    pub(super) event: u64,
    pub(super) conversation: ConversationId,
    pub(super) case: CaseId,
    pub(super) number: NumberId,
    pub(super) kind: Kind,
    pub(super) why: Why,
    pub(super) time: Time,
    /// The one rule that was meant, if one wanted to be called again.
    pub(super) only: Option<RuleId>,
    /// When rules are asked that look after cases.
    pub(super) followed: Option<Followed>,
    pub(super) input: contract::Input,
    /// What came of it.
    pub(super) then: Came,
    /// The queue that the case was in.
    pub(super) queue: Option<QueueId>,
    /// Whether the case had no place and nobody yet.
    pub(super) unplaced: bool,
    /// The version of the event that all of this came of: what the customer wrote, a timer.
    pub(super) command: u64,
    pub(super) readable: Arc<Readable>,
}

/// What could be read then.
pub(super) struct Readable {
    pub(super) store: Store,
    pub(super) keys: Arc<KeyStore>,
    pub(super) company: Arc<Company>,
    pub(super) conversation: ConversationId,
    pub(super) number: NumberId,
    /// Lines from here on are not history.
    pub(super) before: u64,
    pub(super) contact: ContactId,
    pub(super) known: Arc<Contact>,
    pub(super) key: Key,
    pub(super) tags: Vec<String>,
    pub(super) attended: BTreeMap<AgentId, Time>,
    pub(super) team: Arc<Team>,
    /// What a service answered, if that is why they were asked.
    pub(super) answer: Option<Answered>,
    pub(super) at: Time,
    /// What rules really read then.
    pub(super) calls: Vec<Call>,
    pub(super) kept: Arc<Kept>,
}

impl Readable {
    fn owner(&self, scope: MemoryScope) -> [u8; 16] {
        match scope {
            MemoryScope::Conversation => self.conversation.to_bytes(),
            MemoryScope::Contact => self.contact.to_bytes(),
        }
    }
}

/// What the candidate's rules noted while they were tried, in memory alone.
#[derive(Default)]
pub(super) struct Notes(Mutex<HashMap<Slot, Option<String>>>);

impl Notes {
    /// Takes in what a rule wanted to be noted.
    pub(super) fn take(&self, readable: &Readable, rule: &RuleId, effects: &[Effect]) {
        let mut notes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for effect in effects {
            if let Effect::Remember { scope, key, value } = effect {
                let slot = snapshot::slot(&readable.keys, rule, key);
                notes.insert((rule.clone(), *scope, readable.owner(*scope), slot), value.clone());
            }
        }
    }
}

/// What a rule reads while it is tried.
pub(super) struct Reading {
    pub(super) readable: Arc<Readable>,
    pub(super) notes: Arc<Notes>,
}

impl Snapshot for Reading {
    fn history(&self, limit: u32) -> Result<Vec<Remembered>, Unavailable> {
        let Readable { store, key, conversation, before, at, .. } = &*self.readable;
        snapshot::history(store, key, *conversation, *before, limit, Some(*at))
    }

    fn profile(&self) -> Result<contract::Customer, Unavailable> {
        let Readable { known, key, tags, number, .. } = &*self.readable;
        snapshot::customer(known, key, tags.clone(), number)
    }

    fn identity(&self) -> Result<contract::Who, Unavailable> {
        snapshot::who(&self.readable.known, &self.readable.key)
    }

    fn team(&self, queue: &QueueId, skills: &[String]) -> Result<Vec<contract::Agent>, Unavailable> {
        let Readable { company, team, attended, calls, .. } = &*self.readable;
        // What was read then is better than what is folded: the company may have had other agents.
        if let Some(then) = team_then(calls, queue, skills) {
            return Ok(then);
        }
        let stands = |agent: &AgentId| Ok(team.get(agent).copied().unwrap_or_default());
        snapshot::team(company, queue, skills, attended, stands)
    }

    fn memory(&self, rule: &RuleId, scope: MemoryScope, key: &str) -> Result<Option<String>, Unavailable> {
        let readable = &self.readable;
        let slot = snapshot::slot(&readable.keys, rule, key);
        let slot = (rule.clone(), scope, readable.owner(scope), slot);
        if let Some(noted) = self.notes.0.lock().unwrap_or_else(PoisonError::into_inner).get(&slot) {
            return Ok(noted.clone());
        }
        let kept = readable.kept.get(&slot);
        kept.map(|kept| kept.open(&readable.key).map(|noted| noted.0).map_err(unavailable)).transpose()
    }

    fn answer(&self) -> Result<Option<Answered>, Unavailable> {
        Ok(self.readable.answer.clone())
    }
}
