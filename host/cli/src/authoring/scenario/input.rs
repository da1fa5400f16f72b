//! What a rule is told in a scenario: an ordinary message, with what is written down laid over it.

use anyhow::{Context as _, bail, ensure};
use domain::Time;
use domain::decision::Kind;
use rules::contract;
use serde_json::{Map, Value, json};

/// The fields that are moments. They are written as people write them, `2026-11-23T10:00:00-05:00`, or in milliseconds.
const MOMENTS: [&str; 6] = ["now", "at", "opened", "waiting_since", "next_change", "last_attended"];

/// What is written of an input.
pub(super) struct Told<'a> {
    pub(super) kind: Kind,
    pub(super) message: Option<&'a Value>,
    /// Whether it is asked because a service answered.
    pub(super) is_answer: bool,
    /// Of all scenarios of the file.
    pub(super) all: &'a Value,
    /// Of this one.
    pub(super) own: &'a Value,
}

impl Told<'_> {
    pub(super) fn input(&self) -> anyhow::Result<contract::Input> {
        let mut input = json!(ordinary());
        input["message"] = match self.message {
            None => Value::Null,
            Some(words @ Value::String(_)) => message(&json!({ "text": words }))?,
            Some(whole) => message(whole)?,
        };
        if self.message.is_none() {
            input["why"] = match self.kind {
                _ if self.is_answer => "answer",
                Kind::Routing => "timer",
                Kind::Following => "quiet",
                _ => "wake",
            }
            .into();
        }
        let before = input.clone();
        for over in [self.all, self.own] {
            lay(&mut input, over, "input")?;
        }
        if input["now"] != before["now"] || input["local"]["zone"] != before["local"]["zone"] {
            // What nobody wrote down goes with the moment.
            let derived = json!(local(&input)?);
            for part in ["date", "weekday", "minute"] {
                if input["local"][part] == before["local"][part] {
                    input["local"][part] = derived[part].clone();
                }
            }
            let written = self.message.is_some_and(|message| message.get("at").is_some());
            if !input["message"].is_null() && !written {
                input["message"]["at"] = input["now"].clone();
            }
        }
        serde_json::from_value(input).context("`input` makes no sense")
    }
}

/// A message that says what is written, and is ordinary in the rest.
pub(super) fn message(written: &Value) -> anyhow::Result<Value> {
    let ordinary = ordinary().message;
    let mut message = json!(ordinary);
    message["text"] = "".into();
    lay(&mut message, written, "message")?;
    Ok(message)
}

/// Lays what is written over what is ordinary. A name that is not there is a mistake.
pub(super) fn lay(under: &mut Value, over: &Value, at: &str) -> anyhow::Result<()> {
    let Value::Object(over) = over else {
        ensure!(over.is_null(), "`{at}`: a table was expected");
        return Ok(());
    };
    for (name, value) in over {
        let (at, name) = (format!("{at}.{name}"), name.replace('-', "_"));
        let Some(place) = under.get_mut(&name) else {
            bail!("`{at}` is nothing that a rule is told");
        };
        match (&mut *place, value) {
            (_, Value::String(text)) if MOMENTS.contains(&name.as_str()) => {
                let moment: Time = text.parse().with_context(|| {
                    format!("`{at}` is `{text}`: a moment was expected, as `2026-11-23T10:00:00-05:00`")
                })?;
                *place = moment.as_millisecond().into();
            }
            (Value::Object(_), Value::Object(_)) => lay(place, value, &at)?,
            // `attrs` are pairs there and a table here.
            (Value::Array(_), Value::Object(pairs)) => {
                *place = pairs.iter().map(|(name, value)| json!([name, value])).collect();
            }
            (Value::Null, Value::Object(_)) => *place = snaked(value),
            _ => *place = value.clone(),
        }
    }
    Ok(())
}

/// With the names of Rust instead of those of the contract.
pub(super) fn snaked(value: &Value) -> Value {
    match value {
        Value::Object(fields) => {
            let fields = fields.iter().map(|(name, value)| (name.replace('-', "_"), snaked(value)));
            Value::Object(fields.collect::<Map<_, _>>())
        }
        other => other.clone(),
    }
}

/// The wall clock of a moment.
fn local(input: &Value) -> anyhow::Result<contract::LocalTime> {
    let zone = input["local"]["zone"].as_str().unwrap_or_default();
    let now = input["now"].as_i64().context("`input.now` is no moment")?;
    let moment = Time::from_millisecond(now).context("`input.now` is no moment")?;
    let local =
        moment.in_tz(zone).with_context(|| format!("`input.local.zone` is `{zone}`, which is no zone"))?;
    Ok(contract::LocalTime {
        date: local.date().to_string(),
        weekday: local.weekday().to_monday_one_offset().unsigned_abs(),
        minute: u16::from(local.hour().unsigned_abs()) * 60 + u16::from(local.minute().unsigned_abs()),
        zone: zone.to_owned(),
    })
}

/// The same customer, who was answered and has not written since: twenty hours later.
pub(super) fn quiet() -> contract::Input {
    let input = ordinary();
    let from = input.now - 72_000_000;
    let told = [
        ("seconds", 72_000),
        ("from", from),
        ("window-until", from + 86_340_000),
        ("agent-answered", from + 300_000),
    ];
    let attrs = told.map(|(name, value)| (name.to_owned(), value.to_string())).to_vec();
    let case = contract::CaseView { opened: from, ..input.case };
    contract::Input { why: "quiet".to_owned(), message: None, case, attrs, ..input }
}

/// Monday at ten in Bogotá, while people attend: a customer who writes in Spanish to a number called `main`.
pub(super) fn ordinary() -> contract::Input {
    let now = 1_795_446_000_000;
    contract::Input {
        why: "message".to_owned(),
        now,
        local: contract::LocalTime {
            date: "2026-11-23".to_owned(),
            weekday: 1,
            minute: 600,
            zone: "America/Bogota".to_owned(),
        },
        calendar: contract::Calendar { open: true, next_change: None, next_change_local: None },
        number: "main".to_owned(),
        language: "es".to_owned(),
        message: Some(contract::Message {
            at: now,
            author: "customer".to_owned(),
            kind: "text".to_owned(),
            text: "Buenos días, ¿cuánto cuesta el cemento?".to_owned(),
            payload: String::new(),
            attrs: Vec::new(),
        }),
        case: contract::CaseView {
            id: "case".to_owned(),
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
