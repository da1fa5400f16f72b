//! What becomes of a question about an order. Whatever the service does, the customer gets an answer: the state, or a person.

use kit::words::{Text, readable};

use crate::contract::exports::timonel::rules::responding::{Input, Outcome};
use crate::contract::timonel::rules::request::Response;
use crate::settings::{NUMBER, Settings};

/// Digits of a number of an order.
const DIGITS: std::ops::RangeInclusive<usize> = 3..=10;

/// What to do, before anything is done.
pub struct Turn {
    pub outcome: Outcome,
    pub reason: String,
    pub say: Option<String>,
    /// The number of the order that the service is asked for.
    pub look_up: Option<String>,
}

impl Turn {
    pub fn nothing(reason: &str) -> Self {
        Self { outcome: Outcome::Abstain, reason: reason.to_owned(), say: None, look_up: None }
    }

    fn saying(outcome: Outcome, reason: String, words: String) -> Self {
        Self { outcome, reason, say: Some(words), look_up: None }
    }
}

/// Decides on what the customer wrote.
pub fn asked(settings: &Settings<&str>, input: &Input) -> Turn {
    let Some(message) = input.message.as_ref() else { return Turn::nothing("No es un mensaje") };
    if input.case.waiting_since.is_some() {
        return Turn::nothing("Ya espera a una persona");
    }
    if let Some(number) = number_in(&message.text, settings.prefix) {
        let reason = format!("Pregunta por el pedido {number}: se consulta");
        return Turn { outcome: Outcome::Answered, reason, say: None, look_up: Some(number) };
    }
    let text = Text::new(&message.text);
    match settings.words.iter().find(|word| text.contains(word)) {
        Some(word) => {
            let words = settings.ask.in_language(&input.language, settings.default_language);
            let reason = format!("Palabra «{}», sin número", readable(word));
            Turn::saying(Outcome::Answered, reason, words.to_owned())
        }
        None => Turn::nothing("No pregunta por un pedido"),
    }
}

/// Decides on what the service answered, or that it did not.
pub fn answered(settings: &Settings<&str>, input: &Input, response: &Response) -> Turn {
    let number = &response.purpose;
    let words = |text: &kit::speech::Spoken<&str>| {
        text.in_language(&input.language, settings.default_language).replace(NUMBER, number)
    };
    let hand_over = |reason: String, text| Turn::saying(Outcome::HandOver, reason, words(text));
    match (response.outcome.as_str(), response.status) {
        ("answered", 200) => {
            let state = kit::settings::parse(&response.body).ok();
            let state = state.as_ref().and_then(|body| body["state"].as_str());
            let known = settings.states.iter().find(|(word, _)| Some(*word) == state);
            match known {
                Some((word, text)) => {
                    Turn::saying(Outcome::Answered, format!("El pedido {number}: {word}"), words(text))
                }
                None => hand_over(format!("El pedido {number}: un estado que no se conoce"), &settings.down),
            }
        }
        ("answered", 404) => hand_over(format!("No hay un pedido {number}"), &settings.unknown),
        ("answered", status) => {
            hand_over(format!("El sistema de pedidos respondió {status}"), &settings.down)
        }
        (outcome, _) => hand_over(format!("El sistema de pedidos no respondió: {outcome}"), &settings.down),
    }
}

/// The first number of an order in a text, however its letters are written.
fn number_in(text: &str, prefix: &str) -> Option<String> {
    let text = text.to_ascii_uppercase();
    let starts = text.match_indices(prefix).map(|(at, _)| at);
    for start in starts {
        let rest = text.get(start + prefix.len()..).unwrap_or_default();
        let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
        let before = text.get(..start).and_then(|before| before.chars().next_back());
        if DIGITS.contains(&digits.len()) && !before.is_some_and(char::is_alphanumeric) {
            return Some(format!("{prefix}{digits}"));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract::timonel::rules::types::{Calendar, CaseView, LocalTime, Message};
    use crate::settings::prepare;

    fn input(text: &str) -> Input {
        let local = LocalTime {
            date: "2026-11-23".to_owned(),
            weekday: 1,
            minute: 600,
            zone: "America/Bogota".to_owned(),
        };
        Input {
            why: "message".to_owned(),
            now: 0,
            local,
            calendar: Calendar { open: true, next_change: None, next_change_local: None },
            number: "soporte".to_owned(),
            language: "es".to_owned(),
            message: Some(Message {
                at: 0,
                author: "customer".to_owned(),
                kind: "text".to_owned(),
                text: text.to_owned(),
                payload: String::new(),
                attrs: vec![],
            }),
            case: CaseView {
                id: "case-1".to_owned(),
                opened: 0,
                queue: None,
                priority: 0,
                waiting_since: None,
                automatic_messages: 0,
                tags: vec![],
                attrs: vec![],
            },
            wake_note: None,
            attrs: vec![],
        }
    }

    fn turn(decide: impl Fn(&Settings<&str>) -> Turn) -> Turn {
        let prepared = prepare(include_str!("example.json")).unwrap();
        decide(&kit::settings::unpack(&prepared).unwrap())
    }

    fn response(outcome: &str, status: u16, body: &str) -> Response {
        Response {
            purpose: "ET-2041".to_owned(),
            outcome: outcome.to_owned(),
            status,
            headers: vec![],
            body: body.to_owned(),
            attempts: 1,
            attrs: vec![],
        }
    }

    #[test]
    fn a_number_is_found_wherever_it_stands() {
        for (text, number) in [
            ("¿cómo va mi pedido ET-2041?", Some("ET-2041")),
            ("et-20411 por favor", Some("ET-20411")),
            ("PAQUET-2041", None),
            ("ET-20", None),
            ("ET-12345678901", None),
            ("ñET-2041 y ET-33100", Some("ET-33100")),
            ("hola", None),
        ] {
            assert_eq!(number_in(text, "ET-").as_deref(), number, "{text}");
        }
    }

    #[test]
    fn who_names_an_order_has_it_looked_up_and_who_does_not_is_asked_for_it() {
        let named = turn(|settings| asked(settings, &input("¿cómo va mi pedido et-2041?")));
        assert_eq!((named.outcome, named.look_up.as_deref()), (Outcome::Answered, Some("ET-2041")));
        let unnamed = turn(|settings| asked(settings, &input("¿y mi pedido?")));
        assert!(unnamed.say.unwrap().contains("número") && unnamed.look_up.is_none());
        assert_eq!(turn(|settings| asked(settings, &input("¿a qué hora abren?"))).outcome, Outcome::Abstain);
    }

    #[test]
    fn whatever_the_service_does_the_customer_gets_the_state_or_a_person() {
        for (response, outcome, words) in [
            (
                response("answered", 200, r#"{"state":"on-the-way"}"#),
                Outcome::Answered,
                "ET-2041 va en camino",
            ),
            (response("answered", 200, r#"{"state":"lost"}"#), Outcome::HandOver, "no puedo consultar"),
            (response("answered", 200, "<html>"), Outcome::HandOver, "no puedo consultar"),
            (response("answered", 404, ""), Outcome::HandOver, "No encuentro el pedido ET-2041"),
            (response("answered", 500, ""), Outcome::HandOver, "no puedo consultar"),
            (response("not-reached", 0, ""), Outcome::HandOver, "no puedo consultar"),
            (response("a-new-word", 0, ""), Outcome::HandOver, "no puedo consultar"),
        ] {
            let turn = turn(|settings| answered(settings, &input(""), &response));
            assert_eq!(turn.outcome, outcome);
            assert!(turn.say.unwrap().contains(words));
        }
    }
}
