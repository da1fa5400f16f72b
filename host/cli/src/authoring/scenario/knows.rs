//! What the capabilities answer in a scenario: what is written down, and otherwise what is known of a new customer.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context as _, ensure};
use domain::decision::MemoryScope;
use domain::id::{QueueId, RuleId};
use rules::{Answered, Function, Remembered, Snapshot, Unavailable, contract};
use serde::Deserialize;
use serde_json::{Value, json};

use super::input::{lay, message, ordinary};

/// What is written of it.
#[derive(Default, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct Knows {
    /// `name`, `language`, `tags`, `attrs`.
    #[serde(default)]
    profile: Value,
    /// `phone`, `user-id`.
    #[serde(default)]
    identity: Value,
    /// What was said before, oldest first.
    #[serde(default)]
    history: Vec<Value>,
    /// Who could take the case.
    #[serde(default)]
    team: Vec<Member>,
    /// What the rule noted on the conversation.
    #[serde(default)]
    memory: BTreeMap<String, String>,
    /// What it noted on the customer.
    #[serde(default)]
    memory_of_contact: BTreeMap<String, String>,
    /// What a service answered, for which it is asked now: `purpose`, `outcome`, `status`, `headers`, `body`, `attempts`.
    answer: Option<Value>,
    /// Interfaces that the host has not got, as `team`: what the rule does then.
    #[serde(default)]
    unavailable: BTreeSet<String>,
}

#[derive(Deserialize)]
struct Member {
    /// Those that the agent serves; all if this says nothing.
    #[serde(default)]
    queues: Vec<String>,
    #[serde(flatten)]
    agent: Value,
}

/// The same, as a rule reads it.
pub(super) struct Known {
    profile: contract::Customer,
    identity: contract::Who,
    history: Vec<contract::Message>,
    team: Vec<(Vec<String>, contract::Agent)>,
    memory: BTreeMap<String, String>,
    memory_of_contact: BTreeMap<String, String>,
    answer: Option<contract::Response>,
    unavailable: BTreeSet<String>,
}

impl Knows {
    /// Whether a service answered.
    pub(super) fn is_answer(&self) -> bool {
        self.answer.is_some()
    }

    pub(super) fn read(&self, input: &contract::Input) -> anyhow::Result<Known> {
        for interface in &self.unavailable {
            let known = Function::ALL.iter().any(|function| function.interface() == interface);
            ensure!(known, "`knows.unavailable` names `{interface}`, which is no capability of the contract");
        }
        let mut profile = json!({ "name": "", "language": input.language, "tags": [], "attrs": [] });
        lay(&mut profile, &self.profile, "knows.profile")?;
        let mut identity = json!({ "phone": null, "user_id": null });
        lay(&mut identity, &self.identity, "knows.identity")?;
        let history = self.history.iter().map(|line| {
            let line = if line.is_string() { json!({ "text": line }) } else { line.clone() };
            let mut line = message(&line)?;
            // It was before the message that is decided on.
            if line["at"] == json!(ordinary().now) {
                line["at"] = (input.now - 60_000).into();
            }
            serde_json::from_value(line).context("`knows.history` makes no sense")
        });
        let team = self.team.iter().map(|member| {
            let mut agent = json!({
                "id": null, "skills": [], "presence": "available", "load": 0, "capacity": 5,
                "last_attended": null, "attrs": [],
            });
            lay(&mut agent, &member.agent, "knows.team")?;
            let agent = serde_json::from_value(agent).context("`knows.team` makes no sense")?;
            Ok((member.queues.clone(), agent))
        });
        let answer = self.answer.as_ref().map(|written| {
            let mut answer = json!({
                "purpose": "", "outcome": "answered", "status": 200, "headers": [], "body": "", "attempts": 1, "attrs": [],
            });
            lay(&mut answer, written, "knows.answer")?;
            serde_json::from_value(answer).context("`knows.answer` makes no sense")
        });
        Ok(Known {
            answer: answer.transpose()?,
            profile: serde_json::from_value(profile).context("`knows.profile` makes no sense")?,
            identity: serde_json::from_value(identity).context("`knows.identity` makes no sense")?,
            history: history.collect::<anyhow::Result<_>>()?,
            team: team.collect::<anyhow::Result<_>>()?,
            memory: self.memory.clone(),
            memory_of_contact: self.memory_of_contact.clone(),
            unavailable: self.unavailable.clone(),
        })
    }
}

impl Known {
    fn there(&self, interface: &str) -> Result<(), Unavailable> {
        let because = || Unavailable { because: "the scenario says so".to_owned() };
        if self.unavailable.contains(interface) { Err(because()) } else { Ok(()) }
    }
}

impl Snapshot for Known {
    fn history(&self, limit: u32) -> Result<Vec<Remembered>, Unavailable> {
        self.there("history")?;
        let left_out = self.history.len().saturating_sub(limit as usize);
        let lines = self.history.iter().enumerate().skip(left_out);
        Ok(lines
            .map(|(at, message)| Remembered { version: at as u64 + 1, message: message.clone() })
            .collect())
    }

    fn profile(&self) -> Result<contract::Customer, Unavailable> {
        self.there("profile").map(|()| self.profile.clone())
    }

    fn identity(&self) -> Result<contract::Who, Unavailable> {
        self.there("identity").map(|()| self.identity.clone())
    }

    fn team(&self, queue: &QueueId, skills: &[String]) -> Result<Vec<contract::Agent>, Unavailable> {
        self.there("team")?;
        let serves = |queues: &[String]| queues.is_empty() || queues.iter().any(|one| one == queue.as_str());
        let could = self.team.iter().filter(|(queues, agent)| {
            serves(queues) && skills.iter().all(|skill| agent.skills.contains(skill))
        });
        Ok(could.map(|(_, agent)| agent.clone()).collect())
    }

    fn answer(&self) -> Result<Option<Answered>, Unavailable> {
        self.there("request")?;
        Ok(self.answer.clone().map(|answer| Answered { version: 1, answer }))
    }

    fn memory(&self, _: &RuleId, scope: MemoryScope, key: &str) -> Result<Option<String>, Unavailable> {
        self.there("memory")?;
        let notes = match scope {
            MemoryScope::Conversation => &self.memory,
            MemoryScope::Contact => &self.memory_of_contact,
        };
        Ok(notes.get(key).cloned())
    }
}
