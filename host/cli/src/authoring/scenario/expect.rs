//! What is expected of an answer, and in what it is another one, in words.

use anyhow::ensure;
use serde::Deserialize;
use serde_json::{Value, json};

use super::Came;
use super::input::snaked;

/// What is expected. What nobody wrote down may be as it likes.
#[derive(Clone, Default, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(in super::super) struct Expect {
    /// How it ends: `abstained`, `answered`, `answered-and-route`, `handed-over`, `placed` or `guest-fault`.
    outcome: Option<String>,
    /// Where the case goes: `queue`, `skills`, `priority`, `prefer`, `overflow-after`.
    place: Option<Value>,
    /// Its reason, or the text of its fault, word by word.
    reason: Option<String>,
    /// Words that stand in it.
    reason_has: Option<String>,
    /// What it wants to happen, all of it and in this order; of each what is written down.
    effects: Option<Vec<Value>>,
    /// The functions that it calls, as `team.candidates`, in this order.
    calls: Option<Vec<String>>,
    /// The most fuel that it may take.
    fuel: Option<u64>,
}

impl Expect {
    /// A scenario that expects nothing cannot fail.
    pub(super) fn check(&self) -> anyhow::Result<()> {
        const OUTCOMES: [&str; 8] = [
            "abstained",
            "answered",
            "answered-and-route",
            "handed-over",
            "placed",
            "guest-fault",
            "denied",
            "host-fault",
        ];
        if let Some(outcome) = &self.outcome {
            ensure!(
                OUTCOMES.contains(&outcome.as_str()),
                "`expect.outcome` is `{outcome}`: one of {} was expected",
                OUTCOMES[..6].join(", ")
            );
        }
        let says = self.outcome.is_some()
            || self.place.is_some()
            || self.reason.is_some()
            || self.reason_has.is_some()
            || self.effects.is_some()
            || self.calls.is_some()
            || self.fuel.is_some();
        ensure!(says, "`expect` says nothing, so this could not fail");
        Ok(())
    }

    /// In what it came otherwise, a sentence each.
    pub(in super::super) fn differs(&self, came: &Came) -> Vec<String> {
        let mut found = Vec::new();
        let outcome = json!(came.asked.outcome);
        if let Some(expected) = &self.outcome
            && outcome["is"] != expected.as_str()
        {
            let fault = outcome["fault"].as_str().map(|fault| format!(" ({fault})")).unwrap_or_default();
            let is = outcome["is"].as_str().unwrap_or_default();
            found.push(format!("`outcome` is `{is}`{fault}, and `{expected}` was expected"));
        }
        if let Some(expected) = &self.place {
            match &came.place {
                Some(place) => differs("place", &snaked(expected), &whole(json!(place)), &mut found),
                None => found.push("it named no place, and one was expected".to_owned()),
            }
        }
        if let Some(expected) = &self.reason
            && came.trace.reason != *expected
        {
            found.push(format!("`reason` is «{}», and «{expected}» was expected", came.trace.reason));
        }
        if let Some(expected) = &self.reason_has
            && !came.trace.reason.contains(expected.as_str())
        {
            found.push(format!("`reason` is «{}», and «{expected}» was expected in it", came.trace.reason));
        }
        if let Some(expected) = &self.effects {
            effects(expected, &json!(came.trace.effects), &mut found);
        }
        if let Some(expected) = &self.calls {
            let called: Vec<&str> = came.trace.calls.iter().map(|call| call.function.as_str()).collect();
            if called != *expected {
                found.push(format!("it called {}, and {} were expected", listed(&called), listed(expected)));
            }
        }
        if let Some(most) = self.fuel
            && came.asked.fuel > most
        {
            found.push(format!("it took {} of fuel, and at most {most} were expected", came.asked.fuel));
        }
        found
    }
}

/// A place with what is left out of it where it says nothing.
fn whole(place: Value) -> Value {
    let mut whole = json!({ "skills": [], "priority": 0, "prefer": null, "overflow_after": null });
    if let (Value::Object(whole), Value::Object(place)) = (&mut whole, place) {
        whole.extend(place);
    }
    whole
}

fn effects(expected: &[Value], came: &Value, found: &mut Vec<String>) {
    let came = came.as_array().map(Vec::as_slice).unwrap_or_default();
    for (at, expected) in expected.iter().enumerate() {
        match came.get(at) {
            Some(effect) => differs(&format!("effects[{at}]"), expected, effect, found),
            None => found.push(format!("it did not do {}", short(expected))),
        }
    }
    for extra in came.iter().skip(expected.len()) {
        found.push(format!("it did {}, which was not expected", short(extra)));
    }
}

/// Of a table what is written down, of all else the whole.
fn differs(at: &str, expected: &Value, came: &Value, found: &mut Vec<String>) {
    match (expected, came) {
        (Value::Object(fields), Value::Object(_)) => {
            for (name, expected) in fields {
                differs(&format!("{at}.{name}"), expected, &came[name], found);
            }
        }
        _ if expected == came => {}
        _ => found.push(format!("`{at}` is {}, and {} was expected", short(came), short(expected))),
    }
}

fn short(value: &Value) -> String {
    match value {
        Value::Null => "not there".to_owned(),
        Value::String(text) => format!("«{text}»"),
        other => other.to_string(),
    }
}

fn listed(names: &[impl AsRef<str>]) -> String {
    if names.is_empty() {
        return "nothing".to_owned();
    }
    names.iter().map(|name| format!("`{}`", name.as_ref())).collect::<Vec<_>>().join(", ")
}
