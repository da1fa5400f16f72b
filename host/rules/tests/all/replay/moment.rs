//! A conversation at one moment, with what a rule noted of it before and what a service answered.

use std::collections::BTreeMap;

use domain::decision::{Effect, MemoryScope};
use domain::id::{QueueId, RuleId};
use rules::contract::{Agent, Calendar, Customer, Input, Message, Response, Who};
use rules::{Answered, Remembered, Snapshot, Unavailable};
use serde_json::json;

use super::chance::{Chance, NOW};
use crate::support::{input, local};

/// What a rule may read.
#[derive(Debug, Clone, Default)]
pub(super) struct Moment {
    pub(super) lines: BTreeMap<u64, Message>,
    pub(super) answer: Option<(u64, Response)>,
    customer: Option<Customer>,
    who: Option<Who>,
    team: Vec<Agent>,
    notes: BTreeMap<String, String>,
    /// What the rule had asked last, for which an answer may come.
    asked: Option<String>,
}

impl Moment {
    /// What comes next in the conversation, and what a rule is told of it.
    pub(super) fn next(&mut self, chance: &mut Chance, known: &[String]) -> Input {
        self.lines = (1..=chance.below(4)).map(|version| (version, chance.message(known))).collect();
        self.customer = chance.percent(90).then(|| Customer {
            name: chance.one_of(&["Lucía", "João", ""]).to_owned(),
            language: chance.one_of(&["es", "pt", "en"]).to_owned(),
            tags: (0..chance.below(3)).map(|_| chance.word(known)).collect(),
            attrs: Vec::new(),
        });
        self.who = chance.percent(80).then(|| Who {
            phone: Some(chance.one_of(&["+573001234567", "+5511987654321"]).to_owned()),
            user_id: None,
        });
        self.team = chance.team(known);
        if chance.percent(20) {
            self.notes.clear();
        }
        let mut input = input();
        let why = match self.asked.take() {
            Some(purpose) if chance.percent(80) => {
                self.answer = Some((9, response(purpose, chance, known)));
                "answer"
            }
            _ => {
                self.answer = None;
                chance.one_of(&[
                    "message", "message", "message", "message", "wake", "timer", "overflow", "returned",
                    "quiet", "closed", "rated",
                ])
            }
        };
        let brings_one = matches!(why, "message" | "returned");
        input.why = why.to_owned();
        input.now = NOW + chance.below(14 * 86_400_000);
        let minute = chance.below(1_440) as u16;
        let day = 1 + chance.below(28);
        input.local = local(&format!("2026-11-{day:02}"), 1 + chance.below(7) as u8, minute);
        input.calendar = Calendar {
            open: chance.percent(60),
            next_change: chance.percent(90).then(|| input.now + 3_600_000),
            next_change_local: chance.percent(90).then(|| local("2026-11-23", 1, 480)),
        };
        input.number = if chance.percent(50) { "main".to_owned() } else { chance.word(known) };
        input.language = chance.one_of(&["es", "pt", "en", ""]).to_owned();
        input.message = brings_one.then(|| chance.message(known));
        input.attrs = followed(chance, input.now);
        input.wake_note = (why == "wake").then(|| chance.word(known));
        input.case.queue = chance.percent(40).then(|| chance.one_of(&["sales", "support"]).to_owned());
        input.case.priority = chance.below(10) as u8;
        input.case.waiting_since = chance.percent(30).then(|| input.now - chance.below(3_600_000));
        input.case.automatic_messages = chance.below(4) as u32;
        input.case.tags = (0..chance.below(3)).map(|_| chance.word(known)).collect();
        input
    }

    /// What the rule noted and asked has happened.
    pub(super) fn happened(&mut self, effects: &[Effect]) {
        for effect in effects {
            match effect {
                Effect::Remember { key, value: Some(value), .. } => {
                    self.notes.insert(key.clone(), value.clone());
                }
                Effect::Remember { key, value: None, .. } => {
                    self.notes.remove(key);
                }
                Effect::Request { request } => self.asked = Some(request.purpose.clone()),
                _ => {}
            }
        }
    }
}

/// What rules that look after cases are told besides.
fn followed(chance: &mut Chance, now: u64) -> Vec<(String, String)> {
    let hours = *chance.one_of(&[&0, &20, &22, &72]);
    let named = |name: &str, value: u64| (name.to_owned(), value.to_string());
    let mut attrs = vec![named("seconds", hours * 3_600), named("from", now - hours * 3_600_000)];
    if hours < 24 {
        attrs.push(named("window-until", now + 3_600_000));
    }
    if chance.percent(80) {
        attrs.push(named("agent-answered", now - chance.below(86_400_000)));
    }
    attrs.push(("code".to_owned(), chance.one_of(&["sale", "no-reply"]).to_owned()));
    attrs
}

fn response(purpose: String, chance: &mut Chance, known: &[String]) -> Response {
    let outcome = chance.one_of(&["answered", "answered", "answered", "no-answer", "not-reached"]);
    let status = if outcome == "answered" { *chance.one_of(&[&200, &200, &404, &500]) } else { 0 };
    Response {
        purpose,
        outcome: outcome.to_owned(),
        status,
        headers: vec![("content-type".to_owned(), "application/json".to_owned())],
        body: json!({ "state": chance.word(known), "status": chance.word(known) }).to_string(),
        attempts: 1,
        attrs: vec![],
    }
}

fn not_known<T>() -> Result<T, Unavailable> {
    Err(Unavailable { because: "it is not known".to_owned() })
}

impl Snapshot for Moment {
    fn history(&self, limit: u32) -> Result<Vec<Remembered>, Unavailable> {
        let skip = self.lines.len().saturating_sub(limit as usize);
        let line =
            |(version, message): (&u64, &Message)| Remembered { version: *version, message: message.clone() };
        Ok(self.lines.iter().skip(skip).map(line).collect())
    }

    fn profile(&self) -> Result<Customer, Unavailable> {
        self.customer.clone().map_or_else(not_known, Ok)
    }

    fn identity(&self) -> Result<Who, Unavailable> {
        self.who.clone().map_or_else(not_known, Ok)
    }

    fn team(&self, _: &QueueId, skills: &[String]) -> Result<Vec<Agent>, Unavailable> {
        let able = |agent: &&Agent| skills.iter().all(|skill| agent.skills.contains(skill));
        Ok(self.team.iter().filter(able).cloned().collect())
    }

    fn memory(&self, _: &RuleId, _: MemoryScope, key: &str) -> Result<Option<String>, Unavailable> {
        Ok(self.notes.get(key).cloned())
    }

    fn answer(&self) -> Result<Option<Answered>, Unavailable> {
        Ok(self.answer.clone().map(|(version, answer)| Answered { version, answer }))
    }
}
