//! What a rule saw and said, in the form in which it is kept.
//!
//! A trace refers to what is on record anyway (the message, the history) and copies only what was computed for the call
//! (the team, the memory), so that it is small and holds no second copy of a conversation. It is made when somebody wants
//! to keep it: encoding JSON is not part of deciding.

use domain::decision::{Call, Effect, Trace};
use domain::message::Outgoing;
use serde::Serialize;
use serde_json::{Value, json};

use crate::contract::{Failure, Input};
use crate::run::Answer;
use crate::session::Said;

impl Answer {
    /// The trace of this answer. `input` has to be the one that was asked with.
    pub fn trace(&self, input: &Input) -> Trace {
        Trace {
            rule: self.asked.rule.clone(),
            input: without_words(input),
            calls: self.recording.calls.iter().map(call).collect(),
            log: self.recording.log.clone(),
            reason: self.reason.clone(),
            effects: self.effects.clone(),
        }
    }
}

/// The input as JSON, without what the message says: the message is the event before the decision.
fn without_words(input: &Input) -> Value {
    let mut value = json(input);
    if let Some(message) = value.get_mut("message").and_then(Value::as_object_mut) {
        message.retain(|field, _| matches!(field.as_str(), "at" | "author" | "kind"));
    }
    value
}

fn call(said: &Said) -> Call {
    let (arguments, answer) = match said {
        Said::History { limit, answer } => (json!({ "limit": limit }), told(answer)),
        Said::Profile { answer } => (Value::Null, told(answer)),
        Said::Identity { answer } => (Value::Null, told(answer)),
        Said::Team { queue, skills, answer } => (json!({ "queue": queue, "skills": skills }), told(answer)),
        Said::Recall { key, answer, .. } => (json!({ "key": key }), told(answer)),
        Said::Act { effect, answer, .. } => (arguments(effect), told(answer)),
        Said::Log => (Value::Null, Value::Null),
    };
    Call { function: said.function().to_string(), arguments, answer }
}

/// The arguments that an effect was made from, as the contract names them.
fn arguments(effect: &Effect) -> Value {
    match effect {
        Effect::Reply { message: Outgoing::Text { body } } => json!({ "body": body }),
        Effect::Reply { message: Outgoing::Buttons { body, buttons } } => {
            json!({ "body": body, "buttons": buttons })
        }
        Effect::Reply { message: Outgoing::Menu { body, label, rows } } => {
            json!({ "body": body, "label": label, "rows": rows })
        }
        // No function of the contract makes another kind yet.
        Effect::Reply { message } => json(message),
        Effect::AddTag { tag } | Effect::RemoveTag { tag } => json!({ "tag": tag }),
        Effect::Note { text } => json!({ "text": text }),
        Effect::Priority { value } => json!({ "value": value }),
        Effect::Resolve { code } => json!({ "code": code }),
        Effect::WakeAfter { seconds, note } => json!({ "seconds": seconds, "note": note }),
        Effect::WakeCancel => Value::Null,
        Effect::Remember { key, value, .. } => json!({ "key": key, "value": value }),
    }
}

/// `{"ok": …}` or `{"failed": …}`.
fn told<T: Serialize>(answer: &Result<T, Failure>) -> Value {
    match answer {
        Ok(value) => json!({ "ok": json(value) }),
        Err(failure) => json!({ "failed": json(failure) }),
    }
}

/// Records of strings and numbers always have a JSON form; null stands for the impossible.
fn json(value: &impl Serialize) -> Value {
    serde_json::to_value(value).unwrap_or_default()
}
