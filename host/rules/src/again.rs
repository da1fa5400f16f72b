//! A decision once more: the same rule with the same input, and with what it read then.
//!
//! A rule can do nothing but compute on what it is handed and what it asks for, and both are kept. So whoever doubts a decision
//! has it made again, and it comes out the same to the last unit of fuel; or it does not, and then something is wrong with
//! this host or its journal, and nobody should overlook it.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use domain::decision::{Asked, Call, MemoryScope, Trace, Verdict};
use domain::id::{QueueId, RuleId};
use domain::json::Json;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::contract::{Agent, Customer, Input, Message, Response, Who};
use crate::functions::Function;
use crate::run;
use crate::snapshot::{Answered, Remembered, Snapshot, Unavailable};
use crate::trace::Seen;

/// The most lines of a history that a rule is answered.
const LINES: u64 = 50;

/// What is wrong with a place in a queue that is not there.
fn no_queue(queue: &QueueId) -> String {
    format!("there is no queue `{queue}`")
}

/// The agents that a rule was told of, if any of the calls that were kept asked for just these.
pub fn team_then(calls: &[Call], queue: &QueueId, skills: &[String]) -> Option<Vec<Agent>> {
    let asked = json!({ "queue": queue, "skills": skills });
    let function = Function::TeamCandidates.to_string();
    let same = |call: &&Call| call.function == function && call.arguments.value() == asked;
    serde_json::from_value(calls.iter().find(same)?.answer.value()["ok"].take()).ok()
}

/// What a rule read when it decided, to be read once more.
pub struct Then {
    calls: Mutex<VecDeque<Call>>,
    strayed: Mutex<Vec<String>>,
    line: Box<dyn Fn(u64) -> Option<Message> + Send + Sync>,
    answer: Box<dyn Fn(u64) -> Option<Response> + Send + Sync>,
}

impl Then {
    /// From what was kept of its calls. `line` has the message of a version of the conversation.
    pub fn new(calls: &[Call], line: impl Fn(u64) -> Option<Message> + Send + Sync + 'static) -> Self {
        let calls = Mutex::new(calls.iter().cloned().collect());
        Self { calls, strayed: Mutex::default(), line: Box::new(line), answer: Box::new(|_| None) }
    }

    /// The same, where `answer` has what a service answered, of a version of the conversation.
    pub fn answered_by(self, answer: impl Fn(u64) -> Option<Response> + Send + Sync + 'static) -> Self {
        Self { answer: Box::new(answer), ..self }
    }

    /// What it asked for now that it had not asked for then.
    pub fn strayed(&self) -> Vec<String> {
        self.strayed.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// What was answered then.
    fn answered<T: DeserializeOwned>(
        &self,
        function: Function,
        is_it: impl Fn(&Value) -> bool,
    ) -> Result<T, Unavailable> {
        let function = function.to_string();
        let mut calls = self.calls.lock().unwrap_or_else(PoisonError::into_inner);
        let same = |call: &Call| call.function == function && is_it(&call.arguments.value());
        let found = calls.iter().position(same).and_then(|place| calls.remove(place));
        drop(calls);
        let Some(call) = found else {
            self.strayed.lock().unwrap_or_else(PoisonError::into_inner).push(function);
            return Err(Unavailable { because: "it was not asked for when this was decided".to_owned() });
        };
        let mut answer = call.answer.value();
        if let Some(failed) = answer.get("failed") {
            return Err(Unavailable { because: failed["text"].as_str().unwrap_or_default().to_owned() });
        }
        serde_json::from_value(answer["ok"].take())
            .map_err(|_| Unavailable { because: "what was read then cannot be read any more".to_owned() })
    }
}

impl Snapshot for Then {
    fn history(&self, limit: u32) -> Result<Vec<Remembered>, Unavailable> {
        let asked = |arguments: &Value| {
            arguments["limit"].as_u64().is_some_and(|then| then.min(LINES) == u64::from(limit))
        };
        let versions: Vec<u64> = self.answered(Function::HistoryRecent, asked)?;
        let line = |version| {
            let message = (self.line)(version);
            let gone = || Unavailable { because: "a message of then cannot be read any more".to_owned() };
            Ok(Remembered { version, message: message.ok_or_else(gone)? })
        };
        versions.into_iter().map(line).collect()
    }

    fn profile(&self) -> Result<Customer, Unavailable> {
        self.answered(Function::ProfileGet, |_| true)
    }

    fn identity(&self) -> Result<Who, Unavailable> {
        self.answered(Function::IdentityGet, |_| true)
    }

    fn team(&self, queue: &QueueId, skills: &[String]) -> Result<Vec<Agent>, Unavailable> {
        let asked = json!({ "queue": queue, "skills": skills });
        self.answered(Function::TeamCandidates, |arguments| *arguments == asked)
    }

    fn memory(&self, _: &RuleId, scope: MemoryScope, key: &str) -> Result<Option<String>, Unavailable> {
        let function = match scope {
            MemoryScope::Conversation => Function::MemoryGet,
            MemoryScope::Contact => Function::MemoryGetOfContact,
        };
        self.answered(function, |arguments| arguments["key"] == key)
    }

    fn answer(&self) -> Result<Option<Answered>, Unavailable> {
        let version: Option<u64> = self.answered(Function::RequestAnswer, |_| true)?;
        let Some(version) = version else { return Ok(None) };
        let gone = || Unavailable { because: "an answer of then cannot be read any more".to_owned() };
        Ok(Some(Answered { version, answer: (self.answer)(version).ok_or_else(gone)? }))
    }
}

impl Seen {
    /// The input that a trace has kept, with the message that it was about, and with other values in some places (RFC 6901). The
    /// words say what makes no sense.
    pub fn again(
        kept: &Json,
        message: Option<&Message>,
        instead: &[(String, Value)],
    ) -> Result<Input, String> {
        let mut input = kept.value();
        if !input["message"].is_null() {
            let message = message.ok_or("the message that it was about cannot be read any more")?;
            input["message"] = serde_json::to_value(message).map_err(|error| error.to_string())?;
        }
        for (pointer, value) in instead {
            let place = input.pointer_mut(pointer);
            *place.ok_or_else(|| format!("`{pointer}` is nothing that the rule was told"))? = value.clone();
        }
        serde_json::from_value(input).map_err(|error| error.to_string())
    }
}

impl run::Answer {
    /// The answer as a host took it that kept this trace: what named a queue that was not there then counts as a failure, as it did.
    pub fn as_taken(self, trace: &Trace) -> Self {
        match &self.verdict {
            Some(Verdict::Place(place)) if trace.reason == no_queue(&place.queue) => self.nowhere(),
            _ => self,
        }
    }

    /// The same of one that names a queue that is not there.
    pub(crate) fn nowhere(mut self) -> Self {
        if let Some(Verdict::Place(place)) = self.verdict.take() {
            let failed = run::nonsense(no_queue(&place.queue));
            self.asked.outcome = failed.outcome;
            self.reason = failed.text;
            self.effects.clear();
        }
        self
    }

    /// In what it is another answer than one that was kept: nothing, if it is the same.
    pub fn differs(&self, asked: &Asked, trace: &Trace) -> Vec<&'static str> {
        let now = self.trace(&Seen::kept(trace));
        let parts = [
            ("outcome", self.asked.outcome == asked.outcome),
            ("reason", now.reason == trace.reason),
            ("effects", now.effects == trace.effects),
            ("calls", now.calls == trace.calls),
            ("log", now.log == trace.log),
            ("fuel", self.asked.fuel == asked.fuel),
        ];
        parts.into_iter().filter_map(|(part, same)| (!same).then_some(part)).collect()
    }
}
