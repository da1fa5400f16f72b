//! What a supervisor writes down for this rule: questions by their words and buttons, and what is answered. All that
//! customers see is given by language, and held here to what WhatsApp takes, so that no answer fails when it is needed.

use kit::settings::{Field, Object, pack, parse};
use kit::speech::Spoken;
use kit::words::{needle, needles};
use serde::{Deserialize, Serialize};

/// Always understood, in Spanish, Portuguese and English, unless the settings bring their own.
const PERSON_WORDS: [&str; 10] = [
    "asesor*",
    "persona",
    "agente",
    "humano",
    "representante",
    "atendente",
    "pessoa",
    "agent",
    "human",
    "representative",
];

#[derive(Serialize, Deserialize)]
pub struct Settings<S> {
    /// Spoken to customers whose language a text does not have.
    pub default_language: S,
    /// Said to a first message that asks nothing known.
    pub welcome: Option<Say<S>>,
    /// Tried in this order; the first that fits is said.
    pub answers: Vec<Answer<S>>,
    /// Said once, with the choices of the welcome; then a person comes.
    pub not_understood: Spoken<S>,
    /// Said when a person takes over; none for silence.
    pub handing_over: Option<Spoken<S>>,
    pub person_words: Vec<S>,
}

#[derive(Serialize, Deserialize)]
pub struct Answer<S> {
    pub words: Vec<S>,
    pub payloads: Vec<S>,
    pub say: Say<S>,
    /// Put on the case.
    pub tag: Option<S>,
}

#[derive(Serialize, Deserialize)]
pub struct Say<S> {
    pub text: Spoken<S>,
    pub choices: Choices<S>,
}

#[derive(Serialize, Deserialize)]
pub enum Choices<S> {
    None,
    Buttons(Vec<Choice<S>>),
    Menu { label: Spoken<S>, rows: Vec<Choice<S>> },
}

#[derive(Serialize, Deserialize)]
pub struct Choice<S> {
    /// Comes back when the customer presses it.
    pub id: S,
    pub title: Spoken<S>,
    /// Of a row of a menu.
    pub description: Option<Spoken<S>>,
}

/// What `prepare` answers.
pub fn prepare(json: &str) -> Result<Vec<u8>, String> {
    pack(&Settings::read(&Field::top(&parse(json)?))?)
}

impl Settings<String> {
    fn read(field: &Field) -> Result<Self, String> {
        let names =
            ["default-language", "welcome", "answers", "not-understood", "handing-over", "person-words"];
        let of = field.object(&names)?;
        let sentence = |field: &Field| Spoken::read(field, 1024);
        let is_language = |language: &String| language.len() == 2;
        Ok(Self {
            default_language: of
                .optional("default-language", |name| {
                    name.ensure(name.text()?, is_language, "two letters such as \"es\"")
                })?
                .unwrap_or_else(|| "es".to_owned()),
            welcome: of
                .optional("welcome", |say| Say::read(say, &say.object(&["text", "buttons", "menu"])?))?,
            answers: of
                .optional("answers", |answers| answers.list(|answer| Answer::read(&answer)))?
                .unwrap_or_default(),
            not_understood: of.optional("not-understood", sentence)?.unwrap_or_else(not_understood),
            handing_over: of.optional("handing-over", sentence)?,
            person_words: of
                .optional("person-words", needles)?
                .unwrap_or_else(|| PERSON_WORDS.into_iter().filter_map(needle).collect()),
        })
    }
}

fn not_understood() -> Spoken<String> {
    let texts = [
        ("es", "No le entendí. ¿Me lo dice de otra manera?"),
        ("pt", "Não entendi. Pode dizer de outra forma?"),
        ("en", "I did not understand. Could you say it in another way?"),
    ];
    Spoken(texts.map(|(language, text)| (language.to_owned(), text.to_owned())).to_vec())
}

impl Answer<String> {
    fn read(field: &Field) -> Result<Self, String> {
        let of = field.object(&["words", "payloads", "tag", "text", "buttons", "menu"])?;
        let short = |tag: &String| tag.chars().count() <= 40;
        let answer = Self {
            words: of.optional("words", needles)?.unwrap_or_default(),
            payloads: of.optional("payloads", Field::texts)?.unwrap_or_default(),
            say: Say::read(field, &of)?,
            tag: of.optional("tag", |tag| tag.ensure(tag.text()?, short, "at most 40 characters"))?,
        };
        let asked = |answer: &Self| !answer.words.is_empty() || !answer.payloads.is_empty();
        field.ensure(answer, asked, "words, payloads or both")
    }
}

impl Say<String> {
    fn read(field: &Field, of: &Object) -> Result<Self, String> {
        let buttons = of.optional("buttons", |buttons| read_choices(buttons, 3, 256, 20))?;
        let menu = of.optional("menu", |menu| {
            let of = menu.object(&["label", "rows"])?;
            Ok(Choices::Menu {
                label: of.required("label", |label| Spoken::read(label, 20))?,
                rows: of.required("rows", |rows| read_choices(rows, 10, 200, 24))?,
            })
        })?;
        let choices = match (buttons, menu) {
            (None, None) => Choices::None,
            (Some(buttons), None) => Choices::Buttons(buttons),
            (None, Some(menu)) => menu,
            (Some(_), Some(_)) => return Err(field.wrong("buttons or a menu, not both")),
        };
        // With buttons WhatsApp takes less text; one bound for all is easier to remember.
        Ok(Self { text: of.required("text", |text| Spoken::read(text, 1024))?, choices })
    }
}

fn read_choices(
    field: &Field,
    most: usize,
    id_bytes: usize,
    title: usize,
) -> Result<Vec<Choice<String>>, String> {
    let short = |id: &String| id.len() <= id_bytes;
    let choices = field.list(|choice| {
        let of = choice.object(&["id", "title", "description"])?;
        Ok(Choice {
            id: of.required("id", |id| id.ensure(id.text()?, short, "a shorter identifier"))?,
            title: of.required("title", |text| Spoken::read(text, title))?,
            description: of.optional("description", |text| Spoken::read(text, 72))?,
        })
    })?;
    let choices =
        field.ensure(choices, |list| (1..=most).contains(&list.len()), &format!("1 to {most} choices"))?;
    let different = choices.iter().enumerate().all(|(at, choice)| {
        let alike = |other: &Choice<String>| {
            other.id == choice.id || other.title.0.iter().any(|title| choice.title.0.contains(title))
        };
        !choices[..at].iter().any(alike)
    });
    field.ensure((), |()| different, "choices of different identifiers and titles")?;
    Ok(choices)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_and_nothing_at_all_are_accepted() {
        prepare(include_str!("example.json")).unwrap();
        prepare("{}").unwrap();
    }

    #[test]
    fn what_whatsapp_would_refuse_is_refused_here() {
        let buttons = |buttons: &str| {
            format!(r#"{{"answers": [{{"words": ["x"], "text": {{"es": "y"}}, "buttons": {buttons}}}]}}"#)
        };
        for (json, error) in [
            (buttons("[]"), "answers[0].buttons: got [], expected 1 to 3 choices"),
            (
                buttons(r#"[{"id": "a", "title": {"es": "Hablar con una persona"}}]"#),
                "answers[0].buttons[0].title.es: got \"Hablar con una persona\", expected 1 to 20 characters",
            ),
            (
                buttons(r#"[{"id": "a", "title": {"es": "Sí"}}, {"id": "b", "title": {"es": "Sí"}}]"#),
                "expected choices of different identifiers and titles",
            ),
            (r#"{"answers": [{"text": {"es": "y"}}]}"#.to_owned(), "expected words, payloads or both"),
            (r#"{"welcome": {"menu": {}}}"#.to_owned(), "welcome.menu.label: got null, expected a value"),
        ] {
            let got = prepare(&json).unwrap_err();
            assert!(got.ends_with(error), "{got}");
        }
    }
}
