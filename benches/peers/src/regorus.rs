//! A policy in Rego, parsed once; each thread has a clone of the engine, as its authors advise.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use regorus::{Engine, Value};

use crate::company::{self, MESSAGES};
use crate::{Peer, Placed, Seat};

pub(crate) struct Regorus {
    inputs: Vec<Value>,
}

impl Regorus {
    pub(crate) fn new() -> Self {
        let said =
            |text: &str| Value::from_json_str(&serde_json::json!({ "text": text }).to_string()).unwrap();
        Self { inputs: MESSAGES.iter().map(|text| said(text)).collect() }
    }
}

impl Peer for Regorus {
    fn seat(&self) -> Seat<'_> {
        let mut engine = Engine::new();
        engine.add_policy("words.rego".to_owned(), include_str!("../rules/words.rego").to_owned()).unwrap();
        engine.add_data_json(&company::settings()).unwrap();
        let asked = Arc::new(AtomicUsize::new(0));
        let of = Arc::clone(&asked);
        let tags = move |_: Vec<Value>| {
            let tags = company::tags(of.load(Ordering::Relaxed)).into_iter().map(Value::from);
            Ok(Value::from(tags.collect::<Vec<_>>()))
        };
        engine.add_extension("tags".to_owned(), 0, Box::new(tags)).unwrap();
        Box::new(move |message| {
            asked.store(message, Ordering::Relaxed);
            engine.set_input(self.inputs[message].clone());
            let placed = engine.eval_rule("data.rule.placed".to_owned()).unwrap();
            if placed == Value::Undefined {
                return None;
            }
            let text = |name: &str| placed[name].as_string().unwrap().to_string();
            let priority = placed["priority"].as_i64().unwrap().try_into().unwrap();
            Some(Placed { queue: text("queue"), priority, reason: text("reason") })
        })
    }
}
