//! Quick replies: texts that the company shares, which an agent calls up by name and may change before it is sent.
//!
//! They are the company's words and nobody's data, so they lie in the journal in clear. What is of a customer is put in when one is
//! called up, for whoever attends that customer.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::Time;
use crate::event::{Event, QuickReplyKept};
use crate::id::QueueId;
use crate::stream::Actor;

/// The most that a company keeps.
pub const MOST: usize = 1_000;

/// The longest text, in characters: that of a message of WhatsApp.
const LONGEST: usize = 4_096;

/// What stands in a text for what is put in.
const BLANKS: [&str; 3] = ["customer", "agent", "company"];

/// A text that the company shares.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct QuickReply {
    /// By language, as `es`.
    pub texts: BTreeMap<String, String>,
    /// For the cases of these queues; of all, if none is named.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub queues: BTreeSet<QueueId>,
    /// Who wrote it, as `person/patricia`.
    pub by: String,
    /// When.
    pub at: Time,
}

/// All of them, by name.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct QuickReplies(pub BTreeMap<String, QuickReply>);

/// What is put in for the customer of a case.
#[derive(Debug, Clone, Copy)]
pub struct Blanks<'a> {
    /// The customer's name; empty if nobody knows it.
    pub customer: &'a str,
    /// The name of whoever attends them.
    pub agent: &'a str,
    /// The company's.
    pub company: &'a str,
}

/// What is wrong with one: the field, and what was expected.
pub type Wrong = (String, String);

impl QuickReplies {
    /// Takes in one event of the stream.
    pub fn fold(&mut self, time: Time, actor: &Actor, event: &Event) {
        match event {
            Event::QuickReplyKept(QuickReplyKept { name, texts, queues }) => {
                let by = actor.to_string();
                let (texts, queues) = (texts.clone(), queues.clone());
                self.0.insert(name.clone(), QuickReply { texts, queues, by, at: time });
            }
            Event::QuickReplyDropped(dropped) => {
                self.0.remove(&dropped.name);
            }
            _ => {}
        }
    }
}

impl QuickReply {
    /// Whether it is for the cases of a queue.
    pub fn is_for(&self, queue: Option<&QueueId>) -> bool {
        self.queues.is_empty() || queue.is_some_and(|queue| self.queues.contains(queue))
    }

    /// Its text in a language, as `pt-BR`, or in Spanish or whatever it has, with what is put in. A blank of which nothing is known
    /// goes with the space before it.
    pub fn filled(&self, language: &str, blanks: Blanks<'_>) -> String {
        let base = language.split(['-', '_']).next().unwrap_or(language);
        let own =
            self.texts.get(base).or_else(|| self.texts.get("es")).or_else(|| self.texts.values().next());
        let mut parts = own.map(String::as_str).unwrap_or_default().split('{');
        let mut text = parts.next().unwrap_or_default().to_owned();
        for part in parts {
            let (name, rest) = part.split_once('}').unwrap_or((part, ""));
            let value = match name {
                "customer" => blanks.customer,
                "agent" => blanks.agent,
                _ => blanks.company,
            };
            if value.is_empty() && text.ends_with(' ') {
                text.pop();
            }
            text.push_str(value);
            text.push_str(rest);
        }
        text
    }
}

/// Whether something can be kept as a quick reply.
///
/// # Errors
///
/// The first thing that is wrong with it.
pub fn check(kept: &QuickReplyKept, queues: &[&QueueId]) -> Result<(), Wrong> {
    let wrong = |field: &str, expected: String| Err((field.to_owned(), expected));
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    if !(1..=40).contains(&kept.name.len()) || !kept.name.bytes().all(plain) {
        return wrong("name", "1 to 40 small letters, digits and hyphens were expected, as `horario`".into());
    }
    if kept.texts.is_empty() {
        return wrong("texts", "a text in one language at least was expected".into());
    }
    for (language, text) in &kept.texts {
        let field = format!("texts.{language}");
        if language.len() != 2 || !language.bytes().all(|byte| byte.is_ascii_lowercase()) {
            return wrong(&field, "a language of two small letters was expected, as `es`".into());
        }
        let long = text.chars().count();
        if text.trim().is_empty() || long > LONGEST {
            return wrong(&field, format!("1 to {LONGEST} characters were expected"));
        }
        for rest in text.split('{').skip(1) {
            let blank = rest.split_once('}').map(|(blank, _)| blank);
            if !blank.is_some_and(|blank| BLANKS.contains(&blank)) {
                let known = BLANKS.map(|blank| format!("{{{blank}}}")).join(", ");
                return wrong(&field, format!("between braces one of {known} was expected"));
            }
        }
    }
    match kept.queues.iter().find(|queue| !queues.contains(queue)) {
        Some(unknown) => wrong("queues", format!("`{unknown}` is no queue of the company")),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kept(text: &str) -> QuickReplyKept {
        let texts = [("es".to_owned(), text.to_owned())].into();
        QuickReplyKept { name: "saludo".to_owned(), texts, queues: BTreeSet::new() }
    }

    fn filled(text: &str, customer: &str) -> String {
        let QuickReplyKept { texts, queues, .. } = kept(text);
        let reply = QuickReply { texts, queues, by: "person/patricia".into(), at: Time::UNIX_EPOCH };
        let blanks = Blanks { customer, agent: "Andrea", company: "El Tornillo" };
        reply.filled("pt-BR", blanks)
    }

    #[test]
    fn a_name_that_nobody_knows_leaves_no_hole_and_a_name_with_braces_is_a_name() {
        let text = "¡Hola {customer}! Soy {agent}, de {company}.";
        assert_eq!(filled(text, "Lucía"), "¡Hola Lucía! Soy Andrea, de El Tornillo.");
        assert_eq!(filled(text, ""), "¡Hola! Soy Andrea, de El Tornillo.");
        assert_eq!(filled("{customer}, buenos días", ""), ", buenos días");
        assert_eq!(filled("¡Hola {customer}!", "{agent}"), "¡Hola {agent}!");
    }

    #[test]
    fn what_cannot_be_kept_is_told_with_its_field() {
        check(&kept("Hola {customer}"), &[]).unwrap();
        for (text, field) in
            [("", "texts.es"), ("Hola {cliente}", "texts.es"), ("Hola {customer", "texts.es")]
        {
            assert_eq!(check(&kept(text), &[]).unwrap_err().0, field, "{text}");
        }
        let named = |name: &str| QuickReplyKept { name: name.to_owned(), ..kept("Hola") };
        assert_eq!(check(&named("Saludo"), &[]).unwrap_err().0, "name");
        let queue = QueueId::from("ventas");
        let of_queue = QuickReplyKept { queues: [queue.clone()].into(), ..kept("Hola") };
        assert_eq!(check(&of_queue, &[]).unwrap_err().0, "queues");
        check(&of_queue, &[&queue]).unwrap();
    }
}
