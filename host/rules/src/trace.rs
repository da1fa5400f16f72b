//! What a rule saw and said, in the form in which it is kept.
//!
//! A trace refers to what is on record anyway (the message, the history) and copies only what was computed for the call
//! (the team, the memory), so that it is small and holds no second copy of a conversation. It is made when somebody wants
//! to keep it, as the text that is kept; the input is written once for all rules that saw it.

use domain::decision::{Call, Effect, Trace};
use domain::json::Json;
use domain::message::Outgoing;
use serde::Serialize;
use serde_json::json;

use crate::contract::{Calendar, CaseView, Failure, Input, LocalTime};
use crate::run::Answer;
use crate::session::Said;

impl Answer {
    /// The trace of this answer. `seen` is what was asked with, as it is kept.
    pub fn trace(&self, seen: &Seen) -> Trace {
        Trace {
            rule: self.asked.rule.clone(),
            input: seen.0.clone(),
            calls: self.recording.calls.iter().map(call).collect(),
            log: self.recording.log.clone(),
            reason: self.reason.clone(),
            effects: self.effects.clone(),
        }
    }
}

/// An input as it is kept: without what the message says, which is the event before the decision.
#[derive(Debug, Clone)]
pub struct Seen(Json);

impl Seen {
    /// What a trace has kept.
    pub(crate) fn kept(trace: &Trace) -> Self {
        Self(trace.input.clone())
    }

    /// As it is kept.
    pub fn input(&self) -> &Json {
        &self.0
    }

    /// Of what rules are asked with.
    pub fn of(input: &Input) -> Self {
        #[derive(Serialize)]
        struct Kept<'a> {
            why: &'a str,
            now: u64,
            local: &'a LocalTime,
            calendar: &'a Calendar,
            number: &'a str,
            language: &'a str,
            message: Option<Wordless<'a>>,
            case: &'a CaseView,
            wake_note: Option<&'a str>,
            attrs: &'a [(String, String)],
        }
        #[derive(Serialize)]
        struct Wordless<'a> {
            at: u64,
            author: &'a str,
            kind: &'a str,
        }
        // A field that the contract gains has to be named here.
        let Input { why, now, local, calendar, number, language, message, case, wake_note, attrs } = input;
        let message = message.as_ref().map(|message| Wordless {
            at: message.at,
            author: &message.author,
            kind: &message.kind,
        });
        let wake_note = wake_note.as_deref();
        Self(Json::of(&Kept {
            why,
            now: *now,
            local,
            calendar,
            number,
            language,
            message,
            case,
            wake_note,
            attrs,
        }))
    }
}

fn call(said: &Said) -> Call {
    let (arguments, answer) = match said {
        Said::History { limit, answer } => (Json::of(&json!({ "limit": limit })), told(answer)),
        Said::Profile { answer } => (Json::default(), told(answer)),
        Said::Identity { answer } => (Json::default(), told(answer)),
        Said::Team { queue, skills, answer } => {
            (Json::of(&json!({ "queue": queue, "skills": skills })), told(answer))
        }
        Said::Recall { key, answer, .. } => (Json::of(&json!({ "key": key })), told(answer)),
        Said::Act { effect, answer, .. } => (arguments(effect), told(answer)),
        Said::Misread { answer } => (Json::default(), told::<()>(&Err(answer.clone()))),
        Said::Answer { answer } => (Json::default(), told(answer)),
        Said::Log => (Json::default(), Json::default()),
    };
    Call { function: said.function().to_string(), arguments, answer }
}

/// The arguments that an effect was made from, as the contract names them.
fn arguments(effect: &Effect) -> Json {
    Json::of(&match effect {
        Effect::Reply { message: Outgoing::Text { body } } => json!({ "body": body }),
        Effect::Reply { message: Outgoing::Buttons { body, buttons } } => {
            json!({ "body": body, "buttons": buttons })
        }
        Effect::Reply { message: Outgoing::Menu { body, label, rows } } => {
            json!({ "body": body, "label": label, "rows": rows })
        }
        Effect::Reply { message } => json!(message),
        Effect::Survey { body, choices } => json!({ "body": body, "choices": choices }),
        Effect::Reassign { to } => json!(to),
        Effect::AddTag { tag } | Effect::RemoveTag { tag } => json!({ "tag": tag }),
        Effect::Note { text } => json!({ "text": text }),
        Effect::Priority { value } => json!({ "value": value }),
        Effect::Resolve { code } => json!({ "code": code }),
        Effect::WakeAfter { seconds, note } => json!({ "seconds": seconds, "note": note }),
        Effect::WakeCancel => json!(null),
        Effect::Request { request } => json!(request),
        Effect::Remember { key, value, .. } => json!({ "key": key, "value": value }),
    })
}

/// `{"ok": …}` or `{"failed": …}`.
fn told<T: Serialize>(answer: &Result<T, Failure>) -> Json {
    #[derive(Serialize)]
    #[serde(rename_all = "lowercase")]
    enum Told<'a, T> {
        Ok(&'a T),
        Failed(&'a Failure),
    }
    Json::of(&match answer {
        Ok(value) => Told::Ok(value),
        Err(failure) => Told::Failed(failure),
    })
}
