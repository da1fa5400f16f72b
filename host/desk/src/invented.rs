//! A plugin, asked about an invented conversation.
//!
//! Of what customers say an author reads nothing, only how often their rule was asked and failed. Here the customer is nobody, so the
//! author reads all that the plugin says: why, what it wants done, and what it leaves in its log. Nothing of it is done, what it notes
//! is forgotten with the answer, and no person is on shift.

use std::collections::BTreeMap;
use std::sync::Arc;

use domain::decision::{Effect, Kind, LogLine, MemoryScope, Outcome, Place, Verdict};
use domain::id::{QueueId, RuleId};
use rules::contract::{self, Message};
use rules::{Definition, Grant, Mode, Remembered, Scope, Snapshot, Unavailable};

use crate::assemble::Desk;
use crate::helm::{HelmError, field};
use crate::input::{hours, instant, local};

/// Messages of one conversation at most.
const MOST: usize = 20;

/// The longest of them, in bytes: as long as WhatsApp's.
const LONGEST: usize = 4_096;

/// A conversation that never was.
pub struct Invented {
    /// What the plugin reads.
    pub settings: String,
    /// What the customer writes, one message after the other.
    pub messages: Vec<String>,
    /// The language that is spoken with them.
    pub language: String,
}

/// What a plugin says to one message of it.
pub struct Said {
    /// The message.
    pub message: String,
    /// As what it was asked.
    pub kind: Kind,
    /// How that ended.
    pub outcome: Outcome,
    /// Where the case would go, if it says so.
    pub place: Option<Place>,
    /// Why, in its own words; the text of the fault if it failed.
    pub reason: String,
    /// What it wants done.
    pub effects: Vec<Effect>,
    /// What it left in its log.
    pub log: Vec<LogLine>,
    /// The functions of the host that it called, and how often.
    pub calls: BTreeMap<String, u32>,
    /// What it computed, in units of fuel.
    pub fuel: u64,
    /// What that took.
    pub micros: u64,
}

/// What there is to read: what was said so far, and what it noted of that.
#[derive(Default, Clone)]
struct Nobody {
    language: String,
    said: Vec<Message>,
    noted: BTreeMap<(MemoryScope, String), String>,
}

impl Snapshot for Nobody {
    fn history(&self, limit: u32) -> Result<Vec<Remembered>, Unavailable> {
        let last = self.said.len().saturating_sub(usize::try_from(limit).unwrap_or(usize::MAX));
        let lines = self.said.iter().enumerate().skip(last);
        Ok(lines.map(|(n, message)| Remembered { version: n as u64 + 1, message: message.clone() }).collect())
    }

    fn profile(&self) -> Result<contract::Customer, Unavailable> {
        let language = self.language.clone();
        Ok(contract::Customer { name: String::new(), language, tags: Vec::new(), attrs: Vec::new() })
    }

    fn identity(&self) -> Result<contract::Who, Unavailable> {
        Ok(contract::Who { phone: None, user_id: None })
    }

    fn team(&self, _: &QueueId, _: &[String]) -> Result<Vec<contract::Agent>, Unavailable> {
        Ok(Vec::new())
    }

    fn memory(&self, _: &RuleId, scope: MemoryScope, key: &str) -> Result<Option<String>, Unavailable> {
        Ok(self.noted.get(&(scope, key.to_owned())).cloned())
    }
}

impl Desk {
    /// Asks a plugin about a conversation that never was. It compiles what nobody has asked for yet, so it takes a thread of its own.
    pub fn invent(&self, plugin: &str, invented: &Invented) -> Result<Vec<Said>, HelmError> {
        let messages = &invented.messages;
        if messages.is_empty() || messages.len() > MOST {
            return Err(field("messages", format!("1 to {MOST} messages were expected")));
        }
        if messages.iter().any(|message| message.trim().is_empty() || message.len() > LONGEST) {
            return Err(field("messages", format!("each has 1 to {LONGEST} bytes")));
        }
        let admitted = self.plugin(plugin)?;
        let kinds: Vec<Kind> =
            admitted.kinds.iter().copied().filter(|kind| kind.is_asked_of_messages()).collect();
        if kinds.is_empty() {
            let what =
                "no message is told to it: only what routes or responds is asked because a customer wrote";
            return Err(field("plugin", what));
        }
        let (shared, refused) = (self.shared(), |why| HelmError::Refused(plugin.into(), why));
        let linked = shared.rules.link(&admitted, &Grant::all_of(&admitted)).map_err(refused)?;
        let definition = Definition {
            id: RuleId::from("invented"),
            set: "invented".to_owned(),
            linked,
            settings: invented.settings.clone(),
            scope: Scope::default(),
            mode: Mode::Live,
            version: None,
            until: None,
        };
        let rule = shared.rules.prepare(definition).map_err(refused)?;
        let mut known = Nobody { language: invented.language.clone(), ..Nobody::default() };
        let mut told = Vec::new();
        for message in messages {
            let input = self.invented_input(&invented.language, message);
            let mut after = known.clone();
            after.said.extend(input.message.clone());
            let snapshot: Arc<dyn Snapshot> = Arc::new(known);
            for kind in &kinds {
                let answer = shared.rules.ask(&rule, *kind, &input, &snapshot);
                let trace = answer.trace(&rules::Seen::of(&input));
                after.take(&trace.effects, input.now);
                told.push(Said {
                    message: message.clone(),
                    kind: *kind,
                    outcome: answer.asked.outcome,
                    place: match answer.verdict {
                        Some(Verdict::Place(place)) => Some(place),
                        _ => None,
                    },
                    reason: answer.reason,
                    effects: answer.effects,
                    log: trace.log,
                    calls: answer.asked.calls,
                    fuel: answer.asked.fuel,
                    micros: answer.asked.micros,
                });
            }
            known = after;
        }
        Ok(told)
    }

    /// A message of nobody's, written now on the company's first number.
    fn invented_input(&self, language: &str, text: &str) -> contract::Input {
        let (company, at) = (Arc::clone(&self.active().company), self.shared().now());
        let number = company.numbers().first();
        let id = number.map_or_else(|| "main".into(), |number| number.id.clone());
        let calendar = company.calendar(&id, None);
        let now = instant(at);
        contract::Input {
            why: "message".to_owned(),
            now,
            local: local(calendar, at),
            calendar: hours(calendar, at),
            number: number.map_or_else(|| "main".to_owned(), |number| number.name.clone()),
            language: language.to_owned(),
            message: Some(Message {
                at: now,
                author: "customer".to_owned(),
                kind: "text".to_owned(),
                text: text.to_owned(),
                payload: String::new(),
                attrs: Vec::new(),
            }),
            case: contract::CaseView {
                id: "invented".to_owned(),
                opened: now,
                queue: None,
                priority: 0,
                waiting_since: None,
                automatic_messages: 0,
                tags: Vec::new(),
                attrs: Vec::new(),
            },
            wake_note: None,
            attrs: Vec::new(),
        }
    }
}

impl Nobody {
    /// What the plugin wrote and noted is there when it is asked again.
    fn take(&mut self, effects: &[Effect], at: u64) {
        for effect in effects {
            match effect {
                Effect::Reply { message } => self.said.push(Message {
                    at,
                    author: "rule".to_owned(),
                    kind: message.kind().to_owned(),
                    text: message.words().to_owned(),
                    payload: String::new(),
                    attrs: Vec::new(),
                }),
                Effect::Remember { scope, key, value } => {
                    let place = (*scope, key.clone());
                    match value {
                        Some(value) => drop(self.noted.insert(place, value.clone())),
                        None => drop(self.noted.remove(&place)),
                    }
                }
                _ => {}
            }
        }
    }
}
