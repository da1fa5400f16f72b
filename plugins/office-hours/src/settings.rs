//! What a supervisor writes down for this rule. Nothing has to be: the empty settings speak Spanish, Portuguese and
//! English.

use kit::settings::{Field, pack, parse};
use kit::speech::Spoken;
use serde::{Deserialize, Serialize};

use crate::calendar::Language;

/// Stands for the moment of return in a message.
pub const RETURN: &str = "{return}";

#[derive(Serialize, Deserialize)]
pub struct Settings<S> {
    /// A customer is told once in so many hours.
    pub repeat_hours: u32,
    /// Spoken to customers whose language nobody wrote a message for.
    pub default_language: S,
    pub messages: Spoken<S>,
    /// Whether the case is queued for a person, who continues when it opens.
    pub person_continues: bool,
}

const OURS: [(&str, &str); 3] = [
    ("es", "Gracias por escribirnos. Ahora no estamos atendiendo. Volvemos {return}."),
    ("pt", "Obrigado pela mensagem. Agora não estamos atendendo. Voltamos {return}."),
    ("en", "Thank you for writing. We are closed now. We will be back {return}."),
];

/// What `prepare` answers.
pub fn prepare(json: &str) -> Result<Vec<u8>, String> {
    pack(&Settings::read(&Field::top(&parse(json)?))?)
}

impl Settings<String> {
    fn read(field: &Field) -> Result<Self, String> {
        let of = field.object(&["repeat-hours", "default-language", "messages", "person-continues"])?;
        // The company's own come first, and the first of a language is the one that is found.
        let mut messages = of.optional("messages", read_messages)?.unwrap_or(Spoken(vec![]));
        messages.0.extend(OURS.map(|(language, message)| (language.to_owned(), message.to_owned())));
        let known = |language: &String| messages.get(language).is_some();
        let default_language = of.optional("default-language", |language| {
            language.ensure(language.text()?, known, "a language that has a message")
        })?;
        Ok(Self {
            repeat_hours: of.optional("repeat-hours", |hours| hours.number(1..=720))?.unwrap_or(12),
            default_language: default_language.unwrap_or_else(|| "es".to_owned()),
            messages,
            person_continues: of.optional("person-continues", Field::flag)?.unwrap_or(true),
        })
    }
}

fn read_messages(field: &Field) -> Result<Spoken<String>, String> {
    // The moment of return takes some room of WhatsApp's 4,096 characters.
    let messages = Spoken::read(field, 4000)?;
    for (language, message) in field.entries()? {
        let text = message.text()?;
        let sayable = !text.contains(RETURN) || Language::named(&language).is_some();
        message.ensure((), |()| sayable, "no {return}: its words are known in es, pt and en alone")?;
        let stray = text.replace(RETURN, "").contains(['{', '}']);
        message.ensure((), |()| !stray, "no braces other than those of {return}")?;
    }
    Ok(messages)
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
    fn what_customers_would_see_as_nonsense_is_refused() {
        for (json, error) in [
            (r#"{"messages": {"es": "Volvemos {retorno}"}}"#, "no braces other than those of {return}"),
            (
                r#"{"messages": {"fr": "Retour {return}"}}"#,
                "no {return}: its words are known in es, pt and en alone",
            ),
            (
                r#"{"default-language": "fr"}"#,
                "default-language: got \"fr\", expected a language that has a message",
            ),
            (r#"{"repeat-hours": 0}"#, "repeat-hours: got 0, expected a whole number from 1 to 720"),
        ] {
            let got = prepare(json).unwrap_err();
            assert!(got.ends_with(error), "{got}");
        }
    }
}
