//! What becomes of a customer's message: an answer, a second try, or a person. The way to a person is never closed: who
//! asks for one gets one, and so does whoever was not understood twice.

use kit::speech::Spoken;
use kit::words::{Text, readable};

use crate::contract::exports::timonel::rules::responding::{Input, Outcome};
use crate::settings::{Answer, Choices, Settings};

/// What to do, before anything is done.
pub struct Turn<'a> {
    pub outcome: Outcome,
    pub say: Option<(&'a Spoken<&'a str>, &'a Choices<&'a str>)>,
    pub tag: Option<&'a str>,
    pub reason: String,
    /// How often in a row the customer was not understood. None leaves it as it was.
    pub failures: Option<u32>,
}

/// Decides on a message. `failures` is what was noted in this case; none if nothing was.
pub fn turn<'a>(settings: &'a Settings<&'a str>, input: &Input, failures: Option<u32>) -> Turn<'a> {
    let Some(message) = input.message.as_ref().filter(|_| input.why == "message") else {
        return Turn::without_words(Outcome::Abstain, "No es un mensaje");
    };
    if input.case.waiting_since.is_some() {
        return Turn::without_words(Outcome::Abstain, "Ya espera a una persona");
    }
    match message.kind.as_str() {
        "text" | "button" | "choice" => {}
        "reaction" => return Turn::without_words(Outcome::Answered, "Una reacción no pide nada"),
        _ => return Turn::hand_over(settings, "Envió algo que no es texto".to_owned()),
    }
    let (text, pressed) = (Text::new(&message.text), Text::new(&message.payload));
    if let Some(word) =
        settings.person_words.iter().find(|word| text.contains(word) || pressed.contains(word))
    {
        return Turn::hand_over(settings, format!("Pide una persona: «{}»", readable(word)));
    }
    for answer in &settings.answers {
        if let Some(because) = answer.fits(&text, &message.payload) {
            let say = Some((&answer.say.text, &answer.say.choices));
            return Turn {
                outcome: Outcome::Answered,
                say,
                tag: answer.tag,
                reason: because,
                failures: Some(0),
            };
        }
    }
    match (failures, &settings.welcome) {
        (None, Some(welcome)) => Turn {
            outcome: Outcome::Answered,
            say: Some((&welcome.text, &welcome.choices)),
            tag: None,
            reason: "Bienvenida".to_owned(),
            failures: Some(0),
        },
        (None | Some(0), welcome) => Turn {
            outcome: Outcome::Answered,
            say: Some((
                &settings.not_understood,
                welcome.as_ref().map_or(&Choices::None, |say| &say.choices),
            )),
            tag: None,
            reason: "No se le entendió".to_owned(),
            failures: Some(1),
        },
        (Some(_), _) => Turn::hand_over(settings, "No se le entendió dos veces seguidas".to_owned()),
    }
}

impl<'a> Turn<'a> {
    fn without_words(outcome: Outcome, reason: &str) -> Self {
        Self { outcome, say: None, tag: None, reason: reason.to_owned(), failures: None }
    }

    fn hand_over(settings: &'a Settings<&'a str>, reason: String) -> Self {
        let say = settings.handing_over.as_ref().map(|text| (text, &Choices::None));
        Self { outcome: Outcome::HandOver, say, tag: None, reason, failures: Some(0) }
    }
}

impl Answer<&str> {
    /// By what the message asks for this answer, in words; none if it does not.
    fn fits(&self, text: &Text, payload: &str) -> Option<String> {
        let button = || self.payloads.iter().find(|id| **id == payload).map(|id| format!("Botón «{id}»"));
        let word = || self.words.iter().find(|word| text.contains(word));
        button().or_else(|| word().map(|word| format!("Palabra «{}»", readable(word))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract::timonel::rules::types::{Calendar, CaseView, LocalTime, Message};
    use crate::settings::prepare;

    const EXAMPLE: &str = include_str!("example.json");

    fn sends(kind: &str, text: &str, payload: &str) -> Input {
        let message = Message {
            at: 0,
            author: "customer".to_owned(),
            kind: kind.to_owned(),
            text: text.to_owned(),
            payload: payload.to_owned(),
            attrs: vec![],
        };
        Input {
            why: "message".to_owned(),
            now: 0,
            local: LocalTime {
                date: "2026-11-18".to_owned(),
                weekday: 3,
                minute: 600,
                zone: "America/Bogota".to_owned(),
            },
            calendar: Calendar { open: true, next_change: None, next_change_local: None },
            number: "soporte".to_owned(),
            language: "es".to_owned(),
            message: Some(message),
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

    fn writes(text: &str) -> Input {
        sends("text", text, "")
    }

    /// A customer and what the rule remembers of them, message after message.
    struct Conversation {
        prepared: Vec<u8>,
        failures: Option<u32>,
    }

    impl Conversation {
        fn with(settings: &str) -> Self {
            Self { prepared: prepare(settings).unwrap(), failures: None }
        }

        /// The outcome, what is said in Spanish, and why.
        fn next(&mut self, input: &Input) -> (Outcome, String, String) {
            let settings = kit::settings::unpack(&self.prepared).unwrap();
            let turn = turn(&settings, input, self.failures);
            self.failures = turn.failures.or(self.failures);
            let said = turn.say.map_or("", |(text, _)| text.in_language("es", "es"));
            (turn.outcome, said.to_owned(), turn.reason)
        }
    }

    #[test]
    fn a_question_is_answered_however_it_is_asked() {
        let mut ana = Conversation::with(EXAMPLE);
        let (outcome, said, reason) = ana.next(&writes("¿A QUÉ HORA cierran?"));
        assert!(matches!(outcome, Outcome::Answered));
        assert!(said.starts_with("Atendemos de lunes a viernes"));
        assert_eq!(reason, "Palabra «a que hora»");
        assert_eq!(ana.next(&sends("choice", "Precios", "prices")).2, "Botón «prices»");
    }

    #[test]
    fn a_greeting_is_welcomed_once() {
        let mut ana = Conversation::with(EXAMPLE);
        assert_eq!(ana.next(&writes("hola")).2, "Bienvenida");
        assert_eq!(ana.next(&writes("hola")).2, "No se le entendió");

        let mut without_welcome = Conversation::with("{}");
        assert_eq!(without_welcome.next(&writes("hola")).2, "No se le entendió");
    }

    #[test]
    fn who_is_not_understood_twice_reaches_a_person() {
        let mut leo = Conversation::with(EXAMPLE);
        leo.next(&writes("hola"));
        assert_eq!(leo.next(&writes("mi pedido llegó roto")).1, "No le entendí. Puede elegir una opción:");
        let (outcome, said, _) = leo.next(&writes("roto!!"));
        assert!(matches!(outcome, Outcome::HandOver));
        assert_eq!(said, "Le comunico con una persona.");
    }

    #[test]
    fn an_answer_in_between_starts_the_count_again() {
        let mut leo = Conversation::with(EXAMPLE);
        for text in ["hola", "mmm", "precios", "mmm"] {
            assert!(matches!(leo.next(&writes(text)).0, Outcome::Answered), "{text}");
        }
        assert!(matches!(leo.next(&writes("mmm")).0, Outcome::HandOver));
    }

    #[test]
    fn who_asks_for_a_person_reaches_one_at_once() {
        for input in [
            writes("quiero hablar con una PERSONA por el horario"),
            writes("atendente, por favor"),
            sends("choice", "Hablar con un asesor", "person"),
            sends("button", "👤", "humano"),
        ] {
            let (outcome, _, reason) = Conversation::with(EXAMPLE).next(&input);
            assert!(matches!(outcome, Outcome::HandOver), "{reason}");
            assert!(reason.starts_with("Pide una persona"));
        }
        assert!(matches!(Conversation::with("{}").next(&writes("an agent please")).0, Outcome::HandOver));
    }

    #[test]
    fn what_cannot_be_read_is_for_a_person() {
        for kind in ["image", "audio", "location", "hologram"] {
            let outcome = Conversation::with(EXAMPLE).next(&sends(kind, "horario", "")).0;
            assert!(matches!(outcome, Outcome::HandOver), "{kind}");
        }
        let (outcome, said, _) = Conversation::with(EXAMPLE).next(&sends("reaction", "", ""));
        assert!(matches!(outcome, Outcome::Answered));
        assert!(said.is_empty());
    }

    #[test]
    fn who_waits_for_a_person_is_not_talked_to_by_a_machine() {
        let mut input = writes("horario");
        input.case.waiting_since = Some(0);
        assert!(matches!(Conversation::with(EXAMPLE).next(&input).0, Outcome::Abstain));
    }
}
